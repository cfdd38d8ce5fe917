import { type Clock, epochSeconds } from '#kernel/clock';
import { decodeJws, signJws } from '#kernel/jws';
import type { Chains } from '../chains/service.ts';
import { problem } from '../contract.ts';
import type { Entities } from '../entities/service.ts';
import { readStatement } from '../statements/rules.ts';

export type Registration = {
  /**
   * Registers a relying party that posts its configuration, or a chain that begins with it (OpenID Federation 1.0 section
   * 12.2), and answers the signed registration. Its client id is its entity id; the registration lasts as long as the chain.
   * Throws 'registration-invalid' and what makes a chain refused.
   */
  register(body: string, contentType: string): Promise<string>;
};

export function createRegistration(needs: {
  clock: Clock;
  chains: Chains;
  entities: Entities;
  /** Addresses of this federation: nobody makes this node climb anywhere else. */
  origins(): Promise<Set<string>>;
}): Registration {
  const { clock, chains, entities } = needs;
  return {
    register: async (body, contentType) => {
      const provider = await entities.findProvider();
      if (!provider) throw problem('entity-unknown');
      const tokens = readTokens(body, contentType);
      const { claims } = readStatement(tokens[0]!, clock.now());
      const said = claims as typeof claims & { aud?: unknown };
      if (claims.iss !== claims.sub) throw refuse('configuration-expected');
      // Only this provider was meant: a configuration that was posted elsewhere registers nobody here.
      const audience = Array.isArray(said.aud) && said.aud.length === 1 ? said.aud[0] : said.aud;
      if (audience !== provider.entityId) throw refuse('audience-mismatch');
      if (!claims.metadata?.['openid_relying_party']) throw refuse('relying-party-expected');
      const origins = await needs.origins();
      if (!claims.authority_hints?.some((hint) => origins.has(new URL(hint).origin)))
        throw problem('trust-anchor-unknown');
      const { verified } = await chains.adopt(claims.sub, tokens);
      const registered = verified.metadata['openid_relying_party'];
      if (!registered || !Array.isArray(registered['redirect_uris'])) throw refuse('redirect-uris-missing');
      return signJws(
        provider.signer,
        {
          iss: provider.entityId,
          sub: claims.sub,
          aud: claims.sub,
          iat: epochSeconds(clock),
          exp: Math.floor(verified.expiresAt.getTime() / 1_000),
          jwks: claims.jwks,
          trust_anchor: verified.anchor,
          authority_hints: [verified.superior],
          metadata: { openid_relying_party: { ...registered, client_id: claims.sub } },
        },
        { typ: 'explicit-registration-response+jwt' },
      );
    },
  };
}

function readTokens(body: string, contentType: string): string[] {
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  if (type === 'application/entity-statement+jwt') return [body.trim()];
  if (type !== 'application/trust-chain+json') throw refuse('content-type-mismatch');
  let tokens: unknown;
  try {
    tokens = JSON.parse(body);
  } catch {
    throw refuse('chain-malformed');
  }
  if (!isChain(tokens)) throw refuse('chain-malformed');
  return tokens;
}

/** A chain as somebody hands it over: statements from an entity to an anchor (section 4.3). Nothing of it is verified. */
export function isChain(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length >= 3 && value.length <= 8 && value.every((token) => typeof token === 'string')
  );
}

/** The chains in the header of a request that its sender signed (sections 4.3 and 4.4); absent when there are none. */
export function readOfferedChains(token: string): { own?: string[]; peer?: string[] } {
  const { trust_chain: own, peer_trust_chain: peer } = decodeJws(token).header;
  return { ...(isChain(own) ? { own } : {}), ...(isChain(peer) ? { peer } : {}) };
}

function refuse(reason: string) {
  return problem('registration-invalid', { reason });
}
