import { sql, type Tx } from '#kernel/database';

/** Appeals with the person's words, and corrections with the values they set: neither goes into the events of a case. */
export async function up(db: Tx): Promise<void> {
  await sql`create table cases.appeals (
    id uuid primary key,
    case_id uuid not null references cases.cases (id),
    decision_number text not null,
    filed_at timestamptz not null,
    words text not null,
    due_on date not null,
    decided_at timestamptz,
    outcome text,
    own_words jsonb,
    unique (case_id, decision_number)
  )`.execute(db);
  await sql`create table cases.corrections (
    id uuid primary key,
    case_id uuid not null references cases.cases (id),
    decision integer not null,
    corrected_at timestamptz not null,
    field_values jsonb not null,
    unique (case_id, decision)
  )`.execute(db);
}
