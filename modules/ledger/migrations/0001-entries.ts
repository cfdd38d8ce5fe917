import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // `json`, not `jsonb`: it keeps the committed text as it was hashed, escapes and numbers included.
  await sql`create table ledger.entries (
    entry_id uuid primary key,
    append_order bigint generated always as identity,
    commitment bytea not null unique,
    leaf_hash bytea not null unique,
    salt bytea not null,
    record json not null,
    kind text not null,
    person_id uuid,
    appended_at timestamptz not null,
    leaf_index bigint unique
  )`.execute(db);
  await sql`create index entries_pending on ledger.entries (append_order) where leaf_index is null`.execute(db);
  await sql`create index entries_about on ledger.entries (person_id, append_order desc) where person_id is not null`.execute(
    db,
  );
  await sql`create table ledger.checkpoints (
    size bigint primary key,
    root bytea not null,
    note text not null,
    made_at timestamptz not null
  )`.execute(db);
  await sql`create table ledger.cosignatures (
    size bigint not null references ledger.checkpoints (size),
    witness_key text not null,
    witness_name text not null,
    line text not null,
    cosigned_at timestamptz not null,
    primary key (size, witness_key)
  )`.execute(db);
  await sql`create index cosignatures_by_witness on ledger.cosignatures (witness_key, size desc)`.execute(db);
  await sql`create table ledger.witnessed (
    origin text primary key,
    size bigint not null,
    root bytea not null,
    note text not null,
    witnessed_at timestamptz not null
  )`.execute(db);
  await sql`create table ledger.breaches (
    breach_id uuid primary key,
    origin text not null,
    kind text not null,
    seen_size bigint not null,
    seen_note text not null,
    witnessed_size bigint not null,
    witnessed_note text,
    seen_at timestamptz not null
  )`.execute(db);
  await sql`create index breaches_of_log on ledger.breaches (origin, kind)`.execute(db);
}
