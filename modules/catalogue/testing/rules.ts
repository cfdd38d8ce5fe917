import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { findEvidenceType } from '#protocol/catalogue';
import type { Finding } from '../contract.ts';
import { judge } from '../decisions/judging.ts';
import { wrongAnswers } from '../eligibility/answers.ts';
import { judgeEligibility } from '../eligibility/rules.ts';
import { askedFee } from '../fees/exemptions.ts';
import type { Answer, Answers, AttachedFile, Held } from '../forms/contract.ts';
import { aloneKinds } from '../forms/findings.ts';
import { type CaseForm, type Form, formFor, keepAsked, listPages, openForm, validatePage } from '../forms/rules.ts';
import { checkLanguages } from '../rules.ts';
import type { Service } from '../services.ts';
import type { Expected, TestCase, TestDifference, TestResult } from './contract.ts';
import { checkEligibilityTests } from './eligibility.ts';

/** Runs every test case of a service by the code that people's answers meet. The form is opened for the state of each. */
export function runTests(service: Service, cases: readonly TestCase[] = service.tests?.cases ?? []): TestResult[] {
  const forms = new Map<string, Form>([[service.form.state, service.form]]);
  return cases.map((one) => {
    const form = forms.get(one.state) ?? openForm(service.form.definition, one.state);
    forms.set(one.state, form);
    const got = walk(service, formFor(form, one.evidence), one);
    const differences = [
      ...wrongEvidence(service, one).map((came) => ({ what: 'evidence' as const, expected: '', came })),
      ...turnedAway(service, one, got).map((came) => ({ what: 'eligibility' as const, expected: '', came })),
      ...differencesOf(one.expect, got),
    ];
    return { id: one.id, title: one.title, got, differences };
  });
}

/**
 * What is wrong with the tests of a service, in plain words; empty when it may be published. A service with rules has test cases, they all
 * pass, each outcome is reached, and every reason that a row names is given once at least.
 */
export function checkTests(service: Service): Finding[] {
  const say = (problem: string): Finding => ({ file: 'tests.json', problem });
  const cases = service.tests?.cases ?? [];
  if (cases.length === 0) return [say('the service has rules and no test case: nobody has seen what they do')];
  const findings = checkLanguages(service.tests).map(say);
  for (const [at, { id, state }] of cases.entries()) {
    if (cases.findIndex((other) => other.id === id) !== at) findings.push(say(`two test cases are called '${id}'`));
    if (!service.definition.offeredBy.some((offering) => offering.state === state))
      findings.push(say(`'${id}' is decided in ${state}, where nobody offers the service`));
  }
  const results = runTests(service);
  findings.push(
    ...results.flatMap(({ id, differences }) =>
      differences.map((difference) => say(`'${id}' does not pass: ${inWords(difference)}`)),
    ),
  );
  const reasons = new Set(results.flatMap(({ got }) => got.reasons ?? []));
  const outcomes = new Set(results.flatMap(({ got }) => got.outcome ?? []));
  const byRules = rowReasons(service);
  for (const reason of byRules)
    if (!reasons.has(reason)) findings.push(say(`no test case gives the reason '${reason}'`));
  for (const outcome of new Set(byRules.map((reason) => service.reasons[reason]!.outcome)))
    if (!outcomes.has(outcome)) findings.push(say(`no test case ends in '${outcome}'`));
  const exemptions = service.fee?.exemptions ?? [];
  const exempt = new Set(exemptions.length > 0 ? cases.flatMap((one) => exemptionOf(service, one) ?? []) : []);
  for (const { id } of exemptions) if (!exempt.has(id)) findings.push(say(`no test case gives the exemption '${id}'`));
  findings.push(...unansweredIn(service, cases).map((id) => say(`no test case answers '${id}'`)));
  findings.push(...checkEligibilityTests(service).map(say));
  return findings;
}

/** Whoever would be approved is never told before that they may not apply. */
function turnedAway({ eligibility }: Service, one: TestCase, got: Expected): string[] {
  const before = one.eligibility;
  if (!before) return [];
  if (!eligibility) return ['it answers a check that the service has not'];
  const wrong = wrongAnswers(eligibility, before);
  if (wrong.length > 0) return wrong;
  const { outcome } = judgeEligibility(eligibility, one.state, before);
  return outcome === 'may-not' && got.outcome === 'approve'
    ? ["the check before applying says 'may-not', and the rules approve: it turns away somebody entitled"]
    : [];
}

function exemptionOf(service: Service, { answers: typed, evidence, state, date }: TestCase): string | undefined {
  const form = formFor(service.form, evidence);
  const { saved, refused } = fillIn(form, typed);
  if (refused.length > 0) return undefined;
  const source = { evidence, answers: keepAsked(form, saved), today: dayOf(date) };
  return askedFee(service, state, source)?.exemption?.id;
}

const dayOf = (date: string) => ({ date, year: Number(date.slice(0, 4)) });

/** Questions answered in several steps that no example answers: nobody has seen what the form takes there, and what it refuses. */
function unansweredIn(service: Service, cases: readonly TestCase[]): string[] {
  const { questions } = service.form.definition;
  const ids = Object.keys(questions).filter((id) => aloneKinds.includes(questions[id]!.kind));
  if (ids.length === 0) return [];
  const all = cases.map((one) => fillIn(formFor(service.form, one.evidence), one.answers).saved);
  return ids.filter((id) => !all.some((saved) => [saved[id] ?? []].flat().length > 0));
}

/** "outcome: expected refuse, came review". */
export function inWords({ what, expected, came }: TestDifference): string {
  if (what === 'evidence' || what === 'eligibility') return came;
  return `${what === 'feeMinor' ? 'fee' : what}: expected ${expected || 'nothing'}, came ${came || 'nothing'}`;
}

/** Reasons that rows of the tables name. */
function rowReasons({ decisions, reasons }: Service): string[] {
  const named = decisions.decisions.flatMap(({ logic }) => {
    if (logic.kind !== 'table') return [];
    const column = logic.outputs.findIndex(({ name }) => name === 'reason');
    return column < 0 ? [] : logic.rules.map(({ results }) => results[column]!.trim().replace(/^"|"$/g, ''));
  });
  return [...new Set(named)].filter((reason) => reasons[reason] !== undefined);
}

function walk(service: Service, form: CaseForm, one: TestCase): Expected {
  const { saved, refused } = fillIn(form, one.answers);
  const answers = keepAsked(form, saved);
  const pages = listPages(form, saved).map(({ id }) => id);
  if (refused.length > 0) return { pages, refused };
  const today = dayOf(one.date);
  const { outcome, findings } = judge(service, { evidence: one.evidence, answers, today });
  return {
    pages,
    outcome,
    reasons: [...new Set(findings.map(({ reason }) => reason))],
    feeMinor: askedFee(service, one.state, { evidence: one.evidence, answers, today })?.amountMinor ?? 0,
  };
}

/** Page after page, as a person goes through them: what a page refuses is not kept, and the others are. */
export function fillIn(form: CaseForm, typed: Record<string, unknown>) {
  const saved: Answers = {};
  const refused: NonNullable<Expected['refused']> = [];
  const asked = new Set<string>();
  for (const page of form.definition.pages) {
    if (!listPages(form, saved).includes(page)) continue;
    for (const id of page.questions) asked.add(id);
    Object.assign(saved, attach(form, page.questions, typed));
    const { answers, errors } = validatePage(form, page.id, typed, saved, heldIn(form, typed));
    refused.push(...errors.map(({ field, code }) => ({ question: field, code })));
    Object.assign(saved, answers);
  }
  for (const id of Object.keys(typed)) if (!asked.has(id)) refused.push({ question: id, code: 'not-asked' });
  return { saved, refused };
}

/** A test case says what stands in the register: the answer of a question that is looked up is an entry with its names. */
function heldIn(form: Form, typed: Record<string, unknown>): Record<string, Held> {
  return Object.fromEntries(
    Object.entries(typed).flatMap(([id, answer]) =>
      form.definition.questions[id]?.lookUp && Value.Check(RegisterEntry, answer) ? [[id, answer]] : [],
    ),
  );
}
const RegisterEntry = Type.Object({ code: Type.String(), ar: Type.String(), en: Type.String() });

/** Files are named in a test case, and stand in the draft before their page is sent. */
function attach(form: Form, questions: readonly string[], typed: Record<string, unknown>): Answers {
  return Object.fromEntries(
    questions.flatMap((id) => {
      const { kind, files } = form.definition.questions[id] ?? {};
      if (kind !== 'file' || !files || !Array.isArray(typed[id])) return [];
      const attached = (typed[id] as unknown[]).map(
        (name): AttachedFile => ({
          id: `test-${name}`,
          name: String(name),
          mediaType: files.accept[0]!,
          size: 1,
          sha256: '0'.repeat(64),
          scan: 'clean',
        }),
      );
      return [[id, attached as unknown as Answer]];
    }),
  );
}

/** Evidence that no office would answer like this: the case would prove nothing. */
function wrongEvidence({ definition }: Service, { evidence }: TestCase): string[] {
  const wrong: string[] = [];
  for (const [type, fields] of Object.entries(evidence)) {
    const asked = definition.requirements.find((requirement) => requirement.evidence.type === type)?.evidence;
    if (!asked) {
      wrong.push(`the evidence '${type}' is not asked for`);
      continue;
    }
    for (const [name, value] of Object.entries(fields)) {
      if (!asked.fields.some((field) => field.name === name)) wrong.push(`'${type}.${name}' is not asked for`);
      const schema = findEvidenceType(type)?.fields[name]?.schema;
      if (schema && !Value.Check(schema, value)) wrong.push(`'${type}.${name}' cannot be '${String(value)}'`);
    }
  }
  return wrong;
}

function differencesOf(expected: Expected, got: Expected): TestDifference[] {
  const sayRefused = (refused: Expected['refused']) =>
    (refused ?? [])
      .map(({ question, code }) => `${question} (${code})`)
      .sort()
      .join(', ');
  const rows: Array<[TestDifference['what'], string, string]> = [
    ['pages', expected.pages.join(', '), got.pages.join(', ')],
    ['refused', sayRefused(expected.refused), sayRefused(got.refused)],
    ['outcome', expected.outcome ?? '', got.outcome ?? ''],
    ['reasons', [...(expected.reasons ?? [])].sort().join(', '), [...(got.reasons ?? [])].sort().join(', ')],
  ];
  if (expected.feeMinor !== undefined) rows.push(['feeMinor', String(expected.feeMinor), String(got.feeMinor ?? '')]);
  return rows.flatMap(([what, wanted, came]) => (wanted === came ? [] : [{ what, expected: wanted, came }]));
}
