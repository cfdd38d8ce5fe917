import type { Tx } from '#kernel/database';
import { sha256 } from '#kernel/ids';
import { proofHeaders } from '#modules/federation';
import { type CatchUp, type EventMessage, type EventReceipt, eventBytesMax } from '#protocol/event-message';
import { findEventType } from '#protocol/event-types';
import type { RequestMessage } from '#protocol/http-signatures';
import { problem, type ReceivedEvent, type UnheardEvent } from '../contract.ts';
import { findFollow } from '../following/store.ts';
import { verifyRequest } from '../messages.ts';
import type { EventNeeds, EventOffice } from '../needs.ts';
import { backoffMs, isEventType, isUuid, readEvent } from '../rules.ts';
import type { FollowRow, InboxRow } from '../store.ts';
import * as store from './store.ts';

const receivedListedMax = 200;
const hearAttemptsMax = 12;
const hearWaitMaxMs = 3_600_000;

/**
 * Takes one event, pushed or caught up with: checks it, then writes ledger entry and inbox in one transaction and returns
 * the receipt. The same event again gets the same receipt and has no second effect. Throws the refusal.
 */
export async function receiveEvent(
  needs: EventNeeds,
  office: EventOffice,
  message: RequestMessage,
  body: Buffer,
): Promise<EventReceipt> {
  if (!isEventType(message.headers['content-type'])) throw problem('message-malformed', { where: 'Content-Type' });
  const { sender, messageId } = await verifyRequest(needs, message, body, eventBytesMax);
  const event = readEvent(body);
  const follow = await findFollow(needs.database.db, event.message.subscription);
  checkAddressed(event, { sender, messageId, office, follow });
  const digest = sha256(body).toString('hex');
  return needs.database.transaction(async (tx) => {
    // A number of the subscription that another event has: the publisher counts from an older copy of its data.
    const taken = await store.findBySequence(tx, event.message.subscription, event.sequence);
    if (taken && taken.event_id !== event.message.id) throw problem('message-replayed');
    const last = await store.lockStream(tx, event.message.subscription, event.message.subject);
    const known = await store.findReceived(tx, sender, event.message.id);
    if (known?.receipt) {
      if (known.body_digest !== digest) throw problem('message-replayed');
      return known.receipt;
    }
    if (event.message.subjectsequence <= last) throw problem('message-replayed');
    if (event.message.subjectsequence !== last + 1) throw problem('event-out-of-order');
    return keep(needs, tx, { office, message, body, event, sender, digest });
  });
}

type Read = ReturnType<typeof readEvent>;

function checkAddressed(
  { message, type }: Read,
  by: { sender: string; messageId: string; office: EventOffice; follow: FollowRow | undefined },
): void {
  const { follow, office, sender } = by;
  if (message.source !== sender) throw problem('message-malformed', { where: 'event/source' });
  if (message.id !== by.messageId) throw problem('message-malformed', { where: 'event/id' });
  // Whoever is no party to a subscription hears the same as one who made its number up.
  if (!follow || follow.publisher !== sender || follow.office_id !== office.officeId)
    throw problem('subscription-unknown');
  if (follow.state === 'ended') throw problem('subscription-ended');
  if (type.id !== follow.event_type) throw problem('message-malformed', { where: 'event/type' });
  if (message.purpose !== follow.purpose) throw problem('message-malformed', { where: 'event/purpose' });
}

async function keep(
  needs: EventNeeds,
  tx: Tx,
  of: { office: EventOffice; message: RequestMessage; body: Buffer; event: Read; sender: string; digest: string },
): Promise<EventReceipt> {
  const { office, event, sender, digest } = of;
  const { message } = event;
  const at = needs.clock.now();
  const entry = await needs.ledger.append(tx, {
    kind: 'event-received',
    record: {
      eventId: message.id,
      subscriptionId: message.subscription,
      publisher: sender,
      subscriber: office.entityId,
      eventType: event.type.id,
      purpose: message.purpose,
      eventDigest: digest,
      receivedAt: at.toISOString(),
    },
  });
  const receipt: EventReceipt = {
    eventId: message.id,
    subscriptionId: message.subscription,
    eventDigest: digest,
    receivedAt: at.toISOString(),
    receipt: { leafHash: entry.leafHash, commitment: entry.commitment, salt: entry.salt, record: entry.record },
  };
  await store.insertReceived(tx, {
    event_id: message.id,
    publisher: sender,
    subscription_id: message.subscription,
    office_id: office.officeId,
    event_type: event.type.id,
    subject: message.subject,
    sequence: event.sequence,
    occurred_at: new Date(message.time),
    received_at: at,
    body: of.body.toString('utf8'),
    body_digest: digest,
    state: 'received',
    due_at: at,
    attempts: 0,
    leaf_hash: entry.leafHash,
    receipt,
    proof: { event: proofHeaders(of.message.headers) },
  });
  await store.advanceStream(tx, message.subscription, message.subject, message.subjectsequence);
  return receipt;
}

/** Notes what the publisher can no longer give, so that what comes after it about the person is not held back. */
export async function noteSkipped(
  needs: EventNeeds,
  follow: FollowRow,
  skipped: CatchUp['skipped'][number],
): Promise<void> {
  const at = needs.clock.now();
  await needs.database.transaction(async (tx) => {
    const last = await store.lockStream(tx, follow.subscription_id, skipped.subject);
    const known = await store.findReceived(tx, follow.publisher, skipped.eventId);
    if (known || skipped.subjectsequence !== last + 1) return;
    const entry = await needs.ledger.append(tx, {
      kind: 'event-missed',
      record: {
        eventId: skipped.eventId,
        subscriptionId: follow.subscription_id,
        publisher: follow.publisher,
        eventType: follow.event_type,
        notedAt: at.toISOString(),
      },
    });
    await store.insertReceived(tx, {
      event_id: skipped.eventId,
      publisher: follow.publisher,
      subscription_id: follow.subscription_id,
      office_id: follow.office_id,
      event_type: follow.event_type,
      subject: skipped.subject,
      sequence: skipped.sequence,
      occurred_at: at,
      received_at: at,
      body: null,
      body_digest: '',
      state: 'skipped',
      due_at: at,
      attempts: 0,
      leaf_hash: entry.leafHash,
      receipt: null,
      proof: null,
    });
    await store.advanceStream(tx, follow.subscription_id, skipped.subject, skipped.subjectsequence);
  });
}

/** An event as a handler of this node gets it. Who the subject is here, the handler's own module knows. */
export type HeardEvent = {
  eventId: string;
  type: string;
  publisher: string;
  officeId: string;
  subject: string;
  occurredAt: Date;
  purpose: string;
  data: Record<string, unknown>;
};
export type Hear = (tx: Tx, event: HeardEvent) => Promise<void>;

/**
 * Hands the next event to its handler, in one transaction with the note that it was heard: what the handler writes by `tx`
 * is done once. One that fails is tried again; after twelve times it stays unheard until an operator acts, and holds back
 * later ones about the person. Returns whether more may be due.
 */
export async function hearNext(needs: EventNeeds, hearers: ReadonlyMap<string, readonly Hear[]>): Promise<boolean> {
  if (hearers.size === 0) return false;
  const now = needs.clock.now();
  let taken: InboxRow | undefined;
  try {
    return await needs.database.transaction(async (tx) => {
      taken = await store.lockNextUnheard(tx, [...hearers.keys()], now);
      if (!taken) return false;
      for (const hear of hearers.get(taken.event_type)!) await hear(tx, heardOf(taken));
      await store.setHearing(tx, taken, { state: 'heard', attempts: taken.attempts, due_at: now });
      return true;
    });
  } catch (error) {
    if (!taken) throw error;
    const attempts = taken.attempts + 1;
    needs.log.error({ err: error, eventId: taken.event_id, attempts }, 'an event could not be heard');
    await needs.database.transaction((tx) =>
      store.setHearing(tx, taken!, {
        state: attempts >= hearAttemptsMax ? 'unheard' : 'received',
        attempts,
        due_at: new Date(now.getTime() + backoffMs(attempts, hearWaitMaxMs, 0)),
      }),
    );
    return true;
  }
}

function heardOf(row: InboxRow): HeardEvent {
  const message = JSON.parse(row.body!) as EventMessage;
  return {
    eventId: row.event_id,
    type: row.event_type,
    publisher: row.publisher,
    officeId: row.office_id,
    subject: row.subject,
    occurredAt: row.occurred_at,
    purpose: message.purpose,
    data: message.data,
  };
}

/** What the office was told of, latest first. */
export async function listReceived(needs: EventNeeds, officeId: string): Promise<ReceivedEvent[]> {
  return (await store.listReceived(needs.database.db, officeId, receivedListedMax)).map((row) => ({
    eventId: row.event_id,
    subscriptionId: row.subscription_id,
    publisher: row.publisher,
    eventType: row.event_type,
    names: findEventType(row.event_type)!.names,
    subject: row.subject,
    sequence: row.sequence,
    occurredAt: row.occurred_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    ...(row.body === null ? {} : { data: (JSON.parse(row.body) as EventMessage).data }),
    leafHash: row.leaf_hash,
  }));
}

export async function listUnheard(needs: Pick<EventNeeds, 'database'>): Promise<UnheardEvent[]> {
  return (await store.listUnheard(needs.database.db, receivedListedMax)).map((row) => ({
    eventId: row.event_id,
    subscriptionId: row.subscription_id,
    eventType: row.event_type,
    sequence: row.sequence,
    attempts: row.attempts,
    receivedAt: row.received_at.toISOString(),
  }));
}

/** Lets an unheard event be heard again, or counts it as heard. Throws `letter-unknown`. */
export async function settleUnheard(
  needs: Pick<EventNeeds, 'database' | 'clock'>,
  eventId: string,
  as: 'received' | 'heard',
): Promise<void> {
  const isDone =
    isUuid(eventId) &&
    (await needs.database.transaction(async (tx) => {
      const row = await store.findUnheard(tx, eventId);
      if (row) await store.setHearing(tx, row, { state: as, attempts: 0, due_at: needs.clock.now() });
      return row !== undefined;
    }));
  if (!isDone) throw problem('letter-unknown');
}
