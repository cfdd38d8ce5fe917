import type { IndexId } from '../methods/contract.ts';

/**
 * A published value in points: whole hundred-thousandths, because the tables print at most five decimals. 98,474 points are
 * 0.98474. Sums of points are exact; ties are seen as ties.
 */
export type Points = number;
export const pointsPerOne = 100_000;

/** What a survey prints of one area. A value that is absent has no score: the source prints 0 there. */
export type Row = {
  /** ISO 3166-1 alpha-3. */
  area: string;
  rank?: number;
  egdi?: Points;
  osi?: Points;
  tii?: Points;
  hci?: Points;
  epi?: Points;
  /** Which source gave it: an id of the list of sources, or the name of an imported file with its line. */
  source: string;
};
export type ScoredRow = Row & { egdi: Points } & Record<IndexId, Points>;

export type Survey = { year: number; rows: Row[] };

export function isScored(row: Row): row is ScoredRow {
  return row.egdi !== undefined && row.osi !== undefined && row.tii !== undefined && row.hci !== undefined;
}

/** Levels of the UN: above 0.75, 0.50 to 0.75, 0.25 to 0.50, below 0.25. */
export type Level = 'very-high' | 'high' | 'middle' | 'low';

export function levelOf(egdi: Points): Level {
  if (egdi > 75_000) return 'very-high';
  if (egdi >= 50_000) return 'high';
  return egdi >= 25_000 ? 'middle' : 'low';
}

/** `0.98474` to 98474. Undefined when it is no such number, or has digits that five decimals cannot hold. */
export function pointsOf(text: string): Points | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole, part = ''] = match;
  if (!/^\d{0,5}0*$/.test(part) || whole!.length > 6) return undefined;
  const points = Number(whole) * pointsPerOne + Number(part.slice(0, 5).padEnd(5, '0'));
  return sign ? -points : points;
}

export function oneOf(points: Points): number {
  return points / pointsPerOne;
}
