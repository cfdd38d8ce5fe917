import { sql, type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';
import type { RefundReason, RefundState } from '../rules.ts';

export type RefundRow = {
  id: string;
  orderId: string;
  attemptId: string;
  amountMinor: number;
  reason: RefundReason;
  /** What an officer chose and wrote, as the person reads it. */
  reasonId: string | null;
  reasonText: Text | null;
  ownWords: Text | null;
  state: RefundState;
  /** The officer who asked for it; nobody when a rule did. */
  requestedBy: string | null;
  approvedBy: string | null;
  refundRef: string | null;
  failure: string | null;
  requestedAt: Date;
  settledAt: Date | null;
  leafHash: string | null;
};

type Tables = {
  refunds: {
    id: string;
    order_id: string;
    attempt_id: string;
    amount_minor: number;
    reason: RefundReason;
    reason_id: string | null;
    reason_text: Text | null;
    own_words: Text | null;
    state: RefundState;
    requested_by: string | null;
    approved_by: string | null;
    refund_ref: string | null;
    failure: string | null;
    requested_at: Date;
    settled_at: Date | null;
    leaf_hash: string | null;
  };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'payments');

const toRefund = (row: Tables['refunds']): RefundRow => ({
  id: row.id,
  orderId: row.order_id,
  attemptId: row.attempt_id,
  amountMinor: row.amount_minor,
  reason: row.reason,
  reasonId: row.reason_id,
  reasonText: row.reason_text,
  ownWords: row.own_words,
  state: row.state,
  requestedBy: row.requested_by,
  approvedBy: row.approved_by,
  refundRef: row.refund_ref,
  failure: row.failure,
  requestedAt: row.requested_at,
  settledAt: row.settled_at,
  leafHash: row.leaf_hash,
});

const json = (text: Text | null) => (text === null ? null : JSON.stringify(text)) as unknown as Text | null;

export async function insertRefund(tx: Tx, row: RefundRow): Promise<void> {
  await on(tx)
    .insertInto('refunds')
    .values({
      id: row.id,
      order_id: row.orderId,
      attempt_id: row.attemptId,
      amount_minor: row.amountMinor,
      reason: row.reason,
      reason_id: row.reasonId,
      reason_text: json(row.reasonText),
      own_words: json(row.ownWords),
      state: row.state,
      requested_by: row.requestedBy,
      requested_at: row.requestedAt,
    } as Tables['refunds'])
    .execute();
}

export async function findRefund(db: Tx, id: string): Promise<RefundRow | undefined> {
  const row = await on(db).selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRefund(row);
}

export async function findRefundByRef(db: Tx, refundRef: string): Promise<RefundRow | undefined> {
  const row = await on(db).selectFrom('refunds').selectAll().where('refund_ref', '=', refundRef).executeTakeFirst();
  return row && toRefund(row);
}

export async function listRefunds(db: Tx, orderId: string): Promise<RefundRow[]> {
  const rows = await on(db)
    .selectFrom('refunds')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('requested_at')
    .orderBy('id')
    .execute();
  return rows.map(toRefund);
}

/** Refunds that were asked for and have not ended, from before a moment. */
export async function listUnfinished(db: Tx, before: Date, limit: number): Promise<RefundRow[]> {
  const rows = await on(db)
    .selectFrom('refunds')
    .selectAll()
    .where('state', '=', sql.lit('requested'))
    .where('requested_at', '<', before)
    .orderBy('requested_at')
    .limit(limit)
    .execute();
  return rows.map(toRefund);
}

/** Takes what officers wrote to the person about what went back; that it did, why by its kind, and how much stay in the books. */
export async function eraseWordsOf(tx: Tx, orderId: string): Promise<void> {
  await on(tx).updateTable('refunds').set({ own_words: null }).where('order_id', '=', orderId).execute();
}

/** What went back between two moments. */
export async function listRefundedBetween(db: Tx, from: Date, until: Date): Promise<RefundRow[]> {
  const rows = await on(db)
    .selectFrom('refunds')
    .selectAll()
    .where('state', '=', sql.lit('refunded'))
    .where('settled_at', '>=', from)
    .where('settled_at', '<', until)
    .orderBy('settled_at')
    .execute();
  return rows.map(toRefund);
}

export async function updateRefund(tx: Tx, row: RefundRow): Promise<void> {
  const { id, state, approvedBy, refundRef, failure, settledAt, leafHash } = row;
  const values = { approved_by: approvedBy, refund_ref: refundRef, settled_at: settledAt, leaf_hash: leafHash };
  await on(tx)
    .updateTable('refunds')
    .set({ ...values, state, failure })
    .where('id', '=', id)
    .execute();
}
