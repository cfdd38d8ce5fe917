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

export const DecisionKind = Type.Enum(['approve', 'approve-with-conditions', 'approve-in-part', 'refuse']);
export type DecisionKind = Static<typeof DecisionKind>;

/** What of an application is decided one by one, so that an approval may leave some of it out. */
export const ItemRules = Type.Object(
  {
    /** A question with boxes to tick, or a group: each box ticked, each entry, is an item. */
    question: Type.String({ pattern: '^[a-z][a-zA-Z0-9_]*$', maxLength: 64 }),
    /** What is said of an approval that leaves some of them out, in short and in the document. */
    outcome: Text,
    statement: Text,
    /** More is asked for than the items, so that an approval without any of them is one. */
    mayAllBeRefused: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type ItemRules = Static<typeof ItemRules>;

/** Conditions of an approval, what is decided one by one, and which decisions of an officer count only when a second one has confirmed them. */
export const DecidingRules = Type.Object(
  {
    conditions: Type.Record(Id, Worded),
    secondOfficer: Type.Array(DecisionKind, { uniqueItems: true }),
    items: Type.Optional(ItemRules),
  },
  closed,
);
export type DecidingRules = Static<typeof DecidingRules>;

/** What an officer checks by hand, in this order, and `before` which decisions it has to be done. */
export const ChecklistRules = Type.Record(
  Id,
  Type.Object(
    { text: Text, hint: Type.Optional(Text), before: Type.Array(DecisionKind, { minItems: 1, uniqueItems: true }) },
    closed,
  ),
  { maxProperties: 20 },
);
export type ChecklistRules = Static<typeof ChecklistRules>;

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

/** Why another state may see a case: the person ticked that question of the form, or a law that both states are party to. */
const SharingGround = Type.Union([
  Type.Object({ consent: Id }, closed),
  Type.Object({ law: Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 64 }) }, closed),
]);
export type SharingGround = Static<typeof SharingGround>;

/** What the office of another state is asked about a case, how long it has, and what its silence means. */
export const PartnerTask = Type.Object(
  {
    question: Text,
    /** In working days of the state that is asked. */
    workingDays: WorkingDays,
    confirmed: Text,
    refused: Text,
    /** `go-on`: the deciding office may decide without the answer. `wait`: it approves nothing before it has one. */
    silence: Type.Enum(['go-on', 'wait']),
  },
  closed,
);
export type PartnerTask = Static<typeof PartnerTask>;

/** Who of the person's home state sees a case: the person there, and offices that take part in it. Nobody does without these rules. */
export const SharingRules = Type.Object(
  {
    /** The person follows the case in the home state's own portal. */
    home: Type.Optional(Type.Object({ ground: SharingGround }, closed)),
    /** Offices of the home state, by their part in the case. */
    partners: Type.Optional(
      Type.Record(
        Id,
        Type.Object(
          {
            names: Text,
            /** The office of the home state that holds this kind of evidence. */
            holderOf: Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 64 }),
            /** What of the person it sees, as paths: `answers.<question>` and `evidence.<type>.<field>`. */
            sees: Type.Array(Type.String({ pattern: '^(answers\\.[A-Za-z0-9_-]+|evidence(\\.[A-Za-z0-9_-]+){2})$' }), {
              maxItems: 40,
              uniqueItems: true,
            }),
            ground: SharingGround,
            task: Type.Optional(PartnerTask),
          },
          closed,
        ),
      ),
    ),
  },
  closed,
);
export type SharingRules = Static<typeof SharingRules>;

/** casework.json: what may happen to a case of the service after it was sent. A part that is absent does not happen. */
export const Casework = Type.Object(
  {
    requests: Type.Optional(RequestRules),
    decisions: Type.Optional(DecidingRules),
    checklist: Type.Optional(ChecklistRules),
    appeals: Type.Optional(AppealRules),
    changes: Type.Optional(ChangeRules),
    deadline: Type.Optional(DeadlineRules),
    sharing: Type.Optional(SharingRules),
  },
  closed,
);
export type Casework = Static<typeof Casework>;
