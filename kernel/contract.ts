import type { Readable } from 'node:stream';
import { type Static, type TObject, type TSchema, Type } from 'typebox';
import type { Language } from './languages.ts';
import type { ProblemFactory } from './problem.ts';

/**
 * Who may call. It has no default: an endpoint without it does not compile.
 * `signed-message`: the module itself verifies the signature of an office or a node, because only it knows what is covered.
 * `app`: an app of somebody else, about itself.
 */
export type Access = 'anyone' | 'person' | 'officer' | 'signed-message' | 'operator' | 'app';

export type Caller =
  | { kind: 'anyone' }
  | { kind: 'operator' }
  | { kind: 'app'; appId: string }
  | {
      kind: 'person';
      sessionId: string;
      personId: string;
      homeState: string;
      /** How sure the home state is that it is this person: one of the levels in `protocol/assurance.ts`. */
      level?: string;
      officer?: { officeId: string; roles: string[] };
      /** The person acts for another now. What pages do for the other says so; everything else stays the caller's own. */
      actingFor?: ActingFor;
      /** It is an app that calls, for this person, who allowed it. It never comes with an office, nor for somebody else. */
      app?: { appId: string; authorisationId: string };
    };

/** `personId` is this node's own id for whoever is acted for; `mandate` is what the home state calls it towards this one. */
export type ActingFor = {
  personId: string;
  mandate: string;
  kind: string;
  names: { ar: string; en: string };
  /** Of a signatory of a company: `sole` or `joint`. */
  power?: string;
  purposes?: string[];
  until?: string;
};

/** What a handler may know of the request beyond its validated parts. `url` is absolute, on this node's public address. */
export type RequestFacts = {
  id: string;
  method: string;
  url: string;
  path: string;
  headers: Record<string, string>;
  rawBody: Buffer;
  language: Language;
  /** The page whose form was posted: where somebody comes back to who has to sign in first. */
  page?: string;
};

export type Endpoint = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Fastify route syntax: `/api/consents/:consentId`; a last `*` matches the rest. */
  path: string;
  summary: string;
  access: Access;
  /** What a person has to have allowed an app before it may call this for them. Without it no app may. */
  scope?: string;
  params?: TObject;
  query?: TObject;
  body?: TSchema;
  /** The body is handed over as bytes, whatever its content type. */
  raw?: true;
  /** Of `raw`: what may be sent, for whoever makes a client from the description; nothing is refused by it. */
  rawTypes?: readonly string[];
  /** 64 KiB unless told otherwise. */
  bodyBytesMax?: number;
  answer: TSchema;
  status?: number;
  refusals: readonly string[];
};

export type Contract<Endpoints extends Record<string, Endpoint> = Record<string, Endpoint>> = {
  module: string;
  title: { ar: string; en: string };
  problems: ProblemFactory<string>;
  endpoints: Endpoints;
};

/** Declares what a module offers over HTTP, as data: routes, validation, the typed client and OpenAPI are made from it. */
export function defineContract<const Endpoints extends Record<string, Endpoint>>(contract: {
  module: string;
  title: { ar: string; en: string };
  // biome-ignore lint/suspicious/noExplicitAny: a factory over any set of codes
  problems: ProblemFactory<any>;
  endpoints: Endpoints;
}): Contract<Endpoints> {
  for (const [name, endpoint] of Object.entries(contract.endpoints))
    for (const code of endpoint.refusals)
      if (!(code in contract.problems.catalogue) && !code.startsWith('kernel:'))
        throw new Error(`${contract.module}.${name} names the refusal '${code}', which its contract does not define`);
  return contract as Contract<Endpoints>;
}

/** Bytes of a named content type instead of JSON. */
export type RawAnswer = {
  contentType?: string;
  bytes: Buffer | string;
  status?: number;
  headers?: Record<string, string>;
};

export function bytes(contentType: string) {
  return Type.Unsafe<RawAnswer>({ type: 'string', format: 'binary', 'x-content-type': contentType });
}

/** Bytes that leave as fast as they are taken. A stream that fails breaks the connection off: nobody takes it for whole. */
export type StreamedAnswer = Omit<RawAnswer, 'bytes'> & { stream: Readable };

export function streamed(contentType: string) {
  return Type.Unsafe<StreamedAnswer | RawAnswer>({ type: 'string', format: 'binary', 'x-content-type': contentType });
}

export function contentTypeOf(answer: TSchema): string | undefined {
  return (answer as { 'x-content-type'?: string })['x-content-type'];
}

const withHeadersMark = Symbol('with-headers');
export type WithHeaders<Answer> = {
  [withHeadersMark]: true;
  answer: Answer;
  headers: Record<string, string | string[]>;
  status?: number;
};

/** An answer with its own headers (a cookie, a location) or status. */
export function withHeaders<Answer>(
  answer: Answer,
  headers: Record<string, string | string[]>,
  status?: number,
): WithHeaders<Answer> {
  return { [withHeadersMark]: true, answer, headers, ...(status === undefined ? {} : { status }) };
}

export function isWithHeaders(value: unknown): value is WithHeaders<unknown> {
  return typeof value === 'object' && value !== null && withHeadersMark in value;
}

type PartOf<E extends Endpoint, Name extends 'params' | 'query' | 'body'> = E[Name] extends TSchema
  ? Static<E[Name]>
  : E extends { raw: true }
    ? Name extends 'body'
      ? Buffer
      : undefined
    : undefined;

export type Input<E extends Endpoint> = {
  params: PartOf<E, 'params'>;
  query: PartOf<E, 'query'>;
  body: PartOf<E, 'body'>;
  caller: Caller;
  request: RequestFacts;
};

export type AnswerOf<E extends Endpoint> = Static<E['answer']>;

export type Handlers<C extends Contract> = {
  [Name in keyof C['endpoints']]: (
    input: Input<C['endpoints'][Name]>,
  ) => Promise<AnswerOf<C['endpoints'][Name]> | WithHeaders<AnswerOf<C['endpoints'][Name]>>>;
};

/** The caller of an endpoint with access `person` or `officer`: the kernel has already refused everyone else. */
export function personOf(caller: Caller): Extract<Caller, { kind: 'person' }> {
  if (caller.kind !== 'person') throw new Error('handler asked for a person on an endpoint open to anyone');
  return caller;
}

export function officerOf(caller: Caller): { personId: string; officeId: string; roles: string[] } {
  const person = personOf(caller);
  if (!person.officer) throw new Error('handler asked for an officer on an endpoint open to persons');
  return { personId: person.personId, ...person.officer };
}
