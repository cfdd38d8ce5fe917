import { type Static, Type } from 'typebox';
import { CaseId, EntityId, FieldNames, Moment, Name, Text, Uuid } from './text.ts';

const asked = { evidenceType: Name, fields: FieldNames, purpose: Name, caseId: CaseId };

/**
 * A question that the person has consented to. It names no person: the person is the subject of the access token, so the body
 * can be kept as proof for ever without keeping personal data.
 */
export const ConsentedQuestion = Type.Object({ ...asked, consentId: Uuid }, { additionalProperties: false });
export type ConsentedQuestion = Static<typeof ConsentedQuestion>;

/**
 * A question under a law, without a token: the body itself names the person. `salt` is new for every question and as secret
 * as the number beside it, so that digests of the body, which both sides keep, cannot be tried against all numbers there are.
 * Neither side keeps `person` longer than the question is open.
 */
export const LawfulQuestion = Type.Object(
  {
    ...asked,
    ground: Type.Object(
      {
        law: Name,
        /** The person is not shown the question before this moment. Only under a law that allows sealing, within its limit. */
        sealUntil: Type.Optional(Moment),
      },
      { additionalProperties: false },
    ),
    person: Type.Object(
      {
        nationalId: Type.String({ pattern: '^[A-Za-z0-9-]{4,32}$' }),
        /** Base64url of 16 random bytes or more. */
        salt: Type.String({ pattern: '^[A-Za-z0-9_-]{22,86}$' }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type LawfulQuestion = Static<typeof LawfulQuestion>;

/** The body of a question: grounded in a consent, or in a law. */
export const Question = Type.Union([ConsentedQuestion, LawfulQuestion]);
export type Question = Static<typeof Question>;

export function isLawful(question: Question): question is LawfulQuestion {
  return 'ground' in question;
}

const Base64 = Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', maxLength: 512 });

/**
 * The ledger entry of the answering node, opened for the asker. `record` says what was answered without saying what the
 * answer was; `valuesCommitment` inside it is SHA-256(valuesSalt ‖ RFC 8785 form of `fields`), so the values can be proved
 * as long as somebody keeps them, and no longer.
 */
export const ExchangeReceipt = Type.Object(
  {
    leafHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    commitment: Base64,
    salt: Type.Optional(Base64),
    record: Type.Record(Type.String(), Type.Unknown()),
    valuesSalt: Type.Optional(Base64),
  },
  { additionalProperties: false },
);
export type ExchangeReceipt = Static<typeof ExchangeReceipt>;

/** The body of an answer. `fields` holds the asked fields that the registry has, and nothing else. */
export const Answer = Type.Object(
  {
    questionId: Uuid,
    evidenceType: Name,
    version: Type.String({ pattern: '^\\d+\\.\\d+$' }),
    provider: EntityId,
    fields: Type.Record(Type.String(), Type.Unknown()),
    answeredAt: Moment,
    receipt: ExchangeReceipt,
  },
  { additionalProperties: false },
);
export type Answer = Static<typeof Answer>;

/** RFC 9457 problem details with who failed, as the refusing node sees it. */
export const Refusal = Type.Object({
  type: Type.String({ pattern: '^urn:jisr:problem:' }),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  code: Type.String({ pattern: '^[a-z][a-z0-9_-]*$', maxLength: 64 }),
  messages: Text,
  origin: Type.Union([
    Type.Literal('caller'),
    Type.Literal('own-node'),
    Type.Literal('other-node'),
    Type.Literal('registry'),
  ]),
  instance: Type.Optional(Type.String()),
});
export type Refusal = Static<typeof Refusal>;

/**
 * What the signature of a question covers, in this order (RFC 9421). The token stands in it by its digest (RFC 9530 form of
 * SHA-256 over the whole Authorization value, as `ath` does in RFC 9449), so that the signature can be checked when the token
 * is long gone.
 */
export const questionComponents = [
  '"@method"',
  '"@target-uri"',
  '"content-digest"',
  '"content-type"',
  '"x-road-client"',
  '"x-road-id"',
  '"jisr-requester"',
  '"jisr-authorization-digest"',
] as const;
/** A question under a law carries no token, so there is none to cover. */
export const lawfulQuestionComponents = questionComponents.filter(
  (component) => component !== '"jisr-authorization-digest"',
);
export const questionLabel = 'question';
export const questionTag = 'jisr-question';

/**
 * What the signature of an answer or a refusal covers. `;req` components are those of the question: an answer cannot be
 * attached to another one. Target and digest are bound beside the question's signature, because an ECDSA signature alone
 * does not name the message it was made for (RFC 9421 section 7.3.7).
 */
export const answerComponents = [
  '"@status"',
  '"content-digest"',
  '"content-type"',
  '"x-road-id"',
  '"@method";req',
  '"@target-uri";req',
  '"content-digest";req',
  '"x-road-id";req',
  '"signature";req;key="question"',
] as const;
export const answerLabel = 'answer';
export const answerTag = 'jisr-answer';

/** Clocks of two nodes may differ by this much. */
export const clockSkewSeconds = 60;
/** A question may be valid for this long at most. */
export const questionLifeSecondsMax = 300;

/** Valid now, with clocks a little apart, and not made to be valid for long. Seconds since 1970. */
export function isFresh(params: { created: number; expires: number }, now: Date): boolean {
  const seconds = now.getTime() / 1000;
  return (
    params.created <= seconds + clockSkewSeconds &&
    params.expires >= seconds - clockSkewSeconds &&
    params.expires > params.created &&
    params.expires - params.created <= questionLifeSecondsMax
  );
}

export const questionBytesMax = 16_384;
export const answerBytesMax = 262_144;
