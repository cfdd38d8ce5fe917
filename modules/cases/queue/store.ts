import { sql, type Tx } from '#kernel/database';
import { decidedStates, openStates } from '../chart.ts';
import { runKinds } from '../findings/rules.ts';
import { isNamed } from '../names/store.ts';
import type { CaseRole } from '../roles/contract.ts';
import { isWithin } from '../roles/store.ts';
import type { CaseState } from '../states.ts';
import { type CaseColumns, type CaseRow, toCase } from '../store.ts';
import { historyWords } from '../words.ts';
import { countMax, type QueueCounts, type QueueFilters } from './contract.ts';

export type Asked = {
  officeId: string;
  officerId: string;
  /** The roles by which they read. */
  grants: readonly CaseRole[];
  filters: QueueFilters;
  /** Absent where nobody looks for a reference. */
  references?: readonly string[] | undefined;
  /** Beginnings of words of the applicant's name; absent where nobody looks for one. */
  names?: readonly string[] | undefined;
};

export type QueuedRow = {
  row: CaseRow;
  /** The person's identity as it came with consent. */
  identity: Record<string, unknown> | undefined;
  /** The rules that fired the last time they were applied. */
  findings: readonly string[];
  hasNews: boolean;
};

type Fragment = ReturnType<typeof sql>;

const statesOf: Record<NonNullable<QueueFilters['state']>, readonly CaseState[]> = {
  open: openStates,
  submitted: ['submitted'],
  'in-review': ['in-review'],
  waiting: ['waiting-for-person'],
  'to-confirm': ['to-confirm'],
  appeals: ['under-appeal'],
  decided: decidedStates,
  stopped: ['stopped'],
};

/** Literals: with parameters, a plan kept for all values would not fit the indexes of open and of decided cases. */
const isIn = (states: readonly CaseState[]) => sql`state in (${sql.join(states.map((state) => sql.lit(state)))})`;

/** The cases that an officer has looked at and that somebody else has changed since. */
const changedFor = (
  officerId: string,
) => sql`select seen.case_id from cases.visits seen where seen.officer_id = ${officerId}
  and exists (select from cases.events event where event.case_id = seen.case_id and event.sequence > seen.sequence
    and (event.actor_id = seen.officer_id) is not true and event.kind = any(${Object.keys(historyWords)}::text[]))`;

function matching({ officeId, officerId, grants, filters, references, names }: Asked): Fragment {
  const { state = 'open', serviceId, mine, unassigned, escalated, news } = filters;
  const conditions = [
    sql`office_id = ${officeId}`,
    sql`submitted_at is not null`,
    isIn(statesOf[state]),
    isWithin(grants),
  ];
  if (serviceId !== undefined) conditions.push(sql`service_id = ${serviceId}`);
  if (mine) conditions.push(sql`officer_id = ${officerId}`);
  if (unassigned) conditions.push(sql`officer_id is null`);
  if (escalated) conditions.push(sql`escalation > 0`);
  if (news) conditions.push(sql`cases.id in (${changedFor(officerId)})`);
  if (references !== undefined) conditions.push(sql`reference = any(${references}::text[])`);
  if (names !== undefined) conditions.push(isNamed(officeId, names));
  return sql.join(conditions, sql` and `);
}

type Keys = { due_on: string; submitted_at: string; decided_at: string | null };
/** From a page's number, or from the case that it stands behind. */
type Place = { limit: number; offset: number } | { limit: number; after: string };

/** What stands behind a case of the office, by the keys that the queue is ordered by; behind one that is not of the office, nothing. */
async function isBehind(db: Tx, { officeId, filters }: Asked, caseId: string): Promise<Fragment> {
  // As text: the moments of the database are finer than those of the runtime.
  const { rows } = await sql<Keys>`select due_on::text, submitted_at::text, decided_at::text from cases.cases
    where id = ${caseId} and office_id = ${officeId} and submitted_at is not null`.execute(db);
  const keys = rows[0];
  if (!keys) return sql`false`;
  if (filters.state !== 'decided')
    return sql`(due_on, submitted_at, id) > (${keys.due_on}::date, ${keys.submitted_at}::timestamptz, ${caseId}::uuid)`;
  // The index is in two directions, so that one comparison of the row does not fit it.
  const decidedAt = sql`${keys.decided_at}::timestamptz`;
  return sql`decided_at <= ${decidedAt} and (decided_at < ${decidedAt} or id > ${caseId}::uuid)`;
}

/** One page: what is open by its due day, what is decided from the latest on; all that its rows show, in one statement. */
export async function listQueued(db: Tx, asked: Asked, place: Place): Promise<QueuedRow[]> {
  const order = asked.filters.state === 'decided' ? sql`decided_at desc, id` : sql`due_on, submitted_at, id`;
  const from = 'after' in place ? await isBehind(db, asked, place.after) : sql`true`;
  const offset = 'after' in place ? 0 : place.offset;
  const { rows } = await sql<
    CaseColumns & { identity: Record<string, unknown> | null; findings: string[] | null; has_news: boolean }
  >`
    with page as (
      select * from cases.cases where ${matching(asked)} and ${from} order by ${order} limit ${place.limit} offset ${offset}
    )
    select page.*,
      (select field_values from cases.evidence where case_id = page.id and evidence_type in ('person-identity', 'company-record')
        and withdrawn_at is null
        order by received_at desc limit 1) as identity,
      (select body -> 'findings' from cases.events where case_id = page.id and kind = any(${runKinds as unknown as string[]}::text[])
        order by sequence desc limit 1) as findings,
      page.id in (${changedFor(asked.officerId)} and seen.case_id = page.id) as has_news
    from page order by ${order}`.execute(db);
  return rows.map((row) => ({
    row: toCase(row),
    identity: row.identity ?? undefined,
    findings: row.findings ?? [],
    hasNews: row.has_news,
  }));
}

const counting = (asked: Asked, more: Fragment = sql`true`) =>
  sql`(select count(*)::int from (select from cases.cases where ${matching(asked)} and ${more} limit ${countMax}) as counted)`;

export async function countQueued(db: Tx, asked: Asked): Promise<number> {
  const { rows } = await sql<{ total: number }>`select ${counting(asked)} as total`.execute(db);
  return rows[0]!.total;
}

/** `today`: of the deciding state. What waits for its person is never overdue. */
export async function countOpen(db: Tx, of: Omit<Asked, 'filters'>, today: string): Promise<QueueCounts> {
  const asked = (filters: QueueFilters): Asked => ({ ...of, filters });
  const { rows } =
    await sql<QueueCounts>`select ${counting(asked({}))} as waiting, ${counting(asked({ mine: true }))} as mine,
    ${counting(asked({}), sql`due_on < ${today}::date and working_days_left is null`)} as overdue,
    ${counting(asked({ escalated: true }))} as escalated`.execute(db);
  return rows[0]!;
}
