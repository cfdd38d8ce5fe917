import { Value } from 'typebox/value';
import { type Field, type PageAnswer, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { kernelProblem } from '#kernel/problem';
import { eligibilityFile, type Service, TestCase } from '#modules/catalogue';
import { type Draft, putTest, removeTest } from '#modules/publishing';
import { findEvidenceType } from '#protocol/catalogue';
import { consolePages } from './pages/index.ts';
import { words } from './pages/publishing/words.ts';
import { answerFields, parsed, readAnswers } from './publishing-answers.ts';
import type { DraftPages, Told } from './publishing-drafts.ts';
import { checkAnswerFields, readCheckAnswers } from './publishing-eligibility.ts';
import { linesOf } from './publishing-questions.ts';

const officer = 'officer' as const;
const ofTests = '/office/drafts/:draftId/tests';
const outcomes = ['approve', 'review', 'refuse'] as const;
/** Test cases of a draft: listed with what came of each, added and changed as forms. */
export function testRoutes({ draftIn, headOf, save, drawn }: DraftPages, state: PortalNeeds['state']): PageRoute[] {
  const othersOf = (draft: Draft) => draft.opened.findings.filter(({ file }) => file === 'tests.json');

  const showTest = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
    const { service } = draft.opened;
    const known = service?.tests?.cases.find(({ id }) => id === context.params['test']);
    const isNew = context.params['test'] === 'new';
    if (!service || (!known && !isNew)) throw kernelProblem('not-found');
    const result = draft.tests.find(({ id }) => id === known?.id);
    return drawn(
      consolePages.draftFields,
      {
        ...headOf(draft, told),
        heading: known?.title ?? words.addTest,
        action: `/office/drafts/${draft.draftId}/tests/${known?.id ?? 'new'}`,
        groups: fieldsOf(service, known, context.form),
        others: [],
        mayRemove: known !== undefined,
        ...(result ? { result } : {}),
      },
      context,
      told,
    );
  };

  return [
    {
      method: 'GET',
      path: ofTests,
      access: officer,
      handle: async (context) => {
        const draft = await draftIn(context);
        const view = {
          ...headOf(draft),
          tests: draft.tests,
          ...(eligibilityFile in draft.files ? { eligibilityTests: draft.eligibilityTests } : {}),
          others: othersOf(draft),
        };
        return drawn(consolePages.draftTests, view, context, {});
      },
    },
    {
      method: 'GET',
      path: `${ofTests}/:test`,
      access: officer,
      handle: async (context) => showTest(context, await draftIn(context)),
    },
    {
      method: 'POST',
      path: `${ofTests}/:test`,
      access: officer,
      handle: async (context) => {
        const { service } = (await draftIn(context)).opened;
        if (!service) throw kernelProblem('not-found');
        const id = context.params['test']!;
        const at = `/office/drafts/${context.params['draftId']}/tests`;
        if (textOf(context.form['do']) === 'remove')
          return save(
            context,
            'tests.json',
            (files) => removeTest(files, id),
            showTest,
            () => at,
          );
        const known = service.tests?.cases.find((one) => one.id === id);
        return save(
          context,
          'tests.json',
          (files) => putTest(files, readTest(service, context.form, known?.state ?? state.code), known?.id),
          showTest,
          () => `${at}/${encodeURIComponent(textOf(context.form['id']).trim())}`,
        );
      },
    },
  ];
}

function fieldsOf(service: Service, test: TestCase | undefined, form: PageContext['form']) {
  const isTyped = form['id'] !== undefined;
  const held = (name: string, value: string) => (isTyped ? textOf(form[name]) : value);
  const { definition } = service;
  const { expect } = test ?? {};
  const evidence = definition.requirements.flatMap(({ evidence: { type, fields } }): Field[] =>
    fields.flatMap(({ name }) => {
      const field = findEvidenceType(type)?.fields[name];
      if (!field) return [];
      const value = test?.evidence[type]?.[name];
      const shown = value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
      const key = `e.${type}.${name}`;
      const options = field.schema['enum'] as unknown[] | undefined;
      return [
        options
          ? {
              name: key,
              kind: 'choice',
              label: field.names,
              value: held(key, shown),
              choices: options.map((one) => ({
                value: String(one),
                label: field.values?.[String(one)] ?? { ar: String(one), en: String(one) },
              })),
            }
          : { name: key, kind: 'text', label: field.names, value: held(key, shown) },
      ];
    }),
  );
  const answers = answerFields(service, test?.answers ?? {}, isTyped ? form : undefined);
  const refused = (expect?.refused ?? []).map(({ question, code }) => `${question} ${code}`).join('\n');
  const reasons = isTyped ? [form['reasons'] ?? []].flat() : (expect?.reasons ?? []);
  return [
    {
      fields: [
        { name: 'id', kind: 'latin', label: words.name, required: true, value: held('id', test?.id ?? '') },
        { name: 'ar', kind: 'text', label: words.labelAr, required: true, value: held('ar', test?.title.ar ?? '') },
        { name: 'en', kind: 'latin', label: words.labelEn, required: true, value: held('en', test?.title.en ?? '') },
        { name: 'date', kind: 'latin', label: words.date, required: true, value: held('date', test?.date ?? '') },
      ] as Field[],
    },
    { title: words.evidence, fields: evidence },
    { title: words.answers, fields: answers },
    ...(service.eligibility
      ? [
          {
            title: words.answeredBefore,
            fields: checkAnswerFields(service, 'before', test?.eligibility ?? {}, isTyped ? form : undefined),
          },
        ]
      : []),
    {
      title: words.expected,
      fields: [
        {
          name: 'pages',
          kind: 'textarea',
          label: words.expectedPages,
          required: true,
          value: held('pages', (expect?.pages ?? service.form.definition.pages.map(({ id }) => id)).join('\n')),
        },
        {
          name: 'outcome',
          kind: 'radios',
          label: words.expectedOutcome,
          value: held('outcome', expect ? (expect.outcome ?? 'none') : ''),
          choices: [
            ...outcomes.map((value) => ({ value, label: words[value] })),
            { value: 'none', label: words.nothingSent },
          ],
        },
        {
          name: 'reasons',
          kind: 'checkboxes',
          label: words.expectedReasons,
          value: reasons,
          choices: Object.entries(service.reasons).map(([value, { text }]) => ({ value, label: text })),
        },
        {
          name: 'fee',
          kind: 'number',
          label: words.expectedFee,
          value: held('fee', expect?.feeMinor === undefined ? '' : String(expect.feeMinor)),
        },
        { name: 'refused', kind: 'textarea', label: words.expectedRefused, value: held('refused', refused) },
      ] as Field[],
    },
  ];
}

/** Reads a test case back. Throws an Error in plain words for what is none. */
function readTest(service: Service, form: PageContext['form'], state: string): TestCase {
  const text = (name: string) => textOf(form[name]).trim();
  const evidence: TestCase['evidence'] = {};
  for (const {
    evidence: { type, fields },
  } of service.definition.requirements)
    for (const { name } of fields) {
      const typed = text(`e.${type}.${name}`);
      const schema = findEvidenceType(type)?.fields[name]?.schema;
      if (typed === '' || !schema) continue;
      evidence[type] = { ...evidence[type], [name]: readValue(typed, schema) };
    }
  const answers = readAnswers(service, form);
  const before = readCheckAnswers(service, 'before', form);
  const outcome = outcomes.find((one) => one === text('outcome'));
  const refused = linesOf(text('refused')).map((line) => {
    const [question = '', code = ''] = line.split(/[\s:]+/);
    return { question, code };
  });
  const fee = text('fee');
  const test: TestCase = {
    id: text('id'),
    title: { ar: text('ar'), en: text('en') },
    state,
    date: text('date'),
    evidence,
    answers,
    ...(Object.keys(before).length > 0 ? { eligibility: before } : {}),
    expect: {
      pages: linesOf(text('pages')),
      ...(refused.length > 0 ? { refused } : {}),
      ...(outcome ? { outcome, reasons: [form['reasons'] ?? []].flat() } : {}),
      ...(fee === '' ? {} : { feeMinor: Number(fee) }),
    },
  };
  const [wrong] = Value.Errors(TestCase, test);
  if (wrong || test.id === 'new')
    throw new Error(`${wrong?.instancePath.slice(1) || 'id'}: ${wrong?.message ?? "'new' is taken"}`);
  return test;
}

function readValue(typed: string, schema: Record<string, unknown>): unknown {
  if (schema['type'] === 'object') return parsed(typed);
  const number = Number(typed);
  return (schema['type'] === 'integer' || schema['type'] === 'number') && !Number.isNaN(number) ? number : typed;
}
