import { sql, type Tx } from '#kernel/database';
import { openStates } from '../chart.ts';
import type { CaseRole } from '../roles/contract.ts';
import { isWithin } from '../roles/store.ts';
import type { ServiceLoad } from './contract.ts';

const isOpen = sql`state in (${sql.join(openStates.map((state) => sql.lit(state)))})`;

/** An office, as far as the roles of its supervisor reach. */
type Supervised = { officeId: string; grants: readonly CaseRole[] };

type InHand = { officerId: string; name: string; inHand: number; waiting: number; late: number };

export async function countInHand(db: Tx, { officeId, grants }: Supervised, today: string): Promise<InHand[]> {
  const { rows } =
    await sql<InHand>`select officer_id as "officerId", max(officer_name) as name, count(*)::int as "inHand",
      count(*) filter (where working_days_left is not null)::int as waiting,
      count(*) filter (where due_on < ${today}::date and working_days_left is null)::int as late
    from cases.cases where office_id = ${officeId} and submitted_at is not null and officer_id is not null and ${isOpen} and ${isWithin(grants)}
    group by officer_id`.execute(db);
  return rows;
}

/** Decisions by officers since a moment; the time runs from when the same officer last took the case or was given it. */
export async function countDecided(
  db: Tx,
  { officeId, grants }: Supervised,
  since: Date,
): Promise<Array<{ officerId: string; decided: number; medianHours: number | null }>> {
  const { rows } = await sql<{ officerId: string; decided: number; medianHours: number | null }>`
    select event.actor_id as "officerId", count(*)::int as decided,
      (percentile_cont(0.5) within group (order by extract(epoch from (event.happened_at - taken.at)) / 3600))::float8 as "medianHours"
    from cases.events event
      join cases.cases on cases.id = event.case_id and cases.office_id = ${officeId} and ${isWithin(grants)}
      left join lateral (select max(happened_at) as at from cases.events earlier where earlier.case_id = event.case_id
        and (earlier.kind = 'case-taken' and earlier.actor_id = event.actor_id
          or earlier.kind = 'case-assigned' and earlier.body ->> 'to' = event.actor_id::text) and earlier.sequence < event.sequence) taken on true
    where event.actor = 'officer' and event.kind in ('case-approved', 'case-refused') and event.happened_at > ${since}
      and event.actor_id is not null
    group by event.actor_id`.execute(db);
  return rows;
}

export async function countByService(db: Tx, { officeId, grants }: Supervised, today: string): Promise<ServiceLoad[]> {
  const { rows } = await sql<ServiceLoad>`select service_id as "serviceId", count(*)::int as open,
      count(*) filter (where officer_id is null)::int as unassigned,
      count(*) filter (where due_on < ${today}::date and working_days_left is null)::int as late, min(submitted_at) as "oldestAt"
    from cases.cases where office_id = ${officeId} and submitted_at is not null and ${isOpen} and ${isWithin(grants)}
    group by service_id order by open desc, service_id`.execute(db);
  return rows;
}
