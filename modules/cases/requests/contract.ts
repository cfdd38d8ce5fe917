import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { AttachedFile, FileType } from '#modules/catalogue';
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

export const askedFilesMax = 5;
/** At most so many files of one kind of paper. */
export const filesOfOneMax = 5;

/** Papers that an officer asks for by name. */
export const AskedFile = Type.Object({
  /** What a file is attached to: the `questionId` of attaching it. */
  id: Type.String(),
  names: Text,
  filesMax: Type.Integer(),
  accept: Type.Array(FileType),
  bytesMax: Type.Integer(),
  /** What was sent; the office reads it once the answer is given. */
  attached: Type.Array(AttachedFile),
});
export type AskedFile = Static<typeof AskedFile>;

/** What an office asked a person for, and what came of it. */
export const RequestView = Type.Object({
  id: Type.String(),
  askedAt: Type.String(),
  things: Type.Array(Named),
  ownWords: Type.Optional(Text),
  /** Form pages that are open again for as long as the request is. */
  pages: Type.Array(Type.Object({ id: Type.String(), title: Text, isSaved: Type.Boolean() })),
  files: Type.Array(AskedFile),
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
  /** Papers by the names that the person reads, in both languages; one file of any kind where nothing else is said. */
  files: Type.Optional(
    Type.Array(
      Type.Object({
        nameAr: Type.String({ maxLength: 200 }),
        nameEn: Type.String({ maxLength: 200 }),
        filesMax: Type.Optional(Type.Integer({ minimum: 1, maximum: filesOfOneMax })),
        accept: Type.Optional(Type.Array(FileType, { minItems: 1, maxItems: 3, uniqueItems: true })),
      }),
      { maxItems: askedFilesMax },
    ),
  ),
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
      'request-names-missing',
      'request-files-wrong',
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
