import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from '#kernel/clock';
import { type Database, sql, type Tx } from '#kernel/database';
import { canonicalJson, sha256 } from '#kernel/ids';
import { findRegistryDigest, saveRegistryDigest } from '../store.ts';

const Identifier = Type.String({ pattern: '^[a-z][a-z0-9_]{0,58}$' });
const ColumnType = Type.Union([
  Type.Literal('text'),
  Type.Literal('integer'),
  Type.Literal('numeric'),
  Type.Literal('boolean'),
  Type.Literal('date'),
  Type.Literal('timestamptz'),
]);
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);

const byColumn = <Shape extends TSchema>(shape: Shape) =>
  Type.Unsafe<Record<string, Static<Shape>>>(Type.Record(Identifier, shape));

/** The tables of a sample registry, as data. */
export const RegistryTables = Type.Object(
  {
    id: Identifier,
    tables: Type.Array(
      Type.Object(
        {
          name: Identifier,
          columns: byColumn(ColumnType),
          key: Type.Array(Identifier, { minItems: 1 }),
          rows: Type.Array(byColumn(Value)),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);
export type RegistryTables = Static<typeof RegistryTables>;

const shape = Compile(RegistryTables);
const rowsPerInsert = 500;

/**
 * Loads a sample registry into its own schema `registry_<id>`: all of it, in one transaction, in place of what was there.
 * Content that is already loaded is left alone, so a restart costs one read. Returns whether anything was loaded.
 */
export async function importRegistry(
  needs: { database: Database; clock: Clock },
  registry: RegistryTables,
): Promise<boolean> {
  if (!shape.Check(registry)) {
    const [error] = shape.Errors(registry);
    throw new Error(`registry tables: ${(error as { instancePath?: string })?.instancePath ?? ''} does not fit`);
  }
  const digest = sha256(canonicalJson(registry)).toString('hex');
  if ((await findRegistryDigest(needs.database.db, registry.id)) === digest) return false;
  const schema = `registry_${registry.id}`;
  return needs.database.transaction(async (tx) => {
    // Of two processes that start at once, the second finds it done.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`exchange.${schema}`}, 0))`.execute(tx);
    if ((await findRegistryDigest(tx, registry.id)) === digest) return false;
    await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(tx);
    await sql`create schema ${sql.id(schema)}`.execute(tx);
    for (const table of registry.tables) await importTable(tx, schema, table);
    await saveRegistryDigest(tx, registry.id, digest, needs.clock.now());
    return true;
  });
}

async function importTable(tx: Tx, schema: string, table: RegistryTables['tables'][number]): Promise<void> {
  const at = sql.id(schema, table.name);
  const columns = Object.entries(table.columns);
  const definitions = columns.map(([name, type]) => sql`${sql.id(name)} ${sql.raw(type)}`);
  const key = sql.join(table.key.map((name) => sql.id(name)));
  await sql`create table ${at} (${sql.join(definitions)}, primary key (${key}))`.execute(tx);
  for (let from = 0; from < table.rows.length; from += rowsPerInsert) {
    const rows = table.rows.slice(from, from + rowsPerInsert);
    // One parameter for all rows: the column list gives each value its type.
    const typed = sql.join(columns.map(([name, type]) => sql`${sql.id(name)} ${sql.raw(type)}`));
    await sql`insert into ${at} select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(${typed})`.execute(
      tx,
    );
  }
}
