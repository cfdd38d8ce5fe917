import { expect, test } from 'vitest';
import { describeCoverage } from '../evidence.ts';

const office = {
  entityId: 'https://bh.example/offices/moe',
  xRoadClient: 'BH/GOV/moe',
  names: { ar: 'و', en: 'Education' },
};
const evidence = { type: 'degree-record', version: '1.0', names: { ar: 'س', en: 'Degree' }, fields: ['degree_level'] };
const state = (code: string) => ({ state: code, stateNames: { ar: `دولة ${code}`, en: `State ${code}` } });
const row = {
  requirement: 'proof-of-degree',
  version: '1.0',
  names: { ar: 'إثبات الدرجة', en: 'Proof of a degree' },
  states: [
    { ...state('BH'), status: 'given' as const, evidence: [{ ...evidence, offices: [office] }] },
    { ...state('KW'), status: 'no-registry' as const, evidence: [{ ...evidence, offices: [] }] },
    { ...state('OM'), status: 'no-evidence' as const, evidence: [] },
    { ...state('QA'), status: 'unknown' as const, evidence: [{ ...evidence, offices: [] }] },
  ],
};

test('the matrix names who gives what, and tells the kinds of gap apart in a sentence each', () => {
  const { text, gaps } = describeCoverage([row], 'en');
  expect(text.split('\n')[1]).toMatch(
    /^proof-of-degree 1\.0 +degree-record: BH\/GOV\/moe +degree-record: \(nobody\) +\(no evidence\) +\(no answer\)$/,
  );
  expect(gaps).toBe(3);
  expect(text).toContain('Proof of a degree, State KW: no office gives degree-record.');
  expect(text).toContain('State OM: the catalogue names no evidence of this state.');
  expect(text).toContain('State QA: the offices of this state cannot be read now.');
});

test('a federation without a gap is told so', () => {
  const { text, gaps } = describeCoverage([{ ...row, states: [row.states[0]!] }], 'en');
  expect([gaps, text.endsWith('Every requirement can be proved in every state.')]).toEqual([0, true]);
});
