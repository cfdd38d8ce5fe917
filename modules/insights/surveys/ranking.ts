import { type IndexId, indexIds, type Method } from '../methods/contract.ts';
import { divisorOf } from '../methods/rules.ts';
import { isScored, type Points, type Row, type Survey } from './survey.ts';

/** Values that differ by less than this are not told apart by what is printed: the published tables hold to it in every year. */
export const tolerancePoints = 10;

/** One row computed again from its three indices. */
export type Recomputed = {
  row: Row;
  /** The weighted sum before it is divided: a whole number. Absent where the source has no score. */
  sum?: number;
  /** In points, not rounded. */
  egdi?: number;
  /** Computed less published, in points. */
  residual?: number;
  /** By the printed index, exactly. Ties share the better rank ("1224"). */
  rankPrinted?: number;
  /** By the index computed from the parts, exactly. */
  rankComputed?: number;
  /** The best and the worst rank that the printed parts allow. */
  rankBest?: number;
  rankWorst?: number;
};

export function weightedSum(values: Record<IndexId, Points>, { aggregation: { weights } }: Method): number {
  return weights.osi * values.osi + weights.tii * values.tii + weights.hci * values.hci;
}

/**
 * Computes a survey year again: the index of every area from its parts, ranks by whole numbers (no rounding can make or break a
 * tie), and what is left over against the published value. Areas without a score keep their place in the list and get none.
 */
export function recomputeSurvey({ rows }: Survey, method: Method): Recomputed[] {
  const divisor = divisorOf(method);
  const scored = rows.filter(isScored);
  const sums = scored.map((row) => weightedSum(row, method));
  const printed = countAbove(scored.map(({ egdi }) => egdi));
  const computed = countAbove(sums);
  const near = tolerancePoints * divisor;
  const sorted = Float64Array.from(sums).sort();
  let at = 0;
  return rows.map((row) => {
    if (!isScored(row)) return { row };
    const place = at++;
    const sum = sums[place]!;
    const egdi = sum / divisor;
    return {
      row,
      sum,
      egdi,
      residual: egdi - row.egdi,
      rankPrinted: printed(row.egdi),
      rankComputed: computed(sum),
      rankBest: 1 + sorted.length - countUpTo(sorted, sum + near),
      rankWorst: sorted.length - countUpTo(sorted, sum - near - 1),
    };
  });
}

/** Competition ranks: one more than how many are above. */
export function countAbove(values: readonly number[]): (value: number) => number {
  const sorted = Float64Array.from(values).sort();
  return (value) => 1 + sorted.length - countUpTo(sorted, value);
}

/** How many of the sorted values are at most `value`. */
function countUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The plain mean of areas that have a score, in points. */
export function meanOf(rows: readonly Row[]): Record<IndexId | 'egdi' | 'epi', number> | undefined {
  const scored = rows.filter(isScored);
  if (scored.length === 0) return undefined;
  const mean = (of: (row: (typeof scored)[number]) => number) =>
    scored.reduce((sum, row) => sum + of(row), 0) / scored.length;
  const [osi, tii, hci] = indexIds.map((index) => mean((row) => row[index])) as [number, number, number];
  return { egdi: mean(({ egdi }) => egdi), osi, tii, hci, epi: mean(({ epi }) => epi ?? 0) };
}
