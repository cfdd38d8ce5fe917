import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Jobs } from '#kernel/jobs';
import type { Keys } from '#kernel/keys';
import type { Log } from '#kernel/log';
import type { Cases } from '#modules/cases';
import type { Events } from '#modules/events';
import type { ExchangeDoor } from '#modules/exchange';
import type { Federation } from '#modules/federation';
import type { Identity } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import type { Notifications } from '#modules/notifications';
import type { Payments } from '#modules/payments';
import type { Sharing } from '#modules/sharing';

/** What the operator's side of a node stands on. */
export type OperatorNeeds = {
  clock: Clock;
  log: Log;
  database: Database;
  http: HttpClient;
  keys: Keys;
  jobs: Pick<Jobs, 'status'>;
  federation: Federation;
  ledger: Ledger;
  exchange: ExchangeDoor;
  identity: Pick<Identity, 'outcomes' | 'upstreamChecks'>;
  cases: Pick<Cases, 'readScannerVersion'>;
  payments: Pick<Payments, 'countOrders'>;
  events: Pick<Events, 'letters'>;
  sharing: Pick<Sharing, 'listGivenUp'>;
  notifications: Pick<Notifications, 'overview' | 'lateSeconds' | 'checks'>;
  /** The state's code. */
  state: string;
  dataFolder: string;
  publicUrl: string;
  anchor: { entityId: string };
  officeEntityIds: readonly string[];
  witnessQuorum: number;
  /** Less than this on the disk of the data folder is a break; 512 MiB unless told otherwise. */
  freeBytesMin?: number;
};
