import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import {
  createLedger,
  formatProofText,
  type InclusionProof,
  openTileFolder,
  parseProofText,
  type SimplePolicy,
  type TileStore,
  verifyInclusionProof,
} from '../index.ts';
import { openTestState, type TestState } from './states.ts';

let state: TestState;
let alone: SimplePolicy;
beforeAll(async () => {
  state = await openTestState('om');
  alone = { logKey: state.ledger.keys.ledgerKey, witnesses: [], quorum: 0 };
});
afterAll(() => state.close());

const get = (path: string) => state.http.request({ method: 'GET', url: state.url + path });

function listTileFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

describe('an entry', () => {
  test('written in a transaction that is rolled back leaves nothing', async () => {
    const personId = newId();
    let entryId = '';
    const cancelled = state.database.transaction(async (tx) => {
      entryId = (await state.ledger.append(tx, { kind: 'consent-given', record: { purpose: 'x' }, personId })).entryId;
      throw new Error('the use case failed later');
    });
    await expect(cancelled).rejects.toThrow('failed later');
    await state.ledger.integrate();
    for (const unknown of [entryId, 'no-uuid'])
      await expect(state.ledger.getEntry(unknown)).rejects.toMatchObject({ code: 'entry-unknown' });
    expect(await state.ledger.listAbout(personId)).toEqual([]);
    expect((await state.ledger.statusOf()).size).toBe(0);
  });

  test('has no proof until it is integrated, and then one that verifies offline, also as a file', async () => {
    const receipt = await state.append({ purpose: 'degree-recognition' });
    expect(await state.ledger.findProof(receipt.entryId)).toBeUndefined();
    expect((await state.ledger.statusOf()).pending).toBe(1);
    await state.ledger.integrate();
    const proof = (await state.ledger.findProof({ leafHash: receipt.leafHash }))!;
    expect(await verifyInclusionProof(proof, alone)).toEqual({ ok: true, leafIndex: 0, treeSize: 1, cosignedBy: [] });
    expect(proof.opening.record).toEqual({ kind: 'evidence-answered', purpose: 'degree-recognition' });
    const text = formatProofText(proof);
    expect(text.split('\n')[0]).toBe('c2sp.org/tlog-proof@v1');
    expect(parseProofText(text)).toEqual(proof);
    expect(parseProofText(text.replace('index 0', 'index 00'))).toBeUndefined();
    expect((await state.ledger.statusOf()).pending).toBe(0);
  });

  test('keeps odd but legal JSON exactly as it was committed to', async () => {
    const record = {
      text: 'a\u0000b \u200f عربي 😀',
      number: 1e21,
      tiny: 5e-324,
      nested: { b: [1.0, null, true], a: '' },
    };
    const receipt = await state.database.transaction((tx) => state.ledger.append(tx, { kind: 'odd-recorded', record }));
    await state.ledger.integrate();
    const proof = (await state.ledger.findProof(receipt.entryId))!;
    expect(await verifyInclusionProof(proof, alone)).toMatchObject({ ok: true });
    expect(receipt.record).toEqual({ kind: 'odd-recorded', ...record });
    expect((await state.ledger.getEntry(receipt.entryId)).record).toEqual(receipt.record);
  });

  test('with a member named kind is refused, because it could pass for another kind', async () => {
    const attempt = state.append({ kind: 'consent-given' });
    await expect(attempt).rejects.toThrow(TypeError);
  });

  test('is found by the person it is about, newest first, by kind, and by nobody else', async () => {
    const personId = newId();
    const first = await state.append({ purpose: 'first' }, personId);
    const second = await state.append({ purpose: 'second' }, personId);
    const found = await state.ledger.listAbout(personId);
    expect(found.map(({ entryId }) => entryId)).toEqual([second.entryId, first.entryId]);
    expect(await state.ledger.listAbout(personId, { kinds: ['consent-given'] })).toEqual([]);
    expect(await state.ledger.listAbout(personId, { kinds: [] })).toEqual([]);
    expect(await state.ledger.listAbout(personId, { kinds: ['evidence-answered'], limit: 1 })).toHaveLength(1);
    expect(await state.ledger.listAbout(newId())).toEqual([]);
  });
});

describe('a proof', () => {
  let proof: InclusionProof;
  beforeAll(async () => {
    const receipt = await state.append({ purpose: 'one' });
    await state.append({ purpose: 'two' });
    await state.ledger.integrate();
    proof = (await state.ledger.findProof(receipt.entryId))!;
  });
  const flip = (base64: string) => {
    const bytes = Buffer.from(base64, 'base64');
    bytes[5]! ^= 1;
    return bytes.toString('base64');
  };

  test.each<[string, (good: InclusionProof) => unknown, string]>([
    [
      'a changed record',
      (p) => ({ ...p, opening: { ...p.opening, record: { ...p.opening.record, purpose: 'other' } } }),
      'opening-mismatch',
    ],
    ['another salt', (p) => ({ ...p, opening: { ...p.opening, salt: flip(p.opening.salt) } }), 'opening-mismatch'],
    [
      'another commitment',
      (p) => ({ ...p, opening: { ...p.opening, commitment: flip(p.opening.commitment) } }),
      'opening-mismatch',
    ],
    [
      'another leaf hash',
      (p) => ({ ...p, leafHash: `${p.leafHash.startsWith('0') ? '1' : '0'}${p.leafHash.slice(1)}` }),
      'opening-mismatch',
    ],
    ['another index', (p) => ({ ...p, leafIndex: p.leafIndex + 1 }), 'inclusion-invalid'],
    ['another tree size', (p) => ({ ...p, treeSize: p.treeSize + 1 }), 'inclusion-invalid'],
    ['a changed hash', (p) => ({ ...p, hashes: [flip(p.hashes[0]!), ...p.hashes.slice(1)] }), 'inclusion-invalid'],
    ['a hash too few', (p) => ({ ...p, hashes: p.hashes.slice(1) }), 'inclusion-invalid'],
    ['a short hash', (p) => ({ ...p, hashes: ['AAAA', ...p.hashes.slice(1)] }), 'proof-malformed'],
    [
      'another size in the checkpoint',
      (p) => ({ ...p, checkpoint: p.checkpoint.replace(/\n\d+\n/, '\n99\n') }),
      'log-signature-invalid',
    ],
    ['a checkpoint of nobody', (p) => ({ ...p, checkpoint: '' }), 'proof-malformed'],
    ['no opening', ({ opening: _, ...p }) => p, 'proof-malformed'],
    ['nothing in it', () => null, 'proof-malformed'],
  ])('with %s is refused by name', async (_, change, reason) => {
    expect(await verifyInclusionProof(proof, alone)).toMatchObject({ ok: true });
    expect(await verifyInclusionProof(change(proof) as InclusionProof, alone)).toEqual({ ok: false, reason });
  });

  test('of another log, or without the witnesses that the reader wants, is refused', async () => {
    const other = await openTestState('kw');
    expect(await verifyInclusionProof(proof, { ...alone, logKey: other.ledger.keys.ledgerKey })).toEqual({
      ok: false,
      reason: 'log-signature-invalid',
    });
    const witnesses = [other.ledger.keys.witnessKey];
    expect(await verifyInclusionProof(proof, { ...alone, witnesses, quorum: 1 })).toEqual({
      ok: false,
      reason: 'quorum-missed',
    });
    expect(await verifyInclusionProof(proof, { ...alone, witnesses: ['x'], quorum: 0 })).toEqual({
      ok: false,
      reason: 'policy-malformed',
    });
    await other.close();
  });

  test('is given to anyone who knows the leaf, without what the leaf means', async () => {
    const answer = await get(`/ledger/proof/${proof.leafHash}`);
    expect(answer.status).toBe(200);
    const { opening: _, ...open } = proof;
    expect(JSON.parse(answer.body.toString())).toEqual(open);
    expect((await get(`/ledger/proof/${'0'.repeat(64)}`)).status).toBe(404);
    expect((await get('/ledger/proof/nonsense')).status).toBe(400);
  });
});

describe('the published log', () => {
  test('serves checkpoint, tiles and entries, from which a stranger computes the same leaf', async () => {
    const size = (await state.ledger.statusOf()).size;
    const checkpoint = await get('/ledger/checkpoint');
    expect(checkpoint.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(checkpoint.body.toString().split('\n').slice(0, 2)).toEqual(['om.example/ledger', String(size)]);
    const tile = await get(`/ledger/tile/0/000.p/${size}`);
    expect(tile.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(tile.body).toHaveLength(size * 32);
    const bundle = await get(`/ledger/tile/entries/000.p/${size}`);
    expect(bundle.body).toHaveLength(size * 34);
    const entry = await state.append({ purpose: 'last' });
    await state.ledger.integrate();
    const grown = await get(`/ledger/tile/entries/000.p/${size + 1}`);
    expect(grown.body.subarray(-32).toString('base64')).toBe(entry.commitment);
    expect((await get(`/ledger/tile/0/000.p/${size}`)).body.equals(tile.body)).toBe(true);
  });

  test.each(['0/000', '0/000.p/255', '0/001', '1/000.p/1', 'entries/000', '0/..', '7/x000/000', 'entries/0'])(
    'has nothing at tile %s',
    async (path) => {
      expect([400, 404]).toContain((await get(`/ledger/tile/${path}`)).status);
    },
  );

  test('shows no field of any record, no person and no kind in any tile', async () => {
    const personId = newId();
    await state.append({ purpose: 'a-secret-purpose', requester: 'ministry-of-secrets' }, personId);
    await state.ledger.integrate();
    const files = listTileFiles(state.tileFolder);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const content = readFileSync(join(state.tileFolder, file));
      for (const secret of ['a-secret-purpose', 'ministry-of-secrets', 'evidence-answered', personId, 'kind'])
        expect(content.includes(secret)).toBe(false);
    }
  });

  test('gives two entries with the same content two unrelated leaves', async () => {
    const [one, two] = [await state.append({ purpose: 'same' }), await state.append({ purpose: 'same' })];
    expect(one.commitment).not.toBe(two.commitment);
  });
});

test('a disk without room for tiles holds nothing up: entries are counted as waiting, and go on by themselves', async () => {
  const { promise: isCaughtUp, resolve: caughtUp } = Promise.withResolvers<void>();
  const folder = mkdtempSync(join(tmpdir(), 'jisr-full-'));
  const tiles = openTileFolder(folder);
  let isFull = false;
  const put: TileStore['put'] = (path, bytes) =>
    isFull ? Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' })) : tiles.put(path, bytes);
  const full = await openTestState('ye', [], { tiles: { ...tiles, put }, integrateEveryMs: 200 });
  await full.append({ number: 'before' });
  await full.ledger.integrate();
  isFull = true;
  await full.append({ number: 'meanwhile' });
  await expect(full.ledger.integrate()).rejects.toThrow('no space left');
  expect(await full.ledger.statusOf()).toMatchObject({ size: 1, pending: 1 });
  isFull = false;
  full.ledger.onIntegrated(({ size }) => size === 2 && caughtUp());
  full.ledger.start();
  await isCaughtUp;
  expect(await full.ledger.statusOf()).toMatchObject({ size: 2, pending: 0 });
  await full.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a crash', () => {
  test('between tiles and checkpoint changes nothing: the next integration ends as if it had not happened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jisr-ledger-'));
    const real = openTileFolder(folder);
    let failAfter = Number.POSITIVE_INFINITY;
    let puts = 0;
    const failing: TileStore = {
      ...real,
      put: async (path, content) => {
        if (puts >= failAfter) throw new Error('power cut');
        puts += 1;
        await real.put(path, content);
      },
    };
    const crashing = await openTestState('qa', [], { tiles: failing });
    const receipts = [];
    for (let at = 0; at < 300; at += 1) receipts.push(await crashing.append({ number: String(at) }));
    for (failAfter = 0; failAfter < 5; failAfter += 1) {
      puts = 0;
      await expect(crashing.ledger.integrate()).rejects.toThrow('power cut');
      expect((await crashing.ledger.statusOf()).size).toBe(0);
      if (failAfter % 2 === 0) receipts.push(await crashing.append({ number: `late ${failAfter}` }));
    }
    failAfter = Number.POSITIVE_INFINITY;
    // The signature fails after every tile is written: the last moment before the checkpoint.
    const noSigner = createLedger({
      ...crashing.needs,
      logSigner: { ...crashing.logSigner, sign: async () => Promise.reject(new Error('key is away')) },
    });
    await expect(noSigner.integrate()).rejects.toThrow('key is away');
    await Promise.all([crashing.ledger.integrate(), createLedger(crashing.needs).integrate()]);

    const status = await crashing.ledger.statusOf();
    expect(status).toMatchObject({ size: receipts.length, pending: 0 });
    const policy = { logKey: crashing.ledger.keys.ledgerKey, witnesses: [], quorum: 0 };
    const indexes = new Set<number>();
    for (const { entryId } of receipts) {
      const verdict = await verifyInclusionProof((await crashing.ledger.findProof(entryId))!, policy);
      expect(verdict.ok).toBe(true);
      if (verdict.ok) indexes.add(verdict.leafIndex);
    }
    expect(indexes.size).toBe(receipts.length);

    // Tiles lost altogether are written again from the entries.
    rmSync(folder, { recursive: true });
    await crashing.append({ number: 'after the loss' });
    await crashing.ledger.integrate();
    expect(await verifyInclusionProof((await crashing.ledger.findProof(receipts[0]!.entryId))!, policy)).toMatchObject({
      ok: true,
    });
    expect(listTileFiles(folder).some((name) => name.endsWith('.new'))).toBe(false);

    // An entry changed behind the ledger's back is not signed over.
    rmSync(folder, { recursive: true });
    await crashing.database.execute(
      `update ledger.appends set commitments = decode(repeat('ab', 32), 'hex') where first_leaf = 3`,
    );
    await crashing.append({ number: 'after the change' });
    await expect(crashing.ledger.integrate()).rejects.toThrow('no longer give the root');
    await crashing.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

test('a started ledger integrates by itself soon after an append, and stops after its last run', async () => {
  const running = await openTestState('ae');
  const sizes: number[] = [];
  running.ledger.onIntegrated(({ size }) => sizes.push(size));
  running.ledger.start();
  await expect.poll(() => sizes).toEqual([0]);
  await running.append({ purpose: 'x' });
  await expect.poll(() => sizes).toEqual([0, 1]);
  await running.ledger.stop();
  await running.append({ purpose: 'y' });
  expect((await running.ledger.statusOf()).pending).toBe(1);
  await running.close();
});
