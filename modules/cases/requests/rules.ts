import type { Text } from '#kernel/languages';
import { type Answers, type CaseForm, describeAnswers, type Form, keepAsked, questionsIn } from '#modules/catalogue';
import type { AnswerChange } from './contract.ts';

/** The pages that a request opens: those it names, and those whose questions depend on an answer there. */
export function pagesOpenedBy(form: Form, named: readonly string[]): string[] {
  const { pages, questions } = form.definition;
  const opened = new Set(named);
  // A question depends on an earlier page only, so one walk in order finds them all.
  for (const page of pages) {
    const asked = pages.filter(({ id }) => opened.has(id)).flatMap((one) => one.questions);
    if (page.questions.some((id) => questionsIn(questions[id]?.when).some((one) => asked.includes(one))))
      opened.add(page.id);
  }
  return pages.filter(({ id }) => opened.has(id)).map(({ id }) => id);
}

/** What differs between two sets of answers, in words, in the order of the form. */
export function describeChanges(form: CaseForm, before: Answers, after: Answers): AnswerChange[] {
  const [old, now] = [wordsBy(form, before), wordsBy(form, after)];
  const ids = form.definition.pages.flatMap((page) => page.questions);
  return ids.flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    if (was?.value.ar === is?.value.ar && was?.value.en === is?.value.en) return [];
    const { pageId, label } = (is ?? was)!;
    return [{ pageId, label, ...(was ? { before: was.value } : {}), ...(is ? { after: is.value } : {}) }];
  });
}

function wordsBy(form: CaseForm, answers: Answers): Map<string, { pageId: string; label: Text; value: Text }> {
  const kept = keepAsked(form, answers);
  const english = describeAnswers(form, kept, 'en');
  return new Map(
    describeAnswers(form, kept, 'ar').map((row, at) => [
      row.questionId,
      {
        pageId: row.pageId,
        label: { ar: row.label, en: english[at]!.label },
        value: { ar: row.value, en: english[at]!.value },
      },
    ]),
  );
}
