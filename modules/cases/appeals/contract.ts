import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { ItemDecisions } from '../decisions/contract.ts';
import { CaseParams, Ids, OwnWords, Standing, Version } from '../standing.ts';

/** An appeal against a decision, by whom it was taken, and what came of it. */
export const AppealView = Type.Object({
  decisionNumber: Type.String(),
  filedAt: Type.String(),
  /** Why the person appeals. */
  words: Type.String(),
  /** The last working day for the decision on it, ISO 8601. */
  dueOn: Type.String(),
  outcome: Type.Optional(Type.Enum(['upheld', 'replaced'])),
  decidedAt: Type.Optional(Type.String()),
  ownWords: Type.Optional(Text),
});
export type AppealView = Static<typeof AppealView>;

export const Appeal = Type.Object({ words: Type.String({ maxLength: 2000 }), expectedVersion: Version });
export type Appeal = Static<typeof Appeal>;

/** Upheld: the decision stays. Replaced: another one takes its place. The officer's own words tell why, in both languages. */
export const AppealDecision = Type.Object({
  outcome: Type.Enum(['uphold', 'approve', 'refuse']),
  reasonIds: Type.Optional(Ids),
  conditionIds: Type.Optional(Ids),
  /** Of an appeal against an approval in part, on what it refused. */
  items: Type.Optional(ItemDecisions),
  ...OwnWords,
  expectedVersion: Version,
});
export type AppealDecision = Static<typeof AppealDecision>;

export const appealEndpoints = {
  appeal: {
    method: 'POST',
    path: '/api/cases/:caseId/appeal',
    summary:
      'Appeal against a refusal, of all or of some, or a condition, within the time that the service gives; another officer decides',
    access: 'person',
    params: CaseParams,
    body: Appeal,
    answer: Standing,
    refusals: [
      'case-unknown',
      'case-changed-since',
      'case-step-refused',
      'appeal-not-possible',
      'appeal-too-late',
      'message-empty',
      'stronger-sign-in-needed',
      'text-too-long',
    ],
  },
  decideAppeal: {
    method: 'POST',
    path: '/api/office/cases/:caseId/appeal/decide',
    summary: 'Decide on an appeal: uphold the decision or put another in its place, with reasons in both languages',
    access: 'officer',
    params: CaseParams,
    body: AppealDecision,
    answer: Standing,
    refusals: [
      'case-unknown',
      'case-changed-since',
      'case-not-taken',
      'case-taken',
      'case-step-refused',
      'own-case',
      'own-decision',
      'points-open',
      'evidence-stands-no-more',
      'reasons-missing',
      'condition-not-offered',
      'items-not-decided',
      'item-reason-missing',
      'items-all-refused',
      'appeal-takes-nothing',
      'text-too-long',
      'role-needed',
    ],
  },
} as const;
