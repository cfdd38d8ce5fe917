/** Time arrives as an argument, so that a test can stand at any moment. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is advanced (milliseconds). */
export function fixedClock(at: string | Date): Clock & { advance(ms: number): void } {
  let moment = new Date(at).getTime();
  return {
    now: () => new Date(moment),
    advance: (ms) => {
      moment += ms;
    },
  };
}

/** Seconds since 1970-01-01T00:00:00Z, as in JWT `iat` and `exp` (RFC 7519 section 2). */
export function epochSeconds(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}

/** What `read` answers, kept for `keptMs`: callers within that time share one reading, and one that fails is not kept. */
export function createKept<Answer>(clock: Clock, keptMs: number, read: () => Promise<Answer>): () => Promise<Answer> {
  let kept: { until: number; answer: Promise<Answer> } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (kept && kept.until > now) return kept.answer;
    const answer = read();
    kept = { until: now + keptMs, answer };
    answer.catch(() => {
      if (kept?.answer === answer) kept = undefined;
    });
    return answer;
  };
}
