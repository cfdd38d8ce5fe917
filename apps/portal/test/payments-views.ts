import { type CheckView, type MyPaymentsView, type PaymentReceiptView, type PayView, pages } from '../pages/index.ts';
import { text } from './sample-states.ts';

const office = {
  names: text('وزارة التعليم العالي', 'Ministry of Higher Education'),
  state: { code: 'KW', names: text('الكويت', 'Kuwait') },
};
const thing = {
  caseId: '01998f3f-0000-7000-8000-0000000000a1',
  serviceTitle: text('الاعتراف بشهادة جامعية', 'Recognition of a university degree'),
  office,
  amountMinor: 5_000,
  currency: 'KWD',
};
const whole = { amountMinor: 5_000, currency: 'KWD' };
const half = {
  ...whole,
  amountMinor: 2_500,
  fullMinor: 5_000,
  because: text(
    'من تخرّج هذا العام أو العام الماضي يدفع نصف الرسم.',
    'Whoever graduated this year or last year pays half of the fee.',
  ),
};
const pay: PayView = {
  ...thing,
  fee: whole,
  what: text('رسم معادلة الشهادة', 'Fee for recognising a degree'),
  due: 'before-sending',
  state: 'due',
  isPlayMoney: true,
};
const receipt: PaymentReceiptView = {
  ...thing,
  fee: whole,
  number: 'KW-P-2026-00012',
  state: 'paid',
  paidAt: '2026-11-29T09:30:00Z',
  pdfHref: '/payments/019ab0c0-7c00-7000-8000-000000000001/receipt.pdf',
  proofHref: `/ledger/proof/${'ab'.repeat(32)}`,
  refunds: [],
  keptMinor: 5_000,
  isPlayMoney: true,
  isUnsent: true,
};
const mine: MyPaymentsView = {
  payments: [
    { ...thing, paymentId: thing.caseId, state: 'paid', at: receipt.paidAt, number: receipt.number },
    {
      ...thing,
      amountMinor: 15_000,
      currency: 'AED',
      paymentId: office.state.code,
      state: 'refunded',
      at: receipt.paidAt,
    },
  ],
};
const signedIn = { stateCode: 'KW', isSignedIn: true };

const check: CheckView = {
  ...{ caseId: thing.caseId, reference: 'BH-2026-00417', at: `/cases/${thing.caseId}` },
  serviceTitle: text('قيد فرع شركة خليجية', 'Registration of a branch of a Gulf company'),
  evidence: [],
  pages: [],
  fee: {
    amountMinor: 0,
    currency: 'BHD',
    fullMinor: 50_000,
    because: text(
      'الفرع الذي لا يزيد رأس ماله على ٢٠٠٠ بعملة الدولة لا رسم عليه.',
      'A branch whose capital is at most 2,000 in the currency of the state pays nothing.',
    ),
  },
  missing: [],
  problems: [],
};

export const paymentExamples = [
  { page: pages.checkAnswers, example: 'exempt', view: check, ...signedIn },
  { page: pages.payPage, example: 'filled', view: pay, ...signedIn },
  { page: pages.payPage, example: 'reduced', view: { ...pay, amountMinor: 2_500, fee: half }, ...signedIn },
  {
    page: pages.paymentReceipt,
    example: 'reduced',
    view: { ...receipt, amountMinor: 2_500, keptMinor: 2_500, fee: half },
    ...signedIn,
  },
  {
    page: pages.payPage,
    example: 'waiting',
    view: {
      ...pay,
      state: 'waiting',
      due: 'before-decision',
      lookHref: `/payments/return/${thing.caseId}`,
      isPlayMoney: false,
    },
    ...signedIn,
  },
  {
    page: pages.payPage,
    example: 'error',
    view: { ...pay, state: 'failed', problem: text('لم يجب مزوّد الدفع.', 'The payment provider did not answer.') },
    ...signedIn,
  },
  { page: pages.paymentReceipt, example: 'filled', view: receipt, ...signedIn },
  {
    page: pages.paymentReceipt,
    example: 'refunded',
    view: {
      ...receipt,
      state: 'refunded',
      isUnsent: false,
      keptMinor: 0,
      refunds: [
        {
          id: thing.caseId,
          amountMinor: 5_000,
          reason: 'withdrawn',
          state: 'refunded',
          requestedAt: '2026-11-29T10:00:00Z',
          settledAt: '2026-11-29T10:00:02Z',
        },
      ],
    },
    ...signedIn,
  },
  {
    page: pages.paymentReceipt,
    example: 'partly-refunded',
    view: {
      ...receipt,
      state: 'partly-refunded',
      isUnsent: false,
      keptMinor: 2_250,
      refunds: [
        {
          id: thing.caseId,
          amountMinor: 2_500,
          reason: 'withdrawn-late',
          state: 'refunded',
          requestedAt: '2026-11-29T10:00:00Z',
          settledAt: '2026-11-29T10:00:02Z',
        },
        {
          id: '01998f3f-0000-7000-8000-0000000000a2',
          amountMinor: 250,
          reason: 'officer',
          reasonText: text('تأخرت الجهة عن الموعد الذي وعدت به.', 'The office took longer than it had promised.'),
          ownWords: text('نعتذر عن تأخر البريد <أسبوعين>.', 'We are sorry that the post took <two weeks>.'),
          state: 'refunded',
          requestedAt: '2026-11-29T11:00:00Z',
          settledAt: '2026-11-29T11:00:02Z',
        },
      ],
    },
    ...signedIn,
  },
  { page: pages.myPayments, example: 'filled', view: mine, ...signedIn },
  { page: pages.myPayments, example: 'empty', view: { payments: [] }, ...signedIn },
];
