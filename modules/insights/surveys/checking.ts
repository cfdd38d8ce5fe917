import type { Method } from '../methods/contract.ts';
import { pointsPerOne, type Survey } from './survey.ts';

/**
 * How far a published column is from falling into equal steps: the largest distance to a whole number of steps, in steps. Near
 * zero, the column counts answers; a half, it does not.
 */
export function distanceFromSteps({ rows }: Survey, column: 'osi' | 'epi', steps: number): number {
  return rows.reduce((most, row) => {
    const value = row[column];
    if (value === undefined || row.egdi === undefined) return most;
    const exact = (value * steps) / pointsPerOne;
    return Math.max(most, Math.abs(exact - Math.round(exact)));
  }, 0);
}

/** Whether a method's error list names this area: its printed parts are known not to give its printed index. */
export function isKnownError({ knownErrors }: Method, area: string): boolean {
  return knownErrors.some((one) => one.area === area);
}
