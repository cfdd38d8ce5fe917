import * as oidc from 'openid-client';
import type { AppKey } from './membership.ts';
import { scopes } from './membership.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the state answers is described by its OpenAPI files
export type Json = any;

/** A refusal of the state, in the words that it gives for people (RFC 9457). */
export class Refused extends Error {
  readonly code: string;
  readonly messages: { ar: string; en: string };

  constructor(code: string, messages: { ar: string; en: string }) {
    super(code);
    this.code = code;
    this.messages = messages;
  }
}

/** What is kept of somebody who signs in, until they come back, and of their tokens after that. */
export type Flow = { verifier: string; state: string; nonce: string };
export type Tokens = { access: string; refresh: string; until: number; subject: string };

/** The state's side of the app: signing in (FAPI 2.0) and calls for the person, all with one key for proofs (DPoP). */
export async function openGovernment(options: { key: AppKey; appId: string; stateUrl: string; reach: typeof fetch }) {
  const { key, appId, stateUrl, reach } = options;
  const isSample = stateUrl.startsWith('http:');
  const configuration = await oidc.discovery(
    new URL(`${stateUrl}/apps/oauth`),
    appId,
    { id_token_signed_response_alg: 'ES256' },
    oidc.PrivateKeyJwt({ key: key.keyPair.privateKey, kid: key.publicJwk.kid }),
    { [oidc.customFetch]: reach as oidc.CustomFetch, ...(isSample ? { execute: [oidc.allowInsecureRequests] } : {}) },
  );
  configuration[oidc.customFetch] = reach as oidc.CustomFetch;
  const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'));

  const tokensOf = (
    answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
    subject: string,
  ): Tokens => ({
    access: answer.access_token,
    refresh: answer.refresh_token!,
    until: Date.now() + (answer.expires_in! - 30) * 1_000,
    subject,
  });

  return {
    /** Pushes the request, and says where to send the browser. */
    begin: async (language: 'ar' | 'en', wanted: readonly string[] = scopes): Promise<{ url: URL; flow: Flow }> => {
      const flow = {
        verifier: oidc.randomPKCECodeVerifier(),
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
      };
      const url = await oidc.buildAuthorizationUrlWithPAR(
        configuration,
        {
          redirect_uri: `${appId}/callback`,
          scope: ['openid', ...wanted].join(' '),
          state: flow.state,
          nonce: flow.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
          code_challenge_method: 'S256',
          ui_locales: language,
        },
        { DPoP },
      );
      return { url, flow };
    },

    /** Redeems what the browser brought back. Throws when the person allowed nothing. */
    complete: async (callback: URL, flow: Flow): Promise<Tokens> => {
      const answer = await oidc.authorizationCodeGrant(
        configuration,
        callback,
        {
          pkceCodeVerifier: flow.verifier,
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          idTokenExpected: true,
        },
        undefined,
        { DPoP },
      );
      return tokensOf(answer, answer.claims()!.sub);
    },

    /** A call for the person. Tokens are short; a new one is fetched when it is time, and `tokens` holds it from then on. */
    call: async (
      tokens: Tokens,
      method: string,
      path: string,
      body?: object,
    ): Promise<{ status: number; json: Json; bytes: Buffer }> => {
      if (Date.now() > tokens.until)
        Object.assign(
          tokens,
          tokensOf(await oidc.refreshTokenGrant(configuration, tokens.refresh, undefined, { DPoP }), tokens.subject),
        );
      const headers = new Headers({ accept: 'application/json' });
      if (body !== undefined) headers.set('content-type', 'application/json');
      const answer = await oidc
        .fetchProtectedResource(
          configuration,
          tokens.access,
          new URL(stateUrl + path),
          method,
          body === undefined ? null : JSON.stringify(body),
          headers,
          { DPoP },
        )
        .catch((error) => {
          // A refusal of the token itself: what it says is the state's own refusal, as any other.
          if (error instanceof oidc.WWWAuthenticateChallengeError) return error.response;
          throw error;
        });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const isJson = (answer.headers.get('content-type') ?? '').includes('json');
      const json = isJson && bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : undefined;
      if (answer.status >= 400) {
        const unknown = { ar: 'تعذّر إتمام الطلب.', en: 'The request could not be completed.' };
        throw new Refused(json?.code ?? String(answer.status), json?.messages ?? unknown);
      }
      return { status: answer.status, json, bytes };
    },

    /** What needs no token: the catalogue, keys, verification. */
    read: async (path: string, init?: RequestInit): Promise<Json> => (await reach(stateUrl + path, init)).json(),

    /** How the app itself stands: quotas, webhooks that could not be delivered. */
    readOwn: async (path: string, method = 'GET'): Promise<Json> => {
      const { access_token: own } = await oidc.clientCredentialsGrant(configuration, {}, { DPoP });
      const answer = await oidc.fetchProtectedResource(
        configuration,
        own,
        new URL(stateUrl + path),
        method,
        null,
        undefined,
        {
          DPoP,
        },
      );
      return answer.json();
    },
  };
}
export type Government = Awaited<ReturnType<typeof openGovernment>>;
