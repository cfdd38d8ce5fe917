import { generateSecret, verify } from 'otplib';
import { expect, test } from 'vitest';
import { takeOneTimeCode } from '../../apps/federation/one-time-codes.ts';

test('a code that was taken at any moment of a half minute is still good after the time that typing it takes', async () => {
  for (let second = 0; second < 30; second++) {
    const secret = generateSecret();
    const at = 1_790_000_010 + second;
    const clock = { now: () => new Date(at * 1_000) };
    const codes = [await takeOneTimeCode('https://bh.example', secret, { clock })];
    codes.push(await takeOneTimeCode('https://bh.example', secret, { clock }));
    for (const token of codes) {
      for (const epoch of [at, at + 7]) {
        expect([second, (await verify({ secret, token, epoch, epochTolerance: 30 })).valid]).toEqual([second, true]);
      }
    }
  }
});

test('a code that was taken in a time far ahead keeps nobody waiting in this one', async () => {
  const secret = generateSecret();
  const at = 1_790_000_010;
  const clockAt = (seconds: number) => ({ now: () => new Date(seconds * 1_000) });
  await takeOneTimeCode('https://bh.example', secret, { clock: clockAt(at + 40 * 86_400) });
  const token = await takeOneTimeCode('https://bh.example', secret, { clock: clockAt(at) });
  expect((await verify({ secret, token, epoch: at, epochTolerance: 30 })).valid).toBe(true);
});
