import { type Static, Type } from 'typebox';
import { EvidenceField } from './catalogue.ts';
import consentWithdrawn from './events/consent-withdrawn.json' with { type: 'json' };
import credentialRevoked from './events/credential-revoked.json' with { type: 'json' };
import degreeAwarded from './events/degree-awarded.json' with { type: 'json' };
import employmentStarted from './events/employment-started.json' with { type: 'json' };
import identitySuspended from './events/identity-suspended.json' with { type: 'json' };
import licenceRevoked from './events/licence-revoked.json' with { type: 'json' };
import lifeEventWithdrawn from './events/life-event-withdrawn.json' with { type: 'json' };
import personBorn from './events/person-born.json' with { type: 'json' };
import personDied from './events/person-died.json' with { type: 'json' };
import residenceStarted from './events/residence-started.json' with { type: 'json' };
import { Name, Text } from './text.ts';

/** A fact about a person that other states may be told of when it happens. */
export const EventType = Type.Object(
  {
    id: Name,
    version: Type.String({ pattern: '^\\d+\\.\\d+$' }),
    names: Text,
    /** Of the fact itself: that it happened may say more than any of its fields. */
    sensitivity: Type.Union([Type.Literal('ordinary'), Type.Literal('sensitive')]),
    /** Only for these may an office subscribe; the legal basis of each is the ground of every telling. */
    purposes: Type.Array(Name, { minItems: 1, uniqueItems: true }),
    fields: Type.Record(Type.String(), EvidenceField),
  },
  { additionalProperties: false },
);
export type EventType = Static<typeof EventType>;

export const eventTypes: readonly EventType[] = [
  personDied,
  personBorn,
  employmentStarted,
  degreeAwarded,
  residenceStarted,
  lifeEventWithdrawn,
  licenceRevoked,
  identitySuspended,
  credentialRevoked,
  consentWithdrawn,
] as EventType[];

const eventTypeById = new Map(eventTypes.map((type) => [type.id, type]));

export function findEventType(id: string): EventType | undefined {
  return eventTypeById.get(id);
}

/** JSON Schema 2020-12 of the `data` of an event that was announced in full. */
export function eventDataSchema(type: EventType): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: dataSchemaOf(type),
    title: type.names.en,
    type: 'object',
    additionalProperties: false,
    required: Object.keys(type.fields).filter((field) => type.fields[field]!.required),
    properties: Object.fromEntries(
      Object.entries(type.fields).map(([field, { names, schema }]) => [field, { title: names.en, ...schema }]),
    ),
  };
}

/** The CloudEvents attribute `dataschema` of an event type. */
export function dataSchemaOf(type: Pick<EventType, 'id' | 'version'>): string {
  return `urn:jisr:event:${type.id}:${type.version}`;
}

/** The CloudEvents attribute `type` of an event type. */
export function cloudTypeOf(typeId: string): string {
  return `jisr.${typeId}`;
}
