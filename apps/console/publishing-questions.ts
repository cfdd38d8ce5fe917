import { type Field, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { latinDigits } from '#kernel/words';
import {
  aloneKinds,
  type EntryQuestion,
  type FormDefinition,
  type Question,
  type QuestionKind,
} from '#modules/catalogue';
import {
  currencies,
  type FormEdit,
  fileMegabytesMax,
  fileTypeNames,
  fileTypes,
  kindNames,
  megabyte,
  type Place,
  pickKinds,
  questionKinds,
  refuseSetting,
  type Settings,
  statedKinds,
  statesOfForms,
} from '#modules/publishing';
import { words } from './pages/publishing/words.ts';
import { conditionFields, conditionIn } from './publishing-conditions.ts';

type Posted = PageContext['form'];

/** What the pages of forms know of the state: its public registers for look-ups, and its currency (ISO 4217). */
export type FormTools = {
  registers(): Array<{ name: string; names: Text }>;
  currency: string;
  /** What conditions of the service can read besides answers. */
  evidence?: Array<{ value: string; label: Text }>;
};

export const linesOf = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What the fields of a question begin with: its name, and that of its group where it is asked in one. */
export const keyOf = (id: string, group?: string) => (group === undefined ? id : `${group}.${id}`);

const kindChoice = (value: QuestionKind) => ({ value, label: kindNames.get(value)! });

export const kindField = (value: QuestionKind): Field => ({
  name: 'add',
  kind: 'choice',
  label: words.kind,
  required: true,
  value,
  choices: questionKinds.map(kindChoice),
});

const placeOf = ({ page, group }: { page?: string | undefined; group?: string | undefined }) =>
  group === undefined ? `page/${page ?? ''}` : `group/${group}`;

/** Where a question of this kind can be asked: on a page, or in the entries of a group. */
function placeChoices({ pages, questions }: FormDefinition, of: QuestionKind) {
  const groups = aloneKinds.includes(of) ? [] : Object.entries(questions).filter(([, { entry }]) => entry);
  return [
    ...pages.map(({ id, title }) => ({ value: placeOf({ page: id }), label: title })),
    ...groups.map(([id, { label }]) => ({
      value: placeOf({ group: id }),
      label: { ar: `${words.inGroup.ar}: ${label.ar}`, en: `${words.inGroup.en}: ${label.en}` },
    })),
  ];
}

/** The fields of one question as it stands, or as it was just typed. */
export function questionFields(
  form: FormDefinition,
  { id, group }: { id: string; group?: string | undefined },
  typed: Posted | undefined,
  tools: FormTools,
): Field[] {
  const entry = group === undefined ? undefined : form.questions[group]!.entry!;
  const question: Question | EntryQuestion = entry ? entry.questions[id]! : form.questions[id]!;
  const items =
    group === undefined ? undefined : (form.schema.properties[group]?.['items'] as FormDefinition['schema']);
  const schema = items ?? form.schema;
  const key = keyOf(id, group);
  const at = (name: string) => `${key}.${name}`;
  const isAlone = aloneKinds.includes(question.kind);
  const page = form.pages.findIndex(({ questions }) => questions.includes(group ?? id));
  const tick = (name: string, label: Text, held: boolean): Field => ({
    name: at(name),
    kind: 'checkbox',
    label,
    ...((typed ? typed[at(name)] !== undefined : held) ? { value: 'yes' } : {}),
  });
  const choice = (name: string, label: Text, held: string, choices: Field['choices'] & object): Field => ({
    name: at(name),
    kind: 'choice',
    label,
    required: true,
    value: text(typed, at(name), held),
    choices,
  });
  const kinds = isAlone ? [question.kind] : questionKinds.filter((kind) => !aloneKinds.includes(kind));
  const of = kinds.find((kind) => kind === text(typed, at('kind'), question.kind)) ?? question.kind;
  const own = placeOf(group === undefined ? { page: form.pages[page]?.id } : { group });
  const earlier = form.pages.slice(0, Math.max(0, page)).flatMap(({ questions }) => questions);
  const { when } = question as Question;
  return [
    choice('kind', words.kind, question.kind, kinds.map(kindChoice)),
    choice('at', words.place, own, placeChoices(form, question.kind)),
    tick('required', words.required, (schema.required ?? []).includes(id)),
    tick('hint', words.hint, question.hint !== undefined),
    ...settingFields(key, of, { question, schema: schema.properties[id] ?? {} }, typed, tools),
    ...(group === undefined
      ? conditionFields(form, key, { when, earlier, evidence: tools.evidence ?? [] }, typed)
      : []),
  ];
}

type Held = { question?: Partial<Question>; schema: Record<string, unknown> };

/** What questions of one kind are set by. */
function settingFields(
  key: string,
  of: QuestionKind,
  { question = {}, schema }: Held,
  typed: Posted | undefined,
  tools: FormTools,
): Field[] {
  const at = (name: string) => `${key}.${name}`;
  const value = (name: string, held: string) => text(typed, at(name), held);
  const count = (name: string, label: Text, held: string, more: Partial<Field> = {}): Field => ({
    name: at(name),
    kind: 'number',
    label,
    required: true,
    value: value(name, held),
    ...more,
  });
  if (pickKinds.includes(of)) {
    const held = (question.options ?? []).map((option) => option.value).join('\n');
    return [
      { name: at('options'), kind: 'textarea', label: words.options, required: true, value: value('options', held) },
    ];
  }
  if (of === 'money')
    return [
      {
        name: at('currency'),
        kind: 'choice',
        label: words.currency,
        required: true,
        value: value('currency', question.currency ?? tools.currency),
        choices: currencies.map((code) => ({ value: code, label: { ar: code, en: code } })),
      },
    ];
  if (statedKinds.includes(of))
    return [
      {
        name: at('state'),
        kind: 'choice',
        label: words.formOf,
        hint: words.formOfHint,
        value: value('state', question.state ?? ''),
        choices: statesOfForms.map((code) => ({ value: code, label: stateText(code) })),
      },
    ];
  if (of === 'file') {
    const { accept = [], bytesMax = 5 * megabyte } = question.files ?? {};
    const chosen = typed ? [typed[at('accept')] ?? []].flat() : [...accept];
    return [
      {
        name: at('accept'),
        kind: 'checkboxes',
        label: words.fileTypes,
        required: true,
        value: chosen,
        choices: fileTypes.map((type) => ({ value: type, label: fileTypeNames[type] })),
      },
      count('megabytes', words.fileSize, String(bytesMax / megabyte), {
        hint: fillMost(words.fileSizeHint, fileMegabytesMax),
      }),
      count('most', words.filesMost, String(schema['maxItems'] ?? 1)),
    ];
  }
  if (of === 'group')
    return [
      count('least', words.entriesLeast, String(schema['minItems'] ?? 0)),
      count('most', words.entriesMost, String(schema['maxItems'] ?? 5)),
    ];
  if (of === 'look-up') {
    const offered = tools.registers();
    const { register = '', mayBeUnlisted = false } = question.lookUp ?? {};
    const isGone = register !== '' && offered.every(({ name }) => name !== register);
    return [
      {
        name: at('register'),
        kind: 'choice',
        label: words.register,
        hint: offered.length > 0 ? words.registerHint : words.noRegisters,
        required: true,
        value: value('register', register),
        choices: [
          ...offered.map(({ name, names }) => ({ value: name, label: names })),
          ...(isGone ? [{ value: register, label: { ar: register, en: register } }] : []),
        ],
      },
      {
        name: at('unlisted'),
        kind: 'checkbox',
        label: words.unlisted,
        ...((typed ? typed[at('unlisted')] !== undefined : mayBeUnlisted) ? { value: 'yes' } : {}),
      },
    ];
  }
  return [];
}

/** A line that has to be written, with what was typed. */
const lineOf =
  (typed: Posted | undefined) =>
  (name: string, kind: 'text' | 'latin', label: Text, hint?: Text): Field => ({
    name,
    kind,
    label,
    required: true,
    value: text(typed, name, ''),
    ...(hint ? { hint } : {}),
  });

/** What is asked of a new question: of its kind, and no more. */
export function addQuestionFields(form: FormDefinition, of: QuestionKind, posted: Posted, tools: FormTools): Field[] {
  const typed = posted['new-kind'] === of ? posted : undefined;
  const line = lineOf(typed);
  return [
    line('new-id', 'latin', words.name),
    line('new-ar', 'text', words.labelAr),
    line('new-en', 'latin', words.labelEn),
    {
      name: 'new-at',
      kind: 'choice',
      label: words.place,
      ...(aloneKinds.includes(of) ? { hint: words.ownPage } : {}),
      required: true,
      value: text(typed, 'new-at', placeOf({ page: form.pages[0]?.id })),
      choices: placeChoices(form, of),
    },
    ...settingFields('new', of, { schema: {} }, typed, tools),
    ...(of === 'group'
      ? [
          line('new.entry-ar', 'text', words.entryAr, words.entryHint),
          line('new.entry-en', 'latin', words.entryEn),
          line('new.first-id', 'latin', words.firstOfGroup, words.name),
          line('new.first-ar', 'text', words.labelAr),
          line('new.first-en', 'latin', words.labelEn),
        ]
      : []),
    {
      name: 'new-required',
      kind: 'checkbox',
      label: words.required,
      ...(typed?.['new-required'] ? { value: 'yes' } : {}),
    },
  ];
}

export function addPageFields(typed: Posted): Field[] {
  const line = lineOf(typed);
  return [
    line('page-id', 'latin', words.name),
    line('page-ar', 'text', words.labelAr),
    line('page-en', 'latin', words.labelEn),
    line('first-id', 'latin', words.firstQuestion, words.name),
    line('first-ar', 'text', words.labelAr),
    line('first-en', 'latin', words.labelEn),
  ];
}

/** What a posted card asks for, beside the form as it stands. Refuses what is none of it. */
export function editIn(form: Posted, held: FormDefinition): FormEdit {
  const given = (name: string) => textOf(form[name]).trim();
  const asked = given('do');
  const group = given('in');
  const which = { id: given('question'), ...(group === '' ? {} : { in: group }) };
  const key = keyOf(which.id, which.in);
  const own = (name: string) => given(`${key}.${name}`);
  switch (asked) {
    case 'page-up':
    case 'page-down':
      return { kind: asked, id: given('page') };
    case 'remove':
      return { kind: 'remove-question', ...which };
    case 'up':
    case 'down':
      return { kind: `question-${asked}`, ...which };
    case 'save': {
      const when = which.in === undefined ? conditionIn(held, key, form) : undefined;
      return {
        kind: 'change-question',
        ...which,
        of: own('kind') as QuestionKind,
        at: placeIn(own('at')),
        required: own('required') === 'yes',
        hint: own('hint') === 'yes',
        settings: settingsIn(form, key, own('kind')),
        ...(when ? { when } : {}),
      };
    }
    case 'add-question': {
      const of = given('new-kind') as QuestionKind;
      const words = (name: string) => ({ ar: given(`new.${name}-ar`), en: given(`new.${name}-en`) });
      return {
        kind: 'add-question',
        id: given('new-id'),
        label: { ar: given('new-ar'), en: given('new-en') },
        of,
        at: placeIn(given('new-at')),
        required: given('new-required') === 'yes',
        settings: settingsIn(form, 'new', of),
        ...(of === 'group' ? { first: { id: given('new.first-id'), label: words('first') } } : {}),
      };
    }
    case 'add-page':
      return {
        kind: 'add-page',
        id: given('page-id'),
        title: { ar: given('page-ar'), en: given('page-en') },
        question: { id: given('first-id'), label: { ar: given('first-ar'), en: given('first-en') } },
      };
    default:
      throw refuseSetting('nothing-asked');
  }
}

function placeIn(value: string): Place {
  const [kind = '', id = ''] = value.split('/', 2);
  return kind === 'group' ? { group: id } : { page: id };
}

/** What was typed for a kind. What is no number is none, and the module says which ones there are. */
function settingsIn(form: Posted, key: string, of: string): Settings {
  const given = (name: string) => textOf(form[`${key}.${name}`]).trim();
  const count = (name: string) => {
    const typed = latinDigits(given(name));
    return /^\d{1,6}(\.\d{1,3})?$/.test(typed) ? Number(typed) : Number.NaN;
  };
  const entry = { ar: given('entry-ar'), en: given('entry-en') };
  if (of === 'file') {
    const accept = [form[`${key}.accept`] ?? []].flat();
    return { files: { accept, bytesMax: Math.round(count('megabytes') * megabyte), most: count('most') } };
  }
  if (of === 'group') {
    const name = form[`${key}.entry-ar`] === undefined ? {} : { name: entry };
    return { group: { ...name, least: count('least'), most: count('most') } };
  }
  if (of === 'look-up') return { lookUp: { register: given('register'), mayBeUnlisted: given('unlisted') === 'yes' } };
  return { options: linesOf(given('options')), currency: given('currency'), state: given('state') };
}

const text = (form: Posted | undefined, name: string, held: string) =>
  form?.[name] === undefined ? held : textOf(form[name]);

const fillMost = (sentence: Text, most: number): Text => ({
  ar: sentence.ar.replace('{most}', String(most)),
  en: sentence.en.replace('{most}', String(most)),
});

const stateText = (code: string): Text => {
  const name = (language: string) => new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code;
  return { ar: name('ar'), en: name('en') };
};
