import type { Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import { findPurpose } from '#protocol/catalogue';
import { findEventType } from '#protocol/event-types';
import { type GivenEvent, problem } from '../contract.ts';
import type { EventNeeds } from '../needs.ts';
import { checkData, composeEvent, deliverWithinMs } from '../rules.ts';
import * as store from './store.ts';

export type PublishEvent = {
  /** The office of this node in whose name it is announced. */
  officeId: string;
  type: string;
  /** A person of this state. */
  personId: string;
  occurredAt: Date;
  data: Record<string, unknown>;
  /** Made by whoever announces: announced again under it, the event is told once. */
  eventId?: string;
  /** Entity id of the only office that may be told: the fact is between it and the person. */
  onlyTo?: string;
};
export type PublishedEvent = { eventId: string; leafHash: string; subscribers: number };

const givenListedMax = 500;

/**
 * Announces an event in the caller's transaction: the event, its ledger entries and one delivery per subscriber exist exactly
 * when it commits. Nothing is sent here. Throws `event-type-unknown`, `event-not-announced`, `event-data-invalid`, or
 * `message-replayed` for an id that names another event.
 */
export async function publishEvent(needs: EventNeeds, tx: Tx, event: PublishEvent): Promise<PublishedEvent> {
  const office = needs.offices.find(({ officeId }) => officeId === event.officeId);
  const type = findEventType(event.type);
  if (!type) throw problem('event-type-unknown', { type: event.type });
  if (!office?.announces.includes(type.id)) throw problem('event-not-announced', { type: type.id });
  checkData(type, event.data);
  const eventId = event.eventId ?? newId();
  const known = await store.lockEventId(tx, eventId);
  if (known) {
    const isSame =
      known.person_id === event.personId && known.event_type === type.id && known.office_id === office.officeId;
    if (!isSame) throw problem('message-replayed');
    return { eventId, leafHash: known.leaf_hash, subscribers: known.subscribers };
  }
  const now = needs.clock.now();
  const recipients = await store.lockRecipients(tx, {
    officeId: office.officeId,
    eventType: type.id,
    personId: event.personId,
    now,
    ...(event.onlyTo === undefined ? {} : { subscriber: event.onlyTo }),
  });
  const { leafHash } = await needs.ledger.append(tx, {
    kind: 'event-published',
    personId: event.personId,
    record: {
      eventId,
      publisher: office.entityId,
      eventType: type.id,
      version: type.version,
      publishedAt: now.toISOString(),
    },
  });
  await store.insertEvent(tx, {
    event_id: eventId,
    office_id: office.officeId,
    event_type: type.id,
    version: type.version,
    person_id: event.personId,
    occurred_at: event.occurredAt,
    published_at: now,
    subscribers: recipients.length,
    leaf_hash: leafHash,
  });
  await needs.onPublished?.(tx, {
    type: type.id,
    publisher: office.entityId,
    personId: event.personId,
    data: event.data,
  });
  for (const recipient of recipients) {
    const deliveryId = newId();
    const numbers = await store.takeNumbers(tx, recipient.subscription_id, recipient.subject);
    const body = composeEvent({
      deliveryId,
      publisher: office.entityId,
      type,
      subject: recipient.subject,
      occurredAt: event.occurredAt,
      data: event.data,
      fields: recipient.fields,
      subscriptionId: recipient.subscription_id,
      purpose: recipient.purpose,
      ...numbers,
    });
    const bodyDigest = sha256(body).toString('hex');
    const entry = await needs.ledger.append(tx, {
      kind: 'event-given',
      personId: event.personId,
      record: {
        deliveryId,
        eventId,
        subscriptionId: recipient.subscription_id,
        publisher: office.entityId,
        subscriber: recipient.subscriber,
        eventType: type.id,
        fields: recipient.fields,
        purpose: recipient.purpose,
        // The subject in the body is 256 bits of chance to everybody else: the digest cannot be guessed from the values.
        eventDigest: bodyDigest,
        publishedAt: now.toISOString(),
      },
    });
    await store.insertDelivery(tx, {
      delivery_id: deliveryId,
      event_id: eventId,
      subscription_id: recipient.subscription_id,
      subject: recipient.subject,
      person_id: event.personId,
      sequence: numbers.sequence,
      subject_sequence: numbers.subjectSequence,
      body,
      body_digest: bodyDigest,
      state: 'waiting',
      due_at: now,
      attempts: 0,
      code: null,
      published_at: now,
      give_up_at: new Date(now.getTime() + deliverWithinMs),
      ended_at: null,
      leaf_hash: entry.leafHash,
      receipt: null,
      proof: null,
    });
  }
  return { eventId, leafHash, subscribers: recipients.length };
}

/** What of a person's life was told to whom, why and on what ground, latest first. */
export async function listGiven(needs: EventNeeds, personId: string): Promise<GivenEvent[]> {
  const rows = await store.listGiven(needs.database.db, personId, givenListedMax);
  return rows.map((row) => {
    const type = findEventType(row.event_type)!;
    const purpose = findPurpose(row.purpose)!;
    return {
      deliveryId: row.delivery_id,
      at: row.published_at.toISOString(),
      publisher: row.publisher,
      subscriber: row.subscriber,
      subscriberNames: row.subscriber_names,
      eventType: type.id,
      eventNames: type.names,
      fields: row.fields.map((name) => ({ name, names: type.fields[name]!.names })),
      purpose: purpose.id,
      purposeNames: purpose.names,
      legalBasis: purpose.legalBasis,
      state: row.state === 'acknowledged' ? 'given' : row.state === 'dropped' ? 'not-given' : 'waiting',
      leafHash: row.leaf_hash,
    };
  });
}
