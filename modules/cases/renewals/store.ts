import { sql, type Tx } from '#kernel/database';
import type { CaseState } from '../states.ts';

export type ValidityRow = {
  case_id: string;
  until: string;
  renewable_from: string;
  renewed_by: string | null;
  /** Where the application that renews it stands. */
  renewal_state: CaseState | null;
};

/** Written with the decision; of two decisions on one case the later counts. */
export async function saveValidity(
  tx: Tx,
  caseId: string,
  { until, renewableFrom }: { until: string; renewableFrom: string },
): Promise<void> {
  await sql`insert into cases.validities (case_id, valid_until, renewable_from)
    values (${caseId}, ${until}, ${renewableFrom})
    on conflict (case_id) do update set valid_until = excluded.valid_until, renewable_from = excluded.renewable_from,
      offered_at = null`.execute(tx);
}

export async function listValidities(db: Tx, caseIds: readonly string[]): Promise<ValidityRow[]> {
  const { rows } = await sql<ValidityRow>`select case_id, valid_until as until, renewable_from, renewed_by,
      renewal.state as renewal_state
    from cases.validities left join cases.cases renewal on renewal.id = renewed_by
    where case_id = any(${caseIds}::uuid[])`.execute(db);
  return rows;
}

export async function saveRenewal(tx: Tx, caseId: string, renewedBy: string): Promise<void> {
  await sql`update cases.validities set renewed_by = ${renewedBy} where case_id = ${caseId}`.execute(tx);
}

/** Approved cases whose time of renewal has come, and whose person has not been told. */
export async function listToOffer(db: Tx, today: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ case_id: string }>`select case_id from cases.validities
    join cases.cases approved on approved.id = case_id and approved.state = 'approved'
    where renewable_from <= ${today} and offered_at is null and renewed_by is null
    order by renewable_from limit ${limit}`.execute(db);
  return rows.map((row) => row.case_id);
}

/** True for the first process that offers it. */
export async function markOffered(tx: Tx, caseId: string, at: Date): Promise<boolean> {
  const { rows } = await sql<{ case_id: string }>`update cases.validities set offered_at = ${at}
    where case_id = ${caseId} and offered_at is null returning case_id`.execute(tx);
  return rows.length > 0;
}
