import { sha256 } from '#kernel/ids';
import type { JwsPayload } from '#kernel/jws';
import type { ExchangeNeeds } from './needs.ts';
import { verifyToken } from './rules.ts';

export type Tokens = {
  /** The claims of an access token, its signature verified; throws `token-issuer-unknown` or `token-invalid`. */
  verify(token: string): Promise<JwsPayload>;
};

const trustedMs = 60_000;
const tokensMax = 10_000;

/**
 * Verifies access tokens. A token serves every question of its consent, and its signature is the dearest check of all: one
 * that held is believed for a minute, after which a key taken out of use counts. Its times and what it grants are judged
 * each time by whoever asks.
 */
export function createTokens(needs: Pick<ExchangeNeeds, 'clock' | 'issuer' | 'issuerKeys'>): Tokens {
  const verified = new Map<string, { payload: JwsPayload; untilMs: number }>();
  return {
    verify: async (token) => {
      const nowMs = needs.clock.now().getTime();
      const digest = sha256(token).toString('latin1');
      const known = verified.get(digest);
      if (known && nowMs < known.untilMs) return known.payload;
      const payload = verifyToken(token, needs.issuer, await needs.issuerKeys());
      verified.delete(digest);
      verified.set(digest, { payload, untilMs: nowMs + trustedMs });
      if (verified.size > tokensMax) verified.delete(verified.keys().next().value!);
      return payload;
    },
  };
}
