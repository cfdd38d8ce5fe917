import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`
    create table credentials.credentials (
      credential_id uuid primary key,
      decision_id text not null unique,
      office_id text not null,
      type_id text not null,
      issuer text not null,
      claims jsonb not null,
      disclosable jsonb not null,
      compact text not null,
      list_id text not null,
      list_index integer not null,
      reference text not null unique,
      person_id text,
      issued_at timestamptz not null,
      valid_until timestamptz not null,
      revoked_at timestamptz,
      unique (list_id, list_index)
    )`.execute(db);
  // An index is taken before the credential that names it is signed.
  await sql`
    create table credentials.status_entries (
      list_id text not null,
      list_index integer not null,
      credential_id uuid not null,
      primary key (list_id, list_index)
    )`.execute(db);
  // Codes and tokens are kept as digests: a copy of this table opens nothing.
  await sql`
    create table credentials.offers (
      offer_hash bytea primary key,
      credential_id uuid not null references credentials.credentials,
      expires_at timestamptz not null,
      redeemed_at timestamptz
    )`.execute(db);
  await sql`
    create table credentials.access_tokens (
      token_hash bytea primary key,
      credential_id uuid not null references credentials.credentials,
      expires_at timestamptz not null,
      holder_thumbprint text
    )`.execute(db);
  await sql`
    create table credentials.wallet (
      wallet_credential_id uuid primary key,
      person_id text not null,
      sealed bytea not null,
      valid_until timestamptz,
      added_at timestamptz not null
    )`.execute(db);
  await sql`create index wallet_person on credentials.wallet (person_id, added_at)`.execute(db);
}
