import type { ModuleMigrations } from '#kernel/database';
import { findFee, offOf } from '#modules/catalogue';
import { paymentsContract } from './contract.ts';
import { eraseOfCase, isUnsettled } from './erasing/service.ts';
import { createHandlers } from './handlers.ts';
import { up as payments } from './migrations/0001-payments.ts';
import { up as partsOfAFee } from './migrations/0002-parts-of-a-fee.ts';
import { up as exemptions } from './migrations/0003-exemptions.ts';
import type { PaymentsNeeds } from './needs.ts';
import { createReconciling } from './reconciling/service.ts';
import { createRefunds } from './refunds/service.ts';
import { findRefundByRef } from './refunds/store.ts';
import { createPaying } from './service.ts';
import { countOrders } from './store.ts';
import { createViews } from './views.ts';

export * from './contract.ts';
export type { FeeFacts, PaidCase, Payer, PaymentsNeeds, RefundOfficer } from './needs.ts';
export type {
  Hint,
  ListedMovement,
  Money,
  PaymentProvider,
  RefundReading,
  SessionReading,
} from './providers/provider.ts';
export {
  createStripeCheckout,
  isSigned,
  type StripeSecrets,
  type StripeSettings,
} from './providers/stripe-checkout.ts';
export { compareBooks, type Movement, rangeOfDay } from './reconciling/rules.ts';
export { readSettlement, writeReconciliation } from './reconciling/settlement.ts';
export type { WantedRefund } from './refunds/service.ts';
export { balanceOf, hasComeIn, isOwed, judgeReading, judgeRefund, stateOf } from './rules.ts';

export const paymentsMigrations: ModuleMigrations = {
  module: 'payments',
  migrations: {
    '0001-payments': { up: payments },
    '0002-parts-of-a-fee': { up: partsOfAFee },
    '0003-exemptions': { up: exemptions },
  },
};

/** Facts that are put on the queue in the transaction that makes them true; each carries `{ orderId, caseId }`; `payment-refunded` also
 * `{ refundId, amountMinor, currency }`. */
export const paymentFacts = ['payment-received', 'payment-refunded'] as const;

export type Payments = ReturnType<typeof createPayments>;

const tickMs = 30_000;

/** Takes the fees of services and gives them back. Declares its queues at once, so create it before the jobs are started. */
export function createPayments(needs: PaymentsNeeds) {
  const { database, jobs, log, clock, providers } = needs;
  for (const fact of paymentFacts) jobs.queue(fact);
  const refunds = createRefunds(needs);
  const paying = createPaying(needs, refunds);
  const views = createViews(needs, paying);
  const reconciling = createReconciling(needs);
  jobs.work('payment-check', async ({ attemptId }) => {
    await paying.settleAttempt(String(attemptId));
  });
  jobs.work('payment-refund', ({ refundId }) => refunds.carryOut(String(refundId)));

  const hearRefund = async (refundRef: string): Promise<void> => {
    const refund = await findRefundByRef(database.db, refundRef);
    if (refund)
      await database.transaction((tx) => jobs.send(tx, 'payment-refund', { refundId: refund.id }, { key: refund.id }));
  };

  let ticking: NodeJS.Timeout | undefined;
  let working: Promise<unknown> = Promise.resolve();
  /** Asks about pages whose time is over, gives back what a rule says, and goes on with refunds that nobody finished. */
  const tend = async (): Promise<void> => {
    await paying.settleOverdue();
    await refunds.applyRules();
    await refunds.takeUpAgain();
  };

  return {
    isDue: paying.isDue,
    startPayment: paying.startPayment,
    settleReturn: paying.settleReturn,
    refundByOfficer: refunds.refundByOfficer,
    answerRefund: refunds.answerRefund,
    reconcile: reconciling.reconcile,
    isUnsettled,
    eraseOfCase,
    countOrders: () => countOrders(database.db),
    ...views,
    /** Where people are sent to pay. */
    pageOrigins: [...new Set(providers.flatMap((provider) => provider.pageOrigins))],
    /** Whoever takes the money now; undefined where nobody does. */
    provider: providers[0] && { names: providers[0].names, isPlayMoney: providers[0].isPlayMoney },
    tend,
    contract: paymentsContract,
    handlers: createHandlers({ paying, refunds, views, reconciling, hearRefund, providers, clock }),
    /** Throws an Error when the fee of a service cannot be taken by the provider. */
    start: (): void => {
      for (const { id, fee } of needs.catalogue.listDelivered()) {
        const amount = findFee(fee, needs.state);
        const shares = (fee?.refunds ?? []).flatMap((rule) =>
          typeof rule === 'object' && 'amountsMinor' in rule ? [rule.amountsMinor[needs.state] ?? 0] : [],
        );
        const reduced = amount
          ? (fee?.exemptions ?? [])
              .map((exemption) => amount.amountMinor - offOf(exemption, amount))
              .filter((amountMinor) => amountMinor > 0)
          : [];
        const refusal =
          amount &&
          [amount.amountMinor, ...reduced, ...shares]
            .map((amountMinor) => providers[0]?.refusalOf({ ...amount, amountMinor }))
            .find((why) => why !== undefined);
        if (refusal) throw new Error(`the fee of ${id} cannot be taken by ${providers[0]!.id}: ${refusal}`);
        if (amount && !providers[0])
          log.warn({ serviceId: id }, 'this service asks for a fee, and no payment provider is connected');
      }
      ticking ??= setInterval(() => {
        working = working.then(tend).catch((error: unknown) => log.error({ err: error }, 'payments were not tended'));
      }, tickMs).unref();
    },
    stop: async (): Promise<void> => {
      clearInterval(ticking);
      ticking = undefined;
      await working;
    },
  };
}
