import { type Tx, tablesOf } from '#kernel/database';
import { newId } from '#kernel/ids';

/** `fields`: right values by path, from the `decision`th decision of the case on. */
export type CorrectionRow = { decision: number; fields: Record<string, string> };

type Tables = {
  corrections: { id: string; case_id: string; decision: number; corrected_at: Date; field_values: unknown };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

export async function insertCorrection(
  tx: Tx,
  caseId: string,
  { decision, fields }: CorrectionRow,
  at: Date,
): Promise<void> {
  await on(tx)
    .insertInto('corrections')
    .values({ id: newId(), case_id: caseId, decision, corrected_at: at, field_values: JSON.stringify(fields) })
    .execute();
}

/** Corrections of a case, the oldest first: a later one goes over an earlier one. */
export async function listCorrections(db: Tx, caseId: string): Promise<CorrectionRow[]> {
  const rows = await on(db)
    .selectFrom('corrections')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('decision')
    .execute();
  return rows.map((row) => ({ decision: row.decision, fields: row.field_values as Record<string, string> }));
}
