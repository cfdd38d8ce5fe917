import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRateLimit } from '../rate-limit.ts';

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
