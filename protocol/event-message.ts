import { type Static, Type } from 'typebox';
import { ExchangeReceipt } from './exchange-message.ts';
import { EntityId, FieldNames, Moment, Name, Uuid } from './text.ts';

/** The person as the subscriber knows them: the pairwise subject that the publishing state's provider gave to the subscriber. */
export const EventSubject = Type.String({ pattern: '^[A-Za-z0-9_-]{1,255}$' });

/** What a trust mark lets an office subscribe to. */
export const EventGrant = Type.Object(
  { purpose: Name, event_type: Name, fields: FieldNames },
  { additionalProperties: false },
);
export type EventGrant = Static<typeof EventGrant>;

/** An office asks to be told of an event type. It names no person; persons are named one by one afterwards. */
export const SubscriptionRequest = Type.Object(
  { subscriptionId: Uuid, eventType: Name, purpose: Name, fields: FieldNames, until: Moment },
  { additionalProperties: false },
);
export type SubscriptionRequest = Static<typeof SubscriptionRequest>;

/** A subscription as the publishing node holds it. */
export const Subscription = Type.Object(
  {
    subscriptionId: Uuid,
    publisher: EntityId,
    subscriber: EntityId,
    eventType: Name,
    purpose: Name,
    fields: FieldNames,
    until: Moment,
    state: Type.Union([Type.Literal('active'), Type.Literal('ended')]),
    endedBy: Type.Optional(Type.Union([Type.Literal('publisher'), Type.Literal('subscriber')])),
    /** The highest sequence given so far. */
    sequence: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
);
export type Subscription = Static<typeof Subscription>;

export const subjectsChangedMax = 100;
/** About whom a subscriber wants to be told, from now on or no longer. */
export const SubjectsChange = Type.Object(
  {
    add: Type.Array(EventSubject, { maxItems: subjectsChangedMax, uniqueItems: true }),
    remove: Type.Array(EventSubject, { maxItems: subjectsChangedMax, uniqueItems: true }),
  },
  { additionalProperties: false },
);
export type SubjectsChange = Static<typeof SubjectsChange>;

/**
 * One event for one subscriber: CloudEvents 1.0 in structured mode (`application/cloudevents+json`). `id` is of this
 * subscriber alone, for an id that two states share would join what they know of a person.
 */
export const EventMessage = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Uuid,
    /** The publishing office. */
    source: EntityId,
    type: Type.String({ pattern: '^jisr\\.[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 80 }),
    subject: EventSubject,
    /** When it happened. */
    time: Moment,
    datacontenttype: Type.Literal('application/json'),
    dataschema: Type.String({ pattern: '^urn:jisr:event:[a-z][a-z0-9-]*:\\d+\\.\\d+$', maxLength: 120 }),
    data: Type.Record(Type.String(), Type.Unknown()),
    subscription: Uuid,
    purpose: Name,
    /** Of the subscription, from 1 without a gap; 16 digits, so that texts sort as numbers do (CloudEvents extension `sequence`). */
    sequence: Type.String({ pattern: '^\\d{16}$' }),
    /** Of this person within the subscription, from 1 without a gap. */
    subjectsequence: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  },
  { additionalProperties: false },
);
export type EventMessage = Static<typeof EventMessage>;

/** What the subscriber signs when the event is in its ledger and its inbox, durably. */
export const EventReceipt = Type.Object(
  {
    eventId: Uuid,
    subscriptionId: Uuid,
    /** SHA-256 of the event as it came, in hex. */
    eventDigest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    receivedAt: Moment,
    receipt: ExchangeReceipt,
  },
  { additionalProperties: false },
);
export type EventReceipt = Static<typeof EventReceipt>;

const Signed = Type.Object(
  { headers: Type.Record(Type.String(), Type.String({ maxLength: 4_096 })), body: Type.String() },
  { additionalProperties: false },
);

export const catchUpItemsMax = 50;
/** What came after a sequence, in order. Each event is signed as if it were pushed; what can no longer be given is named. */
export const CatchUp = Type.Object(
  {
    subscriptionId: Uuid,
    /** The highest sequence of the subscription: when it is reached, nothing is left. */
    sequence: Type.Integer({ minimum: 0 }),
    events: Type.Array(Signed, { maxItems: catchUpItemsMax }),
    skipped: Type.Array(
      Type.Object(
        {
          eventId: Uuid,
          subject: EventSubject,
          sequence: Type.Integer({ minimum: 1 }),
          subjectsequence: Type.Integer({ minimum: 1 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: catchUpItemsMax },
    ),
  },
  { additionalProperties: false },
);
export type CatchUp = Static<typeof CatchUp>;

/** What the signature of an event and of every request about subscriptions covers, in this order (RFC 9421). */
export const eventComponents = [
  '"@method"',
  '"@target-uri"',
  '"content-digest"',
  '"content-type"',
  '"x-road-client"',
  '"x-road-id"',
  '"jisr-requester"',
] as const;
export const eventLabel = 'event';
export const eventTag = 'jisr-event';

/** What the signature of a receipt, of another answer, or of a refusal covers; it fits one request and no other. */
export const eventReplyComponents = [
  '"@status"',
  '"content-digest"',
  '"content-type"',
  '"x-road-id"',
  '"@method";req',
  '"@target-uri";req',
  '"content-digest";req',
  '"x-road-id";req',
  '"signature";req;key="event"',
] as const;
export const eventReplyLabel = 'reply';
export const eventReplyTag = 'jisr-event-reply';

export const eventContentType = 'application/cloudevents+json';
export const eventBytesMax = 16_384;
export const eventReplyBytesMax = 1_048_576;
/** Bodies can be had again by catching up for this long after they were acknowledged; then only the proofs stay. */
export const eventKeptDays = 30;
/** A subscription ends by itself at the latest after this; the office may ask again. */
export const subscriptionDaysMax = 1_827;
