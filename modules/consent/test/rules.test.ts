import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '#kernel/problem';
import { evidenceTypes, findEvidenceType } from '#protocol/catalogue';
import type { EvidenceDetail, GrantedEvidenceDetail } from '#protocol/evidence-detail';
import {
  approveDetail,
  type ConsentQuestion,
  checkEvidenceRequest,
  decideQuestion,
  type EvidenceMark,
  essentialFields,
  type Grant,
} from '../rules.ts';

const requester = 'http://sa.example/offices/moe';
const consentId = '019ab0c0-0000-7000-8000-000000000001';
const detail: EvidenceDetail = {
  type: 'evidence',
  evidence_type: 'degree-record',
  fields: ['degree_level', 'university_en', 'gpa'],
  essential_fields: ['degree_level'],
  purpose: 'degree-recognition',
  case_id: 'SA-1',
  requester,
  retention: 'P5Y',
  until: '2027-01-01T00:00:00Z',
  use: 'once',
};
const mark = (fields: string[], purpose = 'degree-recognition'): EvidenceMark => ({
  type: 'http://gcc.example/marks/evidence-requester',
  claims: { jisr_grants: [{ purpose, evidence_type: 'degree-record', fields }] },
});
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Problem).code;
  }
  return 'accepted';
};
const check = (changes: object, marks = [mark(detail.fields)], clientId = requester) =>
  codeOf(() => checkEvidenceRequest(clientId, [{ ...detail, ...changes }], marks));

describe('a request for evidence', () => {
  test('passes when its office is certified for every field', () => {
    expect(check({})).toBe('accepted');
  });

  test('is refused when it asks for more than the office is certified for', () => {
    expect(check({}, [mark(['degree_level', 'university_en'])])).toBe('requester-not-entitled');
    expect(check({}, [mark(detail.fields, 'census')])).toBe('requester-not-entitled');
    expect(check({}, [])).toBe('requester-not-entitled');
    expect(check({}, [{ ...mark(detail.fields), type: 'http://gcc.example/marks/something-else' }])).toBe(
      'requester-not-entitled',
    );
  });

  test('is not certified by a malformed grant', () => {
    expect(check({}, [{ ...mark([]), claims: { jisr_grants: [{ ...detail, fields: '*' }] } }])).toBe(
      'requester-not-entitled',
    );
    expect(check({}, [{ ...mark([]), claims: { jisr_grants: 'all' } }])).toBe('requester-not-entitled');
  });

  test.each([
    ['evidence-unknown', { evidence_type: 'tax-record' }],
    ['field-unknown', { fields: ['degree_level', 'blood_type'] }],
    ['field-unknown', { fields: ['degree_level', 'constructor'] }],
    ['purpose-unknown', { purpose: 'curiosity' }],
    ['evidence-request-malformed', { requester: 'http://sa.example/offices/other' }],
    ['evidence-request-malformed', { fields: [] }],
    ['evidence-request-malformed', { essential_fields: ['study_mode'] }],
    ['evidence-request-malformed', { until: 'tomorrow' }],
    ['evidence-request-malformed', { use: 'times' }],
    ['evidence-request-malformed', { times: 3 }],
    ['evidence-request-malformed', { national_id: '900101234' }],
  ])('is refused as %s with %j', (code, changes) => {
    expect(check(changes)).toBe(code);
  });

  test('is refused when it names an evidence type twice, or is no list', () => {
    const marks = [mark(detail.fields)];
    expect(codeOf(() => checkEvidenceRequest(requester, [detail, detail], marks))).toBe('evidence-request-malformed');
    for (const details of [undefined, 'all', [], {}, Array(17).fill(detail)])
      expect(codeOf(() => checkEvidenceRequest(requester, details, marks))).toBe('evidence-request-malformed');
  });
});

describe("the person's decision", () => {
  test('keeps what was ticked and drops what was not', () => {
    expect(approveDetail(detail, ['gpa', 'degree_level'], consentId)?.fields).toEqual(['degree_level', 'gpa']);
  });

  test('cannot leave out an essential field', () => {
    expect(codeOf(() => approveDetail(detail, ['gpa'], consentId))).toBe('essential_claim_declined');
  });

  test('leaves the fields that every record has essential when the request does not say', () => {
    const { essential_fields: _, ...silent } = detail;
    expect(essentialFields(silent)).toEqual(['degree_level', 'university_en']);
    expect(codeOf(() => approveDetail(silent, ['degree_level'], consentId))).toBe('essential_claim_declined');
  });

  test('gives nothing of a detail that needs nothing, when nothing of it is ticked', () => {
    expect(approveDetail({ ...detail, essential_fields: [] }, [], consentId)).toBeUndefined();
    expect(codeOf(() => approveDetail({ ...detail, essential_fields: ['gpa'] }, [], consentId))).toBe(
      'essential_claim_declined',
    );
  });

  test('cannot add a field that was never asked', () => {
    expect(codeOf(() => approveDetail(detail, ['degree_level', 'study_mode'], consentId))).toBe('field-unknown');
  });
});

const names = evidenceTypes.flatMap((type) => Object.keys(type.fields));
const arbitraryDetail: fc.Arbitrary<GrantedEvidenceDetail> = fc
  .record({
    evidence_type: fc.constantFrom(...evidenceTypes.map(({ id }) => id)),
    picks: fc.uniqueArray(fc.nat(9), { minLength: 1 }),
    purpose: fc.constantFrom('degree-recognition', 'other'),
    case_id: fc.constantFrom('SA-1', 'SA-2'),
    untilDay: fc.integer({ min: 1, max: 28 }),
    limit: fc.constantFrom({ use: 'once' }, { use: 'until' }, { use: 'times', times: 2 }) as fc.Arbitrary<
      Pick<EvidenceDetail, 'use' | 'times'>
    >,
  })
  .map(({ picks, untilDay, limit, ...rest }) => {
    const fields = Object.keys(findEvidenceType(rest.evidence_type)!.fields);
    return {
      ...detail,
      ...rest,
      ...limit,
      essential_fields: [],
      fields: [...new Set(picks.map((pick) => fields[pick % fields.length]!))],
      until: `2026-12-${String(untilDay).padStart(2, '0')}T00:00:00Z`,
      consent_id: consentId,
    };
  });
const arbitraryGrant: fc.Arbitrary<Grant> = fc.record({
  requester: fc.constantFrom('a', 'b'),
  subject: fc.constantFrom('p', 'q'),
  givenAt: fc.constant(new Date('2026-11-01T00:00:00Z')),
  withdrawnAt: fc.option(fc.constant(new Date('2026-11-02T00:00:00Z')), { freq: 5 }),
  details: fc.uniqueArray(arbitraryDetail, { minLength: 1, maxLength: 2, selector: (item) => item.evidence_type }),
});
/** Mostly what the grant says, so that allowed questions occur; every part is wrong now and then. */
const arbitraryQuestion = (grant: Grant): fc.Arbitrary<ConsentQuestion> =>
  fc.constantFrom(...grant.details).chain((item) => {
    const mostly = <T>(right: T, ...wrong: T[]) =>
      fc.oneof({ weight: 12, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
    return fc.record({
      questionId: fc.constantFrom('1', '2', '3', '4'),
      requester: mostly(grant.requester, 'a', 'b'),
      subject: mostly(grant.subject, 'p', 'q'),
      purpose: mostly(item.purpose, 'degree-recognition', 'other'),
      caseId: mostly(item.case_id, 'SA-1', 'SA-2'),
      evidenceType: mostly(item.evidence_type, ...evidenceTypes.map(({ id }) => id), 'unknown-record'),
      fields: fc.oneof(
        { weight: 4, arbitrary: fc.subarray(item.fields) },
        { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }) },
      ),
      at: mostly(
        new Date(Date.parse(item.until) - 1),
        new Date(item.until),
        new Date('2027-06-01'),
        new Date('2026-12-01'),
      ),
    });
  });
const arbitraryStory = arbitraryGrant.chain((grant) =>
  fc.tuple(fc.constant(grant), fc.array(arbitraryQuestion(grant), { maxLength: 12 })),
);

describe('whatever was granted and whatever is asked', () => {
  test('nothing outside the grant is ever allowed, and a grant is never used more often than it says', () => {
    let allowed = 0;
    fc.assert(
      fc.property(arbitraryStory, ([grant, questions]) => {
        const uses = new Map<string, string[]>();
        for (const question of questions) {
          const usedBy = uses.get(question.evidenceType) ?? [];
          let decision: ReturnType<typeof decideQuestion>;
          try {
            decision = decideQuestion(grant, usedBy, question);
          } catch (error) {
            expect((error as Problem).name).toBe('Problem');
            continue;
          }
          allowed += 1;
          const { detail: item, isRepeat } = decision;
          expect(grant.details).toContain(item);
          expect(grant.withdrawnAt).toBeNull();
          expect([question.requester, question.subject]).toEqual([grant.requester, grant.subject]);
          expect([question.evidenceType, question.purpose, question.caseId]).toEqual([
            item.evidence_type,
            item.purpose,
            item.case_id,
          ]);
          expect(question.at.getTime()).toBeLessThan(Date.parse(item.until));
          expect(item.fields).toEqual(expect.arrayContaining([...question.fields]));
          expect(isRepeat).toBe(usedBy.includes(question.questionId));
          if (!isRepeat) usedBy.push(question.questionId);
          uses.set(question.evidenceType, usedBy);
          expect(usedBy.length).toBeLessThanOrEqual(item.use === 'once' ? 1 : item.use === 'times' ? item.times! : 4);
        }
      }),
      { numRuns: 1000 },
    );
    // A property that never saw an allowed question would prove nothing.
    expect(allowed).toBeGreaterThan(100);
  });
});
