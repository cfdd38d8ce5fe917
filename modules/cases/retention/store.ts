import { sql, type Tx } from '#kernel/database';
import { openStates } from '../chart.ts';

type Place = { endedAt: Date; id: string };

/** The condition of the index `cases_to_erase`. */
const isKept = sql`ended_at is not null and submitted_at is not null and (erased_at is null or erased_at < ended_at)`;

/** Versions of services of which an ended case still holds its contents: one step down the index for each. */
export async function listKeptVersions(db: Tx): Promise<Array<{ serviceId: string; serviceVersion: string }>> {
  const { rows } = await sql<{ serviceId: string; serviceVersion: string }>`with recursive versions as (
      (select service_id, service_version from cases.cases where ${isKept} order by service_id, service_version limit 1)
      union all
      select following.* from versions cross join lateral (
        select service_id, service_version from cases.cases
        where ${isKept} and (service_id, service_version) > (versions.service_id, versions.service_version)
        order by service_id, service_version limit 1) following)
    select service_id as "serviceId", service_version as "serviceVersion" from versions`.execute(db);
  return rows;
}

/** Cases of a version that ended before a moment and are not erased, the oldest first, behind one of such a list. */
export async function listEndedBefore(
  db: Tx,
  version: { serviceId: string; serviceVersion: string },
  { before, after, limit }: { before: Date; after: Place | undefined; limit: number },
): Promise<Place[]> {
  const behind = after ? sql`(ended_at, id) > (${after.endedAt}::timestamptz, ${after.id}::uuid)` : sql`true`;
  const { rows } = await sql<Place>`select id, ended_at as "endedAt" from cases.cases
    where service_id = ${version.serviceId} and service_version = ${version.serviceVersion} and ${isKept}
      and ended_at < ${before} and ${behind}
    order by ended_at, id limit ${limit}`.execute(db);
  return rows;
}

/** The application that renews it is still under way. */
export async function isBeingRenewed(tx: Tx, caseId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from cases.validities join cases.cases renewal on renewal.id = renewed_by
    where case_id = ${caseId} and renewal.state = any(${['draft', ...openStates]}::text[])`.execute(tx);
  return rows.length > 0;
}

/**
 * Everything of the person that a case holds. What stays is its row, its story without what was said in it, which evidence came from where, and
 * that there were requests, appeals and documents, with their dates.
 */
export async function eraseCase(tx: Tx, caseId: string, keptMembers: readonly string[]): Promise<void> {
  const statements = [
    sql`update cases.evidence set field_values = '{}', receipts = null where case_id = ${caseId}`,
    sql`delete from cases.answers where case_id = ${caseId}`,
    sql`delete from cases.prefills where case_id = ${caseId}`,
    sql`delete from cases.files where case_id = ${caseId}`,
    sql`delete from cases.applicant_words where case_id = ${caseId}`,
    sql`delete from cases.messages where case_id = ${caseId}`,
    sql`delete from cases.notes where case_id = ${caseId}`,
    sql`delete from cases.drafted_decisions where case_id = ${caseId}`,
    sql`delete from cases.request_pages where request_id in (select id from cases.requests where case_id = ${caseId})`,
    sql`update cases.requests set thing_ids = '[]', own_words = null, answer = null, answers_before = null,
      answers_after = null, files = '[]'
      where case_id = ${caseId}`,
    sql`update cases.appeals set words = '', own_words = null where case_id = ${caseId}`,
    sql`update cases.corrections set field_values = '{}' where case_id = ${caseId}`,
    sql`update cases.documents set content = null where case_id = ${caseId}`,
    sql`delete from cases.legal_holds where case_id = ${caseId}`,
    sql`delete from cases.system_calls where case_id = ${caseId}`,
    sql`update cases.events set body = (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(body)
        where key = any(${[...keptMembers]}::text[])) || '{"erased": true}'
      where case_id = ${caseId} and exists (select from jsonb_object_keys(body) as key where key <> all(${[...keptMembers]}::text[]))`,
  ];
  for (const statement of statements) await statement.execute(tx);
}

/** It changes no version: nobody has a page open on which it would count. */
export async function markErased(tx: Tx, caseId: string, at: Date): Promise<void> {
  await sql`update cases.cases set erased_at = ${at} where id = ${caseId}`.execute(tx);
}

export type LegalHold = { untilOn: string; reason: string; setBy: string; setByName: string; setAt: Date };

export async function findHold(db: Tx, caseId: string): Promise<LegalHold | undefined> {
  const { rows } =
    await sql<LegalHold>`select until_on as "untilOn", reason, set_by as "setBy", set_by_name as "setByName",
      set_at as "setAt" from cases.legal_holds where case_id = ${caseId}`.execute(db);
  return rows[0];
}

/** The last word counts. */
export async function saveHold(tx: Tx, caseId: string, hold: LegalHold): Promise<void> {
  const { untilOn, reason, setBy, setByName, setAt } = hold;
  await sql`insert into cases.legal_holds (case_id, until_on, reason, set_by, set_by_name, set_at)
    values (${caseId}, ${untilOn}, ${reason}, ${setBy}, ${setByName}, ${setAt})
    on conflict (case_id) do update set until_on = excluded.until_on, reason = excluded.reason, set_by = excluded.set_by,
      set_by_name = excluded.set_by_name, set_at = excluded.set_at`.execute(tx);
}

export async function deleteHold(tx: Tx, caseId: string): Promise<boolean> {
  const { rows } = await sql`delete from cases.legal_holds where case_id = ${caseId} returning case_id`.execute(tx);
  return rows.length > 0;
}
