import { sql, type Tx } from '#kernel/database';
import type { CaseRole } from '../roles/contract.ts';
import { isWithin } from '../roles/store.ts';

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

/** Steps of officers in the cases of an office, the latest first. */
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
  const isAfter = after
    ? sql`(event.happened_at, event.case_id, event.sequence) < (${after.at}::timestamptz, ${after.caseId}::uuid, ${after.sequence}::int)`
    : sql`true`;
  const isOfOfficer = officerId === undefined ? sql`true` : sql`event.actor_id = ${officerId}::uuid`;
  const { rows } =
    await sql<StepRow>`select event.case_id as "caseId", cases.reference, event.happened_at as at, event.sequence,
      event.actor_id as "officerId", event.kind, event.body, cases.service_id as "serviceId", cases.service_version as "serviceVersion"
    from cases.events event join cases.cases on cases.id = event.case_id
    where event.actor = 'officer' and event.actor_id is not null and cases.office_id = ${officeId} and ${isWithin(grants)} and ${isAfter} and ${isOfOfficer}
    order by event.happened_at desc, event.case_id desc, event.sequence desc limit ${limit}`.execute(db);
  return rows;
}
