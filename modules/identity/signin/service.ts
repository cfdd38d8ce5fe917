import * as oidc from 'openid-client';
import { randomToken, sha256 } from '#kernel/ids';
import { decodeJws } from '#kernel/jws';
import type { Signer } from '#kernel/keys';
import type { Language } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type AssuranceLevel, isAssuranceLevel, isAtLeast, levelsFrom, usualLevel } from '#protocol/assurance';
import type { Representation } from '#protocol/representation';
import { readRepresentation, representationClaim } from '../acting/rules.ts';
import { readVerifiedClaims, requestOf, type VerifiedClaims, type WantedClaims } from '../assurance/verified-claims.ts';
import { boundedFetch } from '../bounded-fetch.ts';
import { type EvidenceDetail, problem } from '../contract.ts';
import type { IdentityNeeds, ResolvedEntity } from '../needs.ts';
import type { Outcomes } from '../outcomes/service.ts';
import { mustBeSigned } from '../provider/message-signing.ts';
import { isOwnPath, problemOfRefusal, readProviderMetadata, reasonOfProblem } from './rules.ts';
import * as store from './store.ts';

/** A relying party of this node: the portal, or an office. Its key signs client assertions and DPoP proofs. */
export type RelyingParty = { entityId: string; signer: Signer };

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
  /** Pushes the request and answers where to send the browser; the cookie value is a random handle, the flow stays here. */
  start(request: SignInStart): Promise<{ redirectUrl: string; stateCookieValue: string }>;
  /** Ends the flow, once. Refuses with what the person or the provider decided. */
  complete(answer: { client: RelyingParty; callbackUrl: string; stateCookieValue: string }): Promise<SignedIn>;
  /** Where a person goes back to after a refusal. */
  findReturnTo(stateCookieValue: string): Promise<string | undefined>;
  purge(): Promise<void>;
};

const flowMs = 1_800_000;
/** One for each office with each state; more would be a mistake somewhere. */
const handlesMax = 1_000;

export function createSignIn(needs: IdentityNeeds, outcomes: Outcomes): SignIn {
  const { database, clock, keys, federation } = needs;
  const ownIssuer = `${needs.publicUrl}/eid`;

  const handles = new Map<string, oidc.DPoPHandle>();

  /** Everything about the provider comes from its trust chain; nothing is fetched from the provider about itself. */
  async function configure(client: RelyingParty, provider: ResolvedEntity, isSigned: boolean) {
    const metadata = readProviderMetadata(provider.entityId, provider.metadata['openid_provider']);
    if (metadata === undefined) throw problem('provider-not-trusted');
    const keyPair = await keys.cryptoKeyPair(client.signer.name);
    const configuration = new oidc.Configuration(
      metadata as oidc.ServerMetadata,
      client.entityId,
      {
        id_token_signed_response_alg: 'ES256',
        authorization_signed_response_alg: 'ES256',
        use_mtls_endpoint_aliases: false,
        [oidc.clockTolerance]: 60,
      },
      oidc.PrivateKeyJwt({ key: keyPair.privateKey, kid: client.signer.kid }),
    );
    configuration[oidc.customFetch] = boundedFetch(needs.http) as oidc.CustomFetch;
    if (metadata.issuer.startsWith('http:')) oidc.allowInsecureRequests(configuration);
    oidc.enableNonRepudiationChecks(configuration);
    // biome-ignore lint/correctness/useHookAtTopLevel: no hook of React
    if (isSigned) oidc.useJwtResponseMode(configuration);
    oidc.setJwksCache(configuration, {
      jwks: metadata.jwks as never,
      uat: Math.floor(clock.now().getTime() / 1000),
    });
    // Kept between sign-ins for the nonce that the provider gave last (RFC 9449 section 8): without it each would be sent twice.
    const name = `${client.signer.kid} ${provider.entityId}`;
    const DPoP = handles.get(name) ?? oidc.getDPoPHandle(configuration, keyPair);
    if (handles.size < handlesMax) handles.set(name, DPoP);
    return { configuration, options: { DPoP }, signingKey: { key: keyPair.privateKey, kid: client.signer.kid } };
  }

  async function resolveProvider(entityId: string): Promise<ResolvedEntity> {
    return federation.resolve(entityId, 'openid_provider');
  }

  /** The state whose authority vouches for the provider: the issuer of the statement above it, not its own word. */
  async function homeStateOf(provider: ResolvedEntity): Promise<string> {
    if (provider.entityId === ownIssuer) return needs.state;
    const statement = provider.chain[1];
    const authority = statement === undefined ? undefined : decodeJws(statement).payload['iss'];
    if (typeof authority !== 'string') throw problem('provider-not-trusted');
    const { metadata } = await federation.resolve(authority);
    const state = metadata['jisr_node']?.state;
    if (typeof state !== 'string') throw problem('provider-not-trusted');
    return state;
  }

  /** Lets a step end as it does; one that is refused is counted, by its reason where it has one. */
  async function counted<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem) outcomes.count('relying-party', reasonOfProblem(error.code) ?? error.code);
      throw error;
    }
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
        return { redirectUrl: url.href, stateCookieValue: handle };
      }),

    complete: ({ client, callbackUrl, stateCookieValue }) =>
      counted(async () => {
        const flow = await store.spendFlow(database.db, sha256(stateCookieValue), client.entityId, clock.now());
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

    findReturnTo: (stateCookieValue) => store.findReturnTo(database.db, sha256(stateCookieValue)),
    purge: () => store.purgeFlows(database.db, clock.now()),
  };
}

/** Turns the library's errors into refusals a person can act on; what is neither a refusal nor a network fault is a bug. */
async function speakOAuth<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)
      throw problemOfRefusal(error.error, error.error_description);
    if (error instanceof oidc.WWWAuthenticateChallengeError)
      throw problem('sign-in-refused', { reason: 'invalid_client' });
    if (error instanceof oidc.ClientError) {
      const cause = error.cause as { code?: unknown } | undefined;
      if (cause instanceof Problem) throw cause;
      throw problem('sign-in-refused', {
        reason: String(error.code ?? 'invalid_response')
          .toLowerCase()
          .slice(0, 60),
      });
    }
    throw error;
  }
}
