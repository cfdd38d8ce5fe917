import type { Text } from '#kernel/languages';
import type { Step } from '../chart.ts';
import type { Actor } from './contract.ts';

/** Each step of the chart as the published process tells of it. */
export const stepTable: Record<Step, { by: Actor; text: Text }> = {
  'receive-evidence': { by: 'node', text: { ar: 'تصل البيانات بموافقة صاحبها', en: 'evidence arrives with consent' } },
  'lose-consent': {
    by: 'person',
    text: { ar: 'سحب موافقة يقوم عليها الطلب', en: 'withdraw a consent that it stands on' },
  },
  'save-answers': { by: 'person', text: { ar: 'كتابة الإجابات', en: 'write answers' } },
  submit: { by: 'person', text: { ar: 'إرسال الطلب', en: 'send the application' } },
  withdraw: { by: 'person', text: { ar: 'سحب الطلب', en: 'withdraw it' } },
  stop: { by: 'node', text: { ar: 'وفاة صاحب الطلب', en: 'the applicant has died' } },
  expire: { by: 'time', text: { ar: 'انتهاء مدة المسودة', en: 'the draft ends' } },
  take: { by: 'officer', text: { ar: 'استلام الطلب', en: 'take it' } },
  check: { by: 'officer', text: { ar: 'تعليم نقطة في قائمة التحقق', en: 'mark a point of the checklist' } },
  release: { by: 'officer', text: { ar: 'إعادته إلى قائمة الانتظار', en: 'give it back to the queue' } },
  ask: { by: 'officer', text: { ar: 'طلب معلومات من المتقدّم', en: 'ask the applicant for something' } },
  answer: { by: 'person', text: { ar: 'الرد على الجهة', en: 'answer the office' } },
  'miss-answer': { by: 'time', text: { ar: 'انتهاء مدة الرد', en: 'the time to answer ends' } },
  lapse: {
    by: 'time',
    text: {
      ar: 'انتهاء المدة من دون رد أو موافقة جديدة',
      en: 'the time ends without an answer, or without a new consent',
    },
  },
  approve: { by: 'officer', text: { ar: 'الموافقة', en: 'approve' } },
  refuse: { by: 'officer', text: { ar: 'الرفض', en: 'refuse' } },
  propose: { by: 'officer', text: { ar: 'اقتراح قرار على موظف ثانٍ', en: 'propose a decision to a second officer' } },
  'confirm-approve': { by: 'second-officer', text: { ar: 'تأكيد الموافقة', en: 'confirm the approval' } },
  'confirm-refuse': { by: 'second-officer', text: { ar: 'تأكيد الرفض', en: 'confirm the refusal' } },
  'send-back': { by: 'second-officer', text: { ar: 'إعادة القرار المقترح', en: 'send the proposal back' } },
  escalate: {
    by: 'time',
    text: { ar: 'إبلاغ المشرف باقتراب الموعد', en: 'the supervisor is told that it is nearly due' },
  },
  'silence-approve': {
    by: 'law',
    text: { ar: 'سكوت الجهة حتى الموعد: موافقة', en: 'silence until the due day: approved' },
  },
  'silence-refuse': { by: 'law', text: { ar: 'سكوت الجهة حتى الموعد: رفض', en: 'silence until the due day: refused' } },
  appeal: { by: 'person', text: { ar: 'التظلّم', en: 'appeal' } },
  'uphold-approve': { by: 'other-officer', text: { ar: 'إبقاء القرار', en: 'uphold the decision' } },
  'uphold-refuse': { by: 'other-officer', text: { ar: 'إبقاء القرار', en: 'uphold the decision' } },
  'replace-approve': { by: 'other-officer', text: { ar: 'قرار جديد: موافقة', en: 'a new decision: approve' } },
  'replace-refuse': { by: 'other-officer', text: { ar: 'قرار جديد: رفض', en: 'a new decision: refuse' } },
  correct: { by: 'officer', text: { ar: 'تصحيح الوثيقة', en: 'correct the document' } },
  reopen: { by: 'officer', text: { ar: 'إعادة فتح الطلب', en: 'reopen the case' } },
  cancel: { by: 'officer', text: { ar: 'إلغاء القرار', en: 'cancel the decision' } },
  'decide-by-rules-approve': {
    by: 'rules',
    text: { ar: 'حالة واضحة: موافقة فورًا', en: 'a clear case: approved at once' },
  },
  'decide-by-rules-refuse': { by: 'rules', text: { ar: 'حالة واضحة: رفض فورًا', en: 'a clear case: refused at once' } },
  'attach-document': { by: 'node', text: { ar: 'إصدار الوثيقة', en: 'issue the document' } },
};
