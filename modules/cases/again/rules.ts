import type { Text } from '#kernel/languages';
import { type Answers, type CaseForm, keepAsked, listPages, validateAnswers } from '#modules/catalogue';
import type { CaseState } from '../states.ts';
import type { LeftAnswer } from './contract.ts';

/** What came to nothing, and may be tried once more. */
export const mayApplyAgainFrom = (state: CaseState): boolean =>
  state === 'refused' || state === 'withdrawn' || state === 'cancelled' || state === 'expired';

/** What of earlier answers a form takes: whole or in part by page, and single values for pages that are looked at anew. */
export type TakenOver = {
  pages: Array<{ pageId: string; answers: Answers }>;
  firstValues: Array<{ questionId: string; value: string }>;
  left: LeftAnswer[];
};

/**
 * Lays earlier answers into the form of today. What is declared or consented to is never taken over: of a page with such a box the other answers
 * are first values, so that the page is seen again. Files are not looked at here.
 */
export function takeOver(before: CaseForm, after: CaseForm, earlier: Answers): TakenOver {
  const given = keepAsked(before, earlier);
  const kindIn = (form: CaseForm, id: string) => form.definition.questions[id]?.kind;
  const isFile = (id: string) => kindIn(before, id) === 'file' || kindIn(after, id) === 'file';
  const left = new Map<string, LeftAnswer['why']>();
  let answers: Answers = {};
  for (const [id, answer] of Object.entries(given)) {
    if (isFile(id)) continue;
    if (kindIn(after, id) === undefined) left.set(id, 'not-asked');
    else if (kindIn(before, id) === 'checkbox' || kindIn(after, id) === 'checkbox') left.set(id, 'anew');
    else if (kindIn(before, id) !== kindIn(after, id)) left.set(id, 'does-not-fit');
    else answers[id] = answer;
  }
  // One that goes may close questions that others hang on, so that they are looked at again.
  for (;;) {
    const asked = keepAsked(after, answers);
    const faulty = new Set(validateAnswers(after, asked).map(({ field }) => field.split(/[.[]/)[0]!));
    const kept = Object.fromEntries(Object.entries(asked).filter(([id]) => !faulty.has(id)));
    for (const id of Object.keys(answers))
      if (!Object.hasOwn(kept, id)) left.set(id, Object.hasOwn(asked, id) ? 'does-not-fit' : 'not-asked');
    if (Object.keys(kept).length === Object.keys(answers).length) break;
    answers = kept;
  }
  const pages: TakenOver['pages'] = [];
  const firstValues: TakenOver['firstValues'] = [];
  for (const page of listPages(after, answers)) {
    const own = Object.entries(answers).filter(([id]) => page.questions.includes(id));
    if (own.length === 0) continue;
    if (!page.questions.some((id) => kindIn(after, id) === 'checkbox'))
      pages.push({ pageId: page.id, answers: Object.fromEntries(own) });
    else
      for (const [id, answer] of own)
        if (typeof answer === 'string') firstValues.push({ questionId: id, value: answer });
        else left.set(id, 'anew');
  }
  const labelOf = (id: string): Text => before.definition.questions[id]!.label;
  return { pages, firstValues, left: [...left].map(([id, why]) => ({ label: labelOf(id), why })) };
}
