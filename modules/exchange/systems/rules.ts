import { sha256 } from '#kernel/ids';
import { type JWK, jwkThumbprint, verifySignature } from '#kernel/keys';
import { clockSkewSeconds } from '#protocol/exchange-message';
import { HttpSignatureError, type RequestMessage, readSignature, verifyContentDigest } from '#protocol/http-signatures';
import { callComponents, callLabel, callLifeSecondsMax, callTag } from '#protocol/system-call';

const algorithms: Record<string, 'ES256' | 'Ed25519'> = { 'ecdsa-p256-sha256': 'ES256', ed25519: 'Ed25519' };

/** A secret has 256 bits of chance, so a plain digest keeps it as well as a slow one would. */
export function digestSecret(secret: string): string {
  return sha256(`jisr/system-secret/v1\n${secret}`).toString('hex');
}

/** The secret of an `Authorization` header: a bearer token, or the password of basic authentication (RFC 7617). */
export function readSecret(authorization: string | undefined): string | undefined {
  const [, scheme, value] = /^(bearer|basic) +([A-Za-z0-9._~+/=-]{16,512})$/i.exec(authorization ?? '') ?? [];
  if (!scheme || !value) return undefined;
  if (scheme.toLowerCase() === 'bearer') return value;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : text.slice(colon + 1);
}

export type ReadCall = {
  keyId: string;
  nonce: string;
  algorithm: 'ES256' | 'Ed25519';
  base: Buffer;
  signature: Buffer;
};

/**
 * The signature of a call, read and not yet checked: every header that means something is covered, the digest fits the body,
 * and it was made now. Undefined when anything is missing or wrong: whoever cannot sign is told no more than that.
 */
export function readCallSignature(message: RequestMessage, body: Buffer, now: Date): ReadCall | undefined {
  try {
    const needed = callComponents(message.headers, body.length > 0);
    const { params, base, signature } = readSignature(message, callLabel, needed);
    if (body.length > 0) verifyContentDigest(message.headers['content-digest'], body);
    const algorithm = algorithms[params.alg ?? ''];
    const { created, expires, keyid, nonce } = params;
    if (!algorithm || params.tag !== callTag || !keyid || !nonce || nonce.length < 16 || nonce.length > 128)
      return undefined;
    if (created === undefined || expires === undefined || expires - created > callLifeSecondsMax) return undefined;
    const seconds = now.getTime() / 1000;
    const isFresh = created <= seconds + clockSkewSeconds && expires >= seconds - clockSkewSeconds && expires > created;
    return isFresh ? { keyId: keyid, nonce, algorithm, base, signature } : undefined;
  } catch (error) {
    if (error instanceof HttpSignatureError) return undefined;
    throw error;
  }
}

export function isSignedBy(call: ReadCall, key: JWK): boolean {
  const isKind = key.crv === (call.algorithm === 'ES256' ? 'P-256' : 'Ed25519');
  return isKind && jwkThumbprint(key) === call.keyId && verifySignature(key, call.algorithm, call.base, call.signature);
}
