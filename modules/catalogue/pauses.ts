import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { Text } from '#kernel/languages';
import { deletePause, listPauses, type SavedPause, savePause } from './store.ts';

/** A service takes no new applications from `startsAt` on, until `endsAt` or until somebody ends it. What was begun goes on. */
export type Pause = SavedPause;

/** A pause as people read it; `endsAt` is when the service takes applications again, however many pauses follow one another until then. */
export type PauseShown = { reason: Text; startsAt: Date; endsAt?: Date };

const isOver = ({ endsAt }: Pause, at: Date) => endsAt !== undefined && endsAt <= at;

/** The pause that is on at a moment, and the next one to come once the service takes applications; of several at once that which ends last. */
export function pausesAt(pauses: readonly Pause[], at: Date): { on?: PauseShown; next?: PauseShown } {
  const covering = (moment: Date) =>
    pauses
      .filter((pause) => pause.startsAt <= moment && !isOver(pause, moment))
      .sort((one, other) => (other.endsAt?.getTime() ?? Infinity) - (one.endsAt?.getTime() ?? Infinity))[0];
  const show = ({ reason, startsAt, endsAt }: Pause): PauseShown => {
    let end = endsAt;
    for (let more = end && covering(end); more; more = end && covering(end)) end = more.endsAt;
    return { reason, startsAt, ...(end ? { endsAt: end } : {}) };
  };
  const current = covering(at);
  const on = current && show(current);
  // Without an end nobody knows whether it takes applications before the next one.
  const opensAt = on ? on.endsAt : at;
  const following =
    opensAt &&
    pauses
      .filter(({ startsAt }) => startsAt > opensAt)
      .sort((one, other) => one.startsAt.getTime() - other.startsAt.getTime())[0];
  return { ...(on ? { on } : {}), ...(following ? { next: show(following) } : {}) };
}

/**
 * Pauses as this process knows them: lists read them a few seconds late where another process set one, and whoever is about to
 * begin an application asks the table.
 */
export function createPauses({ database, clock }: { database: Database; clock: Clock }) {
  let known: Pause[] = [];
  const read = async () => {
    known = await listPauses(database.db);
  };
  const standing = (serviceId: string) =>
    pausesAt(
      known.filter((pause) => pause.serviceId === serviceId),
      clock.now(),
    );
  return {
    read,
    of: standing,
    findNow: async (serviceId: string): Promise<PauseShown | undefined> => {
      await read();
      return standing(serviceId).on;
    },
    /** Those that are on or to come, the earliest first. */
    list: async (serviceId: string): Promise<Pause[]> => {
      await read();
      const now = clock.now();
      return known
        .filter((pause) => pause.serviceId === serviceId && !isOver(pause, now))
        .sort((one, other) => one.startsAt.getTime() - other.startsAt.getTime());
    },
    /** In the caller's transaction; `read` again after it. */
    set: (tx: Tx, pause: Omit<Pause, 'pausedAt'>): Promise<void> => savePause(tx, { ...pause, pausedAt: clock.now() }),
    end: (tx: Tx, serviceId: string, startsAt: Date): Promise<boolean> => deletePause(tx, serviceId, startsAt),
  };
}
