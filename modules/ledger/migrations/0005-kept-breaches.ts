import { sql, type Tx } from '#kernel/database';

/**
 * With a breach the key of the log that it accuses: the log is soon replaced by another, and nobody publishes its key any more. And
 * when a breach was over, which is not forgotten.
 */
export async function up(db: Tx): Promise<void> {
  await sql`alter table ledger.breaches add column log_key text, add column ended_at timestamptz`.execute(db);
}
