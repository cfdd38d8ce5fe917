import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { CaseParams, Uuid } from '../standing.ts';

/** An answer that was not taken over: no longer asked for, does not fit any more, is given anew each time, or a file to choose anew. */
export const LeftAnswer = Type.Object({
  label: Text,
  why: Type.Enum(['not-asked', 'does-not-fit', 'anew', 'file']),
});
export type LeftAnswer = Static<typeof LeftAnswer>;

/** Of a draft: the application that its answers come from, and which of them have to be given anew. */
export const BegunFrom = Type.Object({ caseId: Uuid, left: Type.Array(LeftAnswer) });
export type BegunFrom = Static<typeof BegunFrom>;

export const againEndpoints = <Answer>(answer: Answer) =>
  ({
    applyAgain: {
      method: 'POST',
      path: '/api/cases/:caseId/apply-again',
      summary:
        'Begin the application anew after a refusal, a withdrawal or the end of a draft, with what I wrote before',
      access: 'person',
      scope: 'cases:write',
      params: CaseParams,
      answer,
      status: 201,
      refusals: [
        'case-unknown',
        'case-step-refused',
        'case-erased',
        'service-unknown',
        'service-for-own-people',
        'service-for-companies',
        'application-repeated',
        'stronger-sign-in-needed',
      ],
    },
  }) as const;
