import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { DecisionKind } from '#modules/catalogue';
import { CaseParams } from '../standing.ts';

/** `open`: nobody has checked it, or what was marked is taken back. */
export const Mark = Type.Enum(['open', 'done', 'not-applicable']);
export type Mark = Static<typeof Mark>;

/** One point of the service's checklist, as it stands in a case. It is for the office alone. */
export const ChecklistPoint = Type.Object({
  id: Type.String(),
  text: Text,
  hint: Type.Optional(Text),
  /** Decisions that are refused while it is open. */
  before: Type.Array(DecisionKind),
  mark: Mark,
  /** Who marked it last, and when (ISO 8601). */
  by: Type.Optional(Type.String()),
  at: Type.Optional(Type.String()),
  /** Why it does not apply. */
  reason: Type.Optional(Type.String()),
  /** The step that marked it; 0 while nobody has. Whoever marks it names the one that they saw. */
  sequence: Type.Integer(),
  /** The applicant has answered a request since it was marked. */
  isBeforeAnswer: Type.Boolean(),
});
export type ChecklistPoint = Static<typeof ChecklistPoint>;

export const reasonMax = 500;
export const Marking = Type.Object({
  mark: Mark,
  /** Of a point that does not apply. It stays in the office. */
  reason: Type.Optional(Type.String({ maxLength: reasonMax })),
  /** `sequence` of the point as it was looked at. */
  seen: Type.Integer({ minimum: 0 }),
});
export type Marking = Static<typeof Marking>;

export const checklistEndpoints = {
  markPoint: {
    method: 'PUT',
    path: '/api/office/cases/:caseId/checklist/:pointId',
    summary: 'Mark a point of the checklist as done, as not applicable for a reason, or as open again',
    access: 'officer',
    params: Type.Object({ ...CaseParams.properties, pointId: Type.String({ maxLength: 64 }) }),
    body: Marking,
    answer: Type.Object({ points: Type.Array(ChecklistPoint) }),
    refusals: [
      'case-unknown',
      'own-case',
      'own-decision',
      'case-not-taken',
      'case-step-refused',
      'point-unknown',
      'point-reason-missing',
      'point-marked-meanwhile',
      'text-too-long',
      'role-needed',
    ],
  },
} as const;
