import { type Static, Type } from 'typebox';
import { CaseParams } from '../standing.ts';

/** What keeps an ended case beyond its time; the person reads until when, and not why. */
export const LegalHold = Type.Object({
  /** The last day, ISO 8601. */
  untilOn: Type.String(),
  reason: Type.String(),
  setBy: Type.String(),
});
export type LegalHold = Static<typeof LegalHold>;

export const HoldAsked = Type.Object({
  reason: Type.String({ maxLength: 2000 }),
  untilOn: Type.String({ maxLength: 10 }),
});
export type HoldAsked = Static<typeof HoldAsked>;

export const holdYearsMax = 10;

export const retentionEndpoints = {
  keepLonger: {
    method: 'POST',
    path: '/api/office/cases/:caseId/hold',
    summary:
      'As a supervisor, keep what a case holds beyond its time, because a law or a court wants it; again to change it',
    access: 'officer',
    params: CaseParams,
    body: HoldAsked,
    answer: LegalHold,
    refusals: [
      'case-unknown',
      'case-erased',
      'role-needed',
      'own-case',
      'hold-days-wrong',
      'hold-reason-missing',
      'text-too-long',
    ],
  },
  endHold: {
    method: 'DELETE',
    path: '/api/office/cases/:caseId/hold',
    summary:
      'As a supervisor, keep a case no longer than its time; one whose time is over is erased with the next round',
    access: 'officer',
    params: CaseParams,
    answer: Type.Object({ ended: Type.Boolean() }),
    refusals: ['case-unknown', 'role-needed', 'own-case'],
  },
} as const;
