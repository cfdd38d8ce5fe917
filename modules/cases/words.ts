import type { Text } from '#kernel/languages';
import type { CaseState } from './contract.ts';

export const stateWords: Record<CaseState, Text> = {
  draft: { ar: 'لم يُرسل بعد', en: 'Not sent yet' },
  submitted: { ar: 'بانتظار موظف', en: 'Waiting for an officer' },
  'in-review': { ar: 'قيد المراجعة', en: 'Being reviewed' },
  approved: { ar: 'صدر القرار بالموافقة', en: 'Approved' },
  refused: { ar: 'صدر القرار بالرفض', en: 'Refused' },
  withdrawn: { ar: 'مسحوب', en: 'Withdrawn' },
  expired: { ar: 'انتهت المسودة وحُذف ما فيها', en: 'The draft ended, and what it held was erased' },
};

/** What happened, as the person reads it. Facts without words here are kept but not told. */
export const timelineWords: Record<string, Text> = {
  'case-started': { ar: 'بدأت الطلب', en: 'You began the application' },
  'evidence-received': { ar: 'وصلت البيانات التي وافقت عليها', en: 'The evidence you allowed arrived' },
  'case-submitted': { ar: 'قدّمت الطلب', en: 'You sent the application' },
  'case-taken': { ar: 'بدأ موظف مراجعة الطلب', en: 'An officer began to review it' },
  'case-released': { ar: 'عاد الطلب إلى قائمة الانتظار', en: 'The application went back to the queue' },
  'case-approved': { ar: 'صدر القرار: موافقة', en: 'The decision was made: approved' },
  'case-refused': { ar: 'صدر القرار: رفض', en: 'The decision was made: refused' },
  'case-expired': {
    ar: 'انتهت مدة المسودة وحُذف ما كتبته وما وصل لها',
    en: 'The draft ended: what you wrote and what arrived for it was erased',
  },
  'case-withdrawn': { ar: 'سحبت الطلب', en: 'You withdrew the application' },
  'renewal-offered': { ar: 'حان موعد التجديد', en: 'The time to renew has come' },
  'case-renews': { ar: 'الطلب تجديد لوثيقة سابقة', en: 'This renews an earlier decision' },
  'document-attached': { ar: 'صدرت الوثيقة', en: 'The document was issued' },
};

export const taskWords = {
  signIn: { ar: 'الدخول بهويتك الوطنية', en: 'Sign in with your national identity' },
  evidence: { ar: 'الموافقة على إرسال بياناتك من سجلات بلدك', en: "Allow your home state's records to be sent" },
  check: { ar: 'مراجعة الإجابات والإرسال', en: 'Check your answers and send' },
} satisfies Record<string, Text>;

export const colleague: Text = { ar: 'زميل', en: 'A colleague' };
