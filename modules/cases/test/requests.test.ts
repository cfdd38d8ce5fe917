import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  childBorn,
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
const day = 86_400_000;
const told = (caseId: string) =>
  room.facts.filter(({ data }) => (data as { caseId: string }).caseId === caseId).map(({ name }) => name);

/** A doctorate that waits for an officer, taken by Noura. */
async function taken() {
  const person = somebody();
  const officer = officerAt('moe', 'Noura');
  const caseId = await fillCase(room.cases, person, [identity, degree({ degree_level: 'doctorate' })]);
  await room.cases.submitCase(person, caseId);
  const { version } = await room.cases.takeCase(officer, caseId);
  return { person, officer, caseId, version };
}
const ask = (of: Awaited<ReturnType<typeof taken>>, changes: object = {}) =>
  room.cases.askForMore(of.officer, of.caseId, {
    thingIds: ['profession-in-detail'],
    expectedVersion: of.version,
    ...changes,
  });

describe('an officer asks for more', () => {
  test('the clock of the office stands until the person has answered with words and a corrected page', async () => {
    const { cases, clock } = room;
    const one = await taken();
    const { person, officer, caseId } = one;
    expect((await cases.getCaseForOfficer(officer, caseId)).workingDaysLeft).toBe(5);
    const words = { ownWordsAr: 'نحتاج إلى تفاصيل المهنة', ownWordsEn: 'We need the profession in detail' };
    const asked = await ask(one, words);
    expect(asked.state).toBe('waiting-for-person');

    const mine = await cases.getMyCase(person, caseId);
    expect(mine).toMatchObject({ whoseTurn: 'person', stoppedWorkingDaysLeft: 5, mayWithdraw: true });
    expect(mine.dueOn).toBeUndefined();
    // Ten Saudi working days from Sunday 22 November.
    const [request] = mine.requests;
    expect(request).toMatchObject({ isOpen: true, answerBy: '2026-12-06', ownWords: { en: words.ownWordsEn } });
    expect(request?.things[0]?.text.ar).toMatch(/المهنة/);
    expect(request?.pages).toEqual([expect.objectContaining({ id: 'profession', isSaved: false })]);

    clock.advance(4 * day);
    await expect(cases.saveAnswers(person, caseId, 'contact', {})).rejects.toEqual(refused('page-not-opened'));
    await expect(cases.answerRequest(person, caseId, { expectedVersion: asked.version })).rejects.toEqual(
      refused('request-answer-empty'),
    );
    const wrong = await cases.saveAnswers(person, caseId, 'profession', { profession: '', sector: 'private' });
    expect(wrong).toMatchObject({ saved: false, errors: [{ field: 'profession', code: 'required' }] });
    const corrected = { profession: 'مهندسة نظم مدمجة', sector: 'government' };
    expect(await cases.saveAnswers(person, caseId, 'profession', corrected)).toEqual({ saved: true, errors: [] });
    const page = await cases.openPage(person, caseId, 'profession', 'ar');
    expect(page.questions[0]?.value).toBe(corrected.profession);
    // Until it is given, the office sees what it saw.
    expect(JSON.stringify((await cases.getCaseForOfficer(officer, caseId)).answers)).not.toContain('مدمجة');
    const given = await cases.answerRequest(person, caseId, {
      text: '  أعمل على الأنظمة المدمجة في السيارات  ',
      expectedVersion: asked.version,
    });
    expect(given.state).toBe('in-review');

    const seen = await cases.getCaseForOfficer(officer, caseId);
    // Thursday 26 November: five working days are left, as before.
    expect(seen).toMatchObject({ whoseTurn: 'office', workingDaysLeft: 5, dueOn: '2026-12-03' });
    expect(seen.requests[0]).toMatchObject({
      isOpen: false,
      outcome: 'answered',
      answer: 'أعمل على الأنظمة المدمجة في السيارات',
      changes: [
        { before: { en: 'مهندسة حاسوب' }, after: { en: 'مهندسة نظم مدمجة' } },
        { label: { en: 'In which sector?' } },
      ],
    });
    expect(told(caseId)).toEqual([
      'case-evidence-received',
      'case-submitted',
      'case-information-requested',
      'case-information-given',
      'case-applicant-acted',
    ]);
    const entries = room.entries.filter(({ record }) => record['caseId'] === caseId);
    expect(entries.map(({ kind }) => kind)).toContain('case-information-given');
    expect(JSON.stringify([entries, room.facts])).not.toMatch(/المدمجة|profession in detail|تفاصيل/);
    await expect(cases.saveAnswers(person, caseId, 'profession', corrected)).rejects.toEqual(refused('case-not-open'));
  });

  test('whoever does not answer is reminded once, and then the case is back at the officer', async () => {
    const { cases, clock } = room;
    const one = await taken();
    await ask(one, { thingIds: ['thesis'], workingDays: 5 });
    await cases.passDeadlines();
    expect(told(one.caseId).at(-1)).toBe('case-information-requested');
    clock.advance(5 * day);
    await cases.passDeadlines();
    expect(await cases.passDeadlines()).toBe(0);
    expect(told(one.caseId).filter((name) => name === 'case-information-reminded')).toHaveLength(1);
    clock.advance(14 * day);
    await Promise.all([cases.passDeadlines(), cases.passDeadlines()]);
    const view = await cases.getCaseForOfficer(one.officer, one.caseId);
    expect(view).toMatchObject({ state: 'in-review', workingDaysLeft: 5, requests: [{ outcome: 'unanswered' }] });
    expect(view.history.map(({ kind }) => kind)).toContain('information-not-given');
    expect(told(one.caseId).filter((name) => name === 'case-information-not-given')).toHaveLength(1);
    await expect(
      cases.answerRequest(one.person, one.caseId, { text: 'Late', expectedVersion: view.version }),
    ).rejects.toEqual(refused('case-step-refused'));
  });

  test('where the service says so, it is closed as withdrawn', async () => {
    const { cases, clock } = room;
    const person = somebody();
    const { id } = await cases.startCase(person, 'gcc-school-enrolment');
    await cases.recordEvidence(person, id, childBorn('2010-01-01'));
    await cases.saveAnswers(person, id, 'stage', { stage: 'primary', city: 'الرياض' });
    await cases.saveAnswers(person, id, 'contact', { email: 'a@example.com', mobile: '+97336000000' });
    await cases.saveAnswers(person, id, 'declaration', { declaration: 'yes' });
    expect((await cases.submitCase(person, id)).state).toBe('submitted');
    const officer = officerAt();
    const { version } = await cases.takeCase(officer, id);
    const asked = { thingIds: ['earlier-school'], expectedVersion: version };
    await cases.askForMore(officer, id, asked);
    clock.advance(12 * day);
    await cases.passDeadlines();
    expect(await cases.getMyCase(person, id)).toMatchObject({ state: 'withdrawn', whoseTurn: 'nobody' });
    expect(told(id).slice(-2)).toEqual(['case-withdrawn', 'case-applicant-acted']);
  });

  test('only what the service lists, on the version that was looked at, by whoever has the case', async () => {
    const { cases } = room;
    const one = await taken();
    await expect(ask(one, { thingIds: ['blood-test'] })).rejects.toEqual(refused('request-not-offered'));
    await expect(ask(one, { thingIds: ['constructor'] })).rejects.toEqual(refused('request-not-offered'));
    await expect(ask(one, { pageIds: ['no-page'] })).rejects.toEqual(refused('request-not-offered'));
    await expect(ask(one, { workingDays: 31 })).rejects.toEqual(refused('request-not-offered'));
    await expect(ask(one, { thingIds: [] })).rejects.toEqual(refused('request-empty'));
    await expect(ask(one, { thingIds: [], ownWordsEn: 'Half' })).rejects.toEqual(refused('reasons-missing'));
    await expect(ask(one, { expectedVersion: one.version - 1 })).rejects.toEqual(refused('case-changed-since'));
    await expect(ask({ ...one, officer: officerAt('moe', 'Salem') })).rejects.toEqual(refused('case-taken'));
    await expect(ask({ ...one, officer: officerAt('customs') })).rejects.toEqual(refused('case-unknown'));
    const asked = await ask(one);
    await expect(ask({ ...one, version: asked.version })).rejects.toEqual(refused('case-step-refused'));
    const decision = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'] };
    await expect(
      cases.decideCase(one.officer, one.caseId, { ...decision, expectedVersion: asked.version }),
    ).rejects.toEqual(refused('case-step-refused'));
    const answer = { text: 'Mine', expectedVersion: asked.version };
    await expect(cases.answerRequest(somebody(), one.caseId, answer)).rejects.toEqual(refused('case-unknown'));
    const weak = { ...one.person, level: 'low' };
    await expect(cases.answerRequest(weak, one.caseId, answer)).rejects.toEqual(refused('stronger-sign-in-needed'));
    await expect(
      cases.answerRequest(one.person, one.caseId, { ...answer, expectedVersion: one.version }),
    ).rejects.toEqual(refused('case-changed-since'));
    expect((await cases.withdrawCase(one.person, one.caseId)).requests).toMatchObject([{ outcome: 'ended' }]);
    expect(await cases.passDeadlines()).toBe(0);
  });
});
