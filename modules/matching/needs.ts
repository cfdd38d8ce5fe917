import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Log } from '#kernel/log';
import type { Ledger } from '#modules/ledger';
import type { RecordedDate } from './comparison/dates.ts';
import type { MatchingRules } from './contract.ts';
import type { LocalRecord } from './rules.ts';

/** The register of this state in which residents stand. Each call has a deadline, and throws a Problem when it gives no answer. */
export type Population = {
  calendar: RecordedDate['calendar'];
  /** The records of everybody who stands under one of these days, written in the register's calendar. */
  listBorn(days: readonly string[]): Promise<LocalRecord[]>;
  /** The record under a number; undefined when there is none. */
  find(number: string): Promise<LocalRecord | undefined>;
};

export type MatchingNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Pick<Ledger, 'append'>;
  /** ISO 3166-1 alpha-2 of the state whose register it is. */
  state: string;
  /** Without rules and a register, nobody's record is looked for. */
  rules?: MatchingRules;
  population?: Population;
  /** 32 bytes, kept outside the database. */
  key: Buffer;
  /** This state's record of somebody under a number; undefined when there is none. Throws a Problem when it cannot be read. */
  readRecord(evidenceType: string, number: string): Promise<Record<string, unknown> | undefined>;
  /** Hears how a comparison ended, for the operator's count; never whose it was. */
  onCompared?(outcome: 'linked' | 'waiting' | 'not_matched'): void;
};
