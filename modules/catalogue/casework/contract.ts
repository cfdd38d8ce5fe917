import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { closed, Id } from '../descriptions/contract.ts';

const WorkingDays = Type.Integer({ minimum: 1, maximum: 250 });
const Worded = Type.Object({ text: Text }, closed);

/** What an officer may ask a person for after a case was sent, and how long the person has. */
export const RequestRules = Type.Object(
  {
    /** Time to answer, in working days of the deciding state: what is usual, and the most an officer may give. */
    workingDays: WorkingDays,
    workingDaysMax: WorkingDays,
    /** The person is reminded so many working days before the time ends; never when 0. */
    remindWorkingDaysBefore: Type.Integer({ minimum: 0, maximum: 60 }),
    /** Without an answer the case goes back to the officer, or it is closed as withdrawn. */
    unanswered: Type.Enum(['return', 'withdraw']),
    things: Type.Record(
      Id,
      Type.Object(
        {
          text: Text,
          /** Form pages that asking for it opens again. */
          pages: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type RequestRules = Static<typeof RequestRules>;

export const DecisionKind = Type.Enum(['approve', 'approve-with-conditions', 'refuse']);
export type DecisionKind = Static<typeof DecisionKind>;

/** Conditions of an approval, and which decisions of an officer count only when a second one has confirmed them. */
export const DecidingRules = Type.Object(
  {
    conditions: Type.Record(Id, Worded),
    secondOfficer: Type.Array(DecisionKind, { uniqueItems: true }),
  },
  closed,
);
export type DecidingRules = Static<typeof DecidingRules>;

/** Against what a person may appeal, until when, and how long another officer has to decide. */
export const AppealRules = Type.Object(
  {
    /** From the decision on, in working days of the deciding state. */
    workingDays: WorkingDays,
    decisionWorkingDays: WorkingDays,
    against: Type.Array(Type.Enum(['refusal', 'condition']), { minItems: 1, uniqueItems: true }),
    article: Text,
    /** What a person can do about the decision on an appeal. */
    afterwards: Text,
  },
  closed,
);
export type AppealRules = Static<typeof AppealRules>;

/** Why the office may correct, reopen or cancel what it decided. */
export const ChangeRules = Type.Object(
  {
    corrections: Type.Record(Id, Worded),
    /** Values of the document and the credential that a correction may set, as paths: `evidence.<type>.<field>`. */
    fields: Type.Array(Type.String({ pattern: '^evidence(\\.[A-Za-z0-9_-]+){2}$' }), { uniqueItems: true }),
    reopenings: Type.Record(Id, Worded),
    cancellations: Type.Record(Id, Worded),
  },
  closed,
);
export type ChangeRules = Static<typeof ChangeRules>;

/** Who is told before the office is late, and what silence means. */
export const DeadlineRules = Type.Object(
  {
    /** The office's supervisors are told so many working days before the due day, and once more on it. */
    escalateWorkingDaysBefore: Type.Integer({ minimum: 0, maximum: 60 }),
    /** The law decides when the due day ends without a decision; nothing happens then when this is absent. */
    silence: Type.Optional(
      Type.Object({ outcome: Type.Enum(['approve', 'refuse']), reason: Id, article: Text }, closed),
    ),
  },
  closed,
);
export type DeadlineRules = Static<typeof DeadlineRules>;

/** casework.json: what may happen to a case of the service after it was sent. A part that is absent does not happen. */
export const Casework = Type.Object(
  {
    requests: Type.Optional(RequestRules),
    decisions: Type.Optional(DecidingRules),
    appeals: Type.Optional(AppealRules),
    changes: Type.Optional(ChangeRules),
    deadline: Type.Optional(DeadlineRules),
  },
  closed,
);
export type Casework = Static<typeof Casework>;
