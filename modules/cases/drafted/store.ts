import { type Tx, tablesOf } from '#kernel/database';

export type DraftedRow = { case_id: string; officer_id: string; officer_name: string; posted: unknown; saved_at: Date };
const on = (db: Tx) => tablesOf<{ drafted_decisions: DraftedRow }>(db, 'cases');

/** One of a case: the latest counts. */
export async function putDrafted(tx: Tx, { case_id, ...values }: DraftedRow & { posted: string }): Promise<void> {
  await on(tx)
    .insertInto('drafted_decisions')
    .values({ case_id, ...values })
    .onConflict((conflict) => conflict.column('case_id').doUpdateSet(values))
    .execute();
}

export function getDrafted(db: Tx, caseId: string): Promise<DraftedRow | undefined> {
  return on(db).selectFrom('drafted_decisions').selectAll().where('case_id', '=', caseId).executeTakeFirst();
}

export async function forgetDrafted(tx: Tx, caseId: string): Promise<void> {
  await on(tx).deleteFrom('drafted_decisions').where('case_id', '=', caseId).execute();
}
