import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import type { Person, ReceivedEvidence } from '#modules/cases';
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

/** What the register of commerce answers when it is asked again. */
const asked = new Map<string, ReceivedEvidence>();
let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases('2026-11-29T08:00:00Z', {
    askAgain: async ({ evidenceType }) => asked.get(evidenceType)!,
  });
});
afterAll(() => room.database.close());

const refused = (code: string) => expect.objectContaining({ code });
const reasonsOf = (findings: Array<{ reason: string }>) => findings.map(({ reason }) => reason);

describe('rules are applied again', () => {
  /** For a professional licence: the rules leave that to an officer. */
  async function askedForPurpose() {
    const { cases } = room;
    const [person, officer] = [somebody(), officerAt()];
    const caseId = await fillCase(cases, person, [identity, degree()]);
    await cases.saveAnswers(person, caseId, 'purpose', { purpose: 'licence' });
    expect((await cases.submitCase(person, caseId)).state).toBe('submitted');
    const { version } = await cases.takeCase(officer, caseId);
    const { version: expectedVersion } = await cases.askForMore(officer, caseId, {
      thingIds: [],
      pageIds: ['purpose'],
      ownWordsAr: 'ما الغرض؟',
      ownWordsEn: 'What is it for?',
      expectedVersion: version,
    });
    return { person, officer, caseId, expectedVersion };
  }
  const whyOf = async (officer: Awaited<ReturnType<typeof askedForPurpose>>['officer'], caseId: string) =>
    (await room.cases.listQueue(officer)).cases.find(({ id }) => id === caseId)?.why?.en;

  test('to answers that were corrected: the office sees what they find now, what they found before, and decides', async () => {
    const { cases } = room;
    const { person, officer, caseId, expectedVersion } = await askedForPurpose();
    expect(await whyOf(officer, caseId)).toMatch(/licence/i);
    await cases.visitCase(officer, caseId);
    await cases.saveAnswers(person, caseId, 'purpose', { purpose: 'work' });
    const before = await cases.getCaseForOfficer(officer, caseId);
    // Kept, and not given yet: nothing is judged.
    expect(before.earlierRuns).toEqual([]);
    await cases.answerRequest(person, caseId, { expectedVersion });
    const seen = await cases.getCaseForOfficer(officer, caseId);
    // What the rules would approve at once now still waits for the officer who has it.
    expect(seen).toMatchObject({ state: 'in-review', lastRun: { because: 'answers-corrected' } });
    expect(reasonsOf(seen.findings)).not.toContain('licence-purpose');
    expect(seen.findings.every(({ outcome }) => outcome === 'approve')).toBe(true);
    expect(
      seen.earlierRuns.map(({ because, findings }) => [because, reasonsOf(findings).includes('licence-purpose')]),
    ).toEqual([['sent', true]]);
    expect(seen.history.filter(({ isNew }) => isNew).map(({ kind }) => kind)).toContain('rules-applied-again');
    expect(await whyOf(officer, caseId)).toBeUndefined();
    const mine = await cases.getMyCase(person, caseId);
    expect(reasonsOf(mine.findings)).not.toContain('licence-purpose');
    expect(mine.timeline.map(({ kind }) => kind)).toContain('rules-applied-again');
    expect(JSON.stringify(mine)).not.toContain('earlierRuns');
    await checkAll(cases, officer, caseId);
    const decision = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'] };
    expect((await cases.decideCase(officer, caseId, { ...decision, expectedVersion: seen.version })).state).toBe(
      'approved',
    );
  });

  test('not where the person answered in words alone, and once for each answer that corrects', async () => {
    const { cases } = room;
    const { person, officer, caseId, expectedVersion } = await askedForPurpose();
    const { version } = await cases.answerRequest(person, caseId, { text: 'For my licence', expectedVersion });
    expect((await cases.getCaseForOfficer(officer, caseId)).earlierRuns).toEqual([]);
    const again = { thingIds: ['contact-corrected'], expectedVersion: version };
    const request = await cases.askForMore(officer, caseId, again);
    await cases.saveAnswers(person, caseId, 'contact', {
      email: 'f@example.com',
      mobile: '+97336000000',
      language: 'en',
    });
    await cases.answerRequest(person, caseId, { expectedVersion: request.version });
    const seen = await cases.getCaseForOfficer(officer, caseId);
    expect(seen.earlierRuns).toHaveLength(1);
    // The same as before: that is said too.
    expect(reasonsOf(seen.findings)).toEqual(reasonsOf(seen.earlierRuns[0]!.findings));
  });

  test('to evidence that says something else when it is asked for again: nobody approves without having seen it', async () => {
    const { cases } = room;
    const company: Person = {
      ...somebody(),
      representative: { personId: newId(), kind: 'signatory', power: 'sole' },
    };
    const officer = officerAt('commerce');
    const evidence = (evidenceType: string, values: ReceivedEvidence['values']): ReceivedEvidence => {
      const one = { evidenceType, providerState: 'BH', consentId: 'c-1', values };
      asked.set(evidenceType, one);
      return one;
    };
    const given = [
      evidence('company-record', {
        ...{
          company_name_ar: 'شركة المنامة للمقاهي',
          company_name_latin: 'Manama Cafes',
          registration_number: '48211-1',
        },
        ...{ standing: 'active', legal_form: 'limited-liability', gulf_ownership_percent: 100 },
      }),
      evidence('insolvency-record', {
        company_proceedings: 'none',
        signatory_proceedings: 'none',
        checked_on: '2026-11-28',
      }),
      evidence('representation-proof', {
        ...{
          signatory_name_ar: 'سارة بنت خالد العلي',
          signatory_name_latin: 'Sara Khalid Alali',
          signatory_nationality: 'BH',
        },
        ...{ capacity: 'manager', power: 'sole', limit_kind: 'amount', limit_minor: 50_000_000, limit_currency: 'BHD' },
      }),
    ];
    const { id } = await cases.startCase(company, 'gcc-commercial-registration');
    await cases.recordEvidence(company, id, given);
    await cases.saveAnswers(company, id, 'activity', { activity: 'health', trade_name: 'مقهى اللؤلؤ', city: 'الدمام' });
    await cases.saveAnswers(company, id, 'capital', { capital: '50000' });
    await cases.saveAnswers(company, id, 'contact', { email: 'office@example.org', mobile: '+97336001234' });
    await cases.saveAnswers(company, id, 'declaration', { declaration: 'yes' });
    expect((await cases.submitCase(company, id)).state).toBe('submitted');
    const { version } = await cases.takeCase(officer, id);
    await checkAll(cases, officer, id);
    const reason = (await cases.getCaseForOfficer(officer, id)).reasonChoices.find(
      ({ outcome }) => outcome === 'approve',
    )!;
    const approve = (expectedVersion: number) =>
      cases.decideCase(officer, id, { outcome: 'approve', reasonIds: [reason.id], expectedVersion });

    evidence('insolvency-record', {
      company_proceedings: 'open',
      signatory_proceedings: 'none',
      checked_on: '2026-11-29',
    });
    await expect(approve(version)).rejects.toEqual(refused('case-changed-since'));
    const seen = await cases.getCaseForOfficer(officer, id);
    expect(seen.lastRun).toMatchObject({ because: 'evidence-asked-again' });
    expect(reasonsOf(seen.findings)).toContain('company-insolvent');
    expect(reasonsOf(seen.earlierRuns.at(-1)!.findings)).toContain('nobody-insolvent');
    // Seen now, and the same when it is asked for once more: it is the officer who decides.
    expect((await approve(seen.version)).state).not.toBe('in-review');
    expect((await cases.getCaseForOfficer(officer, id)).earlierRuns).toHaveLength(1);
  });
});
