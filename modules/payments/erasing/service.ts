import type { Tx } from '#kernel/database';
import { eraseWordsOf, listRefunds } from '../refunds/store.ts';
import { findOrderOfCase, listAttempts } from '../store.ts';

/** Money that has not come to rest keeps a case from being erased: a page that is open, a refund under way, a rule that is still to be asked. */
export async function isUnsettled(tx: Tx, caseId: string): Promise<boolean> {
  const order = await findOrderOfCase(tx, caseId);
  if (!order) return false;
  const isOpen = (await listAttempts(tx, order.id)).some(({ state }) => state === 'started');
  const isUnderWay = (await listRefunds(tx, order.id)).some(
    ({ state }) => state === 'requested' || state === 'awaiting-approval',
  );
  return order.watched || isOpen || isUnderWay;
}

/** In the transaction that erases a case: the books keep amounts, dates, numbers and the kind of reason, and nothing that was written to the person. */
export async function eraseOfCase(tx: Tx, caseId: string): Promise<void> {
  const order = await findOrderOfCase(tx, caseId);
  if (order) await eraseWordsOf(tx, order.id);
}
