import { type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';

export type AppealRow = {
  id: string;
  caseId: string;
  decisionNumber: string;
  filedAt: Date;
  words: string;
  /** ISO 8601. */
  dueOn: string;
  decidedAt?: Date;
  outcome?: 'upheld' | 'replaced';
  ownWords?: Text;
};

type Tables = {
  appeals: {
    id: string;
    case_id: string;
    decision_number: string;
    filed_at: Date;
    words: string;
    due_on: string;
    decided_at: Date | null;
    outcome: 'upheld' | 'replaced' | null;
    own_words: unknown;
  };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

export async function insertAppeal(tx: Tx, appeal: AppealRow): Promise<void> {
  await on(tx)
    .insertInto('appeals')
    .values({
      id: appeal.id,
      case_id: appeal.caseId,
      decision_number: appeal.decisionNumber,
      filed_at: appeal.filedAt,
      words: appeal.words,
      due_on: appeal.dueOn,
    })
    .execute();
}

/** Appeals of a case, the oldest first. */
export async function listAppeals(db: Tx, caseId: string): Promise<AppealRow[]> {
  const rows = await on(db)
    .selectFrom('appeals')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('filed_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    caseId: row.case_id,
    decisionNumber: row.decision_number,
    filedAt: row.filed_at,
    words: row.words,
    dueOn: row.due_on,
    ...(row.decided_at ? { decidedAt: row.decided_at } : {}),
    ...(row.outcome ? { outcome: row.outcome } : {}),
    ...(row.own_words ? { ownWords: row.own_words as Text } : {}),
  }));
}

/** Ends the appeal that is open in a case. */
export async function endAppeal(
  tx: Tx,
  caseId: string,
  end: { outcome: 'upheld' | 'replaced'; at: Date; ownWords: Text },
): Promise<void> {
  await on(tx)
    .updateTable('appeals')
    .set({ decided_at: end.at, outcome: end.outcome, own_words: JSON.stringify(end.ownWords) })
    .where('case_id', '=', caseId)
    .where('decided_at', 'is', null)
    .execute();
}
