import { indexIds, type Method } from '../methods/contract.ts';
import { shareOf } from '../methods/rules.ts';
import { pointsPerOne, type Row, type Survey } from '../surveys/survey.ts';
import type { RankInterval, Uncertainty } from './contract.ts';
import { drawFrom } from './drawing.ts';

/** The counts of every rank of every area over all runs, row by area. */
export type RankCounts = { areas: number; counts: Uint32Array };

/**
 * Draws weights and absent parts and ranks everybody, run after run. An absent part is drawn from the values that others have
 * (hot deck). The order of one run is where the next begins, because other weights move few areas far: an insertion sort then
 * does a few hundred moves instead of a sort from nothing.
 */
export function drawRanks(
  rows: readonly Row[],
  method: Method,
  { runs, spread, seed }: { runs: number; spread: number; seed: number },
): RankCounts {
  const areas = rows.length;
  const draw = drawFrom(seed);
  const columns = indexIds.map((index) => Float64Array.from(rows, (row) => (row[index] ?? Number.NaN) / pointsPerOne));
  const donors = columns.map((column) => column.filter((value) => !Number.isNaN(value)));
  const absent = columns.map((column) =>
    Uint16Array.from([...column.keys()].filter((at) => Number.isNaN(column[at]!))),
  );
  const nominal = indexIds.map((index) => shareOf(method, index));
  const [osi, tii, hci] = columns as [Float64Array, Float64Array, Float64Array];
  const scores = new Float64Array(areas);
  const order = Uint16Array.from({ length: areas }, (_, at) => at);
  const counts = new Uint32Array(areas * areas);
  for (let run = 0; run < runs; run += 1) {
    for (let column = 0; column < 3; column += 1) {
      const [values, from, places] = [columns[column]!, donors[column]!, absent[column]!];
      for (let at = 0; at < places.length; at += 1) values[places[at]!] = from[Math.floor(draw() * from.length)]!;
    }
    let a = nominal[0]! * (1 + spread * (2 * draw() - 1));
    let b = nominal[1]! * (1 + spread * (2 * draw() - 1));
    let c = nominal[2]! * (1 + spread * (2 * draw() - 1));
    const sum = a + b + c;
    a /= sum;
    b /= sum;
    c /= sum;
    for (let at = 0; at < areas; at += 1) scores[at] = a * osi[at]! + b * tii[at]! + c * hci[at]!;
    sortFrom(order, scores);
    countRanks(order, scores, counts);
  }
  return { areas, counts };
}

/** Highest score first, from an order that is nearly right. */
function sortFrom(order: Uint16Array, scores: Float64Array): void {
  for (let place = 1; place < order.length; place += 1) {
    const moving = order[place]!;
    const score = scores[moving]!;
    let at = place;
    while (at > 0 && scores[order[at - 1]!]! < score) {
      order[at] = order[at - 1]!;
      at -= 1;
    }
    order[at] = moving;
  }
}

/** Adds one run's competition ranks. */
function countRanks(order: Uint16Array, scores: Float64Array, counts: Uint32Array): void {
  const areas = order.length;
  let rank = 0;
  for (let place = 0; place < areas; place += 1) {
    const area = order[place]!;
    if (place > 0 && scores[area] !== scores[order[place - 1]!]) rank = place;
    counts[area * areas + rank]! += 1;
  }
}

/** The rank below which `share` of the runs lie, counted from 1. */
export function quantileOf({ areas, counts }: RankCounts, area: number, share: number): number {
  let runs = 0;
  for (let rank = 0; rank < areas; rank += 1) runs += counts[area * areas + rank]!;
  let seen = 0;
  for (let rank = 0; rank < areas; rank += 1) {
    seen += counts[area * areas + rank]!;
    if (seen > 0 && seen >= share * runs) return rank + 1;
  }
  return areas;
}

/** Rank intervals of one survey year: nine of ten runs, the median, and the outermost. */
export function measureUncertainty(
  survey: Survey,
  method: Method,
  options: { runs: number; spread: number; seed: number },
): Uncertainty {
  // Without a single part there is nothing to draw around.
  const rows = survey.rows.filter((row) => indexIds.some((index) => row[index] !== undefined));
  const counted = drawRanks(rows, method, options);
  const intervals = rows.map(
    (row, at): RankInterval => ({
      area: row.area,
      ...(row.rank === undefined ? {} : { rank: row.rank }),
      median: quantileOf(counted, at, 0.5),
      low: quantileOf(counted, at, 0.05),
      high: quantileOf(counted, at, 0.95),
      best: quantileOf(counted, at, 0),
      worst: quantileOf(counted, at, 1),
      drawn: indexIds.filter((index) => row[index] === undefined),
    }),
  );
  return { year: survey.year, ...options, intervals };
}
