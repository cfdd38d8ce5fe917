import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // The tokens prove themselves: a chain read back is verified again, so this table need not be trusted.
  await sql`create table federation.chains (
    entity_id text primary key,
    anchor_id text not null,
    tokens jsonb not null,
    resolved_at timestamptz not null,
    expires_at timestamptz not null
  )`.execute(db);
  await sql`create table federation.listings (
    url text primary key,
    entity_ids jsonb not null,
    fetched_at timestamptz not null
  )`.execute(db);
  await sql`create table federation.statements (
    entity_id text not null,
    version integer not null,
    statement_hash text not null,
    claims jsonb not null,
    published_at timestamptz not null,
    primary key (entity_id, version)
  )`.execute(db);
  await sql`create table federation.keys (
    entity_id text not null,
    kid text not null,
    jwk jsonb not null,
    published_at timestamptz not null,
    retired_at timestamptz,
    primary key (entity_id, kid)
  )`.execute(db);
  await sql`create table federation.trust_marks (
    mark_id uuid primary key,
    issuer_id text not null,
    subject_id text not null,
    type text not null,
    claims_hash text not null,
    kid text not null,
    token text not null,
    token_hash text not null unique,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
  )`.execute(db);
  await sql`create index on federation.trust_marks (issuer_id, subject_id, type)`.execute(db);
}
