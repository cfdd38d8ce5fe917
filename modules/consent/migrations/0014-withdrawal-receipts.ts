import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`alter table consent.grants add column withdrawal_receipt text`.execute(db);
}
