import { Value } from 'typebox/value';
import { type Field, type PageAnswer, type PageContext, type PageRoute, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { kernelProblem } from '#kernel/problem';
import { EligibilityCase, eligibilityFile, type Service, type ServiceFiles, unknownValue } from '#modules/catalogue';
import {
  type Draft,
  type EligibilityShape,
  eligibilityShapeOf,
  putEligibility,
  putEligibilityTest,
  removeEligibilityTest,
} from '#modules/publishing';
import { consolePages } from './pages/index.ts';
import { words } from './pages/publishing/words.ts';
import type { DraftPages, Told } from './publishing-drafts.ts';
import { linesOf } from './publishing-questions.ts';

const officer = 'officer' as const;
const ofDraft = '/office/drafts/:draftId';
const outcomes = ['may', 'maybe', 'may-not'] as const;
const outcomeWords: Record<(typeof outcomes)[number], Text> = {
  may: words.may,
  maybe: words.maybe,
  'may-not': words.mayNot,
};
type Form = PageContext['form'];
type Group = { title?: Text; fields: Field[] };

/** The check before applying in a draft: what it asks and says, and its examples. Its words and tables have the pages of all texts and tables. */
export function eligibilityEditRoutes({ draftIn, headOf, seenFiles, save, drawn }: DraftPages): PageRoute[] {
  const showShape = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
    if (!(eligibilityFile in draft.files)) throw kernelProblem('not-found');
    return drawn(
      consolePages.draftFields,
      {
        ...headOf(draft, told),
        heading: words.eligibility,
        action: `/office/drafts/${draft.draftId}/eligibility`,
        groups: shapeGroups(draft.files, context.form),
        others: draft.opened.findings.filter(({ file }) => file.startsWith('eligibility.')),
      },
      context,
      told,
    );
  };

  const showTest = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
    const { service } = draft.opened;
    const id = context.params['test'];
    const known = service?.tests?.eligibility?.find((one) => one.id === id);
    if (!service?.eligibility || (!known && id !== 'new')) throw kernelProblem('not-found');
    const result = draft.eligibilityTests.find((one) => one.id === known?.id);
    return drawn(
      consolePages.draftFields,
      {
        ...headOf(draft, told),
        heading: known?.title ?? words.addEligibilityTest,
        action: `/office/drafts/${draft.draftId}/eligibility-tests/${known?.id ?? 'new'}`,
        groups: testGroups(service, known, context.form),
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
      path: `${ofDraft}/eligibility`,
      access: officer,
      handle: async (context) => showShape(context, await draftIn(context)),
    },
    {
      method: 'POST',
      path: `${ofDraft}/eligibility`,
      access: officer,
      handle: async (context) => {
        const seen = eligibilityShapeOf(await seenFiles(context, await draftIn(context)));
        if (!seen) throw kernelProblem('not-found');
        return save(
          context,
          eligibilityFile,
          (files) => putEligibility(files, readShape(seen, context.form)),
          showShape,
        );
      },
    },
    {
      method: 'GET',
      path: `${ofDraft}/eligibility-tests/:test`,
      access: officer,
      handle: async (context) => showTest(context, await draftIn(context)),
    },
    {
      method: 'POST',
      path: `${ofDraft}/eligibility-tests/:test`,
      access: officer,
      handle: async (context) => {
        const { service } = (await draftIn(context)).opened;
        if (!service?.eligibility) throw kernelProblem('not-found');
        const id = context.params['test']!;
        const at = `/office/drafts/${context.params['draftId']}`;
        if (textOf(context.form['do']) === 'remove')
          return save(
            context,
            'tests.json',
            (files) => removeEligibilityTest(files, id),
            showTest,
            () => `${at}/tests`,
          );
        const known = service.tests?.eligibility?.find((one) => one.id === id);
        return save(
          context,
          'tests.json',
          (files) => putEligibilityTest(files, readTest(service, context.form, known), known?.id),
          showTest,
          () => `${at}/eligibility-tests/${encodeURIComponent(textOf(context.form['id']).trim())}`,
        );
      },
    },
  ];
}

/** What the check asks and says, as fields; `q.<question>`, `hint.<question>`, `gone.<question>`, `helps.<reason>` and `gone-reason.<reason>`. */
export function shapeGroups(files: ServiceFiles, form: Form): Group[] {
  const { questions, reasons } = eligibilityShapeOf(files)!;
  const definition = JSON.parse(files[eligibilityFile]!);
  const isTyped = form['revision'] !== undefined;
  const held = (name: string, value: string) => (isTyped ? textOf(form[name]) : value);
  const tick = (name: string, label: Text, isOn: boolean): Field => ({
    name,
    kind: 'checkbox',
    label,
    ...(held(name, isOn ? 'yes' : '') === 'yes' ? { value: 'yes' } : {}),
  });
  const text = (name: string, kind: 'text' | 'latin' | 'textarea', label: Text, hint?: Text): Field => ({
    name,
    kind,
    label,
    ...(hint ? { hint } : {}),
    value: held(name, ''),
  });
  return [
    ...questions.map(
      ({ id, values, hasHint }, at): Group => ({
        title: definition.questions[at].label,
        fields: [
          { name: `q.${id}`, kind: 'textarea', label: words.options, value: held(`q.${id}`, values.join('\n')) },
          tick(`hint.${id}`, words.hint, hasHint),
          tick(`gone.${id}`, words.removeQuestion, false),
        ],
      }),
    ),
    {
      title: words.addQuestion,
      fields: [
        text('new-id', 'latin', words.name),
        text('new-ar', 'text', words.labelAr),
        text('new-en', 'latin', words.labelEn),
        text('new-options', 'textarea', words.options),
      ],
    },
    ...reasons.map(
      ({ id, helps }): Group => ({
        title: definition.reasons[id].text,
        fields: [tick(`helps.${id}`, words.saysWhatHelps, helps), tick(`gone-reason.${id}`, words.removeReason, false)],
      }),
    ),
    {
      title: words.addReason,
      fields: [
        text('reason-id', 'latin', words.name, words.reasonHint),
        text('reason-ar', 'text', words.labelAr),
        text('reason-en', 'latin', words.labelEn),
      ],
    },
  ];
}

function readShape({ questions, reasons }: EligibilityShape, form: Form): EligibilityShape {
  const given = (name: string) => textOf(form[name]).trim();
  const isOn = (name: string) => given(name) === 'yes';
  const shape: EligibilityShape = {
    questions: questions.flatMap(({ id }) =>
      isOn(`gone.${id}`) ? [] : [{ id, values: linesOf(given(`q.${id}`)), hasHint: isOn(`hint.${id}`) }],
    ),
    reasons: reasons.flatMap(({ id }) => (isOn(`gone-reason.${id}`) ? [] : [{ id, helps: isOn(`helps.${id}`) }])),
  };
  const both = (name: string) => ({ ar: given(`${name}-ar`), en: given(`${name}-en`) });
  if (given('new-id') !== '')
    shape.questions.push({
      id: given('new-id'),
      values: linesOf(given('new-options')),
      hasHint: false,
      label: both('new'),
    });
  if (given('reason-id') !== '') shape.reasons.push({ id: given('reason-id'), helps: false, text: both('reason') });
  return shape;
}

/** Answers to the check as fields, `<prefix>.<question>`; the first choice of each is that it is not known. */
export const checkAnswerFields = (
  { eligibility }: Service,
  prefix: string,
  answers: Readonly<Record<string, string>>,
  form: Form | undefined,
): Field[] =>
  (eligibility?.questions ?? []).map(({ id, label, options }) => {
    const name = `${prefix}.${id}`;
    return {
      name,
      kind: 'choice',
      label,
      value: form ? textOf(form[name]) : (answers[id] ?? unknownValue),
      choices: [{ value: unknownValue, label: words.notKnown }, ...options],
    };
  });

export const readCheckAnswers = ({ eligibility }: Service, prefix: string, form: Form): Record<string, string> =>
  Object.fromEntries(
    (eligibility?.questions ?? []).flatMap(({ id }) => {
      const value = textOf(form[`${prefix}.${id}`]);
      return value === '' || value === unknownValue ? [] : [[id, value]];
    }),
  );

export function testGroups(service: Service, test: EligibilityCase | undefined, form: Form): Group[] {
  const isTyped = form['id'] !== undefined;
  const held = (name: string, value: string) => (isTyped ? textOf(form[name]) : value);
  const several = (name: string, values: readonly string[]) => (isTyped ? [form[name] ?? []].flat() : [...values]);
  const { questions, reasons } = service.eligibility!;
  const { expect } = test ?? {};
  return [
    {
      fields: [
        { name: 'id', kind: 'latin', label: words.name, required: true, value: held('id', test?.id ?? '') },
        { name: 'ar', kind: 'text', label: words.labelAr, required: true, value: held('ar', test?.title.ar ?? '') },
        { name: 'en', kind: 'latin', label: words.labelEn, required: true, value: held('en', test?.title.en ?? '') },
      ],
    },
    {
      title: words.answers,
      fields: checkAnswerFields(service, 'before', test?.answers ?? {}, isTyped ? form : undefined),
    },
    {
      title: words.expected,
      fields: [
        {
          name: 'outcome',
          kind: 'radios',
          label: words.expectedOutcome,
          required: true,
          value: held('outcome', expect?.outcome ?? ''),
          choices: outcomes.map((value) => ({ value, label: outcomeWords[value] })),
        },
        {
          name: 'reasons',
          kind: 'checkboxes',
          label: words.expectedReasons,
          value: several('reasons', expect?.reasons ?? []),
          choices: Object.entries(reasons).map(([value, { text }]) => ({ value, label: text })),
        },
        {
          name: 'settles',
          kind: 'checkboxes',
          label: words.couldSettle,
          value: several('settles', expect?.couldSettle ?? []),
          choices: questions.map(({ id, label }) => ({ value: id, label })),
        },
      ],
    },
  ];
}

/** Reads an example of the check back. Throws an Error in plain words for what is none. */
function readTest(service: Service, form: Form, known: EligibilityCase | undefined): EligibilityCase {
  const text = (name: string) => textOf(form[name]).trim();
  const couldSettle = [form['settles'] ?? []].flat();
  const test = {
    id: text('id'),
    title: { ar: text('ar'), en: text('en') },
    ...(known?.state ? { state: known.state } : {}),
    answers: readCheckAnswers(service, 'before', form),
    expect: {
      outcome: text('outcome') as EligibilityCase['expect']['outcome'],
      reasons: [form['reasons'] ?? []].flat(),
      ...(couldSettle.length > 0 ? { couldSettle } : {}),
    },
  };
  const [wrong] = Value.Errors(EligibilityCase, test);
  if (wrong || test.id === 'new')
    throw new Error(`${wrong?.instancePath.slice(1) || 'id'}: ${wrong?.message ?? "'new' is taken"}`);
  return test;
}
