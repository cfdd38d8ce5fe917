import type { FeeDefinition } from '#modules/catalogue';
import type { FeeView, OfficerPaymentView, PaymentView, RefundView } from './contract.ts';
import { type FeeOfCase, feeOf, type Payer, type PaymentsNeeds, type RefundOfficer } from './needs.ts';
import { problem } from './problems.ts';
import { refundReasonsOf } from './refunds/reasons.ts';
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

/** What an order was reduced by, as the version of its service says it. */
function exemptionOf({ amountMinor, fullMinor, exemptionId }: OrderRow, fee: FeeDefinition | undefined) {
  const known = fee?.exemptions.find(({ id }) => id === exemptionId);
  if (fullMinor === null || !known) return {};
  return { fullMinor, exemption: { id: known.id, text: known.text, offMinor: fullMinor - amountMinor } };
}

function describeFee(fee: FeeOfCase | undefined, order: OrderRow | undefined): FeeView {
  if (!fee) return { state: 'free', amountMinor: 0 };
  const { currency } = fee.amount;
  const base = { currency, due: fee.due, ...(order ? { paymentId: order.id } : {}) };
  // What was paid was paid, whatever is asked now.
  if (order?.paidAt)
    return {
      ...base,
      ...exemptionOf(order, fee.fee),
      state: order.state,
      amountMinor: order.amountMinor,
      text: fee.fee.text,
    };
  if (!fee.isKnown)
    return { ...base, state: 'not-known', amountMinor: fee.fullMinor, text: problem('fee-not-known').messages };
  const { exemption, fullMinor, amountMinor } = fee;
  return {
    ...base,
    state: amountMinor === 0 ? 'exempt' : (order?.state ?? 'due'),
    amountMinor,
    text: amountMinor === 0 && exemption ? exemption.text : fee.fee.text,
    ...(exemption
      ? { fullMinor, exemption: { id: exemption.id, text: exemption.text, offMinor: fullMinor - amountMinor } }
      : {}),
  };
}

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
      ...exemptionOf(order, service.fee),
      refunds: refunds.map(describeRefund),
      keptMinor: balanceOf(await listAttempts(db, id), refunds).heldMinor,
    };
  };

  /** The payment of a case, for an officer of the office that takes it; undefined when nobody has begun to pay. */
  const findForOfficer = async (officer: RefundOfficer, caseId: string): Promise<OfficerPaymentView | undefined> => {
    const order = await findOrderOfCase(db, caseId);
    const standing = order && (await needs.describeOfficer(officer, caseId));
    if (!order || !standing) return undefined;
    const found = await needs.findCase(caseId);
    const fee = found && (await feeOf(needs, found));
    const refunds = await listRefunds(db, order.id);
    const balance = findStanding(await listAttempts(db, order.id), refunds);
    const mayGive = !standing.isParty && !standing.rolesNeeded;
    const isOthers = ({ state, requestedBy }: RefundRow) =>
      state === 'awaiting-approval' && requestedBy !== officer.personId;
    const aloneMinorMax = fee?.amount.refundAloneMinorMax ?? 0;
    return {
      ...(await describe(order)),
      refunds: refunds.map((row) => ({ ...describeRefund(row), mayApprove: mayGive && isOthers(row) })),
      mayRefund: mayGive && balance !== undefined,
      leftMinor: balance?.leftMinor ?? 0,
      aloneMinorLeft: Math.max(0, aloneMinorMax - orderedBy(officer.personId, refunds)),
      reasonChoices: refundReasonsOf(fee?.fee),
    };
  };

  return {
    findForOfficer,
    getFee: async (payer: Payer, caseId: string): Promise<FeeView> => {
      const { fee, order } = await paying.describeFee(payer, caseId);
      return describeFee(fee, order);
    },
    listMine: async (personId: string): Promise<PaymentView[]> =>
      Promise.all((await paying.listOrders(personId)).map(describe)),
    /** What a case of the officer's own office costs; undefined where it is not of it, or asks nothing of anybody. */
    findFeeForOfficer: async (officer: RefundOfficer, caseId: string): Promise<FeeView | undefined> => {
      const found = (await needs.describeOfficer(officer, caseId)) && (await needs.findCase(caseId));
      const fee = found && (await feeOf(needs, found));
      return fee && describeFee(fee, await findOrderOfCase(db, caseId));
    },
    getMine: async (payer: Payer, orderId: string): Promise<PaymentView> =>
      describe(await paying.getOrder(payer, orderId)),
    getForOfficer: async (officer: RefundOfficer, caseId: string): Promise<OfficerPaymentView> => {
      const found = await findForOfficer(officer, caseId);
      if (!found) throw problem('payment-unknown');
      return found;
    },
  };
}
