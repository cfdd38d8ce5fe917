import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Log } from '#kernel/log';
import { type RefusalReason, refusalReasons } from '../contract.ts';
import * as store from './store.ts';

/** `provider`: at this state's eID. `relying-party`: here, with the eID of any state. */
export type Side = 'provider' | 'relying-party';
/** How one sign-in ended: `signed-in`, a reason of a refusal as itself, or a code of OAuth or of this module. Never who. */
export type Outcome = { side: Side; outcome: string; level: string };

export type Outcomes = {
  count(side: Side, outcome: string, level?: string): void;
  /** Calls back at each outcome of this process. */
  listen(hear: (outcome: Outcome) => void): void;
  /** Counts of whole days (UTC), newest first; what is not written yet is written first. */
  summarise(days: number): Promise<store.CountRow[]>;
  /** Writes what has been counted since the last time. */
  flush(): Promise<void>;
  purge(): Promise<void>;
};

const dayMs = 86_400_000;
const keptDays = 400;

/** Sign-ins are counted in memory and added up in the database now and then: a busy node writes one row, not one per sign-in. */
export function createOutcomes(needs: { database: Database; clock: Clock; log: Log }): Outcomes {
  const { database, clock, log } = needs;
  let waiting = new Map<string, store.CountRow>();
  const listeners: Array<(outcome: Outcome) => void> = [];
  const dayOf = (moment: Date) => moment.toISOString().slice(0, 10);
  const dayBefore = (days: number) => dayOf(new Date(clock.now().getTime() - days * dayMs));

  const add = (row: store.CountRow) => {
    const key = `${row.day} ${row.side} ${row.outcome} ${row.level}`;
    const before = waiting.get(key);
    if (before) before.count += row.count;
    else waiting.set(key, { ...row });
  };

  const flush = async () => {
    if (waiting.size === 0) return;
    const rows = [...waiting.values()];
    waiting = new Map();
    try {
      await store.addCounts(database.db, rows);
    } catch (error) {
      // The database is away: they are added up with what comes next.
      for (const row of rows) add(row);
      log.warn({ err: error }, 'the outcomes of sign-ins could not be written');
    }
  };

  return {
    count: (side, outcome, level = '') => {
      add({ day: dayOf(clock.now()), side, outcome, level, count: 1 });
      for (const hear of listeners) hear({ side, outcome, level });
    },
    listen: (hear) => {
      listeners.push(hear);
    },
    summarise: async (days) => {
      await flush();
      return store.listCounts(database.db, dayBefore(days - 1));
    },
    flush,
    purge: () => store.purgeCounts(database.db, dayBefore(keptDays)),
  };
}

/**
 * How an OAuth error is counted: the reason when it is one of ours, else the code of the standard, never the other side's sentence.
 */
export function outcomeOfError(error: unknown, description: unknown): string {
  // CIBA Core section 11: nobody answered in time, which has a name of its own here.
  if (error === 'expired_token') return 'timeout';
  const reason = refusalReasons.find((one): one is RefusalReason => one === description);
  return reason ?? (typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : 'unknown_error');
}
