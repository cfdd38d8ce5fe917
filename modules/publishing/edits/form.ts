import type { Text } from '#kernel/languages';
import {
  aloneKinds,
  type Condition,
  type FormDefinition,
  type Question,
  type QuestionKind,
  questionsIn,
  type ServiceFiles,
  waysOf,
} from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';
import { questionKinds, type Schema, type Settings, schemaOf, settle } from './kinds.ts';
import { refuse } from './refusals.ts';

/** Where a question is asked: on a page, or in each entry of a group. */
export type Place = { page: string } | { group: string };

type Named = { id: string; label: Text };
/** A question; `in`: the group whose entries ask it, where it is not asked on a page. */
type Which = { id: string; in?: string };

export type FormEdit =
  | {
      kind: 'add-question';
      id: string;
      at: Place;
      of: QuestionKind;
      label: Text;
      required: boolean;
      settings: Settings;
      /** Of a group: the first question of its entries, a short text. */
      first?: Named;
    }
  | ({ kind: 'remove-question' | 'question-up' | 'question-down' } & Which)
  | ({
      kind: 'change-question';
      of: QuestionKind;
      at: Place;
      required: boolean;
      hint: boolean;
      when?: Condition;
      settings: Settings;
    } & Which)
  | { kind: 'add-page'; id: string; title: Text; question: Named }
  | { kind: 'page-up' | 'page-down'; id: string };

const unnamed: Text = { ar: 'نص جديد', en: 'New text' };

/** Questions that belong together, on pages or in a group, with what their answers may be. */
type Home = {
  questions: Record<string, Question>;
  properties: Record<string, Schema>;
  required: string[];
  /** The list in whose order one of them is asked. */
  orderOf(id: string): string[];
};

/**
 * Changes how a form is built. `registers`: the names of the public registers that this state offers for look-ups. Refuses settings that
 * make no form, each with a sentence; what does not fit the rest of the service is said by the check.
 */
export function editForm(files: ServiceFiles, edit: FormEdit, registers: readonly string[] = []): ServiceFiles {
  const form = readJson<FormDefinition>(files, 'form.json')!;
  const { pages } = form;
  switch (edit.kind) {
    case 'add-question':
      addQuestion(form, edit, registers);
      break;
    case 'remove-question':
      known(homeOf(form, edit.in), edit.id);
      if (edit.in !== undefined) keepOne(form, edit.in);
      take(form, edit);
      break;
    case 'question-up':
    case 'question-down': {
      const home = homeOf(form, edit.in);
      known(home, edit.id);
      shift(home.orderOf(edit.id), (one) => one === edit.id, edit.kind === 'question-up');
      break;
    }
    case 'change-question':
      changeQuestion(form, edit, registers);
      break;
    case 'add-page':
      if (!/^[a-z][a-z0-9-]*$/.test(edit.id)) throw refuse('page-name-wrong', { id: edit.id });
      if (pages.some(({ id }) => id === edit.id)) throw refuse('page-name-taken', { id: edit.id });
      fresh(homeOf(form), edit.question.id);
      form.questions[edit.question.id] = { kind: 'text', label: edit.question.label };
      form.schema.properties[edit.question.id] = schemaOf('text');
      // Before the last one, which is the declaration.
      pages.splice(Math.max(0, pages.length - 1), 0, { id: edit.id, title: edit.title, questions: [edit.question.id] });
      break;
    case 'page-up':
    case 'page-down':
      if (!pages.some(({ id }) => id === edit.id)) throw refuse('page-unknown', { id: edit.id });
      shift(pages, ({ id }) => id === edit.id, edit.kind === 'page-up');
      break;
  }
  // A page that asks nothing any more goes.
  form.pages = pages.filter((page) => page.questions.length > 0);
  forgetContact(form);
  return { ...files, 'form.json': printJson(form) };
}

/** A question that left the pages is no longer where people are told; the differences say so. */
function forgetContact(form: FormDefinition): void {
  const kept = Object.entries(form.contact ?? {}).filter(([, id]) => Object.hasOwn(form.questions, id));
  if (kept.length > 0) form.contact = Object.fromEntries(kept);
  else delete form.contact;
}

type Of<Kind extends FormEdit['kind']> = Extract<FormEdit, { kind: Kind }>;

function addQuestion(form: FormDefinition, edit: Of<'add-question'>, registers: readonly string[]): void {
  const { id, of, at, label, required } = edit;
  if (!questionKinds.includes(of)) throw refuse('kind-unknown');
  fresh(homeOf(form, groupIn(at)), id);
  const { own, schema } = settle(of, edit.settings, registers);
  put(form, id, at, { question: { ...own, kind: of, label }, schema, required });
  if (of !== 'group') return;
  const first = edit.first ?? { id: 'item', label: unnamed };
  addQuestion(form, { ...edit, ...first, at: { group: id }, of: 'text', required: true, settings: {} }, registers);
}

function changeQuestion(form: FormDefinition, edit: Of<'change-question'>, registers: readonly string[]): void {
  const { id, of, at, required } = edit;
  const home = homeOf(form, edit.in);
  const before = known(home, id);
  if (!questionKinds.includes(of)) throw refuse('kind-unknown');
  if (before.kind !== of && [before.kind, of].some((kind) => aloneKinds.includes(kind))) throw refuse('kind-fixed');
  if (edit.when && waysOf(edit.when).some((way) => way.some(({ is }) => is?.length === 0)))
    throw refuse('condition-empty');
  const settled = settle(of, edit.settings, registers, { question: before, schema: home.properties[id] });
  const { schema } = settled;
  const { when: _when, hint, options: _options, currency: _currency, state: _state, ...rest } = before;
  const question: Question = {
    ...rest,
    ...settled.own,
    kind: of,
    ...(edit.hint ? { hint: hint ?? unnamed } : {}),
    ...(edit.when ? { when: edit.when } : {}),
  };
  const isStaying =
    groupIn(at) === edit.in && (edit.in !== undefined || pageWith(form, id)?.id === (at as { page: string }).page);
  if (isStaying) {
    home.questions[id] = question;
    home.properties[id] = schema;
    demand(home, id, required);
    return;
  }
  if (groupIn(at) !== edit.in) {
    fresh(homeOf(form, groupIn(at)), id);
    if (edit.in !== undefined) keepOne(form, edit.in);
    else {
      const by = Object.keys(form.questions).find((one) => questionsIn(form.questions[one]!.when).includes(id));
      if (by) throw refuse('question-depended-on', { id, by });
    }
  }
  const own = pageWith(form, id);
  take(form, edit);
  put(form, id, at, { question, schema, required });
  // A page that was the question's own goes with it, with its words.
  const now = pageWith(form, id);
  if (own && now && own.questions.length === 0 && aloneKinds.includes(of)) Object.assign(now, own, { questions: [id] });
}

const groupIn = (at: Place): string | undefined => ('group' in at ? at.group : undefined);
const pageWith = ({ pages }: FormDefinition, id: string) => pages.find((page) => page.questions.includes(id));

function homeOf(form: FormDefinition, group?: string): Home {
  const { questions, schema } = form;
  if (group === undefined)
    return {
      questions,
      properties: schema.properties,
      required: schema.required,
      orderOf: (id) => pageWith(form, id)?.questions ?? [],
    };
  const entry = Object.hasOwn(questions, group) ? questions[group]!.entry : undefined;
  const items = schema.properties[group]?.['items'] as Pick<Home, 'properties' | 'required'> | undefined;
  if (!entry || !items) throw refuse('group-unknown', { id: group });
  items.properties ??= {};
  items.required ??= [];
  return { questions: entry.questions, ...items, orderOf: () => entry.asks };
}

function known({ questions }: Home, id: string): Question {
  if (!Object.hasOwn(questions, id)) throw refuse('question-unknown', { id });
  return questions[id]!;
}

function fresh({ questions }: Home, id: string): void {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(id) || id.length > 60) throw refuse('question-name-wrong', { id: id.slice(0, 60) });
  if (Object.hasOwn(questions, id)) throw refuse('question-name-taken', { id });
}

function keepOne(form: FormDefinition, group: string): void {
  if (homeOf(form, group).orderOf('').length < 2) throw refuse('group-needs-question');
}

function demand(home: Home, id: string, isRequired: boolean): void {
  const at = home.required.indexOf(id);
  if (at >= 0 && !isRequired) home.required.splice(at, 1);
  if (at < 0 && isRequired) home.required.push(id);
}

function take(form: FormDefinition, { id, in: group }: Which): void {
  const home = homeOf(form, group);
  delete home.questions[id];
  delete home.properties[id];
  demand(home, id, false);
  const order = home.orderOf(id);
  order.splice(order.indexOf(id), 1);
}

/** Puts a question where it is to be asked; one that takes a page for itself gets one behind the page that was named. */
function put(
  form: FormDefinition,
  id: string,
  at: Place,
  { question, schema, required }: { question: Question; schema: Schema; required: boolean },
): void {
  const home = homeOf(form, groupIn(at));
  if ('group' in at) {
    if (aloneKinds.includes(question.kind)) throw refuse('group-takes-no-such');
    if (question.when) throw refuse('group-takes-no-condition', { id });
    if (question.prefill) throw refuse('group-takes-no-first-value', { id });
    home.orderOf(id).push(id);
  } else {
    const index = form.pages.findIndex((page) => page.id === at.page);
    const page = form.pages[index];
    if (!page) throw refuse('page-unknown', { id: at.page });
    if (aloneKinds.includes(question.kind) && page.questions.length > 0)
      form.pages.splice(index + 1, 0, { id: freePage(form, id), title: question.label, questions: [id] });
    else if (page.questions.some((one) => aloneKinds.includes(form.questions[one]!.kind)))
      throw refuse('page-for-itself', { page: at.page });
    else page.questions.push(id);
  }
  home.questions[id] = question;
  home.properties[id] = schema;
  demand(home, id, required);
}

/** A page is called like the question that has it for itself. */
function freePage({ pages }: FormDefinition, id: string): string {
  const name = id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const isFree = (one: string) => pages.every((page) => page.id !== one);
  let number = 2;
  if (isFree(name)) return name;
  while (!isFree(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}

function shift<Item>(list: Item[], is: (item: Item) => boolean, isUp: boolean): void {
  const at = list.findIndex(is);
  const [item] = list.splice(at, 1);
  list.splice(Math.max(0, isUp ? at - 1 : at + 1), 0, item!);
}
