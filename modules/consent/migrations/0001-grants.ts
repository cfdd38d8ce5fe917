import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table consent.grants (
    consent_id uuid primary key,
    person_id uuid not null,
    subject text not null,
    requester text not null,
    given_at timestamptz not null,
    until timestamptz not null,
    withdrawn_at timestamptz,
    details jsonb not null,
    receipt text not null,
    leaf_hash text not null,
    request_id text unique
  )`.execute(db);
  await sql`create index grants_of_person on consent.grants (person_id, given_at desc)`.execute(db);
  // The primary key is what keeps a repeated question from counting twice.
  await sql`create table consent.uses (
    consent_id uuid not null references consent.grants,
    evidence_type text not null,
    question_id uuid not null,
    used_at timestamptz not null,
    primary key (consent_id, evidence_type, question_id)
  )`.execute(db);
}
