import { sql, type Tx } from '#kernel/database';

/** People on the way to an eID that the state has already, and back. */
export async function up(db: Tx): Promise<void> {
  await sql`create table identity.upstream_flows (
    state bytea primary key,
    interaction_id text not null unique,
    upstream_id text not null,
    nonce text not null,
    code_verifier text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`.execute(db);
  await sql`create index upstream_flows_by_end on identity.upstream_flows (expires_at)`.execute(db);
}
