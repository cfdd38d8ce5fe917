import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table cases.files (
    id uuid primary key,
    case_id uuid not null references cases.cases (id),
    question_id text not null,
    name text not null,
    media_type text not null,
    size integer not null,
    sha256 text not null,
    content bytea,
    scan text not null check (scan in ('unscanned', 'waiting', 'clean', 'infected')),
    attached_at timestamptz not null,
    check (content is not null or scan = 'infected'),
    unique (case_id, question_id, sha256)
  )`.execute(db);
  // What is attached is compressed already.
  await sql`alter table cases.files alter column content set storage external`.execute(db);
  await sql`create index files_to_scan on cases.files (attached_at) where scan = 'waiting'`.execute(db);
}
