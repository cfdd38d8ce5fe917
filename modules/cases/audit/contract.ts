import { Type } from 'typebox';
import { Text } from '#kernel/languages';
import { Uuid } from '../standing.ts';

export const auditEndpoints = {
  listOfficerSteps: {
    method: 'GET',
    path: '/api/office/audit',
    summary: 'What officers of my office did, the latest first, for whoever audits it',
    access: 'officer',
    query: Type.Object({
      /** `next` of the page before. */
      before: Type.Optional(Type.String({ maxLength: 120 })),
      officerId: Type.Optional(Uuid),
    }),
    answer: Type.Object({
      steps: Type.Array(
        Type.Object({
          caseId: Uuid,
          reference: Type.String(),
          at: Type.String(),
          officerId: Type.String(),
          kind: Type.String(),
          text: Text,
          /** The point of the checklist that it is about. */
          about: Type.Optional(Text),
          /** The information system by which it was done. */
          through: Type.Optional(Type.String()),
        }),
      ),
      next: Type.Optional(Type.String()),
    }),
    refusals: ['role-needed'],
  },
} as const;
