import type { FeeView, OfficerPaymentView, PaymentView, RefundView } from './contract.ts';
import { feeOf, type Payer, type PaymentsNeeds } from './needs.ts';
import { problem } from './problems.ts';
import type { RefundOfficer } from './refunds/service.ts';
import { listRefunds, type RefundRow } from './refunds/store.ts';
import type { createPaying } from './service.ts';
import { findOrderOfCase, type OrderRow } from './store.ts';

export const describeRefund = ({ id, amountMinor, reason, state, requestedAt, settledAt }: RefundRow): RefundView => ({
  ...{ id, amountMinor, reason, state, requestedAt: requestedAt.toISOString() },
  ...(settledAt ? { settledAt: settledAt.toISOString() } : {}),
});

/** Payments as their person and as the office in charge are shown them. */
export function createViews(needs: PaymentsNeeds, paying: ReturnType<typeof createPaying>) {
  const { db } = needs.database;

  const describe = async (order: OrderRow): Promise<PaymentView> => {
    const { id, caseId, serviceId, officeId, amountMinor, currency, state, number, paidAt, leafHash } = order;
    const service = await needs.catalogue.getService(serviceId, order.serviceVersion);
    return {
      ...{ id, caseId, serviceId, officeId, amountMinor, currency, state, serviceTitle: service.definition.title },
      createdAt: order.createdAt.toISOString(),
      ...(number ? { number } : {}),
      ...(paidAt ? { paidAt: paidAt.toISOString() } : {}),
      ...(leafHash ? { leafHash } : {}),
      refunds: (await listRefunds(db, id)).map(describeRefund),
    };
  };

  /** The payment of a case, for an officer of the office that takes it; undefined when nobody has begun to pay. */
  const findForOfficer = async (officer: RefundOfficer, caseId: string): Promise<OfficerPaymentView | undefined> => {
    const order = await findOrderOfCase(db, caseId);
    if (!order || order.officeId !== officer.officeId) return undefined;
    const found = await needs.findCase(caseId);
    const aloneMax = (found && (await feeOf(needs, found)))?.amount.refundAloneMinorMax ?? 0;
    const waiting = (await listRefunds(db, order.id)).find(({ state }) => state === 'awaiting-approval');
    const isOwn = order.personId === officer.personId;
    return {
      ...(await describe(order)),
      mayRefund: !isOwn && (order.state === 'paid' || order.state === 'refund-failed'),
      needsSecond: order.amountMinor > aloneMax,
      mayApprove: waiting !== undefined && !isOwn && waiting.requestedBy !== officer.personId,
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
