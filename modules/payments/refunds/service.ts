import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { feeOf, type PaymentsNeeds, providerOf } from '../needs.ts';
import { problem } from '../problems.ts';
import type { RefundReading } from '../providers/provider.ts';
import { judgeRefund, type RefundReason, stateOf } from '../rules.ts';
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
import { findRefund, insertRefund, listRefunds, listUnfinished, type RefundRow, updateRefund } from './store.ts';

/** Whoever acts for an office. */
export type RefundOfficer = { personId: string; officeId: string };

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
    attempt: AttemptRow,
    facts: { reason: RefundReason; requestedBy?: string; needsSecond?: boolean },
  ): Promise<RefundRow> => {
    const row: RefundRow = {
      id: newId(),
      orderId: order.id,
      attemptId: attempt.id,
      amountMinor: attempt.amountMinor,
      reason: facts.reason,
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
        await jobs.send(tx, 'payment-refunded', { orderId, caseId: order.caseId }, { key: refundId });
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
      const { reason, isOver } = found
        ? judgeRefund(found, fee?.service.fee?.refunds ?? [], fee?.exemption !== undefined)
        : { isOver: true };
      await database.transaction(async (tx) => {
        const order = await holdOrder(tx, id);
        if (!order.watched) return;
        const standing = reason === undefined ? undefined : await findStanding(tx, order);
        if (reason !== undefined && standing) {
          await request(tx, order, standing, { reason });
          ordered += 1;
        }
        await restate(tx, order, { watched: !isOver, lookedAt: clock.now() });
      });
    }
    return ordered;
  };

  const takeUpAgain = async (): Promise<void> => {
    const before = new Date(clock.now().getTime() - forgottenMs);
    for (const { id } of await listUnfinished(database.db, before, atOnce))
      await carryOut(id).catch((error: unknown) => needs.log.warn({ err: error, refundId: id }, 'a refund waits on'));
  };

  /** An officer gives a fee back. Above the service's limit it waits for a second one of the same office. */
  const refundByOfficer = async (officer: RefundOfficer, caseId: string): Promise<RefundRow> => {
    const found = await findOrderOfCase(database.db, caseId);
    if (!found || found.officeId !== officer.officeId) throw problem('payment-unknown');
    if (found.personId === officer.personId) throw problem('own-payment');
    const paidCase = await needs.findCase(caseId);
    const fee = paidCase && (await feeOf(needs, paidCase));
    const aloneMax = fee?.amount.refundAloneMinorMax ?? 0;
    return database.transaction(async (tx) => {
      const order = await holdOrder(tx, found.id);
      const standing = await findStanding(tx, order);
      if (!standing) throw problem('refund-not-possible');
      const refund = await request(tx, order, standing, {
        reason: 'officer',
        requestedBy: officer.personId,
        needsSecond: standing.amountMinor > aloneMax,
      });
      await restate(tx, order);
      return refund;
    });
  };

  /** A second officer agrees to a refund, or stops it. */
  const answerRefund = async (officer: RefundOfficer, refundId: string, isApproved: boolean): Promise<RefundRow> => {
    const found = await findRefund(database.db, refundId);
    const owner = found && (await findOrder(database.db, found.orderId));
    if (!found || owner?.officeId !== officer.officeId) throw problem('refund-unknown');
    if (owner.personId === officer.personId) throw problem('own-payment');
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
      await restate(tx, order);
      return changed;
    });
  };

  return { request, restate, carryOut, applyRules, takeUpAgain, refundByOfficer, answerRefund };
}

/** The payment that nobody is giving back, if there is one. */
async function findStanding(tx: Tx, order: OrderRow): Promise<AttemptRow | undefined> {
  const refunds = await listRefunds(tx, order.id);
  const isTaken = (attemptId: string) =>
    refunds.some(
      (refund) => refund.attemptId === attemptId && refund.state !== 'failed' && refund.state !== 'declined',
    );
  return (await listAttempts(tx, order.id)).find(({ id, state }) => state === 'paid' && !isTaken(id));
}
