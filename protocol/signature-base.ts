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

/** A signature as it was read, with the text that it has to be made over. Bytes as WebCrypto takes them. */
export type ReadSignature = {
  components: string[];
  params: SignatureParams;
  signature: ArrayBuffer;
  /** RFC 9421 section 2.5; ASCII, or Latin-1 where a field has such bytes. */
  base: string;
};

/**
 * Reads the signature under `label` and rebuilds its base. Uses nothing of Node, so that browsers can check messages too.
 *
 * @throws HttpSignatureError when it is absent, malformed, covers a component that the message lacks, or leaves out one of
 * `required`.
 */
export function readSignatureText(message: Message, label: string, required: readonly string[]): ReadSignature {
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
    components,
    params: readParams((list as InnerList)[1]),
    signature: item[0],
    base: baseText(message, list as InnerList),
  };
}

/** The two fields with the member under `label` alone, in the one form that RFC 9651 gives it. */
export function pickSignature(headers: Record<string, string>, label: string): Record<string, string> {
  const pick = (name: string) => {
    const member = parse(() => parseDictionary(headers[name] ?? '')).get(label);
    if (!member) throw new HttpSignatureError('missing', `no ${name} labelled ${label}`);
    return serializeDictionary(new Map([[label, member]]));
  };
  return { 'signature-input': pick('signature-input'), signature: pick('signature') };
}

/** The text of a signature base: one line per component, then the parameters. */
export function baseText(message: Message, list: InnerList): string {
  const lines = new Map<string, string>();
  for (const component of list[0]) {
    if (typeof component[0] !== 'string') throw new HttpSignatureError('malformed', 'component name is not a string');
    const identifier = serializeItem(component);
    // RFC 9421 section 2: an identifier occurs once, or two bases could share one signature.
    if (lines.has(identifier)) throw new HttpSignatureError('malformed', `${identifier} is covered twice`);
    lines.set(identifier, componentValue(message, component[0], component[1]));
  }
  const text = [...lines].map(([identifier, value]) => `${identifier}: ${value}`);
  return [...text, `"@signature-params": ${serializeInnerList(list)}`].join('\n');
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

export function parseComponent(identifier: string): Item {
  return parse(() => parseItem(identifier));
}

export function paramsOf(params: SignatureParams): Parameters {
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

export function parse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new HttpSignatureError('malformed', (error as Error).message);
  }
}
