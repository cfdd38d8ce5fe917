import { sql, type Tx } from '#kernel/database';

/** Sign-ins that wait for the app of an eID. `request_id` is the eID's own, and is missing where it has no such person. */
export async function up(db: Tx): Promise<void> {
  await sql`create table identity.upstream_pushes (
    interaction_id text primary key,
    upstream_id text not null,
    account bytea not null,
    national_id bytea not null,
    request_id text,
    number text,
    state text not null,
    proof text,
    looked_at timestamptz not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    unique (upstream_id, request_id)
  )`.execute(db);
  await sql`create index upstream_pushes_by_account on identity.upstream_pushes (account)`.execute(db);
  await sql`create index upstream_pushes_by_end on identity.upstream_pushes (expires_at)`.execute(db);
}
