import { sql, type Tx } from '#kernel/database';
import { type DeliveryRow, type EventRow, type SubscriptionRow, tables } from '../store.ts';

export async function insertEvent(tx: Tx, row: EventRow): Promise<void> {
  await tables(tx).insertInto('events').values(row).execute();
}

/** Holds an event of this id back until the transaction ends, so that of two announcements at once one finds the other. */
export async function lockEventId(tx: Tx, eventId: string): Promise<EventRow | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`events/${eventId}`}, 0))`.execute(tx);
  return tables(tx).selectFrom('events').selectAll().where('event_id', '=', eventId).executeTakeFirst();
}

export type Recipient = SubscriptionRow & { subject: string };

/**
 * Who is to be told of an event about a person. Each subscription is held until the transaction ends, always in one order:
 * its numbers have no gap and become visible in their order.
 */
export function lockRecipients(
  tx: Tx,
  of: { officeId: string; eventType: string; personId: string; now: Date; subscriber?: string },
): Promise<Recipient[]> {
  const { subscriber } = of;
  return tables(tx)
    .selectFrom('subscriptions')
    .innerJoin('watches', 'watches.subscription_id', 'subscriptions.subscription_id')
    .selectAll('subscriptions')
    .select('watches.subject')
    .where('watches.person_id', '=', of.personId)
    .where('watches.removed_at', 'is', null)
    .where('subscriptions.office_id', '=', of.officeId)
    .where('subscriptions.event_type', '=', of.eventType)
    .where('subscriptions.state', '=', 'active')
    .where('subscriptions.until', '>', of.now)
    .$if(subscriber !== undefined, (query) => query.where('subscriptions.subscriber', '=', subscriber!))
    .orderBy('subscriptions.subscription_id')
    .forUpdate()
    .execute();
}

/** The next number of a subscription and of a person within it, both held since `lockRecipients`. */
export async function takeNumbers(
  tx: Tx,
  subscriptionId: string,
  subject: string,
): Promise<{ sequence: number; subjectSequence: number }> {
  const next = sql<number>`sequence + 1` as never;
  const subscription = await tables(tx)
    .updateTable('subscriptions')
    .set({ sequence: next })
    .where('subscription_id', '=', subscriptionId)
    .returning('sequence')
    .executeTakeFirstOrThrow();
  const watch = await tables(tx)
    .updateTable('watches')
    .set({ sequence: next })
    .where('subscription_id', '=', subscriptionId)
    .where('subject', '=', subject)
    .returning('sequence')
    .executeTakeFirstOrThrow();
  return { sequence: subscription.sequence, subjectSequence: watch.sequence };
}

export async function insertDelivery(tx: Tx, row: DeliveryRow): Promise<void> {
  await tables(tx)
    .insertInto('deliveries')
    .values({ ...row, receipt: null, proof: null })
    .execute();
}

export type GivenRow = DeliveryRow &
  Pick<SubscriptionRow, 'publisher' | 'subscriber' | 'subscriber_names' | 'event_type' | 'purpose' | 'fields'>;

export function listGiven(db: Tx, personId: string, limit: number): Promise<GivenRow[]> {
  return tables(db)
    .selectFrom('deliveries')
    .innerJoin('subscriptions', 'subscriptions.subscription_id', 'deliveries.subscription_id')
    .selectAll('deliveries')
    .select([
      'subscriptions.publisher',
      'subscriptions.subscriber',
      'subscriptions.subscriber_names',
      'subscriptions.event_type',
      'subscriptions.purpose',
      'subscriptions.fields',
    ])
    .where('deliveries.person_id', '=', personId)
    .orderBy('deliveries.published_at', 'desc')
    .orderBy('deliveries.delivery_id', 'desc')
    .limit(limit)
    .execute();
}
