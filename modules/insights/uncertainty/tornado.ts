import { indexIds, type Method } from '../methods/contract.ts';
import { shareOfPart } from '../methods/rules.ts';
import { isScored, pointsPerOne, type Survey } from '../surveys/survey.ts';
import { ChangeRefused, ranksOf } from '../what-if/simulating.ts';
import type { Swing } from './contract.ts';

/** How far each assumption is moved: weights by a fifth of themselves, indices by five hundredths, e-participation by a tenth. */
const swings = { weight: 0.2, index: 0.05, epi: 0.1 };

/** One thing at a time, the widest first: what the area's place depends on most. */
export function measureSwings(survey: Survey, method: Method, area: string): Swing[] {
  const rows = survey.rows.filter(isScored);
  const own = rows.findIndex((row) => row.area === area);
  if (own === -1) throw new ChangeRefused('area-unscored', area);
  const { weights } = method.aggregation;
  const result = (scores: number[]) => ({ egdi: scores[own]! / pointsPerOne, rank: ranksOf(rows, scores)[own]! });
  const byWeight = (index: (typeof indexIds)[number], by: number) => {
    const changed = { ...weights, [index]: weights[index] * (1 + by) };
    const divisor = changed.osi + changed.tii + changed.hci;
    return result(rows.map((row) => indexIds.reduce((sum, each) => sum + changed[each] * row[each], 0) / divisor));
  };
  const divisor = weights.osi + weights.tii + weights.hci;
  const byIndex = (index: (typeof indexIds)[number], by: number) =>
    result(
      rows.map((row, at) => {
        if (at !== own) return row.egdi;
        const value = Math.min(pointsPerOne, Math.max(0, row[index] + by * pointsPerOne));
        return row.egdi + (weights[index] * (value - row[index])) / divisor;
      }),
    );
  const epi = method.parts.osi.find(({ id }) => id === 'epi');
  const all: Swing[] = indexIds.flatMap((index): Swing[] => [
    {
      what: `weight-${index}`,
      by: swings.weight,
      low: byWeight(index, -swings.weight),
      high: byWeight(index, swings.weight),
    },
    { what: index, by: swings.index, low: byIndex(index, -swings.index), high: byIndex(index, swings.index) },
  ]);
  if (epi && rows[own]!.epi !== undefined) {
    const share = shareOfPart(method.parts.osi, epi);
    const value = rows[own]!.epi! / pointsPerOne;
    const by = (step: number) => byIndex('osi', share * (Math.min(1, Math.max(0, value + step)) - value));
    all.push({ what: 'epi', by: swings.epi, low: by(-swings.epi), high: by(swings.epi) });
  }
  const width = ({ low, high }: Swing) => Math.abs(high.egdi - low.egdi);
  return all.sort((one, other) => width(other) - width(one));
}
