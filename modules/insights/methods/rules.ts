import { type IndexId, indexIds, type Method, type MethodFile, type Part } from './contract.ts';

/** The sum of an aggregation's whole-number weights: what a weighted sum is divided by. */
export function divisorOf({ aggregation: { weights } }: Pick<Method, 'aggregation'>): number {
  return weights.osi + weights.tii + weights.hci;
}

/** The share of one index in the whole, between 0 and 1. */
export function shareOf(method: Pick<Method, 'aggregation'>, index: IndexId): number {
  return method.aggregation.weights[index] / divisorOf(method);
}

/** The share of a part in its index. */
export function shareOfPart(parts: readonly Part[], part: Part): number {
  return part.weight / parts.reduce((sum, { weight }) => sum + weight, 0);
}

export function findPart(method: Method, partId: string): { index: IndexId; part: Part } | undefined {
  for (const index of indexIds) {
    const part = method.parts[index].find(({ id }) => id === partId);
    if (part) return { index, part };
  }
  return undefined;
}

/** What one positive answer adds to its part, whose whole is 1. */
export function stepOf(part: Part): number {
  return 1 / (part.steps ?? part.codes ?? Number.NaN);
}

/** What is wrong with a register of methods, in sentences for whoever edits it. */
export function checkMethods({ assumptions, methods }: MethodFile): string[] {
  const found: string[] = [];
  const years = methods.map(({ year }) => year);
  if (new Set(years).size !== years.length) found.push('a survey year has two methods');
  for (const method of methods) {
    const { year } = method;
    if (divisorOf(method) === 0) found.push(`${year}: the weights of the three indices are all zero`);
    for (const id of method.assumptions)
      if (!(id in assumptions)) found.push(`${year}: the assumption ${id} is not explained`);
    for (const index of indexIds) {
      const parts = method.parts[index];
      if (parts.length > 0 && parts.every(({ weight }) => weight === 0))
        found.push(`${year}: the weights inside ${index} are all zero`);
      for (const part of parts)
        if (part.kind === 'questions' && !part.codes)
          found.push(`${year}: ${part.id} does not say how many codes it has`);
    }
    const ids = indexIds.flatMap((index) => method.parts[index].map(({ id }) => id));
    if (new Set(ids).size !== ids.length) found.push(`${year}: a part is there twice`);
  }
  return found;
}
