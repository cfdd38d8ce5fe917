import type { Clock } from '#kernel/clock';
import type { Contract, Handlers } from '#kernel/contract';
import type { Database, ModuleMigrations } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import { decodeJws } from '#kernel/jws';
import type { JWK } from '#kernel/keys';
import type { Log } from '#kernel/log';
import type { KnownAnchorKeys } from './chains/anchor-keys.ts';
import { type Anchor, verifyChain } from './chains/rules.ts';
import { createChains } from './chains/service.ts';
import { type ChainStatus, contractFor, type Office, problem, type Resolved, type State } from './contract.ts';
import { createDesk, createMemberBook, type Desk, type DeskNeeds, type OnMembershipChanged } from './desk/service.ts';
import { createEntities, type HostedEntity, type OnOwnStatementChanged } from './entities/service.ts';
import { createHandlers } from './handlers.ts';
import { createMarks, type DelegationRequest, type Marks, type TrustMarkRequest } from './marks/service.ts';
import { createMarkStatus } from './marks/status.ts';
import * as first from './migrations/0001-federation.ts';
import * as deskTables from './migrations/0028-desk.ts';
import * as anchorKeyTables from './migrations/0035-anchor-keys.ts';
import * as formerAnchorKeyTables from './migrations/0036-former-anchor-keys.ts';
import { createRegistration, readOfferedChains } from './registration/service.ts';
import { createRounds } from './rounds.ts';
import { createFetcher } from './statements/fetching.ts';
import { createStates } from './states/service.ts';

export type { KnownAnchorKeys } from './chains/anchor-keys.ts';
export {
  type ChainStatus,
  contract as federationContract,
  contractFor as federationContractFor,
  federationEndpointsOf,
  JisrNodeMetadata,
  JisrOfficeMetadata,
  type Office,
  problem as federationProblem,
  type Resolved,
  registrationEndpointOf,
  type State,
  type VerifiedTrustMark,
} from './contract.ts';
export { type AppTier, type DecideMember, DeskRules, type MemberStanding } from './desk/contract.ts';
export type { HostedEntity, Subordinate } from './entities/service.ts';
export { type ChainExplanation, type ExplainedStep, explainEntity } from './explaining/explain.ts';
export { findOfficeKey } from './office-keys.ts';
export { createOfficeMessages, type OutgoingRequest, proofHeaders } from './office-messages.ts';
export {
  changeKey,
  findVouchedKeys,
  isHeldLongEnough,
  makeNextKey,
  nextKeyMadeAt,
  type OwnKeys,
  readOwnKeys,
} from './own-keys.ts';
export {
  applyMetadataPolicy,
  type EntityTypePolicy,
  type Json,
  type Metadata,
  type MetadataPolicy,
  mergeMetadataPolicies,
  type ParameterPolicy,
} from './policy/rules.ts';
export { MessageFault, type MessageRule, verifyReplyOf, verifySender } from './signed-messages.ts';
export type { HistoricalKey } from './statements/fetching.ts';

/** Often enough that what is in use was always asked about before anybody has to wait for the answer. */
const watchEveryMs = 8_000;

export const federationMigrations: ModuleMigrations = {
  module: 'federation',
  migrations: {
    '0001-federation': first,
    '0028-desk': deskTables,
    '0035-anchor-keys': anchorKeyTables,
    '0036-former-anchor-keys': formerAnchorKeyTables,
  },
};

export type FederationNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  publicUrl: string;
  hosted: HostedEntity[];
  /** The keys that make an anchor an anchor: handed over outside the federation. */
  trustAnchors: Record<string, { keys: JWK[] }>;
  /** 24 hours unless told otherwise. */
  entityLifetimeSeconds?: number;
  /** One minute unless told otherwise. */
  refreshEveryMs?: number;
  onOwnStatementChanged?: OnOwnStatementChanged;
  /** What the desk for new services takes; without it nobody can join. */
  desk?: DeskNeeds;
  onMembershipChanged?: OnMembershipChanged;
};

export type Federation = {
  /**
   * The entity as its trust chain shows it. `fresh` asks the net again unless that was just done: for a key id unknown
   * so far. `anchor`: by a chain to this one of several. Throws Problem 'trust-chain-invalid', 'trust-anchor-unknown', 'entity-unreachable' or 'entity-id-invalid'.
   */
  resolve(entityId: string, entityType?: string, options?: { fresh?: boolean; anchor?: string }): Promise<Resolved>;
  listStates(): Promise<State[]>;
  /** Where entities of this federation live, as the anchors list them, also those that do not answer now. */
  listOrigins(): Promise<Set<string>>;
  /** The entity id of the state's OpenID Provider. Throws Problem 'provider-unknown'. */
  findProvider(state: string): Promise<string>;
  /** Absent when the entity is trusted but is no office. Throws as `resolve` does. */
  findOffice(entityId: string): Promise<Office | undefined>;
  /** The first office of a state that announces events of a type, by entity id; undefined where none does, or the state is unknown. */
  findAnnouncer(state: string, eventType: string): Promise<string | undefined>;
  /** The keys by which an anchor is known: in the settings, learned since, and used before. */
  listAnchorKeys(anchorId: string): Promise<KnownAnchorKeys>;
  /**
   * Takes the `trust_chain` that a client put into the header of a request it signed, so that nothing has to be fetched to know
   * it; with a `peer_trust_chain`, that one has to lead from the provider here to the same anchor (sections 4.3, 4.4 and 12.1).
   * Throws what makes a chain refused.
   */
  adoptOffered(entityId: string, request: string): Promise<void>;
  /** Who stands, waits or is suspended under this node, and the operator's decisions about them. */
  listMembers: Desk['list'];
  decideMember: Desk['decide'];
  issueTrustMark(request: TrustMarkRequest): Promise<string>;
  /** As the owner of a type of trust mark, lets another issue it (section 7.2). */
  delegateTrustMark(request: DelegationRequest): Promise<string>;
  revokeTrustMark: Marks['revoke'];
  contract: Contract;
  handlers: Handlers<Contract>;
  start(): Promise<void>;
  stop(): Promise<void>;
  status(): ChainStatus[];
};

export function createFederation(needs: FederationNeeds): Federation {
  const { database, clock, log } = needs;
  const lifetimeSeconds = needs.entityLifetimeSeconds ?? 86_400;
  const anchors = new Map<string, Anchor>(
    Object.entries(needs.trustAnchors).map(([entityId, { keys }]) => [entityId, { entityId, keys }]),
  );
  const anchorIds = [...anchors.keys()];
  const fetcher = createFetcher(needs.http, { mayUseHttp: anchorIds.some((id) => id.startsWith('http:')) });
  const chains = createChains({ database, clock, log, fetcher, anchors });
  const members = createMemberBook({ database, ...(needs.desk ? { desk: needs.desk } : {}) });
  const entities = createEntities({
    database,
    members,
    clock,
    publicUrl: needs.publicUrl,
    hosted: needs.hosted,
    lifetimeSeconds,
    ...(needs.onOwnStatementChanged ? { onOwnStatementChanged: needs.onOwnStatementChanged } : {}),
  });
  const status = createMarkStatus({ clock, log, chains, fetcher });
  const marks = createMarks({ database, clock, log, chains, entities, status });

  const desk = createDesk({
    database,
    clock,
    fetcher,
    entities,
    marks,
    ...(needs.desk ? { desk: needs.desk } : {}),
    ...(needs.onMembershipChanged ? { onMembershipChanged: needs.onMembershipChanged } : {}),
  });

  const resolve: Federation['resolve'] = async (entityId, entityType, options) => {
    const chain = options?.anchor
      ? await chains.through(entityId, options.anchor)
      : await chains.get(entityId, options);
    const { anchor, superior, metadata, jwks, tokens, expiresAt } = chain.verified;
    if (entityType !== undefined && !Object.hasOwn(metadata, entityType)) {
      throw problem('trust-chain-invalid', { entityId, reason: 'entity-type-missing' });
    }
    const trustMarks = await marks.of(chain);
    return {
      entityId,
      anchor,
      ...(superior === undefined ? {} : { superior }),
      metadata,
      jwks,
      trustMarks,
      chain: tokens,
      expiresAt,
      stale: chain.isStale,
    };
  };

  const states = createStates({
    database,
    clock,
    log,
    fetcher,
    anchorIds,
    resolve,
    listingLifeMs: lifetimeSeconds * 1000,
  });

  const registration = createRegistration({ clock, chains, entities, origins: states.origins });

  const adoptOffered: Federation['adoptOffered'] = async (entityId, request) => {
    const { own, peer } = readOfferedChains(request);
    if (!own) return;
    const { anchor } = (await chains.adopt(entityId, own)).verified;
    if (!peer) return;
    const provider = await entities.findProvider();
    const [peerKeys, top] = [anchors.get(anchor)!, decodeJws(peer.at(-1)!).payload['iss']];
    if (!provider || top !== anchor) throw problem('trust-chain-invalid', { entityId, reason: 'anchor-mismatch' });
    verifyChain(provider.entityId, peer, peerKeys, clock.now());
  };

  const refreshing = createRounds(log, needs.refreshEveryMs ?? 60_000, async () => {
    await entities.publishAll();
    await chains.refreshDue();
  });
  const watching = createRounds(log, watchEveryMs, async () => {
    for (const chain of await chains.watch()) await marks.of(chain);
  });

  return {
    resolve,
    listStates: states.list,
    listOrigins: states.origins,
    findProvider: states.findProvider,
    findAnnouncer: states.findAnnouncer,
    findOffice: states.findOffice,
    listAnchorKeys: chains.listAnchorKeys,
    adoptOffered,
    listMembers: desk.list,
    decideMember: desk.decide,
    issueTrustMark: marks.issue,
    delegateTrustMark: marks.delegate,
    revokeTrustMark: marks.revoke,
    contract: contractFor(entities.paths),
    handlers: createHandlers({
      clock,
      anchorIds,
      chains,
      entities,
      marks,
      desk,
      registration,
      states,
      resolve,
    }) as unknown as Handlers<Contract>,
    start: async () => {
      await chains.load();
      await entities.publishAll();
      refreshing.start();
      watching.start();
    },
    stop: async () => {
      await Promise.all([refreshing.stop(), watching.stop()]);
      await chains.settle();
    },
    status: chains.status,
  };
}
