import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { decodeJws } from '#kernel/jws';
import { type JWK, jwkThumbprint, verifySignature } from '#kernel/keys';
import { kernelProblem, Problem } from '#kernel/problem';
import type { QuotaLeft } from '../contract.ts';
import { proofSecondsMax, refuseProof } from './refusals.ts';

const Proof = Type.Object({
  jti: Type.String({ minLength: 8, maxLength: 256 }),
  htm: Type.String(),
  htu: Type.String(),
  iat: Type.Integer(),
  ath: Type.String(),
});
const proofShape = Compile(Proof);
export type Call = { method: string; url: string; headers: Record<string, string> };

/** The token that an app shows, whatever it is worth. Throws Problem `app-token-needed`. */
export function readShownToken(headers: Record<string, string>): string {
  const [, token] = /^dpop ([A-Za-z0-9._~+/-]{20,512}=*)$/i.exec(headers['authorization'] ?? '') ?? [];
  if (token === undefined) throw kernelProblem('app-token-needed');
  return token;
}

/**
 * Checks the proof that comes with a token (RFC 9449 section 4.3): one key, this request, this token, now. Returns the thumbprint
 * of the key and a name for the proof, which counts once. Throws Problem `app-proof-invalid`.
 */
export function checkProof(call: Call, token: string, now: Date): { keyThumbprint: string; proofId: string } {
  const proof = call.headers['dpop'];
  if (proof === undefined || proof.length > 4_096) throw refuseProof('proof-missing');
  const { header, payload } = readParts(proof);
  const jwk = header['jwk'] as JWK | undefined;
  if (header.typ !== 'dpop+jwt' || header.alg !== 'ES256' || header.crit !== undefined)
    throw refuseProof('proof-malformed');
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk || jwk.kty !== 'EC') throw refuseProof('proof-malformed');
  if (!isSignedBy(jwk, proof)) throw refuseProof('proof-signature');
  return judge(call, token, payload, jwkThumbprint(jwk), now);
}

function readParts(proof: string) {
  try {
    return decodeJws(proof);
  } catch (error) {
    if (error instanceof Problem) throw refuseProof('proof-malformed');
    throw error;
  }
}

function isSignedBy(jwk: JWK, proof: string): boolean {
  const dot = proof.lastIndexOf('.');
  const signature = Buffer.from(proof.slice(dot + 1), 'base64url');
  try {
    return verifySignature(jwk, 'ES256', Buffer.from(proof.slice(0, dot), 'ascii'), signature);
  } catch {
    // What is no key of this kind cannot be imported: nothing is signed by it.
    return false;
  }
}

function judge(call: Call, token: string, payload: unknown, keyThumbprint: string, now: Date) {
  if (!proofShape.Check(payload)) throw refuseProof('proof-malformed');
  if (payload.htm !== call.method || bareAddress(payload.htu) !== bareAddress(call.url))
    throw refuseProof('proof-of-another-request');
  if (Math.abs(now.getTime() / 1_000 - payload.iat) > proofSecondsMax) throw refuseProof('proof-outdated');
  if (payload.ath !== createHash('sha256').update(token, 'ascii').digest('base64url'))
    throw refuseProof('proof-of-another-token');
  return { keyThumbprint, proofId: `${keyThumbprint} ${createHash('sha256').update(payload.jti).digest('base64url')}` };
}

/** Without query and fragment, as a URL parser would write it; nothing for what is no address. */
function bareAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, pathname } = new URL(text);
  return origin + pathname;
}

const windows = [
  { quota: 'minute', seconds: 60 },
  { quota: 'day', seconds: 86_400 },
] as const;

export type Limits = { callsPerMinute: number; callsPerDay: number };

/** The windows that a call at this moment falls into: fixed ones, so that all processes of a node count in the same. */
export function windowsAt(now: Date): Array<{ quota: 'minute' | 'day'; seconds: number; beganAt: number }> {
  const at = Math.floor(now.getTime() / 1_000);
  return windows.map(({ quota, seconds }) => ({ quota, seconds, beganAt: at - (at % seconds) }));
}

/** What is left, from how many calls were made in each window (by its length in seconds). */
export function quotasLeft(limits: Limits, made: ReadonlyMap<number, number>, now: Date): QuotaLeft[] {
  const at = Math.floor(now.getTime() / 1_000);
  return windowsAt(now).map(({ quota, seconds, beganAt }) => {
    const calls = quota === 'minute' ? limits.callsPerMinute : limits.callsPerDay;
    const left = Math.max(0, calls - (made.get(seconds) ?? 0));
    return { quota, calls, left, secondsLeft: beganAt + seconds - at };
  });
}

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11). */
export function quotaHeaders(quotas: readonly QuotaLeft[]): Record<string, string> {
  const seconds = { minute: 60, day: 86_400 };
  return {
    'ratelimit-policy': quotas.map(({ quota, calls }) => `"${quota}";q=${calls};w=${seconds[quota]}`).join(', '),
    ratelimit: quotas.map(({ quota, left, secondsLeft }) => `"${quota}";r=${left};t=${secondsLeft}`).join(', '),
  };
}
