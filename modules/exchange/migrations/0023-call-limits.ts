import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // What is left of each system's calls in this minute, for all processes of the node. After a crash of the server it is empty,
  // and every system has its whole minute: that is cheaper than a log of it.
  await sql`create unlogged table exchange.call_limits (
    system_id uuid primary key,
    per_minute integer not null,
    wanted integer not null,
    granted integer not null,
    calls_left double precision not null,
    filled_at timestamptz not null
  )`.execute(db);
}
