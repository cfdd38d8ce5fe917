import { decodeJws } from '#kernel/jws';
import { type JWK, jwkThumbprint } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { isSignedWith, isUsableKey } from '../sd-jwt.ts';

export const preAuthorizedCode = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';
export const offerSeconds = 900;
export const accessTokenSeconds = 300;
export const nonceSeconds = 300;

/** Errors of OAuth 2.0 and OpenID4VCI 1.0 (sections 6.3 and 8.3.1), which wallets know by these names. */
export type OAuthError =
  | 'invalid_request'
  | 'unsupported_grant_type'
  | 'invalid_grant'
  | 'invalid_token'
  | 'invalid_credential_request'
  | 'unknown_credential_configuration'
  | 'invalid_proof'
  | 'invalid_nonce';

const proofSkewSeconds = 300;

/**
 * The holder key that a key proof shows (OpenID4VCI 1.0 appendix F.1 and F.4), or what is wrong with the proof.
 * `isOwnNonce` says whether this issuer gave out the nonce and it has not ended.
 */
export function readProof(
  proof: unknown,
  expected: { issuer: string; now: number; isOwnNonce(nonce: string): boolean },
): { jwk: JWK; thumbprint: string } | 'invalid_proof' | 'invalid_nonce' {
  if (typeof proof !== 'string') return 'invalid_proof';
  try {
    const { header, payload } = decodeJws(proof);
    const jwk = header['jwk'];
    const isFresh = typeof payload['iat'] === 'number' && Math.abs(expected.now - payload['iat']) <= proofSkewSeconds;
    const isProof =
      header.typ === 'openid4vci-proof+jwt' && header.kid === undefined && payload['aud'] === expected.issuer;
    if (!isProof || !isFresh || !isUsableKey(jwk) || !isSignedWith(proof, jwk)) return 'invalid_proof';
    if (typeof payload['nonce'] !== 'string' || !expected.isOwnNonce(payload['nonce'])) return 'invalid_nonce';
    return { jwk, thumbprint: jwkThumbprint(jwk) };
  } catch (error) {
    if (error instanceof Problem) return 'invalid_proof';
    throw error;
  }
}
