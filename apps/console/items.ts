import { type Field, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Problem } from '#kernel/problem';
import type { ItemDecision, OfficerCaseView } from '#modules/cases';

type Choosing = Pick<OfficerCaseView, 'itemChoices' | 'reasonChoices'>;
/** What stands in the form for each item, by its id, and what was refused of it. */
export type TypedItems = Record<string, { outcome: string; reason: string; wordsAr: string; wordsEn: string }>;
export type ItemErrors = Record<string, { outcome?: Text; reason?: Text }>;

const outcomes = [
  { value: 'approve', label: { ar: 'يُمنح', en: 'Grant it' } },
  { value: 'refuse', label: { ar: 'لا يُمنح', en: 'Do not grant it' } },
];
const notSaid: Text = { ar: 'بيّن هل يُمنح هذا.', en: 'Say whether this is granted.' };
const isKept = ({ outcome, reason, wordsAr, wordsEn }: TypedItems[string]) =>
  outcome !== 'refuse' || reason !== '' || (wordsAr.trim() !== '' && wordsEn.trim() !== '');

/** Each item as a question of its own: `item-<id>`, and for one that is refused `itemwhy-<id>`, or `itemar-<id>` and `itemen-<id>`. */
export function itemFields(
  { itemChoices, reasonChoices }: Choosing,
  typed: TypedItems = {},
  errors: ItemErrors = {},
): Field[] {
  const reasons = reasonChoices.filter(({ outcome }) => outcome === 'refuse');
  return itemChoices.flatMap(({ id, label }): Field[] => [
    {
      name: `item-${id}`,
      kind: 'radios',
      label,
      required: true,
      choices: outcomes,
      value: typed[id]?.outcome,
      error: errors[id]?.outcome,
    },
    {
      name: `itemwhy-${id}`,
      kind: 'choice',
      label: { ar: `سبب عدم منح: ${label.ar}`, en: `Why it is not granted: ${label.en}` },
      hint: {
        ar: 'عند عدم المنح فقط: اختر سببًا، أو اكتبه باللغتين.',
        en: 'Only where it is not granted: choose a reason, or write one in both languages.',
      },
      isUnmarked: true,
      choices: reasons.map((reason) => ({ value: reason.id, label: reason.text })),
      value: typed[id]?.reason,
      error: errors[id]?.reason,
    },
    ...(['ar', 'en'] as const).map(
      (language): Field => ({
        name: `item${language}-${id}`,
        kind: 'textarea',
        label:
          language === 'ar'
            ? { ar: `بكلماتك، بالعربية: ${label.ar}`, en: `In your own words, in Arabic: ${label.en}` }
            : { ar: `بكلماتك، بالإنجليزية: ${label.ar}`, en: `In your own words, in English: ${label.en}` },
        isUnmarked: true,
        lengthMax: 1000,
        value: typed[id]?.[language === 'ar' ? 'wordsAr' : 'wordsEn'],
      }),
    ),
  ]);
}

export const typedItems = (form: PageContext['form'], itemChoices: OfficerCaseView['itemChoices']): TypedItems =>
  Object.fromEntries(
    itemChoices.map(({ id }) => {
      const at = (name: string) => textOf(form[`${name}-${id}`]);
      return [id, { outcome: at('item'), reason: at('itemwhy'), wordsAr: at('itemar'), wordsEn: at('itemen') }];
    }),
  );

/** What the form says of the items of an approval; a refusal refuses them all. What was left out is left out. */
export function itemsPosted(outcome: string, typed: TypedItems): { items?: ItemDecision[] } {
  const said = Object.entries(typed).filter(([, one]) => one.outcome === 'approve' || one.outcome === 'refuse');
  if (outcome !== 'approve' || Object.keys(typed).length === 0) return {};
  return {
    items: said.map(([id, one]) =>
      one.outcome === 'approve'
        ? { id, outcome: 'approve' }
        : {
            id,
            outcome: 'refuse',
            reasonIds: one.reason ? [one.reason] : [],
            ownWordsAr: one.wordsAr,
            ownWordsEn: one.wordsEn,
          },
    ),
  };
}

/** Nobody grants by leaving a question out, which an approval without a word on any item would do. */
export function itemsLeftOut(outcome: string, typed: TypedItems): ItemErrors | undefined {
  const open = Object.entries(typed).filter(([, one]) => !outcomes.some(({ value }) => value === one.outcome));
  if (outcome !== 'approve' || open.length === 0) return undefined;
  return Object.fromEntries(open.map(([id]) => [id, { outcome: notSaid }]));
}

/** On which item a refusal of the whole is said. */
export function itemErrors({ code, messages }: Problem, typed: TypedItems): ItemErrors | undefined {
  const ids = Object.keys(typed);
  if (code === 'items-all-refused') return { [ids[0]!]: { outcome: messages } };
  const faulty = ids.filter((id) => !isKept(typed[id]!));
  if (code !== 'item-reason-missing' && !(code === 'reasons-missing' && faulty.length > 0)) return undefined;
  return Object.fromEntries(faulty.map((id) => [id, { reason: messages }]));
}
