import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Language } from '#kernel/languages';
import { isAddressHere, partsAlone, postedCode, readAddress } from './address-model.ts';
import { type EvidenceValues, holds } from './conditions.ts';
import type {
  Answer,
  AnswerRow,
  Answers,
  AttachedFile,
  Entry,
  FieldError,
  FormDefinition,
  Held,
  Page,
  PostedBody,
  Question,
} from './contract.ts';
import { codeOfKeyword, sentenceFor } from './messages.ts';
import { partsOf } from './parts.ts';
import { readPosted } from './values.ts';
import { entryTitle, nothing, wordsOf } from './words.ts';

/**
 * A form ready for use: its definition, one compiled check per question, the state whose forms of address and number count, and
 * for each group the form of one entry, with the one page `entry`.
 */
export type Form = {
  definition: FormDefinition;
  checks: ReadonlyMap<string, ValidateFunction>;
  state: string;
  entryForms: ReadonlyMap<string, CaseForm>;
};

/** A form as one case meets it: what is asked may hang on the evidence that the case has. */
export type CaseForm = Form & { evidence: EvidenceValues };

export const formFor = (form: Form, evidence: EvidenceValues): CaseForm => ({ ...form, evidence });

export const lengthMaxByKind: Partial<Record<Question['kind'], number>> = {
  text: 200,
  name: 120,
  'name-arabic': 120,
  'name-latin': 120,
  textarea: 2000,
  email: 254,
  'web-address': 500,
};

/** Judges schemas by the schema of JSON Schema, which is compiled at the first one: a third of what opening all forms costs. */
const metaSchema = new Ajv2020({ strict: true });

/** Compiles a form for a state (ISO 3166-1 alpha-2). Throws an Error in plain words when a question's schema is not JSON Schema 2020-12. */
export function openForm(definition: FormDefinition, state: string): Form {
  const ajv = new Ajv2020({ strict: true, allErrors: false, validateSchema: false, meta: false });
  const checks = new Map<string, ValidateFunction>();
  for (const [id, schema] of Object.entries(definition.schema.properties)) {
    try {
      if (!metaSchema.validateSchema(schema)) throw new Error(metaSchema.errorsText());
      checks.set(id, ajv.compile(schema));
    } catch (error) {
      throw new Error(`the schema of '${id}' is not JSON Schema 2020-12: ${(error as Error).message}`);
    }
  }
  const groups = Object.keys(definition.questions).filter((id) => definition.questions[id]!.entry);
  const entryForms = new Map(
    // Entries know no conditions.
    groups.map((id) => [id, formFor(openForm(entryDefinition(definition, id), state), {})]),
  );
  return { definition, checks, state, entryForms };
}

/** The questions of one entry of a group, as a form of one page. */
export function entryDefinition(definition: FormDefinition, id: string): FormDefinition {
  const { name, asks, questions } = definition.questions[id]!.entry!;
  const items = definition.schema.properties[id]!['items'] as Partial<FormDefinition['schema']> | undefined;
  return {
    pages: [{ id: 'entry', title: name, questions: asks }],
    questions,
    schema: {
      $schema: definition.schema.$schema,
      type: 'object',
      properties: items?.properties ?? {},
      required: items?.required ?? [],
      additionalProperties: false,
    },
  };
}

/** Most entries of a group, most files of a file question. */
export function itemsMax(form: Form, id: string): number {
  return Number(form.definition.schema.properties[id]!['maxItems'] ?? 1);
}

/** The pages that these answers lead to, in order. */
export function listPages(form: CaseForm, answers: Answers): Page[] {
  return form.definition.pages.filter((page) => askedOn(form, page, answers).length > 0);
}

/**
 * Reads one posted page. Either every answer is sound (`errors` is empty) or none is to be kept; fields the page does not
 * ask for are ignored. `answers` holds only this page's questions; what the person left empty is absent. The entries of a group
 * stay as they are saved unless a whole list is posted; what is attached is never posted here. `held`: what registers said of posted
 * codes, by question; a code that none has confirmed is no answer.
 */
export function validatePage(
  form: CaseForm,
  pageId: string,
  posted: PostedBody,
  savedAnswers: Answers = {},
  held: Record<string, Held> = {},
): { answers: Answers; errors: FieldError[] } {
  const answers: Answers = {};
  const errors: FieldError[] = [];
  for (const id of askedOn(form, pageOf(form, pageId), savedAnswers)) {
    const { answer, errors: found } = readAnswer(form, id, posted, savedAnswers, held[id]);
    errors.push(...found);
    if (answer !== undefined) answers[id] = answer;
  }
  return { answers: errors.length > 0 ? {} : answers, errors };
}

/** One posted answer; neither answer nor error where nothing has to be there. */
export function readAnswer(
  form: CaseForm,
  id: string,
  posted: PostedBody,
  savedAnswers: Answers,
  held: Held | undefined,
): { answer?: Answer; errors: FieldError[] } {
  const question = form.definition.questions[id]!;
  const refuse = (...[code, more]: [code: string, more?: { control?: string | undefined }]) => ({
    errors: [errorOf(form, id, code, more)],
  });
  if (question.kind === 'file') {
    const fault = faultIn(form, id, savedAnswers[id]);
    return { errors: fault ? [fault] : [] };
  }
  if (question.kind === 'group') {
    const { entries, errors } = readEntries(form, id, posted[id], savedAnswers[id]);
    return { answer: entries, errors };
  }
  const reading = isAddressHere(question, form)
    ? readAddress(question, id, posted, form.state, held)
    : readPosted(question, id, posted, form.state);
  if (reading === 'absent') return isRequired(form, id) ? refuse('required') : { errors: [] };
  if ('code' in reading) return refuse(reading.code, { control: reading.control });
  const named = nameEntry(question, reading.answer, held);
  if ('code' in named) return refuse(named.code);
  const fault = checkAnswer(form, id, named.answer);
  return fault ? { errors: [fault] } : { answer: named.answer, errors: [] };
}

/** The answer with the names that the register gives to its code; never those that came along. */
function nameEntry({ kind }: Question, answer: Answer, held: Held | undefined): { answer: Answer } | { code: string } {
  const { code } = answer as Record<string, string>;
  if (kind !== 'look-up' || code === undefined) return { answer };
  if (held === 'unavailable') return { code: 'register-silent' };
  if (held === undefined || held === 'unknown' || held.code !== code) return { code: 'not-in-register' };
  return { answer: { code, ar: held.ar, en: held.en } };
}

/**
 * The posted codes of a page, by question: what has to be found in registers before the page is judged. `addresses`: what the register of
 * addresses is called, where there is one.
 */
export function postedCodes(
  form: CaseForm,
  pageId: string,
  posted: PostedBody,
  savedAnswers: Answers,
  addresses?: string,
): Array<{ id: string; register: string; code: string }> {
  return askedOn(form, pageOf(form, pageId), savedAnswers).flatMap((id) => {
    const question = form.definition.questions[id]!;
    const own = addresses !== undefined && isAddressHere(question, form) ? postedCode(id, posted) : undefined;
    if (own !== undefined) return [{ id, register: addresses!, code: own }];
    if (!question.lookUp) return [];
    const reading = readPosted(question, id, posted, form.state);
    const code = reading !== 'absent' && 'answer' in reading && codeOfEntry(reading.answer);
    return code ? [{ id, register: question.lookUp.register, code }] : [];
  });
}

/** The codes that answers hold and the questions that are still asked: what has to stand in registers when they are sent. */
export function heldCodes(
  form: CaseForm,
  answers: Answers,
): Array<{ pageId: string; id: string; register: string; code: string }> {
  return listPages(form, answers).flatMap((page) =>
    askedOn(form, page, answers).flatMap((id) => {
      const { lookUp } = form.definition.questions[id]!;
      const code = lookUp && answers[id] !== undefined ? codeOfEntry(answers[id]) : undefined;
      return lookUp && code !== undefined ? [{ pageId: page.id, id, register: lookUp.register, code }] : [];
    }),
  );
}

const codeOfEntry = (answer: Answer): string | undefined => (answer as Record<string, string>)['code'];

/** The whole list as a program sends it, each entry read like a page of its own; what is saved where nothing is sent. */
function readEntries(
  form: CaseForm,
  id: string,
  given: unknown,
  saved: Answer | undefined,
): { entries: Entry[]; errors: FieldError[] } {
  if (given === undefined) {
    const kept = (saved ?? []) as Entry[];
    const fault = faultIn(form, id, kept);
    return { entries: kept, errors: fault ? [fault] : [] };
  }
  if (!Array.isArray(given)) return { entries: [], errors: [errorOf(form, id, 'wrong-form')] };
  const limit = itemsMax(form, id);
  if (given.length > limit) return { entries: [], errors: [errorOf(form, id, 'too-many', { limit })] };
  const read = given.map((one, at) => readEntry(form, id, one, at + 1));
  const entries = read.map(({ entry }) => entry);
  const errors = read.flatMap((one) => one.errors);
  const fault = errors.length === 0 ? faultIn(form, id, entries) : undefined;
  return { entries, errors: fault ? [fault] : errors };
}

function readEntry(form: CaseForm, id: string, given: unknown, number: number): { entry: Entry; errors: FieldError[] } {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { entry: {}, errors: [inEntry(form, id, number, errorOf(form, id, 'wrong-form'))] };
  const { answers, errors } = validatePage(form.entryForms.get(id)!, 'entry', given as PostedBody);
  return { entry: answers as Entry, errors: errors.map((error) => inEntry(form, id, number, error)) };
}

/** An error of an entry as one of the form: it says in which entry it is. */
function inEntry(form: Form, id: string, number: number, error: FieldError): FieldError {
  const title = entryTitle(form.definition.questions[id]!.entry!.name, number);
  return {
    field: id,
    control: `${id}-${number}-${error.control}`,
    code: error.code,
    message: { ar: `${title.ar}: ${error.message.ar}`, en: `${title.en}: ${error.message.en}` },
  };
}

/**
 * Puts one entry, as its page posted it, into a group: at its number (from 1 on), or behind the others without one. With errors the
 * entries stay as they are.
 */
export function putEntry(
  form: CaseForm,
  id: string,
  entries: Entry[],
  posted: PostedBody,
  number = entries.length + 1,
): { entries: Entry[]; errors: FieldError[] } {
  const limit = itemsMax(form, id);
  if (number > limit) return { entries, errors: [errorOf(form, id, 'too-many', { limit })] };
  const { answers, errors } = validatePage(form.entryForms.get(id)!, 'entry', posted);
  return errors.length > 0
    ? { entries, errors }
    : { entries: entries.toSpliced(number - 1, 1, answers as Entry), errors };
}

/** Everything that keeps these answers from being submitted, over all pages. */
export function validateAnswers(form: CaseForm, answers: Answers): Array<FieldError & { pageId: string }> {
  return listPages(form, answers).flatMap((page) =>
    askedOn(form, page, answers).flatMap((id) => {
      const answer = answers[id];
      const fault = faultIn(form, id, answer);
      return fault ? [{ ...fault, pageId: page.id }] : [];
    }),
  );
}

/** What is wrong with a kept answer, or with there being none. */
function faultIn(form: CaseForm, id: string, answer: Answer | undefined): FieldError | undefined {
  if (answer === undefined || (Array.isArray(answer) && answer.length === 0))
    return isRequired(form, id) ? errorOf(form, id, 'required') : undefined;
  const entryForm = form.entryForms.get(id);
  for (const [at, entry] of entryForm ? (answer as Entry[]).entries() : []) {
    const [fault] = validateAnswers(entryForm!, entry);
    if (fault) return inEntry(form, id, at + 1, fault);
  }
  const isHarmful =
    form.definition.questions[id]!.kind === 'file' &&
    (answer as unknown as AttachedFile[]).some(({ scan }) => scan === 'infected');
  return isHarmful ? errorOf(form, id, 'harmful-file') : checkAnswer(form, id, answer);
}

/** Only the answers that are still asked for: changing an early answer may close a later question. */
export function keepAsked(form: CaseForm, answers: Answers): Answers {
  const asked = listPages(form, answers).flatMap((page) => askedOn(form, page, answers));
  return Object.fromEntries(asked.flatMap((id) => (answers[id] === undefined ? [] : [[id, answers[id]]])));
}

/** The answers given, in words, in the order of the pages. */
export function describeAnswers(form: CaseForm, answers: Answers, language: Language): AnswerRow[] {
  return listPages(form, answers).flatMap((page) =>
    askedOn(form, page, answers).flatMap((id) =>
      answers[id] === undefined
        ? []
        : rowsOf(form, id, answers[id], language).map((row) => ({ pageId: page.id, questionId: id, ...row })),
    ),
  );
}

function rowsOf(
  form: CaseForm,
  id: string,
  answer: Answer,
  language: Language,
): Array<Pick<AnswerRow, 'label' | 'value' | 'file' | 'entry'>> {
  const question = form.definition.questions[id]!;
  const label = question.label[language];
  const entryForm = form.entryForms.get(id);
  if ((entryForm || question.kind === 'file') && (answer as unknown[]).length === 0)
    return [{ label, value: nothing[language] }];
  if (question.kind === 'file')
    return (answer as unknown as AttachedFile[]).map((file) => ({ label, value: file.name, file }));
  const entry = question.kind === 'look-up' ? { entry: answer as NonNullable<AnswerRow['entry']> } : {};
  if (!entryForm) return [{ label, value: wordsOf(question, answer, language, form.state), ...entry }];
  return (answer as Entry[]).flatMap((entry, at) =>
    describeAnswers(entryForm, entry, language).map((row) => ({
      label: `${entryTitle(question.entry!.name, at + 1)[language]}: ${row.label}`,
      value: row.value,
    })),
  );
}

export function pageOf(form: Form, pageId: string): Page {
  const page = form.definition.pages.find((candidate) => candidate.id === pageId);
  if (!page) throw new Error(`the form has no page '${pageId}'`);
  return page;
}

export function askedOn(form: CaseForm, page: Page, answers: Answers): string[] {
  return page.questions.filter((id) => {
    const { when } = form.definition.questions[id]!;
    return !when || holds(when, { answers, evidence: form.evidence });
  });
}

/** Whether a question has been answered, does not have to be, or is not asked on the way of these answers. */
export function isAnswered(form: CaseForm, answers: Answers, id: string): boolean {
  if (answers[id] !== undefined || !isRequired(form, id)) return true;
  return !form.definition.pages.some((page) => askedOn(form, page, answers).includes(id));
}

export function isRequired(form: Form, id: string): boolean {
  return form.definition.schema.required.includes(id);
}

function checkAnswer(form: Form, id: string, answer: Answer): FieldError | undefined {
  const question = form.definition.questions[id]!;
  const lengthMax = lengthMaxByKind[question.kind];
  if (lengthMax !== undefined && typeof answer === 'string' && answer.length > lengthMax)
    return errorOf(form, id, 'too-long', { limit: lengthMax });
  const check = form.checks.get(id)!;
  if (check(question.kind === 'address' ? partsAlone(answer) : answer)) return undefined;
  const { code, limit } = codeOfKeyword(check.errors![0]!);
  return errorOf(form, id, code, { limit });
}

export function errorOf(
  form: Form,
  id: string,
  code: string,
  more: { limit?: number | undefined; control?: string | undefined } = {},
): FieldError {
  const question = form.definition.questions[id]!;
  const parts = partsOf(question, form.state);
  const control = more.control ?? (parts ? `${id}-${parts[0]!.id}` : id);
  const part = parts?.find((one) => `${id}-${one.id}` === control);
  const label = question.kind === 'address' && more.control && part ? part.label : question.label;
  return { field: id, control, code, message: sentenceFor(code, question.kind, label, more.limit, question.errors) };
}
