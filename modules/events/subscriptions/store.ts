import { sql, type Tx } from '#kernel/database';
import { json, type SubscriptionRow, tables, type WatchRow } from '../store.ts';

export function findSubscription(db: Tx, subscriptionId: string): Promise<SubscriptionRow | undefined> {
  return tables(db)
    .selectFrom('subscriptions')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirst();
}

/** Holds the subscription to the end of the transaction. */
export function lockSubscription(tx: Tx, subscriptionId: string): Promise<SubscriptionRow | undefined> {
  return tables(tx)
    .selectFrom('subscriptions')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .forUpdate()
    .executeTakeFirst();
}

export function listSubscriptionsOf(
  db: Tx,
  of: { officeId: string; subscriber?: string },
  limit: number,
): Promise<SubscriptionRow[]> {
  return tables(db)
    .selectFrom('subscriptions')
    .selectAll()
    .where('office_id', '=', of.officeId)
    .$if(of.subscriber !== undefined, (query) => query.where('subscriber', '=', of.subscriber!))
    .orderBy('accepted_at', 'desc')
    .limit(limit)
    .execute();
}

/** The active subscription of an office to the same thing, if there is one: a new one takes its place. */
export function findSameSubscription(
  tx: Tx,
  of: Pick<SubscriptionRow, 'subscriber' | 'office_id' | 'event_type' | 'purpose'>,
): Promise<SubscriptionRow | undefined> {
  return tables(tx)
    .selectFrom('subscriptions')
    .selectAll()
    .where('state', '=', 'active')
    .where('subscriber', '=', of.subscriber)
    .where('office_id', '=', of.office_id)
    .where('event_type', '=', of.event_type)
    .where('purpose', '=', of.purpose)
    .forUpdate()
    .executeTakeFirst();
}

export async function insertSubscription(tx: Tx, row: SubscriptionRow): Promise<void> {
  await tables(tx)
    .insertInto('subscriptions')
    .values({ ...row, subscriber_names: json(row.subscriber_names), fields: json(row.fields) })
    .execute();
}

export async function renewSubscription(
  tx: Tx,
  subscriptionId: string,
  to: { until: Date; fields: readonly string[] },
): Promise<void> {
  await tables(tx)
    .updateTable('subscriptions')
    .set({ until: to.until, fields: json(to.fields) })
    .where('subscription_id', '=', subscriptionId)
    .execute();
}

/** Ends a subscription; what still waits under it is not given any more. */
export async function endSubscription(
  tx: Tx,
  subscriptionId: string,
  endedBy: 'publisher' | 'subscriber',
  at: Date,
): Promise<void> {
  await tables(tx)
    .updateTable('subscriptions')
    .set({ state: 'ended', ended_by: endedBy })
    .where('subscription_id', '=', subscriptionId)
    .execute();
  await tables(tx)
    .updateTable('deliveries')
    .set({ state: 'dropped', code: 'subscription-ended', ended_at: at, body: null })
    .where('subscription_id', '=', subscriptionId)
    .where('state', 'in', ['waiting', 'dead'])
    .execute();
}

export function listOverdue(db: Tx, now: Date): Promise<Array<{ subscription_id: string }>> {
  return tables(db)
    .selectFrom('subscriptions')
    .select('subscription_id')
    .where('state', '=', 'active')
    .where('until', '<=', now)
    .limit(500)
    .execute();
}

/** Adds a person, or adds them again: their numbers go on. Returns whether they were not watched until now. */
export async function addWatch(tx: Tx, row: Omit<WatchRow, 'sequence' | 'removed_at'>): Promise<boolean> {
  const added = await tables(tx)
    .insertInto('watches')
    .values({ ...row, sequence: 0, removed_at: null })
    .onConflict((conflict) =>
      conflict
        .columns(['subscription_id', 'subject'])
        .doUpdateSet({ removed_at: null, added_at: row.added_at })
        .where('watches.removed_at', 'is not', null),
    )
    .returning('subject')
    .executeTakeFirst();
  return added !== undefined;
}

/** Returns whom it was about, when they were watched until now. What still waits about them is not given any more. */
export async function removeWatch(
  tx: Tx,
  subscriptionId: string,
  subject: string,
  at: Date,
): Promise<string | undefined> {
  const removed = await tables(tx)
    .updateTable('watches')
    .set({ removed_at: at })
    .where('subscription_id', '=', subscriptionId)
    .where('subject', '=', subject)
    .where('removed_at', 'is', null)
    .returning('person_id')
    .executeTakeFirst();
  await tables(tx)
    .updateTable('deliveries')
    .set({ state: 'dropped', code: 'subject-removed', ended_at: at, body: null })
    .where('subscription_id', '=', subscriptionId)
    .where('subject', '=', subject)
    .where('state', 'in', ['waiting', 'dead'])
    .execute();
  return removed?.person_id;
}

/** The subscriber is there: what waits for it may be sent now. */
export async function resumeSubscription(db: Tx, subscriptionId: string, now: Date): Promise<void> {
  await tables(db)
    .updateTable('subscriptions')
    .set({ due_at: now, failures: 0 })
    .where('subscription_id', '=', subscriptionId)
    .where('failures', '>', 0)
    .execute();
}

/** Counts one more failure and waits; of several failures at one moment the first counts. */
export async function pauseSubscription(db: Tx, subscriptionId: string, now: Date, dueAt: Date): Promise<void> {
  await tables(db)
    .updateTable('subscriptions')
    .set({ due_at: dueAt, failures: sql<number>`failures + 1` as never })
    .where('subscription_id', '=', subscriptionId)
    .where('due_at', '<=', now)
    .execute();
}
