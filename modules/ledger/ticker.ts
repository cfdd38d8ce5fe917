import type { Log } from '#kernel/log';

const tickMs = 200;
/** The least time between two runs: under load each takes in what many appends brought. */
const restMs = 600;
/** A nudge comes from inside a transaction that may commit a little later, so a few runs look for its entries. */
const runsAfterNudge = 3;

/**
 * Runs `work` soon after a nudge and at least every `everyMs`, one run at a time. The timer is made once, at the start: one
 * made inside a caller's transaction would carry that transaction's context along.
 */
export function createTicker(needs: { everyMs: number; work: () => Promise<void>; log: Log }) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let nudges = 0;
  let idleMs = 0;

  const run = () => {
    running = needs
      .work()
      .catch((error: unknown) => needs.log.error({ err: error }, 'integrating the ledger failed; it is tried again'))
      .finally(() => {
        running = undefined;
      });
  };
  const tick = () => {
    idleMs += tickMs;
    if (running || idleMs < (nudges > 0 ? restMs : needs.everyMs)) return;
    nudges = Math.max(0, nudges - 1);
    idleMs = 0;
    run();
  };
  return {
    start: () => {
      if (timer) return;
      timer = setInterval(tick, tickMs);
      timer.unref();
      run();
    },
    nudge: () => {
      nudges = runsAfterNudge;
    },
    /** The next run comes at once, or as soon as the one under way is over. */
    hurry: () => {
      idleMs = needs.everyMs;
    },
    /** Waits for the run under way. */
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
  };
}
