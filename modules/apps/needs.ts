import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Keys } from '#kernel/keys';
import type { Log } from '#kernel/log';
import type { Federation } from '#modules/federation';
import type { Ledger } from '#modules/ledger';

export type AppsNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  keys: Keys;
  ledger: Pick<Ledger, 'append'>;
  federation: Pick<Federation, 'resolve'>;
  /** The node's address, which is the state's entity id too: only its own word about an app counts here. */
  publicUrl: string;
  /** The type of the trust mark that carries `jisr_app`. */
  markType: string;
  /** For webhooks: reaches what an app may be at, and nothing within the walls of the operator. */
  http: HttpClient;
  /** Whether somebody may act at all: false for a person of this state who is suspended. */
  mayAct(personId: string, homeState: string): Promise<boolean>;
  /** Whether the application is this person's own. */
  hasCase(person: { personId: string; homeState: string; level?: string }, caseId: string): Promise<boolean>;
  /** Whether the application waits for a fee that is not paid. */
  hasFeeDue(person: { personId: string; homeState: string; level?: string }, caseId: string): Promise<boolean>;
};
