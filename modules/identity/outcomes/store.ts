import { sql, type Tx, tablesOf } from '#kernel/database';

export type CountRow = { day: string; side: string; outcome: string; level: string; count: number };
type Tables = { sign_in_counts: Omit<CountRow, 'count'> & { count: number | string } };

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

/** Adds to the counts, in one order, so that two processes that add at once wait for each other and never for ever. */
export async function addCounts(db: Tx, rows: readonly CountRow[]): Promise<void> {
  const keyOf = ({ day, side, outcome, level }: CountRow) => `${day} ${side} ${outcome} ${level}`;
  await on(db)
    .insertInto('sign_in_counts')
    .values([...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'side', 'outcome', 'level'])
        .doUpdateSet({ count: sql<number>`sign_in_counts.count + excluded.count` }),
    )
    .execute();
}

/** The counts since a day, newest first. */
export async function listCounts(db: Tx, sinceDay: string): Promise<CountRow[]> {
  const rows = await on(db)
    .selectFrom('sign_in_counts')
    .select([sql<string>`to_char(day, 'YYYY-MM-DD')`.as('day'), 'side', 'outcome', 'level', 'count'])
    .where('day', '>=', sinceDay)
    .orderBy('day', 'desc')
    .orderBy('side')
    .orderBy('outcome')
    .orderBy('level')
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

export async function purgeCounts(db: Tx, beforeDay: string): Promise<void> {
  await on(db).deleteFrom('sign_in_counts').where('day', '<', beforeDay).execute();
}
