import type { FeeView, OfficerPaymentView, PaymentView, RefundView } from './contract.ts';
import { feeOf, type Payer, type PaymentsNeeds } from './needs.ts';
import { problem } from './problems.ts';
import { refundReasonsOf } from './refunds/reasons.ts';
import type { RefundOfficer } from './refunds/service.ts';
import { listRefunds, type RefundRow } from './refunds/store.ts';
import { balanceOf, findStanding, orderedBy } from './rules.ts';
import type { createPaying } from './service.ts';
import { findOrderOfCase, listAttempts, type OrderRow } from './store.ts';

export const describeRefund = (row: RefundRow): RefundView => ({
  ...{ id: row.id, amountMinor: row.amountMinor, reason: row.reason, state: row.state },
  requestedAt: row.requestedAt.toISOString(),
  ...(row.settledAt ? { settledAt: row.settledAt.toISOString() } : {}),
  ...(row.reasonText ? { reasonText: row.reasonText } : {}),
  ...(row.ownWords ? { ownWords: row.ownWords } : {}),
});

/** Payments as their person and as the office in charge are shown them. */
export function createViews(needs: PaymentsNeeds, paying: ReturnType<typeof createPaying>) {
  const { db } = needs.database;

  const describe = async (order: OrderRow): Promise<PaymentView> => {
    const { id, caseId, serviceId, officeId, amountMinor, currency, state, number, paidAt, leafHash } = order;
    const service = await needs.catalogue.getService(serviceId, order.serviceVersion);
    const refunds = await listRefunds(db, id);
    return {
      ...{ id, caseId, serviceId, officeId, amountMinor, currency, state, serviceTitle: service.definition.title },
      createdAt: order.createdAt.toISOString(),
      ...(number ? { number } : {}),
      ...(paidAt ? { paidAt: paidAt.toISOString() } : {}),
      ...(leafHash ? { leafHash } : {}),
      refunds: refunds.map(describeRefund),
      keptMinor: balanceOf(await listAttempts(db, id), refunds).heldMinor,
    };
  };

  /** The payment of a case, for an officer of the office that takes it; undefined when nobody has begun to pay. */
  const findForOfficer = async (officer: RefundOfficer, caseId: string): Promise<OfficerPaymentView | undefined> => {
    const order = await findOrderOfCase(db, caseId);
    if (!order || order.officeId !== officer.officeId) return undefined;
    const found = await needs.findCase(caseId);
    const fee = found && (await feeOf(needs, found));
    const refunds = await listRefunds(db, order.id);
    const standing = findStanding(await listAttempts(db, order.id), refunds);
    const isOwn = order.personId === officer.personId;
    const isOthers = ({ state, requestedBy }: RefundRow) =>
      state === 'awaiting-approval' && requestedBy !== officer.personId;
    const aloneMinorMax = fee?.amount.refundAloneMinorMax ?? 0;
    return {
      ...(await describe(order)),
      refunds: refunds.map((row) => ({ ...describeRefund(row), mayApprove: !isOwn && isOthers(row) })),
      mayRefund: !isOwn && standing !== undefined,
      leftMinor: standing?.leftMinor ?? 0,
      aloneMinorLeft: Math.max(0, aloneMinorMax - orderedBy(officer.personId, refunds)),
      reasonChoices: refundReasonsOf(fee?.service.fee),
    };
  };

  return {
    findForOfficer,
    getFee: async (payer: Payer, caseId: string): Promise<FeeView> => {
      const { fee, order } = await paying.describeFee(payer, caseId);
      if (!fee) return { state: 'free', amountMinor: 0 };
      const { amountMinor, currency } = fee.amount;
      const isExempt = fee.exemption !== undefined && !order?.paidAt;
      return {
        state: isExempt ? 'exempt' : (order?.state ?? 'due'),
        amountMinor: isExempt ? 0 : amountMinor,
        currency,
        due: fee.due,
        text: isExempt ? fee.exemption!.text : fee.service.fee!.text,
        ...(order ? { paymentId: order.id } : {}),
      };
    },
    listMine: async (personId: string): Promise<PaymentView[]> =>
      Promise.all((await paying.listOrders(personId)).map(describe)),
    getMine: async (payer: Payer, orderId: string): Promise<PaymentView> =>
      describe(await paying.getOrder(payer, orderId)),
    getForOfficer: async (officer: RefundOfficer, caseId: string): Promise<OfficerPaymentView> => {
      const found = await findForOfficer(officer, caseId);
      if (!found) throw problem('payment-unknown');
      return found;
    },
  };
}
