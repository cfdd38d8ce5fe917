export type Random = {
  /** From 0 up to, and without, 1. */
  next(): number;
  /** A whole number from 0 up to, and without, `below`. */
  below(below: number): number;
  pick<Item>(items: readonly Item[]): Item;
  shuffle<Item>(items: Item[]): Item[];
};

/** mulberry32: the same seed, the same choices. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most: number) => Math.floor(next() * most);
  return {
    next,
    below,
    pick: (items) => items[below(items.length)]!,
    shuffle: (items) => {
      for (let at = items.length - 1; at > 0; at -= 1) {
        const other = below(at + 1);
        [items[at], items[other]] = [items[other]!, items[at]!];
      }
      return items;
    },
  };
}

/** The seed that `JISR_TEST_SEED` names, to repeat a run, or a new one. A test that fails says which it was. */
export function readSeed(): number {
  return Number(process.env['JISR_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
}
