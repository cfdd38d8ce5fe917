import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { deletePause, listPauses, type SavedPause, savePause } from './store.ts';

/** A service takes no new applications, until `endsAt` or until somebody ends it. What was begun goes on. */
export type Pause = SavedPause;

/**
 * Pauses as this process knows them: lists read them a few seconds late where another process set one, and whoever is about to
 * begin an application asks the table.
 */
export function createPauses({ database, clock }: { database: Database; clock: Clock }) {
  let known = new Map<string, Pause>();
  const isOn = (pause: Pause | undefined) => pause !== undefined && !(pause.endsAt && pause.endsAt <= clock.now());
  const read = async () => {
    known = new Map((await listPauses(database.db)).map((pause) => [pause.serviceId, pause]));
  };
  const of = (serviceId: string): Pause | undefined => {
    const pause = known.get(serviceId);
    return isOn(pause) ? pause : undefined;
  };
  return {
    read,
    of,
    findNow: async (serviceId: string): Promise<Pause | undefined> => {
      await read();
      return of(serviceId);
    },
    /** In the caller's transaction; `read` again after it. */
    set: (tx: Tx, pause: Omit<Pause, 'pausedAt'>): Promise<void> => savePause(tx, { ...pause, pausedAt: clock.now() }),
    end: (tx: Tx, serviceId: string): Promise<boolean> => deletePause(tx, serviceId),
  };
}
