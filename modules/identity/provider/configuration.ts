import { type Configuration, errors, Provider } from 'oidc-provider';
import { decodeJws } from '#kernel/jws';
import type { Signer } from '#kernel/keys';
import { chooseLanguage } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { isAtLeast } from '#protocol/assurance';
import type { Acting } from '../acting/service.ts';
import { reachableLevels, readNeededLevel, strongestLevel } from '../assurance/rules.ts';
import { carryArray, claimsBeyond, readVerifiedClaimsRequests, verifiedClaims } from '../assurance/verified-claims.ts';
import type { IdentityNeeds, ProviderPages } from '../needs.ts';
import { isOlderClientId } from '../older-clients/rules.ts';
import type { OlderClients } from '../older-clients/service.ts';
import type { Person, Persons } from '../persons/service.ts';
import { hostCookie } from '../sessions/rules.ts';
import { methodsHere } from '../upstream/rules.ts';
import type { Artefacts } from './artefacts.ts';
import type { Decoupled } from './decoupled.ts';
import { interactionMs, interactionUrl } from './interaction-page.ts';
import { assertMessageSigning, messageSigningPolicy } from './message-signing.ts';
import { isPlainGrantId } from './plain-grants.ts';
import { loadGrant, signInPolicy } from './policy.ts';
import { oauthDescription, readEvidenceDetails } from './rules.ts';
import * as store from './store.ts';
import { StoredKey } from './stored-key.ts';

// The library's own contexts are Koa's; only what is used is named here.
// biome-ignore lint/suspicious/noExplicitAny: oidc-provider's context is typed by another package one version behind
type Context = any;

const minuteSeconds = 60;
const hourSeconds = 3_600;
export const providerSessionSeconds = 30 * minuteSeconds;

export type ProviderParts = {
  needs: IdentityNeeds;
  persons: Persons;
  signer: Signer;
  secrets: { cookie: Buffer; dpopNonce: Buffer };
  /** The pairwise subject of a person in a sector, remembered for looking up the person behind it. */
  subjectFor(sector: string, personId: string): Promise<string>;
  pages: ProviderPages;
  olderClients: Pick<OlderClients, 'findMetadata'>;
  /** Metadata of OpenID Identity Assurance 1.0 section 7. */
  identityAssurance: Record<string, unknown>;
  acting: Acting;
  decoupled: Decoupled;
  artefacts: Artefacts;
};

/**
 * One provider as one readable table: FAPI 2.0 Security Profile, pushed requests only, ES256 only, clients known through
 * the federation alone.
 */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { needs, persons, pages, acting } = parts;
  const secure = needs.publicUrl.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax' as const, signed: true, secure };
  const clients = {
    find: async (clientId: string) =>
      isOlderClientId(clientId)
        ? parts.olderClients.findMetadata(clientId)
        : parts.decoupled.extend(await findClient(needs, clientId)),
    upsert: refuseToStore,
  };
  const evidenceGrantOf = async (grantId: string | undefined) =>
    grantId === undefined || isPlainGrantId(grantId) ? undefined : store.findEvidenceGrant(needs.database.db, grantId);
  const languageOf = (ctx: Context) => chooseLanguage(ctx.cookies.get('lang'), ctx.get('accept-language'));

  const configuration = {
    adapter: (model: string) => (model === 'Client' ? clients : parts.artefacts.adapter(model)),
    jwks: { keys: [new StoredKey(parts.signer)] },
    cookies: {
      names: { session: hostCookie('eid_session', secure), interaction: 'eid_interaction', resume: 'eid_resume' },
      long: cookie,
      short: cookie,
      keys: [parts.secrets.cookie.toString('base64url')],
    },
    acrValues: reachableLevels(needs.eid, methodsHere(needs)),
    scopes: ['openid'],
    claims: {
      acr: null,
      sid: null,
      iss: null,
      verified_claims: null,
      representation: null,
      openid: ['sub', 'amr', 'auth_time'],
    },
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    // The second is for older clients alone; `clientPolicy` gives everybody else the first.
    clientAuthMethods: ['private_key_jwt', 'client_secret_basic'],
    pkce: { required: () => true },
    clientDefaults: { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' },
    // FAPI 2.0 asks for a tolerance of up to 10 seconds; nodes of this federation may differ by up to 60.
    clockTolerance: 60,
    enabledJWA: Object.fromEntries(
      [
        'clientAuthSigningAlgValues',
        'idTokenSigningAlgValues',
        'userinfoSigningAlgValues',
        'dPoPSigningAlgValues',
        'requestObjectSigningAlgValues',
        'authorizationSigningAlgValues',
      ].map((name) => [name, ['ES256']]),
    ),
    discovery: {
      ui_locales_supported: ['ar', 'en'],
      claims_locales_supported: ['ar', 'en'],
      require_pushed_authorization_requests: true,
      ...parts.identityAssurance,
    },
    extraClientMetadata: { properties: [] },
    allowOmittingSingleRegisteredRedirectUri: false,
    conformIdTokenClaims: true,
    routes: { pushed_authorization_request: '/request', userinfo: '/me', end_session: '/session/end' },

    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      fapi: { enabled: true, profile: (ctx: Context) => (isOlderClientId(clientIdIn(ctx)) ? undefined : '2.0') },
      // Required of each client by `clientPolicy`, and of no older one.
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false },
      dPoP: {
        enabled: true,
        nonceSecret: parts.secrets.dpopNonce,
        requireNonce: (ctx: Context) => ctx.oidc.route === 'token',
      },
      requestObjects: { enabled: true },
      ciba: parts.decoupled.feature,
      jwtResponseModes: { enabled: true },
      claimsParameter: { enabled: true, assertClaimsParameter: assertClaimsParameter(needs) },
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
          if (resource !== needs.evidenceAudience || isOlderClientId(ctx.oidc.client.clientId))
            throw new errors.InvalidTarget();
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

    extraTokenClaims: async (ctx: Context, token: { grantId?: string }) => {
      const grant = await evidenceGrantOf(token.grantId);
      // RFC 9470 section 6: who is asked with the token can tell how and when the person signed in.
      const { acr, authTime } = ctx.oidc.entities.AuthorizationCode ?? {};
      return grant && { consent_id: grant.consentId, ...(acr === undefined ? {} : { acr, auth_time: authTime }) };
    },
    pairwiseIdentifier: (_ctx: Context, personId: string, client: { sectorIdentifier: string }) =>
      parts.subjectFor(client.sectorIdentifier, personId),
    findAccount: parts.decoupled.orNobody(async (ctx: Context, personId: string, token?: { grantId?: string }) => {
      const person = await persons.findPerson(personId);
      if (person === undefined || person.isSuspended) throw suspended();
      const verified = claimsOf(needs, ctx, person);
      const sector = ctx.oidc.client?.sectorIdentifier;
      const representation = () => acting.claimOf(token?.grantId, sector, (id) => parts.subjectFor(sector, id));
      return {
        accountId: personId,
        claims: async (use: string, scope: string, claims: Record<string, unknown>) => ({
          ...(await verified(use, scope, claims)),
          representation: await representation(),
        }),
      };
    }),
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
      policy: signInPolicy(acting),
      url: (_ctx: Context, interaction: { uid: string }) => interactionUrl(needs.publicUrl, interaction.uid),
    },
    renderError: async (ctx: Context, out: { error: string; error_description?: string }) => {
      ctx.type = 'html';
      ctx.body = pages.failed({
        error: out.error_description ? `${out.error}: ${out.error_description}` : out.error,
        language: languageOf(ctx),
      });
    },
    ...parts.decoupled.addresses,
    ttl: {
      AccessToken: (_ctx: Context, token: { resourceServer?: { accessTokenTTL?: number } }) =>
        token.resourceServer?.accessTokenTTL ?? 10 * minuteSeconds,
      AuthorizationCode: minuteSeconds,
      BackchannelAuthenticationRequest: parts.decoupled.seconds,
      IdToken: 10 * minuteSeconds,
      Interaction: (2 * interactionMs) / 1_000,
      Grant: 12 * hourSeconds,
      // Begins anew at each use: a person who moves between services signs in once.
      Session: providerSessionSeconds,
    },
  };
  return configuration as unknown as Configuration;
}

/** What every client has to do, whatever its own metadata would like. */
const clientPolicy = {
  application_type: 'web',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  ...messageSigningPolicy,
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
  // An address in plain ASCII, as a URL parser would write it: no second spelling of one id, and no letter that looks like another.
  if (clientId.length > 512 || !/^https?:\/\/[\x21-\x7e]+$/.test(clientId) || /[?#]/.test(clientId)) return undefined;
  if (!URL.canParse(clientId) || new URL(clientId).href.replace(/\/$/, '') !== clientId.replace(/\/$/, ''))
    return undefined;
  try {
    const assertion = offeredAssertion(clientId);
    if (assertion) await needs.federation.adoptOffered?.(clientId, assertion);
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

/** What the client signed to authenticate itself in this request, when a trust chain is in its header. */
function offeredAssertion(clientId: string): string | undefined {
  const { client_assertion: assertion } = (Provider.ctx as Context)?.oidc?.params ?? {};
  if (typeof assertion !== 'string') return undefined;
  try {
    const { header, payload } = decodeJws(assertion);
    return payload['sub'] === clientId && header['trust_chain'] !== undefined ? assertion : undefined;
  } catch (error) {
    // What is no token is refused where it is verified.
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** The client id before the library has found the client, as far as the request says it. */
function clientIdIn(ctx: Context): string | undefined {
  const named = ctx.oidc.client?.clientId ?? ctx.oidc.params?.client_id ?? ctx.query?.client_id;
  if (typeof named === 'string') return named;
  const [, basic] = /^Basic ([A-Za-z0-9+/=]{1,400})$/i.exec(ctx.get('authorization')) ?? [];
  return basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('utf8').split(':')[0];
}

async function refuseToStore(): Promise<never> {
  throw new Error('clients come from the federation and are never stored');
}

/** Runs once per request, over all details together, before any person is asked. */
async function checkDetails(needs: IdentityNeeds, ctx: Context): Promise<void> {
  if (ctx.state.evidenceDetailsChecked) return;
  const read = readEvidenceDetails(JSON.parse(ctx.oidc.params.authorization_details));
  if ('fault' in read) throw new errors.InvalidAuthorizationDetails(oauthDescription(read.fault));
  assertMessageSigning(ctx, read.details);
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

/**
 * A level that is essential and that nobody can reach here is refused at once, not after a sign-in that leads nowhere. Verified claims
 * cross a border as evidence does: whoever asks for them asks for the same fields in `authorization_details`.
 */
function assertClaimsParameter(needs: IdentityNeeds) {
  return async (ctx: Context, claims: Record<string, Record<string, unknown>>): Promise<void> => {
    if (claims['id_token'] && Array.isArray(claims['id_token']['verified_claims'])) {
      claims['id_token'] = carryArray(claims['id_token']);
      ctx.oidc.params.claims = JSON.stringify(claims);
    }
    for (const container of ['userinfo', 'id_token'])
      for (const value of Object.values(claims[container] ?? {}))
        if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
          throw new errors.InvalidRequest(`claims.${container} members must be null or objects`);
    const needed = readNeededLevel({ claims, acr_values: ctx.oidc.params.acr_values });
    const strongest = strongestLevel(needs.eid, methodsHere(needs));
    if (needed === undefined || (needed.isEssential && !isAtLeast(strongest, needed.level)))
      throw new errors.UnmetAuthenticationRequirements('loa_unmet');
    if (claims['userinfo'] && Object.hasOwn(claims['userinfo'], 'verified_claims'))
      throw new errors.InvalidRequest('verified_claims are given in the ID token: ask for them in claims.id_token');
    if (!claims['id_token'] || !Object.hasOwn(claims['id_token'], 'verified_claims')) return;
    const read = readVerifiedClaimsRequests(claims['id_token']['verified_claims']);
    if ('fault' in read) throw new errors.InvalidRequest(oauthDescription(read.fault));
    const details = detailsOf(ctx.oidc.params.authorization_details);
    const beyond = read.requests.flatMap((request) => claimsBeyond(request, details));
    if (beyond.length > 0)
      throw new errors.InvalidRequest(
        oauthDescription(`verified_claims: ${beyond.join(', ')} must be asked for in authorization_details too`),
      );
  };
}

const detailsOf = (text: unknown) => {
  const read = typeof text === 'string' ? readEvidenceDetails(JSON.parse(text)) : { fault: '' };
  return 'details' in read ? read.details : [];
};

/** What the ID token says of a person beyond the subject: verified claims, cut to what was consented to. */
function claimsOf(needs: IdentityNeeds, ctx: Context, person: Person) {
  return async (use: string, _scope: string, claims: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const sub = person.personId;
    if (use !== 'id_token' || !claims['verified_claims']) return { sub };
    const read = readVerifiedClaimsRequests(claims['verified_claims']);
    if ('fault' in read) return { sub };
    const { eid } = needs;
    const level = strongestLevel(eid, Object.keys(eid.methods), person.proofing);
    const granted = ctx.oidc.entities.Grant?.rar ?? [];
    const given = read.requests
      .map((request) => verifiedClaims({ framework: eid, person, level, request, granted }))
      .filter((one) => one !== undefined);
    return { sub, ...(given.length === 0 ? {} : { verified_claims: read.isArray ? given : given[0] }) };
  };
}

const suspended = () => new errors.AccessDenied('suspended', 'the digital identity is suspended');
