import { sql, type Tx } from '#kernel/database';

/** Whom an eID was asked to confirm once more, where it was: nobody else may come back from there. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table identity.upstream_flows add column expected_id uuid`.execute(db);
}
