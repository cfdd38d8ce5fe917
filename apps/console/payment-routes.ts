import { type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { officerOf } from '#kernel/contract';

/** Giving the fee of a case back, and agreeing to it. What an officer may do is decided by the payments module. */
export function paymentRoutes({ payments }: PortalNeeds): PageRoute[] {
  return [
    {
      method: 'POST',
      path: '/office/cases/:caseId/refund',
      access: 'officer',
      handle: async ({ caller, params }) => {
        await payments.refundByOfficer(officerOf(caller), params['caseId']!);
        return { redirect: `/office/cases/${params['caseId']}` };
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/refunds/:refundId',
      access: 'officer',
      handle: async ({ caller, params, form }) => {
        const isApproved = textOf(form['outcome']) === 'approve';
        await payments.answerRefund(officerOf(caller), params['refundId']!, isApproved);
        return { redirect: `/office/cases/${params['caseId']}` };
      },
    },
  ];
}
