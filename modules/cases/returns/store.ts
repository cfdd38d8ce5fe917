import { sql, type Tx } from '#kernel/database';
import { openStates } from '../chart.ts';
import type { Work } from '../roles/rules.ts';

/** Who has which open case in hand. */
export async function listHolders(
  db: Tx,
): Promise<Array<{ caseId: string; officerId: string; officeId: string } & Work>> {
  const { rows } = await sql<{ caseId: string; officerId: string; officeId: string } & Work>`select id as "caseId",
      officer_id as "officerId", office_id as "officeId", service_id as "serviceId", home_state as state
    from cases.cases where officer_id is not null and submitted_at is not null
      and state in (${sql.join(openStates.map((state) => sql.lit(state)))})`.execute(db);
  return rows;
}
