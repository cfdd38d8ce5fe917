import type { Text } from '#kernel/languages';

/** What can be made to go wrong. */
export const faultTexts = {
  down: { ar: 'لا يجيب المزوّد (503)', en: 'The provider does not answer (503)' },
  silent: { ar: 'يقبل الطلب ولا يصل جوابه', en: 'Does what is asked, and its answer is lost' },
  declined: { ar: 'كل بطاقة مرفوضة', en: 'Every card is declined' },
  'message-none': { ar: 'لا ترسل أي رسالة', en: 'Sends no message' },
  'message-twice': { ar: 'ترسل كل رسالة مرتين', en: 'Sends each message twice' },
  'message-late': { ar: 'ترسل الرسائل بعد ثلاث ثوانٍ', en: 'Sends messages three seconds late' },
  'message-forged': { ar: 'توقّع الرسائل بسر آخر', en: 'Signs messages with another secret' },
  'amount-differs': { ar: 'تقول إن المدفوع مبلغ آخر', en: 'Says that another amount was paid' },
  'refund-refused': { ar: 'ترفض رد المبلغ', en: 'Refuses refunds' },
  'refund-slow': { ar: 'رد المبلغ يبقى معلقًا حتى يُسأل عنه', en: 'A refund hangs until it is asked about' },
} as const satisfies Record<string, Text>;
export type Fault = keyof typeof faultTexts;
export const allFaults = Object.keys(faultTexts) as Fault[];

export type Faults = {
  list(): Fault[];
  /** On until it is taken back, or until it has struck so many times. */
  set(fault: Fault, times?: number): void;
  clear(fault?: Fault): void;
  /** Whether it strikes now. One that was set for so many times is used up by the question. */
  strikes(fault: Fault): boolean;
};

export function createFaults(): Faults {
  const on = new Map<Fault, number>();
  return {
    list: () => [...on.keys()],
    set: (fault, times = Number.POSITIVE_INFINITY) => void on.set(fault, times),
    clear: (fault) => {
      if (fault === undefined) on.clear();
      else on.delete(fault);
    },
    strikes: (fault) => {
      const left = on.get(fault);
      if (left === undefined) return false;
      if (left <= 1) on.delete(fault);
      else on.set(fault, left - 1);
      return true;
    },
  };
}
