import { sql, type Tx } from '#kernel/database';
import type { CaseRole } from '../roles/contract.ts';
import { isWithin } from '../roles/store.ts';

type Fragment = ReturnType<typeof sql>;

/** Of a reading, among the kinds of events. */
export const readKind = 'case-read';

export type StepRow = {
  caseId: string;
  reference: string;
  at: Date;
  sequence: number;
  officerId: string;
  kind: string;
  serviceId: string;
  serviceVersion: string;
  body: Record<string, unknown>;
};
/** After which step a page begins. */
export type StepPlace = { at: string; caseId: string; sequence: number };

/** Steps of officers in the cases of an office and each time that one of them read one, the latest first. */
export async function listSteps(
  db: Tx,
  asked: {
    officeId: string;
    grants: readonly CaseRole[];
    officerId?: string | undefined;
    after?: StepPlace | undefined;
    limit: number;
  },
): Promise<StepRow[]> {
  const { officeId, grants, officerId, after, limit } = asked;
  const within = sql`cases.office_id = ${officeId} and ${isWithin(grants)}`;
  const isAfter = (place: Fragment) =>
    after ? sql`${place} < (${after.at}::timestamptz, ${after.caseId}::uuid, ${after.sequence}::int)` : sql`true`;
  const isOf = (officer: Fragment) => (officerId === undefined ? sql`true` : sql`${officer} = ${officerId}::uuid`);
  const columns = sql`cases.reference, cases.service_id as "serviceId", cases.service_version as "serviceVersion"`;
  // Each part is cut by an index of its own before the two are laid together; a reading is no step of a case, and has no number in it.
  const { rows } = await sql<StepRow>`(select event.case_id as "caseId", event.happened_at as at, event.sequence,
      event.actor_id as "officerId", event.kind, event.body, ${columns}
    from cases.events event join cases.cases on cases.id = event.case_id
    where event.actor = 'officer' and event.actor_id is not null and ${within} and ${isOf(sql`event.actor_id`)}
      and ${isAfter(sql`(event.happened_at, event.case_id, event.sequence)`)}
    order by event.happened_at desc, event.case_id desc, event.sequence desc limit ${limit})
    union all
    (select reading.case_id, reading.began_at, 0, reading.officer_id, ${readKind}::text,
      jsonb_strip_nulls(jsonb_build_object('through', reading.system_name)), ${columns}
    from cases.readings reading join cases.cases on cases.id = reading.case_id
    where ${within} and ${isOf(sql`reading.officer_id`)} and ${isAfter(sql`(reading.began_at, reading.case_id, 0)`)}
    order by reading.began_at desc, reading.case_id desc limit ${limit})
    order by at desc, "caseId" desc, sequence desc limit ${limit}`.execute(db);
  return rows;
}
