import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createBatcher } from '#kernel/batching';

test('what arrives together, and what arrives meanwhile, is run together; each caller gets the own result', async () => {
  const rounds: number[][] = [];
  const double = createBatcher(async (items: readonly number[]) => {
    rounds.push([...items]);
    await wait(10);
    return items.map((item) => item * 2);
  });
  const first = [1, 2].map(double);
  await wait(5);
  const second = [3, 4, 5].map(double);
  expect(await Promise.all([...first, ...second])).toEqual([2, 4, 6, 8, 10]);
  expect(rounds).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  expect(await double(6)).toBe(12);
});

test('an item that is refused, or that breaks a round, fails alone', async () => {
  const check = createBatcher(async (items: readonly number[]) => {
    if (items.includes(13)) throw new Error('the round broke');
    return items.map((item) => (item < 0 ? new RangeError('negative') : item));
  });
  const results = await Promise.allSettled([1, -1, 13, 2].map(check));
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual([
    1,
    'RangeError: negative',
    'Error: the round broke',
    2,
  ]);
});

test('a round is bounded', async () => {
  const sizes: number[] = [];
  const count = createBatcher(
    async (items: readonly number[]) => {
      sizes.push(items.length);
      return [...items];
    },
    { itemsMax: 4 },
  );
  await Promise.all([...Array(10).keys()].map(count));
  expect(sizes).toEqual([4, 4, 2]);
});
