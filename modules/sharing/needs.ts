import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import type { Cases } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { Federation } from '#modules/federation';
import type { Ledger } from '#modules/ledger';
import type { StateCalendar } from '#protocol/shared-case';

/** An office of this node: shares its cases, or sees those of other states, in its own name. */
export type SharingOffice = {
  officeId: string;
  entityId: string;
  /** ES256; its public key stands in the office's `jisr_office` metadata. */
  signer: Signer;
  /** `BH/GOV/insurance` */
  xRoadClient: string;
  /** Kinds of evidence that it holds: by these a service names the office that takes part. */
  provides: readonly string[];
};

export type SharingNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  ledger: Pick<Ledger, 'append'>;
  federation: Pick<Federation, 'findOffice' | 'resolve'>;
  /** ISO 3166-1 alpha-2 of this state, and when it works. */
  state: string;
  calendar: StateCalendar;
  publicUrl: string;
  offices: readonly SharingOffice[];
  catalogue: Pick<Catalogue, 'findService'>;
  /** The entity id of the office of a state that holds a kind of evidence. Throws when nobody is known or reached. */
  findHolder(state: string, evidenceType: string): Promise<string>;
  /** The person of this state behind a pairwise subject, if its provider gave exactly that subject to that client. */
  personOf(subject: string, clientId: string): Promise<string | undefined>;
  /** The pairwise subject by which this state knows a person of another state. */
  findSubject(personId: string): Promise<string | undefined>;
  /** Whether somebody acts or has acted for a person of this state. */
  actsFor(db: Tx, representativeId: string, personId: string): Promise<boolean>;
  cases: Pick<
    Cases,
    | 'readToShare'
    | 'readSharedFile'
    | 'noteSharing'
    | 'listChangedCases'
    | 'settleChangedCase'
    | 'mayDo'
    | 'requireDuty'
    | 'describeStanding'
    | 'maySeeAsPerson'
    | 'listSharedUnder'
  >;
};
