import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;

export const topics = ['cases', 'reminders', 'offers', 'documents', 'security'] as const;
/** What kinds are grouped by, and what a person chooses ways for. */
export const Topic = Type.Enum([...topics]);
export type Topic = Static<typeof Topic>;

/**
 * How soon a notice leaves: `at-once` also in quiet hours; `soon` outside them; `daily` may be gathered into one a day and topic,
 * if the person wants that.
 */
export const Pace = Type.Enum(['at-once', 'soon', 'daily']);
export type Pace = Static<typeof Pace>;

/** templates/kinds.json: each kind of message, and what its words may and must say. */
export const MessageKinds = Type.Record(
  Type.String({ pattern: '^[a-z][a-z-]{2,40}$' }),
  Type.Object(
    {
      topic: Topic,
      /** Nobody can do without it in the mailbox: the law wants it told, it protects the person, or they asked for this one message. */
      isMandatory: Type.Boolean(),
      pace: Pace,
      placeholders: Type.Array(Type.String({ pattern: '^[a-z]+$' }), { uniqueItems: true }),
    },
    closed,
  ),
);
export type MessageKinds = Static<typeof MessageKinds>;

/** `subject` and `text` stand in the mailbox. `short` leaves the node, on all ways, and names the service at most. */
export const Words = Type.Object(
  {
    subject: Type.String({ minLength: 3, maxLength: 120 }),
    text: Type.String({ minLength: 3, maxLength: 1_000 }),
    short: Type.String({ minLength: 3, maxLength: 120 }),
  },
  closed,
);
export type Words = Static<typeof Words>;

const line = Type.String({ minLength: 1, maxLength: 300 });

/** templates/<language>.json: the words of one language and the direction in which they are read. */
export const LanguageWords = Type.Object(
  {
    language: Type.Enum(['ar', 'en']),
    direction: Type.Enum(['rtl', 'ltr']),
    kinds: Type.Record(Type.String(), Words),
    channels: Type.Object({ email: line, sms: line, push: line }, closed),
    /** What stands around a notice that leaves the node. */
    outside: Type.Object(
      {
        mailSubject: line,
        open: line,
        why: line,
        never: line,
        digest: line,
        unsubscribe: line,
        codeSubject: line,
        code: line,
        caseNews: line,
        caseOpen: line,
        caseWhy: line,
        caseStop: line,
        sms: line,
        smsCase: line,
        smsCode: line,
        smsSignIn: line,
      },
      closed,
    ),
  },
  closed,
);
export type LanguageWords = Static<typeof LanguageWords>;
