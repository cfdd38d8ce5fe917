import { SDJwtInstance } from '@sd-jwt/core';
import { base64url, randomToken, sha256 } from '#kernel/ids';
import { decodeJws, type Jws } from '#kernel/jws';
import { type JWK, publicKeyOf, type Signer, verifySignature } from '#kernel/keys';

export const sdJwtType = 'dc+sd-jwt';
export const sdJwtCharactersMax = 262_144;

type Claims = Record<string, unknown>;
type Sign = Pick<Signer, 'sign'>;

const digests = {
  hasher: (data: string | ArrayBuffer) =>
    new Uint8Array(sha256(typeof data === 'string' ? data : new Uint8Array(data))),
  hashAlg: 'sha-256' as const,
  // RFC 9901 section 4.2.1 asks for 128 bits of salt.
  saltGenerator: () => randomToken(16),
};

/** A compact SD-JWT VC signed with ES256. `disclosable` names members of `claims` that the holder may leave out. */
export async function issueSdJwt(signer: Signer, claims: Claims, disclosable: readonly string[]): Promise<string> {
  const issuer = new SDJwtInstance({
    ...digests,
    signer: async (data) => base64url(await signer.sign(Buffer.from(data))),
    signAlg: 'ES256',
  });
  const frame = { _sd: [...disclosable] };
  return issuer.issue(claims as never, frame as never, { header: { kid: signer.kid, typ: sdJwtType } });
}

/** The same credential with only `fields` disclosed, and a key-binding JWT for one audience and nonce (RFC 9901 section 4.3). */
export async function presentSdJwt(
  holder: Sign,
  compact: string,
  request: { fields: readonly string[]; audience: string; nonce: string; issuedAt: number },
): Promise<string> {
  const instance = new SDJwtInstance({
    ...digests,
    kbSigner: async (data) => base64url(await holder.sign(Buffer.from(data))),
    kbSignAlg: 'ES256',
  });
  const frame = Object.fromEntries(request.fields.map((field) => [field, true]));
  return instance.present(compact, frame, {
    kb: { payload: { iat: request.issuedAt, aud: request.audience, nonce: request.nonce } },
  });
}

export type OpenedSdJwt = {
  issuerJwt: string;
  jws: Jws;
  /** Everything that was disclosed, put back in its place. Undefined when the disclosures do not fit the signed digests. */
  claims?: Claims;
  keyBinding?: { token: string; jws: Jws; coveredHash: string };
};

/** Takes a compact SD-JWT apart without checking a signature. Undefined when it is not one. */
export function openSdJwt(text: string): OpenedSdJwt | undefined {
  if (text.length > sdJwtCharactersMax) return undefined;
  const parts = text.split('~');
  const [issuerJwt, last] = [parts[0]!, parts.at(-1)!];
  if (parts.length < 2 || !isCanonicalJws(issuerJwt)) return undefined;
  const keyBindingToken = last === '' ? undefined : last;
  if (keyBindingToken !== undefined && !isCanonicalJws(keyBindingToken)) return undefined;
  try {
    const jws = decodeJws(issuerJwt);
    return {
      issuerJwt,
      jws,
      claims: disclose(jws.payload, parts.slice(1, -1)),
      ...(keyBindingToken === undefined
        ? {}
        : {
            keyBinding: {
              token: keyBindingToken,
              jws: decodeJws(keyBindingToken),
              coveredHash: base64url(sha256(text.slice(0, -keyBindingToken.length))),
            },
          }),
    };
  } catch {
    // decodeJws refuses what is not a JWS; here that means "not a credential".
    return undefined;
  }
}

/** True when the compact JWS carries an ES256 signature of this very key, whatever its header says of keys. */
export function isSignedWith(token: string, jwk: JWK): boolean {
  const dot = token.lastIndexOf('.');
  const isEs256 = decodeJws(token).header.alg === 'ES256' && decodeJws(token).header.crit === undefined;
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  return isEs256 && verifySignature(jwk, 'ES256', Buffer.from(token.slice(0, dot), 'ascii'), signature);
}

/** A public P-256 key that can be loaded. */
export function isUsableKey(jwk: unknown): jwk is JWK {
  const key = (typeof jwk === 'object' && jwk !== null ? jwk : {}) as JWK & { d?: unknown };
  if (key.kty !== 'EC' || key.crv !== 'P-256' || key.d !== undefined) return false;
  try {
    return publicKeyOf(key).asymmetricKeyType === 'ec';
  } catch {
    // The point is not on the curve, or a coordinate is missing.
    return false;
  }
}

/** Base64url has several spellings of the same bytes; only the shortest is taken, so that no change goes unnoticed. */
function isCanonicalJws(token: string): boolean {
  return token.split('.').every(isCanonical);
}

function isCanonical(part: string): boolean {
  return part.length > 0 && Buffer.from(part, 'base64url').toString('base64url') === part;
}

const depthMax = 16;

/**
 * RFC 9901 section 7.1, steps 3 and 4: every disclosure must be referenced by exactly one signed digest. Libraries tend to
 * drop a disclosure that fits no digest, which would show a changed value as a value not given.
 */
function disclose(payload: Claims, encoded: readonly string[]): Claims | undefined {
  if (payload['_sd_alg'] !== undefined && payload['_sd_alg'] !== 'sha-256') return undefined;
  const waiting = new Map<string, unknown[]>();
  for (const each of encoded) {
    const content = isCanonical(each) ? parseArray(each) : undefined;
    const digest = base64url(sha256(each));
    if (!content || waiting.has(digest)) return undefined;
    waiting.set(digest, content);
  }
  const seen = new Set<string>();
  const take = (digest: unknown, length: number): unknown[] | undefined => {
    if (typeof digest !== 'string' || seen.has(digest)) throw new TypeError('a digest twice');
    seen.add(digest);
    const content = waiting.get(digest);
    if (content && content.length !== length) throw new TypeError('a disclosure in the wrong place');
    waiting.delete(digest);
    return content;
  };
  const walk = (value: unknown, depth: number): unknown => {
    if (depth > depthMax) throw new TypeError('too deep');
    if (Array.isArray(value))
      return value.flatMap((item) => {
        if (!isRecord(item) || !('...' in item)) return [walk(item, depth + 1)];
        const content = take(item['...'], 2);
        return content ? [walk(content[1], depth + 1)] : [];
      });
    if (!isRecord(value)) return value;
    const { _sd: hidden = [], ...open } = value;
    if (!Array.isArray(hidden)) throw new TypeError('_sd is not a list');
    const entries = Object.entries(open).map(([name, each]) => [name, walk(each, depth + 1)] as const);
    const result: Claims = Object.fromEntries(entries);
    for (const digest of hidden) {
      const content = take(digest, 3);
      if (!content) continue;
      const name = content[1];
      if (typeof name !== 'string' || ['_sd', '...', '__proto__'].includes(name) || name in result)
        throw new TypeError('a disclosure that may not be');
      result[name] = walk(content[2], depth + 1);
    }
    return result;
  };
  try {
    const claims = walk(payload, 0) as Claims;
    if (waiting.size > 0) return undefined;
    delete claims['_sd_alg'];
    return claims;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function parseArray(encoded: string): unknown[] | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return Array.isArray(content) && typeof content[0] === 'string' ? content : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
