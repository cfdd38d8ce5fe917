import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Language } from '#kernel/languages';
import type { Answer, AnswerRow, Answers, FieldError, FormDefinition, Page, PostedBody, Question } from './contract.ts';
import { sentenceFor } from './messages.ts';
import { partsOf } from './parts.ts';
import { readPosted } from './values.ts';
import { wordsOf } from './words.ts';

/** A form ready for use: its definition, one compiled check per question, and the state whose forms of address and number count. */
export type Form = { definition: FormDefinition; checks: ReadonlyMap<string, ValidateFunction>; state: string };

export const lengthMaxByKind: Partial<Record<Question['kind'], number>> = {
  text: 200,
  name: 120,
  'name-arabic': 120,
  'name-latin': 120,
  textarea: 2000,
  email: 254,
  'web-address': 500,
};
/** Compiles a form for a state (ISO 3166-1 alpha-2). Throws an Error in plain words when a question's schema is not JSON Schema 2020-12. */
export function openForm(definition: FormDefinition, state: string): Form {
  const ajv = new Ajv2020({ strict: true, allErrors: false });
  const checks = new Map<string, ValidateFunction>();
  for (const [id, schema] of Object.entries(definition.schema.properties)) {
    try {
      checks.set(id, ajv.compile(schema));
    } catch (error) {
      throw new Error(`the schema of '${id}' is not JSON Schema 2020-12: ${(error as Error).message}`);
    }
  }
  return { definition, checks, state };
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
    const reading = readPosted(question, id, posted, form.state);
    if (reading === 'absent') {
      if (isRequired(form, id)) errors.push(errorOf(form, id, 'required'));
    } else if ('code' in reading) errors.push(errorOf(form, id, reading.code, { control: reading.control }));
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
        ? errorOf(form, id, 'required')
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
          value: wordsOf(question, answer, language, form.state),
        },
      ];
    }),
  );
}

/** What JSON calls the answer to kinds that are no text. */
const answerTypes: Partial<Record<Question['kind'], string>> = {
  money: 'integer',
  year: 'integer',
  'yes-no': 'boolean',
  checkboxes: 'array',
  address: 'object',
};

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
    const isPick = ['radios', 'choice', 'checkboxes'].includes(question.kind);
    if (isPick !== (question.options !== undefined))
      findings.push(
        isPick ? `'${id}' offers nothing to choose` : `'${id}' has options, but its kind is ${question.kind}`,
      );
    const offered = JSON.stringify(question.options?.map((option) => option.value));
    const allowed = question.kind === 'checkboxes' ? (schema?.['items'] as { enum?: unknown })?.enum : schema?.['enum'];
    if (isPick && schema && offered !== JSON.stringify(allowed))
      findings.push(`the options of '${id}' differ from the enum of its schema`);
    if (question.kind === 'checkbox' && schema && schema['const'] !== true)
      findings.push(`the box '${id}' needs a schema with "const": true`);
    const type = answerTypes[question.kind];
    if (type !== undefined && schema && schema['type'] !== type)
      findings.push(`'${id}' is of kind ${question.kind}, so its schema needs "type": "${type}"`);
    if ((question.kind === 'money') !== (question.currency !== undefined))
      findings.push(
        question.kind === 'money'
          ? `'${id}' needs a currency`
          : `'${id}' has a currency, but its kind is ${question.kind}`,
      );
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
    openForm(definition, '');
  } catch (error) {
    findings.push((error as Error).message);
  }
  return findings;
}

export function pageOf(form: Form, pageId: string): Page {
  const page = form.definition.pages.find((candidate) => candidate.id === pageId);
  if (!page) throw new Error(`the form has no page '${pageId}'`);
  return page;
}

export function askedOn(form: Form, page: Page, answers: Answers): string[] {
  return page.questions.filter((id) => {
    const condition = form.definition.questions[id]!.when;
    if (!condition) return true;
    const given = [answers[condition.question] ?? '']
      .flat()
      .map((one) => (one === true ? 'yes' : one === false ? 'no' : one));
    return given.some((one) => condition.is.includes(String(one)));
  });
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
  if (check(answer)) return undefined;
  const { code, limit } = codeOf(check.errors![0]!);
  return errorOf(form, id, code, { limit });
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
    case 'maxItems':
      return { code: 'too-many', limit };
    case 'enum':
    case 'const':
      return { code: 'not-an-option' };
    case 'type':
      return { code: (error.params as { type?: string }).type === 'integer' ? 'not-whole' : 'wrong-form' };
    default:
      return { code: 'wrong-form' };
  }
}

function errorOf(
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
