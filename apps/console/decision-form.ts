import { type Field, type Labelled, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { OfficerCaseView } from '#modules/cases';
import type { TypedItems } from './items.ts';
import { consoleTexts } from './texts/index.ts';

/** What an officer decides by, as the page draws it. */
export type DecisionForm = {
  outcomes: Array<{ value: string; label: Text }>;
  reasons: Array<{ value: string; label: Text }>;
  conditions: Array<{ value: string; label: Text }>;
  /** What of an approval is decided one by one, four questions for each. */
  items: Field[];
  /** Which decisions a second officer has to confirm. */
  needsSecond: Text[];
  values: {
    outcome?: string;
    reasons?: string[];
    conditions?: string[];
    wordsAr?: string;
    wordsEn?: string;
    /** It was written before and not decided; `by` is absent of whoever reads it. */
    drafted?: { by: Text | undefined; at: string };
  };
  errors: { outcome?: Text; reasons?: Text; conditions?: Text; wordsAr?: Text; wordsEn?: Text };
};

/** The kinds of decision, as officers read them. */
export const decisionWords = {
  approve: { ar: 'الموافقة', en: 'an approval' },
  'approve-with-conditions': { ar: 'الموافقة بشروط', en: 'an approval with conditions' },
  'approve-in-part': { ar: 'الموافقة الجزئية', en: 'an approval in part' },
  refuse: { ar: 'الرفض', en: 'a refusal' },
} satisfies Record<OfficerCaseView['secondOfficerFor'][number], Text>;

/** A decision as it stands in the form. */
export const typedIn = (form: PageContext['form']) => ({
  outcome: textOf(form['outcome']),
  reasons: [form['reasons'] ?? []].flat(),
  conditions: [form['conditions'] ?? []].flat(),
  wordsAr: textOf(form['words-ar']),
  wordsEn: textOf(form['words-en']),
});

/** Own words come in both languages or in none; otherwise it is the reasons that are missing. */
export function missingIn(values: { wordsAr: string; wordsEn: string }, message: Text): DecisionForm['errors'] {
  const [hasAr, hasEn] = [values.wordsAr.trim() !== '', values.wordsEn.trim() !== ''];
  if (hasAr !== hasEn) return hasAr ? { wordsEn: message } : { wordsAr: message };
  return { reasons: message };
}

const both = (
  key: 'review.outcome' | 'review.reasons' | 'review.conditions' | 'review.wordsAr' | 'review.wordsEn',
): Text => ({
  ar: consoleTexts.ar[key],
  en: consoleTexts.en[key],
});
const joined = (texts: Text[]): Text => ({
  ar: texts.map(({ ar }) => ar).join(' · '),
  en: texts.map(({ en }) => en).join(' · '),
});

/** What somebody wrote of a decision, line by line, where there is no form to put it back into; empty when nothing was. */
export function writtenIn(
  view: Pick<OfficerCaseView, 'reasonChoices' | 'conditionChoices' | 'itemChoices'>,
  outcomes: Array<{ value: string; label: Text }>,
  { outcome, reasons = [], conditions = [], wordsAr, wordsEn }: DecisionForm['values'],
  items: TypedItems = {},
): Labelled[] {
  const chosen = (ids: string[], choices: Array<{ id: string; text: Text }>) =>
    joined(choices.filter(({ id }) => ids.includes(id)).map(({ text }) => text));
  const lines: Labelled[] = [
    {
      label: both('review.outcome'),
      value: joined(outcomes.filter(({ value }) => value === outcome).map(({ label }) => label)),
    },
    ...view.itemChoices.flatMap(({ id, label }) =>
      [items[id]?.wordsAr ?? '', items[id]?.wordsEn ?? ''].map((value) => ({ label, value })),
    ),
    { label: both('review.reasons'), value: chosen(reasons, view.reasonChoices) },
    { label: both('review.conditions'), value: chosen(conditions, view.conditionChoices) },
    { label: both('review.wordsAr'), value: wordsAr ?? '' },
    { label: both('review.wordsEn'), value: wordsEn ?? '' },
  ];
  return lines.filter(({ value }) => (typeof value === 'string' ? value : (value as Text).ar).trim() !== '');
}
