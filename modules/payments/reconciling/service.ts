import type { Reconciliation } from '../contract.ts';
import { type PaymentsNeeds, providerOf } from '../needs.ts';
import type { ListedMovement } from '../providers/provider.ts';
import { listRefundedBetween } from '../refunds/store.ts';
import { findAttempt, listPaidBetween } from '../store.ts';
import { compareBooks, type Movement, rangeOfDay } from './rules.ts';
import { readSettlement } from './settlement.ts';

const aroundMs = 86_400_000;

/** Compares what this node has taken and given back on a day with what the provider says, by its API or by a file of its own. */
export function createReconciling(needs: PaymentsNeeds) {
  const { db } = needs.database;

  const ownMovements = async (provider: string, from: Date, until: Date): Promise<Movement[]> => {
    const paid = await listPaidBetween(db, provider, from, until);
    const refunds = await listRefundedBetween(db, from, until);
    const payments = paid.map(
      ({ paymentRef, id, amountMinor, currency }): Movement => ({
        ...{ kind: 'payment', ref: paymentRef ?? id, money: { amountMinor, currency } },
      }),
    );
    const given = await Promise.all(
      refunds.map(async ({ attemptId, refundRef, id, amountMinor }): Promise<Movement[]> => {
        const attempt = (await findAttempt(db, attemptId))!;
        if (attempt.provider !== provider) return [];
        return [{ kind: 'refund', ref: refundRef ?? id, money: { amountMinor, currency: attempt.currency } }];
      }),
    );
    return [...payments, ...given.flat()];
  };

  /** `settlement`: the provider's file, in place of its list. A day of the state's own calendar, ISO 8601. */
  const reconcile = async (day: string, providerId?: string, settlement?: string): Promise<Reconciliation> => {
    const provider = providerOf(needs, providerId);
    const { from, until } = rangeOfDay(day, needs.timeZone);
    const [before, after] = [new Date(from.getTime() - aroundMs), new Date(until.getTime() + aroundMs)];
    const isWithin = ({ at }: ListedMovement) => at >= from && at < until;
    const listed = settlement === undefined ? await provider.listMovements(before, after) : [];
    const theirs = settlement === undefined ? listed.filter(isWithin) : readSettlement(settlement);
    const { rows, totals } = compareBooks({
      ours: await ownMovements(provider.id, from, until),
      theirs,
      oursElsewhere: await ownMovements(provider.id, before, after),
      theirsElsewhere: listed,
    });
    return { day, provider: provider.id, rows, totals, isEven: rows.every(({ verdict }) => verdict === 'agrees') };
  };

  return { reconcile };
}
