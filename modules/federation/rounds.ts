import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';

export type Rounds = { start(): void; stop(): Promise<void> };

/** Does the same work again and again, never twice at once; what fails is told and tried again in the next round. */
export function createRounds(log: Log, everyMs: number, work: () => Promise<void>): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  const tick = () => {
    round ??= work()
      .catch((error) => {
        if (error instanceof Problem) log.warn({ code: error.code }, 'federation round refused');
        else log.error({ err: error }, 'federation round failed');
      })
      .finally(() => {
        round = undefined;
      });
  };
  return {
    start: () => {
      timer ??= setInterval(tick, everyMs).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await round;
    },
  };
}
