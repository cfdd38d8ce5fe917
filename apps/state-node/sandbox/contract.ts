import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { kernelProblem } from '#kernel/problem';

/** Something that the calendar, a rule or a fee brought about in a case: ids, and no word of anybody. */
export const Happening = Type.Object({
  /** Counts up from 1 while the node runs. */
  sequence: Type.Integer(),
  at: Type.String({ format: 'date-time' }),
  state: Type.String(),
  /** Named as the webhook is; `case-escalated` goes to supervisors of the office and to no app. */
  fact: Type.String(),
  caseId: Type.String(),
  reference: Type.String(),
  serviceId: Type.String(),
});
export type Happening = Static<typeof Happening>;

export const Journal = Type.Object({
  /** Nothing that is due is left: no job, no webhook, no request under way. */
  isSettled: Type.Boolean(),
  happened: Type.Array(Happening),
});
export type Journal = Static<typeof Journal>;

/** What the sandbox asks a node whose time it moves. No other node has it. */
export const journalContract = defineContract({
  module: 'journal',
  title: { ar: 'ما جرى في بيئة التجربة', en: 'What happened in the sandbox' },
  problems: kernelProblem,
  endpoints: {
    readJournal: {
      method: 'GET',
      path: '/operator/journal',
      summary: 'What happened to cases by itself after a number, and whether anything that is due is left',
      access: 'operator',
      query: Type.Object({ after: Type.Integer({ minimum: 0 }) }),
      answer: Journal,
      refusals: [],
    },
  },
});
