import { readFile, stat } from 'node:fs/promises';
import type { HttpClient } from '#kernel/http-client';
import type { EvidenceType } from '#protocol/catalogue';
import { type FieldDrift, lookUpTimeoutMs, RegistryFault } from './adapter.ts';
import { addressOf, type FieldMap, type FieldSource, goneFrom } from './mapping.ts';
import { depthMax, escapePart, parsePointer, valueAt } from './pointer.ts';
import { readText } from './reading-text.ts';

export type Json = Record<string, unknown>;
export type Operation = {
  operationId: string;
  method: string;
  /** The path with its `{parameters}`, as the document writes it. */
  path: string;
  parameters: Array<{ name: string; in: string; isRequired: boolean; isSimple: boolean }>;
  takesBody: boolean;
  /** JSON Schema of a good answer, where the document has one. */
  answer: unknown;
};

export const documentBytesMax = 4_194_304;
const methods = ['get', 'post', 'put', 'query'];
const referencesMax = 32;

/** Reads an OpenAPI 3.x document, JSON or YAML, from a file or an address. Throws RegistryFault. */
export async function loadDocument(http: Pick<HttpClient, 'request'>, at: string): Promise<Json> {
  const text = /^https?:/.test(at) ? await fetchText(http, at) : await readDocument(at);
  let document: unknown;
  try {
    document = text.trimStart().startsWith('{')
      ? JSON.parse(text)
      : (await import('yaml')).parse(text, { maxAliasCount: 100 });
  } catch {
    throw new RegistryFault('document-unreadable', {
      en: `${at} is neither JSON nor YAML. Name an OpenAPI 3.x document.`,
      ar: `${at} ليس JSON ولا YAML. اذكر وثيقة OpenAPI 3.x.`,
    });
  }
  if ((document as Json | null)?.['swagger'] !== undefined)
    throw new RegistryFault('document-unreadable', {
      en: `${at} is written in Swagger 2, before OpenAPI 3. Convert it, for instance by npx swagger2openapi, and name the result.`,
      ar: `${at} مكتوب بصيغة Swagger 2 السابقة لـ OpenAPI 3. حوّله، مثلًا بالأمر npx swagger2openapi، واذكر الناتج.`,
    });
  if (!/^3\./.test(String((document as Json | null)?.['openapi'])))
    throw new RegistryFault('document-unreadable', {
      en: `${at} is not an OpenAPI 3.x document. Name one.`,
      ar: `${at} ليس وثيقة OpenAPI 3.x. اذكر واحدة.`,
    });
  return document as Json;
}

async function readDocument(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > documentBytesMax)
      throw new RegistryFault('document-too-large', {
        en: `${file} is larger than ${documentBytesMax} bytes.`,
        ar: `${file} أكبر من ${documentBytesMax} بايت.`,
      });
    return readText(await readFile(file));
  } catch (error) {
    if (error instanceof RegistryFault) throw error;
    throw new RegistryFault('document-missing', {
      en: `${file} cannot be read. Put the OpenAPI document there.`,
      ar: `تتعذر قراءة ${file}. ضع وثيقة OpenAPI هناك.`,
    });
  }
}

async function fetchText(http: Pick<HttpClient, 'request'>, url: string): Promise<string> {
  const answer = await http
    .request({ method: 'GET', url, timeoutMs: lookUpTimeoutMs, bodyBytesMax: documentBytesMax })
    .catch((error) => {
      if (error instanceof RegistryFault) throw error;
      const code = String((error as { code?: unknown }).code);
      throw new RegistryFault(code, {
        en: `${url} does not answer (${code}). Check the address and that the registry runs.`,
        ar: `${url} لا يجيب (${code}). تحقق من العنوان ومن أن السجل يعمل.`,
      });
    });
  if (answer.status === 401 || answer.status === 403)
    throw new RegistryFault('not-authorised', {
      en: `${url} wants to know who asks (${answer.status}). Describe its authentication; jisr connect takes it as --auth.`,
      ar: `يريد ${url} أن يعرف من يسأل (${answer.status}). اذكر ذلك في authentication؛ وفي jisr connect بالخيار --auth.`,
    });
  if (answer.status !== 200)
    throw new RegistryFault('document-missing', {
      en: `${url} answers ${answer.status}. Name where the document is served.`,
      ar: `يجيب ${url} بالرمز ${answer.status}. اذكر أين تُقدَّم الوثيقة.`,
    });
  return readText(answer.body);
}

/**
 * Follows local references (`#/components/…`), and alternatives of which only one is not null, as generators write what may be
 * absent; anything else is left as it is.
 */
export function resolve(document: Json, value: unknown): Json {
  let found = value;
  for (let count = 0; count < referencesMax; count++) {
    const ref = (found as Json | undefined)?.['$ref'];
    const next =
      typeof ref === 'string' && ref.startsWith('#')
        ? valueAt(document, parsePointer(decodeURIComponent(ref.slice(1))))
        : onlyAlternative(found);
    if (next === undefined) break;
    found = next;
  }
  return (typeof found === 'object' && found !== null ? found : {}) as Json;
}

function onlyAlternative(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || 'properties' in schema) return undefined;
  const { anyOf, oneOf, allOf } = schema as Json;
  if (Array.isArray(allOf) && allOf.length === 1) return allOf[0];
  const given = [anyOf, oneOf].find(Array.isArray)?.filter((one) => (one as Json | null)?.['type'] !== 'null');
  return given?.length === 1 ? given[0] : undefined;
}

/** Every operation that a lookup could use. One without an id of its own is called by its method and path: `GET /people/{no}`. */
export function listOperations(document: Json): Operation[] {
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries((document['paths'] ?? {}) as Json)) {
    const shared = resolve(document, item);
    for (const method of methods) {
      const raw = shared[method];
      if (typeof raw !== 'object' || raw === null) continue;
      const operation = raw as Json;
      const operationId = operation['operationId'];
      const own = new Map<string, Operation['parameters'][number]>();
      for (const one of [...list(shared['parameters']), ...list(operation['parameters'])]) {
        const { name, in: place, required, style, content } = resolve(document, one);
        const isSimple = content === undefined && [undefined, 'simple', 'form'].includes(style as undefined);
        own.set(`${place}:${name}`, { name: String(name), in: String(place), isRequired: required === true, isSimple });
      }
      const body = resolve(document, operation['requestBody']);
      operations.push({
        operationId:
          typeof operationId === 'string' && operationId !== '' ? operationId : `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters: [...own.values()],
        takesBody: Object.keys((body['content'] ?? {}) as Json).some(isJsonType),
        answer: answerOf(document, operation),
      });
    }
  }
  return operations;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const isJsonType = (type: string) => /^application\/([\w.+-]+\+)?json\b/.test(type) || type === '*/*';

function answerOf(document: Json, operation: Json): unknown {
  const responses = (operation['responses'] ?? {}) as Json;
  const response = resolve(document, responses['200'] ?? responses['2XX'] ?? responses['default']);
  const [, media] = Object.entries((response['content'] ?? {}) as Json).find(([type]) => isJsonType(type)) ?? [];
  return (media as Json | undefined)?.['schema'];
}

/** What a schema says of the values at a path: `open` where it does not say. */
type Stand = { schema: Json } | 'open' | 'gone';

export function schemaAt(document: Json, schema: unknown, path: readonly string[]): Stand {
  let at = resolve(document, schema);
  for (const part of path) {
    const properties = propertiesOf(document, at);
    if (properties === undefined) {
      if (at['items'] === undefined || !/^\d+$/.test(part)) return 'open';
      at = resolve(document, at['items']);
    } else if (Object.hasOwn(properties, part)) at = resolve(document, properties[part]);
    else return 'gone';
  }
  return { schema: at };
}

/** The properties of an object schema, those of `allOf` included; undefined where alternatives leave them open. */
export function propertiesOf(document: Json, schema: Json): Json | undefined {
  if (schema['oneOf'] || schema['anyOf']) return undefined;
  const parts = list(schema['allOf']).map((part) => propertiesOf(document, resolve(document, part)));
  if (parts.includes(undefined)) return undefined;
  const own = schema['properties'] as Json | undefined;
  if (own === undefined && parts.length === 0) return undefined;
  return Object.assign({}, ...parts, own);
}

/** Visits what a schema says of the values inside a record, down to some depth, each with its pointer; lists are left out. */
export function walkSchema(
  document: Json,
  schema: Json,
  at: string,
  visit: (address: string, schema: Json) => void,
): void {
  if (at.split('/').length > depthMax + 1) return;
  for (const [name, inner] of Object.entries(propertiesOf(document, schema) ?? {})) {
    const one = resolve(document, inner);
    const address = `${at}/${escapePart(name)}`;
    if (propertiesOf(document, one)) walkSchema(document, one, address, visit);
    else if (one['items'] === undefined) visit(address, one);
  }
}

/** The schema of one record: behind the `records` pointer, and inside the list where it is one. */
export function recordSchema(document: Json, operation: Operation, records: string): Stand {
  if (operation.answer === undefined) return 'open';
  const found = schemaAt(document, operation.answer, parsePointer(records));
  if (typeof found === 'string') return found;
  return found.schema['items'] === undefined ? found : { schema: resolve(document, found.schema['items']) };
}

/** The fields of a map that the document no longer has, or has with a type that cannot become the field's. */
export function findDocumentDrift(
  document: Json,
  operation: Operation,
  records: string,
  map: FieldMap,
  type: EvidenceType,
): FieldDrift[] {
  const record = recordSchema(document, operation, records);
  if (record === 'gone') return [{ field: '*', kind: 'field-gone' }];
  if (record === 'open') return [];
  const addresses = () => {
    const listed: string[] = [];
    walkSchema(document, record.schema, '', (address) => listed.push(address));
    return listed;
  };
  return Object.entries(map).flatMap(([field, source]): FieldDrift[] => {
    const from = addressOf(source);
    if (from === undefined) return [];
    const found = schemaAt(document, record.schema, parsePointer(from));
    if (found === 'open') return [];
    if (found === 'gone') return [goneFrom(field, from, addresses(), map)];
    const wanted = typesBefore(source, type.fields[field]!.schema['type']);
    const types = [found.schema['type']].flat().filter((one) => typeof one === 'string' && one !== 'null');
    return types.length === 0 || types.some((one) => wanted.includes(one as string))
      ? []
      : [{ field, kind: 'type-changed' }];
  });
}

/** JSON types that a value may have before its conversion. */
function typesBefore(source: FieldSource, type: unknown): string[] {
  const numbers = ['integer', 'number'];
  if (typeof source === 'object' && ('values' in source || 'text' in source)) return ['string', 'boolean', ...numbers];
  if (typeof source === 'object' && 'number' in source) return ['string', ...numbers];
  if (typeof source === 'object') return ['string'];
  return numbers.includes(type as string) ? numbers : [String(type)];
}
