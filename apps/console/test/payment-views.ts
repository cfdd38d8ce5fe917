import type { OfficerPaymentView } from '#modules/payments';
import { text } from '../../portal/test/sample-states.ts';
import type { OfficeStepView } from '../pages/case-step.tsx';
import { refundWords } from '../texts/payments.ts';

const late = text('تأخرت الجهة عن الموعد الذي وعدت به.', 'The office took longer than it had promised.');
const caseId = '01998f3f-0000-7000-8000-0000000000a1';
const serviceTitle = text('الاعتراف بشهادة جامعية', 'Recognition of a university degree');

/** A fee of which one part is back, and another waits for a colleague. */
export const partlyRefunded: OfficerPaymentView = {
  ...{ id: caseId, caseId, serviceId: 'degree-recognition', serviceTitle, officeId: 'moe', state: 'refund-requested' },
  ...{ amountMinor: 5_000, currency: 'KWD', keptMinor: 3_750, leftMinor: 1_750, aloneMinorLeft: 0 },
  createdAt: '2026-11-22T05:40:00Z',
  number: 'KW-P-2026-00012',
  paidAt: '2026-11-22T05:43:00Z',
  refunds: [
    {
      ...{ id: 'r1', amountMinor: 1_250, reason: 'officer', state: 'refunded', reasonText: late, mayApprove: false },
      ownWords: text('نعتذر عن التأخير.', 'We are sorry for the delay.'),
      requestedAt: '2026-11-24T08:00:00Z',
      settledAt: '2026-11-24T08:00:02Z',
    },
    {
      ...{ id: 'r2', amountMinor: 2_000, reason: 'officer', state: 'awaiting-approval', mayApprove: true },
      reasonText: text('بسبب خطأ من الجهة.', 'Because of a mistake of the office.'),
      requestedAt: '2026-11-24T09:00:00Z',
    },
  ],
  mayRefund: true,
  reasonChoices: [{ id: 'late', text: late }],
};

export const refundStep: OfficeStepView = {
  ...{ caseId, reference: 'KW-2026-00417', serviceTitle, version: 1_750 },
  ...{ title: refundWords.title, lead: refundWords.lead, submit: refundWords.submit },
  action: `/office/cases/${caseId}/refund`,
  fields: [
    {
      ...{ name: 'amount', kind: 'number', label: refundWords.amount, required: true, value: '٩' },
      hint: refundWords.amountHint(
        text('١٫٧٥٠ دينار كويتي', '1.750 Kuwaiti dinars'),
        text('٠٫٠٠٠ دينار كويتي', '0.000 Kuwaiti dinars'),
      ),
      suffix: text('KWD', 'KWD'),
      error: text('لا يمكن رد هذا المبلغ.', 'This amount cannot be given back.'),
    },
    {
      ...{ name: 'reason', kind: 'radios', label: refundWords.reason, hint: refundWords.reasonHint, required: true },
      choices: [
        { value: 'late', label: late },
        { value: 'office-error', label: text('بسبب خطأ من الجهة.', 'Because of a mistake of the office.') },
      ],
    },
    { name: 'words-ar', kind: 'textarea', label: refundWords.inArabic, hint: refundWords.ownHint },
    { name: 'words-en', kind: 'textarea', label: refundWords.inEnglish },
  ],
};
