/** How long evidence of one class may wait for a time-stamp, as data, and what follows when it has waited longer. */
export type StampLimit = { stampWithinMinutes: number; after: 'warn' | 'refuse' };

export type StampingState =
  /** `leftMs` counts down to the limit; absent where no limit is set. */
  { state: 'within'; mayGoOn: true; leftMs?: number } | { state: 'late'; mayGoOn: boolean; lateMs: number };

/** Whether new evidence of a class may be taken while the oldest entry still waits. Without a limit nothing is ever late. */
export function judgeStamping(
  limit: StampLimit | undefined,
  facts: { oldestUnstampedAt: Date | undefined; now: Date },
): StampingState {
  if (!limit) return { state: 'within', mayGoOn: true };
  const waitedMs = facts.oldestUnstampedAt ? Math.max(0, facts.now.getTime() - facts.oldestUnstampedAt.getTime()) : 0;
  const leftMs = limit.stampWithinMinutes * 60_000 - waitedMs;
  if (leftMs >= 0) return { state: 'within', mayGoOn: true, leftMs };
  return { state: 'late', mayGoOn: limit.after === 'warn', lateMs: -leftMs };
}

/** The order in which authorities are asked: whoever comes after the last one that answered, and nobody who is in a pause. */
export function orderAuthorities<Authority extends { name: string }>(
  authorities: readonly Authority[],
  lastUsed: string | undefined,
  isDue: (name: string) => boolean,
): Authority[] {
  const last = authorities.findIndex(({ name }) => name === lastUsed);
  return [...authorities.slice(last + 1), ...authorities.slice(0, last + 1)].filter(({ name }) => isDue(name));
}

/** `witnessed` by other states, `stamped` by a time-stamping authority, `both`; before that `published`, before that `pending`. */
export type EntryState = 'pending' | 'published' | 'witnessed' | 'stamped' | 'both';

export function stateOfEntry(facts: { isPublished: boolean; isWitnessed: boolean; isStamped: boolean }): EntryState {
  if (facts.isWitnessed && facts.isStamped) return 'both';
  if (facts.isWitnessed) return 'witnessed';
  if (facts.isStamped) return 'stamped';
  return facts.isPublished ? 'published' : 'pending';
}
