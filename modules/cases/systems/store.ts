import { sql, type Tx } from '#kernel/database';
import type { CaseRole } from '../roles/contract.ts';
import { isWithin } from '../roles/store.ts';
import type { Standing } from '../standing.ts';
import type { CaseColumns } from '../store.ts';

/** A write of a system as it is kept: `digest` tells whether it is the same again. */
export type KeptCall = Standing & { digest: string };

export async function findCall(db: Tx, systemId: string, callId: string): Promise<KeptCall | undefined> {
  const { rows } = await sql<KeptCall>`select digest, case_id as "caseId", state, version from cases.system_calls
    where system_id = ${systemId}::uuid and call_id = ${callId}`.execute(db);
  return rows[0];
}

/** Keeps where the case stands now as the answer to a call. What is kept once stays. */
export async function saveCall(
  tx: Tx,
  {
    systemId,
    callId,
    digest,
    caseId,
    at,
  }: { systemId: string; callId: string; digest: string; caseId: string; at: Date },
): Promise<void> {
  await sql`insert into cases.system_calls (system_id, call_id, digest, case_id, state, version, called_at)
    select ${systemId}::uuid, ${callId}::text, ${digest}::text, id, state, version, ${at}::timestamptz from cases.cases
    where id = ${caseId}::uuid
    on conflict do nothing`.execute(tx);
}

export async function dropCallsBefore(db: Tx, before: Date): Promise<void> {
  await sql`delete from cases.system_calls where called_at < ${before}`.execute(db);
}

const placedAtOnce = 1_000;

export async function isAnyUnplaced(db: Tx, officeId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from cases.feed where office_id = ${officeId} and place is null limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

/**
 * Gives places to what has changed, behind all that have one. The head of the office is held until the transaction ends, so that places become
 * visible in their order; a case that somebody is changing right now is left for the next time. Answers whether there may be more to place.
 */
export async function placeChanges(tx: Tx, officeId: string): Promise<boolean> {
  await sql`insert into cases.feed_heads (office_id, last) values (${officeId}, 0) on conflict do nothing`.execute(tx);
  await sql`select last from cases.feed_heads where office_id = ${officeId} for update`.execute(tx);
  const { rows } = await sql<{ count: number }>`with unplaced as (
      select case_id from cases.feed where office_id = ${officeId} and place is null
      limit ${placedAtOnce} for update skip locked),
    placed as (
      update cases.feed set place = head.last + numbered.number
      from (select case_id, row_number() over (order by case_id) as number from unplaced) numbered, cases.feed_heads head
      where feed.case_id = numbered.case_id and head.office_id = ${officeId}
      returning place),
    moved as (
      update cases.feed_heads set last = (select max(place) from placed)
      where office_id = ${officeId} and exists (select from placed))
    select count(*)::int as count from placed`.execute(tx);
  return rows[0]!.count === placedAtOnce;
}

export async function lastPlace(db: Tx, officeId: string): Promise<number> {
  const { rows } = await sql<{ last: string }>`select last from cases.feed_heads where office_id = ${officeId}`.execute(
    db,
  );
  return Number(rows[0]?.last ?? 0);
}

/** Cases of an office behind a place, in the order in which they changed last. */
export async function listPlaced(
  db: Tx,
  asked: { officeId: string; grants: readonly CaseRole[]; after: number; upTo: number; limit: number },
): Promise<Array<CaseColumns & { place: number }>> {
  const { officeId, grants, after, upTo, limit } = asked;
  const { rows } = await sql<CaseColumns & { place: string }>`select cases.*, feed.place
    from cases.feed join cases.cases on cases.id = feed.case_id
    where feed.office_id = ${officeId} and feed.place > ${after} and feed.place <= ${upTo}
      -- Whose case it is says the case, and not the row that leads to it.
      and cases.office_id = ${officeId} and cases.submitted_at is not null and ${isWithin(grants)}
    order by feed.place limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, place: Number(row.place) }));
}
