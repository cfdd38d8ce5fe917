import type { Money, SessionReading } from './providers/provider.ts';

export type AttemptState = 'started' | 'paid' | 'failed' | 'expired';
export type RefundState = 'awaiting-approval' | 'requested' | 'refunded' | 'failed' | 'declined';
export type RefundReason = 'withdrawn' | 'refused' | 'never-sent' | 'exempt' | 'paid-twice' | 'officer';
export type OrderState =
  | 'due'
  | 'started'
  | 'paid'
  | 'failed'
  | 'expired'
  | 'refund-requested'
  | 'refunded'
  | 'refund-failed';

export type AttemptFacts = { id: string; state: AttemptState; amountMinor: number };
export type RefundFacts = { attemptId: string; state: RefundState; amountMinor: number };

/** What an answer of the provider makes of an attempt. Money counts only in the amount and the currency that were asked. */
export function judgeReading(
  attempt: AttemptFacts & Money,
  reading: SessionReading,
): { state: AttemptState; failure?: string } {
  // What is paid stays paid: an answer that was older, and came later, takes nothing back.
  if (attempt.state === 'paid') return { state: 'paid' };
  if (reading.reference !== attempt.id) return { state: 'failed', failure: 'reference-differs' };
  if (reading.money.amountMinor !== attempt.amountMinor || reading.money.currency !== attempt.currency)
    return { state: 'failed', failure: 'amount-differs' };
  // Whoever pays after the time was over has paid all the same.
  if (reading.state === 'paid') return { state: 'paid' };
  if (attempt.state !== 'started') return { state: attempt.state };
  return reading.state === 'open' ? { state: 'started' } : { state: reading.state };
}

const isUnderWay = ({ state }: { state: RefundState }) => state === 'requested' || state === 'awaiting-approval';

/** The one word for an order, from what happened to its money. */
export function stateOf(attempts: readonly AttemptFacts[], refunds: readonly RefundFacts[]): OrderState {
  const paid = attempts.filter(({ state }) => state === 'paid');
  if (paid.length === 0) return attempts.at(-1)?.state ?? 'due';
  const stateOfMoney = (attemptId: string): OrderState => {
    const own = refunds.filter((refund) => refund.attemptId === attemptId);
    if (own.some(({ state }) => state === 'refunded')) return 'refunded';
    if (own.some(isUnderWay)) return 'refund-requested';
    return own.at(-1)?.state === 'failed' ? 'refund-failed' : 'paid';
  };
  const states = paid.map(({ id }) => stateOfMoney(id));
  // One payment that stands is enough, whatever became of a second one.
  return (['paid', 'refund-failed', 'refund-requested'] as const).find((one) => states.includes(one)) ?? 'refunded';
}

/** Payments beyond the first that stands, which nobody gives back yet. */
export function findSurplus<Attempt extends AttemptFacts>(
  attempts: readonly Attempt[],
  refunds: readonly RefundFacts[],
): Attempt[] {
  const standing = attempts.filter(
    ({ id, state }) =>
      state === 'paid' &&
      !refunds.some((refund) => refund.attemptId === id && (isUnderWay(refund) || refund.state === 'refunded')),
  );
  return standing.slice(1);
}

/** Paid, given back, and on its way back, in minor units. */
export function balanceOf(attempts: readonly AttemptFacts[], refunds: readonly RefundFacts[]) {
  const sum = (list: ReadonlyArray<{ amountMinor: number }>) =>
    list.reduce((all, { amountMinor }) => all + amountMinor, 0);
  const paidMinor = sum(attempts.filter(({ state }) => state === 'paid'));
  const refundedMinor = sum(refunds.filter(({ state }) => state === 'refunded'));
  return {
    paidMinor,
    refundedMinor,
    heldMinor: paidMinor - refundedMinor,
    underWayMinor: sum(refunds.filter(isUnderWay)),
  };
}

export type CaseEnd = { state: string; wasSent: boolean; wasTaken: boolean };

/**
 * Why a paid fee has to be given back now, if it has to, and whether there is anything left to wait for. `rules` are those of the
 * service's fee.json.
 */
export function judgeRefund(
  { state, wasSent, wasTaken }: CaseEnd,
  rules: readonly string[],
  isExempt: boolean,
): { reason?: RefundReason; isOver: boolean } {
  const given = (reason: RefundReason) => ({ reason, isOver: true });
  if (state === 'expired' || (state === 'withdrawn' && !wasSent)) return given('never-sent');
  // Whoever died before it was decided got nothing for it.
  if (state === 'stopped') return given('withdrawn');
  if (state === 'withdrawn')
    return rules.includes('withdrawn-before-taken') && !wasTaken ? given('withdrawn') : { isOver: true };
  // The answers of what was sent stay as they are, so that the exemption is certain only now.
  if (wasSent && isExempt) return given('exempt');
  if (state === 'refused') return rules.includes('refused') ? given('refused') : { isOver: true };
  return { isOver: state === 'approved' || state === 'cancelled' };
}
