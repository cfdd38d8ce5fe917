import { type Field, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { OfficerCaseView } from '#modules/cases';

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
    drafted?: { by: string | undefined; at: string };
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
