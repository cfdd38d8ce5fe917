import { personOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type CaseSummary, whoseTurn } from '#modules/cases';
import { hasComeIn, isOwed, type PaymentView } from '#modules/payments';
import { applicantOf, dataSubjectOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import { officeOfService, type PortalNeeds } from '../needs.ts';
import { type FeeShown, feeShown } from '../pages/fee.tsx';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { makeReceipt } from './payment-receipt.ts';

/** The fee of an application as its check page says it: what is to pay and why, or that it is not known yet. */
export async function feeOfCase({ payments }: PortalNeeds, context: PageContext, caseId: string) {
  const fee = await payments.getFee(applicantOf(context.caller), caseId);
  const { currency } = fee;
  if (fee.state === 'not-known') return { fee: null, ...(fee.text ? { feeNote: fee.text } : {}) };
  return {
    fee: currency === undefined ? null : feeShown({ ...fee, currency }),
    mustPay: isOwed(fee) && fee.due === 'before-sending',
  };
}

/** What is still to pay before anybody decides an application that was sent; nothing where nothing is owed. */
export async function owedOf(
  { payments }: PortalNeeds,
  context: PageContext,
  { id, state, submittedAt, decidedAs }: Pick<CaseSummary, 'id' | 'state' | 'submittedAt' | 'decidedAs'>,
): Promise<{ owed?: FeeShown }> {
  if (!submittedAt || decidedAs || whoseTurn(state) === 'nobody') return {};
  const fee = await payments.getFee(applicantOf(context.caller), id);
  return isOwed(fee) ? { owed: feeShown(fee) } : {};
}

/** Paying a fee, coming back from it, and what was paid. */
export function paymentsRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { payments, cases, apps } = needs;
  /** The visit of an app on which the person went to pay, if an app sent them. */
  const visitOf = ({ caller }: PageContext, caseId: string) =>
    apps.visits.findPaying(personOf(caller).personId, caseId);

  const showPay = async (
    context: PageContext,
    caseId: string,
    state: 'due' | 'waiting' | 'failed',
    more: { problem?: Text; lookHref?: string } = {},
  ): Promise<PageAnswer> => {
    const person = applicantOf(context.caller);
    const fee = await payments.getFee(person, caseId);
    if (fee.paymentId && hasComeIn(fee.state)) return { redirect: `/payments/${fee.paymentId}` };
    if (!isOwed(fee)) return { redirect: `/cases/${caseId}` };
    const view = await cases.getMyCase(person, caseId);
    return draw(
      pages.payPage,
      {
        caseId,
        serviceTitle: view.serviceTitle,
        office: officeOfService(needs, view.serviceId, view.officeNames),
        ...{ fee: feeShown(fee), amountMinor: fee.amountMinor, currency: fee.currency },
        ...{ what: fee.text!, due: fee.due!, state },
        isPlayMoney: payments.provider?.isPlayMoney ?? false,
        ...more,
      },
      context,
      more.problem ? { status: 422 } : {},
    );
  };

  /** What was paid for is sent at once; what is still missing is said on the page of the application. */
  const goOn = async (context: PageContext, caseId: string, paymentId: string): Promise<PageAnswer> => {
    const person = applicantOf(context.caller);
    if ((await cases.getMyCase(person, caseId)).state !== 'draft') return { redirect: `/payments/${paymentId}` };
    try {
      await cases.submitCase(person, caseId);
      return { redirect: `/cases/${caseId}/sent` };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { redirect: `/payments/${paymentId}` };
    }
  };

  const thingOf = (one: PaymentView) => ({
    caseId: one.caseId,
    serviceTitle: one.serviceTitle,
    office: officeOfService(needs, one.serviceId, one.serviceTitle),
    amountMinor: one.amountMinor,
    currency: one.currency,
  });

  return [
    {
      method: 'GET',
      path: '/cases/:caseId/pay',
      access: 'person',
      handle: async (context) => {
        const caseId = context.params['caseId']!;
        // Whoever gave up at the provider began on the page of an app's visit.
        const visit = await visitOf(context, caseId);
        return visit ? { redirect: `/app-visits/${visit.visitId}` } : showPay(context, caseId, 'due');
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/pay',
      access: 'person',
      handle: async (context) => {
        const caseId = context.params['caseId']!;
        try {
          return { redirect: (await payments.startPayment(applicantOf(context.caller), caseId)).payUrl };
        } catch (error) {
          if (!(error instanceof Problem) || error.status === 404) throw error;
          return showPay(context, caseId, 'due', { problem: error.messages });
        }
      },
    },
    {
      // Whoever is sent back here by the provider; the address proves nothing, so the provider is asked.
      method: 'GET',
      path: '/payments/return/:attemptId',
      access: 'person',
      handle: async (context) => {
        const order = await payments.settleReturn(applicantOf(context.caller), context.params['attemptId']!);
        if (order.paidAt) {
          const visit = await visitOf(context, order.caseId);
          if (!visit) return goOn(context, order.caseId, order.id);
          await apps.visits.endPaying(personOf(context.caller).personId, order.caseId);
          return { redirect: visit.returnUrl };
        }
        const isWaiting = order.state === 'started';
        const lookHref = `/payments/return/${context.params['attemptId']}`;
        return showPay(context, order.caseId, isWaiting ? 'waiting' : 'failed', isWaiting ? { lookHref } : {});
      },
    },
    {
      method: 'GET',
      path: '/payments',
      access: 'person',
      handle: async (context) => {
        const { personId } = dataSubjectOf(context.caller);
        const list = await payments.listMine(personId);
        const rows = list.map(({ id, state, number, paidAt, createdAt, ...one }) => ({
          ...thingOf({ id, state, createdAt, ...one }),
          ...{ paymentId: id, state, at: paidAt ?? createdAt },
          ...(number ? { number } : {}),
        }));
        return draw(pages.myPayments, { payments: rows }, context);
      },
    },
    {
      method: 'GET',
      path: '/payments/:paymentId',
      access: 'person',
      handle: async (context) => {
        const person = applicantOf(context.caller);
        const payment = await payments.getMine(person, context.params['paymentId']!);
        if (!payment.number || !payment.paidAt) return { redirect: `/cases/${payment.caseId}/pay` };
        return draw(
          pages.paymentReceipt,
          {
            ...thingOf(payment),
            ...{ number: payment.number, state: payment.state, paidAt: payment.paidAt, refunds: payment.refunds },
            keptMinor: payment.keptMinor,
            fee: feeShown(payment),
            pdfHref: `/payments/${payment.id}/receipt.pdf`,
            ...(payment.leafHash ? { proofHref: `/ledger/proof/${payment.leafHash}` } : {}),
            isPlayMoney: payments.provider?.isPlayMoney ?? false,
            isUnsent:
              ['paid', 'partly-refunded'].includes(payment.state) &&
              (await cases.getMyCase(person, payment.caseId)).state === 'draft',
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/payments/:paymentId/receipt.pdf',
      access: 'person',
      handle: async (context) => {
        const person = applicantOf(context.caller);
        const { number, paidAt, ...payment } = await payments.getMine(person, context.params['paymentId']!);
        if (!number || !paidAt) return { redirect: `/cases/${payment.caseId}/pay` };
        const { reference } = await cases.getMyCase(person, payment.caseId);
        return {
          bytes: await makeReceipt(needs, { ...payment, number, paidAt }, reference),
          contentType: 'application/pdf',
          headers: {
            'content-disposition': `attachment; filename="${number}.pdf"`,
            'cache-control': 'private, no-store',
          },
        };
      },
    },
  ];
}
