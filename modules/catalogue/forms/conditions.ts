import { findEvidenceType } from '#protocol/catalogue';
import type { Answers, Comparison, Condition, FormDefinition, Question } from './contract.ts';

/** Evidence of a case: by type, then by field. */
export type EvidenceValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The ways in which a condition holds: of one of them everything has to. */
export function waysOf(condition: Condition): Comparison[][] {
  if ('any' in condition) return condition.any.flatMap((way) => waysOf(way));
  return 'all' in condition ? [condition.all] : [[condition]];
}

/** The questions on whose answers it hangs. */
export const questionsIn = (condition: Condition | undefined): string[] =>
  condition ? waysOf(condition).flatMap((way) => way.flatMap(({ question }) => question ?? [])) : [];

/** The fields of evidence that it reads, as paths. */
export const evidenceIn = (condition: Condition | undefined): string[] =>
  condition
    ? waysOf(condition).flatMap((way) => way.flatMap(({ evidence }) => (evidence ? [`evidence.${evidence}`] : [])))
    : [];

/** Whether it holds for these answers and this evidence. What is not there fulfils nothing. */
export function holds(
  condition: Condition,
  { answers, evidence }: { answers: Answers; evidence: EvidenceValues },
): boolean {
  const readOf = (one: Comparison): unknown => {
    if (one.question !== undefined) return answers[one.question];
    const [type = '', field = ''] = (one.evidence ?? '').split('.');
    return Object.hasOwn(evidence, type) ? evidence[type]![field] : undefined;
  };
  return waysOf(condition).some((way) => way.every((one) => passes(one, readOf(one))));
}

function passes({ is, above, least, below, most, from, to, missing }: Comparison, value: unknown): boolean {
  if (missing || value === undefined || value === null) return missing === true && (value ?? null) === null;
  if (is) return [value].flat().some((one) => is.includes(one === true ? 'yes' : one === false ? 'no' : String(one)));
  if (from !== undefined || to !== undefined) {
    const day = String(value).slice(0, 10);
    return (from === undefined || day >= from) && (to === undefined || day <= to);
  }
  if (typeof value !== 'number') return false;
  return (
    (above === undefined || value > above) &&
    (least === undefined || value >= least) &&
    (below === undefined || value < below) &&
    (most === undefined || value <= most)
  );
}

/** What a comparison can be made with: values to choose from, numbers, days, or any text. */
type Range = {
  kind: 'values' | 'number' | 'day' | 'text';
  isList?: true;
  isWhole?: boolean;
  values?: string[];
} & Bounds;
type Bounds = { low: number; lowOpen: boolean; high: number; highOpen: boolean };
const unbounded: Bounds = { low: -Infinity, lowOpen: false, high: Infinity, highOpen: false };
const numbers: ReadonlyArray<Question['kind']> = ['number', 'percent', 'money', 'year'];
const days: ReadonlyArray<Question['kind']> = ['date', 'hijri-date'];

export function rangeOf(definition: FormDefinition, one: Comparison): Range | undefined {
  if (one.question !== undefined) {
    const question = definition.questions[one.question];
    if (!question) return undefined;
    const { kind, options } = question;
    const schema = definition.schema.properties[one.question] ?? {};
    if (kind === 'yes-no' || kind === 'checkbox') return { ...unbounded, kind: 'values', values: ['yes', 'no'] };
    if (options)
      return {
        ...{ ...unbounded, kind: 'values', values: options.map(({ value }) => value) },
        ...(kind === 'checkboxes' ? { isList: true as const } : {}),
      };
    if (numbers.includes(kind)) return { ...boundsOf(schema), kind: 'number', isWhole: schema['type'] === 'integer' };
    return { ...unbounded, kind: days.includes(kind) ? 'day' : 'text' };
  }
  const [type = '', field = ''] = (one.evidence ?? '').split('.');
  const schema = findEvidenceType(type)?.fields[field]?.schema;
  if (!schema) return undefined;
  if (Array.isArray(schema['enum'])) return { ...unbounded, kind: 'values', values: schema['enum'].map(String) };
  const { type: json } = schema;
  if (json === 'boolean') return { ...unbounded, kind: 'values', values: ['yes', 'no'] };
  if (json === 'integer' || json === 'number')
    return { ...boundsOf(schema), kind: 'number', isWhole: json === 'integer' };
  return { ...unbounded, kind: schema['format'] === 'date' ? 'day' : 'text' };
}

function boundsOf(schema: Record<string, unknown>): Bounds {
  const given = (name: string) => (typeof schema[name] === 'number' ? (schema[name] as number) : undefined);
  const bounds = { ...unbounded, low: given('minimum') ?? -Infinity, high: given('maximum') ?? Infinity };
  return narrowed(bounds, { above: given('exclusiveMinimum'), below: given('exclusiveMaximum') });
}

type Limits = { [Name in 'above' | 'least' | 'below' | 'most']?: number | undefined };
function narrowed(bounds: Bounds, { above, least, below, most }: Limits): Bounds {
  let { low, lowOpen, high, highOpen } = bounds;
  for (const [value, isOpen] of [
    [above, true],
    [least, false],
  ] as const)
    if (value !== undefined && (value > low || (value === low && isOpen))) [low, lowOpen] = [value, isOpen];
  for (const [value, isOpen] of [
    [below, true],
    [most, false],
  ] as const)
    if (value !== undefined && (value < high || (value === high && isOpen))) [high, highOpen] = [value, isOpen];
  return { low, lowOpen, high, highOpen };
}

function isEmpty({ low, lowOpen, high, highOpen }: Bounds, isWhole: boolean): boolean {
  if (!isWhole) return low > high || (low === high && (lowOpen || highOpen));
  const first = Number.isInteger(low) ? low + (lowOpen ? 1 : 0) : Math.ceil(low);
  const last = Number.isInteger(high) ? high - (highOpen ? 1 : 0) : Math.floor(high);
  return first > last;
}

const subjectOf = ({ question, evidence }: Comparison) => question ?? evidence ?? '';

/** Whether everything of a way can be so at once, as far as that is seen from values, numbers and days. */
function canHold(definition: FormDefinition, way: readonly Comparison[]): boolean {
  return [...Map.groupBy(way, subjectOf).values()].every((ones) => {
    if (ones.some(({ missing }) => missing)) return ones.every(({ missing }) => missing);
    const range = rangeOf(definition, ones[0]!);
    if (!range || range.kind === 'text') return textsLeft(ones) !== 0;
    if (range.isList) return ones.every(({ is }) => is?.some((value) => range.values!.includes(value)));
    if (range.kind === 'day') {
      const first = ones
        .map(({ from = '' }) => from)
        .sort()
        .at(-1)!;
      const last = ones.map(({ to = '9999-12-31' }) => to).sort()[0]!;
      return first <= last;
    }
    const bounds = ones.reduce<Bounds>((held, one) => narrowed(held, one), range);
    if (range.kind === 'number' && isEmpty(bounds, range.isWhole ?? false)) return false;
    const chosen = ones.flatMap(({ is }) => (is ? [is] : []));
    if (chosen.length === 0) return true;
    return chosen[0]!.some(
      (value) =>
        chosen.every((values) => values.includes(value)) &&
        (range.values?.includes(value) ??
          !isEmpty(narrowed(bounds, { least: Number(value), most: Number(value) }), false)),
    );
  });
}

function textsLeft(ones: readonly Comparison[]): number {
  const [first = [], ...others] = ones.flatMap(({ is }) => (is ? [is] : []));
  return first.filter((value) => others.every((values) => values.includes(value))).length;
}

/** More ways than this are not all looked at. */
const waysMost = 256;

/** A way with all that has to be so for its questions to be asked at all. */
function wholeWays(definition: FormDefinition, way: readonly Comparison[], seen: readonly string[]): Comparison[][] {
  let ways: Comparison[][] = [[...way]];
  for (const id of new Set(way.flatMap(({ question }) => question ?? []))) {
    const { when } = definition.questions[id] ?? {};
    if (!when || seen.includes(id)) continue;
    const before = waysOf(when).flatMap((one) => wholeWays(definition, one, [...seen, id]));
    ways = ways.flatMap((one) => before.map((other) => [...one, ...other])).slice(0, waysMost);
  }
  return ways;
}

/** What an author got wrong in the condition of a question, in plain words. `isBefore`: whether a question is asked on an earlier page. */
export function checkCondition(
  definition: FormDefinition,
  id: string,
  condition: Condition,
  isBefore: (question: string) => boolean,
): string[] {
  const findings: string[] = [];
  const ways = waysOf(condition);
  for (const one of ways.flat()) findings.push(...checkComparison(definition, id, one, isBefore));
  if (findings.length > 0) return [...new Set(findings)];
  const never = ways.filter((way) => !wholeWays(definition, way, [id]).some((whole) => canHold(definition, whole)));
  if (never.length === ways.length) return [`'${id}' is never asked: its condition can never hold`];
  return never.map((way) => `'${id}': a part of its condition can never hold (${way.map(subjectOf).join(', ')})`);
}

function checkComparison(
  definition: FormDefinition,
  id: string,
  one: Comparison,
  isBefore: (question: string) => boolean,
): string[] {
  const { question, evidence, is, from, to } = one;
  if ((question === undefined) === (evidence === undefined))
    return [`the condition of '${id}' needs a question or a field of evidence in each comparison, and not both`];
  const name = subjectOf(one);
  const kinds = [
    is !== undefined,
    [one.above, one.least, one.below, one.most].some((limit) => limit !== undefined),
    from !== undefined || to !== undefined,
    one.missing,
  ].filter(Boolean).length;
  if (kinds !== 1)
    return [
      `the condition of '${id}' compares '${name}' with values, with numbers, with days or with nothing: with one of them`,
    ];
  if (one.missing && question !== undefined) return [`'${id}' hangs on '${name}' missing, which only evidence can be`];
  if (question !== undefined && !definition.questions[question])
    return [`'${id}' depends on '${question}', which is no question of the form`];
  if (question !== undefined && !isBefore(question))
    return [`'${id}' depends on '${question}', which must be asked on an earlier page`];
  if (question !== undefined && ['file', 'group', 'look-up', 'address'].includes(definition.questions[question]!.kind))
    return [`'${id}' depends on '${question}', which has no one answer to depend on`];
  const range = rangeOf(definition, one);
  if (!range) return [`'${id}' depends on '${name}', which no evidence has`];
  if (one.missing) return [];
  const strange = is?.find((value) => range.values && !range.values.includes(value));
  if (strange !== undefined) return [`'${id}' depends on '${strange}', which is no answer to '${name}'`];
  if (!is && from === undefined && to === undefined && range.kind !== 'number')
    return [`'${id}' compares '${name}' with numbers, and it is none`];
  if ((from !== undefined || to !== undefined) && range.kind !== 'day')
    return [`'${id}' compares '${name}' with days, and it is none`];
  return [];
}
