import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { JWK, Keys } from '#kernel/keys';
import type { Language, Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { MandateKind, SigningPower } from '#protocol/representation';
import type { EidFramework } from './assurance/rules.ts';
import type { EvidenceDetail, SuspensionReason } from './contract.ts';
import type { RecoveryStep } from './methods/recovery/counter.ts';
import type { MethodEventKind } from './methods/store.ts';
import type { UpstreamConnection } from './upstream/contract.ts';

/** What the federation answers about an entity: metadata after policy, and the chain it was read from, leaf first. */
export type ResolvedEntity = {
  entityId: string;
  // biome-ignore lint/suspicious/noExplicitAny: metadata of any entity type; what is used is checked where it is used
  metadata: Record<string, any>;
  jwks: { keys: JWK[] };
  chain: string[];
};

export type ResolveEntity = (entityId: string, entityType?: string) => Promise<ResolvedEntity>;

export type Officer = { officeId: string; roles: string[] };

/** A mandate in force, as whoever holds it chooses it. */
export type ChosenMandate = {
  mandateId: string;
  kind: MandateKind;
  representedId: string;
  names: Text;
  /** Of a signatory of a company. */
  power?: SigningPower;
  purposes?: string[];
  until?: Date;
};

/** Who may act for whom. Everything here throws a Problem when the mandate is not in force. */
export type MandatesOfState = {
  getHeld(personId: string, mandateId: string): Promise<ChosenMandate>;
  check(
    mandateId: string,
    doing: { representativeId: string; representedId: string; purpose?: string; evidenceType?: string },
  ): Promise<void>;
  record(
    mandateId: string,
    act: { did: 'began' | 'consented'; towards: string; representedId: string; consentId?: string },
  ): Promise<void>;
};

export type IdentityNeeds = {
  database: Database;
  clock: Clock;
  keys: Keys;
  http: HttpClient;
  log: Log;
  /** This node's web address, without a trailing slash. */
  publicUrl: string;
  /** Two-letter code of this state. */
  state: string;
  /** What the eID of this state is worth: proofings, methods, levels. */
  eid: EidFramework;
  /** Where the eIDs are that the framework describes as upstream; those that are not named here sign nobody in. */
  upstreams?: readonly UpstreamConnection[];
  /** Clients that may make a person's phone ask by themselves (CIBA), if their metadata says that they do. Nobody without it. */
  mayAskPhones?(clientId: string): Promise<boolean>;
  federation: {
    resolve: ResolveEntity;
    /** Takes a trust chain that a client sends in the header of what it signed. Throws a Problem when the chain does not hold. */
    adoptOffered?(entityId: string, request: string): Promise<void>;
    /** Where clients register explicitly; without it they are registered automatically alone. */
    registrationEndpoint?: string;
  };
  /** Throws a Problem when the details go beyond what the requester's trust mark grants. */
  checkEvidenceRequest(clientId: string, details: EvidenceDetail[]): Promise<void>;
  /** The office and roles of a home person who works for this state. */
  officerOf(homePersonId: string): Promise<Officer | undefined>;
  /** Hears in its transaction that a digital identity was suspended, and why. */
  onSuspended?(tx: Tx, suspended: { personId: string; at: Date; reason: SuspensionReason }): Promise<void>;
  /** Hears in its transaction that a mandate of another state has ended, by what that state calls it towards this one. */
  onMandateEnded?(tx: Tx, mandate: string): Promise<void>;
  /** Hears in its transaction that the home state of a visitor has suspended them. */
  onSuspendedAtHome?(tx: Tx, personId: string): Promise<void>;
  /** Hears that every session of a person here was ended, by the person, by their home state or by a suspension. */
  onSignedOutEverywhere?(personId: string): Promise<void>;
  /** Hears in its transaction that a suspension was lifted. */
  onRestored?(tx: Tx, restored: { personId: string; at: Date; reason: SuspensionReason }): Promise<void>;
  /** Hears in its transaction that a person's ways of signing in changed or were used. */
  onMethodEvent?(tx: Tx, event: { personId: string; kind: MethodEventKind; at: Date }): Promise<void>;
  /** Hears in its transaction each step of restoring access at a counter. Nothing of it names an officer. */
  onRecovery?(
    tx: Tx,
    taken: {
      step: RecoveryStep;
      recoveryId: string;
      personId: string;
      officeId: string;
      document: string;
      at: Date;
      /** Of a refusal. */
      reason?: string;
    },
  ): Promise<void>;
  /** Hears in its transaction that somebody showed who they are at the counter of an office; answers the leaf of its entry (hex). */
  onPresence?(
    tx: Tx,
    presence: { personId: string; officeId: string; level: string; homeState: string },
  ): Promise<string>;
  /** The other states, which are told when sessions have to end; nobody is told without it. */
  listStates?(): Promise<ReadonlyArray<{ entityId: string }>>;
  /** Sends codes to telephones; nobody gets one without it. */
  messageCodes?: {
    /** The last digits of the number that the person had confirmed before that moment. */
    findHint(personId: string, settledBefore: Date): Promise<string | undefined>;
    /** False when there is no such number. Throws a Problem when it was asked for too often, or could not be sent. */
    send(personId: string, sent: { code: string; language: Language; settledBefore: Date }): Promise<boolean>;
  };
  /** Nobody acts for anybody without it. */
  mandates?: MandatesOfState;
  /** The resource (RFC 8707) that evidence tokens are for. */
  evidenceAudience: string;
  /** How the provider's own few pages look; plain pages in both languages without it. */
  pages?: Partial<ProviderPages>;
};

export type ProviderPages = {
  /** Asks whether to sign out everywhere. `form` is the id of the form in `formHtml`; a button `name=logout value=yes` sends it. */
  signOut(page: { formHtml: string; formId: string; language: Language }): string;
  signedOut(page: { language: Language }): string;
  failed(page: { error: string; language: Language }): string;
};
