import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '#kernel/ids';
import { formatAddCheckpoint } from '../add-checkpoint.ts';
import { createLedger, type Neighbour } from '../index.ts';
import { listConsistencyRanges } from '../merkle.ts';
import { findWitnessed } from '../store.ts';
import { createHashReader } from '../tiles.ts';
import { openTestState, type TestState } from './states.ts';
import { signCheckpoint, submit } from './witnessing.ts';

const neighbours: Neighbour[] = [];
let witness: TestState;
let log: TestState;
beforeAll(async () => {
  witness = await openTestState('bh', neighbours);
  log = await openTestState('kw', neighbours);
  neighbours.push(witness.neighbour, log.neighbour);
});
afterAll(() => Promise.all([witness, log].map((state) => state.close())));

/** True checkpoints of one growing log, and for each pair of sizes the request that leads from one to the other. */
async function growBySteps(steps: number[]) {
  const notes = new Map<number, string>();
  let size = 0;
  for (const step of steps) {
    for (let at = 0; at < step; at += 1) await log.append({ at: String(size + at) });
    size += step;
    await log.ledger.integrate();
    notes.set(size, (await log.ledger.readCheckpointText())!);
  }
  const reader = createHashReader(log.tiles);
  const request = async (oldSize: number, newSize: number) => {
    const ranges = oldSize > 0 && oldSize < newSize ? listConsistencyRanges(oldSize, newSize) : [];
    const hashes = await reader.readHashes(ranges, newSize, size);
    return formatAddCheckpoint({ oldSize, hashes, note: notes.get(newSize)! });
  };
  return { sizes: [...notes.keys()], request };
}

describe('many checkpoints of one log at once', () => {
  test('are cosigned one after another: no cosignature rolls back what a later one has seen, and each is saved before it is given', async () => {
    const { sizes, request } = await growBySteps([3, 1, 4, 1, 5, 9, 2, 6]);
    // A second process of the same witness, on the same database.
    const twin = createLedger(witness.needs);
    const answers: Array<{ size: number; status: number; savedSize: number }> = [];
    const ask = async (oldSize: number, size: number, byTwin: boolean) => {
      const body = await request(oldSize, size);
      const answer = byTwin
        ? await twin.handlers
            .addCheckpoint({ body: Buffer.from(body) } as never)
            .then((raw) => ({ status: (raw as { status?: number }).status ?? 200 }))
            .catch((error: { status: number }) => ({ status: error.status }))
        : await submit(witness, body);
      const saved = await findWitnessed(witness.database.db, log.needs.origin);
      answers.push({ size, status: answer.status, savedSize: saved?.size ?? 0 });
    };
    const first = sizes[0]!;
    await Promise.all([0, 1, 2, 3].map((at) => ask(0, first, at % 2 === 0)));
    // Every step and every leap from what is known, many times over.
    for (let at = 0; at + 1 < sizes.length; at += 1) {
      const known = (await findWitnessed(witness.database.db, log.needs.origin))!.size;
      const later = sizes.filter((size) => size > known);
      if (later.length === 0) break;
      await Promise.all([...later, ...later, known].map((size, turn) => ask(known, size, turn % 2 === 1)));
    }
    for (const { size, status, savedSize } of answers) {
      expect([200, 409]).toContain(status);
      // What was cosigned was durable when the answer came, and nothing ever went back behind it.
      if (status === 200) expect(savedSize).toBeGreaterThanOrEqual(size);
    }
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect((await findWitnessed(witness.database.db, log.needs.origin))!.size).toBe(
      Math.max(...answers.filter(({ status }) => status === 200).map(({ size }) => size)),
    );
    // Those that came too late look like a rewind until the log has been asked.
    await witness.ledger.inspectNeighbours();
    expect(await witness.ledger.listBreaches(log.needs.origin)).toEqual([]);
  });

  test('that tell forty different histories get one of them cosigned, and the others are proof', async () => {
    const cut = await openTestState('om', neighbours);
    neighbours.push(cut.neighbour);
    const bodies = await Promise.all(
      Array.from({ length: 40 }, async (_, at) =>
        formatAddCheckpoint({ oldSize: 0, hashes: [], note: await signCheckpoint(cut, 7, sha256(String(at))) }),
      ),
    );
    const answers = await Promise.all(bodies.map((body) => submit(witness, body)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409 || status === 422)).toHaveLength(39);
    const kept = (await findWitnessed(witness.database.db, cut.needs.origin))!;
    expect(kept.note).toBe(
      bodies[answers.findIndex(({ status }) => status === 200)]!.split('\n\n').slice(1).join('\n\n'),
    );
    expect(await witness.ledger.listDisputed()).toContain(cut.needs.origin);
    await cut.close();
  });
});

describe('what is no request', () => {
  test('gets a 4xx and never a 5xx, whatever its bytes, and moves nothing', async () => {
    const before = await findWitnessed(witness.database.db, log.needs.origin);
    const valid = formatAddCheckpoint({
      oldSize: before!.size,
      hashes: [],
      note: (await log.ledger.readCheckpointText())!,
    });
    const mutated = fc
      .tuple(fc.nat({ max: valid.length - 1 }), fc.string({ maxLength: 3, unit: 'binary' }), fc.nat({ max: 8 }))
      .map(([at, text, cut]) => Buffer.from(valid.slice(0, at) + text + valid.slice(at + cut)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 }).map(Buffer.from)), async (body) => {
        const { status } = await submit(witness, body);
        expect(status === 200 ? body.toString() : status).toSatisfy((seen: unknown) =>
          typeof seen === 'number' ? seen >= 400 && seen < 500 : seen === valid,
        );
      }),
      { numRuns: 150 },
    );
    expect(await findWitnessed(witness.database.db, log.needs.origin)).toEqual(before);
  });

  test.each([
    ['an old size beyond 2^53', (note: string) => `old 9007199254740993\n\n${note}`],
    ['an old size with a leading zero', (note: string) => `old 01\n\n${note}`],
    ['a negative old size', (note: string) => `old -1\n\n${note}`],
    ['64 proof lines', (note: string) => `old 0\n${`${sha256('x').toString('base64')}\n`.repeat(64)}\n${note}`],
    ['a proof line of 31 bytes', (note: string) => `old 0\n${Buffer.alloc(31).toString('base64')}\n\n${note}`],
    ['no empty line', (note: string) => `old 0\n${note.replace('\n\n', '\n')}`],
    ['a checkpoint without signatures', (note: string) => `old 0\n\n${note.split('\n\n')[0]}\n\n`],
    ['a size with a sign', (note: string) => `old 0\n\n${note.replace(/\n(\d+)\n/, '\n+$1\n')}`],
    ['Windows line ends', (note: string) => `old 0\n\n${note}`.replaceAll('\n', '\r\n')],
    ['two hundred signatures', (note: string) => `old 0\n\n${note}${'— x AAAAAAAA\n'.repeat(200)}`],
  ])('as with %s, gets a 400', async (_, change) => {
    const note = (await log.ledger.readCheckpointText())!;
    expect((await submit(witness, change(note))).status).toBe(400);
  });
});
