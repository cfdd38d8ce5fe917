import type { Service } from '#modules/catalogue';
import type { CaseState } from '../states.ts';

const dayMs = 86_400_000;

/** A date later (or, with `-1`, earlier) by an ISO 8601 duration of whole years, months or days; the last day of a month that is too short. */
export function shiftDate(on: string, duration: string, direction: 1 | -1 = 1): string {
  const [, count, unit] = /^P(\d{1,4})([YMD])$/.exec(duration) as unknown as [string, string, 'Y' | 'M' | 'D'];
  const by = Number(count) * direction;
  const date = new Date(`${on}T00:00:00Z`);
  if (unit === 'D') return new Date(date.getTime() + by * dayMs).toISOString().slice(0, 10);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + by * (unit === 'Y' ? 12 : 1);
  const lastDay = new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  return new Date(Date.UTC(Math.floor(month / 12), month % 12, day)).toISOString().slice(0, 10);
}

/** When what is approved on a day ends and when it can be renewed; undefined where it never ends. */
export function validityOf(
  { definition: { validity } }: Service,
  approvedOn: string,
): { until: string; renewableFrom: string } | undefined {
  if (validity === undefined) return undefined;
  const until = shiftDate(approvedOn, validity.duration);
  return { until, renewableFrom: shiftDate(until, validity.renewBefore, -1) };
}

/** An application that came to nothing renews nothing, and stands in nobody's way. */
export const countsAsRenewal = (state: CaseState): boolean =>
  !['withdrawn', 'expired', 'refused', 'cancelled', 'stopped'].includes(state);
