import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { sha256 } from '#kernel/ids';
import { formatAddCheckpoint } from '../add-checkpoint.ts';
import { type Breach, type Neighbour, verifyInclusionProof } from '../index.ts';
import { openTestState, type TestState } from './states.ts';
import { signCheckpoint, submit } from './witnessing.ts';

const neighbours: Neighbour[] = [];
let bh: TestState;
let kw: TestState;
let sa: TestState;

beforeAll(async () => {
  bh = await openTestState('bh', neighbours);
  kw = await openTestState('kw', neighbours);
  sa = await openTestState('sa', neighbours);
  neighbours.push(bh.neighbour, kw.neighbour, sa.neighbour);
});
afterAll(() => Promise.all([bh, kw, sa].map((state) => state.close())));

const policyOf = (state: TestState) => ({
  logKey: state.ledger.keys.ledgerKey,
  witnesses: [bh, kw, sa].filter((other) => other !== state).map((other) => other.ledger.keys.witnessKey),
  quorum: 2,
});

describe('three states', () => {
  test('cosign one another, and a proof then rests on both others', async () => {
    const receipt = await bh.append({ purpose: 'degree-recognition' });
    await kw.append({ purpose: 'birth' });
    for (const state of [bh, kw, sa]) {
      await state.ledger.integrate();
      await state.ledger.gatherCosignatures();
    }
    const proof = (await bh.ledger.findProof(receipt.entryId))!;
    const verdict = await verifyInclusionProof(proof, policyOf(bh));
    expect(verdict).toEqual({
      ok: true,
      leafIndex: 0,
      treeSize: 1,
      cosignedBy: ['kw.example/witness', 'sa.example/witness'],
    });
    expect((await bh.ledger.statusOf()).cosignedBy).toEqual(['kw.example/witness', 'sa.example/witness']);
    const published = await bh.http.request({ method: 'GET', url: `${bh.url}/ledger/checkpoint` });
    expect(published.body.toString()).toBe(proof.checkpoint);
    // One witness listed twice counts once.
    const twice = { ...policyOf(bh), witnesses: [kw.ledger.keys.witnessKey, kw.ledger.keys.witnessKey] };
    expect(await verifyInclusionProof(proof, twice)).toEqual({ ok: false, reason: 'quorum-missed' });
  });

  test('follow a log as it grows over several tiles', async () => {
    let last = '';
    for (const count of [1, 40, 260]) {
      await bh.database.transaction(async (tx) => {
        for (let at = 0; at < count; at += 1)
          last = (await bh.ledger.append(tx, { kind: 'evidence-answered', record: { at } })).entryId;
      });
      await bh.ledger.integrate();
      await bh.ledger.gatherCosignatures();
    }
    const proof = (await bh.ledger.findProof(last))!;
    expect(await verifyInclusionProof(proof, policyOf(bh))).toMatchObject({ ok: true, leafIndex: 301, treeSize: 302 });
  });

  test('a log that forgot what a witness knows learns it from the conflict and goes on', async () => {
    await bh.database.execute('delete from ledger.cosignatures');
    await bh.append({ purpose: 'after' });
    await bh.ledger.integrate();
    await bh.ledger.gatherCosignatures();
    expect((await bh.ledger.statusOf()).cosignedBy).toHaveLength(2);
    expect((await bh.ledger.statusOf()).disputedBy).toEqual([]);
  });

  test('an unreachable witness is passed over, the proof stays on the last cosigned checkpoint, and it is asked again', async () => {
    const [entry] = [await sa.append({ purpose: 'before' })];
    await sa.ledger.integrate();
    await sa.ledger.gatherCosignatures();
    const here = kw.neighbour.witnessUrl;
    kw.neighbour.witnessUrl = 'http://127.0.0.1:1/witness';
    await sa.append({ purpose: 'while away' });
    await sa.ledger.integrate();
    await sa.ledger.gatherCosignatures();
    expect((await sa.ledger.statusOf()).cosignedBy).toEqual(['bh.example/witness']);
    const proof = (await sa.ledger.findProof(entry.entryId))!;
    expect(proof.treeSize).toBe(1);
    expect(await verifyInclusionProof(proof, policyOf(sa))).toMatchObject({ ok: true });
    kw.neighbour.witnessUrl = here;
    sa.clock.advance(10_000);
    sa.ledger.start();
    await expect.poll(async () => (await sa.ledger.statusOf()).cosignedBy).toHaveLength(2);
    await sa.ledger.stop();
  });
});

test('a witness that takes its time holds neither an append nor the checkpoint over it', async () => {
  const http = createHttpClient();
  let asked = 0;
  let answer!: () => void;
  const silence = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const state = await openTestState('slow', [kw.neighbour], {
    quorum: 0,
    http: {
      ...http,
      request: async (request) => {
        if (request.url.endsWith('/add-checkpoint')) {
          asked += 1;
          await silence;
        }
        return http.request(request);
      },
    },
  });
  state.ledger.start();
  await state.append({ at: 'first' });
  await expect.poll(() => asked).toBe(1);
  const { entryId } = await state.append({ at: 'while the witness is silent' });
  await expect.poll(() => state.ledger.stateOf(entryId)).toBe('published');
  expect(asked).toBe(1);
  answer();
  await state.close();
  await http.close();
});

test('after a restart a witness that says nothing holds the first checkpoint for a moment, and not for ever', async () => {
  const http = createHttpClient();
  let answer!: () => void;
  const silence = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let isSilent = false;
  let asked = 0;
  const state = await openTestState('mute', [kw.neighbour], {
    quorum: 1,
    http: {
      ...http,
      request: async (request) => {
        if (isSilent && request.url.endsWith('/add-checkpoint')) {
          asked += 1;
          await silence;
        }
        return http.request(request);
      },
    },
  });
  await state.append({ at: 'before' });
  await state.ledger.integrate();
  isSilent = true;
  state.ledger.start();
  const { entryId } = await state.append({ at: 'after' });
  await expect.poll(() => state.ledger.stateOf(entryId)).toBe('published');
  expect(asked).toBeGreaterThan(0);
  answer();
  await state.close();
  await http.close();
});

describe('a witness answers', () => {
  let size: number;
  let checkpoint: string;
  let root: Buffer;
  beforeEach(async () => {
    await kw.append({ purpose: 'more' });
    await kw.ledger.integrate();
    await kw.ledger.gatherCosignatures();
    size = (await kw.ledger.statusOf()).size;
    checkpoint = (await kw.http.request({ method: 'GET', url: `${kw.url}/ledger/checkpoint` })).body.toString();
    root = Buffer.from(checkpoint.split('\n')[2]!, 'base64');
  });

  test('200 with a cosignature line, again and again, for the checkpoint it already knows', async () => {
    const answer = await submit(bh, formatAddCheckpoint({ oldSize: size, hashes: [], note: checkpoint }));
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^— bh\.example\/witness [A-Za-z0-9+/=]+\n$/);
  });

  test('404 for a log that is not of the federation, and for its own', async () => {
    const foreign = await signCheckpoint(kw, size, root, 'elsewhere.example/ledger');
    expect((await submit(bh, formatAddCheckpoint({ oldSize: 0, hashes: [], note: foreign }))).status).toBe(404);
    const own = await signCheckpoint(bh, size, root);
    expect((await submit(bh, formatAddCheckpoint({ oldSize: 0, hashes: [], note: own }))).status).toBe(404);
  });

  test('403 for a checkpoint signed by another key or changed after signing', async () => {
    const forged = await signCheckpoint(sa, size + 1, root, kw.needs.origin);
    expect((await submit(bh, formatAddCheckpoint({ oldSize: size, hashes: [], note: forged }))).status).toBe(403);
    const changed = checkpoint.replace(`\n${size}\n`, `\n${size + 1}\n`);
    expect((await submit(bh, formatAddCheckpoint({ oldSize: size, hashes: [], note: changed }))).status).toBe(403);
  });

  test('400 for a body without form, and for an old size above the new one', async () => {
    for (const body of ['', 'old', 'old 0\n', Buffer.from([0xff, 0xff])])
      expect((await submit(bh, body)).status).toBe(400);
    expect((await submit(bh, formatAddCheckpoint({ oldSize: size + 1, hashes: [], note: checkpoint }))).status).toBe(
      400,
    );
  });

  test('413 for a body larger than any checkpoint', async () => {
    expect((await submit(bh, 'old 0\n'.padEnd(20_000, 'A'))).status).toBe(413);
  });

  test('409 with the size it knows, when the old size is another', async () => {
    const answer = await submit(bh, formatAddCheckpoint({ oldSize: size - 1, hashes: [], note: checkpoint }));
    expect(answer).toEqual({ status: 409, type: 'text/x.tlog.size', text: `${size}\n` });
  });

  test('422 for a proof that does not hold, and 422 for another root of the same size: a fork, which it reports', async () => {
    const breaches: Breach[] = [];
    bh.ledger.onBreach((breach) => breaches.push(breach));
    const longer = await signCheckpoint(kw, size + 5, sha256('invented'));
    const unproved = formatAddCheckpoint({ oldSize: size, hashes: [sha256('a'), sha256('b')], note: longer });
    expect((await submit(bh, unproved)).status).toBe(422);
    const fork = await signCheckpoint(kw, size, sha256('another history'));
    expect((await submit(bh, formatAddCheckpoint({ oldSize: size, hashes: [], note: fork }))).status).toBe(422);
    expect(breaches.map(({ kind }) => kind)).toEqual(['inconsistent', 'fork']);
    const kept = await bh.ledger.listBreaches('kw.example/ledger');
    expect(kept.at(-1)).toMatchObject({ kind: 'fork', seenNote: fork, seenSize: size, witnessedSize: size });
    expect(kept.at(-1)!.witnessedNote).toContain(root.toString('base64'));
    // What it refused did not move what it remembers, and a log with two histories is cosigned on neither.
    const again = formatAddCheckpoint({ oldSize: size - 1, hashes: [], note: checkpoint });
    expect(await submit(bh, again)).toMatchObject({ status: 409, text: `${size}\n` });
    const honest = await submit(bh, formatAddCheckpoint({ oldSize: size, hashes: [], note: checkpoint }));
    expect(honest.status).toBe(422);
    expect(honest.text).toContain('log-disputed');
  });

  test('one of two different continuations sent at the same time, never both', async () => {
    const cut = await openTestState('cut', neighbours);
    neighbours.push(cut.neighbour);
    const requests = await Promise.all(
      ['left', 'right'].map(async (history) =>
        formatAddCheckpoint({ oldSize: 0, hashes: [], note: await signCheckpoint(cut, 7, sha256(history)) }),
      ),
    );
    const answers = await Promise.all(requests.map((body) => submit(bh, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await bh.ledger.listBreaches('cut.example/ledger')).map(({ kind }) => kind)).toEqual(['fork']);
    neighbours.pop();
    await cut.close();
  });

  test('an empty tree only with the root of the empty tree', async () => {
    const empty = await openTestState('empty', neighbours);
    neighbours.push(empty.neighbour);
    const wrong = await signCheckpoint(empty, 0, sha256('not empty'));
    expect((await submit(bh, formatAddCheckpoint({ oldSize: 0, hashes: [], note: wrong }))).status).toBe(422);
    const right = await signCheckpoint(empty, 0, sha256(''));
    expect((await submit(bh, formatAddCheckpoint({ oldSize: 0, hashes: [], note: right }))).status).toBe(200);
    neighbours.pop();
    await empty.close();
  });
});
