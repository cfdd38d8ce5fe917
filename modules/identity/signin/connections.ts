import * as oidc from 'openid-client';
import { decodeJws } from '#kernel/jws';
import type { Signer } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { boundedFetch } from '../bounded-fetch.ts';
import { problem } from '../contract.ts';
import type { IdentityNeeds, ResolvedEntity } from '../needs.ts';
import { problemOfRefusal, readProviderMetadata } from './rules.ts';

/** A relying party of this node: the portal, or an office. Its key signs client assertions and DPoP proofs. */
export type RelyingParty = { entityId: string; signer: Signer };

/** One for each office with each state; more would be a mistake somewhere. */
const handlesMax = 1_000;

/** How relying parties of this node reach the provider of a state: by its trust chain, and as who they are. */
export function createConnections(needs: IdentityNeeds) {
  const { clock, keys, federation } = needs;
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

  return { configure, resolveProvider, homeStateOf };
}

/** Turns the library's errors into refusals a person can act on; what is neither a refusal nor a network fault is a bug. */
export async function speakOAuth<Answer>(work: () => Promise<Answer>): Promise<Answer> {
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
