import { sql, type Tx } from '#kernel/database';

/** What an anchor last told, signed, of the keys that it used before: proofs of that time stand on them. */
export async function up(db: Tx): Promise<void> {
  await sql`create table federation.former_anchor_keys (
    anchor_id text primary key,
    keys jsonb not null,
    told_at timestamptz not null
  )`.execute(db);
}
