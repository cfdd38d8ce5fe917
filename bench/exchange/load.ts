/** How to load: `inFlight` callers for `ms`; each starts its next at once, or, with `perSecond`, in its turn of that rate. */
export type Order = { inFlight: number; ms: number; perSecond?: number };
export type Figures = { done: number; failed: number; ms: number; durationsMs: number[] };

/** Calls `ask(place)` from `inFlight` places until the time is over. A call that throws counts as failed. */
export async function drive(order: Order, ask: (place: number) => Promise<unknown>): Promise<Figures> {
  const durationsMs: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + order.ms;
  const everyMs = order.perSecond ? (order.inFlight * 1_000) / order.perSecond : 0;
  const work = async (place: number) => {
    let next = startedAt + (everyMs * place) / order.inFlight;
    for (;;) {
      if (everyMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
        next = Math.max(next + everyMs, performance.now());
      }
      const at = performance.now();
      if (at >= endsAt) return;
      try {
        await ask(place);
        durationsMs.push(performance.now() - at);
      } catch (error) {
        failed += 1;
        if (failed < 4) console.error(error);
      }
    }
  };
  await Promise.all(Array.from({ length: order.inFlight }, (_, place) => work(place)));
  return { done: durationsMs.length, failed, ms: performance.now() - startedAt, durationsMs };
}
