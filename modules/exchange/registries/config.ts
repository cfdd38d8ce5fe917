import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { findEvidenceType } from '#protocol/catalogue';
import { Name } from '#protocol/text';
import { LookUpQuery } from '../look-ups/contract.ts';
import type { Adapter } from './adapter.ts';
import { csvAdapter } from './csv.ts';
import { described } from './described.ts';
import { checkDocumentStore } from './document-store.ts';
import { jsonAdapter } from './json.ts';
import { FieldMap, findMapFault } from './mapping.ts';
import { openapiAdapter } from './openapi.ts';
import { PopulationQueries } from './population.ts';
import { postgresAdapter } from './postgres.ts';
import { sqlAdapter } from './sql.ts';

/** A registry as data: which office answers for it, how it is reached, and which value is which field. */
export const RegistryConfig = Type.Object({
  ...described,
  adapter: Type.String(),
  /** A registry with look-ups may give no evidence. */
  evidence: Type.Array(Type.Object({ type: Name, map: FieldMap, query: Type.Optional(Type.String()) })),
  population: Type.Optional(PopulationQueries),
  lookUps: Type.Optional(Type.Array(LookUpQuery)),
});
export type RegistryConfig = Static<typeof RegistryConfig>;

const adapters = [sqlAdapter, postgresAdapter, openapiAdapter, csvAdapter, jsonAdapter] as unknown as Array<
  Adapter<RegistryConfig, RegistryConfig['evidence'][number]>
>;
const shapes = new Map(adapters.map(({ name, shape }) => [name, Compile(shape)]));

export function findAdapter(name: string): Adapter<RegistryConfig, RegistryConfig['evidence'][number]> | undefined {
  return adapters.find((adapter) => adapter.name === name);
}

/** Refuses a registry description that could not work, in words for the engineer who wrote it. */
export function checkRegistryConfig(description: unknown): RegistryConfig {
  const name = String((description as { adapter?: unknown } | null)?.adapter);
  const adapter = findAdapter(name);
  if (!adapter)
    throw new Error(`registry description: adapter must be one of ${adapters.map((one) => one.name).join(', ')}`);
  const shape = shapes.get(name)!;
  if (!shape.Check(description)) {
    const [error] = shape.Errors(description);
    const { instancePath = '', message = '' } = (error ?? {}) as { instancePath?: string; message?: string };
    throw new Error(`registry description: ${instancePath || 'it'} ${message}`);
  }
  const config = description as RegistryConfig;
  try {
    if (config.evidence.length === 0 && !config.lookUps) throw new Error('it gives neither evidence nor look-ups');
    adapter.check(config);
    if (config.documents) checkDocumentStore(config.documents);
    for (const { type: typeId, map } of config.evidence) {
      const type = findEvidenceType(typeId);
      if (!type) throw new Error(`evidence type ${typeId} is not in the catalogue`);
      const fault = findMapFault(map, type, adapter.addressing);
      if (fault) throw new Error(fault);
      const hasDocument = Object.values(map).some((source) => typeof source === 'object' && 'document' in source);
      if (hasDocument && !config.documents)
        throw new Error(`${typeId} maps a document: say under documents which folder or server they are in`);
    }
  } catch (error) {
    throw new Error(`registry ${config.id}: ${(error as Error).message}`);
  }
  return config;
}
