import type { DecisionModel } from '../decisions/contract.ts';
import { checkDecisions, inputsOf } from '../decisions/rules.ts';
import type { Eligibility, EligibilityDefinition, EligibilityOutcome } from './contract.ts';
import {
  combinationsMax,
  completionsOf,
  countCombinations,
  type Ending,
  eligibilityDecision,
  eligibilityFile,
  endingsOf,
  readsState,
  stateInput,
  unknownValue,
} from './rules.ts';

/** What a name in FEEL cannot be (DMN 1.3 section 10.3.1.2), as far as an id of a question could be so. */
const feelWords = new Set(
  'if then else for in return some every satisfies and or not between instance of true false null function external'.split(
    ' ',
  ),
);

/** What is wrong with the questions and the texts by themselves. */
export function checkEligibility({ questions, reasons }: EligibilityDefinition): string[] {
  const findings: string[] = [];
  for (const [at, { id, options }] of questions.entries()) {
    if (questions.findIndex((other) => other.id === id) !== at) findings.push(`the question '${id}' is asked twice`);
    if (feelWords.has(id)) findings.push(`no question can be called '${id}': that is a word of FEEL`);
    if (id === stateInput) findings.push(`no question can be called '${stateInput}': that is the state that decides`);
    const values = options.map(({ value }) => value);
    for (const value of new Set(values))
      if (values.indexOf(value) !== values.lastIndexOf(value)) findings.push(`'${id}' offers '${value}' twice`);
    if (values.includes(unknownValue))
      findings.push(`'${id}' offers '${unknownValue}', which every question offers by itself`);
  }
  const count = countCombinations(questions);
  if (count > combinationsMax)
    findings.push(
      `there are ${count} ways to answer, and at most ${combinationsMax} can be judged: ask less, or offer fewer options`,
    );
  if (Object.keys(reasons).length === 0) findings.push('no reason has a text, so nobody is told why');
  return findings;
}

/** What is wrong with the tables, without any answer: they have to fit the questions, and to be told from `rules`, those of the decision. */
export function checkEligibilityTables(eligibility: Eligibility, rules: DecisionModel): string[] {
  const { decisions, questions } = eligibility;
  const findings = checkDecisions(decisions);
  const found = decisions.decisions.find(({ name }) => name === eligibilityDecision);
  if (!found) return [...findings, `there is no decision '${eligibilityDecision}'`];
  for (const { name } of decisions.decisions)
    if (rules.decisions.some((other) => other.name === name))
      findings.push(`the decision '${name}' is in decision.dmn too: call it otherwise`);
  const taken = inputsOf(decisions, eligibilityDecision);
  for (const { id } of questions)
    if (!taken.has(id)) findings.push(`the question '${id}' is never read: its answer changes nothing`);
  const asked = [...questions.map(({ id }) => id), stateInput];
  for (const input of new Set([...decisions.inputs, ...taken]))
    if (!asked.includes(input)) findings.push(`the tables read '${input}', which nobody is asked`);
  const named = new Set([...decisions.inputs, ...decisions.decisions.map(({ name }) => name)]);
  // What nothing is called is told by `checkDecisions`.
  for (const { name, takes, needs, logic } of decisions.decisions)
    for (const read of logic.kind === 'table' ? logic.inputs.map(({ expression }) => expression.trim()) : [])
      if (named.has(read) && ![...takes, ...needs].includes(read))
        findings.push(`'${name}' reads '${read}', which is not among what it requires`);
  return findings;
}

/**
 * What comes of the answers, by trying every way to give them: each ends somewhere, every outcome and reason that a row names is reached, and
 * whoever is told no is told why, whatever they do not know. `offering`: the states that offer the service. Supposes that nothing is wrong with the parts.
 */
export function checkEndings(eligibility: Eligibility, offering: readonly string[]): string[] {
  const states = readsState(eligibility) ? offering : offering.slice(0, 1);
  const findings = states.flatMap((state) => checkEndingsIn(eligibility, state, states.length > 1));
  if (findings.length > 0) return findings;
  const all = states.flatMap((state) => endingsOf(eligibility, state));
  const reached = new Set(all.flatMap(({ outcome }) => outcome ?? []));
  for (const outcome of namedIn(eligibility, 'outcome'))
    if (!reached.has(outcome as EligibilityOutcome))
      findings.push(`no way to answer ends in '${outcome}', which a row gives`);
  if (!reached.has('may') && !reached.has('maybe')) findings.push('nobody may apply, whatever they answer');
  const named = namedIn(eligibility, 'reason');
  const given = new Set(all.flatMap((one) => [...one.named, ...one.reasons]));
  for (const reason of new Set([...named, ...given]))
    if (!eligibility.reasons[reason]) findings.push(`the reason '${reason}' has no text in ${eligibilityFile}`);
  for (const reason of named)
    if (!given.has(reason)) findings.push(`no way to answer gives the reason '${reason}', which a row names`);
  for (const id of Object.keys(eligibility.reasons))
    if (!named.has(id) && !given.has(id)) findings.push(`the reason '${id}' is given by no row`);
  const refusing = new Set(all.flatMap(({ outcome, reasons }) => (outcome === 'may-not' ? reasons : [])));
  for (const id of refusing)
    if (eligibility.reasons[id] && !eligibility.reasons[id].whatHelps)
      findings.push(`the reason '${id}' turns people away: say in whatHelps what would have to be different`);
  for (const { id } of eligibility.questions)
    if (changesNothing(eligibility, states, id))
      findings.push(`the question '${id}' changes nothing: all its answers end alike`);
  return [...new Set(findings)];
}

function checkEndingsIn(eligibility: Eligibility, state: string, isOneOfSeveral: boolean): string[] {
  const where = isOneOfSeveral ? `in ${state}, ` : '';
  const endings = endingsOf(eligibility, state);
  const say = ({ answers }: Ending) =>
    Object.entries(answers)
      .map(([id, value]) => `${id} ${value}`)
      .join(', ');
  const silent = endings.find(({ outcome }) => outcome === undefined);
  if (silent) {
    const why = silent.problems[0] ?? 'no row gives an outcome';
    const others = endings.filter(({ outcome }) => outcome === undefined).length - 1;
    return [`${where}${say(silent)}: ${why}${others > 0 ? ` (and ${others} more such ways)` : ''}`];
  }
  const bare = endings.find(({ outcome, reasons }) => outcome === 'may-not' && reasons.length === 0);
  if (bare) return [`${where}${say(bare)}: it ends in 'may-not' for no reason`];
  const untold = findUntold(eligibility, endings);
  return untold
    ? [
        `${where}with only ${untold} every answer ends in 'may-not', and never for the same reason: let each row give its reason (RULE ORDER)`,
      ]
    : [];
}

/** What somebody may know so that they are turned away in any case, and yet for no reason that holds in every case. */
function findUntold({ questions }: Eligibility, endings: readonly Ending[]): string | undefined {
  const known = questions.reduce<Array<Record<string, string>>>(
    (all, { id, options }) => all.flatMap((one) => [one, ...options.map(({ value }) => ({ ...one, [id]: value }))]),
    [{}],
  );
  const untold = known.find((answers) => {
    const ways = completionsOf(questions, answers).map((at) => endings[at]!);
    if (ways.some(({ outcome }) => outcome !== 'may-not')) return false;
    const [first, ...rest] = ways;
    return !first!.reasons.some((reason) => rest.every(({ reasons }) => reasons.includes(reason)));
  });
  return (
    untold &&
    (Object.entries(untold)
      .map(([id, value]) => `${id} ${value}`)
      .join(', ') ||
      'nothing known')
  );
}

/** Whether, whatever else is answered and wherever it is decided, all answers to a question come to the same. */
function changesNothing(eligibility: Eligibility, states: readonly string[], id: string): boolean {
  return states.every((state) => {
    const seen = new Map<string, string>();
    return endingsOf(eligibility, state).every(({ answers, outcome, reasons }) => {
      const { [id]: _, ...others } = answers;
      const key = JSON.stringify(others);
      const came = JSON.stringify([outcome, reasons]);
      const before = seen.get(key) ?? came;
      seen.set(key, before);
      return before === came;
    });
  });
}

/** What rows of the tables write into a column, as text: a reason, or an outcome. */
function namedIn({ decisions }: Eligibility, column: 'outcome' | 'reason'): Set<string> {
  const written = decisions.decisions.flatMap(({ logic }) => {
    if (logic.kind !== 'table') return [];
    const at = logic.outputs.findIndex(({ name }) => name === column);
    return at < 0 ? [] : logic.rules.map(({ results }) => results[at]!.trim());
  });
  return new Set(written.flatMap((text) => /^"(.+)"$/.exec(text)?.[1] ?? []));
}
