import { type Static, Type } from 'typebox';
import type { Endpoint } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { Uuid } from '#protocol/text';

/** The checks that a question passes, in their order. */
export const checks = ['shape', 'signature', 'law', 'trust-mark', 'access-rule', 'consent', 'record'] as const;
export type Check = (typeof checks)[number];

export const ExplanationStep = Type.Object({
  check: Type.Unsafe<Check>(Type.String({ enum: [...checks] })),
  /** `skipped`: it has no part in this question, or what is known here does not tell. `not-reached`: an earlier one refused. */
  outcome: Type.Union([
    Type.Literal('passed'),
    Type.Literal('failed'),
    Type.Literal('skipped'),
    Type.Literal('not-reached'),
  ]),
  words: Text,
});
export type ExplanationStep = Static<typeof ExplanationStep>;

/** Which check decided a question, and what would change it. It names no person. */
export const Explanation = Type.Object({
  isAllowed: Type.Boolean(),
  steps: Type.Array(ExplanationStep),
  changes: Type.Array(Text),
});
export type Explanation = Static<typeof Explanation>;

/** One question to an office of this node, as its auditors see it: not whom it is about. */
export const AuditedQuestion = Type.Object({
  questionId: Uuid,
  at: Type.String({ format: 'date-time' }),
  /** Entity id, as claimed where the question was refused before it was known. */
  requester: Type.String(),
  requesterNames: Type.Optional(Text),
  evidence: Text,
  purpose: Text,
  ground: Text,
  outcome: Type.Union([Type.Literal('given'), Type.Literal('refused')]),
  /** Hidden from the person until then. */
  hiddenUntil: Type.Optional(Type.String({ format: 'date-time' })),
  isSealed: Type.Boolean(),
  leafHash: Type.Optional(Type.String()),
});
export type AuditedQuestion = Static<typeof AuditedQuestion>;

export const ExplainedQuestion = Type.Intersect([AuditedQuestion, Type.Object({ explanation: Explanation })]);
export type ExplainedQuestion = Static<typeof ExplainedQuestion>;

export const explanationEndpoints = {
  explainQuestion: {
    method: 'GET',
    path: '/operator/questions/:questionId',
    summary: 'Which check gave or refused a question to an office of this node, by which version of the rules',
    access: 'operator',
    params: Type.Object({ questionId: Uuid }),
    answer: ExplainedQuestion,
    refusals: ['exchange-unknown'],
  },
} satisfies Record<string, Endpoint>;
