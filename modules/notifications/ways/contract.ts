import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

const closed = { additionalProperties: false } as const;
const Secret = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' });

/** Ways out of the node. The mailbox is no way out: every message is there. */
export const addressWays = ['email', 'sms'] as const;
export const ways = [...addressWays, 'push'] as const;
export const Way = Type.Enum([...ways]);
export type Way = Static<typeof Way>;
/** Ways for which a person has one address, confirmed with a code. For the others devices are added, each by itself. */
export const AddressWay = Type.Enum([...addressWays]);
export type AddressWay = Static<typeof AddressWay>;

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

/** How the node hands notices to the push services of browsers (RFC 8030). */
export const PushRules = Type.Object(
  {
    /** Whom a push service writes to when something is wrong (RFC 8292 section 2.1). */
    contact: Type.String({ pattern: '^(mailto:[^@\\s]+@[^@\\s]+|https://\\S+)$', maxLength: 254 }),
    /** The only hosts that notices are posted to, in place of those of Mozilla, Google, Apple and Microsoft. */
    hosts: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^((\\*\\.)?([a-z0-9-]+\\.)+[a-z]{2,}|http://(127\\.0\\.0\\.1|localhost):\\d{2,5})$' }),
        { minItems: 1, uniqueItems: true },
      ),
    ),
  },
  closed,
);
export type PushRules = Static<typeof PushRules>;

/** What a browser gives of its push subscription (W3C Push API): where to post, and the keys of RFC 8291, base64url. */
export const Subscription = Type.Object(
  {
    endpoint: Type.String({ maxLength: 1_024 }),
    p256dh: Type.String({ maxLength: 100 }),
    auth: Type.String({ maxLength: 40 }),
  },
  closed,
);
export type Subscription = Static<typeof Subscription>;

const Hour = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
export const QuietHours = Type.Object({ from: Hour, until: Hour }, closed);
export type QuietHours = Static<typeof QuietHours>;

/** `states/<id>/notifications.json`. Without `email`, `sms` and `push` messages are in the mailbox and nowhere else. */
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
    push: Type.Optional(PushRules),
  },
  closed,
);
export type NotificationRules = Static<typeof NotificationRules>;
