import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { AttachedFile } from '#modules/catalogue';
import { CaseParams, Version } from '../standing.ts';
import { CaseSummary } from '../summary.ts';

const id = Type.String({ maxLength: 64 });

export const FormError = Type.Object({
  field: Type.String(),
  control: Type.String(),
  code: Type.String(),
  message: Text,
});
const ErrorOnPage = Type.Object({ ...FormError.properties, pageId: Type.String() });

/** An application that was not sent, for whoever writes it in pages of their own. */
export const Draft = Type.Object({
  ...CaseSummary.properties,
  serviceVersion: Type.String(),
  version: Type.Integer(),
  keptUntil: Type.String(),
  isEndingSoon: Type.Boolean(),
  /** By question, as they can be sent back: amounts as they are typed, what is looked up with its code. */
  answers: Type.Record(Type.String(), Type.Unknown()),
  /** First values by question, each with where it comes from: shown to the person, and sent only as an answer. Of a look-up, a name to look for. */
  firstValues: Type.Record(Type.String(), Type.Object({ value: Type.String(), source: Text })),
  /** What is attached, by question. */
  files: Type.Record(Type.String(), Type.Array(AttachedFile)),
  /** The pages that these answers lead to, in order, with the questions that each asks. */
  pages: Type.Array(Type.Object({ id: Type.String(), title: Text, questions: Type.Array(Type.String()) })),
  /** What still keeps it from being sent: answers, and essential fields of evidence as `type.field`. */
  open: Type.Array(ErrorOnPage),
  evidenceMissing: Type.Array(Type.String()),
});
export type Draft = Static<typeof Draft>;

/** `answers`: by question, each whole; `null` takes one away. `expectedVersion`: of the draft that was read. */
export const GivenAnswers = Type.Object({
  answers: Type.Record(id, Type.Unknown(), { maxProperties: 200 }),
  expectedVersion: Version,
});
export type GivenAnswers = Static<typeof GivenAnswers>;

export const SavedDraft = Type.Object({ saved: Type.Boolean(), errors: Type.Array(ErrorOnPage), draft: Draft });
export type SavedDraft = Static<typeof SavedDraft>;

/** The same drafts as the pages write, for programs. */
export const draftEndpoints = {
  readDraft: {
    method: 'GET',
    path: '/api/cases/:caseId/draft',
    summary: 'An application of mine that is not sent: its answers, until when it is kept, and what is still open',
    access: 'person',
    scope: 'cases:read',
    params: CaseParams,
    answer: Draft,
    refusals: ['case-unknown', 'case-not-open'],
  },
  saveDraft: {
    method: 'POST',
    path: '/api/cases/:caseId/draft',
    summary: 'Save any answers of a draft, as far as they are known; with one error nothing is saved',
    access: 'person',
    scope: 'cases:write',
    params: CaseParams,
    body: GivenAnswers,
    answer: SavedDraft,
    refusals: ['case-unknown', 'case-not-open', 'case-changed-since', 'question-not-asked'],
  },
  discardDraft: {
    method: 'DELETE',
    path: '/api/cases/:caseId/draft',
    summary:
      'Discard a draft: what I wrote and what was sent for it is erased; what was sent to the office is not touched',
    access: 'person',
    scope: 'cases:write',
    params: CaseParams,
    query: Type.Object({ expectedVersion: Version }),
    answer: CaseSummary,
    refusals: ['case-unknown', 'case-not-open', 'case-changed-since'],
  },
} as const;
