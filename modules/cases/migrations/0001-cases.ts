import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table cases.cases (
    id uuid primary key,
    reference text not null unique,
    service_id text not null,
    service_version text not null,
    person_id uuid not null,
    home_state text not null,
    office_id text not null,
    state text not null,
    version integer not null,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    submitted_at timestamptz,
    decided_at timestamptz,
    due_on date,
    officer_id uuid,
    officer_name text,
    assigned_at timestamptz
  )`.execute(db);
  // A person has one draft per service, whichever device asks first.
  await sql`create unique index cases_one_draft on cases.cases (person_id, service_id) where state = 'draft'`.execute(
    db,
  );
  await sql`create index cases_by_person on cases.cases (person_id, started_at desc)`.execute(db);
  await sql`create index cases_by_office on cases.cases (office_id, state, due_on)`.execute(db);
  await sql`create table cases.events (
    case_id uuid not null references cases.cases (id),
    sequence integer not null,
    kind text not null,
    actor text not null,
    actor_id uuid,
    body jsonb not null,
    happened_at timestamptz not null,
    primary key (case_id, sequence)
  )`.execute(db);
  // The story of a case is only ever continued.
  await sql`create function cases.refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'the events of a case are only added to'; end $$`.execute(db);
  await sql`create trigger events_stay before update or delete on cases.events
    for each row execute function cases.refuse_change()`.execute(db);
  await sql`create table cases.evidence (
    id uuid primary key,
    case_id uuid not null references cases.cases (id),
    evidence_type text not null,
    provider_state text not null,
    provider_office text,
    consent_id text,
    question_id text,
    field_values jsonb not null,
    receipts jsonb,
    received_at timestamptz not null
  )`.execute(db);
  await sql`create index evidence_by_case on cases.evidence (case_id, received_at)`.execute(db);
  await sql`create table cases.answers (
    case_id uuid not null references cases.cases (id),
    page_id text not null,
    answers jsonb not null,
    saved_at timestamptz not null,
    primary key (case_id, page_id)
  )`.execute(db);
  await sql`create table cases.documents (
    case_id uuid not null references cases.cases (id),
    kind text not null,
    document_id text not null,
    media_type text not null,
    content bytea,
    attached_at timestamptz not null,
    primary key (case_id, kind)
  )`.execute(db);
  await sql`create table cases.numbers (year integer primary key, last integer not null)`.execute(db);
}
