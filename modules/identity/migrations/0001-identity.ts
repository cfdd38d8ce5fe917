import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table identity.persons (
      person_id uuid primary key,
      scheme text not null,
      national_id text not null,
      national_id_index bytea not null unique,
      name_ar text not null,
      name_en text not null,
      password_hash text not null,
      totp_secret bytea not null,
      totp_step_used bigint not null default 0,
      is_suspended boolean not null default false,
      created_at timestamptz not null
    )`,
    sql`create table identity.attempts (
      counter bytea primary key,
      failures integer not null,
      last_failed_at timestamptz not null
    )`,
    sql`create table identity.known_addresses (
      account bytea not null,
      address bytea not null,
      seen_at timestamptz not null,
      primary key (account, address)
    )`,
    sql`create table identity.password_steps (
      interaction_id text primary key,
      person_id uuid not null,
      wrong_codes integer not null default 0,
      expires_at timestamptz not null
    )`,
    sql`create table identity.oidc_payloads (
      model text not null,
      id text not null,
      payload jsonb not null,
      grant_id text,
      uid text,
      user_code text,
      expires_at timestamptz,
      consumed_at timestamptz,
      primary key (model, id)
    )`,
    sql`create index oidc_payloads_grant on identity.oidc_payloads (grant_id) where grant_id is not null`,
    sql`create index oidc_payloads_uid on identity.oidc_payloads (uid) where uid is not null`,
    sql`create index oidc_payloads_expiry on identity.oidc_payloads (expires_at)`,
    sql`create table identity.subjects (
      subject text primary key,
      sector text not null,
      person_id uuid not null
    )`,
    sql`create table identity.evidence_grants (
      grant_id text primary key,
      consent_id text not null,
      access_token_until timestamptz not null
    )`,
    sql`create table identity.sign_in_flows (
      handle bytea primary key,
      provider text not null,
      client text not null,
      state text not null,
      nonce text not null,
      code_verifier text not null,
      redirect_uri text not null,
      return_to text not null,
      resource text,
      expires_at timestamptz not null,
      used_at timestamptz
    )`,
    sql`create table identity.sessions (
      session_id uuid primary key,
      handle bytea not null unique,
      person_id uuid not null,
      home_state text not null,
      issuer text not null,
      subject text not null,
      client text not null,
      provider_session text,
      acr text not null,
      created_at timestamptz not null,
      seen_at timestamptz not null,
      ended_at timestamptz
    )`,
    sql`create index sessions_subject on identity.sessions (issuer, subject)`,
    sql`create table identity.known_persons (
      person_id uuid primary key,
      issuer text not null,
      subject text not null,
      home_state text not null,
      first_seen_at timestamptz not null,
      unique (issuer, subject)
    )`,
  ];
  for (const statement of statements) await statement.execute(db);
}
