import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { type Database, sql, type Tx } from '#kernel/database';
import type { Log } from '#kernel/log';
import { evidenceSchema, findEvidenceType } from '#protocol/catalogue';
import { problem } from '../contract.ts';
import { checkRegistryConfig, type RegistryConfig, type RegistryEvidence, splitQuery } from './config.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void;
const queryTimeoutMs = 3_000;

export type RegistryHealth = { registryId: string; evidenceType: string; isHealthy: boolean; reason?: string };

export type Registries = {
  has(officeId: string, evidenceType: string): boolean;
  /** The registry of this node that holds an evidence type, whichever office it belongs to. */
  findHolder(evidenceType: string): RegistryConfig | undefined;
  /**
   * The full record of one person in the published form. Throws `evidence-not-found`, `registry-unavailable` or
   * `registry-answer-invalid`: a record that does not fit the evidence type's JSON Schema never leaves.
   */
  lookUp(officeId: string, evidenceType: string, person: { nationalId: string }): Promise<Record<string, unknown>>;
  /** Plans every query without running it, and checks that it reads only its own registry's tables. */
  checkHealth(): Promise<RegistryHealth[]>;
};

export function createRegistries(needs: { database: Database; log: Log; registries: readonly unknown[] }): Registries {
  const configs = needs.registries.map(checkRegistryConfig);
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats(ajv);
  const validators = new Map<string, ValidateFunction>();
  for (const { evidence } of configs)
    for (const { type } of evidence)
      if (!validators.has(type)) validators.set(type, ajv.compile(evidenceSchema(findEvidenceType(type)!)));

  const find = (officeId: string, evidenceType: string) => {
    for (const config of configs) {
      const evidence = config.evidence.find(({ type }) => type === evidenceType);
      if (config.officeId === officeId && evidence) return { config, evidence };
    }
    return undefined;
  };

  return {
    has: (officeId, evidenceType) => find(officeId, evidenceType) !== undefined,
    findHolder: (evidenceType) => configs.find(({ evidence }) => evidence.some(({ type }) => type === evidenceType)),
    lookUp: async (officeId, evidenceType, person) => {
      const found = find(officeId, evidenceType);
      if (!found) throw problem('service-unknown');
      const { config, evidence } = found;
      let rows: Array<Record<string, unknown>>;
      try {
        rows = await needs.database.readOnly(queryTimeoutMs, (tx) => runQuery(tx, config, evidence, person));
      } catch (error) {
        // Its message may quote the row: only the code is kept.
        const code = (error as { code?: unknown }).code;
        needs.log.error({ registry: config.id, evidenceType, code: String(code) }, 'registry query failed');
        throw problem('registry-unavailable');
      }
      if (rows.length === 0) throw problem('evidence-not-found');
      const record = mapRow(evidence, rows[0]!);
      const isValid = validators.get(evidenceType)!;
      if (rows.length > 1 || !isValid(record)) {
        const where = rows.length > 1 ? 'more than one row' : (isValid.errors?.[0]?.schemaPath ?? '');
        needs.log.error({ registry: config.id, evidenceType, where }, 'registry record does not fit');
        throw problem('registry-answer-invalid');
      }
      return record;
    },
    checkHealth: async () => {
      const results: RegistryHealth[] = [];
      for (const config of configs)
        for (const evidence of config.evidence) {
          const reason = await findFault(needs.database, config, evidence);
          const base = { registryId: config.id, evidenceType: evidence.type };
          results.push(reason === undefined ? { ...base, isHealthy: true } : { ...base, isHealthy: false, reason });
        }
      return results;
    },
  };
}

/** Runs a registry's query as a parameterised one. Rows come as JSON, so dates and numbers are the same on every engine. */
async function runQuery(
  tx: Tx,
  config: RegistryConfig,
  evidence: RegistryEvidence,
  person: { nationalId: string },
): Promise<Array<Record<string, unknown>>> {
  await enterSchema(tx, config.schema);
  const { rows } = await sql<{ record: Record<string, unknown> }>`
    select to_jsonb(r) as record from (${bind(evidence.query, person)}) r limit 2`.execute(tx);
  return rows.map(({ record }) => record);
}

function bind(query: string, person: Record<string, string>) {
  const { texts, names } = splitQuery(query);
  const parts = texts.flatMap((text, index) => [
    sql.raw(text),
    ...(index < names.length ? [sql`${person[names[index]!]}`] : []),
  ]);
  return sql.join(parts, sql.raw(''));
}

async function enterSchema(tx: Tx, schema: string): Promise<void> {
  await sql`select set_config('search_path', ${schema}, true)`.execute(tx);
}

function mapRow(evidence: RegistryEvidence, row: Record<string, unknown>): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [field, column] of Object.entries(evidence.map)) {
    const value = row[column];
    if (value !== null && value !== undefined) record[field] = value;
  }
  return record;
}

async function findFault(
  database: Database,
  config: RegistryConfig,
  evidence: RegistryEvidence,
): Promise<string | undefined> {
  try {
    return await database.readOnly(queryTimeoutMs, async (tx) => {
      await enterSchema(tx, config.schema);
      const { rows } = await sql<{ 'QUERY PLAN': unknown }>`
        explain (verbose, format json) ${bind(evidence.query, { nationalId: '' })}`.execute(tx);
      const foreign = schemasOf(rows[0]?.['QUERY PLAN']).find((schema) => schema !== config.schema);
      return foreign === undefined ? undefined : `the query reads the schema ${foreign}, which is not this registry's`;
    });
  } catch (error) {
    return `the query cannot be planned: ${(error as Error).message}`;
  }
}

function schemasOf(plan: unknown): string[] {
  if (Array.isArray(plan)) return plan.flatMap(schemasOf);
  if (typeof plan !== 'object' || plan === null) return [];
  return Object.entries(plan).flatMap(([name, value]) =>
    name === 'Schema' && typeof value === 'string' ? [value] : schemasOf(value),
  );
}
