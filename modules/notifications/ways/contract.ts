import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

const closed = { additionalProperties: false } as const;
const Secret = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' });

/** Ways out of the node. The mailbox is no way out: every message is there. */
export const ways = ['email', 'sms'] as const;
export const Way = Type.Enum([...ways]);
export type Way = Static<typeof Way>;

/** How the node hands mail to the mail server of the state (RFC 6409). `none` is for a server on this machine alone. */
export const EmailRules = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    security: Type.Enum(['starttls', 'tls', 'none']),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    /** The file in `secrets/` of the node's data folder with the password. */
    secret: Type.Optional(Secret),
    /** PEM, when the server's certificate is not signed by an authority that everybody knows. */
    certificates: Type.Optional(Type.Array(Type.String({ pattern: '^-----BEGIN CERTIFICATE-----' }), { minItems: 1 })),
    from: Type.Object({ address: Type.String({ pattern: '^[^@\\s<>]+@[^@\\s<>]+$' }), names: Text }, closed),
  },
  closed,
);
export type EmailRules = Static<typeof EmailRules>;

const Test = Type.Object(
  { pointer: Type.String({ pattern: '^(/[^/]*)+$' }), equals: Type.Array(Type.String()) },
  closed,
);

/**
 * How the node hands a text message to a gateway, whichever it is. `{to}`, `{text}`, `{id}` (the same at every try) and `{secret}` are filled
 * in: in the strings of `body`, and `{secret}` in headers.
 */
export const SmsRules = Type.Object(
  {
    method: Type.Enum(['POST', 'PUT']),
    url: Type.String({ pattern: '^https?://' }),
    headers: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String())),
    encoding: Type.Enum(['json', 'form']),
    body: Type.Record(Type.String(), Type.Unknown()),
    secret: Type.Optional(Secret),
    /** Beside a status of 2xx: a value of the JSON answer, by JSON Pointer (RFC 6901). */
    success: Type.Optional(Test),
    /** A value of the answer that says that this number can never be reached. */
    never: Type.Optional(Test),
    /** At most so many a day for one person. */
    perPersonPerDay: Type.Integer({ minimum: 1, maximum: 50 }),
  },
  closed,
);
export type SmsRules = Static<typeof SmsRules>;

const Hour = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
export const QuietHours = Type.Object({ from: Hour, until: Hour }, closed);
export type QuietHours = Static<typeof QuietHours>;

/** `states/<id>/notifications.json`. Without `email` and `sms` messages are in the mailbox and nowhere else. */
export const NotificationRules = Type.Object(
  {
    /** A message is erased after so many days, whether it was read or not. */
    keptDays: Type.Integer({ minimum: 30, maximum: 3_650 }),
    /** For whoever has not chosen their own. Notices on security leave at any hour. */
    quietHours: Type.Optional(QuietHours),
    /** When what is gathered leaves. */
    digestAt: Type.Optional(Hour),
    email: Type.Optional(EmailRules),
    sms: Type.Optional(SmsRules),
  },
  closed,
);
export type NotificationRules = Static<typeof NotificationRules>;
