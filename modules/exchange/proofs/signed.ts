import type { JWK } from '#kernel/keys';
import { batchAlgorithm, batchText, plainAlgorithm, readBatchForm } from '#protocol/batch-form';
import {
  answerComponents,
  answerLabel,
  answerTag,
  lawfulQuestionComponents,
  questionComponents,
  questionLabel,
  questionTag,
} from '#protocol/exchange-message';
import { HttpSignatureError, type Message, pickSignature, readSignatureText } from '#protocol/signature-base';
import {
  type Bytes,
  canonicalText,
  fromBase64,
  fromBase64url,
  latin1,
  readObject,
  sha256,
  toBase64,
  utf8,
} from './bytes.ts';

export type MessageLabel = typeof questionLabel | typeof answerLabel;

const rules = {
  question: { label: questionLabel, tag: questionTag, components: questionComponents },
  answer: { label: answerLabel, tag: answerTag, components: answerComponents.filter((one) => !one.includes(';req')) },
} as const;
/** What ties an answer to one question (RFC 9421 section 2.4). */
const binding = answerComponents.filter((one) => one.includes(';req'));

export type MessageReading =
  | { state: 'holds'; created: number; expires?: number; isBound: boolean }
  | { state: 'broken'; why: string };

/** Whose key it is, and how the signature says which. */
export type FindKey = (keyid: string, created: number) => Promise<JWK | undefined>;

/**
 * Checks the signature of a message whose body may be gone: the one place where a proof does so. `bodyDigest` is the
 * `Content-Digest` that the signature has to cover.
 */
export async function verifyMessage(
  message: Message,
  bodyDigest: string,
  label: MessageLabel,
  findKey: FindKey,
): Promise<MessageReading> {
  const broken = (why: string): MessageReading => ({ state: 'broken', why });
  const rule = rules[label];
  try {
    if (message.headers['content-digest'] !== bodyDigest) return broken('content-digest');
    // One text for one signature: a file with another spelling of the same fields is another file.
    const picked = pickSignature(message.headers, rule.label);
    for (const [name, value] of Object.entries(picked)) if (message.headers[name] !== value) return broken(name);
    const isLawful = label === questionLabel && message.headers['jisr-authorization-digest'] === undefined;
    const required = isLawful ? lawfulQuestionComponents : rule.components;
    const { params, components, signature, base } = readSignatureText(message, rule.label, required);
    const { created, expires, keyid, alg, tag } = params;
    if (tag !== rule.tag || created === undefined || keyid === undefined) return broken('parameters');
    if (label === questionLabel && (expires === undefined || expires <= created)) return broken('parameters');
    const key = await findKey(keyid, created);
    if (!key) return broken('keyid');
    const bytes = fromBase64(signature);
    if (!bytes || !(await holds(alg, key, latin1(base), bytes))) return broken('signature');
    const isBound = binding.every((component) => components.includes(component));
    return { state: 'holds', created, ...(expires === undefined ? {} : { expires }), isBound };
  } catch (error) {
    if (error instanceof HttpSignatureError) return broken(error.reason);
    throw error;
  }
}

/** A signature of the message alone, or one that it shares with others. */
async function holds(alg: string | undefined, key: JWK, base: Bytes, signature: Bytes): Promise<boolean> {
  if (alg === plainAlgorithm) return verifyEs256(key, base, signature);
  const form = alg === batchAlgorithm ? readBatchForm(signature) : undefined;
  if (!form) return false;
  let head = await sha256(Uint8Array.of(0), base);
  for (const { hash, isLeft } of form.path)
    head = isLeft ? await sha256(Uint8Array.of(1), hash, head) : await sha256(Uint8Array.of(1), head, hash);
  return verifyEs256(key, batchText(form.size, head), form.es256);
}

/** ES256 (RFC 7518 section 3.4) through WebCrypto; a key that is no point of the curve verifies nothing. */
export async function verifyEs256(jwk: JWK, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verifyWith(jwk, 'EC', 'P-256', { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }, data, signature);
}

async function verifyWith(
  jwk: JWK,
  kty: string,
  crv: string,
  algorithm: EcKeyImportParams & EcdsaParams,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (jwk.kty !== kty || jwk.crv !== crv || signature.length !== 64) return false;
  const { x, y } = jwk;
  if (typeof x !== 'string') return false;
  const bare = { kty, crv, x, ...(typeof y === 'string' ? { y } : {}) };
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey('jwk', bare, algorithm, false, ['verify']);
    return await subtle.verify(algorithm, key, signature as Uint8Array<ArrayBuffer>, data as Uint8Array<ArrayBuffer>);
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

export type ReadJws = {
  header: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: claims are checked by whoever knows their shape
  payload: Record<string, any>;
  isSignedBy(keys: readonly JWK[]): Promise<boolean>;
};

/** A compact JWS in its one spelling; undefined when it is anything else, or asks for what is not understood here. */
export function readJws(token: string, typ: string): ReadJws | undefined {
  const parts = token.split('.');
  const bytes = parts.map(fromBase64url);
  if (parts.length !== 3 || bytes.includes(undefined)) return undefined;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let texts: string[];
  try {
    texts = bytes.map((part, at) => (at < 2 ? decoder.decode(part) : ''));
  } catch {
    return undefined;
  }
  if (texts.some(isTooDeep)) return undefined;
  const [header, payload] = texts.slice(0, 2).map(readObject);
  if (!header || !payload || header['typ'] !== typ || 'crit' in header) return undefined;
  // Members named twice would be read one way here and another way elsewhere.
  if (texts.slice(0, 2).some((text, at) => countMembers(text) !== countMembersOf([header, payload][at])))
    return undefined;
  const { alg, kid } = header;
  if ((alg !== 'ES256' && alg !== 'Ed25519') || typeof kid !== 'string') return undefined;
  return {
    header,
    payload,
    isSignedBy: async (keys) => {
      const key = keys.find((one) => one.kid === kid);
      if (!key || (key.alg !== undefined && key.alg !== alg)) return false;
      const data = utf8(`${parts[0]}.${parts[1]}`);
      return alg === 'ES256'
        ? verifyEs256(key, data, bytes[2]!)
        : verifyWith(key, 'OKP', 'Ed25519', { name: 'Ed25519' } as never, data, bytes[2]!);
    },
  };
}

/** The keys of a JWK Set, whatever else a stranger has put there. */
export function readKeys(jwks: unknown): JWK[] {
  const keys: unknown = (jwks as { keys?: unknown } | null | undefined)?.keys;
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'object' && key !== null) : [];
}

/** Deeper than any statement, and shallow enough for every reader. */
const depthMax = 24;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const sign of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    if (depth > depthMax) return true;
  }
  return false;
}

function countMembers(text: string): number {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, '""').split(':').length - 1;
}

function countMembersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, one) => sum + countMembersOf(one), own);
}

/** RFC 7638, for keys that a reader knows by their thumbprint. */
export async function thumbprintOf({ kty, crv, x, y }: JWK): Promise<string> {
  const text = canonicalText({ kty, crv, x, ...(y === undefined ? {} : { y }) }) ?? '';
  return toBase64(await sha256(utf8(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
