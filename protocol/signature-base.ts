import {
  type InnerList,
  type Item,
  parseDictionary,
  parseItem,
  serializeDictionary,
  serializeInnerList,
  serializeItem,
} from 'structured-headers';

// What RFC 9421 says of texts: nothing here needs Node, so that browsers can check messages too.

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
const derivedOfRequest = ['@authority', '@scheme', '@request-target', '@path', '@query'];

/** A signature as it was read, with the text that it has to be made over. */
export type ReadSignature = {
  components: string[];
  params: SignatureParams;
  /** Base64, in its one canonical form. */
  signature: string;
  /** RFC 9421 section 2.5; ASCII, or Latin-1 where a field has such bytes. */
  base: string;
};

/**
 * Reads the signature under `label` and rebuilds its base.
 *
 * @throws HttpSignatureError when it is absent, malformed, covers a component that the message lacks, or leaves out one of
 * `required`.
 */
export function readSignatureText(message: Message, label: string, required: readonly string[]): ReadSignature {
  const input = message.headers['signature-input'];
  const value = message.headers['signature'];
  if (!input || !value) throw new HttpSignatureError('missing', 'no Signature or Signature-Input');
  return readPlain(message, label, required, input, value) ?? readAny(message, label, required, input, value);
}

const parameter = /;([a-z]+)=(?:"([ !#-[\]-~]*)"|(\d{1,15}))/y;

/**
 * The form that nearly every message has: one signature over exactly the agreed components, nothing escaped, nothing spaced
 * otherwise than RFC 9651 serializes it. Reading it as a structured field costs more than the signature does. Undefined for
 * any other form, which is then read in full.
 */
function readPlain(
  message: Message,
  label: string,
  required: readonly string[],
  input: string,
  value: string,
): ReadSignature | undefined {
  const start = `${label}=(${required.join(' ')})`;
  if (!input.startsWith(start)) return undefined;
  const signature = readPlainBytes(value, label);
  if (signature === undefined) return undefined;
  const params = new Map<string, string | number>();
  let end = start.length;
  for (;;) {
    parameter.lastIndex = end;
    const match = parameter.exec(input) as unknown as [string, string, string | undefined, string | undefined] | null;
    if (!match) break;
    const [, name, text, number] = match;
    if (params.has(name) || (number !== undefined && String(Number(number)) !== number)) return undefined;
    params.set(name, text ?? Number(number));
    end = parameter.lastIndex;
  }
  if (end !== input.length) return undefined;
  return {
    components: [...required],
    params: readParams(params),
    signature,
    base: joinBase(message, readComponents(required), input.slice(label.length + 1)),
  };
}

const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/** The base64 text of a field that is one byte sequence under that label, in its one canonical form. */
function readPlainBytes(value: string, label: string): string | undefined {
  if (!value.startsWith(`${label}=:`) || !value.endsWith(':')) return undefined;
  const encoded = value.slice(label.length + 2, -1);
  return canonicalBase64.test(encoded) ? encoded : undefined;
}

function readAny(
  message: Message,
  label: string,
  required: readonly string[],
  input: string,
  value: string,
): ReadSignature {
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
    signature: serializeItem([item[0], new Map()]).slice(1, -1),
    base: joinBase(message, (list as InnerList)[0].map(readComponent), serializeInnerList(list as InnerList)),
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

/** The text to sign and the `Signature-Input` that goes with it. */
export function prepareSignatureText(options: {
  message: Message;
  label: string;
  components: readonly string[];
  params: SignatureParams;
}): { base: string; input: string } {
  const list = `(${options.components.join(' ')})${serializeParams(options.params)}`;
  return {
    base: joinBase(options.message, readComponents(options.components), list),
    input: `${options.label}=${list}`,
  };
}

/** A covered component: the field or derived component, and whether it is the request's. */
type Component = { identifier: string; name: string; isOfRequest: boolean; key?: string; queryName?: string };

const componentsOf = new WeakMap<readonly string[], Component[]>();

/** The lists of the protocol are constants: each is read once. */
function readComponents(identifiers: readonly string[]): Component[] {
  const known = componentsOf.get(identifiers);
  if (known) return known;
  const components = identifiers.map((identifier) => readComponent(parse(() => parseItem(identifier))));
  componentsOf.set(identifiers, components);
  return components;
}

function readComponent([name, params]: Item): Component {
  if (typeof name !== 'string') throw new HttpSignatureError('malformed', 'component name is not a string');
  for (const param of params.keys())
    if (!['req', 'key', 'name'].includes(param)) throw new HttpSignatureError('malformed', `;${param} is not taken`);
  const key = params.get('key');
  const queryName = params.get('name');
  return {
    identifier: serializeItem([name, params]),
    name,
    isOfRequest: params.has('req'),
    ...(key === undefined ? {} : { key: String(key) }),
    ...(queryName === undefined ? {} : { queryName: String(queryName) }),
  };
}

function joinBase(message: Message, components: readonly Component[], list: string): string {
  let text = '';
  const seen = new Set<string>();
  for (const component of components) {
    const { identifier } = component;
    // RFC 9421 section 2: an identifier occurs once, or two bases could share one signature.
    if (seen.has(identifier)) throw new HttpSignatureError('malformed', `${identifier} is covered twice`);
    seen.add(identifier);
    text += `${identifier}: ${componentValue(message, component)}\n`;
  }
  return `${text}"@signature-params": ${list}`;
}

function componentValue(message: Message, component: Component): string {
  if (!component.isOfRequest) return valueFrom(message, component);
  const request = 'status' in message ? message.request : undefined;
  if (!request) throw new HttpSignatureError('component-missing', `no request for "${component.name}";req`);
  return valueFrom(request, component);
}

function valueFrom(message: Message, { name, key, queryName }: Component): string {
  if (name.startsWith('@')) return derivedValue(message, name, queryName ?? '');
  if (name !== name.toLowerCase()) throw new HttpSignatureError('malformed', `${name} is not in lower case`);
  const value = message.headers[name];
  if (value === undefined) throw new HttpSignatureError('component-missing', name);
  if (key === undefined) return value.includes('\n') ? value.replace(/[ \t]*\r?\n[ \t]+/g, ' ').trim() : value.trim();
  const plain = readPlainBytes(value, key);
  if (plain !== undefined) return `:${plain}:`;
  const member = parse(() => parseDictionary(value)).get(key);
  if (!member) throw new HttpSignatureError('component-missing', `${name};key="${key}"`);
  return Array.isArray(member[0]) ? serializeInnerList(member as InnerList) : serializeItem(member as Item);
}

/** RFC 9421 section 2.2. */
function derivedValue(message: Message, name: string, queryName: string): string {
  if ('status' in message) {
    if (name === '@status') return String(message.status);
    throw new HttpSignatureError('component-missing', `${name} of a response`);
  }
  if (name === '@method') return message.method;
  if (name === '@target-uri') return message.url;
  const url = new URL(message.url);
  if (name === '@query-param') return queryParam(url, queryName);
  if (!derivedOfRequest.includes(name)) throw new HttpSignatureError('component-missing', name);
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

/** `;created=1;nonce="n"`, as RFC 9651 section 4.1.1.2 writes parameters. */
function serializeParams(params: SignatureParams): string {
  let text = '';
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    const isPlain = typeof value === 'string' ? /^[ !#-[\]-~]*$/.test(value) : Number.isSafeInteger(value);
    text += `;${name}=${isPlain ? (typeof value === 'string' ? `"${value}"` : value) : serializeItem([value, new Map()])}`;
  }
  return text;
}

function readParams(params: ReadonlyMap<string, unknown>): SignatureParams {
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
