import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type RefundOccasion, readPosted, refundShareOf } from '#modules/catalogue';
import { type FeeOfCase, feeOf, type PaymentsNeeds, providerOf, type RefundOfficer } from '../needs.ts';
import { problem } from '../problems.ts';
import type { RefundReading } from '../providers/provider.ts';
import { findStanding, judgeRefund, orderedBy, orderedFor, type RefundReason, stateOf } from '../rules.ts';
import {
  type AttemptRow,
  findAttempt,
  findOrder,
  findOrderOfCase,
  holdOrder,
  listAttempts,
  listWatched,
  type OrderRow,
  updateOrder,
} from '../store.ts';
import { refundReasonsOf } from './reasons.ts';
import { findRefund, insertRefund, listRefunds, listUnfinished, type RefundRow, updateRefund } from './store.ts';

/** What an officer orders, in minor units; `ownWords…`: plain text that the person reads as it is, 500 characters at most. */
export type WantedRefund = {
  amountMinor: number;
  expectedLeftMinor: number;
  reasonId: string;
  ownWordsAr?: string | undefined;
  ownWordsEn?: string | undefined;
};
const ownWordsMax = 500;
const atOnce = 200;
/** The queue tries for some ten minutes; what did not end by then is taken up again. */
const forgottenMs = 15 * 60_000;

/** Gives money back: by a rule, because it was paid twice, or because an officer says so. */
export function createRefunds(needs: PaymentsNeeds) {
  const { database, clock, jobs } = needs;

  /** Writes the order of a refund; the money moves after the commit. */
  const request = async (
    tx: Tx,
    order: OrderRow,
    { attempt, leftMinor }: { attempt: AttemptRow; leftMinor: number },
    facts: {
      reason: RefundReason;
      /** Minor units; all that is left when it is not said, and never more. */
      amountMinor?: number;
      said?: Pick<RefundRow, 'reasonId' | 'reasonText' | 'ownWords'>;
      requestedBy?: string;
      needsSecond?: boolean;
    },
  ): Promise<RefundRow> => {
    const row: RefundRow = {
      id: newId(),
      orderId: order.id,
      attemptId: attempt.id,
      amountMinor: Math.min(facts.amountMinor ?? leftMinor, leftMinor),
      reason: facts.reason,
      ...(facts.said ?? { reasonId: null, reasonText: null, ownWords: null }),
      state: facts.needsSecond ? 'awaiting-approval' : 'requested',
      requestedBy: facts.requestedBy ?? null,
      approvedBy: null,
      refundRef: null,
      failure: null,
      requestedAt: clock.now(),
      settledAt: null,
      leafHash: null,
    };
    await insertRefund(tx, row);
    if (row.state === 'requested') await jobs.send(tx, 'payment-refund', { refundId: row.id }, { key: row.id });
    return row;
  };

  /** The state of the order after a change of its money, in the same transaction. */
  const restate = async (tx: Tx, order: OrderRow, changes: Partial<OrderRow> = {}): Promise<void> => {
    const state = stateOf(await listAttempts(tx, order.id), await listRefunds(tx, order.id));
    await updateOrder(tx, { ...order, ...changes, state });
  };

  /** Asks the provider to give back what was ordered, or what became of it. Harmless when done twice. */
  const carryOut = async (refundId: string): Promise<void> => {
    const refund = await findRefund(database.db, refundId);
    if (refund?.state !== 'requested') return;
    const attempt = (await findAttempt(database.db, refund.attemptId))!;
    const provider = providerOf(needs, attempt.provider);
    const money = { amountMinor: refund.amountMinor, currency: attempt.currency };
    let reading: RefundReading;
    try {
      reading = refund.refundRef
        ? await provider.readRefund(refund.refundRef)
        : await provider.refund({ id: refund.id, paymentRef: attempt.paymentRef!, money });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'provider-refused') throw error;
      await settle(refundId, { state: 'failed', failure: String(error.params['why'] ?? 'refused') });
      return;
    }
    const isOurs = reading.money.amountMinor === money.amountMinor && reading.money.currency === money.currency;
    if (!isOurs) await settle(refundId, { state: 'failed', failure: 'amount-differs', refundRef: reading.refundRef });
    else if (reading.state === 'pending') await settle(refundId, { state: 'requested', refundRef: reading.refundRef });
    else await settle(refundId, { state: reading.state, refundRef: reading.refundRef });
  };

  const settle = (
    refundId: string,
    facts: { state: 'requested' | 'refunded' | 'failed'; refundRef?: string; failure?: string },
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const { orderId } = (await findRefund(tx, refundId))!;
      const order = await holdOrder(tx, orderId);
      const refund = (await findRefund(tx, refundId))!;
      if (refund.state !== 'requested') return;
      const isDone = facts.state !== 'requested';
      const changed = { ...refund, ...facts, settledAt: isDone ? clock.now() : null };
      if (facts.state === 'refunded') {
        const { leafHash } = await needs.ledger.append(tx, {
          kind: 'payment-refunded',
          record: {
            orderId,
            refundId,
            caseId: order.caseId,
            officeId: order.officeId,
            state: needs.state,
            amountMinor: refund.amountMinor,
            currency: order.currency,
            reason: refund.reason,
          },
          personId: order.personId,
        });
        changed.leafHash = leafHash;
        const { caseId, currency } = order;
        const fact = { orderId, caseId, refundId, amountMinor: refund.amountMinor, currency };
        await jobs.send(tx, 'payment-refunded', fact, { key: refundId });
      }
      await updateRefund(tx, changed);
      await restate(tx, order);
    });

  /** Looks at paid cases that have not ended: what a rule gives back is ordered. Answers how many. */
  const applyRules = async (): Promise<number> => {
    let ordered = 0;
    for (const { id, caseId } of await listWatched(database.db, atOnce)) {
      const found = await needs.findCase(caseId);
      const fee = found && (await feeOf(needs, found));
      const { due, isOver } = found ? judgeRefund(found, fee?.amountMinor === 0) : { isOver: true };
      await database.transaction(async (tx) => {
        const order = await holdOrder(tx, id);
        if (!order.watched) return;
        const refunds = await listRefunds(tx, id);
        await giveBackReduced(tx, order, { fee, wasSent: found?.wasSent ?? false });
        const standing = due && findStanding(await listAttempts(tx, id), await listRefunds(tx, id));
        // A rule that is looked at again, because an officer's refund was stopped, owes only what it has not ordered yet.
        const share =
          standing && due.share && shareOf(standing.attempt, fee, due.share) - orderedFor(due.reason, refunds);
        const amountMinor = due?.share ? (share ?? 0) : standing?.leftMinor;
        if (standing && amountMinor !== undefined && amountMinor > 0) {
          await request(tx, order, standing, { reason: due.reason, amountMinor });
          ordered += 1;
        }
        await restate(tx, order, { watched: !isOver, lookedAt: clock.now() });
      });
    }
    return ordered;
  };

  /** What was paid beyond a fee that turned out to be reduced. What the provider refused once is left to an officer. */
  const giveBackReduced = async (
    tx: Tx,
    order: OrderRow,
    { fee, wasSent }: { fee: FeeOfCase | undefined; wasSent: boolean },
  ): Promise<void> => {
    if (!wasSent || !fee || fee.amountMinor === 0) return;
    const refunds = await listRefunds(tx, order.id);
    const standing = findStanding(await listAttempts(tx, order.id), refunds);
    if (!standing || refunds.some(({ reason, state }) => reason === 'exempt' && state === 'failed')) return;
    const amountMinor = standing.attempt.amountMinor - fee.amountMinor - orderedFor('exempt', refunds);
    if (amountMinor > 0) await request(tx, order, standing, { reason: 'exempt', amountMinor });
  };

  const shareOf = ({ amountMinor, provider, currency }: AttemptRow, fee: FeeOfCase | undefined, when: RefundOccasion) =>
    refundShareOf(fee?.service.fee?.refunds ?? [], when, {
      ...{ amountMinor, state: needs.state },
      stepMinor: providerOf(needs, provider).stepMinorOf(currency),
    }) ?? 0;

  const takeUpAgain = async (): Promise<void> => {
    const before = new Date(clock.now().getTime() - forgottenMs);
    for (const { id } of await listUnfinished(database.db, before, atOnce))
      await carryOut(id).catch((error: unknown) => needs.log.warn({ err: error, refundId: id }, 'a refund waits on'));
  };

  /**
   * An officer gives back a fee or a part of it. Above the service's limit, against which all that this officer gives back of the order
   * counts, it waits for a second one of the same office. `expectedLeftMinor`: what was left on the page that the officer saw; a click
   * that comes twice, or after a colleague's, is refused with `refund-changed`.
   */
  const refundByOfficer = async (officer: RefundOfficer, caseId: string, wanted: WantedRefund): Promise<RefundRow> => {
    const found = await findOrderOfCase(database.db, caseId);
    const standing = found && (await needs.describeOfficer(officer, caseId));
    if (!standing) throw problem('payment-unknown');
    requireRefunding(standing);
    const paidCase = await needs.findCase(caseId);
    const fee = paidCase && (await feeOf(needs, paidCase));
    const aloneMax = fee?.amount.refundAloneMinorMax ?? 0;
    const reason = refundReasonsOf(fee?.service.fee).find(({ id }) => id === wanted.reasonId);
    if (!reason) throw problem('refund-reason-missing');
    const said = { reasonId: reason.id, reasonText: reason.text, ownWords: readOwnWords(wanted) };
    const { amountMinor, expectedLeftMinor } = wanted;
    return database.transaction(async (tx) => {
      const order = await holdOrder(tx, found.id);
      const refunds = await listRefunds(tx, order.id);
      const standing = findStanding(await listAttempts(tx, order.id), refunds);
      if (!standing) throw problem('refund-not-possible');
      if (standing.leftMinor !== expectedLeftMinor) throw problem('refund-changed');
      const { provider, currency } = standing.attempt;
      const isTooMuch = amountMinor > standing.leftMinor;
      if (amountMinor < 1 || isTooMuch || providerOf(needs, provider).refusalOf({ amountMinor, currency }))
        throw problem('refund-amount-refused');
      const refund = await request(tx, order, standing, {
        ...{ reason: 'officer', amountMinor, said, requestedBy: officer.personId },
        needsSecond: orderedBy(officer.personId, refunds) + amountMinor > aloneMax,
      });
      await restate(tx, order);
      return refund;
    });
  };

  /** A second officer agrees to a refund, or stops it. */
  const answerRefund = async (officer: RefundOfficer, refundId: string, isApproved: boolean): Promise<RefundRow> => {
    const found = await findRefund(database.db, refundId);
    const owner = found && (await findOrder(database.db, found.orderId));
    const standing = owner && (await needs.describeOfficer(officer, owner.caseId));
    if (!found || !standing) throw problem('refund-unknown');
    requireRefunding(standing);
    return database.transaction(async (tx) => {
      const order = await holdOrder(tx, found.orderId);
      const refund = (await findRefund(tx, refundId))!;
      if (refund.state !== 'awaiting-approval') throw problem('refund-not-possible');
      // Who asked for it may take it back, but not agree to it.
      if (isApproved && refund.requestedBy === officer.personId) throw problem('second-officer-needed');
      const changed: RefundRow = isApproved
        ? { ...refund, state: 'requested', approvedBy: officer.personId }
        : { ...refund, state: 'declined', settledAt: clock.now() };
      await updateRefund(tx, changed);
      if (isApproved) await jobs.send(tx, 'payment-refund', { refundId }, { key: refundId });
      // What is stopped may be what a rule gives back.
      await restate(tx, order, isApproved ? {} : { watched: true });
      return changed;
    });
  };

  return { request, restate, carryOut, applyRules, takeUpAgain, refundByOfficer, answerRefund };
}

/** Nobody gives back without a role for it, nor in a case that they are a party to. */
function requireRefunding({ isParty, rolesNeeded }: { isParty: boolean; rolesNeeded?: Text }): void {
  if (rolesNeeded) throw problem('refund-role-needed', { roles: rolesNeeded });
  if (isParty) throw problem('own-payment');
}

/** The officer's own words in both languages, or none: half a translation would leave one reader without them. */
function readOwnWords({ ownWordsAr, ownWordsEn }: WantedRefund): Text | null {
  const [ar, en] = [ownWordsAr, ownWordsEn].map((text = '') => {
    const read = readPosted({ kind: 'textarea' }, 'text', { text }, '');
    if (read === 'absent') return '';
    if ('code' in read || String(read.answer).length > ownWordsMax) throw problem('refund-words-refused');
    return String(read.answer);
  }) as [string, string];
  if ((ar === '') !== (en === '')) throw problem('refund-words-refused');
  return ar === '' ? null : { ar, en };
}
