import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kernelProblem } from '#kernel/problem';
import type { Person } from '#modules/cases';
import { problem } from '../problems.ts';
import { fillCase, identity, openSaudiCases, type SaudiCases, somebody } from './support.ts';

const [minuteMs, hourMs] = [60_000, 3_600_000];
const away = () => kernelProblem('peer-unreachable', { host: 'bh.example' });
const degrees = { providerState: 'BH', evidenceType: 'degree-record' };

let world: SaudiCases;
/** Sources that are away now, and how often each was looked at. */
const isAway = new Set<string>();
let looks: string[] = [];
let answered: string[] = [];
beforeAll(async () => {
  const nameOf = (of: { providerState: string; evidenceType?: string }) =>
    `${of.providerState} ${of.evidenceType ?? ''}`;
  world = await openSaudiCases('2026-11-22T05:39:00Z', {
    sources: {
      hasAnswered: async (of) => answered.includes(nameOf(of)),
      isThere: async (of) => {
        looks.push(nameOf(of));
        return !isAway.has(nameOf(of));
      },
    },
  });
});
afterAll(() => world.database.close());
beforeEach(() => {
  isAway.clear();
  [looks, answered] = [[], []];
  world.facts.length = 0;
});

const told = () => world.facts.filter(({ name }) => name === 'case-source-back').map(({ data }) => data);
/** Minute by minute, as a node does, without waiting for it. */
async function pass(ms: number, stepMs = minuteMs): Promise<void> {
  for (let gone = 0; gone < ms; gone += stepMs) {
    world.clock.advance(stepMs);
    await world.cases.lookForSources();
  }
}
async function draftWaitingFor(...sources: Array<{ providerState: string; evidenceType?: string }>) {
  const person: Person = somebody();
  const { id: caseId } = await world.cases.startCase(person, 'degree-recognition');
  for (const source of sources) expect(await world.cases.noteSilence(person, caseId, source, away())).toBe(true);
  return { person, caseId };
}

describe('whoever could not go on, because a source of evidence was away', () => {
  test('is told once when it is back after two days, and the source is looked at ever more seldom', async () => {
    isAway.add('BH degree-record');
    const waiting = [await draftWaitingFor(degrees), await draftWaitingFor(degrees)];
    const seen = await world.cases.getMyCase(waiting[0]!.person, waiting[0]!.caseId);
    expect(seen.awaitsSourceSince).toBe('2026-11-22T05:39:00.000Z');
    await pass(hourMs);
    expect(looks.length).toBe(4);
    await pass(47 * hourMs, 5 * minuteMs);
    expect(looks.length).toBeLessThanOrEqual(52);
    expect(told()).toEqual([]);
    isAway.clear();
    await pass(hourMs + minuteMs);
    expect(told()).toEqual(waiting.map(({ caseId }) => ({ caseId })));
    const looked = looks.length;
    await pass(3 * hourMs);
    expect([told().length, looks.length]).toEqual([2, looked]);
    expect(await world.cases.getMyCase(waiting[0]!.person, waiting[0]!.caseId)).not.toHaveProperty('awaitsSourceSince');
  });

  test('is told within a minute of an exchange of somebody else that went well, without a look', async () => {
    const { caseId } = await draftWaitingFor(degrees);
    answered = ['BH degree-record'];
    await pass(minuteMs);
    expect([told(), looks]).toEqual([[{ caseId }], []]);
  });

  test('is not told by a look of the very moment at which it was away for them, and by the next', async () => {
    isAway.add('BH degree-record');
    const { caseId } = await draftWaitingFor(degrees);
    await pass(minuteMs);
    const other = await draftWaitingFor(degrees);
    isAway.clear();
    world.clock.advance(minuteMs - 1_000);
    await world.cases.noteSilence(other.person, other.caseId, degrees, away());
    await pass(1_000, 1_000);
    expect(told()).toEqual([{ caseId }]);
    await pass(3 * minuteMs);
    expect(told()).toEqual([{ caseId }, { caseId: other.caseId }]);
  });

  test('is told when the last of two sources is back, of a state as a whole too', async () => {
    isAway.add('BH degree-record').add('BH ');
    const { caseId } = await draftWaitingFor(degrees, { providerState: 'BH' });
    isAway.delete('BH ');
    await pass(3 * minuteMs);
    expect(told()).toEqual([]);
    isAway.clear();
    await pass(5 * minuteMs);
    expect(told()).toEqual([{ caseId }]);
  });

  test('is told nothing once the draft is gone, was sent, or the evidence has come', async () => {
    isAway.add('BH degree-record').add('BH person-identity').add('BH ');
    const discarded = await draftWaitingFor(degrees);
    await world.cases.withdrawCase(discarded.person, discarded.caseId);
    const person = somebody();
    const sent = await fillCase(world.cases, person);
    await world.cases.noteSilence(person, sent, degrees, away());
    await world.cases.submitCase(person, sent);
    const arrived = await draftWaitingFor(
      { providerState: 'BH', evidenceType: 'person-identity' },
      { providerState: 'BH' },
    );
    await world.cases.recordEvidence(arrived.person, arrived.caseId, [identity]);
    isAway.clear();
    await pass(10 * minuteMs);
    expect([told(), looks]).toEqual([[], []]);
    expect(await world.cases.isWaitingForSource(discarded.caseId)).toBe(false);
  });

  test('waits on when the node dies between seeing it and telling it, and is told then', async () => {
    const { caseId } = await draftWaitingFor(degrees);
    const { facts } = world;
    const push = facts.push;
    facts.push = () => {
      throw new Error('killed');
    };
    await expect(pass(3 * minuteMs)).rejects.toThrow('killed');
    facts.push = push;
    await pass(5 * minuteMs);
    expect(told()).toEqual([{ caseId }]);
  });

  test('is not promised anything when something else failed, nor about the draft of somebody else', async () => {
    const { person, caseId } = await draftWaitingFor();
    for (const error of [problem('case-unknown'), new Error('a fault')])
      expect(await world.cases.noteSilence(person, caseId, degrees, error)).toBe(false);
    await expect(world.cases.noteSilence(somebody(), caseId, degrees, away())).rejects.toMatchObject({
      code: 'case-unknown',
    });
    await pass(5 * minuteMs);
    expect([told(), looks]).toEqual([[], []]);
  });
});
