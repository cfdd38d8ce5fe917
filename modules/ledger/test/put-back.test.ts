import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sql } from '#kernel/database';
import { createLedger, type LedgerNeeds, type Neighbour, openTileFolder } from '../index.ts';
import { openTestState, type TestState } from './states.ts';

const neighbours: Neighbour[] = [];
const opened: TestState[] = [];
let bh: TestState;
const emptyFolder = mkdtempSync(join(tmpdir(), 'jisr-new-disk-'));
const open = async (name: string): Promise<TestState> => {
  const state = await openTestState(name, neighbours);
  opened.push(state);
  neighbours.push(state.neighbour);
  return state;
};
beforeAll(async () => {
  bh = await open('bh');
  await open('kw');
});
afterAll(async () => {
  for (const state of opened) await state.close();
  rmSync(emptyFolder, { recursive: true, force: true });
});

/** What a backup of an hour ago brings back: the last entries are not in the database any more, and nothing else has changed. */
async function putBack(state: TestState, size: number): Promise<void> {
  const { db } = state.database;
  await sql`delete from ledger.cosignatures where size > ${size}`.execute(db);
  await sql`delete from ledger.checkpoints where size > ${size}`.execute(db);
  await sql`delete from ledger.entries where append_id in (select append_id from ledger.appends where first_leaf >= ${size})`.execute(
    db,
  );
  await sql`delete from ledger.appends where first_leaf >= ${size}`.execute(db);
}

/** A state whose log of five entries, all of them witnessed, is put back to three. */
async function openPutBack(name: string): Promise<TestState> {
  const state = await open(name);
  for (const count of [3, 2]) {
    for (let at = 0; at < count; at += 1) await state.append({ at: `${count} ${at}` });
    await state.ledger.integrate();
    await state.ledger.gatherCosignatures();
  }
  expect(await state.ledger.statusOf()).toMatchObject({
    size: 5,
    cosignedBy: expect.arrayContaining(['bh.example/witness']),
  });
  expect(await state.ledger.findLostEntries()).toBe('none');
  await putBack(state, 3);
  return state;
}

/** A node that starts on what is there, and is given something to write. */
async function startAndAppend(state: TestState, changes: Partial<LedgerNeeds> = {}) {
  const logged: string[] = [];
  const keep = (_facts: object, words: string) => void logged.push(words);
  const log = { ...state.needs.log, warn: keep, error: keep } as unknown as LedgerNeeds['log'];
  const ledger = createLedger({ ...state.needs, log, integrateEveryMs: 200, ...changes });
  await state.database.transaction((tx) => ledger.append(tx, { kind: 'consent-given', record: { at: 'after' } }));
  ledger.start();
  return { ledger, logged };
}

test('a database that was put back from an older backup signs nothing: the tiles on the disk have more', async () => {
  const qa = await openPutBack('qa');
  const { ledger, logged } = await startAndAppend(qa);
  await vi.waitFor(
    async () => expect((await ledger.statusOf()).lost).toEqual({ size: 3, seen: 5, by: 'tiles' }),
    60_000,
  );
  await ledger.stop();
  expect(await ledger.statusOf()).toMatchObject({ size: 3, pending: 1, disputedBy: [] });
  expect(logged.join()).toContain('restore the newest one');
  expect(await bh.ledger.listBreaches('qa.example/ledger')).toEqual([]);
});

test('on a new disk the witnesses say so, and their word alone keeps a log from a second history', async () => {
  const om = await openPutBack('om');
  const tiles = openTileFolder(emptyFolder);
  const { ledger } = await startAndAppend(om, { tiles });
  await vi.waitFor(
    async () => expect((await ledger.statusOf()).lost).toEqual({ size: 3, seen: 5, by: 'witnesses' }),
    60_000,
  );
  await ledger.stop();
  expect(await ledger.statusOf()).toMatchObject({ size: 3, pending: 1 });
  // A shorter log is a suspicion, which goes when the entries are back. Two histories would be proof for good.
  expect((await bh.ledger.listBreaches('om.example/ledger')).map(({ state }) => state)).toEqual(['suspected']);
});

test('one witness alone is not believed, and a machine without tiles waits until somebody can be asked', async () => {
  const sa = await open('sa');
  for (const at of ['1', '2']) await sa.append({ at });
  await sa.ledger.integrate();
  await sa.ledger.gatherCosignatures();
  const liar: LedgerNeeds['http'] = {
    ...sa.http,
    request: async (request) =>
      request.url.startsWith(bh.url) && request.url.endsWith('/add-checkpoint')
        ? { status: 409, headers: { 'content-type': 'text/x.tlog.size' }, body: Buffer.from('900\n') }
        : sa.http.request(request),
  };
  expect(await createLedger({ ...sa.needs, http: liar }).findLostEntries()).toBe('none');

  const away = sa.needs
    .neighbours()
    .then((all) => all.map((one) => ({ ...one, witnessUrl: 'http://127.0.0.1:9/witness' })));
  const tiles = openTileFolder(join(emptyFolder, 'sa'));
  const { ledger, logged } = await startAndAppend(sa, { tiles, neighbours: () => away });
  await vi.waitFor(() => expect(logged.join()).toContain('not grown before one answers'), 60_000);
  await ledger.stop();
  expect(await ledger.statusOf()).toMatchObject({ size: 2, pending: 1 });

  const again = await startAndAppend(sa, { tiles });
  await vi.waitFor(async () => expect((await again.ledger.statusOf()).size).toBe(4), 60_000);
  await again.ledger.stop();
});

test('the newest backup on a new machine: the tiles are there again before the log grows, and it goes on as one history', async () => {
  const ye = await open('ye');
  for (const at of ['1', '2', '3']) await ye.append({ at });
  await ye.ledger.integrate();
  await ye.ledger.gatherCosignatures();
  const tiles = openTileFolder(join(emptyFolder, 'ye'));
  const ledger = createLedger({ ...ye.needs, tiles, integrateEveryMs: 200 });
  ledger.start();
  for (const path of ['entries/000.p/3', '0/000.p/3'])
    await vi.waitFor(async () => expect(await tiles.find(path)).toEqual(await ye.tiles.find(path)), 60_000);
  await ye.append({ at: '4' });
  await vi.waitFor(async () => expect((await ledger.statusOf()).cosignedBy).toContain('bh.example/witness'), 60_000);
  await vi.waitFor(async () => expect((await ledger.statusOf()).size).toBe(4), 60_000);
  await ledger.stop();
  expect(await bh.ledger.listBreaches('ye.example/ledger')).toEqual([]);
});

test('a database that is put back under a running node is noticed before anything is signed', async () => {
  const ae = await open('ae');
  const { ledger } = await startAndAppend(ae);
  for (const size of [2, 3]) {
    await vi.waitFor(async () => expect((await ledger.statusOf()).size).toBe(size - 1), 60_000);
    await ae.append({ size: String(size) });
  }
  await vi.waitFor(async () => expect((await ledger.statusOf()).size).toBe(3), 60_000);
  await putBack(ae, 2);
  await ae.append({ at: 'on the older one' });
  await vi.waitFor(async () => expect((await ledger.statusOf()).lost).toMatchObject({ size: 2, seen: 3 }), 60_000);
  await ledger.stop();
  expect((await ledger.statusOf()).size).toBe(2);
});
