import { sql, type Tx, tablesOf } from '#kernel/database';
import { inPowers, type Statement, valuesText } from '#kernel/statements';
import type { MonitoringSummary } from './contract.ts';
import type { Seen } from './rules.ts';

type Row = {
  recorded_at: Date;
  side: 'asking' | 'answering';
  question_id: string | null;
  office_id: string | null;
  client: string | null;
  provider: string | null;
  evidence_type: string | null;
  peer: string | null;
  request_in_at: Date;
  request_out_at: Date | null;
  response_in_at: Date | null;
  response_out_at: Date;
  request_bytes: number | null;
  response_bytes: number | null;
  is_given: boolean;
  status: number;
  code: string | null;
  origin: string | null;
  total_ms: number;
};

const tables = (db: Tx) => tablesOf<{ monitoring: Row }>(db, 'exchange');

export function insertingSeen(records: readonly Seen[]): Statement[] {
  const rows = records.map((seen) => [
    seen.recordedAt,
    seen.side,
    seen.questionId,
    seen.officeId,
    seen.client,
    seen.provider,
    seen.evidenceType,
    seen.peer,
    seen.requestInAt,
    seen.requestOutAt,
    seen.responseInAt,
    seen.responseOutAt,
    seen.requestBytes,
    seen.responseBytes,
    seen.isGiven,
    seen.status,
    seen.code,
    seen.origin,
    seen.totalMs,
  ]);
  return inPowers(rows).map((some) => ({
    text: `insert into exchange.monitoring (recorded_at, side, question_id, office_id, client, provider, evidence_type, peer,
      request_in_at, request_out_at, response_in_at, response_out_at, request_bytes, response_bytes, is_given, status, code,
      origin, total_ms) ${valuesText(some, 1)}`,
    values: some.flat(),
  }));
}

export type SeenFilter = {
  since: Date;
  until: Date;
  side?: 'asking' | 'answering' | undefined;
  officeId?: string | undefined;
  evidenceType?: string | undefined;
  code?: string | undefined;
  isGiven?: boolean | undefined;
  peer?: string | undefined;
};

function select(db: Tx, filter: SeenFilter) {
  let query = tables(db)
    .selectFrom('monitoring')
    .where('request_in_at', '>=', filter.since)
    .where('request_in_at', '<', filter.until);
  if (filter.side !== undefined) query = query.where('side', '=', filter.side);
  if (filter.officeId !== undefined) query = query.where('office_id', '=', filter.officeId);
  if (filter.evidenceType !== undefined) query = query.where('evidence_type', '=', filter.evidenceType);
  if (filter.code !== undefined) query = query.where('code', '=', filter.code);
  if (filter.isGiven !== undefined) query = query.where('is_given', '=', filter.isGiven);
  if (filter.peer !== undefined) query = query.where('peer', '=', filter.peer);
  return query;
}

export async function listSeen(db: Tx, filter: SeenFilter, limit: number): Promise<Seen[]> {
  const rows = await select(db, filter).selectAll().orderBy('request_in_at', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    recordedAt: row.recorded_at,
    side: row.side,
    ...(row.question_id === null ? {} : { questionId: row.question_id }),
    ...(row.office_id === null ? {} : { officeId: row.office_id }),
    ...(row.client === null ? {} : { client: row.client }),
    ...(row.provider === null ? {} : { provider: row.provider }),
    ...(row.evidence_type === null ? {} : { evidenceType: row.evidence_type }),
    ...(row.peer === null ? {} : { peer: row.peer }),
    requestInAt: row.request_in_at,
    ...(row.request_out_at === null ? {} : { requestOutAt: row.request_out_at }),
    ...(row.response_in_at === null ? {} : { responseInAt: row.response_in_at }),
    responseOutAt: row.response_out_at,
    ...(row.request_bytes === null ? {} : { requestBytes: row.request_bytes }),
    ...(row.response_bytes === null ? {} : { responseBytes: row.response_bytes }),
    isGiven: row.is_given,
    status: row.status,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.origin === null ? {} : { origin: row.origin }),
    totalMs: row.total_ms,
  }));
}

type Flow = MonitoringSummary['flows'][number];
type Refused = MonitoringSummary['refusals'][number];

export async function countFlows(db: Tx, filter: SeenFilter): Promise<Flow[]> {
  const share = (part: number) => sql<number>`percentile_cont(${sql.lit(part)}) within group (order by total_ms)`;
  const rows = await select(db, filter)
    .select(['side', 'evidence_type'])
    .select(sql<number>`count(*)::int`.as('count'))
    .select(sql<number>`(count(*) filter (where is_given))::int`.as('given'))
    .select([share(0.5).as('p50'), share(0.99).as('p99'), sql<number>`max(total_ms)`.as('max')])
    .groupBy(['side', 'evidence_type'])
    .orderBy('count', 'desc')
    .execute();
  return rows.map((row) => ({
    side: row.side,
    ...(row.evidence_type === null ? {} : { evidenceType: row.evidence_type }),
    count: row.count,
    given: row.given,
    p50Ms: row.p50,
    p99Ms: row.p99,
    maxMs: row.max,
  }));
}

export async function countRefusals(db: Tx, filter: SeenFilter): Promise<Refused[]> {
  const rows = await select(db, filter)
    .where('is_given', '=', false)
    .select(['side', 'code', 'origin'])
    .select(sql<number>`count(*)::int`.as('count'))
    .groupBy(['side', 'code', 'origin'])
    .orderBy('count', 'desc')
    .execute();
  return rows.map(({ side, code, origin, count }) => ({ side, code: code ?? '', origin: origin ?? '', count }));
}

/** One evidence type that an office asked for in one interval; silent when one of the offices asked gave no answer at all in it. */
export type SeenSource = { at: Date; officeId: string; evidenceType: string; isSilent: boolean };

/** A refusal of the office asked is an answer; a fault of a node, of a registry or of the way there is none. */
const hasAnswered = sql<boolean>`(is_given or (status < 500 and coalesce(origin, '') not in ('own-node', 'other-node')))`;

export async function listSources(
  db: Tx,
  { since, until, intervalMs }: { since: Date; until: Date; intervalMs: number },
): Promise<SeenSource[]> {
  const { rows } = await sql<{ at: number; office_id: string; evidence_type: string; is_silent: boolean }>`
    select at::float8 as at, office_id, evidence_type, not bool_and(has_answered) as is_silent from (
      select floor(extract(epoch from request_in_at) * 1000 / ${intervalMs}::int) * ${intervalMs}::int as at,
        office_id, evidence_type, bool_or(${hasAnswered}) as has_answered
      from exchange.monitoring
      where side = 'asking' and request_in_at >= ${since} and request_in_at < ${until}
        and office_id is not null and evidence_type is not null
      group by 1, 2, 3, coalesce(provider, '')) providers
    group by 1, 2, 3`.execute(db);
  return rows.map(({ at, office_id, evidence_type, is_silent }) => ({
    at: new Date(at),
    officeId: office_id,
    evidenceType: evidence_type,
    isSilent: is_silent,
  }));
}

/** Whether a node, by its host, has answered one of our questions since a moment; of one evidence type where it is named. */
export async function findAnswered(
  db: Tx,
  { peer, evidenceType, since }: { peer: string; evidenceType?: string | undefined; since: Date },
): Promise<boolean> {
  const of = evidenceType === undefined ? sql`true` : sql`evidence_type = ${evidenceType}`;
  const { rows } = await sql`select 1 from exchange.monitoring
    where side = 'asking' and request_in_at > ${since} and peer = ${peer} and ${of} and ${hasAnswered} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

export async function dropSeen(db: Tx, before: Date): Promise<void> {
  await tables(db).deleteFrom('monitoring').where('request_in_at', '<', before).execute();
}
