import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '#kernel/problem';
import type { CaseState } from '#modules/cases';
import { caseChart } from '../chart.ts';
import {
  checkAll,
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

const day = 86_400_000;
const told = (caseId: string) =>
  room.facts.filter(({ data }) => (data as { caseId: string }).caseId === caseId).map(({ name }) => name);
const count = (caseId: string, fact: string) => told(caseId).filter((name) => name === fact).length;

async function doctorate() {
  const person = somebody();
  const caseId = await fillCase(room.cases, person, [identity, degree({ degree_level: 'doctorate' })]);
  await room.cases.submitCase(person, caseId);
  return { person, caseId };
}

/** A child of an unusual age: an officer has to look, and the service's law takes silence for a yes. */
async function enrolment() {
  const { cases } = room;
  const person = somebody();
  const { id } = await cases.startCase(person, 'gcc-school-enrolment');
  await cases.recordEvidence(person, id, childBorn('2010-01-01'));
  await cases.saveAnswers(person, id, 'stage', { stage: 'primary', city: 'الرياض' });
  await cases.saveAnswers(person, id, 'contact', { email: 'a@example.com', mobile: '+97336000000' });
  await cases.saveAnswers(person, id, 'declaration', { declaration: 'yes' });
  const sent = await cases.submitCase(person, id);
  expect(sent).toMatchObject({ state: 'submitted', dueOn: expect.any(String) });
  return { person, caseId: id };
}

describe('the day on which a decision is due', () => {
  test('the supervisors are told the day before and on it, each once', async () => {
    const { cases, clock } = room;
    const { caseId } = await doctorate();
    const boss = { ...officerAt(), roles: ['reviewer', 'supervisor'] };
    const level = async () => (await cases.listQueue(boss)).cases.find(({ id }) => id === caseId)?.escalation;
    // Due on Sunday 29 November, one working day after Thursday 26.
    clock.advance(3 * day);
    await cases.passDeadlines();
    expect([await level(), count(caseId, 'case-escalated')]).toEqual([0, 0]);
    clock.advance(day);
    await cases.passDeadlines();
    await cases.passDeadlines();
    expect([await level(), count(caseId, 'case-escalated')]).toEqual([1, 1]);
    clock.advance(3 * day);
    await Promise.all([cases.passDeadlines(), cases.passDeadlines()]);
    expect([await level(), count(caseId, 'case-escalated')]).toEqual([2, 2]);
    expect((await cases.listQueue(boss, { escalated: true })).cases.map(({ id }) => id)).toContain(caseId);
    // Without a law that says otherwise, a late case stays with the office.
    clock.advance(30 * day);
    await cases.passDeadlines();
    expect((await cases.getCaseForOfficer(boss, caseId)).state).toBe('submitted');
    expect(count(caseId, 'case-escalated')).toBe(2);
  });

  test('silence decides when the due day is over, not on it, with the article and once', async () => {
    const { cases, clock } = room;
    const { person, caseId } = await enrolment();
    const held = await enrolment();
    const officer = officerAt();
    const { version } = await cases.takeCase(officer, held.caseId);
    await cases.askForMore(officer, held.caseId, {
      thingIds: ['earlier-school'],
      workingDays: 15,
      expectedVersion: version,
    });
    const { dueOn } = await cases.getMyCase(person, caseId);
    while (clock.now().toISOString().slice(0, 10) < dueOn!) clock.advance(day);
    await cases.passDeadlines();
    expect((await cases.getMyCase(person, caseId)).state).toBe('submitted');
    clock.advance(day);
    // The process dies in the middle of the decision: nothing of it is there, and the next look does all of it.
    const { append } = room.ledger;
    room.ledger.append = () => Promise.reject(new Error('the process was killed'));
    await cases.passDeadlines();
    room.ledger.append = append;
    expect((await cases.getMyCase(person, caseId)).state).toBe('submitted');
    await Promise.all([cases.passDeadlines(), cases.passDeadlines(), cases.passDeadlines()]);
    const view = await cases.getMyCase(person, caseId);
    expect(view).toMatchObject({
      state: 'approved',
      decision: { decidedBy: 'silence', reasons: [{ id: 'silence-approves' }] },
    });
    expect(view.decision?.article?.ar).toContain('المادة السابعة');
    expect((await cases.getDecidedCase(caseId)).document.legalBasis.at(-1)?.en).toContain('article 7');
    const entries = room.entries.filter(({ record, kind }) => record['caseId'] === caseId && kind === 'case-decided');
    expect(entries).toMatchObject([{ record: { decidedBy: 'silence' } }]);
    // The clock of the other one stands still: the person's turn is nobody's silence.
    expect((await cases.getMyCase(held.person, held.caseId)).state).toBe('waiting-for-person');
  });
});

test('no sequence of steps by anybody reaches a state that the chart does not draw, or shows one the words of another', async () => {
  const { cases, clock } = room;
  const next: Record<string, string[]> = Object.fromEntries(
    Object.entries(caseChart.config.states!).map(([from, { on = {} }]) => [
      from,
      Object.values(on as Record<string, string>),
    ]),
  );
  const officers = [officerAt('moe', 'Noura'), officerAt('moe', 'Salem'), officerAt('moe', 'Huda')];
  const stranger = officerAt('customs', 'Elsewhere');
  const other = somebody();
  const words = { ownWordsAr: 'سبب', ownWordsEn: 'Why' };
  const steps = [
    'take', 'release', 'check', 'ask', 'answer', 'approve', 'condition', 'refuse', 'confirm', 'back', 'appeal',
    'uphold', 'replace', 'correct', 'reopen', 'cancel', 'withdraw', 'days',
  ] as const; // biome-ignore format: one list
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...steps), fc.nat(3), fc.boolean()), { minLength: 6, maxLength: 14 }),
      async (path) => {
        const { person, caseId } = await doctorate();
        let state: CaseState = 'submitted';
        for (const [step, at, isTheirs] of path) {
          const officer = officers[at] ?? stranger;
          const who = isTheirs ? person : other;
          const { version: expectedVersion } = await cases.getMyCase(person, caseId);
          const approve = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'], expectedVersion };
          const refuse = { outcome: 'refuse' as const, reasonIds: ['university-not-accredited'], expectedVersion };
          const field = { 'evidence.person-identity.full_name_latin': `Name ${expectedVersion}` };
          const tried: Record<(typeof steps)[number], () => Promise<unknown>> = {
            take: () => cases.takeCase(officer, caseId, { takeOver: true }),
            release: () => cases.releaseCase(officer, caseId),
            check: () => checkAll(cases, officer, caseId),
            ask: () => cases.askForMore(officer, caseId, { thingIds: ['thesis'], expectedVersion }),
            answer: () => cases.answerRequest(who, caseId, { text: 'SECRET-ANSWER', expectedVersion }),
            approve: () => cases.decideCase(officer, caseId, approve),
            condition: () => cases.decideCase(officer, caseId, { ...approve, conditionIds: ['supervised-year'] }),
            refuse: () => cases.decideCase(officer, caseId, refuse),
            confirm: () => cases.confirmDecision(officer, caseId, { confirms: true, expectedVersion }),
            back: () => cases.confirmDecision(officer, caseId, { confirms: false, note: 'INSIDE', expectedVersion }),
            appeal: () => cases.appeal(who, caseId, { words: 'SECRET-APPEAL', expectedVersion }),
            uphold: () => cases.decideAppeal(officer, caseId, { outcome: 'uphold', ...words, expectedVersion }),
            replace: () => cases.decideAppeal(officer, caseId, { ...approve, ...words }),
            correct: () =>
              cases.correctDecision(officer, caseId, { reasonId: 'name-misspelt', fields: field, expectedVersion }),
            reopen: () => cases.reopenCase(officer, caseId, { reasonId: 'procedure', expectedVersion }),
            cancel: () => cases.cancelDecision(officer, caseId, { reasonId: 'issued-by-mistake', expectedVersion }),
            withdraw: () => cases.withdrawCase(who, caseId),
            days: async () => {
              clock.advance(3 * day);
              await cases.passDeadlines();
            },
          };
          await tried[step]().catch((error) => {
            if (!(error instanceof Problem)) throw error;
          });
          const view = await cases.getMyCase(person, caseId);
          if (view.state !== state) expect(next[state], `${state} by ${step}`).toContain(view.state);
          state = view.state;
          expect(JSON.stringify(view)).not.toMatch(/Noura|Salem|Huda|INSIDE/);
          await expect(cases.getMyCase(other, caseId)).rejects.toMatchObject({ code: 'case-unknown' });
          await expect(cases.getCaseForOfficer(stranger, caseId)).rejects.toMatchObject({ code: 'case-unknown' });
        }
        expect(JSON.stringify([room.entries, room.facts])).not.toMatch(/SECRET|INSIDE/);
      },
    ),
    { numRuns: 8 },
  );
});
