import { sql, type Tx } from '#kernel/database';

/** Services that take no new applications for now, and why. */
export async function up(db: Tx): Promise<void> {
  await sql`create table catalogue.pauses (
    service_id text primary key,
    reason jsonb not null,
    paused_at timestamptz not null,
    ends_at timestamptz
  )`.execute(db);
}
