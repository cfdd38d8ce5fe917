import { sql, type Tx } from '#kernel/database';

/** Questions that found no service, by a keyed hash of their words; the words themselves only once many have asked. */
export async function up(db: Tx): Promise<void> {
  await sql`create table catalogue.search_misses (
    words_hash bytea primary key,
    words text,
    times integer not null,
    counted_at timestamptz not null
  )`.execute(db);
  await sql`create index search_misses_by_age on catalogue.search_misses (counted_at)`.execute(db);
}
