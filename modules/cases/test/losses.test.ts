import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '#modules/cases';
import {
  checkAll,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  pages,
  type SaudiCases,
  somebody,
} from './support.ts';

let world: SaudiCases;
beforeAll(async () => {
  world = await openSaudiCases();
});
afterAll(async () => {
  await world.database.close();
});

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
const home = 'https://bh.example';
const given = (consentId: string) => [
  { ...identity, consentId: `${consentId}-identity`, providerOffice: `${home}/offices/interior` },
  { ...degree({ study_mode: 'distance' }), consentId, providerOffice: `${home}/offices/moe`, questionId: consentId },
];
const withdraw = (consentId: string, origin?: string) =>
  world.database.transaction((tx) => world.cases.loseConsent(tx, { consentId, ...(origin ? { origin } : {}) }));
let count = 0;
async function sendCase(): Promise<{ person: Person; caseId: string; consentId: string }> {
  const [person, consentId] = [somebody(), `consent-${++count}`];
  const caseId = await fillCase(world.cases, person, given(consentId));
  await world.cases.submitCase(person, caseId);
  return { person, caseId, consentId };
}
const officer = officerAt();
const look = (caseId: string) => world.cases.getCaseForOfficer(officer, caseId);
async function take(caseId: string) {
  await world.cases.takeCase(officer, caseId);
  await checkAll(world.cases, officer, caseId);
}
const decide = async (caseId: string, outcome: 'approve' | 'refuse' = 'approve') =>
  codeOf(
    world.cases.decideCase(officer, caseId, {
      outcome,
      reasonIds: [outcome === 'approve' ? 'confirmed-after-review' : 'university-not-accredited'],
      expectedVersion: (await look(caseId)).version,
    }),
  );

describe('a consent that is withdrawn before the decision', () => {
  test('takes what came with it from the office, and nobody decides until the person consents again', async () => {
    const { person, caseId, consentId } = await sendCase();
    await take(caseId);
    const dueOn = (await look(caseId)).dueOn!;
    await withdraw(consentId, 'https://kw.example');
    expect((await look(caseId)).withdrawnEvidence).toEqual([]);
    await withdraw(consentId, home);
    await withdraw(consentId, home);
    const seen = await look(caseId);
    expect(seen).toMatchObject({ state: 'in-review', whoseTurn: 'person', consentBy: '2026-12-06' });
    expect(seen.withdrawnEvidence).toMatchObject([{ evidenceType: 'degree-record', providerState: 'BH' }]);
    expect(JSON.stringify(seen)).not.toContain('University of Bahrain');
    expect(seen.history.filter(({ kind }) => kind === 'consent-lost')).toHaveLength(1);
    expect(await decide(caseId)).toBe('consent-lost');
    expect(await decide(caseId, 'refuse')).toBe('consent-lost');
    expect(world.facts.filter(({ name, data }) => name === 'case-consent-lost' && 'caseId' in data)).toHaveLength(1);

    world.clock.advance(2 * 86_400_000);
    await world.cases.recordEvidence(person, caseId, given('consent-new').slice(1));
    const again = await look(caseId);
    expect(again).toMatchObject({ whoseTurn: 'office', withdrawnEvidence: [] });
    expect(again.consentBy).toBeUndefined();
    // The office's clock stood still for two days.
    expect(again.dueOn! > dueOn).toBe(true);
    expect(await decide(caseId)).toBe('done');
    expect(await codeOf(world.cases.recordEvidence(person, caseId, given('consent-late')))).toBe('case-not-open');
  });

  test('masks the name too, in the case and in the queue, where it was the identity', async () => {
    const { person, caseId, consentId } = await sendCase();
    const named = async () =>
      (await world.cases.listQueue(officer, {})).cases.find(({ id }) => id === caseId)?.applicant?.en;
    expect(await named()).toContain('Fatima');
    await withdraw(`${consentId}-identity`);
    expect(await named()).toBeUndefined();
    expect((await look(caseId)).applicant).toBeUndefined();
    const words = await world.database.execute(`select 1 from cases.applicant_words where case_id = '${caseId}'`);
    expect(words.rows).toEqual([]);
    expect((await world.cases.getMyCase(person, caseId)).withdrawnEvidence).toHaveLength(1);
  });

  test('is missed whatever else was asked: an answer does not set the clock going', async () => {
    const { person, caseId, consentId } = await sendCase();
    await take(caseId);
    const { version } = await look(caseId);
    const [thing] = (await look(caseId)).requestChoices!.things;
    await world.cases.askForMore(officer, caseId, { thingIds: [thing!.id], expectedVersion: version });
    await withdraw(consentId);
    expect(await look(caseId)).toMatchObject({ state: 'waiting-for-person', consentBy: expect.any(String) });
    const asked = await world.cases.getMyCase(person, caseId);
    await world.cases.answerRequest(person, caseId, { text: 'Here it is.', expectedVersion: asked.version });
    const answered = await look(caseId);
    expect(answered).toMatchObject({ state: 'in-review', whoseTurn: 'person' });
    expect(answered.dueOn).toBeUndefined();
    expect(await decide(caseId)).toBe('consent-lost');
  });

  test('ends the case where no new consent comes in time, and never sooner', async () => {
    const { person, caseId, consentId } = await sendCase();
    await withdraw(consentId);
    const { consentBy } = await world.cases.getMyCase(person, caseId);
    world.clock.advance(Date.parse(`${consentBy}T18:00:00Z`) - world.clock.now().getTime());
    await world.cases.passDeadlines();
    expect((await look(caseId)).state).toBe('submitted');
    world.clock.advance(86_400_000);
    await world.cases.passDeadlines();
    await world.cases.passDeadlines();
    const ended = await world.cases.getMyCase(person, caseId);
    expect(ended).toMatchObject({ state: 'withdrawn' });
    expect(ended.consentBy).toBeUndefined();
    expect(ended.timeline.at(-1)!.kind).toBe('consent-not-restored');
    expect(
      world.facts.filter(({ name, data }) => name === 'case-withdrawn' && Object.values(data).includes(caseId)),
    ).toHaveLength(1);
  });

  test('of a draft leaves what the person wrote, and asks for consent again', async () => {
    const person = somebody();
    const caseId = await fillCase(world.cases, person, given('consent-draft'));
    await withdraw('consent-draft');
    const seen = await world.cases.getMyCase(person, caseId);
    expect(seen.tasks.find(({ id }) => id === 'evidence')!.status).toBe('next');
    expect(seen.answers.length).toBeGreaterThan(Object.keys(pages).length);
    expect(await codeOf(world.cases.submitCase(person, caseId))).toBe('evidence-missing');
    const { rows } = await world.database.execute(
      `select 1 from cases.evidence where case_id = '${caseId}' and evidence_type = 'degree-record'`,
    );
    expect(rows).toEqual([]);
  });

  test('changes nothing after the decision', async () => {
    const person = somebody();
    const caseId = await fillCase(world.cases, person, [identity, { ...degree(), consentId: 'consent-decided' }]);
    expect((await world.cases.submitCase(person, caseId)).state).toBe('approved');
    await withdraw('consent-decided');
    const seen = await look(caseId);
    expect(seen).toMatchObject({ state: 'approved', withdrawnEvidence: [] });
    expect(JSON.stringify(seen.evidence)).toContain('University of Bahrain');
  });
});
