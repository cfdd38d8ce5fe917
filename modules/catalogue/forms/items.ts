import type { Text } from '#kernel/languages';
import type { Answer, Answers } from './contract.ts';
import { type CaseForm, keepAsked } from './rules.ts';
import { entryTitle, wordsOf } from './words.ts';

/** One thing of several that an application asks for. The id of a box is its value, that of an entry its number from 1 on. */
export type Item = { id: string; label: Text };

/** The boxes ticked, or the entries, of one question, in the order in which the form has them. */
export function itemsIn(form: CaseForm, questionId: string, answers: Answers): Item[] {
  const question = form.definition.questions[questionId];
  const given = keepAsked(form, answers)[questionId];
  if (!question || !Array.isArray(given)) return [];
  if (question.kind === 'checkboxes')
    return (question.options ?? [])
      .filter(({ value }) => (given as string[]).includes(value))
      .map(({ value, label }) => ({ id: value, label }));
  const { entry } = question;
  if (!entry) return [];
  return (given as Array<Record<string, Answer>>).map((answered, at) => {
    const title = entryTitle(entry.name, at + 1);
    const named = entry.asks.find((id) => answered[id] !== undefined);
    if (named === undefined) return { id: String(at + 1), label: title };
    const asked = entry.questions[named]!;
    const say = (language: 'ar' | 'en') =>
      `${title[language]}: ${wordsOf(asked, answered[named]!, language, form.state)}`;
    return { id: String(at + 1), label: { ar: say('ar'), en: say('en') } };
  });
}
