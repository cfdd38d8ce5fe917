import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // Orders of the operator come on the operator's address, where none can be played back.
  await sql`drop table exchange.operator_nonces`.execute(db);
  await sql`alter table exchange.access_versions add column reason text`.execute(db);
  // What registries no longer give as their descriptions say, until they do again: names of fields, and no value.
  await sql`create table exchange.registry_drifts (
    registry_id text not null,
    evidence_type text not null,
    field text not null,
    kind text not null,
    seen_by text not null check (seen_by in ('answer', 'look')),
    since timestamptz not null,
    last_seen_at timestamptz not null,
    count integer not null,
    primary key (registry_id, evidence_type, field, kind, seen_by)
  )`.execute(db);
  // Which officer asked under a law, and why: for the office's own audit, and it never leaves the node. Not whom it was about.
  await sql`create table exchange.inquiries (
    question_id uuid primary key,
    office_id text not null,
    officer_id uuid not null,
    provider_state text not null,
    evidence_type text not null,
    law text not null,
    case_id text not null,
    reason text not null,
    asked_at timestamptz not null
  )`.execute(db);
  await sql`create index inquiries_of_office on exchange.inquiries (office_id, asked_at)`.execute(db);
}
