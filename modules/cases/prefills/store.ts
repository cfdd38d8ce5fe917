import { type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';

/** A first value for a question, as a page shows it, and where it comes from in words to the person. */
export type Prefill = { questionId: string; value: string; source: Text };

type Tables = {
  prefills: { case_id: string; question_id: string; value: string; source: Text };
  cases: { person_id: string; service_id: string; submitted_at: Date | null };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

/** The first that was written for a question stays. */
export async function insertPrefills(tx: Tx, caseId: string, prefills: readonly Prefill[]): Promise<void> {
  for (const { questionId, value, source } of prefills)
    await on(tx)
      .insertInto('prefills')
      .values({ case_id: caseId, question_id: questionId, value, source: JSON.stringify(source) as never })
      .onConflict((conflict) => conflict.columns(['case_id', 'question_id']).doNothing())
      .execute();
}

export async function listPrefills(db: Tx, caseId: string): Promise<Prefill[]> {
  const rows = await on(db).selectFrom('prefills').selectAll().where('case_id', '=', caseId).execute();
  return rows.map((row) => ({ questionId: row.question_id, value: row.value, source: row.source }));
}

export async function hasSubmittedSince(tx: Tx, personId: string, serviceId: string, since: Date): Promise<boolean> {
  const row = await on(tx)
    .selectFrom('cases')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('service_id', '=', serviceId)
    .where('submitted_at', '>=', since)
    .executeTakeFirst();
  return row !== undefined;
}
