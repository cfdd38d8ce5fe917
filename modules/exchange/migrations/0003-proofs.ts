import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`alter table exchange.questions add column asked_leaf_hash text`.execute(db);
  // Trust chains as they were when they were relied upon: one row per chain, however many exchanges lean on it.
  await sql`create table exchange.chains (
    chain_digest text primary key,
    entity_id text not null,
    tokens jsonb not null,
    issued_at timestamptz not null,
    expires_at timestamptz not null
  )`.execute(db);
  await sql`create index chains_of_entity on exchange.chains (entity_id, expires_at)`.execute(db);
  // Where another state's log holds its entry of an exchange: fetched once, and good when that state is out of reach.
  await sql`create table exchange.inclusions (
    leaf_hash text primary key,
    inclusion jsonb not null,
    kept_at timestamptz not null
  )`.execute(db);
}
