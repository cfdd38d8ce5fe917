import { Problem } from '#kernel/problem';

/** What is said of a source that is away for a while, by the node that asks or by the one that holds. */
const outages = new Set(['peer-unreachable', 'peer-timeout', 'entity-unreachable', 'registry-unavailable']);

const minuteMs = 60_000;
const firstLookMs = 2 * minuteMs;
const looksEveryMaxMs = 60 * minuteMs;

/** Whether something failed because a source is away, and not because of what was asked or of what it answered. */
export function isOutage(error: unknown): error is Problem {
  return error instanceof Problem && outages.has(error.code);
}

/** When a source is looked at again after so many looks: after 2, 4, 8 … minutes, and at last once an hour. */
export function nextLookAt(now: Date, looks: number): Date {
  return new Date(now.getTime() + Math.min(firstLookMs * 2 ** Math.min(looks, 10), looksEveryMaxMs));
}
