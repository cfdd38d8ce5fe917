import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { CaseParams, OwnWords, Standing, Version } from '../standing.ts';

const Named = Type.Object({ id: Type.String(), text: Text });

/** Why the office corrected, reopened or cancelled what it had decided, as the person reads it. */
export const ChangeView = Type.Object({
  kind: Type.Enum(['corrected', 'reopened', 'cancelled']),
  at: Type.String(),
  reason: Text,
  ownWords: Type.Optional(Text),
});
export type ChangeView = Static<typeof ChangeView>;

/** What an officer may change here; `fields` with the values that the document shows now. */
export const ChangeChoices = Type.Object({
  corrections: Type.Array(Named),
  fields: Type.Array(Type.Object({ path: Type.String(), label: Text, value: Type.String() })),
  reopenings: Type.Array(Named),
  cancellations: Type.Array(Named),
});
export type ChangeChoices = Static<typeof ChangeChoices>;

const reasoned = { reasonId: Type.String({ maxLength: 64 }), ...OwnWords, expectedVersion: Version };

export const Reasoned = Type.Object(reasoned);
export type Reasoned = Static<typeof Reasoned>;

/** `fields`: the right values, by path. Only paths that the service lists. */
export const Correction = Type.Object({
  ...reasoned,
  fields: Type.Record(Type.String({ maxLength: 120 }), Type.String({ minLength: 1, maxLength: 200 })),
});
export type Correction = Static<typeof Correction>;

const refusals = [
  'case-unknown',
  'case-changed-since',
  'case-step-refused',
  'own-case',
  'change-not-offered',
  'reasons-missing',
  'text-too-long',
  'role-needed',
] as const;

export const changeEndpoints = {
  correctDecision: {
    method: 'POST',
    path: '/api/office/cases/:caseId/correct',
    summary: 'Correct what a document says wrongly: a new one is issued, and the old one says that it is superseded',
    access: 'officer',
    params: CaseParams,
    body: Correction,
    answer: Standing,
    refusals: [...refusals, 'correction-empty'],
  },
  reopenCase: {
    method: 'POST',
    path: '/api/office/cases/:caseId/reopen',
    summary: 'Look at a decided case again; the decision stands until another takes its place',
    access: 'officer',
    params: CaseParams,
    body: Reasoned,
    answer: Standing,
    refusals,
  },
  cancelDecision: {
    method: 'POST',
    path: '/api/office/cases/:caseId/cancel',
    summary: 'Take back an approval for good: its documents count no more, and the person is told why',
    access: 'officer',
    params: CaseParams,
    body: Reasoned,
    answer: Standing,
    refusals,
  },
} as const;
