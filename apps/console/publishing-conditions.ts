import { type Field, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { latinDigits } from '#kernel/words';
import {
  type Comparison,
  type Condition,
  type FormDefinition,
  readAmount,
  type ServiceDefinition,
  type ServiceFiles,
  waysOf,
  writeAmount,
} from '#modules/catalogue';
import { readableIn, refuseSetting } from '#modules/publishing';
import { findEvidenceType } from '#protocol/catalogue';
import { conditionWords as words } from './pages/publishing/condition-words.ts';

type Posted = PageContext['form'];
type Choice = { value: string; label: Text };
type Compared = { question?: string; evidence?: string };

const tests = ['is', 'above', 'least', 'below', 'most', 'between', 'from', 'to', 'days', 'missing'] as const;
type Test = (typeof tests)[number];
const testChoices: Choice[] = tests.map((value) => ({ value, label: words[value] }));
const joins: Choice[] = [
  { value: 'and', label: words.and },
  { value: 'or', label: words.or },
];
/** Lines that one condition can have: what nobody would understand is no condition. */
const linesMost = 10;

/** Fields of the evidence that a service asks for, as conditions can read them. */
export function evidenceChoices(files: ServiceFiles): Choice[] {
  const { requirements } = JSON.parse(files['service.json']!) as ServiceDefinition;
  const { values } = readableIn(files);
  return requirements.flatMap(({ evidence: { type } }) => {
    const names = findEvidenceType(type)?.names;
    return values.flatMap(({ key, label }) =>
      names && key.startsWith(`evidence.${type}.`)
        ? [{ value: key, label: { ar: `${names.ar}: ${label.ar}`, en: `${names.en}: ${label.en}` } }]
        : [],
    );
  });
}

/** A condition line by line, with an empty line behind the others: lines that are joined by "or" begin another way for it to hold. */
export function conditionFields(
  form: FormDefinition,
  key: string,
  { when, earlier, evidence }: { when: Condition | undefined; earlier: readonly string[]; evidence: Choice[] },
  typed: Posted | undefined,
): Field[] {
  const held = (when ? waysOf(when) : []).flatMap((way, number) =>
    way.map((one, at) => ({ one, join: number > 0 && at === 0 ? 'or' : 'and' })),
  );
  const subjects: Choice[] = [
    ...earlier.map((id) => ({ value: `answers.${id}`, label: form.questions[id]?.label ?? { ar: id, en: id } })),
    ...evidence,
  ];
  if (subjects.length === 0 && held.length === 0) return [];
  const given = (name: string, value: string) => (typed?.[name] === undefined ? value : textOf(typed[name]));
  const count = Math.min(held.length + 1, linesMost);
  return Array.from({ length: count }, (_, at): Field[] => {
    const { one, join } = held[at] ?? {};
    const name = (part: string) => `${key}.${part}.${at + 1}`;
    const subject = one ? (one.question ? `answers.${one.question}` : `evidence.${one.evidence}`) : '';
    const isKnown = subject === '' || subjects.some(({ value }) => value === subject);
    return [
      ...(at === 0
        ? []
        : [
            {
              name: name('join'),
              kind: 'choice' as const,
              label: words.join,
              value: given(name('join'), join ?? 'and'),
              choices: joins,
            },
          ]),
      {
        name: name('when'),
        kind: 'choice',
        label: at === 0 ? words.when : words.also,
        value: given(name('when'), subject),
        choices: isKnown ? subjects : [...subjects, { value: subject, label: { ar: subject, en: subject } }],
      },
      {
        name: name('test'),
        kind: 'choice',
        label: words.test,
        value: given(name('test'), one ? testOf(one) : 'is'),
        choices: testChoices,
      },
      {
        name: name('is'),
        kind: 'textarea',
        label: words.values,
        hint: words.valuesHint,
        value: given(name('is'), one ? valuesOf(form, one).join('\n') : ''),
      },
    ];
  }).flat();
}

function testOf({ is, above, least, below, most, from, to, missing }: Comparison): Test {
  if (missing) return 'missing';
  if (is) return 'is';
  if (from !== undefined || to !== undefined)
    return from !== undefined && to !== undefined ? 'days' : from !== undefined ? 'from' : 'to';
  if (least !== undefined && most !== undefined) return 'between';
  return above !== undefined ? 'above' : least !== undefined ? 'least' : below !== undefined ? 'below' : 'most';
}

const currencyOf = (form: FormDefinition, { question }: Compared) =>
  question === undefined ? undefined : form.questions[question]?.currency;

function valuesOf(form: FormDefinition, one: Comparison): string[] {
  if (one.is) return one.is;
  const currency = currencyOf(form, one);
  const limits = [one.above, one.least, one.below, one.most].flatMap((limit) =>
    limit === undefined ? [] : [currency ? writeAmount(limit, currency) : String(limit)],
  );
  return [...limits, ...[one.from, one.to].flatMap((day) => day ?? [])];
}

/** Reads it back; undefined where no line says anything. Refuses what compares with nothing, and what is no number and no day. */
export function conditionIn(form: FormDefinition, key: string, posted: Posted): Condition | undefined {
  const ways: Comparison[][] = [];
  for (let at = 1; at <= linesMost; at += 1) {
    const given = (part: string) => textOf(posted[`${key}.${part}.${at}`]).trim();
    const subject = given('when');
    if (subject === '') continue;
    const typed = given('is')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const one = comparisonOf(form, subject, tests.find((test) => test === given('test')) ?? 'is', typed);
    const last = ways.at(-1);
    if (last && given('join') !== 'or') last.push(one);
    else ways.push([one]);
  }
  const [first, ...others] = ways.map((way) => (way.length === 1 ? way[0]! : { all: way }));
  return first && others.length > 0 ? { any: [first, ...others] } : first;
}

function comparisonOf(form: FormDefinition, subject: string, test: Test, typed: string[]): Comparison {
  const [root, ...steps] = subject.split('.');
  const of: Compared = root === 'answers' ? { question: steps.join('.') } : { evidence: steps.join('.') };
  if (test === 'missing') return { ...of, missing: true };
  if (typed.length === 0) throw refuseSetting('condition-empty');
  if (test === 'is')
    return { ...of, is: isYesNo(form, of) ? typed.map((text) => yesNoTyped.get(text) ?? text) : typed };
  if (test === 'from' || test === 'to' || test === 'days') {
    const days = typed.map(latinDigits);
    if (days.some((day) => !isDay(day)) || days.length !== (test === 'days' ? 2 : 1))
      throw refuseSetting('condition-day-wrong', { typed: typed.join(' ').slice(0, 60) });
    return { ...of, ...(test === 'to' ? { to: days[0]! } : { from: days[0]! }), ...(days[1] ? { to: days[1] } : {}) };
  }
  const currency = currencyOf(form, of);
  const numbers = typed.map((text) => {
    const latin = latinDigits(text).replace('٫', '.');
    if (currency) return readAmount(latin, currency);
    return /^-?\d{1,12}(\.\d{1,6})?$/.test(latin) ? Number(latin) : undefined;
  });
  const [first, second] = numbers;
  const isWhole = numbers.length === (test === 'between' ? 2 : 1);
  if (!isWhole || first === undefined || (test === 'between' && second === undefined))
    throw refuseSetting('condition-number-wrong', { typed: typed.join(' ').slice(0, 60) });
  return test === 'between' ? { ...of, least: first, most: second! } : { ...of, [test]: first };
}

const isYesNo = (form: FormDefinition, { question }: Compared) =>
  question !== undefined && form.questions[question]?.kind === 'yes-no';
/** An answer as it is written in Arabic, as conditions have it. */
const yesNoTyped = new Map([
  ['نعم', 'yes'],
  ['لا', 'no'],
]);

const isDay = (text: string) =>
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text) &&
  new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10) === text;
