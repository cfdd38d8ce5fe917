import { type Static, Type } from 'typebox';
import { EntityId } from './text.ts';

/** `typ` of a Security Event Token (RFC 8417 section 2.3), and its media type (RFC 8935 section 2). */
export const securityEventType = 'secevent+jwt';
export const securityEventMediaType = 'application/secevent+jwt';

/** The events that states tell each other about an identity: CAEP 1.0, RISC 1.0, and one of this federation. */
export const securityEvents = {
  'session-revoked': 'https://schemas.openid.net/secevent/caep/event-type/session-revoked',
  'credential-change': 'https://schemas.openid.net/secevent/caep/event-type/credential-change',
  'account-disabled': 'https://schemas.openid.net/secevent/risc/event-type/account-disabled',
  'account-enabled': 'https://schemas.openid.net/secevent/risc/event-type/account-enabled',
  'mandate-ended': 'urn:jisr:secevent:mandate-ended',
} as const;
export type SecurityEventName = keyof typeof securityEvents;

/** The claims of a SET: one event about one person, named as the receiver knows them (RFC 9493 section 3.2.3). */
export const SecurityEvent = Type.Object({
  iss: EntityId,
  aud: EntityId,
  iat: Type.Integer(),
  jti: Type.String({ minLength: 1, maxLength: 64 }),
  sub_id: Type.Object({
    format: Type.Literal('iss_sub'),
    iss: EntityId,
    sub: Type.String({ minLength: 1, maxLength: 255 }),
  }),
  events: Type.Record(
    Type.String({ maxLength: 200 }),
    Type.Object({
      /** Seconds: what was there until then is meant, and nothing that began later. */
      event_timestamp: Type.Integer(),
      initiating_entity: Type.Optional(Type.String({ maxLength: 20 })),
      credential_type: Type.Optional(Type.String({ maxLength: 40 })),
      change_type: Type.Optional(Type.String({ maxLength: 20 })),
      /** Of `session-revoked`: the one session that is meant, by the `sid` of its ID token; all of the person's when absent. */
      session: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      /** Of `mandate-ended`: what the receiver calls the mandate. */
      mandate: Type.Optional(Type.String({ maxLength: 255 })),
    }),
    { minProperties: 1, maxProperties: 1 },
  ),
});
export type SecurityEvent = Static<typeof SecurityEvent>;
