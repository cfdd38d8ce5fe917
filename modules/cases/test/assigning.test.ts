import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Officer } from '#modules/cases';
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

const chief = officerAt('moe', 'Majid', ['supervisor']);
const noura = officerAt('moe', 'Noura');
const salem = officerAt('moe', 'Salem');
/** Of the office, without a role for cases. */
const clerk = officerAt('moe', 'Clerk', ['auditor']);
const elsewhere = officerAt('customs', 'Ali', ['supervisor', 'reviewer']);
let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases('2026-11-29T08:00:00Z', { officers: [chief, noura, salem, clerk, elsewhere] });
});
afterAll(() => room.database.close());

const refused = (code: string) => expect.objectContaining({ code });
async function sent(person = somebody()) {
  const caseId = await fillCase(room.cases, person, [identity, degree({ study_mode: 'distance' })]);
  await room.cases.submitCase(person, caseId);
  return { person, caseId };
}
const give = (caseId: string, to: Pick<Officer, 'personId'>, by = chief, takeOver?: boolean) =>
  room.cases.assignCase(by, caseId, { officerId: to.personId, takeOver });
const told = (caseId: string) =>
  room.facts.filter(({ name, data }) => name === 'case-assigned' && (data as { caseId: string }).caseId === caseId)
    .length;
const holderOf = async (caseId: string) => (await room.cases.getCaseForOfficer(noura, caseId)).assignment?.officerId;

describe('a supervisor gives a case to a colleague', () => {
  test('who then decides it; the story says who gave it to whom, and the colleague is told once', async () => {
    const { cases } = room;
    const { person, caseId } = await sent();
    const seen = await cases.getCaseForOfficer(chief, caseId);
    expect(seen.assignees.map(({ names }) => names.en).sort()).toEqual(['Noura', 'Salem']);
    await give(caseId, noura);
    await give(caseId, noura);
    expect(told(caseId)).toBe(1);
    const after = await cases.getCaseForOfficer(noura, caseId);
    expect(after).toMatchObject({ state: 'in-review', assignment: { officerId: noura.personId }, assignees: [] });
    expect(after.history.at(-1)).toMatchObject({
      ...{ kind: 'case-assigned', who: 'Majid', officerId: chief.personId },
      about: { ar: 'Noura', en: 'Noura' },
    });
    expect(await cases.getToldCase(caseId)).toMatchObject({ officerId: noura.personId });
    // The person learns that it is looked at, and nobody's name.
    const mine = await cases.getMyCase(person, caseId);
    expect(mine.timeline.map(({ kind }) => kind)).toContain('case-assigned');
    expect(JSON.stringify(mine)).not.toMatch(/Noura|Majid/);
    expect((await cases.findFeeCase(caseId))!.wasTaken).toBe(true);
    await checkAll(cases, noura, caseId);
    const { version } = await cases.getCaseForOfficer(noura, caseId);
    const why = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'], expectedVersion: version };
    expect((await cases.decideCase(noura, caseId, why)).state).toBe('approved');
    await expect(give(caseId, salem)).rejects.toEqual(refused('case-step-refused'));
  });

  test('by the rules of taking: what somebody has is taken from them on purpose only, and of two at once one wins', async () => {
    const { cases } = room;
    const { caseId } = await sent();
    await cases.takeCase(noura, caseId);
    await expect(give(caseId, salem)).rejects.toEqual(refused('case-taken'));
    expect(await holderOf(caseId)).toBe(noura.personId);
    await give(caseId, salem, chief, true);
    expect(await holderOf(caseId)).toBe(salem.personId);
    const free = await sent();
    const both = await Promise.allSettled([give(free.caseId, noura), cases.takeCase(salem, free.caseId)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('only a supervisor of the office, and only to who could take it themselves now', async () => {
    const { cases } = room;
    const { caseId } = await sent();
    await expect(give(caseId, salem, noura)).rejects.toEqual(refused('role-needed'));
    await expect(give(caseId, noura, elsewhere)).rejects.toEqual(refused('case-unknown'));
    for (const nobody of [clerk, elsewhere, officerAt()])
      await expect(give(caseId, nobody)).rejects.toEqual(refused('colleague-unsuited'));
    // A party, and a supervisor who is one.
    const hers = await sent({ ...somebody('SA'), representative: { personId: noura.personId, kind: 'guardian' } });
    await expect(give(hers.caseId, noura)).rejects.toEqual(refused('colleague-unsuited'));
    const his = await sent({ ...somebody('SA'), personId: chief.personId });
    await expect(give(his.caseId, noura)).rejects.toEqual(refused('own-case'));
    // Whoever is away.
    await cases.enterAbsence(salem, { officerId: salem.personId, fromOn: '2026-11-29', untilOn: '2026-11-30' });
    await expect(give(caseId, salem)).rejects.toEqual(refused('colleague-unsuited'));
    expect((await cases.getCaseForOfficer(chief, caseId)).assignees.map(({ names }) => names.en)).toEqual(['Noura']);
    expect(told(caseId) + told(hers.caseId) + told(his.caseId)).toBe(0);
  });
});
