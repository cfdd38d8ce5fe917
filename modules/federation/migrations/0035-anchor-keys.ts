import { sql, type Tx } from '#kernel/database';

/** Keys that an anchor announced under a key already trusted, and since when without a gap. */
export async function up(db: Tx): Promise<void> {
  await sql`create table federation.anchor_keys (
    anchor_id text not null,
    kid text not null,
    jwk jsonb not null,
    seen_since timestamptz not null,
    primary key (anchor_id, kid)
  )`.execute(db);
}
