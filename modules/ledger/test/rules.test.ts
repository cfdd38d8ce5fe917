import { expect, test } from 'vitest';
import { retryDelayMs } from '../rules.ts';

test('a neighbour that is down is asked after 2, 4, 8 seconds and at last every two minutes', () => {
  expect([1, 2, 3, 20].map(retryDelayMs)).toEqual([2_000, 4_000, 8_000, 120_000]);
});
