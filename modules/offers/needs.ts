import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import type { Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Cases } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { Ledger } from '#modules/ledger';

export type OffersNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Pick<Ledger, 'append'>;
  jobs: Pick<Jobs, 'queue' | 'send'>;
  catalogue: Pick<Catalogue, 'listDelivered' | 'findService' | 'findPause' | 'describeService'>;
  cases: Pick<Cases, 'startFilled' | 'hasSubmittedSince'>;
  /** ISO 3166-1 alpha-2 of this state, and the time zone that its days are counted in. */
  state: string;
  timeZone: string;
  /** Who a register of this state names as guardians of somebody: they are offered what is for the child. */
  listGuardians(tx: Tx, personId: string): Promise<string[]>;
  /** Where somebody is written to, confirmed by them; undefined when nowhere. */
  findEmail(personId: string): Promise<string | undefined>;
  /** Puts a message into the person's mailbox, in the transaction that makes the offer or ends the waiting. */
  tell(
    tx: Tx,
    told: { personId: string; source: string; serviceId: string; link: string } & (
      | { kind: 'service-offered'; values: { fact: Text } }
      | { kind: 'service-opened'; values: { until: Text } }
    ),
  ): Promise<void>;
};
