import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRateLimit, retryDelayMs } from '../rules.ts';

test('a rate limit never lets through more than its burst and what has flowed in since, and fills up again', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 200 }), (stepsMs) => {
      const limit = createRateLimit({ perSecond: 10, burst: 5 });
      let nowMs = 1_000_000;
      let taken = 0;
      for (const stepMs of stepsMs) {
        nowMs += stepMs;
        if (limit.take(nowMs)) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(5 + ((nowMs - 1_000_000) / 1_000) * 10);
      expect(limit.take(nowMs + 1_000)).toBe(true);
    }),
  );
  const still = createRateLimit({ perSecond: 10, burst: 2 });
  expect([1, 2, 3].map(() => still.take(5))).toEqual([true, true, false]);
});

test('a neighbour that is down is asked after 2, 4, 8 seconds and at last every two minutes', () => {
  expect([1, 2, 3, 20].map(retryDelayMs)).toEqual([2_000, 4_000, 8_000, 120_000]);
});
