import { sql } from 'kysely';
import type { Database } from '#kernel/database';

/**
 * The tables of a whole database, of whichever module, in which one of these texts stands: in a text, in JSON or in bytes. What is compressed or
 * sealed is not opened. Each as `schema.table`.
 */
export async function findMarkers({ db }: Pick<Database, 'db'>, markers: readonly string[]): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`.execute(
    db,
  );
  // In JSON a quotation mark and a backslash stand otherwise: markers have neither. Bytes are written as hexadecimal digits.
  const sought = markers.flatMap((marker) => [marker, Buffer.from(marker).toString('hex')]);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.raw(name)} as one
      where exists (select from unnest(${sought}::text[]) as marker where position(marker in one::text) > 0)`.execute(
      db,
    );
    if (rows[0]!.count > 0) found.push(name);
  }
  return found;
}
