/** How long evidence of one class may wait for a time-stamp, as data, and what follows when it has waited longer. */
export type StampLimit = { withinMinutes: number; after: 'warn' | 'refuse' };

/** `leftMs`: until the limit; below 0 it has passed. */
export type StampingState = { mayGoOn: boolean; leftMs: number };

/** Whether new evidence of a class may be taken while the oldest entry still waits. */
export function judgeStamping(
  limit: StampLimit,
  facts: { oldestUnstampedAt: Date | undefined; now: Date },
): StampingState {
  const waitedMs = facts.oldestUnstampedAt ? Math.max(0, facts.now.getTime() - facts.oldestUnstampedAt.getTime()) : 0;
  const leftMs = limit.withinMinutes * 60_000 - waitedMs;
  return { mayGoOn: leftMs >= 0 || limit.after === 'warn', leftMs };
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
