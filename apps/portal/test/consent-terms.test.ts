import { expect, test } from 'vitest';
import { termsOf } from '../routes/consent-terms.ts';

const asked = {
  evidence_type: 'degree-record',
  purpose: 'degree-recognition',
  use: 'once' as const,
  until: '2026-12-22T12:00:00Z',
  retention: 'P1Y',
};

test('what is asked for on the same terms is said once, and what is not is said for each kind of evidence', () => {
  const identity = { ...asked, evidence_type: 'person-identity' };
  expect(termsOf([asked, identity], 'Asia/Bahrain')).toMatchObject([{ times: 1, endsOn: '2026-12-22' }]);
  expect(termsOf([asked, identity], 'Asia/Bahrain')[0]).not.toHaveProperty('evidence');
  for (const other of [{ use: 'until' as const }, { until: '2027-12-22T12:00:00Z' }, { retention: 'P9Y' }]) {
    const terms = termsOf([asked, { ...identity, ...other }], 'Asia/Bahrain');
    expect(terms.map(({ evidence }) => evidence?.en)).toEqual(['University degree record', 'Identity details']);
  }
});

test.each([
  [{ use: 'once' as const }, 1],
  [{ use: 'times' as const, times: 3 }, 3],
  [{ use: 'until' as const }, 0],
])('a consent of %j says how often it holds', (use, times) => {
  expect(termsOf([{ ...asked, ...use }], 'Asia/Bahrain')).toMatchObject([{ times }]);
});
