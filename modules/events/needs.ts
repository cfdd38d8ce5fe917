import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import type { Federation } from '#modules/federation';
import type { Ledger } from '#modules/ledger';

/** An office of this node: announces events in its own name, and subscribes in its own name. */
export type EventOffice = {
  officeId: string;
  entityId: string;
  /** ES256; its public key stands in the office's `jisr_office` metadata. */
  signer: Signer;
  /** `BH/GOV/interior` */
  xRoadClient: string;
  /** Event types that it may announce. */
  announces: readonly string[];
};

export type EventNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  ledger: Pick<Ledger, 'append'>;
  federation: Pick<Federation, 'findOffice' | 'resolve'>;
  /** `https://bh.example/events`, as `events_endpoint` of this node's metadata says. */
  eventsEndpoint: string;
  offices: readonly EventOffice[];
  /** The person behind a pairwise subject, if this state's provider gave exactly that subject to that client. */
  personOf(subject: string, clientId: string): Promise<string | undefined>;
  /** Hears in its transaction what an office of this node announces of a person of this state. */
  onPublished?(
    tx: Tx,
    event: { type: string; publisher: string; personId: string; data: Record<string, unknown> },
  ): Promise<void>;
  /** The person with that number here: of this state, or of another one whose record of this state is linked. */
  findPersonId(nationalId: string): Promise<string | undefined>;
};
