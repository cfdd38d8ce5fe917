import { type Tx, tablesOf } from '#kernel/database';

type Tables = {
  cases: { id: string; state: string; updated_at: Date };
  answers: { case_id: string };
  evidence: { case_id: string };
  applicant_words: { case_id: string };
  files: { case_id: string };
  prefills: { case_id: string };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

/** Drafts that nobody has touched since then, the oldest first. */
export async function listDraftsBefore(db: Tx, before: Date, limit: number): Promise<string[]> {
  const rows = await on(db)
    .selectFrom('cases')
    .select('id')
    .where('state', '=', 'draft')
    .where('updated_at', '<', before)
    .orderBy('updated_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Drafts last touched after one draft (or a moment) and until a moment, the longest ago first. */
export async function listDraftsBetween(
  db: Tx,
  after: { id?: string | undefined; updated_at: Date },
  until: Date,
  limit: number,
): Promise<Array<{ id: string; updated_at: Date }>> {
  return on(db)
    .selectFrom('cases')
    .select(['id', 'updated_at'])
    .where('state', '=', 'draft')
    .where(({ eb, or, and }) =>
      or([
        eb('updated_at', '>', after.updated_at),
        ...(after.id ? [and([eb('updated_at', '=', after.updated_at), eb('id', '>', after.id)])] : []),
      ]),
    )
    .where('updated_at', '<=', until)
    .orderBy('updated_at')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Everything that a person wrote and attached and that other offices sent for a case that was never handed in. */
export async function eraseContents(tx: Tx, caseId: string): Promise<void> {
  await on(tx).deleteFrom('files').where('case_id', '=', caseId).execute();
  await on(tx).deleteFrom('answers').where('case_id', '=', caseId).execute();
  await on(tx).deleteFrom('prefills').where('case_id', '=', caseId).execute();
  await on(tx).deleteFrom('applicant_words').where('case_id', '=', caseId).execute();
  await on(tx).deleteFrom('evidence').where('case_id', '=', caseId).execute();
}
