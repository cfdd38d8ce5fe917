import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import type { DecisionModel } from '../decisions/contract.ts';
import { closed, Id, State } from '../descriptions/contract.ts';

/** `maybe`: an officer looks at such applications, or it depends on what is not known. None of them is a decision. */
export const EligibilityOutcome = Type.Enum(['may', 'maybe', 'may-not']);
export type EligibilityOutcome = Static<typeof EligibilityOutcome>;

/** A name of FEEL too, for the table reads the answer by it. */
const QuestionId = Type.String({ pattern: '^[a-z][A-Za-z0-9]*$', maxLength: 40 });

export const EligibilityQuestion = Type.Object(
  {
    id: QuestionId,
    label: Text,
    hint: Type.Optional(Text),
    /** Besides "I do not know", which every question offers by itself. */
    options: Type.Array(Type.Object({ value: Id, label: Text }, closed), { minItems: 2, maxItems: 6 }),
  },
  closed,
);
export type EligibilityQuestion = Static<typeof EligibilityQuestion>;

export const EligibilityReason = Type.Object(
  {
    text: Text,
    /** What would have to be different, or what one can do to find out. */
    whatHelps: Type.Optional(Text),
  },
  closed,
);
export type EligibilityReason = Static<typeof EligibilityReason>;

/** eligibility.json, which a service may leave out: what people are asked before they apply, and what they are told. */
export const EligibilityDefinition = Type.Object(
  {
    questions: Type.Array(EligibilityQuestion, { minItems: 1, maxItems: 6 }),
    reasons: Type.Record(Id, EligibilityReason),
  },
  closed,
);
export type EligibilityDefinition = Static<typeof EligibilityDefinition>;

/** The check of a service before one applies: its questions, and the tables of eligibility.dmn. */
export type Eligibility = EligibilityDefinition & { decisions: DecisionModel };

/** What somebody answered, by question: the value of an option. A question that is absent is not known. */
export type EligibilityAnswers = Readonly<Record<string, string>>;

export type EligibilityVerdict = {
  outcome: EligibilityOutcome;
  /** Ids of the reasons that hold whatever the unknown answers are. */
  reasons: string[];
  /** Ids of unanswered questions whose answer could still change the outcome; empty where nothing unknown matters. */
  couldSettle: string[];
};

/** What a service asks whoever wants to know whether they may apply. */
export const EligibilityCheck = Type.Object({
  serviceId: Type.String(),
  version: Type.String(),
  questions: Type.Array(EligibilityQuestion),
});
export type EligibilityCheck = Static<typeof EligibilityCheck>;

/** What is told for answers. No decision: only the office decides. */
export const EligibilityAnswer = Type.Object({
  serviceId: Type.String(),
  version: Type.String(),
  outcome: EligibilityOutcome,
  /** Those that hold whatever the unknown answers are. */
  reasons: Type.Array(Type.Object({ id: Type.String(), ...EligibilityReason.properties })),
  /** Questions left unknown whose answer could still change the outcome. */
  couldSettle: Type.Array(Type.String()),
});
export type EligibilityAnswer = Static<typeof EligibilityAnswer>;

const EligibilityAnswersShape = Type.Record(QuestionId, Id);

/** An example of tests.json: what somebody knows before applying, and what they have to be told. */
export const EligibilityCase = Type.Object(
  {
    id: Id,
    title: Text,
    /** Which state decides; the first that offers the service without it. */
    state: Type.Optional(State),
    answers: EligibilityAnswersShape,
    expect: Type.Object(
      {
        outcome: EligibilityOutcome,
        /** In any order. */
        reasons: Type.Array(Type.String()),
        couldSettle: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
      },
      closed,
    ),
  },
  closed,
);
export type EligibilityCase = Static<typeof EligibilityCase>;
/** Of an application: what the same person would have answered before. */
export const AnsweredBefore = EligibilityAnswersShape;
