import { wrongAnswers } from '../eligibility/answers.ts';
import type { EligibilityCase } from '../eligibility/contract.ts';
import { checkEndings } from '../eligibility/findings.ts';
import { eligibilityFile, eligibilityTables, endingsOf, judgeEligibility } from '../eligibility/rules.ts';
import { findOffering, type Service } from '../services.ts';
import type { TestDifference, TestedCase } from './contract.ts';

/** Runs the examples of the check before one applies, by the code that people's answers meet. */
export function runEligibilityTests(
  service: Service,
  cases: readonly EligibilityCase[] = service.tests?.eligibility ?? [],
): TestedCase[] {
  return cases.map((one) => ({ id: one.id, title: one.title, differences: differencesOf(service, one) }));
}

/** Where an example is decided. */
const stateOfCase = (service: Service, state?: string): string | undefined =>
  state === undefined ? service.definition.offeredBy[0]!.state : findOffering(service, state)?.state;

function differencesOf(service: Service, { answers, state, expect }: EligibilityCase): TestDifference[] {
  const { eligibility } = service;
  const wrong = eligibility ? wrongAnswers(eligibility, answers) : ['it answers a check that the service has not'];
  const where = stateOfCase(service, state);
  if (!where) wrong.push(`it is decided in ${state}, where nobody offers the service`);
  if (!eligibility || !where || wrong.length > 0)
    return wrong.map((came) => ({ what: 'eligibility', expected: '', came }));
  const got = judgeEligibility(eligibility, where, answers);
  const listed = (ids: readonly string[] = []) => [...ids].sort().join(', ');
  const rows: Array<[TestDifference['what'], string, string]> = [
    ['outcome', expect.outcome, got.outcome],
    ['reasons', listed(expect.reasons), listed(got.reasons)],
    ['couldSettle', listed(expect.couldSettle), listed(got.couldSettle)],
  ];
  return rows.flatMap(([what, expected, came]) => (expected === came ? [] : [{ what, expected, came }]));
}

/**
 * What is wrong with the check before one applies and with its examples: every way to answer is tried, the examples pass, reach every outcome that there
 * is, give every reason, and one of them leaves something unknown. Findings of the way answers end are told by `checkEndings`.
 */
export function checkEligibilityTests(service: Service): string[] {
  const { eligibility, tests } = service;
  const cases = tests?.eligibility ?? [];
  if (!eligibility) return cases.length > 0 ? [`there are examples of a check, and no ${eligibilityFile}`] : [];
  if (cases.length === 0) return ['the check before applying has no test case: nobody has seen what it tells people'];
  const findings = cases.flatMap(({ id }, at) =>
    cases.findIndex((other) => other.id === id) === at ? [] : [`two test cases are called '${id}'`],
  );
  for (const { id, differences } of runEligibilityTests(service, cases))
    for (const { what, expected, came } of differences)
      findings.push(
        what === 'eligibility'
          ? `'${id}' does not pass: ${came}`
          : `'${id}' does not pass: ${what}: expected ${expected || 'nothing'}, came ${came || 'nothing'}`,
      );
  const { questions, reasons } = eligibility;
  const state = stateOfCase(service)!;
  const outcomes = new Set(endingsOf(eligibility, state).flatMap(({ outcome }) => outcome ?? []));
  for (const outcome of outcomes)
    if (!cases.some(({ expect }) => expect.outcome === outcome))
      findings.push(`no test case of the check ends in '${outcome}'`);
  for (const reason of Object.keys(reasons))
    if (!cases.some(({ expect }) => expect.reasons.includes(reason)))
      findings.push(`no test case of the check gives the reason '${reason}'`);
  if (!cases.some(({ answers }) => Object.keys(answers).length < questions.length))
    findings.push('no test case of the check leaves an answer unknown');
  if (!tests!.cases.some(({ eligibility: before, expect }) => before && expect.outcome === 'approve'))
    findings.push('no approved test case says in eligibility what the same person would have answered before');
  return findings;
}

/** What is wrong with how answers end, by file: heavier than the other findings, for every way to answer is tried. */
export const checkEligibilityEndings = ({ eligibility, definition }: Service) =>
  (eligibility
    ? checkEndings(
        eligibility,
        definition.offeredBy.map(({ state }) => state),
      )
    : []
  ).map((problem) => ({ file: eligibilityTables, problem }));
