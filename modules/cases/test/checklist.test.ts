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

let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases();
});
afterAll(() => room.database.close());

const refused = (code: string) => expect.objectContaining({ code });
const noura = { ...officerAt('moe', 'Noura'), roles: ['reviewer', 'supervisor'] };
const salem = officerAt('moe', 'Salem');
const approval = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'] };
const scan = 'diploma-matches-record';

async function sent() {
  const person = somebody();
  const caseId = await fillCase(room.cases, person, [identity, degree({ degree_level: 'doctorate' })]);
  await room.cases.submitCase(person, caseId);
  return { person, caseId };
}
async function taken() {
  const { person, caseId } = await sent();
  const { version } = await room.cases.takeCase(noura, caseId);
  return { person, caseId, version };
}
const pointOf = async (caseId: string, pointId: string) =>
  (await room.cases.getCaseForOfficer(noura, caseId)).checklist.find(({ id }) => id === pointId)!;

describe('what an officer checks by hand', () => {
  test('stands before the decisions that the service names, and a refusal names what is open', async () => {
    const { cases } = room;
    const { person, caseId, version } = await taken();
    const decide = { ...approval, expectedVersion: version };
    const all = await cases.decideCase(noura, caseId, decide).catch((error) => error);
    expect(all).toMatchObject({ code: 'points-open', status: 409 });
    expect(all.params.pointIds.split(' ')).toEqual([
      'same-person',
      scan,
      'accredited-at-the-time',
      'profession-conditions',
    ]);
    expect(all.messages.en).toContain('The scan of the diploma says the same as the record of the university');
    expect(all.messages.ar).toContain('صورة الشهادة تطابق ما ورد في سجل الجامعة');
    expect((await cases.getMyCase(person, caseId)).state).toBe('in-review');

    await cases.markPoint(noura, caseId, 'same-person', { mark: 'done', seen: 0 });
    await cases.markPoint(noura, caseId, scan, { mark: 'not-applicable', reason: 'NO-SCAN', seen: 0 });
    const refusing = { outcome: 'refuse' as const, reasonIds: ['university-not-accredited'], expectedVersion: version };
    await expect(cases.decideCase(noura, caseId, refusing)).rejects.toMatchObject({
      params: { pointIds: 'heard-before-refusal' },
    });
    for (const id of ['accredited-at-the-time', 'profession-conditions'])
      await cases.markPoint(noura, caseId, id, { mark: 'done', seen: 0 });
    // The version is the one from before the marks: they change nothing that is decided upon.
    expect((await cases.decideCase(noura, caseId, decide)).state).toBe('approved');

    const seen = await cases.getCaseForOfficer(salem, caseId);
    expect(seen.checklist.find(({ id }) => id === scan)).toMatchObject({
      mark: 'not-applicable',
      by: 'Noura',
      reason: 'NO-SCAN',
      at: expect.any(String),
    });
    expect(seen.mayCheck).toBe(false);
    expect(seen.history.filter(({ kind }) => kind.startsWith('point-'))).toMatchObject([
      { kind: 'point-done', who: 'Noura', about: { en: 'The holder of the degree is the applicant.' } },
      { kind: 'point-not-applicable' },
      { kind: 'point-done' },
      { kind: 'point-done' },
    ]);
    const { steps } = await cases.listOfficerSteps(noura);
    expect(steps.find(({ kind }) => kind === 'point-not-applicable')).toMatchObject({
      caseId,
      officerId: noura.personId,
      about: { en: expect.stringContaining('scan of the diploma') },
    });
    const told = [await cases.getMyCase(person, caseId), room.entries, room.facts, steps];
    expect(JSON.stringify(told)).not.toMatch(/NO-SCAN/);
    expect(JSON.stringify(told.slice(0, 3))).not.toMatch(/point-|same-person|heard-before/);
    const picture = JSON.stringify(await cases.readToShare(caseId));
    expect(picture).not.toMatch(/NO-SCAN|point|checklist/i);
  });

  test('two officers at once: each point keeps its mark, and what the other has marked is not written over unseen', async () => {
    const { cases } = room;
    const { caseId } = await taken();
    const both = await Promise.all([
      cases.markPoint(noura, caseId, 'same-person', { mark: 'done', seen: 0 }),
      cases.markPoint(salem, caseId, 'profession-conditions', { mark: 'done', seen: 0 }),
    ]);
    expect(both.every(({ points }) => points.length === 5)).toBe(true);
    expect(await pointOf(caseId, 'same-person')).toMatchObject({ by: 'Noura' });
    expect(await pointOf(caseId, 'profession-conditions')).toMatchObject({ by: 'Salem' });

    const other = { mark: 'not-applicable' as const, reason: 'None sent', seen: 0 };
    const [first, second] = await Promise.allSettled([
      cases.markPoint(noura, caseId, scan, { mark: 'done', seen: 0 }),
      cases.markPoint(salem, caseId, scan, other),
    ]);
    expect([first!.status, second!.status].sort()).toEqual(['fulfilled', 'rejected']);
    const now = await pointOf(caseId, scan);
    const lost = [first, second].find((one) => one!.status === 'rejected') as PromiseRejectedResult;
    expect(lost.reason).toMatchObject({ code: 'point-marked-meanwhile', params: { who: now.by } });
    // Who has seen it marks it anew, and the same mark again is no second step.
    await cases.markPoint(salem, caseId, scan, { mark: 'open', seen: now.sequence });
    const open = await pointOf(caseId, scan);
    expect(open).toMatchObject({ mark: 'open', by: 'Salem' });
    await cases.markPoint(salem, caseId, scan, { ...other, seen: open.sequence });
    const marked = await pointOf(caseId, scan);
    await cases.markPoint(salem, caseId, scan, { ...other, seen: open.sequence });
    expect(await pointOf(caseId, scan)).toEqual(marked);
  });

  test('is for officers of the office, on a case that one of them has taken, and never for the own one', async () => {
    const { cases } = room;
    const { person, caseId } = await sent();
    const done = { mark: 'done' as const, seen: 0 };
    const mark = (officer: typeof salem, pointId = scan, marking: Parameters<typeof cases.markPoint>[3] = done) =>
      cases.markPoint(officer, caseId, pointId, marking);
    await expect(mark(salem)).rejects.toEqual(refused('case-not-taken'));
    expect((await cases.getCaseForOfficer(salem, caseId)).mayCheck).toBe(false);
    await cases.takeCase(noura, caseId);
    expect((await cases.getCaseForOfficer(salem, caseId)).mayCheck).toBe(true);
    await expect(mark(officerAt('customs'))).rejects.toEqual(refused('case-unknown'));
    const own = { ...officerAt(), personId: person.personId };
    await expect(mark(own)).rejects.toEqual(refused('own-case'));
    expect(await cases.getCaseForOfficer(own, caseId)).toMatchObject({ checklist: [], mayCheck: false });
    await expect(mark(salem, 'toString')).rejects.toEqual(refused('point-unknown'));
    for (const reason of [undefined, ' \n '])
      await expect(mark(salem, scan, { mark: 'not-applicable', reason, seen: 0 })).rejects.toEqual(
        refused('point-reason-missing'),
      );
    await expect(mark(salem, scan, { mark: 'not-applicable', reason: 'x'.repeat(501), seen: 0 })).rejects.toEqual(
      refused('text-too-long'),
    );
    await cases.withdrawCase(person, caseId);
    await expect(mark(salem)).rejects.toEqual(refused('case-step-refused'));
    expect((await pointOf(caseId, scan)).mark).toBe('open');
  });

  test('the second officer sees who marked what, and opens what they doubt; nothing is confirmed then', async () => {
    const { cases } = room;
    const { caseId, version } = await taken();
    const decide = { ...approval, conditionIds: ['supervised-year'], expectedVersion: version };
    await expect(cases.decideCase(noura, caseId, decide)).rejects.toEqual(refused('points-open'));
    await checkAll(cases, noura, caseId);
    const { version: proposed } = await cases.decideCase(noura, caseId, decide);
    const { sequence } = await pointOf(caseId, scan);
    await cases.markPoint(salem, caseId, scan, { mark: 'open', seen: sequence });
    const confirm = { confirms: true, expectedVersion: proposed };
    await expect(cases.confirmDecision(salem, caseId, confirm)).rejects.toMatchObject({
      code: 'points-open',
      params: { pointIds: scan },
    });
    await checkAll(cases, salem, caseId);
    expect((await cases.confirmDecision(salem, caseId, confirm)).state).toBe('approved');
  });

  test('tells what was marked before the applicant answered', async () => {
    const { cases } = room;
    const { person, caseId, version } = await taken();
    await checkAll(cases, noura, caseId);
    const { version: asked } = await cases.askForMore(noura, caseId, {
      thingIds: ['thesis'],
      expectedVersion: version,
    });
    const { sequence } = await pointOf(caseId, scan);
    await cases.answerRequest(person, caseId, { text: 'On bridges', expectedVersion: asked });
    expect(await pointOf(caseId, scan)).toMatchObject({ mark: 'done', isBeforeAnswer: true });
    await cases.markPoint(noura, caseId, scan, { mark: 'done', seen: sequence });
    expect(await pointOf(caseId, scan)).toMatchObject({ mark: 'done', isBeforeAnswer: false });
  });
});
