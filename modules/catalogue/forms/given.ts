import type { Answer, Answers, Entry, FieldError, Held, PostedBody } from './contract.ts';
import { writeAmount } from './numbers.ts';
import { askedOn, type CaseForm, errorOf, type Form, readAnswer } from './rules.ts';

/**
 * Reads answers to any questions of a form, as a program sends them: by question, each whole, `null` to take one away. Those that are not given
 * stay as they are saved, and may still be missing. `pages`: what each page that was touched holds then; with an error nothing is to be
 * kept. `unasked`: questions that the form does not have, or does not ask on the way of these answers. `held`: as of `validatePage`.
 */
export function validateGiven(
  form: CaseForm,
  given: PostedBody,
  savedAnswers: Answers,
  held: Record<string, Held> = {},
): {
  pages: Map<string, Answers>;
  answers: Answers;
  errors: Array<FieldError & { pageId: string }>;
  unasked: string[];
} {
  const pages = new Map<string, Answers>();
  const errors: Array<FieldError & { pageId: string }> = [];
  const left = new Set(Object.keys(given));
  const answers = { ...savedAnswers };
  for (const page of form.definition.pages) {
    const named = askedOn(form, page, answers).filter((id) => left.delete(id));
    for (const id of named) {
      const { answer, errors: found } = readGiven(form, id, given, savedAnswers, held[id]);
      errors.push(...found.map((error) => ({ ...error, pageId: page.id })));
      if (found.length > 0) continue;
      if (answer === undefined) delete answers[id];
      else answers[id] = answer;
    }
    if (named.length > 0) pages.set(page.id, writtenOn(form, page.questions, answers));
  }
  return { pages, answers, errors, unasked: [...left] };
}

function readGiven(form: CaseForm, id: string, given: PostedBody, saved: Answers, held: Held | undefined) {
  const { kind } = form.definition.questions[id]!;
  if (kind === 'file') return { errors: [errorOf(form, id, 'wrong-form')] };
  if (given[id] === null) return kind === 'group' ? { answer: [], errors: [] } : { errors: [] };
  return readAnswer(form, id, { [id]: given[id] }, saved, held);
}

/** What is attached is kept elsewhere. */
function writtenOn(form: Form, questions: readonly string[], answers: Answers): Answers {
  const written = questions.filter((id) => form.definition.questions[id]!.kind !== 'file' && answers[id] !== undefined);
  return Object.fromEntries(written.map((id) => [id, answers[id]!]));
}

/** Answers as they can be given back: an amount as it is typed (kept in the smallest unit), what is in no register as `unlisted`. Without files. */
export function givable(form: CaseForm, answers: Answers): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answers).flatMap(([id, answer]) => {
      const question = form.definition.questions[id];
      if (!question || question.kind === 'file') return [];
      return [[id, writeGivable(form, id, answer)]];
    }),
  );
}

function writeGivable(form: CaseForm, id: string, answer: Answer): unknown {
  const { kind, currency } = form.definition.questions[id]!;
  const entryForm = form.entryForms.get(id);
  if (entryForm) return (answer as Entry[]).map((entry) => givable(entryForm, entry));
  if (kind === 'money') return writeAmount(Number(answer), currency ?? '');
  if (kind !== 'look-up') return answer;
  const { code, ar } = answer as { code?: string; ar: string };
  return code === undefined ? { unlisted: ar } : answer;
}
