import { type Happening, happenings } from '#apps/state-node';
import { problem } from './contract.ts';

const dayMs = 86_400_000;
const unitMs = { h: 3_600_000, d: dayMs };
/** One order goes no further: a year is some minutes of work for seven nodes. */
export const travelMsMax = 400 * dayMs;

/** So far is looked for what happens next: beyond the end of a draft. */
export const nextMsMax = 100 * dayMs;
export const toNext = 'next';

/** Where a journey from `nowMs` ends at the latest. Throws `time-goes-on` for what is no time, is not later, or is too far. */
export function targetOf({ by, to }: { by?: string | undefined; to?: string | undefined }, nowMs: number): number {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(by ?? '') ?? [];
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(to ?? '');
  if ((by === undefined) === (to === undefined)) throw problem('time-goes-on');
  if (to === toNext) return nowMs + nextMsMax;
  const targetMs = count ? nowMs + Number(count) * unitMs[unit as 'h' | 'd'] : isMoment ? Date.parse(to!) : Number.NaN;
  if (!(targetMs > nowMs && targetMs - nowMs <= travelMsMax)) throw problem('time-goes-on');
  return targetMs;
}

/** What came on one day, in one order however fast the nodes were: by state and case, then as one thing follows from another. */
export function inOrder(happened: readonly Happening[]): Happening[] {
  const place = ({ fact }: Happening) => (happenings as readonly string[]).indexOf(fact);
  const key = ({ state, reference }: Happening) => `${state} ${reference}`;
  return [...happened].sort(
    (one, other) =>
      key(one).localeCompare(key(other), 'en') || place(one) - place(other) || one.sequence - other.sequence,
  );
}

/** A day at a time, so that reminders come before deadlines, and what is made for a day is made on it. */
export function stepsTo(targetMs: number, nowMs: number): number[] {
  const count = Math.max(1, Math.ceil((targetMs - nowMs) / dayMs));
  return Array.from({ length: count }, (_, at) => Math.min(targetMs, nowMs + (at + 1) * dayMs));
}
