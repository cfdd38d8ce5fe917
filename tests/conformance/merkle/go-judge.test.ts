import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatProofText, type Neighbour } from '#modules/ledger';
import { listConsistencyRanges } from '../../../modules/ledger/merkle.ts';
import { openTestState, type TestState } from '../../../modules/ledger/test/states.ts';
import { createHashReader } from '../../../modules/ledger/tiles.ts';

const folder = mkdtempSync(join(tmpdir(), 'jisr-go-judge-'));
const judge = join(folder, 'judge');
// Only what is on the machine; `.ci/run` brings the module beforehand.
const built = spawnSync('go', ['build', '-o', judge, '.'], {
  cwd: join(import.meta.dirname, 'go-judge'),
  env: { ...process.env, GOPROXY: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' },
  timeout: 200_000,
});
const isHere = built.status === 0;
if (!isHere)
  console.log('skipped: Go with golang.org/x/mod in its module cache is needed to judge checkpoints and proofs');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!isHere)('the Go checksum database, as a judge', () => {
  let state: TestState;
  beforeAll(async () => {
    state = await openTestState('bh');
  });
  afterAll(() => state.close());

  test('reads our tiles, checkpoints, inclusion and consistency proofs, makes the same proofs, and refuses whatever was changed', async () => {
    const grow = async (count: number) => {
      const receipts = [];
      for (let at = 0; at < count; at += 1) receipts.push(await state.append({ at: String(at) }));
      await state.ledger.integrate();
      return (await state.ledger.findProof(receipts.at(-1)!.entryId))!;
    };
    const old = await grow(19);
    const proof = await grow(270);
    const ranges = listConsistencyRanges(old.treeSize, proof.treeSize);
    const consistency = await createHashReader(state.tiles).readHashes(ranges, proof.treeSize);
    const question = {
      logKey: state.ledger.keys.ledgerKey,
      checkpoint: proof.checkpoint,
      commitment: proof.opening.commitment,
      leafIndex: proof.leafIndex,
      hashes: proof.hashes,
      oldCheckpoint: old.checkpoint,
      consistency: consistency.map((hash) => hash.toString('base64')),
      tileFolder: state.tileFolder,
    };
    const ask = (asked: typeof question) =>
      spawnSync(judge, { input: JSON.stringify(asked), encoding: 'utf8', timeout: 60_000 }).stdout.trim();
    expect(ask(question)).toBe('accepted 19 289');
    const [first, ...rest] = proof.hashes;
    expect(ask({ ...question, hashes: [...rest, first!] })).toMatch(/^refused/);
    expect(ask({ ...question, consistency: question.consistency.slice(1) })).toMatch(/^refused/);
    // One bit of one tile.
    const tile = join(state.tileFolder, '0', '000');
    const bytes = readFileSync(tile);
    bytes[5_000]! ^= 1;
    writeFileSync(tile, bytes);
    expect(ask(question)).toMatch(/^refused/);
    bytes[5_000]! ^= 1;
    writeFileSync(tile, bytes);
    expect(ask(question)).toBe('accepted 19 289');
    expect(ask({ ...question, checkpoint: proof.checkpoint.replace('\n289\n', '\n290\n') })).toMatch(/^refused/);
  });

  test('reads the file of one proof (C2SP tlog-proof) with the cosignature of another state, and refuses whatever was changed', async () => {
    const neighbours: Neighbour[] = [];
    const [log, witness] = [await openTestState('kw', neighbours), await openTestState('sa', neighbours)];
    neighbours.push(log.neighbour, witness.neighbour);
    const entries = [];
    for (let at = 0; at < 21; at += 1) entries.push(await log.append({ at: String(at) }));
    await log.ledger.integrate();
    await log.ledger.gatherCosignatures();
    const text = formatProofText((await log.ledger.findProof(entries[13]!.entryId))!);
    const { ledgerKey: logKey } = log.ledger.keys;
    const ask = (proof: string, witnessKeys = [witness.ledger.keys.witnessKey]) => {
      const input = JSON.stringify({ proof, logKey, witnessKeys });
      return spawnSync(judge, { input, encoding: 'utf8', timeout: 60_000 }).stdout.trim();
    };
    expect(ask(text)).toBe('accepted 13 21');
    const lines = text.split('\n');
    const extra = JSON.parse(Buffer.from(lines[1]!.slice('extra '.length), 'base64').toString('utf8'));
    const otherLeaf = { ...extra, opening: { ...extra.opening, commitment: entries[12]!.commitment } };
    const changes = [
      text.replace('\nindex 13\n', '\nindex 12\n'),
      text.replace(lines[1]!, `extra ${Buffer.from(JSON.stringify(otherLeaf)).toString('base64')}`),
      text.replace('\n21\n', '\n22\n'),
      lines.toSpliced(3, 1).join('\n'),
      // Without the cosignature.
      `${lines.slice(0, -2).join('\n')}\n`,
    ];
    for (const changed of changes) expect(ask(changed)).toMatch(/^refused/);
    expect(ask(text, [log.ledger.keys.witnessKey])).toMatch(/^refused/);
    await log.close();
    await witness.close();
  });
});
