import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Text } from '#kernel/languages';
import { evidenceSchema, findEvidenceType } from '#protocol/catalogue';
import { Name } from '#protocol/text';

const Identifier = Type.String({ pattern: '^[a-z][a-z0-9_]{0,58}$' });

/** How one kind of evidence is read from a registry: a query for one person, and which column is which field. */
export const RegistryEvidence = Type.Object(
  {
    type: Name,
    /** One SELECT that returns at most one row. Named parameter: `:nationalId`. */
    query: Type.String({ minLength: 1, maxLength: 10_000 }),
    map: Type.Record(Type.String(), Identifier),
  },
  { additionalProperties: false },
);
export type RegistryEvidence = Static<typeof RegistryEvidence>;

/** A registry as data: which office answers for it, and where its tables are. */
export const RegistryConfig = Type.Object(
  {
    id: Identifier,
    officeId: Type.String({ minLength: 1, maxLength: 64 }),
    names: Text,
    adapter: Type.Literal('sql'),
    /** The registry's own PostgreSQL schema, `registry_<id>`: the query sees no other. */
    schema: Identifier,
    evidence: Type.Array(RegistryEvidence, { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type RegistryConfig = Static<typeof RegistryConfig>;

const configShape = Compile(RegistryConfig);
export const queryParameters = ['nationalId'] as const;

/** Refuses a registry description that could not work, in words for the engineer who wrote it. */
export function checkRegistryConfig(config: unknown): RegistryConfig {
  if (!configShape.Check(config)) {
    const [error] = configShape.Errors(config);
    const { instancePath = '', message = '' } = (error ?? {}) as { instancePath?: string; message?: string };
    throw new Error(`registry description: ${instancePath || 'it'} ${message}`);
  }
  const { id, schema, evidence } = config;
  if (schema !== `registry_${id}`) throw new Error(`registry ${id}: schema must be registry_${id}`);
  for (const { type: typeId, query, map } of evidence) {
    const type = findEvidenceType(typeId);
    if (!type) throw new Error(`registry ${id}: evidence type ${typeId} is not in the catalogue`);
    for (const field of Object.keys(map))
      if (!Object.hasOwn(type.fields, field)) throw new Error(`registry ${id}: ${typeId} has no field ${field}`);
    for (const field of evidenceSchema(type)['required'] as string[])
      if (!Object.hasOwn(map, field)) throw new Error(`registry ${id}: ${typeId} needs the field ${field} in its map`);
    if (!/^\s*(select|with)\b/i.test(query) || query.includes(';'))
      throw new Error(`registry ${id}: the query for ${typeId} must be one SELECT without a semicolon`);
    for (const name of splitQuery(query).names)
      if (!queryParameters.includes(name as (typeof queryParameters)[number]))
        throw new Error(`registry ${id}: the query for ${typeId} names the unknown parameter :${name}`);
  }
  return config;
}

/** Cuts a query at its named parameters; `::type` casts are left alone. */
export function splitQuery(query: string): { texts: string[]; names: string[] } {
  const texts: string[] = [];
  const names: string[] = [];
  let from = 0;
  for (const match of query.matchAll(/(?<![:\w]):([a-zA-Z]\w*)/g)) {
    texts.push(query.slice(from, match.index));
    names.push(match[1]!);
    from = match.index + match[0].length;
  }
  return { texts: [...texts, query.slice(from)], names };
}
