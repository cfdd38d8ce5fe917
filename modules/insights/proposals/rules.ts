import type { Method } from '../methods/contract.ts';
import { divisorOf } from '../methods/rules.ts';
import { normOf, rangeOf, standardise, stretch } from '../recomputing/standardising.ts';
import { isScored, pointsPerOne, type Survey } from '../surveys/survey.ts';
import { ranksOf } from '../what-if/simulating.ts';

export type Proposed = {
  shifted: Array<{ area: string; rankBefore: number; rankAfter: number; egdi: number; change: number }>;
  absent: string[];
};

/**
 * Human capital with one more part: the indicator goes through the UN's own steps (z-score with the population's deviation,
 * stretch to 0 and 1), takes `weight` of the index (0 to 1), and the index is stretched again. Differences are added to the
 * published values, so that nothing else moves.
 */
export function proposeHumanCapital(
  survey: Survey,
  method: Method,
  values: ReadonlyMap<string, number>,
  weight: number,
): Proposed {
  const rows = survey.rows.filter(isScored);
  const known = rows.flatMap(({ area }) => values.get(area) ?? []);
  const norm = normOf(known);
  const span = rangeOf(known.map((value) => standardise(value, norm)));
  const mixed = rows.map(({ area, hci }) => {
    const value = values.get(area);
    return value === undefined
      ? hci
      : (1 - weight) * hci + weight * pointsPerOne * stretch(standardise(value, norm), span);
  });
  const range = rangeOf(mixed);
  const isStretched = method.scaling.hci === 'zero-to-one';
  const { hci: share } = method.aggregation.weights;
  const scores = rows.map((row, at) => {
    const after = isStretched && weight > 0 ? stretch(mixed[at]!, range) * pointsPerOne : mixed[at]!;
    return row.egdi * divisorOf(method) + share * (after - row.hci);
  });
  const before = ranksOf(
    rows,
    rows.map(({ egdi }) => egdi),
  );
  const after = ranksOf(rows, scores);
  const shifted = rows.map(({ area, egdi }, at) => {
    const now = scores[at]! / divisorOf(method);
    return {
      area,
      rankBefore: before[at]!,
      rankAfter: after[at]!,
      egdi: now / pointsPerOne,
      change: (now - egdi) / pointsPerOne,
    };
  });
  return {
    shifted: shifted.sort((one, other) => one.rankAfter - other.rankAfter),
    absent: rows.flatMap(({ area }) => (values.has(area) ? [] : [area])),
  };
}
