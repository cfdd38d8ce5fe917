import { indexIds, type Method } from '../methods/contract.ts';
import { divisorOf, shareOf, shareOfPart, stepOf } from '../methods/rules.ts';
import { isScored, pointsPerOne, type ScoredRow, type Survey } from '../surveys/survey.ts';
import type { GoalAnswer, Lever, Mix } from './contract.ts';
import { ChangeRefused, ranksOf, standpointOf } from './simulating.ts';

const frontierMax = 24;

/**
 * The least change that reaches a rank while all others stand still: what each index would need alone, what one more answer is
 * worth in each part, and the cheapest mix of answers (a bounded knapsack, solved exactly).
 */
export function findGoal(
  survey: Survey,
  method: Method,
  { area, rank, costs = {} }: { area: string; rank: number; costs?: Record<string, number> },
): GoalAnswer {
  const rows = survey.rows.filter(isScored);
  const own = rows.findIndex((row) => row.area === area);
  const row = rows[own];
  if (!row) throw new ChangeRefused('area-unscored', area);
  const ranks = ranksOf(
    rows,
    rows.map(({ egdi }) => egdi),
  );
  const others = rows.filter((one) => one !== row).sort((one, other) => other.egdi - one.egdi);
  // Rank r is held when at most r - 1 others are ahead, so the r-th of the others has to be passed, by one printed digit.
  const target = others[rank - 1];
  const needed = target ? Math.max(0, target.egdi + 1 - row.egdi) : 0;
  const isHeld = ranks[own]! <= rank;
  const levers = listLevers(row, method, costs);
  const rankAt = (gain: number) => 1 + others.filter((one) => one.egdi >= row.egdi + gain * pointsPerOne).length;
  const mixes = listMixes(levers, needed / pointsPerOne).map((mix) => ({ ...mix, rank: rankAt(mix.gain) }));
  const cheapest = isHeld ? undefined : mixes.find(({ gain }) => gain * pointsPerOne >= needed - 1e-6);
  return {
    before: standpointOf(row, ranks[own]!),
    needed: isHeld ? 0 : needed / pointsPerOne,
    ...(target && !isHeld ? { overtakes: target.area } : {}),
    alone: indexIds
      .filter((index) => method.aggregation.weights[index] > 0)
      .map((index) => {
        const value =
          (row[index] + (isHeld ? 0 : (needed * divisorOf(method)) / method.aggregation.weights[index])) / pointsPerOne;
        return { index, value, isAttainable: value <= 1 };
      }),
    levers,
    ...(cheapest ? { cheapest } : {}),
    frontier: thin(isHeld ? [] : mixes),
    assumptions: levers.length > 0 ? method.assumptions.filter((id) => leverAssumptions.includes(id)) : [],
  };
}

const leverAssumptions = ['weights-of-parts', 'egl-equal', 'scale-one', 'question-share'];

/** One lever per part that is made of questions. */
export function listLevers(row: ScoredRow, method: Method, costs: Record<string, number>): Lever[] {
  return indexIds.flatMap((index) =>
    method.parts[index]
      .filter(({ kind }) => kind === 'questions')
      .map((part): Lever => {
        const share = shareOfPart(method.parts[index], part);
        const isKnown = part.id === 'epi' && row.epi !== undefined;
        const open = isKnown
          ? Math.round((1 - row.epi! / pointsPerOne) / stepOf(part))
          : Math.round((1 - restOf(row, method, index)) * (part.codes ?? 0));
        return {
          part: part.id,
          index,
          gain: stepOf(part) * share * shareOf(method, index),
          open,
          isEstimate: !isKnown,
          cost: costs[part.id] ?? 1,
        };
      }),
  );
}

/** Parts whose values nobody publishes are taken to be met alike: what the index leaves once the known part is taken off. */
function restOf(row: ScoredRow, method: Method, index: (typeof indexIds)[number]): number {
  const whole = row[index] / pointsPerOne;
  const epi = method.parts[index].find(({ id }) => id === 'epi');
  if (!epi || row.epi === undefined) return Math.min(1, whole);
  const share = shareOfPart(method.parts[index], epi);
  return Math.min(1, Math.max(0, (whole - share * (row.epi / pointsPerOne)) / (1 - share)));
}

/**
 * The strongest mix for every cost, by dynamic programming over whole costs; what another beats is left out, and it ends at the
 * first that gives what is needed.
 */
export function listMixes(levers: readonly Lever[], needed: number): Array<Omit<Mix, 'rank'>> {
  const most = levers.reduce((sum, { cost, open }) => sum + cost * open, 0);
  const gains = new Float64Array(most + 1);
  const chosen = levers.map(() => new Int16Array(most + 1));
  levers.forEach((lever, at) => {
    const from = gains.slice();
    for (let cost = 0; cost <= most; cost += 1) {
      const units = Math.min(lever.open, Math.floor(cost / lever.cost));
      let best = 0;
      // A lever's gain is the same for each unit, so only what is left for the others decides.
      for (let unit = 1; unit <= units; unit += 1)
        if (
          from[cost - unit * lever.cost]! + unit * lever.gain >
          from[cost - best * lever.cost]! + best * lever.gain + 1e-15
        )
          best = unit;
      gains[cost] = from[cost - best * lever.cost]! + best * lever.gain;
      chosen[at]![cost] = best;
    }
  });
  const mixes: Array<Omit<Mix, 'rank'>> = [];
  let strongest = 0;
  for (let cost = 1; cost <= most; cost += 1) {
    if (gains[cost]! <= strongest + 1e-12) continue;
    strongest = gains[cost]!;
    const units: Record<string, number> = {};
    let left = cost;
    for (let at = levers.length - 1; at >= 0; at -= 1) {
      const count = chosen[at]![left]!;
      if (count > 0) units[levers[at]!.part] = count;
      left -= count * levers[at]!.cost;
    }
    mixes.push({ cost, gain: strongest, units });
    if (strongest >= needed - 1e-11) break;
  }
  return mixes;
}

/** A long list is read no better: evenly picked, the last always among them. */
function thin(mixes: Mix[]): Mix[] {
  if (mixes.length <= frontierMax) return mixes;
  const step = mixes.length / frontierMax;
  return Array.from({ length: frontierMax }, (_, at) => mixes[Math.ceil((at + 1) * step) - 1]!);
}
