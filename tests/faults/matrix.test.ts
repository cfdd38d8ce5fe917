import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redraw } from './draw.ts';
import { type Fault, faults, titleOf } from './matrix.ts';
import { findUnproved, type Ran } from './ran.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('the table of faults in the operations page is the one that the matrix gives', () => {
  const page = read('docs/operations.md');
  expect(page, 'run node tests/faults/draw.ts').toBe(redraw(page, faults));
});

/** What a file must say for its test of a row to be there, and to run. */
function isTested({ id, proof }: Fault, text: string): boolean {
  if (proof.test !== undefined)
    return new RegExp(`(?<!\\.(skip|todo|fails))\\([\`'"][^\`'"]*${literally(proof.test)}`).test(text);
  // Rows that differ in one word share a test that is written once.
  return text.includes(`'${id}'`) || text.includes(`\`${id.replace(/(asking|holding)-?\d+$/, '')}\${`);
}
const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

test('every fault is named once and has its test', () => {
  expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
  expect(
    faults.filter((fault) => !isTested(fault, read(fault.proof.writtenIn ?? fault.proof.file))).map(({ id }) => id),
  ).toEqual([]);
  const [row] = faults;
  const skipped = ['test', "skip('is so', () => {})"].join('.');
  expect(isTested({ ...row!, id: 'nobody-tests-this' }, read(row!.proof.file))).toBe(false);
  expect(isTested({ ...row!, proof: { file: '', test: 'is so' } }, skipped)).toBe(false);
});

test('a row whose test did not run, or did not hold, is told at the end of a run of its file', () => {
  const [row] = faults as [Fault];
  const file = join(root, row.proof.file);
  const ran = (state: string): Ran => ({
    file,
    tests: [
      { title: 'another', state: 'passed' },
      { title: titleOf(row), state },
    ],
  });
  expect(findUnproved([row], [ran('passed')])).toEqual([]);
  expect(findUnproved([row], [])).toEqual([]);
  expect(findUnproved([row], [ran('skipped')])).toHaveLength(1);
  expect(findUnproved([row], [{ ...ran('passed'), tests: [] }])).toHaveLength(1);
  expect(findUnproved([{ ...row, needs: 'mount' }], [ran('skipped')])).toEqual([]);
});
