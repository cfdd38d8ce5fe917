import { type Tx, tablesOf } from '#kernel/database';

export type DeliveryRow = {
  delivery_id: string;
  requester: string;
  question_id: string;
  field: string;
  nonce: string;
  begun_at: Date;
  /** Null while it is on its way, and for ever when the node ended meanwhile. */
  ended_at: Date | null;
  is_whole: boolean | null;
  /** Bytes that had come from the registry. */
  bytes: string | null;
};

const tables = (db: Tx) => tablesOf<{ deliveries: DeliveryRow }>(db, 'exchange');

/** Returns whether it was written: a nonce serves once. */
export async function insertDelivery(
  tx: Tx,
  row: Pick<DeliveryRow, 'delivery_id' | 'requester' | 'question_id' | 'field' | 'nonce' | 'begun_at'>,
): Promise<boolean> {
  const written = await tables(tx)
    .insertInto('deliveries')
    .values({ ...row, ended_at: null, is_whole: null, bytes: null })
    .onConflict((conflict) => conflict.columns(['requester', 'nonce']).doNothing())
    .returning('delivery_id')
    .executeTakeFirst();
  return written !== undefined;
}

export async function endDelivery(
  tx: Tx,
  deliveryId: string,
  end: { at: Date; isWhole: boolean; bytes: number },
): Promise<void> {
  await tables(tx)
    .updateTable('deliveries')
    .set({ ended_at: end.at, is_whole: end.isWhole, bytes: String(end.bytes) })
    .where('delivery_id', '=', deliveryId)
    .execute();
}

/** Deliveries of the documents of questions, the earliest first. */
export async function listDeliveries(db: Tx, questionIds: readonly string[]): Promise<DeliveryRow[]> {
  if (questionIds.length === 0) return [];
  return tables(db)
    .selectFrom('deliveries')
    .selectAll()
    .where('question_id', 'in', [...questionIds])
    .orderBy('begun_at')
    .orderBy('delivery_id')
    .execute();
}
