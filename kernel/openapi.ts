import type { Contract, Endpoint } from './contract.ts';
import { contentTypeOf } from './contract.ts';
import { canonicalJson } from './ids.ts';
import { kernelProblem, type ProblemDefinition } from './problem.ts';

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'messages', 'origin'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    messages: { type: 'object', properties: { ar: { type: 'string' }, en: { type: 'string' } } },
    origin: { enum: ['caller', 'own-node', 'other-node', 'registry'] },
    instance: { type: 'string' },
    params: { type: 'object' },
  },
};

/** Where an app gets a token (addresses of a node, without its host), and what each scope means. */
export type AppAccess = { authorizationUrl: string; tokenUrl: string; scopes: Record<string, string> };

/**
 * An OpenAPI 3.1 description of one contract, as JSON text with a stable order: it is committed and read in review. What answers have under a
 * `title` is written once, under `components`, by that name.
 */
export function describeContract(contract: Contract, apps?: AppAccess, indent = 2): string {
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, unknown> = { Problem: problemSchema };
  for (const [name, endpoint] of Object.entries(contract.endpoints)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
    paths[path] ??= {};
    paths[path][endpoint.method.toLowerCase()] = operation(contract, name, endpoint, schemas);
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: `Jisr: ${contract.title.en}`,
      version: '0.1.0',
      description: contract.title.ar,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([one], [other]) => (one < other ? -1 : 1))),
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-jisr_session',
          description: 'Over plain HTTP, as in a sample federation: `jisr_session`.',
        },
        ...(apps && Object.values(contract.endpoints).some(isForApps) ? { app: schemeOf(apps) } : {}),
      },
    },
  };
  return `${JSON.stringify(document, null, indent)}\n`;
}

const isForApps = ({ access, scope }: Endpoint) => access === 'app' || scope !== undefined;

/** The schema with a reference in place of each part that has a name of its own; the parts go into `schemas`. Throws for one name of two. */
function nameParts(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((one) => nameParts(one, schemas));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { title, ...rest } = schema as Record<string, unknown>;
  const own = Object.fromEntries(
    Object.entries(writeTuple(rest)).map(([key, value]) => [key, nameParts(value, schemas)]),
  );
  // A property of that name is a schema, and no text.
  if (typeof title !== 'string') return title === undefined ? own : { title: nameParts(title, schemas), ...own };
  const known = schemas[title];
  if (known !== undefined && canonicalJson(known) !== canonicalJson(own))
    throw new Error(`two schemas are called ${title}`);
  schemas[title] = own;
  return { $ref: `#/components/schemas/${title}` };
}

/** A list of schemas by place, as JSON Schema 2020-12 writes it; TypeBox writes it as drafts before did. */
function writeTuple(schema: Record<string, unknown>): Record<string, unknown> {
  const { items, additionalItems, ...rest } = schema;
  return Array.isArray(items) ? { ...rest, prefixItems: items, items: additionalItems ?? true } : schema;
}

/** Tokens are bound to a key of the app (DPoP, RFC 9449), which OpenAPI has no word for. */
function schemeOf({ authorizationUrl, tokenUrl, scopes }: AppAccess) {
  return {
    type: 'oauth2',
    description: 'FAPI 2.0: pushed requests, PKCE, private_key_jwt; the access token is sent as `Authorization: DPoP`.',
    flows: {
      authorizationCode: { authorizationUrl, tokenUrl, refreshUrl: tokenUrl, scopes },
      clientCredentials: { tokenUrl, scopes: {} },
    },
  };
}

function securityOf({ access, scope }: Endpoint) {
  if (access === 'app') return { security: [{ app: [] }] };
  if (access !== 'person' && access !== 'officer') return {};
  return { security: [{ session: [] }, ...(scope === undefined ? [] : [{ app: [scope] }])] };
}

function operation(contract: Contract, name: string, endpoint: Endpoint, schemas: Record<string, unknown>) {
  const names = [...endpoint.path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
  if (endpoint.path.endsWith('*')) names.push('path');
  const contentType = contentTypeOf(endpoint.answer);
  return {
    operationId: `${contract.module}.${name}`,
    summary: endpoint.summary,
    tags: [contract.module],
    'x-access': endpoint.access,
    ...securityOf(endpoint),
    parameters: [
      ...names.map((param) => ({
        name: param,
        in: 'path',
        required: true,
        schema: endpoint.params?.properties?.[param === 'path' ? '*' : param] ?? { type: 'string' },
      })),
      ...Object.entries(endpoint.query?.properties ?? {}).map(([param, schema]) => ({
        name: param,
        in: 'query',
        required: endpoint.query?.required?.includes(param) ?? false,
        schema,
      })),
    ],
    ...(endpoint.raw || endpoint.body
      ? {
          requestBody: {
            required: true,
            content: endpoint.raw
              ? Object.fromEntries((endpoint.rawTypes ?? ['*/*']).map((type) => [type, binary]))
              : { 'application/json': { schema: nameParts(endpoint.body, schemas) } },
          },
        }
      : {}),
    responses: {
      [String(endpoint.status ?? 200)]: {
        description: 'Done.',
        content: { [contentType ?? 'application/json']: { schema: nameParts(endpoint.answer, schemas) } },
      },
      ...refusals(contract, endpoint),
    },
  };
}

const binary = { schema: { type: 'string', format: 'binary' } };

function refusalsOfApps({ access, scope }: Endpoint) {
  if (access === 'app')
    return ['app-token-needed', 'app-token-invalid', 'app-proof-invalid', 'quota-exceeded'] as const;
  if (scope === undefined) return access === 'person' ? (['app-not-permitted'] as const) : [];
  return ['app-token-invalid', 'app-proof-invalid', 'app-scope-missing', 'quota-exceeded'] as const;
}

function refusals(contract: Contract, endpoint: Endpoint): Record<string, unknown> {
  const byStatus = new Map<number, string[]>();
  const add = (code: string, definition: ProblemDefinition) =>
    byStatus.set(definition.status, [...(byStatus.get(definition.status) ?? []), `\`${code}\`: ${definition.en}`]);
  for (const code of endpoint.refusals)
    add(
      code.replace(/^kernel:/, ''),
      contract.problems.catalogue[code] ?? kernelProblem.catalogue[code.slice(7) as 'not-found'],
    );
  if (endpoint.body || endpoint.query || endpoint.params)
    add('request-malformed', kernelProblem.catalogue['request-malformed']);
  if (endpoint.body || endpoint.raw) add('request-too-large', kernelProblem.catalogue['request-too-large']);
  if (endpoint.access === 'person' || endpoint.access === 'officer')
    add('sign-in-needed', kernelProblem.catalogue['sign-in-needed']);
  for (const code of refusalsOfApps(endpoint)) add(code, kernelProblem.catalogue[code]);
  if (endpoint.access === 'officer' || endpoint.access === 'operator')
    add('not-permitted', kernelProblem.catalogue['not-permitted']);
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      String(status),
      {
        description: lines.join('\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}
