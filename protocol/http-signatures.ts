import { hash, timingSafeEqual } from 'node:crypto';
import {
  type InnerList,
  type Item,
  type Parameters,
  parseDictionary,
  parseItem,
  serializeDictionary,
  serializeInnerList,
  serializeItem,
} from 'structured-headers';

/** A request as RFC 9421 sees it. `url` is absolute; header names are in lower case, several lines joined with `, `. */
export type RequestMessage = { method: string; url: string; headers: Record<string, string> };
/** A response; `request` is what it answers, for components with `;req`. */
export type ResponseMessage = { status: number; headers: Record<string, string>; request?: RequestMessage };
export type Message = RequestMessage | ResponseMessage;

/** Times are seconds since 1970. Written in the order given. */
export type SignatureParams = {
  created?: number;
  expires?: number;
  nonce?: string;
  alg?: string;
  keyid?: string;
  tag?: string;
};

export type MessageSignature = {
  label: string;
  /** Covered component identifiers as they stand in the signature base, `"content-digest";req` for one. */
  components: string[];
  params: SignatureParams;
  signature: Buffer;
  /** The bytes the signature was made over (RFC 9421 section 2.5). */
  base: Buffer;
};

/** Why a message signature or a digest was not accepted. The caller turns it into its own refusal. */
export class HttpSignatureError extends Error {
  readonly reason: 'missing' | 'malformed' | 'component-missing' | 'component-not-covered' | 'digest-mismatch';

  constructor(reason: HttpSignatureError['reason'], detail: string) {
    super(`${reason}: ${detail}`);
    this.name = 'HttpSignatureError';
    this.reason = reason;
  }
}

const paramNames = ['created', 'expires', 'nonce', 'alg', 'keyid', 'tag'] as const;
const derivedOfRequest = ['@method', '@target-uri', '@authority', '@scheme', '@request-target', '@path', '@query'];

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
  const input = message.headers['signature-input'];
  const value = message.headers['signature'];
  if (!input || !value) throw new HttpSignatureError('missing', 'no Signature or Signature-Input');
  const list = parse(() => parseDictionary(input)).get(label);
  const item = parse(() => parseDictionary(value)).get(label);
  if (!list || !item) throw new HttpSignatureError('missing', `no signature labelled ${label}`);
  if (!Array.isArray(list[0]) || !(item[0] instanceof ArrayBuffer))
    throw new HttpSignatureError('malformed', 'Signature-Input is not an inner list, or Signature is not bytes');
  const components = (list as InnerList)[0].map((component) => serializeItem(component));
  for (const component of required)
    if (!components.includes(component)) throw new HttpSignatureError('component-not-covered', component);
  return {
    label,
    components,
    params: readParams((list as InnerList)[1]),
    signature: Buffer.from(item[0]),
    base: buildBase(message, list as InnerList),
  };
}

/** The exact bytes that are signed (RFC 9421 section 2.5): one line per component, then the parameters. */
export function signatureBase(message: Message, components: readonly string[], params: SignatureParams): Buffer {
  return buildBase(message, [components.map(parseComponent), paramsOf(params)]);
}

function buildBase(message: Message, list: InnerList): Buffer {
  const lines = new Map<string, string>();
  for (const component of list[0]) {
    if (typeof component[0] !== 'string') throw new HttpSignatureError('malformed', 'component name is not a string');
    const identifier = serializeItem(component);
    // RFC 9421 section 2: an identifier occurs once, or two bases could share one signature.
    if (lines.has(identifier)) throw new HttpSignatureError('malformed', `${identifier} is covered twice`);
    lines.set(identifier, componentValue(message, component[0], component[1]));
  }
  const text = [...lines].map(([identifier, value]) => `${identifier}: ${value}`);
  return Buffer.from([...text, `"@signature-params": ${serializeInnerList(list)}`].join('\n'), 'latin1');
}

function componentValue(message: Message, name: string, params: Parameters): string {
  for (const param of params.keys())
    if (!['req', 'key', 'name'].includes(param)) throw new HttpSignatureError('malformed', `;${param} is not taken`);
  if (!params.has('req')) return valueFrom(message, name, params);
  const request = 'status' in message ? message.request : undefined;
  if (!request) throw new HttpSignatureError('component-missing', `no request for "${name}";req`);
  return valueFrom(request, name, params);
}

function valueFrom(message: Message, name: string, params: Parameters): string {
  if (name.startsWith('@')) return derivedValue(message, name, params);
  if (name !== name.toLowerCase()) throw new HttpSignatureError('malformed', `${name} is not in lower case`);
  const value = message.headers[name];
  if (value === undefined) throw new HttpSignatureError('component-missing', name);
  const key = params.get('key');
  if (key === undefined) return value.replace(/[ \t]*\r?\n[ \t]+/g, ' ').trim();
  const member = parse(() => parseDictionary(value)).get(String(key));
  if (!member) throw new HttpSignatureError('component-missing', `${name};key="${String(key)}"`);
  return Array.isArray(member[0]) ? serializeInnerList(member as InnerList) : serializeItem(member as Item);
}

/** RFC 9421 section 2.2. */
function derivedValue(message: Message, name: string, params: Parameters): string {
  if ('status' in message) {
    if (name === '@status') return String(message.status);
    throw new HttpSignatureError('component-missing', `${name} of a response`);
  }
  const url = new URL(message.url);
  if (name === '@query-param') return queryParam(url, String(params.get('name') ?? ''));
  if (!derivedOfRequest.includes(name)) throw new HttpSignatureError('component-missing', name);
  if (name === '@method') return message.method;
  if (name === '@target-uri') return message.url;
  if (name === '@authority') return url.host.toLowerCase();
  if (name === '@scheme') return url.protocol.slice(0, -1);
  if (name === '@request-target') return url.pathname + url.search;
  if (name === '@path') return url.pathname;
  return url.search || '?';
}

function queryParam(url: URL, encodedName: string): string {
  const matches = [...url.searchParams].filter(([name]) => percentEncode(name) === encodedName);
  // RFC 9421 section 2.2.8: a name that occurs more than once cannot be told apart.
  if (matches.length !== 1) throw new HttpSignatureError('component-missing', `@query-param;name="${encodedName}"`);
  return percentEncode(matches[0]![1]);
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function parseComponent(identifier: string): Item {
  return parse(() => parseItem(identifier));
}

function paramsOf(params: SignatureParams): Parameters {
  return new Map(Object.entries(params).filter((entry): entry is [string, string | number] => entry[1] !== undefined));
}

function readParams(params: Parameters): SignatureParams {
  const read: Record<string, string | number> = {};
  for (const name of paramNames) {
    const value = params.get(name);
    if (value === undefined) continue;
    const isTime = name === 'created' || name === 'expires';
    if (isTime ? !Number.isInteger(value) : typeof value !== 'string')
      throw new HttpSignatureError('malformed', `parameter ${name}`);
    read[name] = value as string | number;
  }
  return read as SignatureParams;
}

function parse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new HttpSignatureError('malformed', (error as Error).message);
  }
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
