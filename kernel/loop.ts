import type { Log } from './log.ts';

/** A nudge comes from inside a transaction that commits a little later, so its work is looked for a few times. */
const afterNudgeMs = [5, 25, 100, 400, 1_500];

/**
 * Runs `work` soon after a nudge and at least every `everyMs`, one run at a time, and at once again while it says that more
 * is left. Nothing is timed inside a nudge: a timer made inside a caller's transaction would carry its context along.
 */
export function createLoop(needs: { work: () => Promise<boolean>; everyMs: number; log: Log; failed: string }) {
  let running: Promise<void> | undefined;
  let isStopped = false;
  let delays: number[] = [];
  let wake: () => void = () => undefined;

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delays.shift() ?? needs.everyMs);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    while (!isStopped) {
      let isMoreLeft = false;
      try {
        isMoreLeft = await needs.work();
      } catch (error) {
        needs.log.error({ err: error }, needs.failed);
      }
      if (!isMoreLeft && !isStopped) await pause();
    }
  };
  return {
    start: () => {
      running ??= run();
    },
    nudge: () => {
      delays = [...afterNudgeMs];
      wake();
    },
    /** Waits for the run under way. */
    stop: async () => {
      isStopped = true;
      wake();
      await running;
    },
  };
}
