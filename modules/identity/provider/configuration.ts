import type { KeyObject } from 'node:crypto';
import { type Configuration, ExternalSigningKey, errors, interactionPolicy } from 'oidc-provider';
import type { Signer } from '#kernel/keys';
import { chooseLanguage } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { Acting } from '../acting/service.ts';
import { boundedFetch } from '../bounded-fetch.ts';
import { acrValues } from '../contract.ts';
import type { IdentityNeeds, ProviderPages } from '../needs.ts';
import type { Persons } from '../persons/service.ts';
import { oauthDescription, readEvidenceDetails } from './rules.ts';
import * as store from './store.ts';

// The library's own contexts are Koa's; only what is used is named here.
// biome-ignore lint/suspicious/noExplicitAny: oidc-provider's context is typed by another package one version behind
type Context = any;

const minuteSeconds = 60;
const hourSeconds = 3_600;

/** The key store signs; the library only ever sees the public half. */
class StoredKey extends ExternalSigningKey {
  readonly #signer: Signer;

  constructor(signer: Signer) {
    super();
    this.#signer = signer;
  }

  override get kid(): string {
    return this.#signer.kid;
  }

  override get alg(): string {
    return this.#signer.alg;
  }

  override keyObject(): KeyObject {
    return this.#signer.publicKey;
  }

  override sign(data: Uint8Array): Promise<Buffer> {
    return this.#signer.sign(data);
  }
}

export type ProviderParts = {
  needs: IdentityNeeds;
  persons: Persons;
  signer: Signer;
  secrets: { cookie: Buffer; dpopNonce: Buffer };
  /** The pairwise subject of a person in a sector, remembered for looking up the person behind it. */
  subjectFor(sector: string, personId: string): Promise<string>;
  pages: ProviderPages;
  acting: Acting;
};

/**
 * One provider as one readable table: FAPI 2.0 Security Profile, pushed requests only, ES256 only, clients known through
 * the federation alone.
 */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { needs, persons, pages, acting } = parts;
  const policy = interactionPolicy.base();
  policy.add(acting.prompt(), 1);
  const db = needs.database.db;
  const secure = needs.publicUrl.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax' as const, signed: true, secure };
  const storage = store.createAdapter(needs);
  const clients = { find: (clientId: string) => findClient(needs, clientId), upsert: refuseToStore };
  const evidenceGrantOf = async (grantId: string | undefined) =>
    grantId === undefined ? undefined : store.findEvidenceGrant(db, grantId);
  const languageOf = (ctx: Context) => chooseLanguage(ctx.cookies.get('lang'), ctx.get('accept-language'));

  const configuration = {
    adapter: (model: string) => (model === 'Client' ? clients : storage(model)),
    jwks: { keys: [new StoredKey(parts.signer)] },
    cookies: {
      names: { session: 'eid_session', interaction: 'eid_interaction', resume: 'eid_resume' },
      long: cookie,
      short: cookie,
      keys: [parts.secrets.cookie.toString('base64url')],
    },
    acrValues: [...acrValues],
    scopes: ['openid'],
    claims: { acr: null, sid: null, iss: null, representation: null, openid: ['sub', 'amr', 'auth_time'] },
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: clientPolicy,
    // FAPI 2.0 asks for a tolerance of up to 10 seconds; nodes of this federation may differ by up to 60.
    clockTolerance: 60,
    enabledJWA: Object.fromEntries(
      ['clientAuthSigningAlgValues', 'idTokenSigningAlgValues', 'userinfoSigningAlgValues', 'dPoPSigningAlgValues'].map(
        (name) => [name, ['ES256']],
      ),
    ),
    discovery: { ui_locales_supported: ['ar', 'en'], claims_locales_supported: ['ar', 'en'] },
    extraClientMetadata: { properties: [] },
    allowOmittingSingleRegisteredRedirectUri: false,
    conformIdTokenClaims: true,
    routes: { pushed_authorization_request: '/request', userinfo: '/me', end_session: '/session/end' },

    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      fapi: { enabled: true, profile: '2.0' },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
      dPoP: { enabled: true, nonceSecret: parts.secrets.dpopNonce, requireNonce: () => false },
      claimsParameter: { enabled: true, assertClaimsParameter },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx: Context, formHtml: string) => {
          ctx.body = pages.signOut({ formHtml, formId: 'op.logoutForm', language: languageOf(ctx) });
        },
        postLogoutSuccessSource: async (ctx: Context) => {
          ctx.body = pages.signedOut({ language: languageOf(ctx) });
        },
      },
      richAuthorizationRequests: {
        enabled: true,
        types: { evidence: { validate: (ctx: Context) => checkDetails(needs, ctx) } },
        authorizationDetailsForGrantSource: async (ctx: Context) => ctx.oidc.grant.rar,
        authorizationDetailsForAccessToken: async (_ctx: Context, _token: unknown, source: { rar?: unknown }) =>
          source.rar,
        authorizationDetailsForIntrospection: async (_ctx: Context, token: { rar?: unknown }) => token.rar,
      },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (ctx: Context, resource: string) => {
          if (resource !== needs.evidenceAudience) throw new errors.InvalidTarget();
          const grant = await evidenceGrantOf(ctx.oidc.entities.Grant?.jti);
          const untilMs = grant ? grant.accessTokenUntil.getTime() - needs.clock.now().getTime() : undefined;
          if (untilMs !== undefined && untilMs < 1_000) throw new errors.InvalidGrant('the consent has expired');
          return {
            audience: needs.evidenceAudience,
            scope: '',
            accessTokenFormat: 'jwt',
            accessTokenTTL: untilMs === undefined ? minuteSeconds : Math.floor(untilMs / 1000),
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },

    extraTokenClaims: async (_ctx: Context, token: { grantId?: string }) => {
      const grant = await evidenceGrantOf(token.grantId);
      return grant && { consent_id: grant.consentId };
    },
    pairwiseIdentifier: (_ctx: Context, personId: string, client: { sectorIdentifier: string }) =>
      parts.subjectFor(client.sectorIdentifier, personId),
    findAccount: async (ctx: Context, personId: string, token?: { grantId?: string }) => {
      const person = await persons.findPerson(personId);
      if (person === undefined || person.isSuspended)
        throw new errors.AccessDenied(undefined, 'the digital identity is suspended');
      const sector = ctx.oidc.client?.sectorIdentifier;
      return {
        accountId: personId,
        claims: async () => ({
          sub: personId,
          representation: await acting.claimOf(token?.grantId, sector, (id) => parts.subjectFor(sector, id)),
        }),
      };
    },
    loadExistingGrant: (ctx: Context) => loadGrant(ctx, acting),
    formats: {
      customizers: {
        jwt: async (ctx: Context, token: { grantId?: string }, { payload }: { payload: Record<string, unknown> }) => {
          const sector = ctx.oidc.client.sectorIdentifier;
          await acting.nameInToken(token.grantId, sector, (id) => parts.subjectFor(sector, id), payload);
        },
      },
    },

    interactions: {
      policy,
      url: (_ctx: Context, interaction: { uid: string }) => interactionUrl(needs.publicUrl, interaction.uid),
    },
    renderError: async (ctx: Context, out: { error: string; error_description?: string }) => {
      ctx.type = 'html';
      ctx.body = pages.failed({
        error: out.error_description ? `${out.error}: ${out.error_description}` : out.error,
        language: languageOf(ctx),
      });
    },
    fetch: boundedFetch(needs.http),
    ttl: {
      AccessToken: (_ctx: Context, token: { resourceServer?: { accessTokenTTL?: number } }) =>
        token.resourceServer?.accessTokenTTL ?? 10 * minuteSeconds,
      AuthorizationCode: minuteSeconds,
      IdToken: 10 * minuteSeconds,
      Interaction: 30 * minuteSeconds,
      Grant: 12 * hourSeconds,
      // Begins anew at each use: a person who moves between services signs in once.
      Session: 30 * minuteSeconds,
    },
  };
  return configuration as unknown as Configuration;
}

export function interactionUrl(publicUrl: string, uid: string): string {
  return `${publicUrl}/eid-pages/interaction/${uid}`;
}

/** What every client has to do, whatever its own metadata would like. */
const clientPolicy = {
  application_type: 'web',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  response_modes: ['query'],
  scope: 'openid',
  subject_type: 'pairwise',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  id_token_signed_response_alg: 'ES256',
  dpop_bound_access_tokens: true,
  require_pushed_authorization_requests: true,
  backchannel_logout_session_required: true,
  authorization_details_types: ['evidence'],
};

/**
 * A client is whoever the federation vouches for (OpenID Federation 1.0 section 12.1, automatic registration); its id is
 * its entity id. Undefined for everybody else.
 */
async function findClient(needs: IdentityNeeds, clientId: string): Promise<Record<string, unknown> | undefined> {
  if (clientId.length > 512 || !/^https?:\/\/[^\s?#]+$/.test(clientId)) return undefined;
  try {
    const { metadata } = await needs.federation.resolve(clientId, 'openid_relying_party');
    const own = metadata['openid_relying_party'];
    if (own === undefined || !Array.isArray(own.redirect_uris) || !Array.isArray(own.jwks?.keys)) return undefined;
    const optional = ['post_logout_redirect_uris', 'backchannel_logout_uri', 'client_name', 'client_uri'] as const;
    return {
      ...Object.fromEntries(optional.filter((name) => own[name] !== undefined).map((name) => [name, own[name]])),
      ...clientPolicy,
      client_id: clientId,
      redirect_uris: own.redirect_uris,
      jwks: own.jwks,
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    needs.log.warn({ code: error.code }, 'a client could not be resolved through the federation');
    if (error.status >= 500)
      throw new errors.TemporarilyUnavailable(undefined, 'the trust chain of the client is out of reach');
    return undefined;
  }
}

async function refuseToStore(): Promise<never> {
  throw new Error('clients come from the federation and are never stored');
}

/** Runs once per request, over all details together, before any person is asked. */
async function checkDetails(needs: IdentityNeeds, ctx: Context): Promise<void> {
  if (ctx.state.evidenceDetailsChecked) return;
  const read = readEvidenceDetails(JSON.parse(ctx.oidc.params.authorization_details));
  if ('fault' in read) throw new errors.InvalidAuthorizationDetails(oauthDescription(read.fault));
  if (ctx.oidc.params.resource !== needs.evidenceAudience)
    throw new errors.InvalidTarget(`resource must be ${needs.evidenceAudience}`);
  try {
    await needs.checkEvidenceRequest(ctx.oidc.client.clientId, read.details);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new errors.InvalidAuthorizationDetails(oauthDescription(`${error.code}: ${error.messages.en}`));
  }
  ctx.state.evidenceDetailsChecked = true;
}

/** A level that is essential and cannot be reached is refused at once, not after a sign-in that leads nowhere. */
async function assertClaimsParameter(_ctx: Context, claims: Record<string, Record<string, unknown>>): Promise<void> {
  for (const container of ['userinfo', 'id_token'])
    for (const value of Object.values(claims[container] ?? {}))
      if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
        throw new errors.InvalidRequest(`claims.${container} members must be null or objects`);
  const acr = claims['id_token']?.['acr'] as
    | { essential?: unknown; value?: unknown; values?: unknown }
    | null
    | undefined;
  if (!acr?.essential) return;
  const wanted = Array.isArray(acr.values) ? acr.values : acr.value === undefined ? [...acrValues] : [acr.value];
  if (!acrValues.some((value) => wanted.includes(value)))
    throw new errors.UnmetAuthenticationRequirements(undefined, 'loa_unmet');
}

/**
 * A plain sign-in needs no consent page: it gives away an identifier that means nothing elsewhere. A request for evidence
 * starts from nothing each time, so that an old consent never widens a new one.
 */
async function loadGrant(ctx: Context, acting: Acting): Promise<unknown> {
  const { provider, client, session, params, result } = ctx.oidc;
  if (params.authorization_details !== undefined) {
    const grantId = result?.consent?.grantId;
    return grantId === undefined ? undefined : provider.Grant.find(grantId);
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope('openid');
  await acting.bind(ctx, grant);
  return grant;
}
