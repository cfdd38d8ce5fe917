import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // Questions that offices of this node ask others. The token is not kept, and the values received are the asker's to keep.
  await sql`create table exchange.questions (
    question_id uuid primary key,
    office_id text not null,
    provider text not null,
    provider_state text not null,
    consent_id uuid not null,
    case_id text not null,
    evidence_type text not null,
    target text not null,
    body text not null,
    state text not null check (state in ('asked', 'received', 'refused')),
    refusal_code text,
    asked_at timestamptz not null,
    ended_at timestamptz,
    question_headers jsonb,
    answer_headers jsonb,
    own_receipt jsonb,
    their_receipt jsonb
  )`.execute(db);
  await sql`create index questions_open on exchange.questions (office_id, consent_id, evidence_type) where state = 'asked'`.execute(
    db,
  );
  // Questions that this node answered, or refused to a known office about a known person.
  await sql`create table exchange.uses (
    question_id uuid not null,
    requester text not null,
    requester_names jsonb not null,
    nonce text not null,
    question_digest text not null,
    question_headers jsonb not null,
    person_id uuid not null,
    office_id text not null,
    evidence_type text not null,
    version text not null,
    fields jsonb not null,
    purpose text not null,
    case_id text not null,
    consent_id uuid not null,
    outcome text not null check (outcome in ('given', 'refused')),
    refusal_code text,
    used_at timestamptz not null,
    leaf_hash text not null,
    answer_sealed bytea,
    answer_headers jsonb,
    answer_until timestamptz,
    primary key (requester, question_id),
    unique (requester, nonce)
  )`.execute(db);
  await sql`create index uses_of_person on exchange.uses (person_id, used_at desc)`.execute(db);
  await sql`create index uses_sealed on exchange.uses (answer_until) where answer_sealed is not null`.execute(db);
  // The operator's audit of refusals: codes and what the caller claimed to be. No personal data.
  await sql`create table exchange.refusals (
    refusal_id uuid primary key,
    refused_at timestamptz not null,
    code text not null,
    origin text not null,
    claimed_requester text,
    claimed_question_id uuid,
    service text not null
  )`.execute(db);
  await sql`create index refusals_by_time on exchange.refusals (refused_at)`.execute(db);
  await sql`create table exchange.registries (
    registry_id text primary key,
    content_digest text not null,
    imported_at timestamptz not null
  )`.execute(db);
}
