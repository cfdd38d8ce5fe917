import type { Text } from '#kernel/languages';

const say = (ar: string, en: string): Text => ({ ar, en });

/** Words of the conditions under which a question is asked. */
export const conditionWords = {
  when: say('يُسأل فقط إذا', 'Asked only when'),
  also: say('شرط آخر (فارغ: لا شرط)', 'Another condition (empty: none)'),
  join: say('مع ما قبله', 'With what is before it'),
  and: say('و: يلزم هذا أيضًا', 'And: this has to hold too'),
  or: say('أو: يكفي هذا وحده', 'Or: this is enough by itself'),
  test: say('المقارنة', 'Comparison'),
  is: say('واحدة من هذه القيم', 'is one of these values'),
  above: say('أكبر من', 'is more than'),
  least: say('لا يقل عن', 'is at least'),
  below: say('أصغر من', 'is less than'),
  most: say('لا يزيد على', 'is at most'),
  between: say('من عدد إلى عدد', 'is from one number to another'),
  from: say('في هذا اليوم أو بعده', 'is on this day or later'),
  to: say('في هذا اليوم أو قبله', 'is on this day or earlier'),
  days: say('من يوم إلى يوم', 'is from one day to another'),
  missing: say(
    'لم تصل من أي سجل (للبيانات المجلوبة فقط، بلا قيمة)',
    'did not come from any record (of fetched evidence only, without a value)',
  ),
  values: say('القيم أو الأعداد أو الأيام، كل واحدة في سطر', 'Values, numbers or days, one a line'),
  valuesHint: say(
    'لسؤال نعم أو لا اكتب: نعم، أو: لا. اليوم مثل \u20662026-12-01\u2069. بعد الحفظ يأتي سطر آخر.',
    'Of yes or no: yes, no. A day as 2026-12-01. Another line comes when this one is saved.',
  ),
} satisfies Record<string, Text>;
