import { test } from 'vitest';
import { faults, titleOf } from './matrix.ts';

/** The test of a row of the matrix. `isPossible`: whether this machine has what the row needs. */
export function proves(id: string, work: () => Promise<void>, timeoutMs: number, isPossible = true): void {
  const fault = faults.find((one) => one.id === id);
  if (!fault) throw new Error(`the matrix has no row ${id}`);
  test.skipIf(!isPossible)(titleOf(fault), work, timeoutMs);
}
