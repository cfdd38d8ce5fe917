import { sql, type Tx } from '#kernel/database';

/** `evidenceType`: empty for a state as a whole. */
export type Source = { providerState: string; evidenceType: string };
export type AwaitedSource = Source & { since: Date; looks: number; lookAt: Date };

/** Notes that a case waits; whoever waits for a source that is waited for already shares its looks. A new try that failed counts from then. */
export async function awaitSource(tx: Tx, caseId: string, source: Source, at: Date, firstLookAt: Date): Promise<void> {
  const { providerState, evidenceType } = source;
  await sql`insert into cases.awaited_sources (case_id, provider_state, evidence_type, since, looks, look_at)
    select ${caseId}, ${providerState}, ${evidenceType}, ${at}::timestamptz, coalesce(max(looks), 0),
      coalesce(min(look_at), ${firstLookAt}::timestamptz)
    from cases.awaited_sources where provider_state = ${providerState} and evidence_type = ${evidenceType}
    on conflict (case_id, provider_state, evidence_type) do update set since = excluded.since`.execute(tx);
}

/** Forgets what nobody waits for any more: the draft is gone, or the case went on. */
export async function forgetEnded(db: Tx): Promise<void> {
  await sql`delete from cases.awaited_sources using cases.cases
    where cases.id = awaited_sources.case_id and cases.state <> 'draft' and cases.consent_by is null`.execute(db);
}

/** Each source once, with the last moment at which somebody found it away. */
export async function listSources(db: Tx, limit: number): Promise<AwaitedSource[]> {
  const { rows } = await sql<AwaitedSource>`select provider_state as "providerState", evidence_type as "evidenceType",
      max(since) as since, max(looks)::int as looks, min(look_at) as "lookAt"
    from cases.awaited_sources group by 1, 2 order by min(look_at) limit ${limit}`.execute(db);
  return rows;
}

/** Takes the look at a source that is due; false when another process has taken it. */
export async function claimLook(db: Tx, source: AwaitedSource, nextAt: Date): Promise<boolean> {
  const { rows } = await sql`update cases.awaited_sources set looks = ${source.looks + 1}, look_at = ${nextAt}
    where provider_state = ${source.providerState} and evidence_type = ${source.evidenceType}
      and looks <= ${source.looks} returning case_id`.execute(db);
  return rows.length > 0;
}

/** Cases that have waited for a source since before a moment. */
export async function listWaitingFor(db: Tx, { providerState, evidenceType }: Source, before: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select case_id as id from cases.awaited_sources
    where provider_state = ${providerState} and evidence_type = ${evidenceType} and since <= ${before}
    order by since, case_id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Whoever still waits for a source that was seen to be back found it away since: it is looked at soon again. */
export async function startOver(db: Tx, { providerState, evidenceType }: Source, lookAt: Date): Promise<void> {
  await sql`update cases.awaited_sources set looks = 0, look_at = ${lookAt}
    where provider_state = ${providerState} and evidence_type = ${evidenceType}`.execute(db);
}

/** False when the case did not wait for it. */
export async function endWaiting(tx: Tx, caseId: string, { providerState, evidenceType }: Source): Promise<boolean> {
  const { rows } = await sql`delete from cases.awaited_sources where case_id = ${caseId}
    and provider_state = ${providerState} and evidence_type = ${evidenceType} returning case_id`.execute(tx);
  return rows.length > 0;
}

/** Since when a case has waited; undefined when every source of it answers, as far as anybody has seen. */
export async function findWaitingSince(db: Tx, caseId: string): Promise<Date | undefined> {
  const { rows } = await sql<{ since: Date | null }>`select min(since) as since from cases.awaited_sources
    where case_id = ${caseId}`.execute(db);
  return rows[0]?.since ?? undefined;
}
