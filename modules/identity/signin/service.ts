import * as oidc from 'openid-client';
import { randomToken, sha256 } from '#kernel/ids';
import type { Language } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type AssuranceLevel, isAssuranceLevel, isAtLeast, levelsFrom, usualLevel } from '#protocol/assurance';
import type { Representation } from '#protocol/representation';
import { readRepresentation, representationClaim } from '../acting/rules.ts';
import { readVerifiedClaims, requestOf, type VerifiedClaims, type WantedClaims } from '../assurance/verified-claims.ts';
import { type EvidenceDetail, problem } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Outcomes } from '../outcomes/service.ts';
import { mustBeSigned } from '../provider/message-signing.ts';
import { createConnections, type RelyingParty, speakOAuth } from './connections.ts';
import { handlesIn, isOwnPath, reasonOfProblem, stateOf, withHandle } from './rules.ts';
import * as store from './store.ts';

export type SignInStart = {
  client: RelyingParty;
  providerEntityId: string;
  redirectUri: string;
  /** A path of this site. */
  returnTo: string;
  authorizationDetails?: EvidenceDetail[];
  /** The level below which nobody is let in; the usual one when absent. */
  level?: AssuranceLevel;
  /** How many seconds ago the person may have signed in at home; 0 asks again in any case. */
  maxAgeSeconds?: number;
  /** Claims to have with proof of how they were verified; the same fields have to be in `authorizationDetails`. */
  verifiedClaims?: WantedClaims;
  /** The resource the access token is for; needed with `authorizationDetails`. */
  resource?: string;
  language: Language;
  /** What the cookie of this browser holds of sign-ins that it has begun before. */
  begunBefore?: string | undefined;
  /** Asks for whom the person acts: under the mandate that is named by its handle, or as they choose at home. */
  representation?: { mandate?: string };
};

export type SignedIn = {
  client: string;
  issuer: string;
  /** Pairwise: means nothing to another state. */
  subject: string;
  homeState: string;
  /** At least what was asked for. */
  acr: AssuranceLevel;
  claims: Record<string, unknown>;
  /** As granted; absent when the provider could not give them as asked. */
  verifiedClaims?: VerifiedClaims;
  /** The session at the provider, which a back-channel logout names. */
  providerSession?: string;
  accessToken?: string;
  /** As granted, which may be less than was asked. */
  authorizationDetails?: EvidenceDetail[];
  returnTo: string;
  /** For whom the person acts, as the home state vouches. */
  representation?: Representation;
};

export type SignIn = {
  /**
   * Pushes the request and answers where to send the browser. The value for its cookie is a random handle, after those of `begunBefore`: what
   * the cookie held, for a browser in which several tabs sign in. The flows stay here.
   */
  start(request: SignInStart): Promise<{ redirectUrl: string; stateCookieValue: string }>;
  /** Ends the flow that the answer belongs to, once. Refuses with what the person or the provider decided. */
  complete(answer: { client: RelyingParty; callbackUrl: string; stateCookieValue: string }): Promise<SignedIn>;
  /** What the person of this answer was about to do: where to go on, also after a refusal, and the level it needs. */
  findFlow(
    stateCookieValue: string,
    callbackUrl: string,
  ): Promise<{ returnTo: string; level: AssuranceLevel } | undefined>;
  purge(): Promise<void>;
};

const flowMs = 1_800_000;

export function createSignIn(needs: IdentityNeeds, outcomes: Outcomes): SignIn {
  const { database, clock } = needs;
  const { configure, resolveProvider, homeStateOf } = createConnections(needs);

  /** Lets a step end as it does; one that is refused is counted, by its reason where it has one. */
  async function counted<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem) outcomes.count('relying-party', reasonOfProblem(error.code) ?? error.code);
      throw error;
    }
  }

  /** The sign-ins that a browser has begun, the latest last, and the one that an answer belongs to. */
  async function choose(stateCookieValue: string, callbackUrl: string) {
    const handles = handlesIn(stateCookieValue).map((handle) => sha256(handle));
    const found = await store.listFlows(database.db, handles);
    const all = handles.flatMap((handle) => found.find((one) => handle.equals(one.handle)) ?? []);
    const state = stateOf(callbackUrl);
    return { all, own: all.find((one) => one.state === state) };
  }

  return {
    start: (request) =>
      counted(async () => {
        if (!isOwnPath(request.returnTo)) throw problem('return-address-invalid');
        const provider = await resolveProvider(request.providerEntityId);
        const isSigned = mustBeSigned(request.authorizationDetails ?? []);
        const { configuration, options, signingKey } = await configure(request.client, provider, isSigned);
        const handle = randomToken();
        const flow = {
          handle: sha256(handle),
          provider: provider.entityId,
          client: request.client.entityId,
          state: oidc.randomState(),
          nonce: oidc.randomNonce(),
          code_verifier: oidc.randomPKCECodeVerifier(),
          redirect_uri: request.redirectUri,
          return_to: request.returnTo,
          resource: request.resource ?? null,
          needed_level: request.level ?? usualLevel,
          max_age: request.maxAgeSeconds ?? null,
          is_signed: isSigned,
          expires_at: new Date(clock.now().getTime() + flowMs),
        };
        const parameters: Record<string, string> = {
          redirect_uri: request.redirectUri,
          scope: 'openid',
          state: flow.state,
          nonce: flow.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(flow.code_verifier),
          code_challenge_method: 'S256',
          ui_locales: request.language,
          claims: JSON.stringify({
            id_token: {
              acr: { essential: true, values: levelsFrom(flow.needed_level) },
              ...(request.representation === undefined
                ? {}
                : {
                    [representationClaim]:
                      request.representation.mandate === undefined ? null : { value: request.representation.mandate },
                  }),
              ...(request.verifiedClaims === undefined ? {} : { verified_claims: requestOf(request.verifiedClaims) }),
            },
          }),
          ...(flow.max_age === null ? {} : { max_age: String(flow.max_age) }),
          ...(request.resource === undefined ? {} : { resource: request.resource }),
          ...(request.authorizationDetails === undefined
            ? {}
            : { authorization_details: JSON.stringify(request.authorizationDetails) }),
        };
        const url = await speakOAuth(async () => {
          const signed = isSigned
            ? (await oidc.buildAuthorizationUrlWithJAR(configuration, parameters, signingKey)).searchParams
            : parameters;
          return oidc.buildAuthorizationUrlWithPAR(configuration, signed, options);
        });
        await store.saveFlow(database.db, flow);
        return { redirectUrl: url.href, stateCookieValue: withHandle(request.begunBefore, handle) };
      }),

    complete: ({ client, callbackUrl, stateCookieValue }) =>
      counted(async () => {
        // An answer that none of this browser's sign-ins asked for spends none of them.
        const { own } = await choose(stateCookieValue, callbackUrl);
        const flow = own && (await store.spendFlow(database.db, own.handle, client.entityId, clock.now()));
        if (flow === undefined) throw problem('sign-in-expired');
        const provider = await resolveProvider(flow.provider);
        const { configuration, options } = await configure(client, provider, flow.is_signed);
        // The answer is judged against the address that was registered, whatever name a proxy gave this host.
        const answer = new URL(flow.redirect_uri);
        answer.search = new URL(callbackUrl, needs.publicUrl).search;
        const tokens = await speakOAuth(() =>
          oidc.authorizationCodeGrant(
            configuration,
            answer,
            {
              expectedState: flow.state,
              expectedNonce: flow.nonce,
              pkceCodeVerifier: flow.code_verifier,
              idTokenExpected: true,
              ...(flow.max_age === null ? {} : { maxAge: flow.max_age }),
            },
            flow.resource === null ? undefined : { resource: flow.resource },
            options,
          ),
        );
        const claims = tokens.claims()!;
        const { acr } = claims;
        // The provider's promise is not taken for the fact: what its token says is compared with what was needed.
        if (!isAssuranceLevel(acr) || !isAtLeast(acr, flow.needed_level)) throw problem('acr-not-met');
        const verified = claims['verified_claims'];
        const frameworks: unknown = provider.metadata['openid_provider'].trust_frameworks_supported;
        const verifiedClaims = verified === undefined ? undefined : readVerifiedClaims(verified, frameworks);
        if (verified !== undefined && verifiedClaims === undefined)
          throw problem('sign-in-refused', { reason: 'verified_claims_invalid' });
        outcomes.count('relying-party', 'signed-in', acr);
        const representation = readRepresentation(claims[representationClaim]);
        const details = tokens['authorization_details'] as EvidenceDetail[] | undefined;
        return {
          client: client.entityId,
          issuer: provider.entityId,
          subject: claims.sub,
          homeState: await homeStateOf(provider),
          acr,
          claims: { ...claims },
          ...(verifiedClaims === undefined ? {} : { verifiedClaims }),
          ...(typeof claims['sid'] === 'string' ? { providerSession: claims['sid'] } : {}),
          accessToken: tokens.access_token,
          ...(details === undefined ? {} : { authorizationDetails: details }),
          returnTo: flow.return_to,
          ...(representation === undefined ? {} : { representation }),
        };
      }),

    findFlow: async (stateCookieValue, callbackUrl) => {
      const { all, own } = await choose(stateCookieValue, callbackUrl);
      const flow = own ?? all.at(-1);
      return flow && { returnTo: flow.return_to, level: flow.needed_level };
    },
    purge: () => store.purgeFlows(database.db, clock.now()),
  };
}
