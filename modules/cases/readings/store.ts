import { sql, type Tx } from '#kernel/database';

/** What is looked at again within so many minutes is still the same reading. */
const sessionMinutes = 10;

/** Notes that an officer has a case before them now, in one statement; whoever goes on reading makes no second row. */
export async function noteReading(db: Tx, caseId: string, officerId: string, at: Date): Promise<void> {
  await sql`with same as (
      update cases.readings set last_at = greatest(last_at, ${at}::timestamptz)
      where case_id = ${caseId}::uuid and officer_id = ${officerId}::uuid
        and last_at > ${at}::timestamptz - make_interval(mins => ${sessionMinutes}::int)
      returning 1)
    insert into cases.readings (case_id, officer_id, began_at, last_at)
    select ${caseId}::uuid, ${officerId}::uuid, ${at}::timestamptz, ${at}::timestamptz where not exists (select from same)
    on conflict do nothing`.execute(db);
}

/** Readings of the cases of a person, the latest first. */
export async function listReadingsOf(
  db: Tx,
  personId: string,
  limit: number,
): Promise<
  Array<{ caseId: string; reference: string; officeId: string; serviceId: string; serviceVersion: string; at: Date }>
> {
  const { rows } = await sql<{
    caseId: string;
    reference: string;
    officeId: string;
    serviceId: string;
    serviceVersion: string;
    at: Date;
  }>`select cases.id as "caseId", cases.reference, cases.office_id as "officeId", cases.service_id as "serviceId",
      cases.service_version as "serviceVersion", readings.began_at as at
    from cases.readings join cases.cases on cases.id = readings.case_id
    where cases.person_id = ${personId}::uuid order by readings.began_at desc, cases.id limit ${limit}`.execute(db);
  return rows;
}
