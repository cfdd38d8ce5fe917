import type { Text } from '#kernel/languages';
import type { FormDefinition, Question, QuestionKind, ServiceFiles } from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';

type Schema = FormDefinition['schema']['properties'][string];

/** Kinds of question that officials add. Files and groups are written in the folder: they take more than a line says. */
export const questionKinds = [
  'text',
  'textarea',
  'name',
  'email',
  'phone',
  'number',
  'percent',
  'date',
  'hijri-date',
  'month',
  'year',
  'time',
  'radios',
  'choice',
  'checkboxes',
  'yes-no',
  'checkbox',
  'country',
  'national-id',
  'passport',
  'iban',
] as const satisfies QuestionKind[];
type AddedKind = (typeof questionKinds)[number];

const unnamed: Text = { ar: 'نص جديد', en: 'New text' };
const picks = ['radios', 'choice', 'checkboxes'];

export type FormEdit =
  | { kind: 'add-question'; id: string; page: string; of: AddedKind; label: Text; required: boolean; options: string[] }
  | { kind: 'remove-question' | 'question-up' | 'question-down'; id: string }
  | {
      kind: 'change-question';
      id: string;
      of: AddedKind | QuestionKind;
      page: string;
      required: boolean;
      options: string[];
      hint: boolean;
      when?: { question: string; is: string[] };
    }
  | { kind: 'add-page'; id: string; title: Text; question: { id: string; label: Text } }
  | { kind: 'page-up' | 'page-down'; id: string };

/** Changes how a form is built. Throws an Error in plain words for what is not there; what then does not fit is said by the check. */
export function editForm(files: ServiceFiles, edit: FormEdit): ServiceFiles {
  const form = readJson<FormDefinition>(files, 'form.json')!;
  const { questions, pages, schema } = form;
  const pageWith = (id: string) => pages.find((page) => page.questions.includes(id));
  const known = (id: string) => {
    if (!Object.hasOwn(questions, id)) throw new Error(`there is no question '${id}'`);
    return questions[id]!;
  };
  const fresh = (id: string) => {
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(id)) throw new Error(`'${id}' is no name of a question: small letters and digits`);
    if (Object.hasOwn(questions, id)) throw new Error(`there is a question '${id}' already`);
  };
  const place = (id: string, page: string, required: boolean) => {
    const target = pages.find((one) => one.id === page);
    if (!target) throw new Error(`there is no page '${page}'`);
    if (!target.questions.includes(id)) {
      for (const one of pages) one.questions = one.questions.filter((question) => question !== id);
      target.questions.push(id);
    }
    schema.required = schema.required.filter((one) => one !== id);
    if (required) schema.required.push(id);
  };
  switch (edit.kind) {
    case 'add-question':
      fresh(edit.id);
      questions[edit.id] = { ...optionsOf(edit.of, edit.options), kind: edit.of, label: edit.label };
      schema.properties[edit.id] = schemaOf(edit.of, edit.options);
      place(edit.id, edit.page, edit.required);
      break;
    case 'remove-question':
      known(edit.id);
      delete questions[edit.id];
      delete schema.properties[edit.id];
      schema.required = schema.required.filter((one) => one !== edit.id);
      for (const page of pages) page.questions = page.questions.filter((one) => one !== edit.id);
      break;
    case 'question-up':
    case 'question-down':
      known(edit.id);
      shift(pageWith(edit.id)?.questions ?? [], (one) => one === edit.id, edit.kind === 'question-up');
      break;
    case 'change-question': {
      const { when: _when, hint, options, kind, ...rest } = known(edit.id);
      const isSame = kind === edit.of && picksOf(options) === edit.options.join();
      const chosen = isSame || !picks.includes(edit.of) ? undefined : optionsOf(edit.of, edit.options, options);
      questions[edit.id] = {
        ...rest,
        ...(picks.includes(edit.of) ? (chosen ?? (options ? { options } : {})) : {}),
        kind: edit.of,
        ...(edit.hint ? { hint: hint ?? unnamed } : {}),
        ...(edit.when ? { when: edit.when } : {}),
      };
      if (!isSame) schema.properties[edit.id] = schemaOf(edit.of, edit.options);
      place(edit.id, edit.page, edit.required);
      break;
    }
    case 'add-page':
      if (!/^[a-z][a-z0-9-]*$/.test(edit.id))
        throw new Error(`'${edit.id}' is no name of a page: small letters and digits`);
      if (pages.some(({ id }) => id === edit.id)) throw new Error(`there is a page '${edit.id}' already`);
      fresh(edit.question.id);
      questions[edit.question.id] = { kind: 'text', label: edit.question.label };
      schema.properties[edit.question.id] = schemaOf('text', []);
      // Before the last one, which is the declaration.
      pages.splice(Math.max(0, pages.length - 1), 0, { id: edit.id, title: edit.title, questions: [edit.question.id] });
      break;
    case 'page-up':
    case 'page-down':
      shift(pages, ({ id }) => id === edit.id, edit.kind === 'page-up');
      break;
  }
  // A page that asks nothing any more goes.
  form.pages = pages.filter((page) => page.questions.length > 0);
  return { ...files, 'form.json': printJson(form) };
}

const picksOf = (options: Question['options']) => (options ?? []).map(({ value }) => value).join();

function optionsOf(of: string, values: string[], known: Question['options'] = []): Pick<Question, 'options'> {
  if (!picks.includes(of)) return {};
  return { options: values.map((value) => known.find((one) => one.value === value) ?? { value, label: unnamed }) };
}

/** What JSON Schema 2020-12 lets the answer be. */
function schemaOf(of: string, values: string[]): Schema {
  if (of === 'radios' || of === 'choice') return { type: 'string', enum: values };
  if (of === 'checkboxes') return { type: 'array', items: { type: 'string', enum: values }, uniqueItems: true };
  if (of === 'checkbox') return { const: true };
  if (of === 'yes-no') return { type: 'boolean' };
  if (of === 'year') return { type: 'integer' };
  if (of === 'number' || of === 'percent') return { type: 'number' };
  return { type: 'string', maxLength: of === 'textarea' ? 2000 : 254 };
}

function shift<Item>(list: Item[], is: (item: Item) => boolean, isUp: boolean): void {
  const at = list.findIndex(is);
  if (at < 0) throw new Error('there is nothing by that name to be moved');
  const [item] = list.splice(at, 1);
  list.splice(Math.max(0, isUp ? at - 1 : at + 1), 0, item!);
}
