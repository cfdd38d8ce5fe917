import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkAll,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  type SaudiCases,
  somebody,
} from './support.ts';

const refused = (code: string) => expect.objectContaining({ code });
const dayMs = 86_400_000;
let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases();
});
afterAll(() => room.database.close());

/** A case that an officer decides `days` after it was sent. */
async function decidedAfter(days: number): Promise<void> {
  const { cases, clock } = room;
  const person = somebody();
  const caseId = await fillCase(cases, person, [identity, degree({ study_mode: 'distance' })]);
  expect((await cases.submitCase(person, caseId)).state).toBe('submitted');
  clock.advance(days * dayMs);
  const officer = officerAt();
  const { version } = await cases.takeCase(officer, caseId);
  await checkAll(cases, officer, caseId);
  await cases.decideCase(officer, caseId, {
    outcome: 'approve',
    reasonIds: ['confirmed-after-review'],
    expectedVersion: version,
  });
}

async function decidedAtOnce(stars?: number, homeState = 'BH'): Promise<void> {
  const { cases } = room;
  const person = somebody(homeState);
  const caseId = await fillCase(cases, person);
  await expect(cases.rateService(person, caseId, 5)).rejects.toEqual(refused('case-step-refused'));
  expect((await cases.submitCase(person, caseId)).state).toBe('approved');
  if (stars === undefined) return;
  await expect(cases.rateService(somebody(), caseId, 1)).rejects.toEqual(refused('case-unknown'));
  await cases.rateService(person, caseId, 1);
  await cases.rateService(person, caseId, stars);
  expect(await cases.findStars(person, caseId)).toBe(stars);
}

const measures = () => {
  // Figures are kept for a minute.
  room.clock.advance(60_001);
  return room.cases.measureServices();
};

describe('what services really do', () => {
  test('is told from ten decided cases and ten ratings on, and counts working days of the state', async () => {
    for (let count = 0; count < 9; count += 1) await decidedAtOnce(count % 2 ? 4 : 5);
    expect(await measures()).toEqual([]);
    await decidedAtOnce();
    const [early] = await measures();
    expect(early).toEqual({
      serviceId: 'degree-recognition',
      decided: 10,
      atOncePercent: 100,
      crossBorderPercent: 100,
      approvedPercent: 100,
      inPartPercent: 0,
      medianWorkingDays: 0,
      p90WorkingDays: 0,
    });

    await decidedAtOnce(4);
    // From the Sunday on which the test begins: two days are two working days, seven days are five.
    for (let count = 0; count < 9; count += 1) {
      await decidedAfter(2);
      room.clock.advance(5 * dayMs);
    }
    await decidedAfter(7);
    const [later] = await measures();
    expect(later).toEqual({
      serviceId: 'degree-recognition',
      decided: 21,
      atOncePercent: 52,
      crossBorderPercent: 100,
      approvedPercent: 100,
      inPartPercent: 0,
      medianWorkingDays: 0,
      p90WorkingDays: 2,
      officerMedianWorkingDays: 2,
      ratings: 10,
      satisfaction: 4.5,
    });
  });

  test('tells the share of people of other states, unless it would tell of a few of either side', async () => {
    const shares = async () => (await measures())[0]!.crossBorderPercent;
    for (let count = 0; count < 9; count += 1) await decidedAtOnce(undefined, 'SA');
    expect(await shares()).toBeUndefined();
    await decidedAtOnce(undefined, 'SA');
    expect(await shares()).toBe(68);
  });

  test('of more than a year ago is no longer told', async () => {
    room.clock.advance(366 * dayMs);
    expect(await measures()).toEqual([]);
  });
});
