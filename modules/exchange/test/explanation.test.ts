import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import type { Problem } from '#kernel/problem';
import { mandateProblem } from '#modules/mandates';
import { compileAccess } from '../access/rules.ts';
import { answeringRefusals, problem } from '../contract.ts';
import { givingRefusals } from '../documents/contract.ts';
import { checks } from '../explanation/contract.ts';
import { type ExplainFacts, explainFacts, explainRecorded } from '../explanation/rules.ts';
import type { AskEvidence } from '../index.ts';
import { accessRules, grants, noura, personalValues, startTwoStates, type TwoStates } from './two-states.ts';

const at = new Date('2026-11-22T12:00:00Z');
const access = compileAccess(accessRules, 4);
const requester = {
  entityId: 'http://sa.example/offices/moe',
  member: 'SA/GOV/moe',
  state: 'SA',
  marks: [{ type: 'http://gcc.example/marks/evidence-requester', claims: { jisr_grants: grants } }],
};
const facts = (changes: Partial<ExplainFacts['asked']> = {}, rest: Partial<ExplainFacts> = {}): ExplainFacts => ({
  asked: {
    evidenceType: 'person-identity',
    fields: ['full_name_ar'],
    purpose: 'insurance-registration',
    ground: 'gcc-insurance-extension',
    ...changes,
  },
  requester,
  holderState: 'BH',
  access,
  at,
  ...rest,
});
const accessFacts = {
  requester: requester.entityId,
  member: requester.member,
  state: 'SA',
  marks: ['http://gcc.example/marks/evidence-requester'],
  at,
};
/** Everything that a node refuses a question with, or the document that its answer named. */
const refusals = [
  ...new Set([...answeringRefusals, ...givingRefusals, ...Object.keys(mandateProblem.catalogue)]),
].filter((code) => code in problem.catalogue);
const failedAt = ({ steps }: ReturnType<typeof explainFacts>) =>
  steps.find(({ outcome }) => outcome === 'failed')?.check;

const consented = { purpose: 'degree-recognition', ground: 'consent', fields: ['full_name_ar', 'birth_date'] };
const consentOf = (changes: object, usedBy: string[] = []): NonNullable<ExplainFacts['consent']> => {
  const asked = { requester: requester.entityId, purpose: 'degree-recognition' };
  const detail = {
    type: 'evidence' as const,
    evidence_type: 'person-identity',
    fields: ['full_name_ar', 'birth_date'],
    case_id: 'SA-1',
    retention: 'P1D',
    until: '2027-01-01T00:00:00Z',
    use: 'until' as const,
    consent_id: newId(),
    ...asked,
    ...changes,
  };
  return {
    grant: { ...asked, subject: 'somebody', givenAt: at, withdrawnAt: null, details: [detail] },
    usedBy,
    question: {
      ...asked,
      questionId: newId(),
      subject: 'somebody',
      caseId: 'SA-1',
      evidenceType: 'person-identity',
      fields: ['full_name_ar', 'birth_date'],
      at,
    },
  };
};

describe('a question that somebody tries', () => {
  test('is explained as allowed, by the rule that allows it', () => {
    const { isAllowed, steps, changes } = explainFacts(facts());
    expect(isAllowed).toBe(true);
    expect(changes).toEqual([]);
    expect(steps.map(({ check }) => check)).toEqual([...checks]);
    expect(steps.find(({ check }) => check === 'access-rule')!.words.en).toContain('"identity-under-laws"');
  });

  test.each<[string, ExplainFacts, RegExp]>([
    ['shape', facts({ fields: ['salary'] }), /catalogue/],
    ['law', facts({ purpose: 'estate-settlement' }), /gcc-estate-assistance/],
    ['law', facts({ ground: 'no-such-law' }), /gcc-insurance-extension/],
    ['law', facts({ sealUntil: '2027-01-01T00:00:00Z' }), /^Ask without a seal: this law does not allow/],
    [
      'law',
      facts({
        purpose: 'criminal-investigation',
        ground: 'gcc-criminal-assistance',
        sealUntil: '2096-01-01T00:00:00Z',
      }),
      /^Seal the question for \d+ days from now at most\.$/,
    ],
    ['law', facts({ fields: ['national_id'] }), /with the consent/],
    ['trust-mark', facts({ fields: ['full_name_latin'] }), /its trust mark for: person-identity \(Full name in Latin/],
    ['access-rule', facts({ fields: ['nationality'] }), /identity-under-laws.*the fields Nationality/],
    [
      'consent',
      facts({ purpose: 'degree-recognition', ground: 'consent', fields: ['birth_date'] }),
      /ask the person for consent/,
    ],
    [
      'consent',
      facts(consented, { consent: consentOf({ fields: ['full_name_ar'] }) }),
      /^Ask without what the person did not approve: Date of birth\.\nOr ask the person to approve: Date of birth\.$/,
    ],
    [
      'consent',
      facts(consented, { consent: consentOf({ purpose: 'insurance-registration' }) }),
      /^The consent is for ".*": ask the person for one for ".*"\.$/,
    ],
    [
      'consent',
      facts(consented, { consent: consentOf({ use: 'once' }, ['an earlier question']) }),
      /^The asking office has to ask the person for a new consent.*\n.*a number of times/,
    ],
  ])('is explained as refused by %s, with what would change it', (check, tried, words) => {
    const explanation = explainFacts(tried);
    expect(explanation.isAllowed).toBe(false);
    expect(failedAt(explanation)).toBe(check);
    expect(explanation.changes.map(({ en }) => en).join('\n')).toMatch(words);
    for (const { ar } of [...explanation.changes, ...explanation.steps.map((step) => step.words)])
      expect(ar).toMatch(/\p{Script=Arabic}/u);
    const later = explanation.steps.slice(checks.indexOf(check as never) + 1);
    expect(later.every(({ outcome }) => outcome === 'not-reached')).toBe(true);
  });
});

describe('a question that was asked', () => {
  let world: TwoStates;
  beforeAll(async () => {
    world = await startTwoStates();
  });
  afterAll(() => world.close());

  type LawAsk = Extract<AskEvidence, { law: string }>;
  const ask = async (changes: Partial<LawAsk> = {}) => {
    const questionId = newId();
    const before = new Set((await world.holding.exchange.listAudited('civil')).map((one) => one.questionId));
    let code = 'answered';
    try {
      await world.asking.exchange.ask({
        officeId: 'civil',
        providerState: 'BH',
        evidenceType: 'person-identity',
        fields: ['full_name_ar'],
        purpose: 'insurance-registration',
        caseId: `SA-${questionId.slice(-8)}`,
        law: 'gcc-insurance-extension',
        nationalId: noura.nationalId,
        ...changes,
      });
    } catch (error) {
      code = (error as Problem).code;
    }
    const audited = (await world.holding.exchange.listAudited('civil')).find((one) => !before.has(one.questionId))!;
    return { code, audited, explained: (await world.holding.exchange.explain('civil', audited.questionId))! };
  };

  test('and given is listed for the office and explained by rule and version; of another office it is not known', async () => {
    const { code, audited, explained } = await ask();
    expect(code).toBe('answered');
    expect(audited).toMatchObject({
      outcome: 'given',
      isSealed: false,
      ground: { en: expect.stringMatching(/insurance/) },
    });
    expect(explained.explanation.isAllowed).toBe(true);
    const rule = explained.explanation.steps.find(({ check }) => check === 'access-rule')!;
    expect(rule).toMatchObject({ outcome: 'passed' });
    expect(rule.words.en).toContain('"identity-under-laws" allows it (version 1)');
    expect(await world.holding.exchange.explain('moe', audited.questionId)).toBeUndefined();
    expect((await world.holding.exchange.listAudited('moe')).some((one) => one.questionId === audited.questionId)).toBe(
      false,
    );
  });

  test.each<[string, string, Partial<LawAsk>, RegExp]>([
    ['access-not-granted', 'access-rule', { fields: ['nationality'] }, /the fields Nationality/],
    ['requester-not-entitled', 'trust-mark', { officeId: 'parks' }, /ground "Law on extending insurance/],
    ['law-does-not-ground', 'law', { fields: ['national_id'] }, /No law of the catalogue grounds this/],
    ['sealing-not-allowed', 'law', { sealUntil: '2096-01-01T00:00:00Z' }, /Ask without a seal/],
    ['evidence-not-found', 'record', { nationalId: '770303355' }, /who can ask the office to add/],
  ])('and refused as %s is explained by the check %s', async (code, check, changes, words) => {
    const asked = await ask(changes);
    expect(asked.code).toBe(code);
    expect(asked.audited.outcome).toBe('refused');
    const { explanation } = asked.explained;
    expect(explanation.isAllowed).toBe(false);
    expect(failedAt(explanation)).toBe(check);
    expect(explanation.changes.map(({ en }) => en).join('\n')).toMatch(words);
  });

  test('under a consent that was withdrawn is explained by the consent', async () => {
    const { ask: withConsent, given } = await world.consentTo();
    await world.holding.consent.withdraw(noura.personId, given.consentId);
    await expect(world.asking.exchange.ask(withConsent)).rejects.toMatchObject({ code: 'consent-withdrawn' });
    const [latest] = await world.holding.exchange.listAudited('moe');
    const { explanation } = (await world.holding.exchange.explain('moe', latest!.questionId))!;
    expect(failedAt(explanation)).toBe('consent');
    expect(explanation.steps.find(({ check }) => check === 'consent')!.words.en).toContain('withdrew');
    expect(explanation.changes[0]!.en).toContain('ask the person for a new consent');
  });

  test('and sealed is known to the auditors of the office, with its date', async () => {
    const sealUntil = new Date(world.clock.now().getTime() + 86_400_000).toISOString();
    const { audited } = await ask({ purpose: 'criminal-investigation', law: 'gcc-criminal-assistance', sealUntil });
    expect(audited).toMatchObject({ isSealed: true, hiddenUntil: sealUntil });
  });

  test('tells the auditors nothing of the person, and the asker nothing of the rules', async () => {
    const refused = await ask({ fields: ['nationality'] });
    const shown = JSON.stringify([await world.holding.exchange.listAudited('civil'), refused.explained]);
    for (const value of personalValues) expect(shown).not.toContain(value);
    const { messages, params } = await world.asking.exchange
      .ask({
        officeId: 'civil',
        providerState: 'BH',
        evidenceType: 'person-identity',
        fields: ['nationality'],
        purpose: 'insurance-registration',
        caseId: 'SA-9',
        law: 'gcc-insurance-extension',
        nationalId: noura.nationalId,
      })
      .then(
        () => expect.unreachable(),
        (error: Problem) => error,
      );
    expect(JSON.stringify([messages, params])).not.toContain('identity-under-laws');
  });

  test('says so when the rules have changed since', () => {
    const asked = {
      evidenceType: 'person-identity',
      fields: ['nationality'],
      purpose: 'insurance-registration',
      ground: 'gcc-insurance-extension',
      requester: requester.entityId,
      member: requester.member,
      state: 'SA',
      marks: ['http://gcc.example/marks/evidence-requester'],
      at,
    };
    const wider = compileAccess(
      {
        ...accessRules,
        rules: accessRules.rules.map((rule) => ({ ...rule, fields: [...rule.fields, 'nationality'] })),
      },
      5,
    );
    const changes = explainRecorded(
      { asked, code: 'access-not-granted' },
      { access: wider, holderState: 'BH', now: at },
    ).changes;
    expect(changes).toHaveLength(1);
    expect(changes[0]!.en).toMatch(/changed since.*"identity-under-laws" allows it \(version 5\)/);
  });

  test.each(refusals)('and refused as %s is explained in both languages, with what would change it', (code) => {
    for (const asked of [{ ...facts().asked, ...accessFacts }, null]) {
      const { steps, changes } = explainRecorded({ asked, code }, { access, holderState: 'BH', now: at });
      const failed = steps.find(({ outcome }) => outcome === 'failed')!;
      if (/^(document|fetch)/.test(code)) expect(failed.check).not.toBe('consent');
      // Without what was asked, nobody knows which rule or mark it lacked.
      if (asked || !['access-not-granted', 'requester-not-entitled'].includes(code)) expect(changes).not.toEqual([]);
      for (const { ar, en } of [failed.words, ...changes]) {
        expect(ar).toMatch(/\p{Script=Arabic}/u);
        expect(en).toMatch(/^[A-Z]/);
        expect(ar + en).not.toMatch(/[{}]/);
      }
    }
  });
});
