import { sql, type Tx } from '#kernel/database';

/** What an officer has written of a decision so far: one of a case, erased with what the case holds. */
export async function up(db: Tx): Promise<void> {
  await sql`create table cases.drafted_decisions (
    case_id uuid primary key references cases.cases (id) on delete cascade,
    officer_id uuid not null,
    officer_name text not null,
    posted jsonb not null,
    saved_at timestamptz not null
  )`.execute(db);
}
