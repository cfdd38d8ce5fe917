import { sql, type Tx } from '#kernel/database';

/** A case may be decided more than once: each decision has documents of its own. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table cases.documents add column decision integer not null default 1`.execute(db);
  await sql`alter table cases.documents drop constraint documents_pkey`.execute(db);
  await sql`alter table cases.documents add primary key (case_id, decision, kind)`.execute(db);
}
