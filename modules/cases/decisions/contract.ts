import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { CaseParams, Ids, OwnWords, Standing, Version } from '../standing.ts';

const Named = Type.Object({ id: Type.String(), text: Text });
export const DecisionReason = Named;
export type DecisionReason = Static<typeof DecisionReason>;

/** One thing of several that were asked for, and what became of it. */
export const DecidedItem = Type.Object({
  /** The value of the box, or the number of the entry. */
  id: Type.String(),
  label: Text,
  outcome: Type.Enum(['approved', 'refused']),
  /** Why it was refused. */
  reasons: Type.Array(Named),
  ownWords: Type.Optional(Text),
});
export type DecidedItem = Static<typeof DecidedItem>;

export const DecisionOutcome = Type.Enum(['approved', 'approved-in-part', 'refused']);
export type DecisionOutcome = Static<typeof DecisionOutcome>;

/** What an officer decides on one item; a refusal takes a reason, from the list or in both languages. */
export const ItemDecision = Type.Object({
  id: Type.String({ maxLength: 64 }),
  outcome: Type.Enum(['approve', 'refuse']),
  reasonIds: Type.Optional(Ids),
  ...OwnWords,
});
export type ItemDecision = Static<typeof ItemDecision>;
/** Of an approval, each item once, or none where all of them are granted. */
export const ItemDecisions = Type.Array(ItemDecision, { maxItems: 100 });

export const Decision = Type.Object(
  {
    number: Type.String(),
    /** `approved-in-part`: some of `items` was refused. */
    outcome: DecisionOutcome,
    /** `silence`: the due day ended without a decision, and the law decides. */
    decidedBy: Type.Enum(['rules', 'officer', 'silence']),
    decidedAt: Type.String(),
    outcomeText: Text,
    reasons: Type.Array(Named),
    /** What an approval hangs on. */
    conditions: Type.Array(Named),
    ownWords: Type.Optional(Text),
    /** Of an approval of a service that decides several things one by one. */
    items: Type.Optional(Type.Array(DecidedItem)),
    /** The article of law under which silence decided. */
    article: Type.Optional(Text),
    /** What the person can do about a refusal. */
    ifRefused: Type.Optional(Text),
    /** Why there is this decision after an earlier one, and the number of that. */
    replaces: Type.Optional(Type.String()),
    because: Type.Optional(Type.Enum(['appeal', 'correction', 'reopening'])),
    /** It counts no more. */
    endedAs: Type.Optional(Type.Enum(['superseded', 'cancelled'])),
  },
  { title: 'Decision' },
);
export type Decision = Static<typeof Decision>;

export const OfficerDecision = Type.Object({
  outcome: Type.Enum(['approve', 'refuse']),
  reasonIds: Ids,
  /** Of an approval, of the conditions that the service lists. */
  conditionIds: Type.Optional(Ids),
  items: Type.Optional(ItemDecisions),
  ...OwnWords,
  expectedVersion: Version,
});
export type OfficerDecision = Static<typeof OfficerDecision>;

/** What a first officer proposed, for the second to see. The person sees nothing of it. */
export const Proposal = Type.Object({
  outcome: Type.Enum(['approve', 'refuse']),
  reasons: Type.Array(Named),
  conditions: Type.Array(Named),
  ownWords: Type.Optional(Text),
  items: Type.Optional(Type.Array(DecidedItem)),
  proposedAt: Type.String(),
  proposedBy: Type.String(),
});
export type Proposal = Static<typeof Proposal>;

export const Confirmation = Type.Object({
  confirms: Type.Boolean(),
  /** For the first officer: why it is sent back. It stays in the office. */
  note: Type.Optional(Type.String({ maxLength: 2000 })),
  expectedVersion: Version,
});
export type Confirmation = Static<typeof Confirmation>;

export const decisionEndpoints = {
  confirmDecision: {
    method: 'POST',
    path: '/api/office/cases/:caseId/confirm',
    summary: 'Confirm what a colleague proposed, so that it counts, or send it back with a note',
    access: 'officer',
    params: CaseParams,
    body: Confirmation,
    answer: Standing,
    refusals: [
      'case-unknown',
      'case-changed-since',
      'case-step-refused',
      'own-case',
      'own-decision',
      'points-open',
      'evidence-stands-no-more',
      'note-missing',
      'text-too-long',
      'role-needed',
    ],
  },
} as const;
