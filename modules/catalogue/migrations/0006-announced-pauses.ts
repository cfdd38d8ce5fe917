import { sql, type Tx } from '#kernel/database';

/** Pauses to come, several of a service: between them it takes applications, as in a season. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table catalogue.pauses add column starts_at timestamptz`.execute(db);
  await sql`update catalogue.pauses set starts_at = paused_at`.execute(db);
  await sql`alter table catalogue.pauses alter column starts_at set not null, drop constraint pauses_pkey,
    add primary key (service_id, starts_at)`.execute(db);
}
