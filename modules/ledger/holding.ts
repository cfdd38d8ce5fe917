import type { Clock } from '#kernel/clock';
import type { Log } from '#kernel/log';
import type { Cosigning } from './cosigning.ts';

const lookAgainMs = 60_000;
/** Who is slower is heard later, and the log is held then. */
const waitMsMax = 5_000;

/**
 * Keeps a log that has lost entries from signing another history in their place. Whoever puts an old backup back does not know it; the
 * witnesses do, and are asked before this process signs anything. While as many of them as a proof needs have seen more than this log
 * has, or something else, it signs nothing: the entries are kept, and with the newest database all is as it was.
 */
export function createHold(needs: { cosigning: Cosigning; clock: Clock; log: Log; quorum: number }) {
  const { cosigning, clock, log, quorum } = needs;
  let lookAtMs = Number.NEGATIVE_INFINITY;
  let wasHeld = false;

  return {
    /** Waits for witnesses at the first call, five seconds at most, and once a minute while the log is held. */
    mayGrow: async (): Promise<boolean> => {
      // Without a witness nobody is asked.
      if (quorum === 0) return true;
      const nowMs = clock.now().getTime();
      const isDue = nowMs >= lookAtMs;
      if (isDue) await atMost(cosigning.askAll(), waitMsMax);
      const isHeld = (await cosigning.listDisputes()).length >= quorum;
      if (isHeld && !wasHeld)
        log.error(
          { quorum },
          'witnesses have seen more of this ledger than it has, or something else: it signs no more',
        );
      if (!isHeld && wasHeld) log.warn({}, 'the witnesses agree with this ledger again: it signs on');
      if (isDue || isHeld !== wasHeld) lookAtMs = isHeld ? nowMs + lookAgainMs : Number.POSITIVE_INFINITY;
      wasHeld = isHeld;
      return !isHeld;
    },
  };
}

async function atMost(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  work.catch(() => {
    // Within its time the caller hears of it; after that whoever gathers cosignatures meets the same failure.
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
