import { Provider } from 'oidc-provider';
import type { HttpServer } from '#kernel/http';
import { sha256 } from '#kernel/ids';
import type { Signer } from '#kernel/keys';
import type { Part } from '#kernel/statements';
import { createActing } from '../acting/service.ts';
import { reachableLevels } from '../assurance/rules.ts';
import { describeAssurance } from '../assurance/verified-claims.ts';
import { boundedFetch } from '../bounded-fetch.ts';
import { problem } from '../contract.ts';
import type { Methods } from '../methods/service.ts';
import type { IdentityNeeds } from '../needs.ts';
import { isOlderClientId } from '../older-clients/rules.ts';
import type { OlderClients } from '../older-clients/service.ts';
import { type Outcomes, outcomeOfError } from '../outcomes/service.ts';
import type { MessageCodes } from '../persons/message-codes.ts';
import type { Persons, SignInSteps } from '../persons/service.ts';
import { deviceOf } from '../sessions/devices.ts';
import type { Signals } from '../signals/service.ts';
import type { Pushes } from '../upstream/pushes/service.ts';
import { methodsHere } from '../upstream/rules.ts';
import type { Upstreams } from '../upstream/service.ts';
import { createArtefacts } from './artefacts.ts';
import { providerConfiguration, providerSessionSeconds } from './configuration.ts';
import { createDecoupled } from './decoupled.ts';
import type { Interactions } from './interaction-page.ts';
import { createInteractions } from './interactions.ts';
import { messageSigningPolicy } from './message-signing.ts';
import { mountOidc } from './mounting.ts';
import { plainPages } from './pages.ts';
import { pairwiseSubject } from './rules.ts';
import * as store from './store.ts';

export type OpenIdProvider = {
  issuer: string;
  interaction: Interactions;
  /** Serves the provider under `/eid` of this server. */
  mountProvider(server: HttpServer): void;
  /** `openid_provider` metadata for this provider's entity configuration. */
  providerMetadata(names: { ar: string; en: string }): Record<string, unknown>;
  /** The home person behind a pairwise subject of this provider. */
  findPersonOfSubject(subject: string): Promise<string | undefined>;
  /** Who the subjects are; a subject that nobody has is left out. */
  readingHolders(subjects: readonly string[]): Part<store.SubjectHolder[]>;
  /** The pairwise subject by which a client knows a home person. */
  subjectFor(personId: string, clientId: string): Promise<string>;
  /** What a sector calls a mandate. */
  mandateHandle(sector: string, mandateId: string): string;
  /** The mandate behind a handle that this provider gave to a client. */
  findMandateOfHandle(handle: string): Promise<string | undefined>;
  /** Where the person is signed in with this eID. */
  listDevices(personId: string): Promise<store.SignedInDevice[]>;
  /** Ends one sign-in of the person, by its uid, and tells every service entered with it; false when there is none. */
  endDevice(personId: string, uid: string): Promise<boolean>;
  /** Ends all sign-ins of the person at this provider, and tells every service entered with them. */
  endPerson(personId: string): Promise<void>;
  purge(): Promise<void>;
};

const mountPath = '/eid';
const dayMs = 86_400_000;
const knownMax = 20_000;

/** The library's own sending of a logout token, which its types leave out. */
const tellOfLogout = (client: object, personId: string, sid: string) =>
  (client as { backchannelLogout(accountId: string, sid: string): Promise<void> }).backchannelLogout(personId, sid);

export async function createProvider(
  needs: IdentityNeeds,
  parts: {
    signer: Signer;
    persons: Persons & SignInSteps;
    methods: Methods;
    outcomes: Outcomes;
    olderClients: OlderClients;
    upstreams: Upstreams;
    pushes: Pushes;
    messageCodes: MessageCodes;
    signals: Signals;
  },
): Promise<OpenIdProvider> {
  const { database, keys, log } = needs;
  const { signer, persons, outcomes, olderClients } = parts;
  const issuer = `${needs.publicUrl}${mountPath}`;
  const { registrationEndpoint } = needs.federation;
  const subjectKey = await keys.secret('identity.subjects');
  // Subjects that this process has seen written down: each is asked for several times in one sign-in, and never removed.
  const known = new Set<string>();
  const subjectFor = async (sector: string, personId: string): Promise<string> => {
    const subject = pairwiseSubject(subjectKey, sector, personId);
    if (!known.has(subject)) {
      await store.saveSubject(database.db, { subject, sector, personId });
      if (known.size >= knownMax) known.clear();
      known.add(subject);
    }
    return subject;
  };
  const acting = createActing(needs, subjectKey);
  const artefacts = createArtefacts(needs);
  const { approvals } = parts.methods;
  const decoupled = createDecoupled(needs, { persons, approvals, outcomes, fetch: boundedFetch(needs.http) });
  const provider = new Provider(
    issuer,
    providerConfiguration({
      needs,
      persons,
      signer,
      secrets: {
        cookie: await keys.secret('identity.cookies'),
        dpopNonce: await keys.secret('identity.dpop-nonce', 32),
      },
      subjectFor,
      acting,
      decoupled,
      artefacts,
      pages: { ...plainPages, ...needs.pages },
      olderClients,
      identityAssurance: describeAssurance(needs.eid),
    }),
  );
  decoupled.attach(provider);
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'the identity provider failed'));
  for (const event of ['authorization.error', 'pushed_authorization_request.error', 'grant.error'] as const)
    provider.on(event as 'grant.error', (_ctx, error) => {
      // Nothing has ended: a service asks again and again whether somebody has answered.
      if (error.error === 'authorization_pending' || error.error === 'slow_down') return;
      log.info({ code: error.error, detail: error.error_detail }, 'the identity provider refused');
      outcomes.count('provider', outcomeOfError(error.error, error.error_description));
    });
  provider.on('authorization.success', (ctx) => outcomes.count('provider', 'signed-in', ctx.oidc.acr));
  provider.on('backchannel.error', (_ctx, error, client, personId, sid) => {
    void tellLater(error, (client as { clientId: string }).clientId, personId, sid).catch((cause) =>
      log.error({ err: cause }, 'a sign-out could not be kept for later'),
    );
  });
  // The library looks first and saves later. Here both are one statement: one may come through of two at the same time, and the
  // database is asked once.
  Object.assign(provider.ReplayDetection, {
    unique: (issuerOfJti: string, jti: string, exp: number) =>
      artefacts.isFirstUse(sha256(`${issuerOfJti}\u0000${jti}`).toString('base64url'), new Date(exp * 1_000)),
  });
  provider.on('authorization.success', async (ctx) => {
    const { result, session } = ctx.oidc;
    // Only the request that signed somebody in: moving on to another service changes no device.
    if (result?.login === undefined || session?.accountId === undefined) return;
    const device = deviceOf(ctx.get('user-agent'), ctx.req.socket.remoteAddress);
    const entry = { providerSession: session.uid, personId: session.accountId, device, at: needs.clock.now() };
    try {
      await store.saveDevice(database.db, entry);
    } catch (error) {
      log.warn({ err: error }, 'the device of a sign-in could not be written down');
    }
  });

  const listDevices = (personId: string) =>
    store.listSignedInDevices(database.db, personId, needs.clock.now(), providerSessionSeconds * 1_000);

  /** A relying party that could not be told of a sign-out is told by its state, which is asked until it has taken it. */
  async function tellLater(error: unknown, clientId: string, personId: string, session: string): Promise<void> {
    log.warn({ err: error }, 'a relying party could not be told of a sign-out');
    if (isOlderClientId(clientId)) return;
    const { host: sector } = new URL(clientId);
    const signal = { personId, event: 'session-revoked', at: needs.clock.now(), sector } as const;
    await database.transaction((tx) => parts.signals.tell(tx, { ...signal, details: () => ({ session }) }));
  }

  /** Ends sessions first, so that nobody enters anything with them any more; then tells all services, at the same time. */
  async function endDevices(personId: string, devices: store.SignedInDevice[]): Promise<void> {
    for (const { uid } of devices) await (await provider.Session.findByUid(uid))?.destroy();
    await Promise.all(
      devices.flatMap(({ clients }) =>
        Object.entries(clients).map(async ([clientId, sid]) => {
          try {
            const client = await provider.Client.find(clientId);
            if (client?.backchannelLogoutUri !== undefined) await tellOfLogout(client, personId, sid);
          } catch (error) {
            await tellLater(error, clientId, personId, sid);
          }
        }),
      ),
    );
  }

  return {
    issuer,
    interaction: createInteractions({ needs, provider, acting, ...parts }),
    mountProvider: (server) => mountOidc(server, provider, mountPath),
    providerMetadata: (names) => ({
      issuer,
      organization_name: names.en,
      'organization_name#ar': names.ar,
      client_registration_types_supported: ['automatic', ...(registrationEndpoint ? ['explicit'] : [])],
      ...(registrationEndpoint ? { federation_registration_endpoint: registrationEndpoint } : {}),
      request_authentication_methods_supported: { pushed_authorization_request: ['private_key_jwt'] },
      request_authentication_signing_alg_values_supported: ['ES256'],
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/me`,
      pushed_authorization_request_endpoint: `${issuer}/request`,
      end_session_endpoint: `${issuer}/session/end`,
      require_pushed_authorization_requests: true,
      jwks: { keys: [signer.publicJwk] },
      scopes_supported: ['openid'],
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code'],
      subject_types_supported: ['pairwise'],
      acr_values_supported: reachableLevels(needs.eid, methodsHere(needs)),
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
      dpop_signing_alg_values_supported: ['ES256'],
      response_modes_supported: messageSigningPolicy.response_modes,
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      request_object_signing_alg_values_supported: ['ES256'],
      authorization_signing_alg_values_supported: ['ES256'],
      authorization_details_types_supported: ['evidence'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
      ...describeAssurance(needs.eid),
      ...decoupled.providerMetadata(issuer),
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      ui_locales_supported: ['ar', 'en'],
    }),
    findPersonOfSubject: (subject) => store.findPersonOfSubject(database.db, subject),
    readingHolders: store.readingHolders,
    subjectFor: async (personId, clientId) => {
      const client = await provider.Client.find(clientId);
      if (!client) throw problem('provider-not-trusted');
      return subjectFor((client as unknown as { sectorIdentifier: string }).sectorIdentifier, personId);
    },
    listDevices,
    endDevice: async (personId, uid) => {
      const device = (await listDevices(personId)).find((one) => one.uid === uid);
      if (device === undefined) return false;
      await endDevices(personId, [device]);
      return true;
    },
    endPerson: async (personId) => {
      await endDevices(personId, await listDevices(personId));
      await store.endPersonAtProvider(database.db, personId);
    },
    mandateHandle: acting.nameOf,
    findMandateOfHandle: acting.findMandateOfHandle,
    purge: async () => {
      const now = needs.clock.now();
      await store.purgeExpired(database.db, now, new Date(now.getTime() - dayMs));
      await acting.purge();
    },
  };
}
