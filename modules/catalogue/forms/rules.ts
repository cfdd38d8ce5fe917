import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { formatDate, type Language, type Text } from '#kernel/languages';
import type {
  Answer,
  AnswerRow,
  Answers,
  FieldError,
  FormDefinition,
  Page,
  PageModel,
  PostedBody,
  Question,
  QuestionModel,
} from './contract.ts';
import { sentenceFor } from './messages.ts';
import { readPosted } from './values.ts';

/** A form ready for use: its definition and one compiled check per question. */
export type Form = { definition: FormDefinition; checks: ReadonlyMap<string, ValidateFunction> };

const lengthMaxByKind: Partial<Record<Question['kind'], number>> = { text: 200, name: 120, textarea: 2000, email: 254 };

/** Compiles a form. Throws an Error in plain words when a question's schema is not JSON Schema 2020-12. */
export function openForm(definition: FormDefinition): Form {
  const ajv = new Ajv2020({ strict: true, allErrors: false });
  const checks = new Map<string, ValidateFunction>();
  for (const [id, schema] of Object.entries(definition.schema.properties)) {
    try {
      checks.set(id, ajv.compile(schema));
    } catch (error) {
      throw new Error(`the schema of '${id}' is not JSON Schema 2020-12: ${(error as Error).message}`);
    }
  }
  return { definition, checks };
}

/** The pages that these answers lead to, in order. */
export function listPages(form: Form, answers: Answers): Page[] {
  return form.definition.pages.filter((page) => askedOn(form, page, answers).length > 0);
}

/**
 * Reads one posted page. Either every answer is sound (`errors` is empty) or none is to be kept; fields the page does not
 * ask for are ignored. `answers` holds only this page's questions; what the person left empty is absent.
 */
export function validatePage(
  form: Form,
  pageId: string,
  posted: PostedBody,
  savedAnswers: Answers = {},
): { answers: Answers; errors: FieldError[] } {
  const answers: Answers = {};
  const errors: FieldError[] = [];
  for (const id of askedOn(form, pageOf(form, pageId), savedAnswers)) {
    const question = form.definition.questions[id]!;
    const reading = readPosted(question.kind, id, posted);
    if (reading === 'absent') {
      if (isRequired(form, id)) errors.push(errorOf(question, id, 'required'));
    } else if ('code' in reading) errors.push(errorOf(question, id, reading.code));
    else {
      const error = checkAnswer(form, id, reading.answer);
      if (error) errors.push(error);
      else answers[id] = reading.answer;
    }
  }
  return { answers: errors.length > 0 ? {} : answers, errors };
}

/** Everything that keeps these answers from being submitted, over all pages. */
export function validateAnswers(form: Form, answers: Answers): Array<FieldError & { pageId: string }> {
  return listPages(form, answers).flatMap((page) =>
    askedOn(form, page, answers).flatMap((id) => {
      const answer = answers[id];
      const missing = answer === undefined && isRequired(form, id);
      const error = missing
        ? errorOf(form.definition.questions[id]!, id, 'required')
        : answer === undefined
          ? undefined
          : checkAnswer(form, id, answer);
      return error ? [{ ...error, pageId: page.id }] : [];
    }),
  );
}

/** Only the answers that are still asked for: changing an early answer may close a later question. */
export function keepAsked(form: Form, answers: Answers): Answers {
  const asked = listPages(form, answers).flatMap((page) => askedOn(form, page, answers));
  return Object.fromEntries(asked.flatMap((id) => (answers[id] === undefined ? [] : [[id, answers[id]]])));
}

export type PageFacts = {
  language: Language;
  answers: Answers;
  /** A body that was refused, shown again as typed, with its errors. */
  posted?: PostedBody;
  errors?: FieldError[];
  /** Values found in evidence, by question, with where they came from. */
  found?: Record<string, { value: string; source: Text }>;
};

/** A page as it is to be drawn, in one language. */
export function describePage(form: Form, pageId: string, facts: PageFacts): PageModel {
  const pages = listPages(form, facts.answers);
  const page = pageOf(form, pageId);
  const at = pages.indexOf(page);
  const say = (text: Text) => text[facts.language];
  const previous = pages[at - 1];
  const next = pages[at + 1];
  return {
    pageId,
    title: say(page.title),
    ...(page.intro ? { intro: say(page.intro) } : {}),
    step: { number: at + 1, of: pages.length },
    questions: askedOn(form, page, facts.answers).map((id) => describeQuestion(form, id, facts)),
    errors: (facts.errors ?? []).map(({ field, control, message }) => ({ field, control, message: say(message) })),
    ...(previous ? { previousPageId: previous.id } : {}),
    ...(next ? { nextPageId: next.id } : {}),
  };
}

/** The answers given, in words, in the order of the pages. */
export function describeAnswers(form: Form, answers: Answers, language: Language): AnswerRow[] {
  return listPages(form, answers).flatMap((page) =>
    askedOn(form, page, answers).flatMap((id) => {
      const question = form.definition.questions[id]!;
      const answer = answers[id];
      if (answer === undefined) return [];
      return [
        {
          pageId: page.id,
          questionId: id,
          label: question.label[language],
          value: wordsOf(question, answer, language),
        },
      ];
    }),
  );
}

export function wordsOf(question: Question, answer: Answer, language: Language): string {
  if (question.kind === 'checkbox') return language === 'ar' ? 'نعم' : 'Yes';
  if (question.kind === 'date') return formatDate(new Date(`${answer}T00:00:00Z`), language, { timeZone: 'UTC' });
  const option = question.options?.find((candidate) => candidate.value === answer);
  return option ? option.label[language] : String(answer);
}

/** What an author got wrong in a form, in plain words. */
export function checkForm(definition: FormDefinition): string[] {
  const findings: string[] = [];
  const pageOfQuestion = new Map<string, number>();
  for (const [at, page] of definition.pages.entries()) {
    if (definition.pages.findIndex((other) => other.id === page.id) !== at)
      findings.push(`two pages are called '${page.id}'`);
    for (const id of page.questions) {
      if (!definition.questions[id]) findings.push(`page '${page.id}' asks '${id}', which is not among the questions`);
      if (pageOfQuestion.has(id)) findings.push(`the question '${id}' is asked twice`);
      else pageOfQuestion.set(id, at);
    }
  }
  for (const [id, question] of Object.entries(definition.questions)) {
    const at = pageOfQuestion.get(id);
    if (at === undefined) findings.push(`the question '${id}' is on no page`);
    const schema = definition.schema.properties[id];
    if (!schema) findings.push(`the question '${id}' has no schema`);
    const isPick = question.kind === 'radios' || question.kind === 'choice';
    if (isPick !== (question.options !== undefined))
      findings.push(
        isPick ? `'${id}' offers nothing to choose` : `'${id}' has options, but its kind is ${question.kind}`,
      );
    const offered = JSON.stringify(question.options?.map((option) => option.value));
    if (isPick && schema && offered !== JSON.stringify(schema['enum']))
      findings.push(`the options of '${id}' differ from the enum of its schema`);
    if (question.kind === 'checkbox' && schema && schema['const'] !== true)
      findings.push(`the box '${id}' needs a schema with "const": true`);
    if (question.when) {
      const earlier = pageOfQuestion.get(question.when.question);
      if (earlier === undefined || at === undefined || earlier >= at)
        findings.push(`'${id}' depends on '${question.when.question}', which must be asked on an earlier page`);
    }
  }
  for (const id of [...definition.schema.required, ...Object.keys(definition.schema.properties)])
    if (!definition.questions[id]) findings.push(`the schema names '${id}', which is not a question`);
  if (findings.length > 0) return findings;
  try {
    openForm(definition);
  } catch (error) {
    findings.push((error as Error).message);
  }
  return findings;
}

function pageOf(form: Form, pageId: string): Page {
  const page = form.definition.pages.find((candidate) => candidate.id === pageId);
  if (!page) throw new Error(`the form has no page '${pageId}'`);
  return page;
}

function askedOn(form: Form, page: Page, answers: Answers): string[] {
  return page.questions.filter((id) => {
    const condition = form.definition.questions[id]!.when;
    return !condition || condition.is.includes(String(answers[condition.question] ?? ''));
  });
}

function isRequired(form: Form, id: string): boolean {
  return form.definition.schema.required.includes(id);
}

function checkAnswer(form: Form, id: string, answer: Answer): FieldError | undefined {
  const question = form.definition.questions[id]!;
  const lengthMax = lengthMaxByKind[question.kind];
  if (lengthMax !== undefined && typeof answer === 'string' && answer.length > lengthMax)
    return errorOf(question, id, 'too-long', lengthMax);
  const check = form.checks.get(id)!;
  if (check(answer)) return undefined;
  const { code, limit } = codeOf(check.errors![0]!);
  return errorOf(question, id, code, limit);
}

/** The sentence to say for a JSON Schema keyword that failed. */
function codeOf(error: ErrorObject): { code: string; limit?: number } {
  const limit = (error.params as { limit?: number }).limit;
  switch (error.keyword) {
    case 'minLength':
      return { code: 'too-short', limit };
    case 'maxLength':
      return { code: 'too-long', limit };
    case 'minimum':
    case 'exclusiveMinimum':
      return { code: 'too-small', limit };
    case 'maximum':
    case 'exclusiveMaximum':
      return { code: 'too-large', limit };
    case 'enum':
    case 'const':
      return { code: 'not-an-option' };
    case 'type':
      return { code: (error.params as { type?: string }).type === 'integer' ? 'not-whole' : 'wrong-form' };
    default:
      return { code: 'wrong-form' };
  }
}

function errorOf(question: Question, id: string, code: string, limit?: number): FieldError {
  const control = question.kind === 'date' ? `${id}-day` : id;
  return {
    field: id,
    control,
    code,
    message: sentenceFor(code, question.kind, question.label, limit, question.errors),
  };
}

const dateParts: Array<{ part: string; label: Text; length: number }> = [
  { part: 'day', label: { ar: 'اليوم', en: 'Day' }, length: 2 },
  { part: 'month', label: { ar: 'الشهر', en: 'Month' }, length: 2 },
  { part: 'year', label: { ar: 'السنة', en: 'Year' }, length: 4 },
];

function describeQuestion(form: Form, id: string, facts: PageFacts): QuestionModel {
  const question = form.definition.questions[id]!;
  const { language, posted } = facts;
  const saved = facts.answers[id];
  const found = saved === undefined && !posted ? facts.found?.[id] : undefined;
  const typed = posted && typeof posted[id] === 'string' ? (posted[id] as string) : undefined;
  const value = posted ? (typed ?? '') : saved !== undefined ? String(saved) : (found?.value ?? '');
  const error = facts.errors?.find((candidate) => candidate.field === id);
  const lengthMax =
    (form.definition.schema.properties[id]?.['maxLength'] as number | undefined) ?? lengthMaxByKind[question.kind];
  const isLatin = question.kind === 'email' || question.kind === 'phone' || question.kind === 'number';
  return {
    id,
    kind: question.kind,
    label: question.label[language],
    required: isRequired(form, id),
    value: question.kind === 'checkbox' ? 'yes' : value,
    ...(question.hint ? { hint: question.hint[language] } : {}),
    ...(question.kind === 'checkbox' ? { checked: posted ? typed !== undefined && typed !== '' : saved === true } : {}),
    ...(question.options
      ? {
          options: question.options.map((option) => ({
            value: option.value,
            label: option.label[language],
            ...(option.hint ? { hint: option.hint[language] } : {}),
            chosen: option.value === value,
          })),
        }
      : {}),
    ...(question.kind === 'date' ? { parts: describeDateParts(id, value, facts) } : {}),
    ...(error ? { error: error.message[language] } : {}),
    ...(question.autocomplete ? { autocomplete: question.autocomplete } : {}),
    ...(question.inputmode ? { inputmode: question.inputmode } : {}),
    ...(lengthMax === undefined ? {} : { lengthMax }),
    ...(isLatin ? { direction: 'ltr' as const } : {}),
    ...(found ? { source: found.source[language] } : {}),
  };
}

function describeDateParts(id: string, value: string, facts: PageFacts): QuestionModel['parts'] {
  const [year = '', month = '', day = ''] = value.split('-');
  const held: Record<string, string> = { year, month: month.replace(/^0/, ''), day: day.replace(/^0/, '') };
  return dateParts.map(({ part, label, length }) => {
    const name = `${id}-${part}`;
    const typed = facts.posted?.[name];
    return {
      name,
      label: label[facts.language],
      length,
      value: typeof typed === 'string' ? typed : (held[part] ?? ''),
    };
  });
}
