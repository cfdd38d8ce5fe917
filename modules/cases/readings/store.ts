import { sql, type Tx } from '#kernel/database';
import type { Officer } from '../rules.ts';

/** What is looked at again within so many minutes is still the same reading. */
const sessionMinutes = 10;

/** Notes that an officer or a system has a case before them now, in one statement; whoever goes on reading makes no second row. */
export async function noteReading(
  db: Tx,
  caseId: string,
  { personId: officerId, through }: Pick<Officer, 'personId' | 'through'>,
  at: Date,
): Promise<void> {
  await sql`with same as (
      update cases.readings set last_at = greatest(last_at, ${at}::timestamptz)
      where case_id = ${caseId}::uuid and officer_id = ${officerId}::uuid
        and last_at > ${at}::timestamptz - make_interval(mins => ${sessionMinutes}::int)
      returning 1)
    insert into cases.readings (case_id, officer_id, began_at, last_at, system_name)
    select ${caseId}::uuid, ${officerId}::uuid, ${at}::timestamptz, ${at}::timestamptz, ${through?.name ?? null}::text where not exists (select from same)
    on conflict do nothing`.execute(db);
}

export type ReadingRow = {
  caseId: string;
  reference: string;
  officeId: string;
  serviceId: string;
  serviceVersion: string;
  at: Date;
  system: string | null;
};

/** Readings of the cases of a person, the latest first. */
export async function listReadingsOf(db: Tx, personId: string, limit: number): Promise<ReadingRow[]> {
  const { rows } =
    await sql<ReadingRow>`select cases.id as "caseId", cases.reference, cases.office_id as "officeId", cases.service_id as "serviceId",
      cases.service_version as "serviceVersion", readings.began_at as at, readings.system_name as system
    from cases.readings join cases.cases on cases.id = readings.case_id
    where cases.person_id = ${personId}::uuid order by readings.began_at desc, cases.id limit ${limit}`.execute(db);
  return rows;
}
