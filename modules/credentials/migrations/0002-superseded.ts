import { sql, type Tx } from '#kernel/database';

/** A credential may end because another one took its place. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table credentials.credentials add column superseded boolean not null default false`.execute(db);
}
