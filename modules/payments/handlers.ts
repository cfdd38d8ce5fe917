import type { Clock } from '#kernel/clock';
import { type Handlers, officerOf, personOf } from '#kernel/contract';
import type { PaymentsContract } from './contract.ts';
import { problem } from './problems.ts';
import type { PaymentProvider } from './providers/provider.ts';
import type { createReconciling } from './reconciling/service.ts';
import type { createRefunds } from './refunds/service.ts';
import type { createPaying } from './service.ts';
import { type createViews, describeRefund } from './views.ts';

type UseCases = {
  paying: ReturnType<typeof createPaying>;
  refunds: ReturnType<typeof createRefunds>;
  views: ReturnType<typeof createViews>;
  reconciling: ReturnType<typeof createReconciling>;
  /** Hears of a refund that the provider was slow with. */
  hearRefund(refundRef: string): Promise<void>;
  providers: PaymentProvider[];
  clock: Clock;
};

export function createHandlers(cases: UseCases): Handlers<PaymentsContract> {
  const { paying, refunds, views, reconciling } = cases;
  return {
    getFee: ({ caller, params }) => views.getFee(personOf(caller), params.caseId),
    startPayment: ({ caller, params }) => paying.startPayment(personOf(caller), params.caseId),
    listMyPayments: async ({ caller }) => ({ payments: await views.listMine(personOf(caller).personId) }),
    getMyPayment: ({ caller, params }) => views.getMine(personOf(caller), params.paymentId),
    receiveMessage: async ({ params, body, request }) => {
      const provider = cases.providers.find(({ id }) => id === params.provider);
      if (!provider) throw problem('provider-unknown');
      const hint = provider.readMessage(request.headers, body, cases.clock.now());
      if (!hint) throw problem('message-not-authentic');
      if (hint.sessionRef) await paying.hearSession(provider.id, hint.sessionRef);
      if (hint.refundRef) await cases.hearRefund(hint.refundRef);
      return { heard: true };
    },
    getPaymentOfCase: ({ caller, params }) => views.getForOfficer(officerOf(caller), params.caseId),
    refundPayment: async ({ caller, params, body }) =>
      describeRefund(await refunds.refundByOfficer(officerOf(caller), params.caseId, body)),
    answerRefund: async ({ caller, params, body }) =>
      describeRefund(await refunds.answerRefund(officerOf(caller), params.refundId, body.outcome === 'approve')),
    reconcileByList: ({ query }) => reconciling.reconcile(query.day, query.provider),
    reconcileByFile: ({ query, body }) => reconciling.reconcile(query.day, query.provider, body.settlement),
  };
}
