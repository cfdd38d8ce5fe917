import { sql, type Tx } from '#kernel/database';
import { changeShare, deleteNotes, type ShareRow, tables } from '../store.ts';

/** Takes from a share what it holds of the person. What stays is that there was a case, its state, and how the office answered. */
export async function eraseShare(tx: Tx, share: ShareRow, at: Date): Promise<void> {
  const { status, answer } = share;
  await deleteNotes(tx, share.share_id);
  await tables(tx)
    .updateTable('letters')
    .set({ body: null })
    .where('share_id', '=', share.share_id)
    .where('state', '!=', 'waiting')
    .where('body', 'is not', null)
    .execute();
  await changeShare(tx, share.share_id, {
    erased_at: at,
    ...(status ? { status: { ...status, facts: [], documents: [], case: { ...status.case, timeline: [] } } } : {}),
    ...(answer ? { answer: { outcome: answer.outcome, at: answer.at } } : {}),
  });
}

/** Cases of other states that are over, by when this node last heard of them, the longest ago first, behind one of such a list. */
export async function listOver(
  db: Tx,
  after: Pick<ShareRow, 'share_id' | 'changed_at'> | undefined,
  limit: number,
): Promise<ShareRow[]> {
  let query = tables(db)
    .selectFrom('shares')
    .selectAll()
    .where('side', '=', sql.lit('viewer'))
    .where('erased_at', 'is', null)
    .where(sql<boolean>`(state = 'ended' or status -> 'case' ->> 'whoseTurn' = 'nobody')`);
  if (after)
    query = query.where(
      sql<boolean>`(changed_at, share_id) > (${after.changed_at}::timestamptz, ${after.share_id}::uuid)`,
    );
  return query.orderBy('changed_at').orderBy('share_id').limit(limit).execute();
}
