/**
 * Numbers that look like chance and are the same for the same seed, so that anybody can repeat a simulation: mulberry32, 32 bits
 * of state. Between 0 and 1, without 1. Nothing secret may come from it.
 */
export function drawFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
