import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import type { Log } from '#kernel/log';
import type { Availability } from './contract.ts';
import { availabilityOf, intervalMs, keptFrom, periodOf, settledUntil, startOfInterval } from './rules.ts';
import * as store from './store.ts';

export type AvailabilityNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  jobs: Pick<Jobs, 'send' | 'work'>;
  /** Services that can be applied for here. */
  listServices(): store.WatchedService[];
  /** Which sources this node asked in which interval from `since` until before `until`, and whether one of them stayed silent. */
  listAsked(period: { since: Date; until: Date; intervalMs: number }): Promise<store.AskedSource[]>;
};

const queue = 'insights-beat';
/** Several beats in an interval: one that is lost leaves it observed. */
const beatEveryMs = 60_000;
/** Intervals are counted again for so long, so that a queue that was late for a while misses none. */
const countedAgainMs = 12 * intervalMs;

/**
 * Observes of this node that it is there, through its own queue and database, and which sources of evidence answered. It cannot see
 * the network in front of it. Declares its queue at once, so create it before the jobs are started.
 */
export function createAvailability(needs: AvailabilityNeeds) {
  const { database, clock, jobs, log } = needs;
  let timer: NodeJS.Timeout | undefined;
  let sending = Promise.resolve();

  const observe = async (): Promise<void> => {
    const now = clock.now();
    const until = settledUntil(now);
    const asked = await needs.listAsked({
      since: startOfInterval(new Date(until.getTime() - countedAgainMs)),
      until,
      intervalMs,
    });
    await database.transaction(async (tx) => {
      await store.markUp(tx, now);
      await store.markAsked(tx, asked);
      await store.dropBefore(tx, keptFrom(now));
    });
  };
  jobs.work(queue, observe);

  const beat = () => {
    sending = database
      .transaction((tx) => jobs.send(tx, queue, {}))
      .catch((error) =>
        log.warn({ err: error }, 'this interval could not be marked as observed; tried again in a minute'),
      );
  };

  return {
    /** One beat, as the queue asks for it. What it marks is of now, however long the job waited. */
    observe,
    /** By service id. Empty until the node was observed for a whole day. */
    measureAvailability: async (): Promise<Map<string, Availability>> => {
      const now = clock.now();
      const period = periodOf(await store.findObservedSince(database.db), now);
      if (!period) return new Map();
      const services = needs.listServices();
      const { up, asked, lost } = await store.countIntervals(database.db, period, services);
      return new Map(
        services.map(({ serviceId }) => [
          serviceId,
          availabilityOf(period, { up, lost: lost.get(serviceId) ?? 0, asked: asked.get(serviceId) ?? 0 }),
        ]),
      );
    },
    start: () => {
      if (timer) return;
      beat();
      timer = setInterval(beat, beatEveryMs).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await sending;
    },
  };
}
