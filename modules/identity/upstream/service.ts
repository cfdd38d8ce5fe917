import * as oidc from 'openid-client';
import { sha256 } from '#kernel/ids';
import type { Language, Text } from '#kernel/languages';
import type { AssuranceLevel } from '#protocol/assurance';
import { boundedFetch } from '../bounded-fetch.ts';
import { problem, type RefusalReason } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Outcomes } from '../outcomes/service.ts';
import { type Cards, createCards } from './cards/service.ts';
import type { OpenidUpstream, UpstreamConnection } from './contract.ts';
import { createFailed } from './failing.ts';
import { acrValuesFor, connectedUpstreams, type Returned, readProof, reasonOfError, type Shown } from './rules.ts';
import * as store from './store.ts';

export type Upstreams = {
  /** The eIDs one can sign in with on the sign-in page; those that push to an app ask for the number first. */
  list(): Array<{ id: string; names: Text; asksNumber: boolean }>;
  /** Where the browser is sent to: a page's policy has to let its forms lead there. */
  origins: string[];
  /** Where to send the browser of this interaction. Refuses `upstream-unknown` and `upstream-failed`. */
  begin(going: {
    interactionId: string;
    id: string;
    needed?: AssuranceLevel;
    language: Language;
    /** Somebody whom it has just shown, and whom it is to confirm more strongly. */
    confirming?: { personId: string; nationalId: string };
  }): Promise<string>;
  /** The method by which an eID confirms somebody more strongly whom it has shown. */
  findConfirming(id: string): string | undefined;
  /** The interaction that somebody comes back to, by the answer's `state`, or `session` of a card. */
  findInteraction(query: URLSearchParams): Promise<string | undefined>;
  /** What the eID says, once. Refuses `interaction-expired`, and `upstream-failed` where the person is not to blame. */
  finish(returned: { interactionId: string; query: URLSearchParams }): Promise<Returned | { refused: RefusalReason }>;
  purge(): Promise<void>;
};

const flowMs = 900_000;
const toleranceSeconds = 60;
/** What an eID publishes about itself is asked for again after this long. */
const discoveredMs = 600_000;

/** Where an eID leads back to: one address for all of them, the same for everybody. */
export const upstreamReturnPath = '/eid-pages/upstream';

/** Signs people in with an eID that the state has already (OpenID Connect Core 1.0 section 3.1, PKCE, client secret). */
export function createUpstreams(needs: IdentityNeeds, outcomes: Pick<Outcomes, 'count'>): Upstreams {
  const { database, clock, publicUrl } = needs;
  const db = database.db;
  const all = connectedUpstreams(needs.eid, needs.upstreams);
  for (const { id } of needs.upstreams ?? [])
    if (!all.some(({ upstream }) => upstream.id === id))
      throw new Error(`the eID '${id}' is connected, but the framework of the state does not describe it`);
  const connected = all.flatMap(({ upstream, connection }) =>
    upstream.shape === 'openid' ? [{ upstream, connection }] : [],
  );
  const withCards = all.flatMap(({ upstream, connection }) =>
    upstream.shape === 'card' ? [{ upstream, connection }] : [],
  );
  const cards: Cards = createCards(needs);
  const discovered = new Map<string, { configuration: oidc.Configuration; until: number }>();

  const find = (id: string) => {
    const found = connected.find(({ upstream }) => upstream.id === id);
    if (found === undefined) throw problem('upstream-unknown');
    return found;
  };

  async function configure({ id, issuer, clientId, clientSecret, endpoints }: UpstreamConnection) {
    const kept = discovered.get(id);
    const now = clock.now().getTime();
    if (kept && kept.until > now) return kept.configuration;
    const authentication = oidc.ClientSecretBasic(clientSecret);
    const metadata = { [oidc.clockTolerance]: toleranceSeconds, id_token_signed_response_alg: 'ES256' };
    const fetch = boundedFetch(needs.http) as oidc.CustomFetch;
    const execute = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
    const configuration = endpoints
      ? new oidc.Configuration(
          {
            issuer,
            authorization_endpoint: endpoints.authorization,
            token_endpoint: endpoints.token,
            userinfo_endpoint: endpoints.userinfo,
            jwks_uri: endpoints.jwks,
          },
          clientId,
          metadata,
          authentication,
        )
      : await oidc.discovery(new URL(issuer), clientId, metadata, authentication, {
          [oidc.customFetch]: fetch,
          execute,
        });
    configuration[oidc.customFetch] = fetch;
    if (issuer.startsWith('http:')) oidc.allowInsecureRequests(configuration);
    oidc.enableNonRepudiationChecks(configuration);
    discovered.set(id, { configuration, until: now + discoveredMs });
    return configuration;
  }

  const failed = createFailed(needs, outcomes);

  async function prove(
    upstream: OpenidUpstream,
    connection: UpstreamConnection,
    flow: store.UpstreamFlow,
    query: URLSearchParams,
  ): Promise<Shown | { refused: RefusalReason }> {
    const configuration = await configure(connection);
    const tokens = await oidc.authorizationCodeGrant(
      configuration,
      new URL(`${publicUrl}${upstreamReturnPath}?${query}`),
      {
        expectedState: query.get('state')!,
        expectedNonce: flow.nonce,
        pkceCodeVerifier: flow.code_verifier,
        idTokenExpected: true,
      },
    );
    const idToken = tokens.claims()!;
    // It was asked to let the person sign in now: an older sign-in of its own is another one.
    const signedInAt = idToken.auth_time;
    if (signedInAt !== undefined && signedInAt < flow.created_at.getTime() / 1_000 - toleranceSeconds)
      throw problem('upstream-failed');
    const places = [upstream.nationalId, upstream.proofing, upstream.method];
    const userinfo = places.some((place) => place.in === 'userinfo')
      ? await oidc.fetchUserInfo(configuration, tokens.access_token, idToken.sub)
      : {};
    const shown = readProof(upstream, { 'id-token': idToken, userinfo });
    if (shown === 'unknown') throw problem('upstream-failed');
    return shown === 'nobody' ? { refused: 'not_matched' } : shown;
  }

  /** Somebody is on the way: `mark` is what they have to come back with, and is kept as a hash alone. */
  async function keep(
    interactionId: string,
    id: string,
    way: { mark: string; nonce: string; verifier: string; expectedId?: string | undefined },
  ) {
    const now = clock.now();
    await store.saveFlow(db, {
      state: sha256(way.mark),
      interaction_id: interactionId,
      upstream_id: id,
      nonce: way.nonce,
      code_verifier: way.verifier,
      expected_id: way.expectedId ?? null,
      created_at: now,
      expires_at: new Date(now.getTime() + flowMs),
    });
  }

  return {
    origins: [...connected, ...withCards].map(
      ({ connection }) => new URL(connection.endpoints?.authorization ?? connection.issuer).origin,
    ),
    list: () => all.map(({ upstream: { id, names, shape } }) => ({ id, names, asksNumber: shape === 'push' })),

    findConfirming: (id) => connected.find(({ upstream }) => upstream.id === id)?.upstream.confirms?.method,

    begin: async ({ interactionId, id, needed, language, confirming }) => {
      const byCard = withCards.find(({ upstream }) => upstream.id === id);
      if (byCard) {
        const begun = await cards.begin(byCard, needed, `${publicUrl}${upstreamReturnPath}`).catch((error: unknown) => {
          throw failed(id, error);
        });
        await keep(interactionId, id, { mark: begun.session, nonce: begun.challenge, verifier: '' });
        return begun.url;
      }
      const { upstream, connection } = find(id);
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const verifier = oidc.randomPKCECodeVerifier();
      const acrValues = needed === undefined ? undefined : acrValuesFor(upstream, needed);
      let address: URL;
      try {
        address = oidc.buildAuthorizationUrl(await configure(connection), {
          redirect_uri: `${publicUrl}${upstreamReturnPath}`,
          scope: upstream.scope,
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          prompt: 'login',
          ui_locales: language,
          ...(acrValues === undefined ? {} : { acr_values: acrValues }),
          ...(confirming && upstream.confirms ? { [upstream.confirms.parameter]: confirming.nationalId } : {}),
        });
      } catch (error) {
        throw failed(id, error);
      }
      await keep(interactionId, id, { mark: state, nonce, verifier, expectedId: confirming?.personId });
      return address.href;
    },

    findInteraction: async (query) => (await store.findFlow(db, sha256(markOf(query)), clock.now()))?.interaction_id,

    finish: async ({ interactionId, query }) => {
      const flow = await store.takeFlow(db, {
        state: sha256(markOf(query)),
        interactionId,
        now: clock.now(),
      });
      if (flow === undefined) throw problem('interaction-expired');
      const { upstream_id: upstreamId, expected_id: expectedId } = flow;
      const named = (shown: Shown | { refused: RefusalReason }): Returned | { refused: RefusalReason } =>
        'refused' in shown ? shown : { ...shown, upstreamId, ...(expectedId === null ? {} : { expectedId }) };
      const byCard = withCards.find(({ upstream }) => upstream.id === upstreamId);
      if (byCard) {
        const session = { session: markOf(query), challenge: flow.nonce };
        return named(
          await cards.prove(byCard, session, query.get('code') ?? '').catch((error: unknown) => {
            throw failed(upstreamId, error);
          }),
        );
      }
      const { upstream, connection } = find(upstreamId);
      try {
        return named(await prove(upstream, connection, flow, query));
      } catch (error) {
        if (error instanceof oidc.AuthorizationResponseError) {
          const refused = reasonOfError(upstream, error.error, error.error_description);
          if (refused !== undefined) return { refused };
        }
        throw failed(upstreamId, error);
      }
    },

    purge: () => store.purgeFlows(db, clock.now()),
  };
}

/** What somebody comes back with: `state` of OpenID Connect, `session` of a card. */
const markOf = (query: URLSearchParams): string => query.get('state') ?? query.get('session') ?? '';
