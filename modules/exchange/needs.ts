import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { JWK, Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import type { Part } from '#kernel/statements';
import type { Tracing } from '#kernel/tracing';
import type { ConsentDoor } from '#modules/consent';
import type { Federation } from '#modules/federation';
import type { Ledger } from '#modules/ledger';
import type { Mandates } from '#modules/mandates';
import type { AssuranceClasses } from './assurance/contract.ts';

/** An office of this node: asks in its own name, answers for the registries it holds. */
export type OwnOffice = {
  officeId: string;
  entityId: string;
  /** ES256; its public key stands in the office's `jisr_office` metadata. */
  signer: Signer;
  /** `SA/GOV/moe` */
  xRoadClient: string;
  provides: readonly string[];
};

export type ExchangeFederation = Pick<Federation, 'findOffice' | 'listStates' | 'resolve'>;

export type ExchangeNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  ledger: Pick<
    Ledger,
    | 'append'
    | 'prepare'
    | 'appendPrepared'
    | 'appending'
    | 'nameEntry'
    | 'findByLeaf'
    | 'findProof'
    | 'findStamp'
    | 'listDisputed'
    | 'findOldestUnstamped'
    | 'policyFor'
  >;
  /** How many other states should have cosigned what a proof rests on. */
  witnessQuorum: number;
  consent: Pick<ConsentDoor, 'checking' | 'enforcing' | 'get' | 'getReceipt'>;
  federation: ExchangeFederation;
  /** Without it, no question is answered under a consent that somebody gave for another. */
  mandates?: Pick<Mandates, 'check'>;
  /** ISO 3166-1 alpha-2 */
  state: string;
  /** IANA name of the state's own time zone: its days are those that people read. */
  timeZone: string;
  publicUrl: string;
  offices: readonly OwnOffice[];
  /** Whether messages that leave together may share a signature, where the other side takes that. */
  mayBatchSignatures: boolean;
  /** The issuer of the access tokens that this node accepts: its own OpenID Provider. */
  issuer: string;
  issuerKeys: () => Promise<readonly JWK[]>;
  /** What `aud` of an access token has to be. */
  audience: string;
  /** Where the registry descriptions lie: files that they name stand beside them. */
  registriesFolder: string;
  /** Where the operator keeps passwords and keys of registries, a file each; descriptions name them. */
  secretsFolder: string;
  /** The persons behind pairwise subjects that this state's provider gave to clients; unknown ones are left out. */
  readingHolders(subjects: readonly string[]): Part<Array<{ subject: string; personId: string; nationalId: string }>>;
  /** The person whom a question under a law names. */
  findPersonByNationalId(nationalId: string): Promise<{ personId: string; nationalId: string } | undefined>;
  findNationalId(personId: string): Promise<string | undefined>;
  /** `access.json` of the state: what its offices give to whom. Without a rule nothing is given. */
  accessRules: unknown;
  /** `assurance.json` of the state: what its log owes to which evidence; the node's quorum and no limit when absent. */
  assuranceClasses?: AssuranceClasses;
  /** 32 bytes that seal the tokens of held consents; kept outside the database. */
  consentKey: Buffer;
  /** The operator's records of exchanges are dropped after so many days; 30 unless told otherwise. */
  monitoringKeptDays?: number;
  tracing?: Pick<Tracing, 'span' | 'describe'>;
};
