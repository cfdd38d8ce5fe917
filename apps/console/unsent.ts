import { type Labelled, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';

/** What was written for a step that is not the officer's to take any more: nothing of it was recorded, and it stands on the page once more. */
export type UnsentView = { why: Text; written: Labelled[] };

/** Who may not, and whose case it is not, are told just that; what else refuses a step leaves the page with what was typed. */
export const leavesPage = (error: unknown): error is Problem =>
  error instanceof Problem && error.status !== 403 && error.status !== 404;

/** What of a form somebody wrote, under what each field is called; undefined where that is nothing. */
export function unsentOf(why: Text, fields: Array<[Text, string | string[] | undefined]>): UnsentView | undefined {
  const written = fields.flatMap(([label, posted]): Labelled[] => {
    const value = textOf(posted).trim();
    return value === '' ? [] : [{ label, value }];
  });
  return written.length === 0 ? undefined : { why, written };
}

/** Why a decision or a step is not for this officer to take now. `holder`: a colleague who has the case in hand. */
export function notYours(holder: Text | undefined, isFree: boolean, stands: Text): Text {
  if (holder) return { ar: `الطلب الآن بيد ${holder.ar}.`, en: `${holder.en} has this case now.` };
  if (isFree)
    return { ar: 'ليس الطلب الآن بيد أحد: استلمه أولًا.', en: 'Nobody has this case in hand now: take it first.' };
  return {
    ar: `لا ينتظر الطلب الآن ذلك منك: حاله «${stands.ar}».`,
    en: `The case does not wait for this from you now: it is “${stands.en}”.`,
  };
}
