import { type IndexId, indexIds, type Method } from '../methods/contract.ts';
import { divisorOf, findPart, shareOfPart, stepOf } from '../methods/rules.ts';
import { compositeOf, computeFromInputs, type FromInputs } from '../recomputing/inputs.ts';
import { rangeOf, stretch } from '../recomputing/standardising.ts';
import { isScored, pointsPerOne, type ScoredRow, type Survey } from '../surveys/survey.ts';
import type { Figures } from '../tables/folder.ts';
import type { Change, Mode, Moved, Outcome, Standpoint } from './contract.ts';

/** A change that the method of the year or the data do not allow; `why` is a refusal's code. */
export class ChangeRefused extends Error {
  readonly why: 'part-unknown' | 'input-unknown' | 'area-unscored';
  readonly what: string;
  constructor(why: ChangeRefused['why'], what: string) {
    super(`${why}: ${what}`);
    this.why = why;
    this.what = what;
  }
}

const movedMax = 20;

type Shifts = Record<IndexId, Float64Array>;
type Field = { rows: ScoredRow[]; own: number; method: Method; mode: Mode; figures: Figures };

/**
 * What changes would do to an area. The published index is the starting point and only differences are computed, so what a
 * recomputation cannot explain (the residual) stays where it is and the ranks before are the printed ones. Differences are in
 * points; two areas are tied when their sums are equal to a millionth of a point.
 */
export function simulate(
  survey: Survey,
  method: Method,
  figures: Figures,
  { area, mode, changes }: { area: string; mode: Mode; changes: readonly Change[] },
): Outcome {
  const rows = survey.rows.filter(isScored);
  const own = rows.findIndex((row) => row.area === area);
  if (own === -1) throw new ChangeRefused('area-unscored', area);
  const field: Field = { rows, own, method, mode, figures };
  const shifts: Shifts = {
    osi: new Float64Array(rows.length),
    tii: new Float64Array(rows.length),
    hci: new Float64Array(rows.length),
  };
  const assumptions = new Set<string>();
  let epi = rows[own]!.epi;
  for (const change of changes) {
    if (change.depth === 'index') shifts[change.index][own] = change.value * pointsPerOne - rows[own]![change.index];
    else if (change.depth !== 'input') epi = shiftPart(field, change, shifts, epi, assumptions);
  }
  shiftInputs(field, changes, shifts, assumptions);
  const stopped = stopAtOne(field, shifts);
  const scores = rows.map((row, at) => row.egdi * divisorOf(method) + weighted(method, shifts, at));
  const after = ranksOf(rows, scores);
  const before = ranksOf(
    rows,
    rows.map((row) => row.egdi * divisorOf(method)),
  );
  const changeOf = (at: number) => weighted(method, shifts, at) / divisorOf(method) / pointsPerOne;
  const moved = rows
    .map((row, at): Moved => ({ area: row.area, rankBefore: before[at]!, rankAfter: after[at]!, egdi: changeOf(at) }))
    .filter((one, at) => at !== own && (one.rankBefore !== one.rankAfter || Math.abs(one.egdi) > 1e-9))
    .sort((one, other) => Math.abs(one.rankAfter - after[own]!) - Math.abs(other.rankAfter - after[own]!));
  return {
    mode,
    before: standpointOf(rows[own]!, before[own]!),
    after: {
      ...standpointOf(rows[own]!, after[own]!),
      egdi: rows[own]!.egdi / pointsPerOne + changeOf(own),
      ...(Object.fromEntries(
        indexIds.map((index) => [index, (rows[own]![index] + shifts[index][own]!) / pointsPerOne]),
      ) as Record<IndexId, number>),
      ...(epi === undefined ? {} : { epi: epi / pointsPerOne }),
    },
    moved: moved.slice(0, movedMax),
    movedCount: moved.length,
    stopped,
    assumptions: method.assumptions.filter((id) => assumptions.has(id)),
  };
}

export function standpointOf(row: ScoredRow, rank: number): Standpoint {
  const one = (points: number) => points / pointsPerOne;
  return {
    egdi: one(row.egdi),
    rank,
    osi: one(row.osi),
    tii: one(row.tii),
    hci: one(row.hci),
    ...(row.epi === undefined ? {} : { epi: one(row.epi) }),
  };
}

/** Competition ranks of scores; areas that stood equal in print keep the printed order among themselves. */
export function ranksOf(rows: readonly ScoredRow[], scores: readonly number[]): number[] {
  const order = scores.map((_, at) => at).sort((one, other) => compare(one, other));
  function compare(one: number, other: number): number {
    const difference = scores[other]! - scores[one]!;
    return Math.abs(difference) < 1e-6 ? (rows[one]!.rank ?? 0) - (rows[other]!.rank ?? 0) : difference;
  }
  const ranks: number[] = [];
  order.forEach((at, place) => {
    const ahead = order[place - 1];
    ranks[at] = ahead !== undefined && compare(ahead, at) === 0 ? ranks[ahead]! : place + 1;
  });
  return ranks;
}

function weighted({ aggregation: { weights } }: Method, shifts: Shifts, at: number): number {
  return weights.osi * shifts.osi[at]! + weights.tii * shifts.tii[at]! + weights.hci * shifts.hci[at]!;
}

/** A part made of questions moves its index by its share; e-participation moves also where it is shown alone. */
function shiftPart(
  { rows, own, method }: Field,
  change: Extract<Change, { depth: 'part' | 'questions' }>,
  shifts: Shifts,
  epiBefore: number | undefined,
  assumptions: Set<string>,
): number | undefined {
  const found = findPart(method, change.part);
  if (found?.part.kind !== 'questions') throw new ChangeRefused('part-unknown', change.part);
  const { index, part } = found;
  const base = part.id === 'epi' ? (epiBefore ?? rows[own]!.epi ?? 0) : 0;
  let shift = change.depth === 'part' ? change.value * pointsPerOne - base : change.more * stepOf(part) * pointsPerOne;
  if (part.id === 'epi') shift = Math.min(pointsPerOne - base, Math.max(-base, shift));
  shifts[index][own]! += shift * shareOfPart(method.parts[index], part);
  for (const id of ['weights-of-parts', 'scale-one']) assumptions.add(id);
  if (change.depth === 'questions') assumptions.add('question-share');
  if (part.id === 'egl') assumptions.add('egl-equal');
  return part.id === 'epi' ? base + shift : epiBefore;
}

function shiftInputs(
  { rows, own, method, mode, figures }: Field,
  changes: readonly Change[],
  shifts: Shifts,
  assumptions: Set<string>,
): void {
  const wanted = changes.filter((change) => change.depth === 'input');
  const { area } = rows[own]!;
  for (const { part } of wanted)
    if (findPart(method, part)?.part.kind !== 'input') throw new ChangeRefused('part-unknown', part);
  for (const index of indexIds) {
    const here = wanted.filter(({ part }) => findPart(method, part)!.index === index);
    if (here.length === 0) continue;
    const before = computeFromInputs(method, index, figures);
    for (const { part } of here)
      if (!before?.inputs.has(part) || !before.values.has(area)) throw new ChangeRefused('input-unknown', part);
    const changed = here.map(({ part, value }) => ({ area, part, value }));
    const after = computeFromInputs(method, index, figures, changed)!;
    for (const id of ['weights-of-parts', 'mobile-cap', 'literacy-99', 'missing-renormalised']) assumptions.add(id);
    if (mode === 'frozen') shifts[index][own]! += frozenShift(before!, after, area) * pointsPerOne;
    else
      rows.forEach((row, at) => {
        const [was, is] = [before!.values.get(row.area), after.values.get(row.area)];
        if (was !== undefined && is !== undefined) shifts[index][at]! += (is - was) * pointsPerOne;
      });
  }
}

/** The changed inputs under the norms and the range of before: nobody else is touched. */
function frozenShift(before: FromInputs, after: FromInputs, area: string): number {
  const available = before.parts.reduce((sum, { weight }) => sum + weight, 0);
  const composite = compositeOf(area, before.parts, after.inputs, before.norms, available)!;
  return stretch(composite, before.range) - before.values.get(area)!;
}

/**
 * An index ends at 0 and 1. Frozen, the own value stops there. In a full recomputation a year that stretches its indices
 * stretches them again, so whoever passes the best becomes 1 and everybody else falls a little.
 */
function stopAtOne({ rows, own, method, mode }: Field, shifts: Shifts): IndexId[] {
  const stopped: IndexId[] = [];
  for (const index of indexIds) {
    const shift = shifts[index];
    if (shift.every((one) => one === 0)) continue;
    const values = rows.map((row, at) => row[index] + shift[at]!);
    if (mode === 'full' && method.scaling[index] === 'zero-to-one') {
      const range = rangeOf(values);
      if (isWhole(rangeOf(rows.map((row) => row[index]))))
        values.forEach((value, at) => {
          shift[at] = stretch(value, range) * pointsPerOne - rows[at]![index];
        });
      continue;
    }
    const most = Math.max(pointsPerOne, rows[own]![index]);
    if (values[own]! > most || values[own]! < 0) {
      stopped.push(index);
      shift[own] = Math.min(most, Math.max(0, values[own]!)) - rows[own]![index];
    }
  }
  return stopped;
}

/** Years of few answers were only partly stretched; those are left as published. */
function isWhole({ low, high }: { low: number; high: number }): boolean {
  return low === 0 && high === pointsPerOne;
}
