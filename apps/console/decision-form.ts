import { type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { ReviewView } from './pages/index.ts';

/** A decision as it stands in the form. */
export const typedIn = (form: PageContext['form']) => ({
  outcome: textOf(form['outcome']),
  reasons: [form['reasons'] ?? []].flat(),
  conditions: [form['conditions'] ?? []].flat(),
  wordsAr: textOf(form['words-ar']),
  wordsEn: textOf(form['words-en']),
});

/** Own words come in both languages or in none; otherwise it is the reasons that are missing. */
export function missingIn(values: { wordsAr: string; wordsEn: string }, message: Text): ReviewView['form']['errors'] {
  const [hasAr, hasEn] = [values.wordsAr.trim() !== '', values.wordsEn.trim() !== ''];
  if (hasAr !== hasEn) return hasAr ? { wordsEn: message } : { wordsAr: message };
  return { reasons: message };
}
