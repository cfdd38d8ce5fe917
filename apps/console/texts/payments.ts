import { type Tables, useTable } from '#apps/portal';

const en = {
  title: 'Fee',
  amount: 'Amount',
  number: 'Receipt',
  paidAt: 'Paid on',
  state: 'State',
  refund: 'Give the fee back',
  second: 'Above the limit of the service: a colleague has to agree.',
  waits: 'A colleague asked for the fee to be given back.',
  waitsForColleague: 'You asked for the fee to be given back. A colleague has to agree.',
  approve: 'Agree',
  decline: 'Stop it',
  'state.due': 'Not paid',
  'state.started': 'Being paid',
  'state.paid': 'Paid',
  'state.failed': 'Not completed',
  'state.expired': 'Time ran out',
  'state.refund-requested': 'Being given back',
  'state.refunded': 'Given back',
  'state.refund-failed': 'Could not be given back',
};
export type ConsolePaymentsKey = keyof typeof en;

const ar: Record<ConsolePaymentsKey, string> = {
  title: 'الرسم',
  amount: 'المبلغ',
  number: 'الإيصال',
  paidAt: 'تاريخ الدفع',
  state: 'الحالة',
  refund: 'رد الرسم',
  second: 'المبلغ أعلى من حد الخدمة: يلزم أن يوافق زميل.',
  waits: 'طلب زميل رد الرسم.',
  waitsForColleague: 'طلبت رد الرسم. يلزم أن يوافق زميل.',
  approve: 'موافقة',
  decline: 'إيقاف',
  'state.due': 'غير مدفوع',
  'state.started': 'الدفع جارٍ',
  'state.paid': 'مدفوع',
  'state.failed': 'لم يكتمل',
  'state.expired': 'انتهت المهلة',
  'state.refund-requested': 'الرد جارٍ',
  'state.refunded': 'مردود',
  'state.refund-failed': 'تعذّر الرد',
};

const tables: Tables<ConsolePaymentsKey> = { ar, en };
export const usePaymentTexts = () => useTable(tables);
