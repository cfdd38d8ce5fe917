import { type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations, Tx } from '#kernel/database';
import type { HttpServer } from '#kernel/http';
import type { JWK } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import type { Part } from '#kernel/statements';
import { contract, problem, type SuspensionReason } from './contract.ts';
import { type Counter, createCounter } from './counter/service.ts';
import { createJournal } from './methods/journal.ts';
import type { Recovery } from './methods/recovery/service.ts';
import { createMethods, type OwnMethods, type PhonePages } from './methods/service.ts';
import * as identityTables from './migrations/0001-identity.ts';
import * as methodTables from './migrations/0002-methods.ts';
import * as recoveryTables from './migrations/0003-recoveries.ts';
import * as assuranceTables from './migrations/0004-assurance.ts';
import * as outcomeTables from './migrations/0005-outcomes.ts';
import * as signInTables from './migrations/0006-sign-ins.ts';
import * as olderClientTables from './migrations/0007-older-clients.ts';
import * as actingTables from './migrations/0008-acting.ts';
import * as signalTables from './migrations/0009-signals.ts';
import * as upstreamTables from './migrations/0011-upstream.ts';
import * as messageSigningTables from './migrations/0012-message-signing.ts';
import * as upstreamPushTables from './migrations/0013-upstream-pushes.ts';
import * as messageCodeTables from './migrations/0014-message-codes.ts';
import * as recoveryByTwoTables from './migrations/0015-recoveries-by-two.ts';
import * as counterTables from './migrations/0016-counter.ts';
import * as upstreamConfirmations from './migrations/0017-upstream-confirmations.ts';
import type { IdentityNeeds } from './needs.ts';
import { createOlderClients, type OlderClient, type OlderClients } from './older-clients/service.ts';
import { createOutcomes, type Outcomes, type Side } from './outcomes/service.ts';
import { createMessageCodes } from './persons/message-codes.ts';
import { createPersons, type Persons } from './persons/service.ts';
import { createThrottle } from './persons/throttle.ts';
import { decoupledGrant } from './provider/decoupled.ts';
import type { Interactions } from './provider/interaction-page.ts';
import { createProvider } from './provider/service.ts';
import { createSessions, type Sessions } from './sessions/service.ts';
import { cardCredential } from './signals/rules.ts';
import { createSignals, type Signals } from './signals/service.ts';
import { createSignIn, type SignIn } from './signin/service.ts';
import { createUpstreamChecks, type UpstreamCheck } from './upstream/checking.ts';
import { createPushes } from './upstream/pushes/service.ts';
import { createUpstreams } from './upstream/service.ts';

export { checkFramework, EidFramework } from './assurance/rules.ts';
export {
  contract,
  EvidenceDetail,
  PersonHere,
  problem,
  type RefusalReason,
  refusalReasons,
  type SuspensionReason,
  suspensionReasons,
} from './contract.ts';
export type { CounterVisit } from './counter/service.ts';
export { deviceCookie } from './methods/approvals/rules.ts';
export type { WaitingApproval } from './methods/approvals/service.ts';
export type { Passkey } from './methods/passkeys/service.ts';
export {
  type OfficeRecovery,
  type RecoveryDocument,
  type RecoveryRefusal,
  type RecoveryStep,
  recoveryDocuments,
  recoveryRefusals,
} from './methods/recovery/counter.ts';
export type { Recovery, StandingRecovery } from './methods/recovery/service.ts';
export type { AtPage, OwnMethods, PhonePages } from './methods/service.ts';
export type { MethodEvent, MethodEventKind } from './methods/store.ts';
export { type Method, type MethodId, methods } from './methods/table.ts';
export type {
  ChosenMandate,
  IdentityNeeds,
  MandatesOfState,
  Officer,
  ProviderPages,
  ResolvedEntity,
  ResolveEntity,
} from './needs.ts';
export { addUp, outcomeNames } from './outcomes/names.ts';
export type { Outcome, Outcomes } from './outcomes/service.ts';
export { hashPassword } from './persons/rules.ts';
export type { Person, PersonImport, Persons } from './persons/service.ts';
export type { EndedInteraction, InteractionPage, Interactions, LoginStep } from './provider/interaction-page.ts';
export { mountOidc } from './provider/mounting.ts';
export { StoredKey } from './provider/stored-key.ts';
export { deviceOf } from './sessions/devices.ts';
export { hostCookie, sessionCookie } from './sessions/rules.ts';
export type { PersonCaller, Sessions, SignInHere } from './sessions/service.ts';
export type { RelyingParty } from './signin/connections.ts';
export { problemOfReason } from './signin/rules.ts';
export type { SignedIn, SignIn, SignInStart } from './signin/service.ts';
export type { UpstreamConnection } from './upstream/contract.ts';
export { upstreamReturnPath } from './upstream/service.ts';

export const identityMigrations: ModuleMigrations = {
  module: 'identity',
  migrations: {
    '0001-identity': identityTables,
    '0002-methods': methodTables,
    '0003-recoveries': recoveryTables,
    '0004-assurance': assuranceTables,
    '0005-outcomes': outcomeTables,
    '0006-sign-ins': signInTables,
    '0007-older-clients': olderClientTables,
    '0008-acting': actingTables,
    '0009-signals': signalTables,
    '0011-upstream': upstreamTables,
    '0012-message-signing': messageSigningTables,
    '0013-upstream-pushes': upstreamPushTables,
    '0014-message-codes': messageCodeTables,
    '0015-recoveries-by-two': recoveryByTwoTables,
    '0016-counter': counterTables,
    '0017-upstream-confirmations': upstreamConfirmations,
  },
};

export type Identity = {
  contract: typeof contract;
  handlers: Handlers<typeof contract>;
  /** `{publicUrl}/eid`, which is also the provider's entity id. */
  issuer: string;
  persons: Persons;
  interaction: Interactions;
  /** Origins of the eIDs that the sign-in page leads to. */
  upstreamOrigins: string[];
  upstreamChecks: UpstreamCheck[];
  /** The person's own ways of signing in. */
  methods: OwnMethods;
  /** What a phone that approves sign-ins may do, known by its cookie. */
  phone: PhonePages;
  /** The way back for whoever has lost their ways of signing in. */
  recovery: Recovery;
  signin: SignIn;
  /** Somebody at the counter of an office, who shows who they are by their phone. */
  counter: Omit<Counter, 'purge'>;
  sessions: Sessions;
  /** How sign-ins ended, for the operator. */
  outcomes: Pick<Outcomes, 'count' | 'listen' | 'summarise'>;
  /** Software that cannot do FAPI 2.0, by name. */
  olderClients: Pick<OlderClients, 'findNames' | 'listOrigins'>;
  /** Serves the OpenID Provider under `/eid`; before the server listens. */
  mountProvider(server: HttpServer): void;
  /** The home person behind a subject of this state's provider, as another state names the person in a question. */
  findPersonOfSubject(subject: string): Promise<string | undefined>;
  /** Who the subjects are; a subject that nobody has is left out. */
  readingHolders(subjects: readonly string[]): Part<Array<{ subject: string; personId: string; nationalId: string }>>;
  /** The pairwise subject by which a client knows a home person: what a consent is bound to. */
  subjectFor(personId: string, clientId: string): Promise<string>;
  /** The mandate behind a handle that a client was given. */
  findMandateOfHandle(handle: string): Promise<string | undefined>;
  /** Stops a digital identity: no new sign-in, and every session and token ends, in other states within seconds. True when it changed. */
  suspendPerson(personId: string, reason?: SuspensionReason): Promise<boolean>;
  /** Lifts the suspension; what had ended stays ended. True when it changed. */
  restorePerson(personId: string, reason?: SuspensionReason): Promise<boolean>;
  /** Tells the states in which somebody acts under a mandate that it has ended, in the transaction that ends it. */
  tellMandateEnded(tx: Tx, ended: { mandateId: string; representedId: string; at: Date }): Promise<void>;
  /** What this state calls a mandate of its own towards itself. */
  ownMandateHandle(mandateId: string): string;
  providerMetadata(names: Text): Record<string, unknown>;
  relyingPartyMetadata(party: RelyingPartyDescription): Record<string, unknown>;
  /** Removes what has expired, now and then. */
  start(): void;
  stop(): Promise<void>;
};

export type RelyingPartyDescription = {
  entityId: string;
  redirectUris: string[];
  names: Text;
  jwks: { keys: JWK[] };
  /** Asks phones by itself, and asks the provider how it went (CIBA, poll). */
  asksPhones?: boolean;
  postLogoutRedirectUris?: string[];
  backchannelLogoutUri?: string;
};

const purgeEveryMs = 300_000;
const countEveryMs = 5_000;

/** An OpenID Provider for the people of this state, and the relying-party side for its portal and offices. */
export async function createIdentity(needs: IdentityNeeds): Promise<Identity> {
  const signer = await needs.keys.signer('identity.provider', 'ES256');
  const throttle = await createThrottle(needs);
  const signals: Signals = createSignals(needs, signer);
  const persons = await createPersons({
    ...needs,
    throttle,
    onSuspended: async (tx, suspended) => {
      const { personId, at, reason } = suspended;
      await signals.tell(tx, { personId, event: 'session-revoked', at });
      const isCard = reason === 'card-lost';
      await signals.tell(tx, {
        personId,
        event: isCard ? 'credential-change' : 'account-disabled',
        at,
        ...(isCard ? { details: () => ({ credential_type: cardCredential, change_type: 'revoke' }) } : {}),
      });
      await needs.onSuspended?.(tx, suspended);
    },
    onDeathNoted: async (tx, { personId, at, isDead }) => {
      if (isDead) await signals.tell(tx, { personId, event: 'session-revoked', at });
      await signals.tell(tx, { personId, event: isDead ? 'account-disabled' : 'account-enabled', at });
    },
    onRestored: async (tx, { isDead, ...restored }) => {
      const { personId, at } = restored;
      if (!isDead) await signals.tell(tx, { personId, event: 'account-enabled', at });
      await needs.onRestored?.(tx, restored);
    },
  });
  const endEverywhere = async (personId: string) => {
    await provider.endPerson(personId);
    await sessions.endAllOf(personId);
  };
  const methods = await createMethods(
    needs,
    persons,
    throttle,
    { everywhere: endEverywhere, others: (at) => sessions.endOthers(at) },
    createJournal(signals, needs.onMethodEvent),
  );
  const outcomes = createOutcomes(needs);
  const olderClients = await createOlderClients(needs);
  const upstreams = createUpstreams(needs, outcomes);
  const pushes = await createPushes(needs, throttle, outcomes);
  const provider = await createProvider(needs, {
    signer,
    persons,
    methods,
    outcomes,
    olderClients,
    signals,
    upstreams,
    pushes,
    messageCodes: createMessageCodes(needs, throttle),
  });
  const signin = createSignIn(needs, outcomes);
  const sessions = createSessions(needs, provider, persons);
  const counter = createCounter(needs, { provider, throttle, outcomes });
  let purging: NodeJS.Timeout | undefined;
  let counting: NodeJS.Timeout | undefined;

  const purge = async () => {
    try {
      for (const part of [persons, methods, provider, signin, counter, sessions, outcomes, upstreams, pushes])
        await part.purge();
    } catch (error) {
      needs.log.error({ err: error }, 'what has expired could not be removed');
    }
  };

  async function suspend(personId: string, reason?: SuspensionReason): Promise<boolean> {
    const isDone = await persons.suspend(personId, reason);
    await provider.endPerson(personId);
    await sessions.endAllOf(personId);
    return isDone;
  }

  async function byNumber(nationalId: string): Promise<string> {
    const person = await persons.findByNationalId(nationalId);
    if (!person) throw problem('person-unknown');
    return person.personId;
  }

  return {
    contract,
    handlers: {
      receiveLogout: async ({ body }) => {
        const token = new URLSearchParams(body.toString('utf8')).get('logout_token');
        if (token === null) throw problem('logout-token-invalid');
        return { ended: await sessions.receiveLogoutToken(token) };
      },
      listSignIns: async ({ query }) => ({
        counts: (await outcomes.summarise(query.days ?? 30)).map((row) => ({ ...row, side: row.side as Side })),
      }),
      allowOlderClient: async ({ body }) => {
        const { clientSecret, ...client } = await olderClients.allow(body);
        needs.log.warn({ clientId: client.clientId }, 'an older client was allowed the plain profile');
        return { ...describeOlderClient(client), clientSecret };
      },
      listOlderClients: async () => ({ clients: (await olderClients.list()).map(describeOlderClient) }),
      endOlderClient: async ({ params }) => {
        await olderClients.end(params.clientId);
        return {};
      },
      receiveSignal: ({ body }) => signals.receive(body.toString('utf8')),
      receiveUpstreamAnswer: async ({ params, body }) => {
        await pushes.hear(params.id, body);
        return {};
      },
      suspendIdentity: async ({ body }) => ({ changed: await suspend(await byNumber(body.nationalId), body.reason) }),
      restoreIdentity: async ({ body }) => ({
        changed: await persons.reinstate(await byNumber(body.nationalId), body.reason),
      }),
      findMyself: async ({ caller }) => {
        const { personId, homeState, officer } = personOf(caller);
        const person = homeState === needs.state ? await persons.findPerson(personId) : undefined;
        return {
          isSignedIn: true,
          homeState,
          ...(person === undefined ? {} : { names: person.names }),
          ...(officer === undefined ? {} : { officeId: officer.officeId, roles: officer.roles }),
        };
      },
    },
    issuer: provider.issuer,
    persons,
    interaction: provider.interaction,
    upstreamOrigins: upstreams.origins,
    upstreamChecks: createUpstreamChecks(needs),
    methods: methods.own,
    phone: methods.phone,
    recovery: methods.recovery,
    signin,
    counter,
    sessions,
    outcomes,
    olderClients,
    mountProvider: provider.mountProvider,
    findPersonOfSubject: provider.findPersonOfSubject,
    readingHolders: provider.readingHolders,
    subjectFor: provider.subjectFor,
    findMandateOfHandle: provider.findMandateOfHandle,
    suspendPerson: suspend,
    restorePerson: persons.reinstate,
    ownMandateHandle: (mandateId) => provider.mandateHandle(new URL(needs.publicUrl).host, mandateId),
    tellMandateEnded: (tx, { mandateId, representedId, at }) =>
      signals.tell(tx, {
        personId: representedId,
        event: 'mandate-ended',
        at,
        details: (sector) => ({ mandate: provider.mandateHandle(sector, mandateId) }),
      }),
    providerMetadata: provider.providerMetadata,
    relyingPartyMetadata: (party) => ({
      client_name: party.names.en,
      'client_name#ar': party.names.ar,
      organization_name: party.names.en,
      'organization_name#ar': party.names.ar,
      client_registration_types: ['automatic'],
      application_type: 'web',
      redirect_uris: party.redirectUris,
      post_logout_redirect_uris: party.postLogoutRedirectUris ?? [],
      response_types: ['code'],
      grant_types: ['authorization_code', ...(party.asksPhones ? [decoupledGrant] : [])],
      ...(party.asksPhones ? { backchannel_token_delivery_mode: 'poll' } : {}),
      scope: 'openid',
      subject_type: 'pairwise',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: 'ES256',
      request_object_signing_alg: 'ES256',
      authorization_signed_response_alg: 'ES256',
      dpop_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      authorization_details_types: ['evidence'],
      jwks: party.jwks,
      ...(party.backchannelLogoutUri === undefined
        ? {}
        : { backchannel_logout_uri: party.backchannelLogoutUri, backchannel_logout_session_required: true }),
    }),
    start: () => {
      signals.start();
      purging ??= setInterval(purge, purgeEveryMs).unref();
      counting ??= setInterval(outcomes.flush, countEveryMs).unref();
    },
    stop: async () => {
      clearInterval(purging);
      clearInterval(counting);
      purging = undefined;
      counting = undefined;
      await outcomes.flush();
      await signals.stop();
    },
  };
}

function describeOlderClient({ allowedAt, endedAt, ...client }: OlderClient) {
  return {
    ...client,
    allowedAt: allowedAt.toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.toISOString() }),
  };
}
