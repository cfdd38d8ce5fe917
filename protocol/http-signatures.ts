import { hash, timingSafeEqual } from 'node:crypto';
import {
  type InnerList,
  type Item,
  parseDictionary,
  serializeDictionary,
  serializeInnerList,
} from 'structured-headers';
import {
  baseText,
  HttpSignatureError,
  type Message,
  paramsOf,
  parse,
  parseComponent,
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
  const list: InnerList = [options.components.map(parseComponent), paramsOf(options.params)];
  const signature = await options.sign(buildBase(options.message, list));
  return {
    'signature-input': `${options.label}=${serializeInnerList(list)}`,
    signature: serializeDictionary(new Map([[options.label, [signature, new Map()] as Item]])),
  };
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
  return { label, components, params, signature: Buffer.from(signature), base: Buffer.from(base, 'latin1') };
}

/** The exact bytes that are signed (RFC 9421 section 2.5): one line per component, then the parameters. */
export function signatureBase(message: Message, components: readonly string[], params: SignatureParams): Buffer {
  return buildBase(message, [components.map(parseComponent), paramsOf(params)]);
}

function buildBase(message: Message, list: InnerList): Buffer {
  return Buffer.from(baseText(message, list), 'latin1');
}

/** `Content-Digest` of a body (RFC 9530 section 2), with SHA-256. */
export function contentDigest(body: Uint8Array | string): string {
  return `sha-256=:${hash('sha256', body, 'buffer').toString('base64')}:`;
}

/**
 * Checks a received `Content-Digest`: at least one digest of a known, strong algorithm, and every known one must match.
 *
 * @throws HttpSignatureError
 */
export function verifyContentDigest(value: string | undefined, body: Uint8Array): void {
  if (!value) throw new HttpSignatureError('missing', 'no Content-Digest');
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
