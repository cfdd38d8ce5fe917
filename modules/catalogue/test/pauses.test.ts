import { expect, test } from 'vitest';
import { type Pause, pausesAt } from '../pauses.ts';

const day = (of: number) => new Date(Date.UTC(2027, 0, of));
const pause = (from: number, to?: number, name = `${from}`): Pause => ({
  ...{ serviceId: 'one', reason: { ar: name, en: name }, pausedAt: day(1), startsAt: day(from) },
  ...(to === undefined ? {} : { endsAt: day(to) }),
});
const at = (of: number, ...pauses: Pause[]) => {
  const { on, next } = pausesAt(pauses, day(of));
  const said = (one: typeof on) => one && [one.reason.en, one.startsAt.getUTCDate(), one.endsAt?.getUTCDate()];
  return { on: said(on), next: said(next) };
};

test('a season is what lies between two pauses', () => {
  const season = [pause(1, 5), pause(10, 20)];
  expect(at(2, ...season)).toEqual({ on: ['1', 1, 5], next: ['10', 10, 20] });
  expect(at(5, ...season)).toEqual({ on: undefined, next: ['10', 10, 20] });
  expect(at(10, ...season)).toEqual({ on: ['10', 10, 20], next: undefined });
  expect(at(20, ...season)).toEqual({ on: undefined, next: undefined });
});

test('pauses that meet are one to whoever waits, and a pause without an end promises nothing', () => {
  expect(at(2, pause(1, 5), pause(5, 8), pause(9, 12))).toEqual({ on: ['1', 1, 8], next: ['9', 9, 12] });
  expect(at(2, pause(3, 6), pause(4, 9))).toEqual({ on: undefined, next: ['3', 3, 9] });
  // Said in a hurry, into a season that was said before.
  expect(at(6, pause(6), pause(10, 20))).toEqual({ on: ['6', 6, undefined], next: undefined });
  expect(at(2, pause(1, 3, 'short'), pause(2, 7, 'long'))).toEqual({ on: ['long', 2, 7], next: undefined });
});
