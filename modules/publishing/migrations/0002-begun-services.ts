import { sql, type Tx } from '#kernel/database';

/** A service that officials begin themselves has no version before its first draft. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table publishing.drafts alter column base_version drop not null`.execute(db);
}
