import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { Ledger } from '#modules/ledger';
import type { InsightsService } from '../service.ts';
import type { HistoryEntry, Role } from './contract.ts';
import type { NodeFact } from './facts.ts';
import type { Actor } from './rules.ts';
import type { RoundRow } from './store.ts';

/** What rounds need beside the figures. */
export type RoundNeeds = {
  database: Database;
  ledger: Pick<Ledger, 'append'>;
  /** The officers of the state's folder with their roles. */
  listOfficers(): Actor[];
  /** What this node finds to be so of itself now. */
  measureFacts(): Promise<NodeFact[]>;
};

export type AssessmentNeeds = RoundNeeds & {
  clock: Clock;
  publicUrl: string;
  /** ISO 3166-1 alpha-2. */
  state: { code: string };
  insights: InsightsService;
};

/** One step of a round for its history; `isInLedger` steps are committed to in the ledger as well. */
export type Step = {
  round: RoundRow;
  actor: Actor;
  role: Role;
  kind: HistoryEntry['kind'];
  code?: string;
  before?: unknown;
  after?: unknown;
  why?: string;
  leafHash?: string;
};
export type Work = { tx: Tx; at: Date };
