import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { CaseParams, Standing, Version } from '../standing.ts';

const Named = Type.Object({ id: Type.String(), text: Text });
export const DecisionReason = Named;
export type DecisionReason = Static<typeof DecisionReason>;

export const Decision = Type.Object({
  number: Type.String(),
  outcome: Type.Enum(['approved', 'refused']),
  /** `silence`: the due day ended without a decision, and the law decides. */
  decidedBy: Type.Enum(['rules', 'officer', 'silence']),
  decidedAt: Type.String(),
  outcomeText: Text,
  reasons: Type.Array(Named),
  /** What an approval hangs on. */
  conditions: Type.Array(Named),
  ownWords: Type.Optional(Text),
  /** The article of law under which silence decided. */
  article: Type.Optional(Text),
  /** What the person can do about a refusal. */
  ifRefused: Type.Optional(Text),
  /** Why there is this decision after an earlier one, and the number of that. */
  replaces: Type.Optional(Type.String()),
  because: Type.Optional(Type.Enum(['appeal', 'correction', 'reopening'])),
  /** It counts no more. */
  endedAs: Type.Optional(Type.Enum(['superseded', 'cancelled'])),
});
export type Decision = Static<typeof Decision>;

/** What a first officer proposed, for the second to see. The person sees nothing of it. */
export const Proposal = Type.Object({
  outcome: Type.Enum(['approve', 'refuse']),
  reasons: Type.Array(Named),
  conditions: Type.Array(Named),
  ownWords: Type.Optional(Text),
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
