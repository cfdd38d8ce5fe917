import { type Configuration, errors, interactionPolicy } from 'oidc-provider';
import type { Signer } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { StoredKey } from '#modules/identity';
import type { Allowed } from '../allowed/service.ts';
import type { AppsNeeds } from '../needs.ts';
import { appScopes } from '../scopes/contract.ts';
import { findApp } from '../standing.ts';
import * as store from './store.ts';

// The library's own contexts are Koa's; only what is used is named here.
// biome-ignore lint/suspicious/noExplicitAny: oidc-provider's context is typed by another package one version behind
type Context = any;

const minuteSeconds = 60;
const daySeconds = 86_400;
/** How long a person may take to read and decide. */
const interactionSeconds = 25 * minuteSeconds;
export const accessTokenSeconds = 5 * minuteSeconds;
/** What a person allowed ends by its own date; nothing here lasts longer. */
const longestSeconds = 366 * daySeconds;

const policyOfApps = {
  application_type: 'web',
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'],
  subject_type: 'pairwise',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  id_token_signed_response_alg: 'ES256',
  dpop_bound_access_tokens: true,
  require_pushed_authorization_requests: true,
};

/** Where tokens for the API of this node are meant for. */
export const audienceOf = (publicUrl: string) => `${publicUrl}/api`;

/**
 * The authorization server for apps, as one table: FAPI 2.0 Security Profile, pushed requests only, ES256 only; a client is whoever
 * this state certifies. It keeps no session: who the person is, the portal's session says anew each time.
 */
export function authorisingConfiguration(parts: {
  needs: AppsNeeds;
  signer: Signer;
  secrets: { cookie: Buffer; dpopNonce: Buffer };
  allowed: Pick<Allowed, 'findLive'>;
  subjectFor(sector: string, personId: string): string;
}): Configuration {
  const { needs, allowed } = parts;
  const secure = needs.publicUrl.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax' as const, signed: true, secure };
  const api = audienceOf(needs.publicUrl);
  const scopes = Object.keys(appScopes);
  const configuration = {
    adapter: (model: string) => createAdapter(needs, model),
    jwks: { keys: [new StoredKey(parts.signer)] },
    cookies: {
      names: { session: 'apps_session', interaction: 'apps_interaction', resume: 'apps_resume' },
      long: cookie,
      short: cookie,
      keys: [parts.secrets.cookie.toString('base64url')],
    },
    scopes: ['openid', ...scopes],
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    clientAuthMethods: ['private_key_jwt'],
    pkce: { required: () => true },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clockTolerance: minuteSeconds,
    enabledJWA: Object.fromEntries(
      ['clientAuthSigningAlgValues', 'idTokenSigningAlgValues', 'dPoPSigningAlgValues'].map((name) => [
        name,
        ['ES256'],
      ]),
    ),
    discovery: { ui_locales_supported: ['ar', 'en'], require_pushed_authorization_requests: true },
    allowOmittingSingleRegisteredRedirectUri: false,
    routes: { pushed_authorization_request: '/request' },
    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      fapi: { enabled: true, profile: '2.0' },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
      dPoP: {
        enabled: true,
        nonceSecret: parts.secrets.dpopNonce,
        requireNonce: (ctx: Context) => ctx.oidc.route === 'token',
      },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => api,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx: Context, resource: string) => {
          if (resource !== api) throw new errors.InvalidTarget();
          return {
            audience: api,
            scope: scopes.join(' '),
            accessTokenFormat: 'opaque',
            accessTokenTTL: accessTokenSeconds,
          };
        },
      },
    },
    issueRefreshToken: async () => true,
    // Each is used once; one that is shown again ends everything that hangs on it.
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    pairwiseIdentifier: async (_ctx: Context, personId: string, client: { sectorIdentifier: string }) =>
      parts.subjectFor(client.sectorIdentifier, personId),
    findAccount: async (_ctx: Context, personId: string, token?: { grantId?: string; kind?: string }) => {
      if (token?.grantId !== undefined) {
        const held = await allowed.findLive(token.grantId);
        if (!held || !(await needs.mayAct(personId, held.home_state))) return undefined;
      }
      return { accountId: personId, claims: async () => ({ sub: personId }) };
    },
    loadExistingGrant: async (ctx: Context) => {
      // Nothing is carried over from an earlier yes: each request is decided by itself.
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
    },
    interactions: {
      policy: interactionPolicy.base(),
      url: (_ctx: Context, interaction: { uid: string }) => allowUrl(needs.publicUrl, interaction.uid),
    },
    renderError: async (ctx: Context, out: { error: string }) => {
      ctx.type = 'html';
      ctx.body = `<!doctype html><html lang="en"><title>${out.error}</title><p>${out.error}</p></html>`;
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      AuthorizationCode: minuteSeconds,
      IdToken: 10 * minuteSeconds,
      Interaction: interactionSeconds,
      PushedAuthorizationRequest: minuteSeconds,
      Grant: longestSeconds,
      RefreshToken: longestSeconds,
      Session: minuteSeconds,
    },
  };
  return configuration as unknown as Configuration;
}

export function allowUrl(publicUrl: string, uid: string): string {
  return `${publicUrl}/apps/allow/${uid}`;
}

/** A client is whoever this state certifies now; its id is its entity id, and it may ask for the scopes of its mark. */
async function findClient(needs: AppsNeeds, appId: string): Promise<Record<string, unknown> | undefined> {
  try {
    const app = await findApp(needs, appId);
    return (
      app && {
        ...policyOfApps,
        client_id: appId,
        client_name: app.names.en,
        redirect_uris: app.redirectUris,
        jwks: app.jwks,
        scope: ['openid', ...app.scopes].join(' '),
      }
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new errors.TemporarilyUnavailable(undefined, 'the trust chain of the app is out of reach');
  }
}

/** The library's storage for one kind of artefact. What may be used once is used once, also over several processes. */
function createAdapter(needs: AppsNeeds, model: string): object {
  const { database, clock } = needs;
  const { db } = database;
  if (model === 'Client') return { find: (id: string) => findClient(needs, id) };
  if (model === 'Session') {
    const nothing = async () => undefined;
    return { upsert: nothing, find: nothing, findByUid: nothing, destroy: nothing };
  }
  return {
    upsert: (id: string, payload: store.Payload, seconds?: number) => {
      const expiresAt = seconds ? new Date(clock.now().getTime() + seconds * 1_000) : null;
      return store.savePayload(db, { model, id, payload, expiresAt });
    },
    find: (id: string) => store.findPayload(db, model, id, clock.now()),
    consume: async (id: string) => {
      if (!(await store.spendPayload(db, model, id, clock.now())))
        throw new errors.InvalidGrant(`${model} already consumed`);
    },
    destroy: (id: string) => store.dropPayload(db, model, id),
    revokeByGrantId: (grantId: string) => store.dropPayloadsOfGrants(db, [grantId], model),
  };
}
