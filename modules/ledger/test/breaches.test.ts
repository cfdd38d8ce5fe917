import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { formatAddCheckpoint } from '../add-checkpoint.ts';
import {
  type BreachEvidence,
  createLedger,
  judgeBreach,
  type Ledger,
  type Neighbour,
  parseBreachEvidence,
} from '../index.ts';
import { openTestState, type TestState } from './states.ts';
import { signCheckpoint, submit } from './witnessing.ts';

const neighbours: Neighbour[] = [];
let bh: TestState;
let kw: TestState;
const opened: TestState[] = [];

async function open(name: string): Promise<TestState> {
  const state = await openTestState(name, neighbours);
  opened.push(state);
  neighbours.push(state.neighbour);
  return state;
}

beforeAll(async () => {
  bh = await open('bh');
  kw = await open('kw');
});
afterAll(() => Promise.all(opened.map((state) => state.close())));

async function grow(state: TestState, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await state.append({ at: String(at) });
  await state.ledger.integrate();
}

/** The same log after a restore from nothing: same keys, same name, same address, an empty database. */
async function rewind(
  state: TestState,
): Promise<{ ledger: Ledger; grow(count: number): Promise<void>; close(): Promise<void> }> {
  const fresh = await openTestState(state.needs.origin.split('.')[0]!, neighbours);
  const { logSigner, witnessSigner } = state.needs;
  const ledger = createLedger({ ...fresh.needs, logSigner, witnessSigner });
  // What the world reads under the log's address is the new history from now on.
  state.serve(ledger);
  return {
    ledger,
    grow: async (count) => {
      await fresh.database.transaction(async (tx) => {
        for (let at = 0; at < count; at += 1) await ledger.append(tx, { kind: 'consent-given', record: { at } });
      });
      await ledger.integrate();
      await ledger.gatherCosignatures();
    },
    close: () => fresh.close(),
  };
}

const evidenceOf = async (witness: TestState, origin: string): Promise<BreachEvidence[]> => {
  const answer = await witness.http.request({ method: 'GET', url: `${witness.url}/witness/breaches` });
  const { breaches } = JSON.parse(answer.body.toString()) as { breaches: BreachEvidence[] };
  return breaches.filter((one) => one.origin === origin);
};

describe('a log that loses its entries', () => {
  test('is refused at its first checkpoint, found out by its own mouth, and not trusted until it is back', async () => {
    const qa = await open('qa');
    await grow(qa, 3);
    await qa.ledger.gatherCosignatures();
    expect((await qa.ledger.statusOf()).cosignedBy).toHaveLength(2);
    expect(await bh.ledger.listDisputed()).not.toContain('qa.example/ledger');

    const rewound = await rewind(qa);
    await rewound.grow(1);
    expect((await rewound.ledger.statusOf()).cosignedBy).toEqual([]);
    expect((await rewound.ledger.statusOf()).disputedBy.sort()).toEqual(['bh.example/witness', 'kw.example/witness']);
    expect((await bh.ledger.statusOf()).breaches).toEqual([
      { origin: 'qa.example/ledger', kind: 'rewind', state: 'suspected' },
    ]);
    // The suspicion alone takes no trust away: a stranger could have sent that checkpoint.
    expect(await bh.ledger.listDisputed()).not.toContain('qa.example/ledger');
    await bh.ledger.inspectNeighbours();
    expect(await bh.ledger.listDisputed()).toContain('qa.example/ledger');
    expect(await bh.ledger.listDisputed()).toEqual(['qa.example/ledger']);
    const [evidence] = await evidenceOf(bh, 'qa.example/ledger');
    expect(evidence).toMatchObject({ kind: 'rewind', state: 'confirmed', logKey: qa.ledger.keys.ledgerKey });
    expect(await judgeBreach(evidence!, qa.ledger.keys.ledgerKey)).toEqual({
      ok: true,
      verdict: 'unproven',
      sizes: [1, 3],
    });

    // The operator finds the right database again: the old history is published, and the other one is proof of a fork.
    qa.serve(qa.ledger);
    await bh.ledger.inspectNeighbours();
    bh.clock.advance(2_000);
    const proven = (await evidenceOf(bh, 'qa.example/ledger')).filter(({ state }) => state === 'proven');
    expect(proven.length).toBeGreaterThan(0);
    for (const one of proven)
      expect(await judgeBreach(one, qa.ledger.keys.ledgerKey)).toMatchObject({ ok: true, verdict: 'proven' });
    expect(await bh.ledger.listDisputed()).toContain('qa.example/ledger');
    await rewound.close();
  });

  test('is found out though its old checkpoints were played back until no more suspicions are kept', async () => {
    const ly = await open('ly');
    const olds: string[] = [];
    for (let size = 1; size <= 25; size += 1) {
      await grow(ly, 1);
      olds.push((await ly.ledger.readCheckpointText())!);
    }
    await ly.ledger.gatherCosignatures();
    for (const note of olds.slice(0, 24)) await submit(bh, formatAddCheckpoint({ oldSize: 0, hashes: [], note }));
    expect(await bh.ledger.listBreaches('ly.example/ledger')).toHaveLength(20);
    const rewound = await rewind(ly);
    await rewound.grow(1);
    await bh.ledger.inspectNeighbours();
    bh.clock.advance(2_000);
    expect(await bh.ledger.listDisputed()).toContain('ly.example/ledger');
    await rewound.close();
  });

  test('and has them again, without having signed another history, is trusted again, and what was seen is kept', async () => {
    const jo = await open('jo');
    await grow(jo, 1);
    const early = (await jo.ledger.readCheckpointText())!;
    await grow(jo, 2);
    await jo.ledger.gatherCosignatures();
    // An old backup: what it publishes is true, and too little.
    const old = { ...jo.ledger.handlers, readCheckpoint: async () => ({ bytes: early }) };
    jo.serve({ ...jo.ledger, handlers: old as typeof jo.ledger.handlers });
    await bh.ledger.inspectNeighbours();
    bh.clock.advance(2_000);
    expect(await bh.ledger.listDisputed()).toContain('jo.example/ledger');
    jo.serve(jo.ledger);
    await bh.ledger.inspectNeighbours();
    bh.clock.advance(2_000);
    expect(await bh.ledger.listDisputed()).not.toContain('jo.example/ledger');
    expect((await bh.ledger.statusOf()).breaches.filter(({ origin }) => origin === 'jo.example/ledger')).toEqual([]);
    expect(await bh.ledger.listBreaches('jo.example/ledger')).toMatchObject([
      { kind: 'rewind', state: 'confirmed', seenSize: 1, witnessedSize: 3, endedAt: expect.any(Date) },
    ]);
    const [evidence] = await evidenceOf(bh, 'jo.example/ledger');
    expect(evidence).toMatchObject({ state: 'confirmed', endedAt: expect.stringMatching(/^2026-/) });
    // It is no licence: the same once more is found out once more.
    jo.serve({ ...jo.ledger, handlers: old as typeof jo.ledger.handlers });
    await bh.ledger.inspectNeighbours();
    bh.clock.advance(2_000);
    expect(await bh.ledger.listDisputed()).toContain('jo.example/ledger');
    jo.serve(jo.ledger);
    await bh.ledger.inspectNeighbours();
    bh.clock.advance(2_000);
  });

  test('while started, the neighbours find it out by themselves after its first checkpoint', async () => {
    const om = await open('om');
    await grow(om, 5);
    await om.ledger.gatherCosignatures();
    const rewound = await rewind(om);
    kw.ledger.start();
    await rewound.grow(2);
    await expect.poll(() => kw.ledger.listDisputed(), { interval: 200 }).toContain('om.example/ledger');
    await kw.ledger.stop();
    await rewound.close();
  });
});

test('a log put back from an old backup signs nothing in the place of what it lost, and goes on with the newest database', async () => {
  const ps = await open('ps');
  await grow(ps, 2);
  await ps.ledger.gatherCosignatures();
  await grow(ps, 2);
  await ps.ledger.gatherCosignatures();
  // The backup is of the time when there were two entries.
  const { database } = ps;
  const lost = ['cosignatures', 'checkpoints'].map((table) => [table, `size > 2`]);
  lost.push(['appends', 'first_leaf >= 2']);
  for (const [table, which] of lost) {
    await database.execute(`create table ledger.newest_${table} as select * from ledger.${table} where ${which}`);
    await database.execute(`delete from ledger.${table} where ${which}`);
  }
  const again = createLedger(ps.needs);
  again.start();
  await database.transaction((tx) => again.append(tx, { kind: 'consent-given', record: { after: 'the backup' } }));
  await expect.poll(async () => (await again.statusOf()).disputedBy.length).toBeGreaterThanOrEqual(2);
  expect(await again.statusOf()).toMatchObject({ size: 2, pending: 1 });
  expect((await bh.ledger.listBreaches('ps.example/ledger')).map(({ state }) => state)).toEqual(['suspected']);

  for (const [table] of lost.toReversed())
    await database.execute(`insert into ledger.${table} select * from ledger.newest_${table}`);
  ps.clock.advance(61_000);
  await expect.poll(async () => (await again.statusOf()).size).toBe(5);
  expect((await again.statusOf()).disputedBy).toEqual([]);
  await again.gatherCosignatures();
  expect((await again.statusOf()).cosignedBy).toEqual(
    expect.arrayContaining(['bh.example/witness', 'kw.example/witness']),
  );
  await bh.ledger.inspectNeighbours();
  expect(await bh.ledger.listBreaches('ps.example/ledger')).toEqual([]);
  await again.stop();
});

describe('a log that rewrites its history', () => {
  test('convicts itself with its first longer checkpoint, is refused from then on, and the file convinces an outsider', async () => {
    const ae = await open('ae');
    await grow(ae, 5);
    await ae.ledger.gatherCosignatures();
    const forked = await rewind(ae);
    await forked.grow(9);
    expect((await forked.ledger.statusOf()).cosignedBy).toEqual([]);
    expect(await bh.ledger.listDisputed()).toContain('ae.example/ledger');
    const [evidence] = await evidenceOf(bh, 'ae.example/ledger');
    expect(evidence).toMatchObject({ kind: 'fork', state: 'proven' });

    const file = parseBreachEvidence(JSON.stringify(evidence, null, 2))!;
    expect(await judgeBreach(file, ae.ledger.keys.ledgerKey)).toEqual({ ok: true, verdict: 'proven', sizes: [5, 9] });
    // Another log's key, a changed note and a changed proof convince nobody.
    expect(await judgeBreach(file, kw.ledger.keys.ledgerKey)).toEqual({ ok: false, reason: 'other-log' });
    const changed = { ...file, notes: [file.notes[0]!, file.notes[1]!.replace('\n9\n', '\n8\n')] };
    expect(await judgeBreach(changed, ae.ledger.keys.ledgerKey)).toEqual({ ok: false, reason: 'signature-invalid' });
    const unproved = { ...file, proof: { ...file.proof!, rootAtEarlierSize: sha256('else').toString('base64') } };
    expect(await judgeBreach(unproved, ae.ledger.keys.ledgerKey)).toMatchObject({ ok: true, verdict: 'unproven' });

    // Even the history that was cosigned before is refused now.
    await grow(ae, 1);
    await ae.ledger.gatherCosignatures();
    const status = await ae.ledger.statusOf();
    expect(status.cosignedBy).toEqual([]);
    expect(status.disputedBy).toEqual(expect.arrayContaining(['bh.example/witness', 'kw.example/witness']));
    await forked.close();

    // The log begins anew under another name, as it has to: the file about the old one still says whose key it was.
    neighbours.splice(neighbours.indexOf(ae.neighbour), 1);
    const [later] = await evidenceOf(bh, 'ae.example/ledger');
    expect(later).toEqual(evidence);
    const silent = await createLedger({
      ...bh.needs,
      neighbours: () => Promise.reject(new Problem('entity-unreachable', { status: 502, en: 'away', ar: 'بعيد' })),
    }).listEvidence();
    expect(silent).toContainEqual(evidence);
  });

  test('is found out by its tiles where its proof leaves the old root out, as for a size that is a power of two', async () => {
    const ye = await open('ye');
    await grow(ye, 4);
    await ye.ledger.gatherCosignatures();
    const forked = await rewind(ye);
    await forked.grow(7);
    expect((await bh.ledger.statusOf()).breaches.filter(({ origin }) => origin === 'ye.example/ledger')).toEqual([
      { origin: 'ye.example/ledger', kind: 'inconsistent', state: 'suspected' },
    ]);
    await bh.ledger.inspectNeighbours();
    const [evidence] = await evidenceOf(bh, 'ye.example/ledger');
    expect(await judgeBreach(evidence!, ye.ledger.keys.ledgerKey)).toEqual({
      ok: true,
      verdict: 'proven',
      sizes: [4, 7],
    });
    await forked.close();
  });
});

describe('a stranger', () => {
  test('who plays an old checkpoint back, or a true one with a wrong proof, makes a suspicion that is cleared', async () => {
    const iq = await open('iq');
    await grow(iq, 2);
    const old = (await iq.ledger.readCheckpointText())!;
    await iq.ledger.gatherCosignatures();
    await grow(iq, 1);
    await iq.ledger.gatherCosignatures();
    const stale = formatAddCheckpoint({ oldSize: 0, hashes: [], note: old });
    expect((await submit(bh, stale)).status).toBe(409);
    await grow(iq, 2);
    const newest = (await iq.ledger.readCheckpointText())!;
    const wrong = formatAddCheckpoint({ oldSize: 3, hashes: [sha256('a'), sha256('b')], note: newest });
    expect((await submit(bh, wrong)).status).toBe(422);
    expect((await bh.ledger.listBreaches('iq.example/ledger')).map(({ kind }) => kind)).toEqual([
      'rewind',
      'inconsistent',
    ]);
    await bh.ledger.inspectNeighbours();
    expect(await bh.ledger.listBreaches('iq.example/ledger')).toEqual([]);
    expect(await bh.ledger.listDisputed()).not.toContain('iq.example/ledger');
  });

  test('fills no table, whatever contradictions it has got the log to sign', async () => {
    const eg = await open('eg');
    await grow(eg, 30);
    await eg.ledger.gatherCosignatures();
    for (let size = 1; size < 30; size += 1)
      for (let repeat = 0; repeat < 2; repeat += 1)
        await submit(
          bh,
          formatAddCheckpoint({ oldSize: 0, hashes: [], note: await signCheckpoint(eg, size, sha256(String(size))) }),
        );
    expect(await bh.ledger.listBreaches('eg.example/ledger')).toHaveLength(20);
  });
});
