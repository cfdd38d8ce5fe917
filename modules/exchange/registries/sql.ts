import { type Static, Type } from 'typebox';
import { type Database, sql, type Tx } from '#kernel/database';
import { findEvidenceType } from '#protocol/catalogue';
import { LookUpQuery } from '../look-ups/contract.ts';
import { checkLookUps } from '../look-ups/reading.ts';
import { type Adapter, lookUpTimeoutMs, probing, RegistryFault } from './adapter.ts';
import { described, Identifier } from './described.ts';
import { checkPopulation, PopulationQueries } from './population.ts';
import { checkQuery, QueryEvidence, splitQuery, tablesOfPlan, valuesFor } from './query.ts';
import { openReadingPool, type Table } from './reading-pool.ts';

const SqlRegistry = Type.Object(
  {
    ...described,
    adapter: Type.Literal('sql'),
    /** The registry's own schema in the node's database, `registry_<id>`: the query sees no other. */
    schema: Identifier,
    evidence: Type.Array(QueryEvidence),
    population: Type.Optional(PopulationQueries),
    lookUps: Type.Optional(Type.Array(LookUpQuery, { minItems: 1, maxItems: 50 })),
  },
  { additionalProperties: false },
);
type SqlRegistry = Static<typeof SqlRegistry>;

/** Tables in the node's own database. */
export const sqlAdapter: Adapter<SqlRegistry, QueryEvidence> = {
  name: 'sql',
  addressing: 'column',
  shape: SqlRegistry,
  check: (config) => {
    const { id, schema, evidence, population } = config;
    if (schema !== `registry_${id}`) throw new Error(`schema must be registry_${id}`);
    for (const { type, query } of evidence) checkQuery(type, query);
    if (population) checkPopulation(population);
    checkLookUps(config);
  },
  open: ({ database }, { id, schema }) => {
    if (!database) throw new Error(`registry ${id}: its tables are in a node's database, and there is no node here`);
    // PGlite has one connection, so there it is a read-only transaction on the node's own.
    const pool = database.url ? openReadingPool(database.url, { search_path: schema }) : undefined;
    /** The query sees its own schema and no other. */
    const stayInside = (tables: Table[]) => {
      const foreign = tables.find((table) => table.schema !== schema);
      if (foreign)
        throw new RegistryFault('foreign-table', {
          en: `The query reads the schema ${foreign.schema}, which is not this registry's. Read ${schema} only.`,
          ar: `يقرأ الاستعلام المخطط ${foreign.schema} وهو ليس لهذا السجل. اقرأ ${schema} فقط.`,
        });
      return tables;
    };
    const notPlanned = (error: Error) => {
      throw new RegistryFault('not-planned', {
        en: `The query cannot be planned: ${error.message}`,
        ar: `يتعذر تخطيط الاستعلام: ${error.message}`,
      });
    };
    return {
      prepare: ({ type, query, map }) => ({
        read: (person) =>
          pool
            ? pool.read(query, person)
            : database.readOnly(lookUpTimeoutMs, async (tx) => {
                const values = valuesFor(splitQuery(query).names, person);
                return values === undefined ? [] : runQuery(tx, schema, query, values, 2);
              }),
        probe: () =>
          probing(async () => {
            const planned = pool
              ? pool.plan(query, map, findEvidenceType(type)!)
              : plan(database, schema, query).then((tables) => ({ tables, drift: [] }));
            const { tables, drift } = await planned.catch(notPlanned);
            stayInside(tables);
            return drift;
          }),
      }),
      list: (query, value, rowsMax) =>
        pool
          ? pool.list(query, value, rowsMax)
          : database.readOnly(lookUpTimeoutMs, (tx) => runQuery(tx, schema, query, same(query, value), rowsMax)),
      listTables: async (query) =>
        stayInside(await (pool ? pool.listTables(query) : plan(database, schema, query)).catch(notPlanned)),
      stop: async () => pool?.stop(),
    };
  },
};

/** Runs a registry's query as a parameterised one. Rows come as JSON, so dates and numbers are the same on every engine. */
async function runQuery(tx: Tx, schema: string, query: string, values: string[], rowsMax: number): Promise<unknown[]> {
  await enterSchema(tx, schema);
  const { rows } = await sql<{ record: unknown }>`
    select to_jsonb(r) as record from (${bind(query, values)}) r limit ${rowsMax}`.execute(tx);
  return rows.map(({ record }) => record);
}

/** One value for every parameter of a query. */
const same = (query: string, value: string) => splitQuery(query).names.map(() => value);

/** `values`: in the order in which the parameters stand in the query. */
function bind(query: string, values: string[]) {
  const { texts } = splitQuery(query);
  const parts = texts.flatMap((text, at) => [sql.raw(text), ...(at < values.length ? [sql`${values[at]}`] : [])]);
  return sql.join(parts, sql.raw(''));
}

async function enterSchema(tx: Tx, schema: string): Promise<void> {
  await sql`select set_config('search_path', ${schema}, true)`.execute(tx);
}

function plan(database: Database, schema: string, query: string): Promise<Table[]> {
  return database.readOnly(lookUpTimeoutMs, async (tx) => {
    await enterSchema(tx, schema);
    const { rows } = await sql<{ 'QUERY PLAN': unknown }>`
      explain (verbose, format json) ${bind(query, same(query, '0'))}`.execute(tx);
    return tablesOfPlan(rows[0]?.['QUERY PLAN']);
  });
}
