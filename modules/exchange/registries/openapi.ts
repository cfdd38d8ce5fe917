import { resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import type { HttpAnswer } from '#kernel/http-client';
import { findEvidenceType } from '#protocol/catalogue';
import { Name } from '#protocol/text';
import { type Adapter, type AdapterNeeds, lookUpTimeoutMs, type PersonKey, probing, RegistryFault } from './adapter.ts';
import { ParameterName } from './authentication.ts';
import { described } from './described.ts';
import { FieldMap } from './mapping.ts';
import { findDocumentDrift, type Json, listOperations, loadDocument, type Operation } from './openapi-document.ts';
import { parsePointer, pointerPattern, valueAt } from './pointer.ts';
import { readNumber, readText } from './reading-text.ts';
import { type Connection, checkServer, openConnection, server } from './server.ts';

const closed = { additionalProperties: false };
const Pointer = Type.String({ pattern: pointerPattern, maxLength: 500 });
const Place = Type.Union([Type.Literal('path'), Type.Literal('query'), Type.Literal('header')]);

const OpenApiEvidence = Type.Object(
  {
    type: Name,
    /** The id, or method and path of one that has none: `GET /people/{no}`. */
    operationId: Type.String({ minLength: 1, maxLength: 200 }),
    /** Where the person's number goes: a parameter, or a place in the JSON body. */
    person: Type.Union([
      Type.Object({ in: Place, name: ParameterName }, closed),
      Type.Object({ in: Type.Literal('body'), pointer: Type.String({ pattern: '^(/([^~/]|~[01])+)+$' }) }, closed),
    ]),
    /** Other parameters of the operation, the same at every lookup. */
    parameters: Type.Optional(
      Type.Array(Type.Object({ in: Place, name: ParameterName, value: Type.String() }, closed)),
    ),
    /** The rest of the JSON body, the same at every lookup. */
    body: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Where the record, or the list of records, stands in the answer. */
    records: Type.Optional(Pointer),
    /** Where a record repeats the person's number: one that names another person is not given. */
    identifiedBy: Type.Optional(Pointer),
    /** What means that the person has no record. Whatever is not named here is a failure of the registry. */
    noRecord: Type.Array(Type.Union([Type.Literal('404'), Type.Literal('204'), Type.Literal('empty-list')])),
    map: FieldMap,
  },
  closed,
);
type OpenApiEvidence = Static<typeof OpenApiEvidence>;

const OpenApiRegistry = Type.Object(
  {
    ...described,
    adapter: Type.Literal('openapi'),
    /** The OpenAPI 3.x document: an address, or a file beside the description. */
    document: Type.String({ minLength: 1, maxLength: 1_000 }),
    ...server,
    evidence: Type.Array(OpenApiEvidence, { minItems: 1 }),
  },
  closed,
);
type OpenApiRegistry = Static<typeof OpenApiRegistry>;

const answerBytesMax = 1_048_576;
const retryDocumentAfterMs = 5_000;
/** Stands for the person's number while a request is prepared; no description can hold it. */
const mark = '\u0000';
const markInJson = JSON.stringify(mark).slice(1, -1);
const ownHeaders = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'content-type',
  'accept',
  'authorization',
];

export const openapiAdapter: Adapter<OpenApiRegistry, OpenApiEvidence> = {
  name: 'openapi',
  addressing: 'pointer',
  shape: OpenApiRegistry,
  check: (config) => {
    checkServer(config);
    if (URL.canParse(config.document) && new URL(config.document).username)
      throw new Error('document must not hold a password: it may need the secret under authentication');
    for (const { type, person, parameters = [] } of config.evidence)
      for (const one of [...parameters, ...(person.in === 'body' ? [] : [person])])
        if (one.in === 'header' && (ownHeaders.includes(one.name.toLowerCase()) || !/^[\w-]+$/.test(one.name)))
          throw new Error(`${type} cannot set the header ${one.name}`);
    if (JSON.stringify(config).includes(markInJson)) throw new Error('the description holds a NUL character');
  },
  open: (needs, config) => openRegistry(needs, config),
};

/** A request with holes where the person's number goes. */
type Prepared = {
  document: Json;
  operation: Operation;
  method: string;
  url: string[];
  headers: Record<string, string>;
  personHeader: string | undefined;
  body: string[] | undefined;
};

function openRegistry(needs: AdapterNeeds, config: OpenApiRegistry) {
  const at = /^https?:/.test(config.document) ? config.document : resolve(needs.folder, config.document);
  const isSameOrigin = URL.canParse(at) && new URL(at).origin === new URL(config.server).origin;
  const connection = openConnection(needs, config);
  const load = async () => loadDocument(isSameOrigin ? connection : needs.http, at);
  let document: Promise<Json> | undefined;
  let failedAt: number | undefined;
  /** One document for all kinds of evidence; after a failure it is asked for again, but not by every lookup. */
  const getDocument = (isFresh = false): Promise<Json> => {
    const isDue = failedAt !== undefined && performance.now() - failedAt > retryDocumentAfterMs;
    if (document && !isFresh && !isDue) return document;
    failedAt = undefined;
    document = load().catch((error) => {
      failedAt = performance.now();
      throw error;
    });
    return document;
  };

  return {
    prepare: (evidence: OpenApiEvidence) => {
      let prepared: Prepared | undefined;
      const getPrepared = async () => {
        const current = await getDocument();
        if (prepared?.document !== current) prepared = prepareCall(current, config, evidence);
        return prepared;
      };
      // At start, so that the first person does not wait for it.
      getPrepared().catch(() => {
        // The lookup that needs it throws the same, and health says it in a sentence.
      });
      const records = parsePointer(evidence.records ?? '');
      const identity = evidence.identifiedBy === undefined ? undefined : parsePointer(evidence.identifiedBy);
      return {
        read: async (person: PersonKey) => {
          const answer = await send(connection, prepared ?? (await getPrepared()), person);
          const found = answer && readRecords(answer, evidence, records);
          return found ? checkIdentity(found, identity, person) : [];
        },
        probe: () =>
          probing(async () => {
            const fresh = await getDocument(true);
            prepared = prepareCall(fresh, config, evidence);
            await connection.reach();
            const type = findEvidenceType(evidence.type)!;
            return findDocumentDrift(fresh, prepared.operation, evidence.records ?? '', evidence.map, type);
          }),
      };
    },
    stop: connection.stop,
  };
}

function prepareCall(document: Json, config: OpenApiRegistry, evidence: OpenApiEvidence): Prepared {
  const operation = listOperations(document).find(({ operationId }) => operationId === evidence.operationId);
  if (!operation)
    throw new RegistryFault('operation-gone', {
      en: `The registry's OpenAPI document has no operation ${evidence.operationId}. Name one that it has as operationId.`,
      ar: `لا توجد في وثيقة OpenAPI للسجل عملية باسم ${evidence.operationId}. اذكر في operationId عملية موجودة.`,
    });
  const { person } = evidence;
  const given = [...(evidence.parameters ?? []), ...(person.in === 'body' ? [] : [{ ...person, value: mark }])];
  for (const { name, in: place, isRequired, isSimple } of operation.parameters) {
    const isGiven = given.some((one) => one.in === place && isSameName(one.name, name, place));
    if (isRequired && !isGiven)
      throw new RegistryFault('parameter-missing', {
        en: `The operation ${evidence.operationId} requires the ${place} parameter ${name}. Give it under parameters.`,
        ar: `تتطلب العملية ${evidence.operationId} المعامل ${name} ‏(${place}). اذكره في parameters.`,
      });
    if (isGiven && !isSimple)
      throw new RegistryFault('parameter-unusual', {
        en: `The ${place} parameter ${name} is not written in a simple style.`,
        ar: `المعامل ${name} ‏(${place}) ليس مكتوبًا بأسلوب بسيط.`,
      });
  }
  for (const one of given)
    if (!operation.parameters.some(({ name, in: place }) => place === one.in && isSameName(one.name, name, place)))
      throw new RegistryFault('parameter-gone', {
        en: `The operation ${evidence.operationId} has no ${one.in} parameter ${one.name}. Look at its parameters in the document.`,
        ar: `ليس للعملية ${evidence.operationId} معامل ${one.name} ‏(${one.in}). راجع معاملاتها في الوثيقة.`,
      });
  if (person.in === 'body' && !operation.takesBody)
    throw new RegistryFault('body-gone', {
      en: `The operation ${evidence.operationId} takes no JSON body.`,
      ar: `لا تقبل العملية ${evidence.operationId} جسم JSON.`,
    });
  const encode = (value: string) => (value === mark ? mark : encodeURIComponent(value));
  const path = operation.path.replace(/\{([^}]+)\}/g, (_, name: string) =>
    encode(given.find((one) => one.in === 'path' && one.name === name)?.value ?? ''),
  );
  const query = given
    .filter((one) => one.in === 'query')
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encode(value)}`);
  const url = `${config.server.replace(/\/$/, '')}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  const body = bodyOf(evidence);
  return {
    document,
    operation,
    method: operation.method,
    url: url.split(mark),
    headers: {
      accept: 'application/json',
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...Object.fromEntries(
        given.filter((one) => one.in === 'header' && one.value !== mark).map(({ name, value }) => [name, value]),
      ),
    },
    personHeader: person.in === 'header' ? person.name : undefined,
    body: body && JSON.stringify(body).split(markInJson),
  };
}

const isSameName = (one: string, other: string, place: string) =>
  place === 'header' ? one.toLowerCase() === other.toLowerCase() : one === other;

function bodyOf({ person, body }: OpenApiEvidence): Json | undefined {
  if (person.in !== 'body') return body;
  const whole = structuredClone(body ?? {}) as Json;
  const path = parsePointer(person.pointer);
  let at = whole;
  for (const part of path.slice(0, -1)) {
    if (typeof at[part] !== 'object' || at[part] === null || !Object.hasOwn(at, part)) at[part] = {};
    at = at[part] as Json;
  }
  at[path.at(-1)!] = mark;
  return whole;
}

/** Nothing when the registry says that it has no record. */
async function send(
  connection: Connection,
  prepared: Prepared,
  { nationalId }: PersonKey,
): Promise<HttpAnswer | undefined> {
  const encoded = encodeURIComponent(nationalId);
  // A path of dots means another path, and a header takes Latin letters only: no record is kept under such a number.
  if (/^\.{1,2}$/.test(nationalId) || (prepared.personHeader && !/^[\x21-\x7e]+$/.test(nationalId))) return undefined;
  const request = {
    method: prepared.method,
    url: prepared.url.join(encoded),
    headers: {
      ...prepared.headers,
      ...(prepared.personHeader ? { [prepared.personHeader]: nationalId } : {}),
    },
    ...(prepared.body ? { body: prepared.body.join(JSON.stringify(nationalId).slice(1, -1)) } : {}),
    timeoutMs: lookUpTimeoutMs,
    bodyBytesMax: answerBytesMax,
  };
  // A lookup changes nothing, so one over a connection that the registry had closed meanwhile is sent again.
  return connection.request(request).catch((error) => {
    if ((error as { code?: unknown }).code !== 'peer-unreachable') throw error;
    return connection.request(request);
  });
}

function readRecords(answer: HttpAnswer, evidence: OpenApiEvidence, path: readonly string[]): unknown[] {
  const { status } = answer;
  if ((status === 404 || status === 204) && evidence.noRecord.includes(String(status) as '404')) return [];
  if (status !== 200)
    throw new RegistryFault(`status-${status}`, {
      en: `The registry answers ${status}.`,
      ar: `يجيب السجل بالرمز ${status}.`,
    });
  // JSON is UTF-8 (RFC 8259 section 8.1), and older services say so when theirs is not.
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(answer.headers['content-type'] ?? '')?.[1];
  const text = readText(answer.body, charset);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new RegistryFault('not-json', {
      en: 'The registry does not answer with JSON.',
      ar: 'لا يجيب السجل بصيغة JSON.',
    });
  }
  const found = valueAt(content, path);
  if (Array.isArray(found)) {
    if (found.length === 0 && !evidence.noRecord.includes('empty-list'))
      throw new RegistryFault('empty-list', {
        en: 'The registry answers with an empty list.',
        ar: 'يجيب السجل بقائمة فارغة.',
      });
    return found.slice(0, 2);
  }
  if (typeof found !== 'object' || found === null)
    throw new RegistryFault(
      'records-gone',
      { en: 'The answer has no record where the description says.', ar: 'لا قيد في الجواب حيث يقول الوصف.' },
      [{ field: '*', kind: 'field-gone' }],
    );
  return [found];
}

/** A service that passes over a parameter answers with somebody else's record. */
function checkIdentity(records: unknown[], path: readonly string[] | undefined, person: PersonKey): unknown[] {
  if (path)
    for (const record of records)
      if (readNumber(valueAt(record, path)) !== person.nationalId)
        throw new RegistryFault(
          'other-person',
          { en: 'The registry answered with a record of somebody else.', ar: 'أجاب السجل بقيد شخص آخر.' },
          [{ field: '*', kind: 'other-person' }],
        );
  return records;
}
