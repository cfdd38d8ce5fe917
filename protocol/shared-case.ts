import { type Static, Type } from 'typebox';
import { ExchangeReceipt } from './exchange-message.ts';
import { EntityId, Moment, Name, Uuid } from './text.ts';

const closed = { additionalProperties: false };
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const Words = Type.Object(
  { ar: Type.String({ minLength: 1, maxLength: 2_000 }), en: Type.String({ minLength: 1, maxLength: 2_000 }) },
  closed,
);
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
const StateCode = Type.String({ pattern: '^[A-Z]{2,3}$' });
/** `home` for the person's own view in the home state; otherwise what the service's data calls the office that takes part. */
export const ShareRole = Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 64 });

/** When a state works. Each side counts its own clock by its own calendar, and shows the other's by the other's. */
export const StateCalendar = Type.Object(
  {
    /** IANA name, such as Asia/Riyadh. */
    timeZone: Type.String({ maxLength: 64 }),
    /** Days off each week, 0 for Sunday to 6 for Saturday. */
    weekend: Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), { maxItems: 6, uniqueItems: true }),
    /** Dates off, ISO 8601. */
    holidays: Type.Array(Day, { maxItems: 400 }),
  },
  closed,
);
export type StateCalendar = Static<typeof StateCalendar>;

export const sharedFactsMax = 40;
export const sharedStepsMax = 200;
export const sharedDocumentsMax = 40;

/** Something of the person that the receiving office may see: `id` is the path by which the service's data names it. */
export const SharedFact = Type.Object(
  {
    id: Type.String({ pattern: '^(answers|evidence)(\\.[A-Za-z0-9_-]+){1,2}$', maxLength: 160 }),
    label: Words,
    value: Words,
  },
  closed,
);
export type SharedFact = Static<typeof SharedFact>;

/** A document that may be fetched from the deciding office: whoever fetches it holds it against `sha256`. */
export const SharedDocument = Type.Object(
  {
    documentId: Uuid,
    /** The path of the question that it answers. */
    id: Type.String({ pattern: '^answers\\.[A-Za-z0-9_-]+$', maxLength: 160 }),
    label: Words,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    mediaType: Type.Union([Type.Literal('application/pdf'), Type.Literal('image/png'), Type.Literal('image/jpeg')]),
    size: Type.Integer({ minimum: 1, maximum: 10_485_760 }),
    sha256: Digest,
  },
  closed,
);
export type SharedDocument = Static<typeof SharedDocument>;

/** What an office of another state is asked, in the service's own words. */
export const SharedTask = Type.Object(
  {
    question: Words,
    /** Working days, of the state that is asked, from the day on which the question arrived. */
    workingDays: Type.Integer({ minimum: 1, maximum: 250 }),
    confirmed: Words,
    refused: Words,
    /** What the other side does when nobody answers in time. */
    silence: Type.Union([Type.Literal('go-on'), Type.Literal('wait')]),
  },
  closed,
);
export type SharedTask = Static<typeof SharedTask>;

/** Why the receiving side may see it. */
export const SharedGround = Type.Union([
  Type.Object({ kind: Type.Literal('consent'), givenAt: Moment }, closed),
  Type.Object({ kind: Type.Literal('law'), law: Name }, closed),
]);
export type SharedGround = Static<typeof SharedGround>;

/** A case as it stands with the deciding office: whole each time, so that the last one says all. */
export const SharedPicture = Type.Object(
  {
    caseId: Uuid,
    reference: Type.String({ pattern: '^[A-Z]{2,3}-\\d{4}-\\d{1,9}$' }),
    serviceId: Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 64 }),
    serviceVersion: Type.String({ maxLength: 20 }),
    serviceTitle: Words,
    state: Type.Union([
      Type.Literal('submitted'),
      Type.Literal('in-review'),
      Type.Literal('waiting-for-person'),
      Type.Literal('under-appeal'),
      Type.Literal('approved'),
      Type.Literal('refused'),
      Type.Literal('cancelled'),
      Type.Literal('withdrawn'),
    ]),
    /** Of one that is approved: not all of what was asked for was granted. */
    isInPart: Type.Optional(Type.Literal(true)),
    whoseTurn: Type.Union([Type.Literal('person'), Type.Literal('office'), Type.Literal('nobody')]),
    submittedAt: Moment,
    /** The day by which the deciding office owes its decision, by the law of its state. */
    dueOn: Type.Optional(Day),
    /** Set while that clock stands still, as the person has to answer. */
    stoppedWorkingDaysLeft: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
    timeline: Type.Array(Type.Object({ at: Moment, text: Words }, closed), { maxItems: sharedStepsMax }),
    /** The page of the case where the person acts. It needs a sign-in there, and names nobody. */
    pageUrl: EntityId,
  },
  closed,
);
export type SharedPicture = Static<typeof SharedPicture>;

const letter = {
  shareId: Uuid,
  /** Of this side within the share, from 1 without a gap; only `ended` may leave letters out that were never sent. */
  sequence: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  writtenAt: Moment,
};

/** From the deciding office: how the case stands now. The first letter of a share is one of these. */
export const StatusLetter = Type.Object(
  {
    ...letter,
    kind: Type.Literal('status'),
    role: ShareRole,
    /** The pairwise subject that the receiving state's provider gave to the deciding office. */
    subject: Type.String({ pattern: '^[A-Za-z0-9_-]{1,255}$' }),
    ground: SharedGround,
    calendar: StateCalendar,
    case: SharedPicture,
    facts: Type.Array(SharedFact, { maxItems: sharedFactsMax }),
    documents: Type.Array(SharedDocument, { maxItems: sharedDocumentsMax }),
    task: Type.Optional(SharedTask),
    /** The task is open no more: it was answered, or the time for it has passed and the office went on. */
    taskClosed: Type.Optional(Type.Union([Type.Literal('answered'), Type.Literal('silent')])),
  },
  closed,
);
export type StatusLetter = Static<typeof StatusLetter>;

/**
 * From the deciding office: nothing more is shown, and what was shown of the person is erased. `time-over`: the case itself is erased, as its
 * time of keeping is over; what the other side wrote about it goes too.
 */
export const EndedLetter = Type.Object(
  {
    ...letter,
    kind: Type.Literal('ended'),
    because: Type.Union([Type.Literal('consent-withdrawn'), Type.Literal('case-withdrawn'), Type.Literal('time-over')]),
  },
  closed,
);
export type EndedLetter = Static<typeof EndedLetter>;

/** From the office that was asked. */
export const AnswerLetter = Type.Object(
  {
    ...letter,
    kind: Type.Literal('answer'),
    outcome: Type.Union([Type.Literal('confirmed'), Type.Literal('refused')]),
    ownWords: Type.Optional(Words),
  },
  closed,
);
export type AnswerLetter = Static<typeof AnswerLetter>;

/** From either office to the other, in its own words. The officer's name stays at home. */
export const NoteLetter = Type.Object(
  { ...letter, kind: Type.Literal('note'), text: Type.String({ minLength: 1, maxLength: 2_000 }) },
  closed,
);
export type NoteLetter = Static<typeof NoteLetter>;

export const SharedCaseLetter = Type.Union([StatusLetter, EndedLetter, AnswerLetter, NoteLetter]);
export type SharedCaseLetter = Static<typeof SharedCaseLetter>;

/** What the receiver signs once the letter and its ledger entry are durable. */
export const LetterReceipt = Type.Object(
  {
    shareId: Uuid,
    sequence: Type.Integer({ minimum: 1 }),
    /** SHA-256 of the letter as it came, in hex. */
    letterDigest: Digest,
    receivedAt: Moment,
    state: StateCode,
    calendar: StateCalendar,
    /** Of a task that is open: the last day to answer it, by the receiver's own calendar. */
    answerBy: Type.Optional(Day),
    receipt: ExchangeReceipt,
  },
  closed,
);
export type LetterReceipt = Static<typeof LetterReceipt>;

/** What the signature of a letter, and of the request for a document, covers, in this order (RFC 9421). */
export const letterComponents = [
  '"@method"',
  '"@target-uri"',
  '"content-digest"',
  '"content-type"',
  '"x-road-client"',
  '"x-road-id"',
  '"jisr-requester"',
] as const;
export const letterLabel = 'letter';
export const letterTag = 'jisr-case-letter';

/** What the signature of a receipt, a document or a refusal covers; it fits one request and no other. */
export const letterReplyComponents = [
  '"@status"',
  '"content-digest"',
  '"content-type"',
  '"x-road-id"',
  '"@method";req',
  '"@target-uri";req',
  '"content-digest";req',
  '"x-road-id";req',
  '"signature";req;key="letter"',
] as const;
export const letterReplyLabel = 'reply';
export const letterReplyTag = 'jisr-case-reply';

export const letterBytesMax = 262_144;
export const letterReplyBytesMax = 65_536;
export const sharedDocumentBytesMax = 10_485_760;
/** How long a letter is tried before the operator has to look at it. */
export const letterTriedDays = 30;
