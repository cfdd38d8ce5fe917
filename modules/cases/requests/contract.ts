import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { CaseParams, Ids, OwnWords, Standing, Version } from '../standing.ts';

const Named = Type.Object({ id: Type.String(), text: Text });

/** An answer that a person changed when asked: what it said before, and what it says now. */
export const AnswerChange = Type.Object({
  pageId: Type.String(),
  label: Text,
  before: Type.Optional(Text),
  after: Type.Optional(Text),
});
export type AnswerChange = Static<typeof AnswerChange>;

/** What an office asked a person for, and what came of it. */
export const RequestView = Type.Object({
  id: Type.String(),
  askedAt: Type.String(),
  things: Type.Array(Named),
  ownWords: Type.Optional(Text),
  /** Form pages that are open again for as long as the request is. */
  pages: Type.Array(Type.Object({ id: Type.String(), title: Text, isSaved: Type.Boolean() })),
  /** The last day to answer, ISO 8601. */
  answerBy: Type.String(),
  isOpen: Type.Boolean(),
  outcome: Type.Optional(Type.Enum(['answered', 'unanswered', 'ended'])),
  endedAt: Type.Optional(Type.String()),
  /** What the person wrote. */
  answer: Type.Optional(Type.String()),
  changes: Type.Array(AnswerChange),
});
export type RequestView = Static<typeof RequestView>;

/** What an officer may ask for here. */
export const RequestChoices = Type.Object({
  things: Type.Array(Named),
  pages: Type.Array(Type.Object({ id: Type.String(), title: Text })),
  workingDays: Type.Integer(),
  workingDaysMax: Type.Integer(),
});
export type RequestChoices = Static<typeof RequestChoices>;

export const AskForMore = Type.Object({
  thingIds: Ids,
  pageIds: Type.Optional(Ids),
  ...OwnWords,
  workingDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 250 })),
  expectedVersion: Version,
});
export type AskForMore = Static<typeof AskForMore>;

export const RequestAnswer = Type.Object({
  text: Type.Optional(Type.String({ maxLength: 2000 })),
  expectedVersion: Version,
});
export type RequestAnswer = Static<typeof RequestAnswer>;

export const requestEndpoints = {
  askForMore: {
    method: 'POST',
    path: '/api/office/cases/:caseId/requests',
    summary: 'Ask the person for something that the service lists, or in own words; the clock of the office stops',
    access: 'officer',
    params: CaseParams,
    body: AskForMore,
    answer: Standing,
    refusals: [
      'case-unknown',
      'case-changed-since',
      'case-not-taken',
      'case-taken',
      'case-step-refused',
      'own-case',
      'request-not-offered',
      'request-empty',
      'reasons-missing',
      'text-too-long',
      'role-needed',
    ],
  },
  answerRequest: {
    method: 'POST',
    path: '/api/cases/:caseId/request',
    summary: 'Answer what the office asked for, in words or with the corrected pages, and give the case back to it',
    access: 'person',
    scope: 'cases:write',
    params: CaseParams,
    body: RequestAnswer,
    answer: Standing,
    refusals: [
      'case-unknown',
      'case-changed-since',
      'case-step-refused',
      'request-answer-empty',
      'answers-incomplete',
      'look-up-gone',
      'look-up-unavailable',
      'stronger-sign-in-needed',
      'text-too-long',
    ],
  },
} as const;
