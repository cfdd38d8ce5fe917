import { join } from 'node:path';
import type { Reporter } from 'vitest/node';
import { type Fault, faults, titleOf } from './matrix.ts';

/** A file that was run, with its tests as they ended. */
export type Ran = { file: string; tests: Array<{ title: string; state: string }> };

const root = join(import.meta.dirname, '..', '..');

/** Rows of the matrix whose file was run without their test; a test that failed tells of itself. */
export function findUnproved(rows: readonly Fault[], ran: readonly Ran[]): string[] {
  return rows.flatMap((row) => {
    const own = ran.find(({ file }) => file === join(root, row.proof.file));
    if (!own) return [];
    const found = own.tests.find(({ title }) => title.includes(titleOf(row)));
    if (found && (found.state !== 'skipped' || row.needs)) return [];
    return [`${row.id}: ${row.proof.file} ran without the test "${titleOf(row)}"`];
  });
}

/** Ends a run with an error when a fault of the matrix was not tried, though the file that proves it was run whole. */
export function reportUnproved(): Reporter {
  let isWhole = true;
  return {
    onInit: (vitest) => {
      isWhole = vitest.config.testNamePattern === undefined;
    },
    onTestRunEnd: (modules) => {
      const ran = modules.map((module) => ({
        file: module.moduleId,
        tests: [...module.children.allTests()].map((test) => ({ title: test.name, state: test.result().state })),
      }));
      const unproved = isWhole ? findUnproved(faults, ran) : [];
      if (unproved.length === 0) return;
      console.error(`\nFaults that nothing proved:\n  ${unproved.join('\n  ')}`);
      process.exitCode = 1;
    },
  };
}
