import { sql, type Tx } from '#kernel/database';

/** Cases that were begun, or gone on with, under a mandate, the oldest first. */
export async function listUnderMandate(tx: Tx, mandate: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from cases.cases
    where representative_mandate = ${mandate} order by started_at, id`.execute(tx);
  return rows.map(({ id }) => id);
}
