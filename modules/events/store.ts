import { type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';
import type { EventReceipt } from '#protocol/event-message';

export type SubscriptionRow = {
  subscription_id: string;
  office_id: string;
  publisher: string;
  subscriber: string;
  subscriber_names: Text;
  event_type: string;
  purpose: string;
  fields: string[];
  until: Date;
  state: 'active' | 'ended';
  ended_by: 'publisher' | 'subscriber' | null;
  sequence: number;
  accepted_at: Date;
  leaf_hash: string;
  /** Before this nothing is sent: the subscriber was out of reach `failures` times. */
  due_at: Date;
  failures: number;
};

export type WatchRow = {
  subscription_id: string;
  subject: string;
  person_id: string;
  sequence: number;
  added_at: Date;
  removed_at: Date | null;
};

export type EventRow = {
  event_id: string;
  office_id: string;
  event_type: string;
  version: string;
  person_id: string;
  occurred_at: Date;
  published_at: Date;
  subscribers: number;
  leaf_hash: string;
};

/** Header fields of a message and of its reply: with the bodies they prove who sent and who took what. */
export type Proof = { event: Record<string, string>; reply?: Record<string, string> };

export type DeliveryRow = {
  delivery_id: string;
  event_id: string;
  subscription_id: string;
  subject: string;
  person_id: string;
  sequence: number;
  subject_sequence: number;
  body: string | null;
  body_digest: string;
  state: 'waiting' | 'acknowledged' | 'dead' | 'dropped';
  due_at: Date;
  attempts: number;
  code: string | null;
  published_at: Date;
  /** A subscriber that is out of reach until then is not waited for any longer. */
  give_up_at: Date;
  ended_at: Date | null;
  leaf_hash: string;
  receipt: EventReceipt | null;
  proof: Proof | null;
};

export type FollowRow = {
  subscription_id: string;
  office_id: string;
  publisher: string;
  event_type: string;
  purpose: string;
  fields: string[];
  until: Date;
  state: 'asked' | 'active' | 'ended';
  ended_by: 'publisher' | 'subscriber' | null;
  /** Up to here everything has arrived. */
  sequence: number;
  asked_at: Date;
};

export type InboxRow = {
  event_id: string;
  publisher: string;
  subscription_id: string;
  office_id: string;
  event_type: string;
  subject: string;
  sequence: number;
  occurred_at: Date;
  received_at: Date;
  body: string | null;
  body_digest: string;
  state: 'received' | 'heard' | 'unheard' | 'skipped';
  due_at: Date;
  attempts: number;
  leaf_hash: string;
  receipt: EventReceipt | null;
  proof: Proof | null;
};

type Tables = {
  subscriptions: SubscriptionRow;
  watches: WatchRow;
  events: EventRow;
  deliveries: DeliveryRow;
  nonces: { sender: string; nonce: string; expires_at: Date };
  follows: FollowRow;
  streams: { subscription_id: string; subject: string; sequence: number };
  inbox: InboxRow;
};

export const tables = (db: Tx) => tablesOf<Tables>(db, 'events');
export const json = (value: unknown) => JSON.stringify(value) as never;

/** True for the first to use this nonce. */
export async function spendNonce(tx: Tx, sender: string, nonce: string, expiresAt: Date): Promise<boolean> {
  const spent = await tables(tx)
    .insertInto('nonces')
    .values({ sender, nonce, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('nonce')
    .executeTakeFirst();
  return spent !== undefined;
}

/** Drops bodies that were kept long enough, and nonces that serve nobody any more; proofs stay. */
export async function dropOld(db: Tx, before: { bodies: Date; nonces: Date }): Promise<void> {
  await tables(db)
    .updateTable('deliveries')
    .set({ body: null })
    .where('state', '=', 'acknowledged')
    .where('body', 'is not', null)
    .where('ended_at', '<', before.bodies)
    .execute();
  await tables(db)
    .updateTable('inbox')
    .set({ body: null, state: 'heard' })
    .where('state', 'in', ['received', 'heard'])
    .where('body', 'is not', null)
    .where('received_at', '<', before.bodies)
    .execute();
  await tables(db).deleteFrom('nonces').where('expires_at', '<', before.nonces).execute();
}
