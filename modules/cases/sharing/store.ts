import { sql, type Tx, tablesOf } from '#kernel/database';

type Tables = {
  cases: { id: string; is_shared: boolean };
  changes: { case_id: string; number: number };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

/** From now on every event of the case stands in the list of what other states have to be told. */
export async function markShared(tx: Tx, caseId: string): Promise<void> {
  await on(tx).updateTable('cases').set({ is_shared: true }).where('id', '=', caseId).execute();
}

/** Shared cases that changed, with the number of their last event. */
export async function listChanges(db: Tx, limit: number): Promise<Array<{ caseId: string; number: number }>> {
  const rows = await on(db).selectFrom('changes').selectAll().orderBy('case_id').limit(limit).execute();
  return rows.map((row) => ({ caseId: row.case_id, number: row.number }));
}

/** Takes a case off the list, unless it has changed again since. */
export async function settleChange(tx: Tx, { caseId, number }: { caseId: string; number: number }): Promise<void> {
  await sql`delete from cases.changes where case_id = ${caseId}::uuid and number <= ${number}::integer`.execute(tx);
}

/** Cases that other states see and that hold evidence sent under a consent. */
export async function listSharedUnder(tx: Tx, consentId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select distinct cases.id from cases.cases
    join cases.evidence on evidence.case_id = cases.id
    where cases.is_shared and evidence.consent_id = ${consentId}`.execute(tx);
  return rows.map(({ id }) => id);
}

export async function isShared(db: Tx, caseId: string): Promise<boolean> {
  const { rows } = await sql<{ is_shared: boolean }>`select is_shared from cases.cases where id = ${caseId}`.execute(
    db,
  );
  return rows[0]?.is_shared === true;
}
