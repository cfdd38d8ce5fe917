import { type IndexId, indexIds, type Method } from '../methods/contract.ts';
import { shareOf, shareOfPart } from '../methods/rules.ts';
import { computeFromInputs } from '../recomputing/inputs.ts';
import { pointsPerOne, type ScoredRow } from '../surveys/survey.ts';
import type { Figures } from '../tables/folder.ts';
import type { ChangeOfIndex, ChangeOverTime, Gap, Piece } from './contract.ts';

/** Where a gap to a peer comes from. The pieces add up to the printed gap; what the parts do not explain is a piece itself. */
export function explainGap(year: number, method: Method, own: ScoredRow, peer: ScoredRow): Gap {
  const one = (points: number) => points / pointsPerOne;
  const pieces = indexIds.map(
    (index): Piece => ({
      of: index,
      own: one(own[index]),
      peer: one(peer[index]),
      egdi: shareOf(method, index) * one(peer[index] - own[index]),
    }),
  );
  const gap = one(peer.egdi - own.egdi);
  const residual = gap - pieces.reduce((sum, { egdi }) => sum + egdi, 0);
  const epi = method.parts.osi.find(({ id }) => id === 'epi');
  const within: Piece[] = [];
  if (epi && own.epi !== undefined && peer.epi !== undefined) {
    const ofEpi = shareOf(method, 'osi') * shareOfPart(method.parts.osi, epi) * one(peer.epi - own.epi);
    within.push({ of: 'epi', own: one(own.epi), peer: one(peer.epi), egdi: ofEpi });
    within.push({ of: 'osi-rest', egdi: pieces[0]!.egdi - ofEpi });
  }
  return {
    year,
    area: own.area,
    peer: peer.area,
    own: one(own.egdi),
    other: one(peer.egdi),
    gap,
    pieces: [...pieces, { of: 'residual', egdi: residual }],
    within,
  };
}

type Edition = { year: number; method: Method; row: ScoredRow; rank: number };

/**
 * How an area came from one survey to another. Parts count at the mean of both years' weights and weights at the mean of both
 * years' parts, which splits the change exactly and treats both years alike.
 */
export function explainChange(from: Edition, to: Edition, figures: Figures): ChangeOverTime {
  const one = (points: number) => points / pointsPerOne;
  let weights = 0;
  const indices = indexIds.map((index): ChangeOfIndex => {
    const [before, after] = [one(from.row[index]), one(to.row[index])];
    const [shareBefore, shareAfter] = [shareOf(from.method, index), shareOf(to.method, index)];
    weights += (shareAfter - shareBefore) * ((before + after) / 2);
    const split = separate(index, from, to, figures);
    return {
      index,
      from: before,
      to: after,
      egdi: ((shareBefore + shareAfter) / 2) * (after - before),
      isSeparable: split !== undefined,
      ...split,
    };
  });
  const egdi = one(to.row.egdi - from.row.egdi);
  return {
    area: from.row.area,
    from: from.year,
    to: to.year,
    egdi,
    ranks: { from: from.rank, to: to.rank },
    indices,
    weights,
    residual: egdi - weights - indices.reduce((sum, change) => sum + change.egdi, 0),
  };
}

/**
 * Real change and change of method, where all inputs of the earlier method exist for both years: the earlier method is put to the
 * later inputs, under the norms of the earlier year. Anything else is not separable, and is not guessed.
 */
function separate(
  index: IndexId,
  from: Edition,
  to: Edition,
  figures: Figures,
): { real: number; method: number } | undefined {
  const parts = from.method.parts[index];
  const later = to.method.parts[index];
  const isDated = (part: (typeof parts)[number]) => {
    const next = later.find(({ id }) => id === part.id);
    return next?.source !== undefined && next.source.columns.join() !== part.source?.columns.join();
  };
  // Inputs that are there for one year only cannot show a change; without any that are, nothing is separable.
  if (!parts.some(isDated)) return undefined;
  const before = computeFromInputs(from.method, index, figures);
  const was = before?.values.get(from.row.area);
  if (!before || was === undefined) return undefined;
  const changed = parts.filter(isDated).flatMap((part) => {
    const next = later.find(({ id }) => id === part.id)!;
    const value = figures.inputs.get(next.source!.table)?.values.get(from.row.area)?.get(next.source!.columns[0]!);
    return value === undefined ? [] : [{ part, value }];
  });
  if (changed.length === 0) return undefined;
  const available = before.parts.reduce((sum, { weight }) => sum + weight, 0);
  let shift = 0;
  for (const { part, value } of changed) {
    const norm = before.norms.get(part.id)!;
    const now = before.inputs.get(part.id)!.get(from.row.area);
    if (now === undefined) return undefined;
    shift += (part.weight / available) * ((value - now) / norm.deviation);
  }
  const real = shift / (before.range.high - before.range.low);
  return { real, method: (to.row[index] - from.row[index]) / pointsPerOne - real };
}
