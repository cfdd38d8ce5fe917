import { type Tx, tablesOf } from '#kernel/database';

type Tables = { visits: { case_id: string; officer_id: string; sequence: number; visited_at: Date } };
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

/** Up to which event an officer has seen each of these cases; without an entry, none of it. */
export async function listVisits(db: Tx, officerId: string, caseIds: string[]): Promise<Map<string, number>> {
  if (caseIds.length === 0) return new Map();
  const rows = await on(db)
    .selectFrom('visits')
    .select(['case_id', 'sequence'])
    .where('officer_id', '=', officerId)
    .where('case_id', 'in', caseIds)
    .execute();
  return new Map(rows.map((row) => [row.case_id, row.sequence]));
}

export async function saveVisit(
  tx: Tx,
  visit: { caseId: string; officerId: string; sequence: number; at: Date },
): Promise<void> {
  const seen = { sequence: visit.sequence, visited_at: visit.at };
  await on(tx)
    .insertInto('visits')
    .values({ case_id: visit.caseId, officer_id: visit.officerId, ...seen })
    .onConflict((conflict) => conflict.columns(['case_id', 'officer_id']).doUpdateSet(seen))
    .execute();
}
