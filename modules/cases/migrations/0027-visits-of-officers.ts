import { sql, type Tx } from '#kernel/database';

/** Which cases an officer has looked at, for those of them that somebody else has changed since. */
export async function up(db: Tx): Promise<void> {
  await sql`create index visits_of_officer on cases.visits (officer_id, case_id) include (sequence)`.execute(db);
}
