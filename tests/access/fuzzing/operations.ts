import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelProblem } from '#kernel/problem';
import { endpoints, pages } from '../expectations.ts';
import type { Ids, World } from '../world.ts';

/** As much of JSON Schema as the descriptions use. */
export type Schema = {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
};

/** Something that a node answers to, with what its description says of it. */
export type Operation = {
  key: string;
  /** Where it is served: the two states, or the operator's own address of BH. */
  at: 'bh' | 'sa' | 'operator';
  method: string;
  /** With `{name}` for each part that varies; `{path}` at the end stands for any number of parts. */
  path: string;
  access: string;
  kind: 'json' | 'raw' | 'form' | 'none';
  params: Record<string, Schema>;
  query: Record<string, Schema>;
  body: Schema | undefined;
  /** A sound body, path and query, as far as a schema alone does not give them. */
  sound: { body?: unknown; params: Ids; query: Ids };
  /** Codes with which it may refuse; a page may show any. */
  codes: ReadonlySet<string> | 'any';
  isPage: boolean;
  isOAuth: boolean;
};

type Description = {
  paths: Record<string, Record<string, Described>>;
  components?: { schemas?: Record<string, unknown> };
};
type Described = {
  operationId?: string;
  'x-access'?: string;
  parameters?: Array<{ name: string; in: string; schema: Schema }>;
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string }>;
};

const folder = join(import.meta.dirname, '..', '..', '..', 'openapi');
const kernelCodes = Object.keys(kernelProblem.catalogue).filter((code) => code !== 'internal-error');

/** Every operation of every published description, and of the documents that a node makes by itself, at both states. */
export function listDescribed(world: World, ownDocuments: object[]): Operation[] {
  const documents = [
    ...readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8'))),
    ...ownDocuments,
  ] as Description[];
  return documents.flatMap(({ paths, components }) =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, described]) => {
        const places = described['x-access'] === 'operator' ? (['operator'] as const) : (['bh', 'sa'] as const);
        return places.map((at) =>
          readOperation(world, at, method.toUpperCase(), path, inPlaceOfNames(described, components?.schemas ?? {})),
        );
      }),
    ),
  );
}

/** A description with its parts in the place of their names. */
function inPlaceOfNames<Part>(part: Part, schemas: Record<string, unknown>): Part {
  if (Array.isArray(part)) return part.map((one) => inPlaceOfNames(one, schemas)) as Part;
  if (typeof part !== 'object' || part === null) return part;
  const name = (part as { $ref?: unknown }).$ref;
  if (typeof name === 'string') return inPlaceOfNames(schemas[name.split('/').pop()!], schemas) as Part;
  return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, inPlaceOfNames(one, schemas)])) as Part;
}

function readOperation(
  world: World,
  at: Operation['at'],
  method: string,
  path: string,
  described: Described,
): Operation {
  const key = described.operationId ?? `${method} ${path}`;
  const ids = world.ids[at === 'sa' ? 'sa' : 'bh'];
  const expected = endpoints[key];
  const inPlace = (place: string) =>
    Object.fromEntries(
      (described.parameters ?? []).filter((one) => one.in === place).map(({ name, schema }) => [name, schema]),
    );
  const [[type, content] = []] = Object.entries(described.requestBody?.content ?? {});
  const written = expected?.body?.(ids);
  return {
    key,
    at,
    method,
    path,
    access: described['x-access'] ?? 'signed-message',
    kind: type === undefined ? 'none' : type === 'application/json' && content?.schema ? 'json' : 'raw',
    params: inPlace('path'),
    query: inPlace('query'),
    body: type === 'application/json' ? content?.schema : undefined,
    sound: {
      ...(written === undefined ? {} : { body: written }),
      params: { ...ids, ...expected?.params, ...(expected?.params?.['*'] ? { path: expected.params['*'] } : {}) },
      query: expected?.query?.(ids) ?? {},
    },
    // A description for X-Road's callers tells refusals in X-Road's way.
    codes: expected ? new Set([...Object.values(described.responses).flatMap(codesIn), ...kernelCodes]) : 'any',
    isPage: false,
    isOAuth: expected?.isOAuth === true,
  };
}

/** A refusal is described by its code and its sentence, one a line. */
function codesIn({ description }: { description: string }): string[] {
  return [...description.matchAll(/^`([a-z0-9-]+)`: /gm)].map((match) => match[1]!);
}

/** What has no description of its own: pages and their forms, the operator's page, and the sign-in provider. */
export function listPages(world: World): Operation[] {
  const text: Schema = { type: 'string' };
  const page = (at: Operation['at'], method: string, path: string, access: string, fields: string[]): Operation => {
    const expected = pages[`${method} ${path.replace(/\{path\}$/, '*').replace(/\{(\w+)\}/g, ':$1')}`];
    const ids = world.ids[at === 'sa' ? 'sa' : 'bh'];
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const written = expected?.body?.(ids) as Record<string, string> | undefined;
    const sound = written ?? Object.fromEntries(fields.map((field) => [field, 'x']));
    const query = expected?.query?.(ids) ?? {};
    return {
      key: `${method} ${path}`,
      at,
      method,
      path,
      access,
      kind: method === 'GET' ? 'none' : 'form',
      params: Object.fromEntries(names.map((name) => [name, text])),
      query: Object.fromEntries(Object.keys(query).map((name) => [name, text])),
      body:
        method === 'GET'
          ? undefined
          : { type: 'object', properties: Object.fromEntries(Object.keys(sound).map((name) => [name, text])) },
      sound: {
        ...(method === 'GET' ? {} : { body: sound }),
        params: { ...ids, ...expected?.params, ...(expected?.params?.['*'] ? { path: expected.params['*'] } : {}) },
        query,
      },
      codes: 'any',
      isPage: true,
      isOAuth: path.startsWith('/eid/'),
    };
  };
  const { pages: served } = world.federation.running.get('bh')!;
  const ended = new Set(Object.entries(pages).flatMap(([key, { endsSession }]) => (endsSession ? [key] : [])));
  const described = (path: string) => path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
  return [
    ...served.flatMap((one) =>
      (['bh', 'sa'] as const).map((at) =>
        // Whoever signs out can do nothing further: only a stranger tries that.
        page(at, one.method, described(one.path), ended.has(`${one.method} ${one.path}`) ? 'anyone' : one.access, []),
      ),
    ),
    ...['token', 'request', 'auth', 'me', 'session/end', 'jwks', '.well-known/openid-configuration'].flatMap((path) =>
      ['GET', 'POST'].map((method) =>
        page('bh', method, `/eid/${path}`, 'anyone', [
          ...['client_id', 'client_assertion', 'client_assertion_type', 'grant_type', 'code', 'code_verifier'],
          ...['redirect_uri', 'request_uri', 'response_type', 'scope', 'state', 'nonce', 'code_challenge', 'resource'],
          ...['authorization_details', 'id_token_hint', 'post_logout_redirect_uri', 'prompt', 'claims', 'ui_locales'],
        ]),
      ),
    ),
    page('operator', 'GET', '/', 'operator', []),
    page('operator', 'POST', '/signin', 'operator', ['secret']),
  ];
}
