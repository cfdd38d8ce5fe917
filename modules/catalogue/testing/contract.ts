import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { closed, Id, State } from '../descriptions/contract.ts';
import { AnsweredBefore, EligibilityCase } from '../eligibility/contract.ts';

export const TestOutcome = Type.Enum(['approve', 'review', 'refuse']);
export type TestOutcome = Static<typeof TestOutcome>;

/** What a test case expects. With `refused` answers nothing is sent, so there is no outcome; without, there has to be one. */
export const Expected = Type.Object(
  {
    /** Ids of the form pages that are shown, in their order. */
    pages: Type.Array(Type.String(), { minItems: 1 }),
    /** Answers that the form refuses, each with the code of the refusal. */
    refused: Type.Optional(
      Type.Array(Type.Object({ question: Type.String(), code: Type.String() }, closed), { minItems: 1 }),
    ),
    outcome: Type.Optional(TestOutcome),
    /** Reasons of the rows that fired, in any order, whether they carried the decision or not. */
    reasons: Type.Optional(Type.Array(Type.String())),
    /** Whole minor units of the state's currency; 0 where nothing is asked, or nothing of this person. */
    feeMinor: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
);
export type Expected = Static<typeof Expected>;

export const TestCase = Type.Object(
  {
    id: Id,
    title: Text,
    /** Which state decides: forms and fees differ by state. */
    state: State,
    /** The day of the decision there, YYYY-MM-DD. */
    date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    /** What other offices answered: by evidence type, then by field. */
    evidence: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
    /** As a person types them: text, or a list of it, by question; of files their names, of what is looked up the entry: `code`, `ar`, `en`. */
    answers: Type.Record(Type.String(), Type.Unknown()),
    /** What the same person would have answered when checking whether they may apply; nobody entitled may be turned away there. */
    eligibility: Type.Optional(AnsweredBefore),
    expect: Expected,
  },
  closed,
);
export type TestCase = Static<typeof TestCase>;

/** tests.json: what the service does with examples, as its authors mean it. */
export const ServiceTests = Type.Object(
  {
    cases: Type.Array(TestCase, { minItems: 1, maxItems: 200 }),
    /** Of the check before one applies, where the service has one. */
    eligibility: Type.Optional(Type.Array(EligibilityCase, { minItems: 1, maxItems: 200 })),
  },
  closed,
);
export type ServiceTests = Static<typeof ServiceTests>;

/** One thing that came out otherwise: what was expected and what came, as data. */
export type TestDifference = {
  what: 'pages' | 'refused' | 'outcome' | 'reasons' | 'feeMinor' | 'evidence' | 'eligibility' | 'couldSettle';
  expected: string;
  came: string;
};

/** A test case with what came otherwise; it passed without differences. */
export type TestedCase = { id: string; title: Text; differences: TestDifference[] };
/** `got`: what really came of it, in the form of an expectation. */
export type TestResult = TestedCase & { got: Expected };
