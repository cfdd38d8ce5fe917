import type { Availability } from './contract.ts';

export const intervalMs = 300_000;
export const intervalsPerDay = 288;
const dayMs = intervalMs * intervalsPerDay;
/** Twelve months, in whole days of UTC. */
const periodDays = 365;
/** Questions may wait for an answer and records for the database; so long after its end an interval is counted. */
const settledAfterMs = intervalMs;
/** A share of less than a day's intervals says nothing of a service. */
const intervalsMin = intervalsPerDay;
/** Fewer than this would tell that one of a few people applied. */
const cellMin = 10;

export type Interval = { day: string; at: number };

/** The interval of a moment: its day in UTC, and its place in that day from 0 to 287. */
export function intervalOf(moment: Date): Interval {
  const ms = moment.getTime();
  return { day: dayOf(ms), at: Math.floor((ms % dayMs) / intervalMs) };
}

export const startOfInterval = (moment: Date): Date => new Date(Math.floor(moment.getTime() / intervalMs) * intervalMs);

/** Up to here intervals have ended and what was asked in them has been answered or not. */
export const settledUntil = (now: Date): Date => startOfInterval(new Date(now.getTime() - settledAfterMs));

/** The day in UTC that was so many days before this moment. */
export const dateBefore = (now: Date, days: number): string => dayOf(now.getTime() - days * dayMs);

/** The days before this one are dropped. */
export const keptFrom = (now: Date): string => dateBefore(now, periodDays);

export type Period = { from: Date; until: Date; intervals: number };

/** What a figure is about: undefined until a whole day was observed. */
export function periodOf(observedSince: Date | undefined, now: Date): Period | undefined {
  if (!observedSince) return undefined;
  const until = settledUntil(now);
  const first = Math.max(startOfInterval(observedSince).getTime(), Date.parse(keptFrom(now)));
  const intervals = Math.round((until.getTime() - first) / intervalMs);
  return intervals < intervalsMin ? undefined : { from: new Date(first), until, intervals };
}

/** `up`: intervals in which the node was. `lost`: those of them in which a source was asked for the service and did not answer. */
export function availabilityOf(
  { from, intervals }: Period,
  { up, lost, asked }: { up: number; lost: number; asked: number },
): Availability {
  const percent = (count: number) => Math.floor((1000 * count) / intervals) / 10;
  return {
    percent: percent(up - lost),
    nodePercent: percent(up),
    from: dayOf(from.getTime()),
    intervals,
    ...(asked === 0 || asked >= cellMin ? { askedIntervals: asked } : {}),
  };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
