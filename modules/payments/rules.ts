import type { RefundOccasion } from '#modules/catalogue';
import type { Money, SessionReading } from './providers/provider.ts';

export type AttemptState = 'started' | 'paid' | 'failed' | 'expired';
export type RefundState = 'awaiting-approval' | 'requested' | 'refunded' | 'failed' | 'declined';
export type RefundReason =
  | 'withdrawn'
  | 'withdrawn-late'
  | 'refused'
  | 'never-sent'
  | 'exempt'
  | 'paid-twice'
  | 'officer';
export type OrderState =
  | 'due'
  | 'started'
  | 'paid'
  | 'partly-refunded'
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

/** Given back, or ordered to be. */
const isClaimed = (refund: { state: RefundState }) => isUnderWay(refund) || refund.state === 'refunded';
const sumOf = (list: ReadonlyArray<{ amountMinor: number }>) =>
  list.reduce((all, { amountMinor }) => all + amountMinor, 0);

/** What is left of a payment that nobody has given back or ordered to be, in minor units; 0 of what was not paid. */
export function leftOf(attempt: AttemptFacts, refunds: readonly RefundFacts[]): number {
  if (attempt.state !== 'paid') return 0;
  return attempt.amountMinor - sumOf(refunds.filter((one) => one.attemptId === attempt.id && isClaimed(one)));
}

/** The payment from which the next part goes back: the one of which most is left. */
export function findStanding<Attempt extends AttemptFacts>(
  attempts: readonly Attempt[],
  refunds: readonly RefundFacts[],
): { attempt: Attempt; leftMinor: number } | undefined {
  const standing = attempts.map((attempt) => ({ attempt, leftMinor: leftOf(attempt, refunds) }));
  const most = Math.max(0, ...standing.map(({ leftMinor }) => leftMinor));
  return most === 0 ? undefined : standing.find(({ leftMinor }) => leftMinor === most);
}

/**
 * What one officer has ordered to be given back of an order, in minor units, refused and stopped ones left out: the limit of the service
 * is held against this sum, so that it is the same in one part and in ten.
 */
export function orderedBy(officerId: string, refunds: ReadonlyArray<RefundFacts & { requestedBy: string | null }>) {
  return sumOf(refunds.filter((one) => one.requestedBy === officerId && isClaimed(one)));
}

/** What has been ordered back for one reason. */
export const orderedFor = (reason: RefundReason, refunds: ReadonlyArray<RefundFacts & { reason: RefundReason }>) =>
  sumOf(refunds.filter((one) => one.reason === reason && isClaimed(one)));

/** The one word for an order, from what happened to its money. */
export function stateOf(attempts: readonly AttemptFacts[], refunds: readonly RefundFacts[]): OrderState {
  const paid = attempts.filter(({ state }) => state === 'paid');
  if (paid.length === 0) return attempts.at(-1)?.state ?? 'due';
  const stateOfMoney = ({ id, amountMinor }: AttemptFacts): OrderState => {
    const own = refunds.filter((refund) => refund.attemptId === id);
    const givenMinor = sumOf(own.filter(({ state }) => state === 'refunded'));
    if (givenMinor === amountMinor) return 'refunded';
    if (own.some(isUnderWay)) return 'refund-requested';
    if (own.at(-1)?.state === 'failed') return 'refund-failed';
    return givenMinor > 0 ? 'partly-refunded' : 'paid';
  };
  const states = paid.map(stateOfMoney);
  // One payment that stands is enough, whatever became of a second one.
  const ranks = ['paid', 'refund-failed', 'refund-requested', 'partly-refunded'] as const;
  return ranks.find((one) => states.includes(one)) ?? 'refunded';
}

const comeIn: ReadonlySet<string> = new Set([
  'paid',
  'partly-refunded',
  'refund-requested',
  'refunded',
  'refund-failed',
]);
/** The fee has come in, whatever went back since. `state`: of an order or of a fee. */
export const hasComeIn = (state: string): boolean => comeIn.has(state);

/** Whether a person still has something to pay: there is a fee, nothing takes it away, and it has not come in. */
export const isOwed = <Fee extends { currency?: string | undefined; state: string }>(
  fee: Fee,
): fee is Fee & { currency: string } =>
  fee.currency !== undefined && !['exempt', 'not-known'].includes(fee.state) && !hasComeIn(fee.state);

/** Payments beyond the first that stands, of which nobody gives back everything yet. */
export function findSurplus<Attempt extends AttemptFacts>(
  attempts: readonly Attempt[],
  refunds: readonly RefundFacts[],
): Array<{ attempt: Attempt; leftMinor: number }> {
  return attempts
    .map((attempt) => ({ attempt, leftMinor: leftOf(attempt, refunds) }))
    .filter(({ leftMinor }) => leftMinor > 0)
    .slice(1);
}

/** Paid, given back, and on its way back, in minor units. */
export function balanceOf(attempts: readonly AttemptFacts[], refunds: readonly RefundFacts[]) {
  const paidMinor = sumOf(attempts.filter(({ state }) => state === 'paid'));
  const refundedMinor = sumOf(refunds.filter(({ state }) => state === 'refunded'));
  return {
    paidMinor,
    refundedMinor,
    heldMinor: paidMinor - refundedMinor,
    underWayMinor: sumOf(refunds.filter(isUnderWay)),
  };
}

export type CaseEnd = { state: string; wasSent: boolean; wasTaken: boolean };

/** `share`: the rules of the service say how much; otherwise it is all that is left. */
export type DueRefund = { reason: RefundReason; share?: RefundOccasion };

/**
 * Why a paid fee has to be given back now, if it has to, and whether there is anything left to wait for. Whether the rules of the
 * service's fee.json have a word for `share` is asked of them.
 */
export function judgeRefund(
  { state, wasSent, wasTaken }: CaseEnd,
  isExempt: boolean,
): { due?: DueRefund; isOver: boolean } {
  const whole = (reason: RefundReason) => ({ due: { reason }, isOver: true });
  const part = (reason: RefundReason, share: RefundOccasion) => ({ due: { reason, share }, isOver: true });
  if (state === 'expired' || (state === 'withdrawn' && !wasSent)) return whole('never-sent');
  // Whoever died before it was decided got nothing for it.
  if (state === 'stopped') return whole('withdrawn');
  if (state === 'withdrawn')
    return wasTaken ? part('withdrawn-late', 'withdrawn-after-taken') : part('withdrawn', 'withdrawn-before-taken');
  // The answers of what was sent stay as they are, so that the exemption is certain only now.
  if (wasSent && isExempt) return whole('exempt');
  if (state === 'refused') return part('refused', 'refused');
  return { isOver: state === 'approved' || state === 'cancelled' };
}
