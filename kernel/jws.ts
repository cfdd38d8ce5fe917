import { base64url } from './ids.ts';
import { type Algorithm, type JWK, type Signer, verifySignature } from './keys.ts';
import { kernelProblem } from './problem.ts';

export type JwsHeader = { alg: string; kid?: string; typ?: string; crit?: string[]; [name: string]: unknown };
// biome-ignore lint/suspicious/noExplicitAny: claims are checked by whoever knows their shape
export type JwsPayload = Record<string, any>;
export type Jws = { header: JwsHeader; payload: JwsPayload };

const tokenCharactersMax = 1_048_576;

/** A compact JWS (RFC 7515 section 7.1) with `alg` and `kid` of the signer. */
export async function signJws(
  signer: Signer,
  payload: object,
  header: { typ?: string; [name: string]: unknown } = {},
): Promise<string> {
  const input = `${base64url(JSON.stringify({ alg: signer.alg, kid: signer.kid, ...header }))}.${base64url(JSON.stringify(payload))}`;
  return `${input}.${base64url(await signer.sign(Buffer.from(input, 'ascii')))}`;
}

/**
 * Checks a compact JWS against known keys and returns its parts. Only ES256 and Ed25519 (RFC 9864) are taken, the key is
 * chosen by `kid` alone, and any `crit` is refused (RFC 7515 section 4.1.11). Times are the caller's to judge.
 */
export function verifyJws(token: string, keys: readonly JWK[], expected: { typ?: string } = {}): Jws {
  const { header, payload } = decodeJws(token);
  const key = keys.find((candidate) => candidate.kid !== undefined && candidate.kid === header.kid);
  const isKnown = header.alg === 'ES256' || header.alg === 'Ed25519';
  if (!key || !isKnown || header.crit !== undefined) throw kernelProblem('signature-invalid');
  if (key.alg !== undefined && key.alg !== header.alg) throw kernelProblem('signature-invalid');
  if (expected.typ !== undefined && header.typ !== expected.typ) throw kernelProblem('signature-invalid');
  const dot = token.lastIndexOf('.');
  const isValid = verifySignature(
    key,
    header.alg as Algorithm,
    Buffer.from(token.slice(0, dot), 'ascii'),
    Buffer.from(token.slice(dot + 1), 'base64url'),
  );
  if (!isValid) throw kernelProblem('signature-invalid');
  return { header, payload };
}

/** The parts of a compact JWS, unchecked: only to find out which key to check it with. */
export function decodeJws(token: string): Jws {
  const parts = token.length <= tokenCharactersMax ? token.split('.') : [];
  if (parts.length !== 3 || parts.some((part) => !/^[A-Za-z0-9_-]+$/.test(part)))
    throw kernelProblem('signature-invalid');
  try {
    const [header, payload] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
    if (!isRecord(header) || !isRecord(payload) || typeof header['alg'] !== 'string') throw new TypeError('not a JWS');
    return { header: header as JwsHeader, payload };
  } catch {
    throw kernelProblem('signature-invalid');
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
