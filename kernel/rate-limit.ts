/** A bucket of `burst` tokens filled at `perSecond`; `take` says whether one was left. `nowMs` may stand still, never goes back. */
export function createRateLimit({ perSecond, burst }: { perSecond: number; burst: number }) {
  let tokens = burst;
  let filledAtMs: number | undefined;
  return {
    take(nowMs: number): boolean {
      if (filledAtMs !== undefined && nowMs > filledAtMs)
        tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) / 1000) * perSecond);
      filledAtMs = Math.max(filledAtMs ?? nowMs, nowMs);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
