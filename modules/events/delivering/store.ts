import { sql, type Tx } from '#kernel/database';
import type { EventReceipt } from '#protocol/event-message';
import { type DeliveryRow, json, type Proof, type SubscriptionRow, tables } from '../store.ts';

export type DueDelivery = DeliveryRow &
  Pick<SubscriptionRow, 'office_id' | 'subscriber' | 'event_type' | 'purpose' | 'fields' | 'failures'>;

/**
 * Takes what may be sent now: of each person within a subscription only the first that is neither acknowledged nor dropped,
 * so a dead letter holds later ones back. Whoever takes one has it until `leasedUntil`; a process that dies lets go by that.
 */
export async function claimDue(tx: Tx, now: Date, leasedUntil: Date, limit: number): Promise<DueDelivery[]> {
  const due = await tables(tx)
    .selectFrom('deliveries as d')
    .innerJoin('subscriptions as s', 's.subscription_id', 'd.subscription_id')
    .selectAll('d')
    .select(['s.office_id', 's.subscriber', 's.event_type', 's.purpose', 's.fields', 's.failures'])
    .where('d.state', '=', 'waiting')
    .where('d.due_at', '<=', now)
    .where('s.state', '=', 'active')
    .where('s.due_at', '<=', now)
    .where('s.until', '>', now)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries as e')
            .select('e.delivery_id')
            .whereRef('e.subscription_id', '=', 'd.subscription_id')
            .whereRef('e.subject', '=', 'd.subject')
            .whereRef('e.sequence', '<', 'd.sequence')
            .where('e.state', 'in', ['waiting', 'dead']),
        ),
      ),
    )
    .orderBy('d.due_at')
    .orderBy('d.sequence')
    .limit(limit)
    .forUpdate('d')
    .skipLocked()
    .execute();
  if (due.length > 0)
    await tables(tx)
      .updateTable('deliveries')
      .set({ due_at: leasedUntil })
      .where(
        'delivery_id',
        'in',
        due.map((row) => row.delivery_id),
      )
      .execute();
  return due;
}

/** Whatever its state is by now: a receipt says that the subscriber has it. */
export async function keepReceipt(
  tx: Tx,
  deliveryId: string,
  kept: { receipt: EventReceipt; proof: Proof; at: Date },
): Promise<void> {
  await tables(tx)
    .updateTable('deliveries')
    .set({
      state: 'acknowledged',
      code: null,
      ended_at: kept.at,
      receipt: json(kept.receipt),
      proof: json(kept.proof),
    })
    .where('delivery_id', '=', deliveryId)
    .where('state', 'in', ['waiting', 'dead'])
    .execute();
}

/** Notes a try that brought no receipt. Only of what still waits: another process may have had the receipt meanwhile. */
export async function noteFailure(
  tx: Tx,
  deliveryId: string,
  failure: { state: 'waiting' | 'dead'; code: string; attempts: number; dueAt: Date },
): Promise<void> {
  await tables(tx)
    .updateTable('deliveries')
    .set({ state: failure.state, code: failure.code, attempts: failure.attempts, due_at: failure.dueAt })
    .where('delivery_id', '=', deliveryId)
    .where('state', '=', 'waiting')
    .execute();
}

export type DeadRow = DeliveryRow & Pick<SubscriptionRow, 'subscriber' | 'event_type'> & { held_back: number | string };

export function listDead(db: Tx, limit: number): Promise<DeadRow[]> {
  return tables(db)
    .selectFrom('deliveries as d')
    .innerJoin('subscriptions as s', 's.subscription_id', 'd.subscription_id')
    .selectAll('d')
    .select(['s.subscriber', 's.event_type'])
    .select(({ selectFrom }) =>
      selectFrom('deliveries as e')
        .select(({ fn }) => fn.countAll().as('held_back'))
        .whereRef('e.subscription_id', '=', 'd.subscription_id')
        .whereRef('e.subject', '=', 'd.subject')
        .whereRef('e.sequence', '>', 'd.sequence')
        .where('e.state', '=', 'waiting')
        .as('held_back'),
    )
    .where('d.state', '=', 'dead')
    .orderBy('d.published_at')
    .limit(limit)
    .execute() as Promise<DeadRow[]>;
}

export async function revive(tx: Tx, deliveryId: string, now: Date, giveUpAt: Date): Promise<boolean> {
  const done = await tables(tx)
    .updateTable('deliveries')
    .set({ state: 'waiting', attempts: 0, due_at: now, give_up_at: giveUpAt })
    .where('delivery_id', '=', deliveryId)
    .where('state', '=', 'dead')
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export function dropDead(tx: Tx, deliveryId: string, at: Date): Promise<DeliveryRow | undefined> {
  return tables(tx)
    .updateTable('deliveries')
    .set({ state: 'dropped', ended_at: at, body: null })
    .where('delivery_id', '=', deliveryId)
    .where('state', '=', 'dead')
    .returningAll()
    .executeTakeFirst();
}

/** Every delivery of a subscription after a sequence, given or not, in order. */
export function listAfter(db: Tx, subscriptionId: string, after: number, limit: number): Promise<DeliveryRow[]> {
  return tables(db)
    .selectFrom('deliveries')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute();
}

/** Numbers for an operator: how much waits, and since when. */
export async function countOpen(db: Tx): Promise<{ waiting: number; dead: number; oldest_waiting: Date | null }> {
  const row = await tables(db)
    .selectFrom('deliveries')
    .select([
      sql<string>`count(*) filter (where state = 'waiting')`.as('waiting'),
      sql<string>`count(*) filter (where state = 'dead')`.as('dead'),
      sql<Date | null>`min(published_at) filter (where state = 'waiting')`.as('oldest_waiting'),
    ])
    .where('state', 'in', ['waiting', 'dead'])
    .executeTakeFirstOrThrow();
  return { waiting: Number(row.waiting), dead: Number(row.dead), oldest_waiting: row.oldest_waiting };
}
