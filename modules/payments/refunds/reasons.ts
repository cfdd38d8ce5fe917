import type { FeeDefinition, RefundReasonChoice } from '#modules/catalogue';

/** Reasons that fit every service, after those that its fee.json names itself. */
const commonReasons: RefundReasonChoice[] = [
  { id: 'office-error', text: { ar: 'بسبب خطأ من الجهة.', en: 'Because of a mistake of the office.' } },
  { id: 'too-much', text: { ar: 'حُصّل أكثر من المستحق.', en: 'More was taken than was due.' } },
  { id: 'less-work', text: { ar: 'قُدّم جزء من الخدمة فقط.', en: 'Only a part of the service was given.' } },
  {
    id: 'late',
    text: { ar: 'تأخرت الجهة عن الموعد الذي وعدت به.', en: 'The office took longer than it had promised.' },
  },
  { id: 'hardship', text: { ar: 'مراعاةً لظروفك.', en: 'Out of regard for your circumstances.' } },
];

/** From what an officer chooses. A service may say a common one in words of its own, under the same id. */
export function refundReasonsOf(fee: FeeDefinition | undefined): RefundReasonChoice[] {
  const own = fee?.refundReasons ?? [];
  return [...own, ...commonReasons.filter(({ id }) => !own.some((one) => one.id === id))];
}
