import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { DecisionOutcome } from './decisions/contract.ts';
import { Validity } from './renewals/contract.ts';
import { Uuid } from './standing.ts';
import { CaseState } from './states.ts';

const Moment = Type.String();

export const CaseSummary = Type.Object({
  id: Uuid,
  reference: Type.String(),
  serviceId: Type.String(),
  serviceTitle: Text,
  officeNames: Text,
  state: CaseState,
  stateText: Text,
  /** What the decision that counts came to, once there is one. */
  decidedAs: Type.Optional(DecisionOutcome),
  updatedAt: Moment,
  submittedAt: Type.Optional(Moment),
  /** The last working day of the deciding state on which the decision is due, ISO 8601. */
  dueOn: Type.Optional(Type.String()),
  /** The office's clock stands still with so many working days left, as the person has to answer. */
  stoppedWorkingDaysLeft: Type.Optional(Type.Integer()),
  /** ISO 8601. Of a draft: the day on which it is erased unless it is changed before; `isEndingSoon` in the last two weeks. */
  keptUntil: Type.Optional(Type.String()),
  isEndingSoon: Type.Optional(Type.Boolean()),
  /** When what it held was erased, its time of keeping being over. */
  erasedAt: Type.Optional(Moment),
  /** Of an approved case that ends some day, for its person. */
  validity: Type.Optional(Validity),
});
export type CaseSummary = Static<typeof CaseSummary>;

export const Assignment = Type.Object({ officerId: Uuid, officerName: Type.String(), assignedAt: Moment });
export type Assignment = Static<typeof Assignment>;

export const Task = Type.Object({
  id: Type.String(),
  title: Text,
  status: Type.Enum(['done', 'next', 'later']),
  /** The form page that the task opens. */
  pageId: Type.Optional(Type.String()),
});
export type Task = Static<typeof Task>;

export const TimelineEntry = Type.Object({ at: Type.String(), kind: Type.String(), text: Text });
export type TimelineEntry = Static<typeof TimelineEntry>;
