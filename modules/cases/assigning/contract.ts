import { Type } from 'typebox';
import { CaseParams, Uuid } from '../standing.ts';

/** What a supervisor gives to whom; `takeOver`: also what another colleague has in hand, on purpose. */
export const Assigning = Type.Object({ officerId: Uuid, takeOver: Type.Optional(Type.Boolean()) });

export const assigningEndpoints = {
  assignCase: {
    method: 'POST',
    path: '/api/office/cases/:caseId/assign',
    summary:
      'As a supervisor, give a case to a colleague who may work on it, or take it from one for another on purpose',
    access: 'officer',
    params: CaseParams,
    body: Assigning,
    answer: Type.Object({ caseId: Uuid, officerId: Uuid }),
    refusals: ['case-unknown', 'case-taken', 'case-step-refused', 'own-case', 'role-needed', 'colleague-unsuited'],
  },
} as const;
