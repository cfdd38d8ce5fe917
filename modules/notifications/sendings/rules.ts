import type { Pace } from '../templates/contract.ts';
import type { QuietHours } from '../ways/contract.ts';

const minuteMs = 60_000;
const dayMinutes = 1_440;

/** After so many minutes the next try; when the last has failed, the notice is given up. A day and a half in all. */
const backOffMinutes = [1, 5, 15, 60, 180, 360, 720, 720];

/** When to try again after so many tries; undefined when that was the last. */
export function nextTryAt(now: Date, attempts: number): Date | undefined {
  const minutes = backOffMinutes[attempts - 1];
  return minutes === undefined ? undefined : new Date(now.getTime() + minutes * minuteMs);
}

const minutesOf = (hour: string) => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3));

/** The minute of the day that a clock on the wall shows. */
function wallMinutes(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB-u-nu-latn', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)!.value);
  return of('hour') * 60 + of('minute');
}

/** The next moment at which a clock on the wall shows an hour (HH:MM); now, if it shows it now. */
export function nextAtHour(now: Date, hour: string, timeZone: string): Date {
  const wanted = minutesOf(hour);
  const whole = new Date(Math.floor(now.getTime() / minuteMs) * minuteMs);
  const ahead = (wanted - wallMinutes(whole, timeZone) + dayMinutes) % dayMinutes;
  const first = new Date(whole.getTime() + ahead * minuteMs);
  // Where clocks were put forward or back on the way, the wall shows something else: half a day at most is made good.
  const off = ((wanted - wallMinutes(first, timeZone) + dayMinutes * 1.5) % dayMinutes) - dayMinutes / 2;
  return ahead === 0 ? now : new Date(first.getTime() + off * minuteMs);
}

export function isQuiet(now: Date, { from, until }: QuietHours, timeZone: string): boolean {
  const [at, begin, end] = [wallMinutes(now, timeZone), minutesOf(from), minutesOf(until)];
  return begin < end ? at >= begin && at < end : at >= begin || at < end;
}

/** When a notice leaves, and whether it is gathered with others. */
export function planDeparture(
  now: Date,
  pace: Pace,
  wishes: { quietHours?: QuietHours | undefined; isDigest: boolean; digestAt: string; timeZone: string },
): { dueAt: Date; isDigest: boolean } {
  if (pace === 'at-once') return { dueAt: now, isDigest: false };
  const isDigest = pace === 'daily' && wishes.isDigest;
  const from = isDigest ? nextAtHour(new Date(now.getTime() + minuteMs), wishes.digestAt, wishes.timeZone) : now;
  const quiet = wishes.quietHours;
  const dueAt = quiet && isQuiet(from, quiet, wishes.timeZone) ? nextAtHour(from, quiet.until, wishes.timeZone) : from;
  return { dueAt, isDigest };
}
