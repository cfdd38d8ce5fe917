import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { degree, fillCase, identity, openSaudiCases, pages, type SaudiCases, somebody } from './support.ts';

let world: SaudiCases;
beforeAll(async () => {
  world = await openSaudiCases();
});
afterAll(async () => {
  await world.database.close();
});
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { code: string; params: Record<string, unknown> }) => ({ code: error.code, ...error.params }),
  );
const byDistance = (changes: Record<string, unknown> = {}) => degree({ study_mode: 'distance', ...changes });

describe('what is given once', () => {
  test('for the same degree leads to the application that is open, keeps the draft, and begins anew once that is over', async () => {
    const { cases } = world;
    const person = somebody();
    const first = await fillCase(cases, person, [identity, byDistance()]);
    const { reference } = await cases.submitCase(person, first);
    const second = await fillCase(cases, person, [identity, byDistance()]);
    expect(await cases.findRepeatOf(person, second)).toEqual({ reference, caseId: first });
    expect(await refusalOf(cases.submitCase(person, second))).toEqual({
      code: 'application-repeated',
      reference,
      caseId: first,
    });
    expect((await cases.getMyCase(person, second)).answers.length).toBeGreaterThan(Object.keys(pages).length);
    // Another degree is another matter, and so is somebody else's.
    await cases.recordEvidence(person, second, [byDistance({ graduation_year: 2023 })]);
    expect(await cases.findRepeatOf(person, second)).toBeUndefined();
    await cases.recordEvidence(person, second, [byDistance()]);
    const other = somebody();
    expect(await cases.findRepeatOf(other, await fillCase(cases, other, [identity, byDistance()]))).toBeUndefined();
    await cases.withdrawCase(person, first);
    expect((await cases.submitCase(person, second)).state).toBe('submitted');
  });

  test('to a child in a year is told before anybody types, and not in the next year', async () => {
    const { cases, clock, database } = world;
    const child = somebody();
    const guardian = somebody();
    const acting = { ...child, representative: { personId: guardian.personId, kind: 'guardian' as const } };
    const { id, reference } = await cases.startCase(acting, 'gcc-school-enrolment');
    // A draft is no application yet: it is gone on with.
    expect((await cases.startCase(acting, 'gcc-school-enrolment')).id).toBe(id);
    const set = (changes: string) => database.execute(`update cases.cases set ${changes} where id = '${id}'`);
    await set(`state = 'submitted', submitted_at = now()`);
    const repeated = { code: 'application-repeated', reference, caseId: id };
    expect(await refusalOf(cases.startCase(acting, 'gcc-school-enrolment'))).toEqual(repeated);
    await set(`state = 'approved', decided_at = '${clock.now().toISOString()}'`);
    expect(await refusalOf(cases.startCase(acting, 'gcc-school-enrolment'))).toEqual(repeated);
    clock.advance(60 * 86_400_000);
    expect(await refusalOf(cases.startCase(acting, 'gcc-school-enrolment'))).toBeUndefined();
  });
});
