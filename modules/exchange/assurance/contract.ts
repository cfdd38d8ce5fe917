import { type Static, Type } from 'typebox';
import type { ProblemDefinition } from '#kernel/problem';
import { Name } from '#protocol/text';

/** What a state asks of its log behind the evidence of a class. What is left out is not asked for. */
export const AssuranceClass = Type.Object(
  {
    id: Name,
    /** Of the catalogue, each in one class at most. */
    evidenceTypes: Type.Array(Name, { minItems: 1, maxItems: 64, uniqueItems: true }),
    /**
     * Who has to have cosigned the checkpoint that a proof rests on: the other party of the exchange, and so many further states;
     * all there are when there are fewer. `witnessQuorum` any states where it is left out, or not met.
     */
    cosignedBy: Type.Optional(
      Type.Object(
        { otherParty: Type.Boolean(), others: Type.Integer({ minimum: 0, maximum: 64 }) },
        { additionalProperties: false },
      ),
    ),
    /** How long the oldest entry of the log may wait for a time-stamp, and what follows when it has waited longer. */
    stamp: Type.Optional(
      Type.Object(
        {
          withinMinutes: Type.Integer({ minimum: 1, maximum: 525_600 }),
          after: Type.Union([Type.Literal('warn'), Type.Literal('refuse')]),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type AssuranceClass = Static<typeof AssuranceClass>;

/** `assurance.json` of a state. */
export const AssuranceClasses = Type.Array(AssuranceClass, { maxItems: 64 });
export type AssuranceClasses = Static<typeof AssuranceClasses>;

export const assuranceProblems = {
  'stamp-overdue': {
    status: 503,
    origin: 'own-node',
    en: 'The log of this state has waited too long for a time-stamp, so {evidence} is neither given nor asked for. Nothing was given; try again in a few minutes.',
    ar: 'طال انتظار السجل المفتوح لهذه الدولة للختم الزمني، فلا تُعطى البيانات {evidence} ولا تُطلب. لم يُعطَ شيء؛ أعد المحاولة بعد دقائق.',
  },
} as const satisfies Record<string, ProblemDefinition>;
