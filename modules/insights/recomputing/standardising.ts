/** Mean and population standard deviation, as the UN's method has it (not the sample's). */
export type Norm = { mean: number; deviation: number };

export function normOf(values: readonly number[]): Norm {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** How many deviations a value is from the mean; 0 where all values are the same. */
export function standardise(value: number, { mean, deviation }: Norm): number {
  return deviation === 0 ? 0 : (value - mean) / deviation;
}

/** The lowest and highest of a composite, which become 0 and 1. */
export type Range = { low: number; high: number };

export function rangeOf(values: Iterable<number>): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

export function stretch(value: number, { low, high }: Range): number {
  return high === low ? 0 : (value - low) / (high - low);
}
