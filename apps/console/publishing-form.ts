import { type Field, type PageAnswer, type PageContext, type PageRoute, textOf } from '#apps/portal';
import type { FormDefinition, Question, QuestionKind } from '#modules/catalogue';
import { type Draft, editForm, type FormEdit, questionKinds } from '#modules/publishing';
import { consolePages } from './pages/index.ts';
import { kindNames, words } from './pages/publishing/words.ts';
import type { DraftPages, Told } from './publishing-drafts.ts';

const officer = 'officer' as const;
const path = '/office/drafts/:draftId/form';
const linesOf = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** How the form of a draft is built: pages and questions added, removed, moved, of another kind, required, under a condition. */
export function formRoutes({ draftIn, headOf, save, drawn }: DraftPages): PageRoute[] {
  const show = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
    const form = JSON.parse(draft.files['form.json']!) as FormDefinition;
    const own = draft.opened.findings.filter(({ file }) => file === 'form.json');
    const about = (id: string) => own.filter(({ problem }) => problem.includes(`'${id}'`));
    const isTyped = (id: string) => told.problem !== undefined && textOf(context.form['question']) === id;
    const shown = Object.keys(form.questions).flatMap(about);
    return drawn(
      consolePages.draftForm,
      {
        ...headOf(draft, told),
        pages: form.pages.map((page) => ({
          id: page.id,
          title: page.title,
          questions: page.questions.flatMap((id) => {
            const question = form.questions[id];
            if (!question) return [];
            const fields = questionFields(form, id, question, page.id, isTyped(id) ? context.form : undefined);
            return [{ id, label: question.label, fields, problems: about(id) }];
          }),
        })),
        others: own.filter((finding) => !shown.includes(finding)),
        addQuestion: addQuestionFields(form, context.form),
        addPage: addPageFields(context.form),
      },
      context,
      told,
    );
  };

  return [
    { method: 'GET', path, access: officer, handle: async (context) => show(context, await draftIn(context)) },
    {
      method: 'POST',
      path,
      access: officer,
      handle: (context) => save(context, 'form.json', (files) => editForm(files, editIn(context.form)), show),
    },
  ];
}

const text = (form: PageContext['form'] | undefined, name: string, held: string) =>
  form?.[name] === undefined ? held : textOf(form[name]);
const kindChoice = (value: QuestionKind) => ({ value, label: kindNames.get(value)! });

function questionFields(
  form: FormDefinition,
  id: string,
  question: Question,
  page: string,
  typed: PageContext['form'] | undefined,
): Field[] {
  const at = (name: string) => `${id}.${name}`;
  const kinds = questionKinds.some((kind) => kind === question.kind) ? questionKinds : [question.kind];
  const ticked = (name: string, held: boolean) =>
    (typed ? typed[at(name)] !== undefined : held) ? { value: 'yes' } : {};
  const earlier = form.pages.slice(
    0,
    form.pages.findIndex((one) => one.id === page),
  );
  return [
    {
      name: at('kind'),
      kind: 'choice',
      label: words.kind,
      required: true,
      value: text(typed, at('kind'), question.kind),
      choices: kinds.map(kindChoice),
    },
    {
      name: at('page'),
      kind: 'choice',
      label: words.page,
      required: true,
      value: text(typed, at('page'), page),
      choices: form.pages.map((one) => ({ value: one.id, label: one.title })),
    },
    {
      name: at('required'),
      kind: 'checkbox',
      label: words.required,
      ...ticked('required', form.schema.required.includes(id)),
    },
    { name: at('hint'), kind: 'checkbox', label: words.hint, ...ticked('hint', question.hint !== undefined) },
    {
      name: at('options'),
      kind: 'textarea',
      label: words.options,
      value: text(typed, at('options'), (question.options ?? []).map(({ value }) => value).join('\n')),
    },
    {
      name: at('when'),
      kind: 'choice',
      label: words.when,
      value: text(typed, at('when'), question.when?.question ?? ''),
      choices: earlier
        .flatMap(({ questions }) => questions)
        .map((one) => ({ value: one, label: form.questions[one]?.label ?? { ar: one, en: one } })),
    },
    {
      name: at('is'),
      kind: 'textarea',
      label: words.whenIs,
      value: text(typed, at('is'), (question.when?.is ?? []).join('\n')),
    },
  ];
}

function addQuestionFields(form: FormDefinition, typed: PageContext['form']): Field[] {
  return [
    { name: 'new-id', kind: 'latin', label: words.name, required: true, value: text(typed, 'new-id', '') },
    { name: 'new-ar', kind: 'text', label: words.labelAr, required: true, value: text(typed, 'new-ar', '') },
    { name: 'new-en', kind: 'latin', label: words.labelEn, required: true, value: text(typed, 'new-en', '') },
    {
      name: 'new-kind',
      kind: 'choice',
      label: words.kind,
      required: true,
      value: text(typed, 'new-kind', 'text'),
      choices: questionKinds.map(kindChoice),
    },
    {
      name: 'new-page',
      kind: 'choice',
      label: words.page,
      required: true,
      value: text(typed, 'new-page', form.pages[0]?.id ?? ''),
      choices: form.pages.map((one) => ({ value: one.id, label: one.title })),
    },
    { name: 'new-options', kind: 'textarea', label: words.options, value: text(typed, 'new-options', '') },
    { name: 'new-required', kind: 'checkbox', label: words.required },
  ];
}

function addPageFields(typed: PageContext['form']): Field[] {
  return [
    { name: 'page-id', kind: 'latin', label: words.name, required: true, value: text(typed, 'page-id', '') },
    { name: 'page-ar', kind: 'text', label: words.labelAr, required: true, value: text(typed, 'page-ar', '') },
    { name: 'page-en', kind: 'latin', label: words.labelEn, required: true, value: text(typed, 'page-en', '') },
    {
      name: 'first-id',
      kind: 'latin',
      label: words.firstQuestion,
      hint: words.name,
      required: true,
      value: text(typed, 'first-id', ''),
    },
    { name: 'first-ar', kind: 'text', label: words.labelAr, required: true, value: text(typed, 'first-ar', '') },
    { name: 'first-en', kind: 'latin', label: words.labelEn, required: true, value: text(typed, 'first-en', '') },
  ];
}

/** What the posted form asks for. Throws an Error in plain words for what is none of it. */
function editIn(form: PageContext['form']): FormEdit {
  const given = (name: string) => textOf(form[name]).trim();
  const asked = given('do');
  const id = given('question');
  const own = (name: string) => given(`${id}.${name}`);
  const of = (name: string) => name as (typeof questionKinds)[number];
  switch (asked) {
    case 'page-up':
    case 'page-down':
      return { kind: asked, id: given('page') };
    case 'remove':
      return { kind: 'remove-question', id };
    case 'up':
    case 'down':
      return { kind: `question-${asked}`, id };
    case 'save':
      return {
        kind: 'change-question',
        id,
        of: of(own('kind')),
        page: own('page'),
        required: own('required') === 'yes',
        options: linesOf(own('options')),
        hint: own('hint') === 'yes',
        ...(own('when') ? { when: { question: own('when'), is: linesOf(own('is')) } } : {}),
      };
    case 'add-question':
      return {
        kind: 'add-question',
        id: given('new-id'),
        label: { ar: given('new-ar'), en: given('new-en') },
        of: of(given('new-kind')),
        page: given('new-page'),
        required: given('new-required') === 'yes',
        options: linesOf(given('new-options')),
      };
    case 'add-page':
      return {
        kind: 'add-page',
        id: given('page-id'),
        title: { ar: given('page-ar'), en: given('page-en') },
        question: { id: given('first-id'), label: { ar: given('first-ar'), en: given('first-en') } },
      };
    default:
      throw new Error('nothing was asked for');
  }
}
