import { type Tx, tablesOf } from '#kernel/database';
import type { UseRow } from '../store.ts';

const uses = (db: Tx) => tablesOf<{ uses: UseRow }>(db, 'exchange');

export type EndedHiding = Pick<UseRow, 'question_id' | 'leaf_hash' | 'person_id' | 'is_about_others'>;

/** Ends the hiding of every use whose time is over. */
export function endHidingDue(tx: Tx, now: Date): Promise<EndedHiding[]> {
  return uses(tx)
    .updateTable('uses')
    .set({ hidden_until: null })
    .where('hidden_until', '<=', now)
    .returning(['question_id', 'leaf_hash', 'person_id', 'is_about_others'])
    .execute();
}

/** Ends the sealing of one use that an office of this node answered, before its time. */
export function liftSealOf(
  tx: Tx,
  of: { officeId: string; questionId: string; now: Date },
): Promise<EndedHiding | undefined> {
  return uses(tx)
    .updateTable('uses')
    .set({ hidden_until: null })
    .where('office_id', '=', of.officeId)
    .where('question_id', '=', of.questionId)
    .where('disclosure', '=', 'sealed')
    .where('hidden_until', '>', of.now)
    .returning(['question_id', 'leaf_hash', 'person_id', 'is_about_others'])
    .executeTakeFirst();
}
