import { Type } from 'typebox';
import { LookUpFound, searchLengthMax } from '#modules/exchange';
import { Uuid } from '#protocol/text';

/** What is looked for stands in the body: which school a child goes to belongs into no address and no log of one. */
export const lookUpEndpoints = {
  searchLookUp: {
    method: 'POST',
    path: '/api/cases/:caseId/questions/:questionId/look-up',
    summary: 'Look for the answer to a question in a public register of this state; a short register is given whole',
    access: 'person',
    scope: 'cases:write',
    params: Type.Object({ caseId: Uuid, questionId: Type.String({ maxLength: 64 }) }),
    body: Type.Object({
      words: Type.String({ maxLength: searchLengthMax }),
      page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      language: Type.Optional(Type.Enum(['ar', 'en'])),
    }),
    answer: LookUpFound,
    refusals: ['case-unknown', 'case-not-open', 'question-unknown', 'look-up-unavailable'],
  },
} as const;
