import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table exchange.systems (
    system_id uuid primary key,
    office_id text not null,
    name text not null,
    client_id text not null,
    calls_per_minute integer not null,
    return_url text,
    added_at timestamptz not null,
    removed_at timestamptz
  )`.execute(db);
  await sql`create unique index systems_by_client on exchange.systems (client_id) where removed_at is null`.execute(db);
  await sql`create table exchange.system_credentials (
    system_id uuid not null references exchange.systems,
    kind text not null check (kind in ('secret', 'key')),
    credential_id text not null,
    jwk jsonb,
    added_at timestamptz not null,
    expires_at timestamptz,
    last_used_on text,
    primary key (system_id, credential_id)
  )`.execute(db);
  // Which user of an office's system was behind a question: for the office's own audit, and it never leaves the node.
  await sql`create table exchange.system_calls (
    question_id uuid primary key,
    system_id uuid not null references exchange.systems,
    x_road_id text not null,
    user_id text,
    represented_party text,
    called_at timestamptz not null
  )`.execute(db);
  await sql`create index system_calls_by_time on exchange.system_calls (called_at)`.execute(db);
  await sql`create table exchange.operator_nonces (
    nonce text primary key,
    expires_at timestamptz not null
  )`.execute(db);
  await sql`create table exchange.consent_requests (
    handle_digest text primary key,
    system_id uuid not null references exchange.systems,
    office_id text not null,
    home_state text not null,
    details jsonb not null,
    return_url text not null,
    expires_at timestamptz not null
  )`.execute(db);
  // Consents that offices of this node hold for later questions. The token is sealed with a key that is not in the database.
  await sql`create table exchange.held_consents (
    consent_id uuid primary key,
    office_id text not null,
    provider_state text not null,
    case_id text not null,
    details jsonb not null,
    token_sealed bytea not null,
    person_id uuid,
    obtained_at timestamptz not null,
    expires_at timestamptz not null
  )`.execute(db);
  await sql`create index held_consents_of_case on exchange.held_consents (office_id, case_id, provider_state)`.execute(
    db,
  );
}
