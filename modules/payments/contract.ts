import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { problem } from './problems.ts';

export { problem } from './problems.ts';

const Uuid = Type.String({ format: 'uuid' });
const Moment = Type.String();
/** Whole minor units: three decimals in BHD, KWD and OMR, two in AED, QAR and SAR. */
const AmountMinor = Type.Integer({ minimum: 0 });

/** Why less is asked, and how much less, in minor units. */
const Exemption = Type.Object({ id: Type.String(), text: Text, offMinor: AmountMinor });

export const PaymentState = Type.Enum([
  'due',
  'started',
  'paid',
  'partly-refunded',
  'failed',
  'expired',
  'refund-requested',
  'refunded',
  'refund-failed',
]);
export type PaymentState = Static<typeof PaymentState>;

export const RefundView = Type.Object({
  id: Uuid,
  amountMinor: AmountMinor,
  reason: Type.Enum(['withdrawn', 'withdrawn-late', 'refused', 'never-sent', 'exempt', 'paid-twice', 'officer']),
  state: Type.Enum(['awaiting-approval', 'requested', 'refunded', 'failed', 'declined']),
  requestedAt: Moment,
  settledAt: Type.Optional(Moment),
  /** What an officer chose, and wrote in the own words. */
  reasonText: Type.Optional(Text),
  ownWords: Type.Optional(Text),
});
export type RefundView = Static<typeof RefundView>;

export const PaymentView = Type.Object({
  id: Uuid,
  caseId: Uuid,
  serviceId: Type.String(),
  serviceTitle: Text,
  officeId: Type.String(),
  amountMinor: AmountMinor,
  currency: Type.String(),
  state: PaymentState,
  createdAt: Moment,
  /** Of the receipt. */
  number: Type.Optional(Type.String()),
  paidAt: Type.Optional(Moment),
  /** The leaf of the open log that says so, hexadecimal. */
  leafHash: Type.Optional(Type.String()),
  refunds: Type.Array(RefundView),
  /** Paid less given back. */
  keptMinor: AmountMinor,
  /** Without the exemption, where there was one. */
  fullMinor: Type.Optional(AmountMinor),
  exemption: Type.Optional(Exemption),
});
export type PaymentView = Static<typeof PaymentView>;

/** What an officer is shown of the payment of a case, and may do about it. */
export const OfficerPaymentView = Type.Object({
  ...PaymentView.properties,
  /** `mayApprove`: a colleague asked for it, and this officer may agree. */
  refunds: Type.Array(Type.Object({ ...RefundView.properties, mayApprove: Type.Boolean() })),
  mayRefund: Type.Boolean(),
  /** Neither given back nor on its way; and how much of it this officer may still give back alone. */
  leftMinor: AmountMinor,
  aloneMinorLeft: AmountMinor,
  reasonChoices: Type.Array(Type.Object({ id: Type.String(), text: Text })),
});
export type OfficerPaymentView = Static<typeof OfficerPaymentView>;

/**
 * What a case costs its person. `state`: of the payment; `exempt` (nothing, by `exemption`), `free` (of everybody), or `not-known`: it hangs on
 * what is not there yet, and nobody is asked to pay before. `fullMinor`: without the exemption.
 */
export const FeeView = Type.Object({
  state: Type.Union([PaymentState, Type.Literal('exempt'), Type.Literal('not-known'), Type.Literal('free')]),
  amountMinor: AmountMinor,
  currency: Type.Optional(Type.String()),
  due: Type.Optional(Type.Enum(['before-sending', 'before-decision'])),
  /** What it is for, or why nothing is asked. */
  text: Type.Optional(Text),
  fullMinor: Type.Optional(AmountMinor),
  exemption: Type.Optional(Exemption),
  paymentId: Type.Optional(Uuid),
});
export type FeeView = Static<typeof FeeView>;

export const Reconciliation = Type.Object({
  day: Type.String(),
  provider: Type.String(),
  rows: Type.Array(
    Type.Object({
      kind: Type.Enum(['payment', 'refund']),
      ref: Type.String(),
      currency: Type.String(),
      oursMinor: Type.Optional(Type.Integer()),
      theirsMinor: Type.Optional(Type.Integer()),
      verdict: Type.Enum(['agrees', 'missing-here', 'missing-there', 'amount-differs']),
    }),
  ),
  totals: Type.Array(Type.Object({ currency: Type.String(), oursMinor: Type.Integer(), theirsMinor: Type.Integer() })),
  isEven: Type.Boolean(),
});
export type Reconciliation = Static<typeof Reconciliation>;

const CaseParams = Type.Object({ caseId: Uuid });
const DayQuery = Type.Object({
  day: Type.String({ format: 'date' }),
  provider: Type.Optional(Type.String({ maxLength: 64 })),
});

export const paymentsContract = defineContract({
  module: 'payments',
  title: { ar: 'المدفوعات', en: 'Payments' },
  problems: problem,
  endpoints: {
    getFee: {
      method: 'GET',
      path: '/api/cases/:caseId/fee',
      summary: 'What one of my applications costs, and whether it is paid',
      access: 'person',
      scope: 'payments:begin',
      params: CaseParams,
      answer: FeeView,
      refusals: ['payment-unknown'],
    },
    startPayment: {
      method: 'POST',
      path: '/api/cases/:caseId/payment',
      summary:
        'Begin to pay the fee of an application: the address of the page on which it is paid, the same one however often',
      access: 'person',
      params: CaseParams,
      answer: Type.Object({ payUrl: Type.String() }),
      refusals: [
        'payment-unknown',
        'nothing-to-pay',
        'fee-not-known',
        'already-paid',
        'provider-missing',
        'provider-unreachable',
        'provider-refused',
      ],
    },
    listMyPayments: {
      method: 'GET',
      path: '/api/payments',
      summary: 'My payments, newest first',
      access: 'person',
      answer: Type.Object({ payments: Type.Array(PaymentView) }),
      refusals: [],
    },
    getMyPayment: {
      method: 'GET',
      path: '/api/payments/:paymentId',
      summary: 'One of my payments, with its receipt',
      access: 'person',
      params: Type.Object({ paymentId: Uuid }),
      answer: PaymentView,
      refusals: ['payment-unknown'],
    },
    receiveMessage: {
      method: 'POST',
      path: '/payments/messages/:provider',
      summary: 'A signed message of a payment provider: a reason to ask it, and nothing more',
      access: 'signed-message',
      params: Type.Object({ provider: Type.String({ maxLength: 64 }) }),
      raw: true,
      bodyBytesMax: 262_144,
      answer: Type.Object({ heard: Type.Boolean() }),
      refusals: ['provider-unknown', 'message-not-authentic'],
    },
    getPaymentOfCase: {
      method: 'GET',
      path: '/api/office/cases/:caseId/payment',
      summary: 'The payment of a case of my office',
      access: 'officer',
      params: CaseParams,
      answer: OfficerPaymentView,
      refusals: ['payment-unknown'],
    },
    refundPayment: {
      method: 'POST',
      path: '/api/office/cases/:caseId/refund',
      summary:
        'Give back the fee of a case or a part of it, with a reason; above the limit of the service a second officer has to agree',
      access: 'officer',
      params: CaseParams,
      body: Type.Object({
        amountMinor: Type.Integer({ minimum: 1 }),
        /** `leftMinor` as it was seen: what was ordered in between refuses this. */
        expectedLeftMinor: Type.Integer({ minimum: 0 }),
        reasonId: Type.String({ maxLength: 64 }),
        ownWordsAr: Type.Optional(Type.String({ maxLength: 2000 })),
        ownWordsEn: Type.Optional(Type.String({ maxLength: 2000 })),
      }),
      answer: RefundView,
      refusals: [
        'payment-unknown',
        'refund-not-possible',
        'own-payment',
        'refund-amount-refused',
        'refund-reason-missing',
        'refund-words-refused',
        'refund-changed',
        'refund-role-needed',
      ],
    },
    answerRefund: {
      method: 'POST',
      path: '/api/office/refunds/:refundId',
      summary: 'Agree to a refund that a colleague asked for, or stop it',
      access: 'officer',
      params: Type.Object({ refundId: Uuid }),
      body: Type.Object({ outcome: Type.Enum(['approve', 'decline']) }),
      answer: RefundView,
      refusals: ['refund-unknown', 'refund-not-possible', 'second-officer-needed', 'own-payment', 'refund-role-needed'],
    },
    reconcileByList: {
      method: 'GET',
      path: '/operator/payments/reconciliation',
      summary: 'A day of this node beside the list of the payment provider: what agrees, what is missing where',
      access: 'operator',
      query: DayQuery,
      answer: Reconciliation,
      refusals: ['provider-unknown', 'provider-missing', 'provider-unreachable', 'provider-refused'],
    },
    reconcileByFile: {
      method: 'POST',
      path: '/operator/payments/reconciliation',
      summary: 'A day of this node beside a settlement file (CSV) of the payment provider',
      access: 'operator',
      query: DayQuery,
      body: Type.Object({ settlement: Type.String({ maxLength: 8_000_000 }) }),
      bodyBytesMax: 8_388_608,
      answer: Reconciliation,
      refusals: ['provider-unknown', 'provider-missing', 'settlement-unreadable'],
    },
  },
});
export type PaymentsContract = typeof paymentsContract;
