import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table identity.passkeys (
      credential_id text primary key,
      person_id uuid not null,
      public_key bytea not null,
      counter bigint not null,
      transports text not null,
      is_backed_up boolean not null,
      name text not null,
      enrolled_by text not null,
      created_at timestamptz not null,
      last_used_at timestamptz,
      blocked_at timestamptz
    )`,
    sql`create index passkeys_person on identity.passkeys (person_id)`,
    sql`create table identity.passkey_challenges (
      challenge bytea primary key,
      purpose text not null,
      bound_to text not null,
      expires_at timestamptz not null
    )`,
    sql`create table identity.confirmations (
      session_id uuid primary key,
      person_id uuid not null,
      method text not null,
      expires_at timestamptz not null
    )`,
    sql`create table identity.method_events (
      event_id uuid primary key,
      person_id uuid not null,
      kind text not null,
      subject text,
      at timestamptz not null
    )`,
    sql`create index method_events_person on identity.method_events (person_id, at desc)`,
    sql`create table identity.approval_devices (
      device_id uuid primary key,
      handle bytea not null unique,
      person_id uuid not null,
      credential_id text not null unique,
      created_at timestamptz not null,
      seen_at timestamptz not null
    )`,
    sql`create index approval_devices_person on identity.approval_devices (person_id)`,
    sql`create table identity.approval_requests (
      request_id uuid primary key,
      account bytea not null,
      source bytea not null,
      person_id uuid,
      bound_to text not null unique,
      client_id text not null,
      number text not null,
      purposes text not null,
      address text not null,
      agent text not null,
      is_known_address boolean not null,
      state text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`,
    sql`create index approval_requests_account on identity.approval_requests (account)`,
    sql`create index approval_requests_person on identity.approval_requests (person_id) where person_id is not null`,
  ];
  for (const statement of statements) await statement.execute(db);
}
