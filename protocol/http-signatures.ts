import { hash, timingSafeEqual } from 'node:crypto';
import { parseDictionary } from 'structured-headers';
import {
  HttpSignatureError,
  type Message,
  parse,
  prepareSignatureText,
  readSignatureText,
  type SignatureParams,
} from './signature-base.ts';

export {
  HttpSignatureError,
  type Message,
  type RequestMessage,
  type ResponseMessage,
  type SignatureParams,
} from './signature-base.ts';

export type MessageSignature = {
  label: string;
  /** Covered component identifiers as they stand in the signature base, `"content-digest";req` for one. */
  components: string[];
  params: SignatureParams;
  signature: Buffer;
  /** The bytes the signature was made over (RFC 9421 section 2.5). */
  base: Buffer;
};

/**
 * Signs a message (RFC 9421 section 3.1) and returns the two header fields to add.
 *
 * `components` are identifiers in their serialized form: `"@method"`, `"signature";req;key="question"`.
 */
export async function signMessage(options: {
  message: Message;
  label: string;
  components: readonly string[];
  params: SignatureParams;
  sign: (base: Buffer) => Promise<Uint8Array> | Uint8Array;
}): Promise<{ 'signature-input': string; signature: string }> {
  const { base, input } = prepareSignature(options);
  return { 'signature-input': input, signature: signatureField(options.label, await options.sign(base)) };
}

/** The bytes to sign and the `Signature-Input` that goes with them: for whoever signs several messages at once. */
export function prepareSignature(options: {
  message: Message;
  label: string;
  components: readonly string[];
  params: SignatureParams;
}): { base: Buffer; input: string } {
  const { base, input } = prepareSignatureText(options);
  return { base: Buffer.from(base, 'latin1'), input };
}

/** The `Signature` field with one signature. */
export function signatureField(label: string, signature: Uint8Array): string {
  return `${label}=:${Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString('base64')}:`;
}

/**
 * Reads the signature under `label` and rebuilds its base from the message as received. The signature itself is not yet
 * checked: choose the key by `params.keyid`, then verify `signature` over `base`.
 *
 * @throws HttpSignatureError when it is absent, malformed, covers a component that the message lacks, or leaves out one of
 * `required`.
 */
export function readSignature(message: Message, label: string, required: readonly string[]): MessageSignature {
  const { components, params, signature, base } = readSignatureText(message, label, required);
  return { label, components, params, signature: Buffer.from(signature, 'base64'), base: Buffer.from(base, 'latin1') };
}

/** The exact bytes that are signed (RFC 9421 section 2.5): one line per component, then the parameters. */
export function signatureBase(message: Message, components: readonly string[], params: SignatureParams): Buffer {
  return prepareSignature({ message, label: '', components, params }).base;
}

/** `Content-Digest` of a body (RFC 9530 section 2), with SHA-256. */
export function contentDigest(body: Uint8Array | string): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`;
}

/**
 * Checks a received `Content-Digest`: at least one digest of a known, strong algorithm, and every known one must match.
 *
 * @throws HttpSignatureError
 */
export function verifyContentDigest(value: string | undefined, body: Uint8Array): void {
  if (!value) throw new HttpSignatureError('missing', 'no Content-Digest');
  // The common form, compared as text: a digest is no secret.
  if (value === contentDigest(body)) return;
  let known = 0;
  for (const [name, member] of parse(() => parseDictionary(value))) {
    const algorithm = name === 'sha-256' ? 'sha256' : name === 'sha-512' ? 'sha512' : undefined;
    if (!algorithm) continue;
    known += 1;
    if (!(member[0] instanceof ArrayBuffer)) throw new HttpSignatureError('malformed', 'Content-Digest');
    const claimed = Buffer.from(member[0]);
    const actual = hash(algorithm, body, 'buffer');
    if (claimed.length !== actual.length || !timingSafeEqual(claimed, actual))
      throw new HttpSignatureError('digest-mismatch', name);
  }
  if (known === 0) throw new HttpSignatureError('malformed', 'Content-Digest names no algorithm we know');
}
