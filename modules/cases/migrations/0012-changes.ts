import { sql, type Tx } from '#kernel/database';

/** Which shared cases have changed, and up to which event: whoever tells other states takes a case off here when it has done so. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table cases.cases add column is_shared boolean not null default false`.execute(db);
  await sql`create table cases.changes (
    case_id uuid primary key references cases.cases,
    number integer not null
  )`.execute(db);
}
