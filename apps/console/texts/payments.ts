import { type Tables, useTable } from '#apps/portal';
import type { Text } from '#kernel/languages';

const en = {
  title: 'Fee',
  amount: 'Amount',
  number: 'Receipt',
  paidAt: 'Paid on',
  state: 'State',
  kept: 'Paid less given back',
  refund: 'Give back the fee or a part',
  waits: 'A colleague asked for this to be given back.',
  waitsForColleague: 'A colleague of whoever asked for it has to agree.',
  approve: 'Agree',
  decline: 'Stop it',
  'state.due': 'Not paid',
  'state.started': 'Being paid',
  'state.paid': 'Paid',
  'state.partly-refunded': 'Partly given back',
  'state.failed': 'Not completed',
  'state.expired': 'Time ran out',
  'state.refund-requested': 'Being given back',
  'state.refunded': 'Given back',
  'state.refund-failed': 'Could not be given back',
  'refund.awaiting-approval': 'Waits for a colleague',
  'refund.requested': 'Being given back',
  'refund.refunded': 'Given back',
  'refund.failed': 'Could not be given back',
  'refund.declined': 'Stopped',
  'reason.withdrawn': 'Withdrawn before anybody took it.',
  'reason.withdrawn-late': 'Withdrawn after an officer took it.',
  'reason.refused': 'Refused.',
  'reason.never-sent': 'Never sent.',
  'reason.exempt': 'Exempt from the fee.',
  'reason.paid-twice': 'Paid twice.',
  'reason.officer': 'An officer decided so.',
};
export type ConsolePaymentsKey = keyof typeof en;

const ar: Record<ConsolePaymentsKey, string> = {
  title: 'الرسم',
  amount: 'المبلغ',
  number: 'الإيصال',
  paidAt: 'تاريخ الدفع',
  state: 'الحالة',
  kept: 'المدفوع بعد خصم المردود',
  refund: 'رد الرسم أو جزء منه',
  waits: 'طلب زميل رد هذا المبلغ.',
  waitsForColleague: 'يلزم أن يوافق زميل لمن طلبه.',
  approve: 'موافقة',
  decline: 'إيقاف',
  'state.due': 'غير مدفوع',
  'state.started': 'الدفع جارٍ',
  'state.paid': 'مدفوع',
  'state.partly-refunded': 'مردود جزئيًا',
  'state.failed': 'لم يكتمل',
  'state.expired': 'انتهت المهلة',
  'state.refund-requested': 'الرد جارٍ',
  'state.refunded': 'مردود',
  'state.refund-failed': 'تعذّر الرد',
  'refund.awaiting-approval': 'بانتظار زميل',
  'refund.requested': 'الرد جارٍ',
  'refund.refunded': 'مردود',
  'refund.failed': 'تعذّر الرد',
  'refund.declined': 'أُوقف',
  'reason.withdrawn': 'سُحب قبل أن يبدأ أحد بدراسته.',
  'reason.withdrawn-late': 'سُحب بعد أن بدأ موظف بدراسته.',
  'reason.refused': 'رُفض الطلب.',
  'reason.never-sent': 'لم يُقدَّم.',
  'reason.exempt': 'معفى من الرسم.',
  'reason.paid-twice': 'دُفع مرتين.',
  'reason.officer': 'قرر موظف رده.',
};

const tables: Tables<ConsolePaymentsKey> = { ar, en };
export const usePaymentTexts = () => useTable(tables);

/** The page on which an officer gives back a fee or a part of it. */
export const refundWords = {
  title: { ar: 'رد الرسم أو جزء منه', en: 'Give back the fee or a part of it' },
  lead: {
    ar: 'يعود المبلغ إلى من دفعه بالطريقة التي دفع بها، ويقرأ السبب في إيصاله.',
    en: 'The money goes back to whoever paid, in the way it was paid. They read the reason on their receipt.',
  },
  submit: { ar: 'رد المبلغ', en: 'Give it back' },
  amount: { ar: 'المبلغ', en: 'Amount' },
  amountHint: (left: Text, alone: Text): Text => ({
    ar: `المتبقي ${left.ar}. لك أن ترد وحدك ${alone.ar} من هذا الرسم، ولما زاد يلزم أن يوافق زميل.`,
    en: `${left.en} are left. You may give back ${alone.en} of this fee alone; for more a colleague has to agree.`,
  }),
  reason: { ar: 'السبب', en: 'Reason' },
  reasonHint: { ar: 'يقرؤه صاحب الطلب.', en: 'The applicant reads it.' },
  inArabic: { ar: 'بكلماتك، بالعربية', en: 'In your own words, in Arabic' },
  inEnglish: { ar: 'بكلماتك، بالإنجليزية', en: 'In your own words, in English' },
  ownHint: {
    ar: 'نص عادي يراه صاحب الطلب كما تكتبه. اكتبه باللغتين أو اترك الحقلين فارغين.',
    en: 'Plain text that the applicant sees as you write it. Write it in both languages, or leave both empty.',
  },
};
