import { sql, type Tx } from '#kernel/database';

/** What is said about a case: between the office and the person, and inside the office; and up to where an officer has read it. */
export async function up(db: Tx): Promise<void> {
  await sql`create table cases.messages (
    id uuid primary key,
    case_id uuid not null references cases.cases (id),
    written_by text not null check (written_by in ('person', 'officer')),
    writer_id uuid not null,
    writer_name text not null,
    text text not null,
    written_at timestamptz not null
  )`.execute(db);
  await sql`create index messages_by_case on cases.messages (case_id, written_at)`.execute(db);
  await sql`create table cases.notes (
    id uuid primary key,
    case_id uuid not null references cases.cases (id),
    writer_id uuid not null,
    writer_name text not null,
    text text not null,
    written_at timestamptz not null
  )`.execute(db);
  await sql`create index notes_by_case on cases.notes (case_id, written_at)`.execute(db);
  await sql`create table cases.visits (
    case_id uuid not null references cases.cases (id),
    officer_id uuid not null,
    sequence integer not null,
    visited_at timestamptz not null,
    primary key (case_id, officer_id)
  )`.execute(db);
}
