import { sql, type Tx } from '#kernel/database';
import { openStates } from '../chart.ts';

/** Who has which open case in hand. */
export async function listHolders(db: Tx): Promise<Array<{ caseId: string; officerId: string; officeId: string }>> {
  const { rows } = await sql<{ id: string; officer_id: string; office_id: string }>`select id, officer_id, office_id
    from cases.cases where officer_id is not null and submitted_at is not null
      and state in (${sql.join(openStates.map((state) => sql.lit(state)))})`.execute(db);
  return rows.map((row) => ({ caseId: row.id, officerId: row.officer_id, officeId: row.office_id }));
}
