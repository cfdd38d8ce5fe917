import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table apps.payloads (
      model text not null,
      id text not null,
      payload jsonb not null,
      grant_id text,
      expires_at timestamptz,
      consumed_at timestamptz,
      primary key (model, id)
    )`,
    sql`create index payloads_grant on apps.payloads (grant_id) where grant_id is not null`,
    sql`create index payloads_expiry on apps.payloads (expires_at)`,
    sql`create table apps.authorisations (
      authorisation_id uuid primary key,
      app_id text not null,
      names jsonb not null,
      person_id uuid not null,
      home_state text not null,
      level text,
      grant_id text not null unique,
      scopes jsonb not null,
      allowed_at timestamptz not null,
      until timestamptz not null,
      last_used_on text,
      ended_at timestamptz,
      ended_by text
    )`,
    // One at a time: whoever allows an app again has decided anew.
    sql`create unique index authorisations_once on apps.authorisations (app_id, person_id) where ended_at is null`,
    sql`create index authorisations_by_person on apps.authorisations (person_id, allowed_at desc)`,
    // What a crash of the database could lose of these two only forgets calls of the last minutes.
    sql`create unlogged table apps.calls (
      app_id text not null,
      window_seconds integer not null,
      began_at bigint not null,
      calls integer not null,
      primary key (app_id, window_seconds)
    )`,
    sql`create unlogged table apps.proofs (proof_id text primary key, seen_until timestamptz not null)`,
    sql`create table apps.deliveries (
      delivery_id uuid primary key,
      app_id text not null,
      authorisation_id uuid not null references apps.authorisations (authorisation_id),
      fact text not null,
      case_id uuid,
      source text not null,
      happened_at timestamptz not null,
      state text not null check (state in ('waiting', 'delivered', 'dead')),
      attempts integer not null default 0,
      tried_since timestamptz not null,
      next_at timestamptz,
      last_outcome text
    )`,
    sql`create unique index deliveries_once on apps.deliveries (authorisation_id, source)`,
    sql`create index deliveries_due on apps.deliveries (next_at) where state = 'waiting'`,
    sql`create index deliveries_by_app on apps.deliveries (app_id, happened_at desc)`,
    sql`create table apps.visits (
      visit_id uuid primary key,
      app_id text not null,
      person_id uuid not null,
      case_id uuid not null,
      return_uri text not null,
      return_state text,
      expires_at timestamptz not null
    )`,
  ];
  for (const statement of statements) await statement.execute(db);
}
