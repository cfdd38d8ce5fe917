import { sql, type Tx } from '#kernel/database';

/** What an office asks a person for after a case was sent. While one is open the office's clock stands at `working_days_left`. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table cases.cases add column working_days_left integer`.execute(db);
  await sql`create table cases.requests (
    id uuid primary key,
    case_id uuid not null references cases.cases (id),
    asked_at timestamptz not null,
    thing_ids jsonb not null,
    own_words jsonb,
    page_ids jsonb not null,
    answer_by date not null,
    remind_on date,
    reminded_at timestamptz,
    ended_at timestamptz,
    outcome text,
    answer text,
    answers_before jsonb,
    answers_after jsonb
  )`.execute(db);
  await sql`create index requests_by_case on cases.requests (case_id, asked_at)`.execute(db);
  // The person answers one thing at a time.
  await sql`create unique index requests_one_open on cases.requests (case_id) where ended_at is null`.execute(db);
  await sql`create index requests_open on cases.requests (answer_by) where ended_at is null`.execute(db);
  await sql`create table cases.request_pages (
    request_id uuid not null references cases.requests (id),
    page_id text not null,
    answers jsonb not null,
    saved_at timestamptz not null,
    primary key (request_id, page_id)
  )`.execute(db);
}
