import { evaluateDecision, inputsOf } from '../decisions/rules.ts';
import {
  type Eligibility,
  type EligibilityAnswers,
  EligibilityOutcome,
  type EligibilityQuestion,
  type EligibilityVerdict,
} from './contract.ts';

/** The two files of a check; one is nothing without the other. */
export const eligibilityFile = 'eligibility.json';
export const eligibilityTables = 'eligibility.dmn';
/** The decision of eligibility.dmn that gives `outcome` and `reasons`. */
export const eligibilityDecision = 'Eligibility';
/** The input that the tables may read besides the questions: the code of the state that decides (ISO 3166-1 alpha-2). */
export const stateInput = 'state';
/** No option may be called so: it is what "I do not know" posts. */
export const unknownValue = 'unknown';
/** How many ways of answering everything a check may have. All of them are tried, so that what is unknown is never guessed. */
export const combinationsMax = 1_024;

/** What comes of one way of answering everything. Without `outcome` the table says nothing that may be relied on. */
export type Ending = {
  answers: EligibilityAnswers;
  outcome?: EligibilityOutcome;
  reasons: string[];
  /** Reasons of all rows that fired, whether they carry the outcome or not. */
  named: string[];
  problems: string[];
};

/** By service and state, what was found of each way so far: a published table never changes. */
const endings = new WeakMap<Eligibility, Map<string, Array<Ending | undefined>>>();

/** In how many ways everything can be answered. */
export const countCombinations = (questions: readonly EligibilityQuestion[]) =>
  questions.reduce((product, { options }) => product * options.length, 1);

/** What the tables make of every way of answering everything, in the order of the options; the last question turns fastest. */
export const endingsOf = (eligibility: Eligibility, state: string): Ending[] =>
  Array.from({ length: countCombinations(eligibility.questions) }, (_, way) => endingAt(eligibility, state, way));

function endingAt(eligibility: Eligibility, state: string, way: number): Ending {
  const known = endings.get(eligibility) ?? new Map<string, Array<Ending | undefined>>();
  endings.set(eligibility, known);
  const key = readsState(eligibility) ? state : '';
  const found = known.get(key) ?? [];
  known.set(key, found);
  found[way] ??= end(eligibility, answersOf(eligibility.questions, way), state);
  return found[way];
}

export const readsState = ({ decisions }: Eligibility) => inputsOf(decisions, eligibilityDecision).has(stateInput);

const answersOf = (questions: readonly EligibilityQuestion[], way: number): EligibilityAnswers =>
  Object.fromEntries(
    stridesOf(questions).map(({ id, stride, values }) => [id, values[Math.floor(way / stride) % values.length]!]),
  );

function end(eligibility: Eligibility, answers: EligibilityAnswers, state: string): Ending {
  const inputs = { ...answers, ...(readsState(eligibility) ? { [stateInput]: state } : {}) };
  const { value, fired, problems } = evaluateDecision(eligibility.decisions, eligibilityDecision, inputs);
  const { outcome, reasons } = (value ?? {}) as { outcome?: unknown; reasons?: unknown };
  const ids = (found: unknown) =>
    [...new Set([found].flat())].filter((reason): reason is string => typeof reason === 'string' && reason !== '');
  const isSound = problems.length === 0 && EligibilityOutcome.enum.includes(outcome as EligibilityOutcome);
  return {
    answers,
    ...(isSound ? { outcome: outcome as EligibilityOutcome } : {}),
    reasons: ids(reasons),
    named: ids(fired.map(({ outputs }) => outputs['reason'] ?? '')),
    problems,
  };
}

/**
 * Whether somebody may apply, by what they know. Every way of completing their answers is judged: where all end alike, that is the outcome;
 * otherwise it is `maybe`. Answers have to be of the check's questions and options. A table that says nothing about a way, or turns somebody away without
 * a reason, makes `maybe` of it: no table, however mistaken, turns anybody away by accident.
 */
export function judgeEligibility(
  eligibility: Eligibility,
  state: string,
  answers: EligibilityAnswers,
): EligibilityVerdict {
  const { questions } = eligibility;
  const ways = completionsOf(questions, answers);
  const told = new Map(ways.map((way) => [way, tell(eligibility, endingAt(eligibility, state, way))]));
  const outcomes = new Set([...told.values()].map(({ outcome }) => outcome));
  const [first, ...rest] = [...told.values()].map(({ reasons }) => reasons);
  const reasons = first!.filter((reason) => rest.every((others) => others.includes(reason)));
  if (outcomes.size === 1) return { outcome: [...outcomes][0]!, reasons, couldSettle: [] };
  const unknown = stridesOf(questions).filter(({ id }) => answers[id] === undefined);
  const couldSettle = unknown.filter(({ stride, values }) => {
    // The ways that differ in this answer alone.
    const alike = Map.groupBy(ways, (way) => way - (Math.floor(way / stride) % values.length) * stride);
    return [...alike.values()].some((group) => new Set(group.map((way) => told.get(way)!.outcome)).size > 1);
  });
  return { outcome: 'maybe', reasons, couldSettle: couldSettle.map(({ id }) => id) };
}

function tell(eligibility: Eligibility, ending: Ending): Pick<EligibilityVerdict, 'outcome' | 'reasons'> {
  const reasons = ending.reasons.filter((reason) => Object.hasOwn(eligibility.reasons, reason));
  const isReasoned = ending.outcome !== 'may-not' || reasons.length > 0;
  return isReasoned && ending.outcome ? { outcome: ending.outcome, reasons } : { outcome: 'maybe', reasons: [] };
}

/** Where each question stands in the numbers of the ways: a step of `stride` is its next option. */
function stridesOf(questions: readonly EligibilityQuestion[]) {
  let stride = countCombinations(questions);
  return questions.map(({ id, options }) => {
    stride /= options.length;
    return { id, stride, values: options.map(({ value }) => value) };
  });
}

/** The numbers of the ways that agree with what is answered. */
export function completionsOf(questions: readonly EligibilityQuestion[], answers: EligibilityAnswers): number[] {
  return stridesOf(questions).reduce<number[]>(
    (ways, { id, stride, values }) =>
      ways.flatMap((way) =>
        values.flatMap((value, at) => (answers[id] === undefined || answers[id] === value ? [way + at * stride] : [])),
      ),
    [0],
  );
}
