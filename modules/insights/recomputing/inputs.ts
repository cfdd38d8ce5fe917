import type { IndexId, Method, Part } from '../methods/contract.ts';
import type { Figures } from '../tables/folder.ts';
import { type Norm, normOf, type Range, rangeOf, standardise, stretch } from './standardising.ts';

/** Nothing is computed for an area that lacks more than this share of the weight that is available at all. */
export const absentShareMax = 0.3;

/** Values of one raw input by area, after its cap. */
export type InputValues = Map<string, number>;

/** An index computed from the raw inputs that are openly published. */
export type FromInputs = {
  index: IndexId;
  parts: Part[];
  /** Parts of the method that no open table gives. */
  missing: Part[];
  inputs: Map<string, InputValues>;
  norms: Map<string, Norm>;
  range: Range;
  /** Between 0 and 1, by area. */
  values: Map<string, number>;
};

/** Reads a part's input for every area; several columns are averaged and must all be there. */
export function readInput(part: Part, { inputs, areas }: Pick<Figures, 'inputs' | 'areas'>): InputValues {
  const found: InputValues = new Map();
  const table = part.source && inputs.get(part.source.table);
  if (!table || !part.source) return found;
  for (const { id } of areas.list) {
    const cells = part.source.columns.map((column) => table.values.get(id)?.get(column));
    const known = cells.filter((cell) => cell !== undefined);
    let value = known.length === cells.length ? known.reduce((sum, cell) => sum + cell, 0) / cells.length : undefined;
    if (value === undefined && part.where99 && isVeryHighDevelopment(id, inputs)) value = 99;
    if (value !== undefined) found.set(id, capped(part, value));
  }
  return found;
}

export function capped({ cap }: Part, value: number): number {
  return cap === undefined ? value : Math.min(value, cap.value);
}

function isVeryHighDevelopment(area: string, inputs: Figures['inputs']): boolean {
  return inputs.get('undp-2016-2022')?.words.get(area)?.get('hdicode') === 'Very High';
}

/**
 * The UN's own steps: z-scores with the population's deviation, a weighted mean of those that are there, and a stretch of the
 * areas to 0 and 1. Undefined when fewer than half of the method's weight is openly published. `changed` replaces inputs first.
 */
export function computeFromInputs(
  method: Method,
  index: IndexId,
  figures: Pick<Figures, 'inputs' | 'areas'>,
  changed: ReadonlyArray<{ area: string; part: string; value: number }> = [],
): FromInputs | undefined {
  const all = method.parts[index];
  const inputs = new Map<string, InputValues>();
  for (const part of all) {
    if (part.kind !== 'input') continue;
    const values = readInput(part, figures);
    if (values.size > 0) inputs.set(part.id, values);
  }
  const parts = all.filter(({ id }) => inputs.has(id));
  const weightOf = (some: readonly Part[]) => some.reduce((sum, { weight }) => sum + weight, 0);
  const available = weightOf(parts);
  if (available === 0 || available * 2 < weightOf(all)) return undefined;
  for (const { area, part: partId, value } of changed) {
    const part = parts.find(({ id }) => id === partId);
    if (part) inputs.get(partId)!.set(area, capped(part, value));
  }
  const norms = new Map(parts.map(({ id }) => [id, normOf([...inputs.get(id)!.values()])]));
  const composites = new Map<string, number>();
  for (const { id: area } of figures.areas.list) {
    const composite = compositeOf(area, parts, inputs, norms, available);
    if (composite !== undefined) composites.set(area, composite);
  }
  const range = rangeOf(composites.values());
  const values = new Map([...composites].map(([area, composite]) => [area, stretch(composite, range)]));
  return { index, parts, missing: all.filter(({ id }) => !inputs.has(id)), inputs, norms, range, values };
}

/** One area's composite under given norms. Undefined when too much of it is absent. */
export function compositeOf(
  area: string,
  parts: readonly Part[],
  inputs: ReadonlyMap<string, InputValues>,
  norms: ReadonlyMap<string, Norm>,
  available: number,
): number | undefined {
  let sum = 0;
  let weight = 0;
  for (const part of parts) {
    const value = inputs.get(part.id)!.get(area);
    if (value === undefined) continue;
    sum += part.weight * standardise(value, norms.get(part.id)!);
    weight += part.weight;
  }
  return weight > 0 && weight >= available * (1 - absentShareMax) ? sum / weight : undefined;
}

/** How well a recomputed index explains the published one. */
export type Fit = {
  areas: number;
  /** Square of the correlation: 1 when one is a straight line of the other. */
  explained: number;
  /** Mean of computed less published. */
  bias: number;
  /** Root of the mean squared residual. */
  spread: number;
};

export function fitOf(pairs: ReadonlyArray<{ computed: number; published: number }>): Fit {
  const n = pairs.length;
  const mean = (of: (pair: (typeof pairs)[number]) => number) => pairs.reduce((sum, pair) => sum + of(pair), 0) / n;
  const [computedMean, publishedMean] = [mean(({ computed }) => computed), mean(({ published }) => published)];
  const covariance = mean((pair) => (pair.computed - computedMean) * (pair.published - publishedMean));
  const variances = [
    mean(({ computed }) => (computed - computedMean) ** 2),
    mean(({ published }) => (published - publishedMean) ** 2),
  ] as const;
  return {
    areas: n,
    explained: covariance ** 2 / (variances[0] * variances[1]),
    bias: computedMean - publishedMean,
    spread: Math.sqrt(mean(({ computed, published }) => (computed - published) ** 2)),
  };
}
