import { Type } from 'typebox';
import { CaseParams, Uuid } from '../standing.ts';

export const comparingEndpoints = {
  listComparables: {
    method: 'GET',
    path: '/api/office/cases/:caseId/comparables',
    summary: 'Cases to hold this one against: earlier ones of the person, then what was decided last',
    access: 'officer',
    params: CaseParams,
    answer: Type.Object({
      cases: Type.Array(
        Type.Object({
          caseId: Uuid,
          reference: Type.String(),
          isOfSamePerson: Type.Boolean(),
          decidedAt: Type.Optional(Type.String()),
        }),
      ),
    }),
    refusals: ['case-unknown', 'role-needed'],
  },
} as const;
