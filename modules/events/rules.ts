import { Compile } from 'typebox/compile';
import { findPurpose } from '#protocol/catalogue';
import { EventGrant, EventMessage, eventContentType, subscriptionDaysMax } from '#protocol/event-message';
import { cloudTypeOf, dataSchemaOf, type EventType, eventDataSchema, findEventType } from '#protocol/event-types';
import { EntityId, Uuid } from '#protocol/text';
import { problem } from './contract.ts';

const grantShape = Compile(EventGrant);
const eventShape = Compile(EventMessage);
const uuidShape = Compile(Uuid);
const entityIdShape = Compile(EntityId);
const memberPattern = /^[A-Z]{2,3}\/[A-Za-z0-9._-]{1,64}\/[A-Za-z0-9._-]{1,64}$/;
const dayMs = 86_400_000;

/** A trust mark whose signature, issuer and times have been verified. */
export type Mark = { type: string; issuer: string; claims: Record<string, unknown> };

/** Whether the office's own state certifies it for this purpose, event type and every field. Other marks certify nothing. */
export function isEntitled(
  of: { trustMarks: readonly Mark[]; superior?: string },
  asked: { purpose: string; eventType: string; fields: readonly string[] },
): boolean {
  const fields = new Set(
    of.trustMarks
      .filter(({ type, issuer }) => type.endsWith('/marks/event-subscriber') && issuer === of.superior)
      .flatMap(({ claims }) => (Array.isArray(claims['jisr_event_grants']) ? claims['jisr_event_grants'] : []))
      .filter((grant): grant is EventGrant => grantShape.Check(grant))
      .filter((grant) => grant.purpose === asked.purpose && grant.event_type === asked.eventType)
      .flatMap((grant) => grant.fields),
  );
  return asked.fields.length > 0 && asked.fields.every((field) => fields.has(field));
}

/** The event type, when purpose and fields are among those the catalogue allows for it. */
export function checkAsked(asked: { eventType: string; purpose: string; fields: readonly string[] }): EventType {
  const type = findEventType(asked.eventType);
  if (!type) throw problem('event-type-unknown', { type: asked.eventType });
  if (!type.purposes.includes(asked.purpose) || !findPurpose(asked.purpose))
    throw problem('subscriber-not-entitled', { where: `${asked.purpose}, ${asked.eventType}` });
  const unknown = asked.fields.find((field) => !Object.hasOwn(type.fields, field));
  if (unknown) throw problem('message-malformed', { where: `fields/${unknown}` });
  return type;
}

export function checkUntil(until: string, now: Date): Date {
  const at = new Date(until);
  const aheadMs = at.getTime() - now.getTime();
  if (!(aheadMs > 0 && aheadMs <= subscriptionDaysMax * dayMs))
    throw problem('subscription-too-long', { daysMax: subscriptionDaysMax });
  return at;
}

/** The data of an event by its type's schema. `fields`: what a subscriber gets of it, of which required ones may be left out. */
export function checkData(type: EventType, data: Record<string, unknown>, fields?: readonly string[]): void {
  const schema = eventDataSchema(type);
  const shape = Compile({ ...schema, ...(fields ? { required: [] } : {}) } as never) as {
    Check(value: unknown): boolean;
    Errors(value: unknown): Array<{ instancePath?: string }>;
  };
  if (!shape.Check(data))
    throw problem('event-data-invalid', { where: `${type.id}${shape.Errors(data)[0]?.instancePath ?? ''}` });
  const foreign = fields && Object.keys(data).find((field) => !fields.includes(field));
  if (foreign) throw problem('event-data-invalid', { where: `${type.id}/${foreign}` });
}

/** The one text of an event for one subscriber: made once, kept and sent as it is. */
export function composeEvent(event: {
  deliveryId: string;
  publisher: string;
  type: EventType;
  subject: string;
  occurredAt: Date;
  data: Record<string, unknown>;
  fields: readonly string[];
  subscriptionId: string;
  purpose: string;
  sequence: number;
  subjectSequence: number;
}): string {
  const message: EventMessage = {
    specversion: '1.0',
    id: event.deliveryId,
    source: event.publisher,
    type: cloudTypeOf(event.type.id),
    subject: event.subject,
    time: event.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(event.type),
    data: Object.fromEntries(Object.entries(event.data).filter(([field]) => event.fields.includes(field))),
    subscription: event.subscriptionId,
    purpose: event.purpose,
    sequence: String(event.sequence).padStart(16, '0'),
    subjectsequence: event.subjectSequence,
  };
  return JSON.stringify(message);
}

export type ReadEvent = { message: EventMessage; type: EventType; sequence: number };

/** An event as it came; throws `message-malformed`, `event-type-unknown` or `event-data-invalid`. */
export function readEvent(body: Buffer): ReadEvent {
  const message = readJson(body);
  if (!eventShape.Check(message))
    throw problem('message-malformed', { where: `event${(eventShape.Errors(message)[0] as At)?.instancePath ?? ''}` });
  const type = findEventType(message.type.slice('jisr.'.length));
  if (!type || message.dataschema !== dataSchemaOf(type)) throw problem('event-type-unknown', { type: message.type });
  checkData(type, message.data, Object.keys(type.fields));
  return { message, type, sequence: Number(message.sequence) };
}
type At = { instancePath?: string };

/** A JSON body of an agreed shape; throws `message-malformed` with the place of the first fault. */
export function readBody<T>(
  body: Buffer,
  shape: { Check(value: unknown): value is T; Errors(value: unknown): unknown[] },
): T {
  const value = readJson(body);
  if (!shape.Check(value))
    throw problem('message-malformed', { where: `body${(shape.Errors(value)[0] as At)?.instancePath ?? ''}` });
  return value;
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw problem('message-malformed', { where: 'JSON' });
  }
}

export type MessageHeaders = { messageId: string; sender: string; xRoadClient: string };

/** The headers that name a message; throws `message-malformed`. */
export function readHeaders(headers: Record<string, string>): MessageHeaders {
  const { 'x-road-id': messageId, 'jisr-requester': sender, 'x-road-client': xRoadClient } = headers;
  if (!uuidShape.Check(messageId)) throw problem('message-malformed', { where: 'X-Road-Id' });
  if (!entityIdShape.Check(sender)) throw problem('message-malformed', { where: 'Jisr-Requester' });
  if (!xRoadClient || !memberPattern.test(xRoadClient)) throw problem('message-malformed', { where: 'X-Road-Client' });
  return { messageId, sender, xRoadClient };
}

export function isUuid(text: string): boolean {
  return uuidShape.Check(text);
}

export function isEventType(contentType: string | undefined): boolean {
  return (contentType ?? '').toLowerCase().split(';')[0]!.trim() === eventContentType;
}

/** `https://bh.example/events` and `BH/GOV/interior` make the address below which that office takes messages. */
export function officeUrl(eventsEndpoint: string, xRoadClient: string): string {
  return `${eventsEndpoint.replace(/\/$/, '')}/${xRoadClient.split('/').map(encodeURIComponent).join('/')}`;
}

/** Refusals after which sending the same event again can change nothing. */
const permanent = new Set([
  'message-malformed',
  'message-too-large',
  'message-replayed',
  'office-unknown',
  'event-type-unknown',
  'event-data-invalid',
  'subscription-unknown',
  'subscription-ended',
  'subscriber-not-entitled',
]);
export const attemptsMax = 40;
/** How long a subscriber may be out of reach before its events become dead letters. */
export const deliverWithinMs = 14 * dayMs;

/**
 * What becomes of an event that was refused or got no proper receipt: dead at once where trying again is useless, dead
 * after 40 tries (about a day) or two weeks, else tried again at a moment that spreads (`chance` from 0 to 1).
 */
export function decideRetry(of: {
  code: string;
  attempts: number;
  giveUpAt: Date;
  now: Date;
  chance: number;
}): { dead: true } | { dead: false; dueAt: Date } {
  if (permanent.has(of.code) || of.attempts >= attemptsMax || of.now > of.giveUpAt) return { dead: true };
  return { dead: false, dueAt: new Date(of.now.getTime() + backoffMs(of.attempts, 3_600_000, of.chance)) };
}

/** Doubles from one second to `maxMs`, less up to half by chance, so that many do not come back at one moment. */
export function backoffMs(failures: number, maxMs: number, chance: number): number {
  return Math.round(Math.min(1_000 * 2 ** Math.min(failures - 1, 20), maxMs) * (1 - chance / 2));
}
