import { newId } from '#kernel/ids';
import { dateIn } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import {
  type FeeFacts,
  type FeeOfCase,
  feeOf,
  type PaidCase,
  type Payer,
  type PaymentsNeeds,
  providerOf,
} from './needs.ts';
import { problem } from './problems.ts';
import type { createRefunds } from './refunds/service.ts';
import { listRefunds } from './refunds/store.ts';
import { findSurplus, hasComeIn, judgeReading } from './rules.ts';
import {
  type AttemptRow,
  findAttempt,
  findAttemptOfSession,
  findOrder,
  findOrderOfCase,
  holdOrder,
  insertAttempt,
  insertOrder,
  listAttempts,
  listOrdersOf,
  listOverdue,
  type OrderRow,
  takeNumber,
  updateAttempt,
} from './store.ts';

/** So long a page of the provider stays open: Stripe Checkout wants half an hour at least, and some time for a second try. */
const pageOpenMs = 40 * 60_000;
const atOnce = 100;
/** An order as it is asked for now. */
const askedIn = ({ amountMinor, fullMinor, exemption }: FeeOfCase) => ({
  amountMinor,
  fullMinor: exemption ? fullMinor : null,
  exemptionId: exemption?.id ?? null,
});
const openStates = ['draft', 'submitted', 'in-review', 'waiting-for-person', 'to-confirm'];

/** Taking a fee: one order for each case, one page of the provider open at a time, and what the provider itself says counts. */
export function createPaying(needs: PaymentsNeeds, refunds: ReturnType<typeof createRefunds>) {
  const { database, clock, jobs } = needs;

  /**
   * Whether a fee keeps a case from being sent or decided, because it is not paid, or was paid for answers with which less was asked. Asked in the
   * transaction that would do it.
   */
  const isDue = async (
    tx: typeof database.db,
    before: 'sending' | 'decision',
    facts: FeeFacts,
  ): Promise<'due' | 'risen' | undefined> => {
    const fee = await feeOf(needs, facts);
    if (!fee || fee.amountMinor === 0) return undefined;
    const order = await findOrderOfCase(tx, facts.caseId);
    // Whoever has paid once has paid: what went back since then is the office's own doing. Only, less is not paid for other answers.
    if (order?.paidAt) return before === 'sending' && order.amountMinor < fee.amountMinor ? 'risen' : undefined;
    return fee.due === `before-${before}` ? 'due' : undefined;
  };

  /** The fee of a case as its person is told it; undefined where there is none. */
  const describeFee = async (payer: Payer, caseId: string) => {
    const found = await needs.findCase(caseId, payer);
    if (!found) throw problem('payment-unknown');
    const fee = await feeOf(needs, found);
    const order = await findOrderOfCase(database.db, caseId);
    return { found, fee, order };
  };

  const openOrder = async (found: PaidCase, fee: FeeOfCase): Promise<string> =>
    database.transaction(async (tx) => {
      const at = clock.now();
      const { currency } = fee.amount;
      const asked = askedIn(fee);
      const { caseId, personId, serviceId, serviceVersion, officeId } = found;
      await insertOrder(tx, {
        ...{ id: newId(), caseId, personId, serviceId, serviceVersion, officeId, currency, ...asked },
        ...{ state: 'due', number: null, createdAt: at, paidAt: null, watched: false, lookedAt: at, leafHash: null },
      });
      const { id } = (await findOrderOfCase(tx, caseId))!;
      const order = await holdOrder(tx, id);
      const isSame = order.amountMinor === asked.amountMinor && order.exemptionId === asked.exemptionId;
      if (order.paidAt || isSame) return id;
      // Other answers since the person went to pay last: the page with the old amount is given up. Whoever pays on it all the same has paid that, and
      // what was too much of it goes back.
      for (const attempt of await listAttempts(tx, id))
        if (attempt.state === 'started') await updateAttempt(tx, { ...attempt, state: 'expired' });
      await refunds.restate(tx, order, asked);
      return id;
    });

  /** The one page that is open for an order, or a new one. The time of the one that is open may be over. */
  const openAttempt = (orderId: string, provider: string): Promise<AttemptRow> =>
    database.transaction(async (tx) => {
      const order = await holdOrder(tx, orderId);
      if (['paid', 'partly-refunded'].includes(order.state)) throw problem('already-paid');
      if (hasComeIn(order.state)) throw problem('nothing-to-pay');
      const open = (await listAttempts(tx, orderId)).find(({ state }) => state === 'started');
      if (open) return open;
      const at = clock.now();
      const { amountMinor, currency } = order;
      const row: AttemptRow = {
        ...{ id: newId(), orderId, provider, amountMinor, currency, state: 'started', startedAt: at },
        ...{ sessionRef: null, payUrl: null, paymentRef: null, failure: null, paidAt: null },
        endsAt: new Date(at.getTime() + pageOpenMs),
      };
      await insertAttempt(tx, row);
      await refunds.restate(tx, order);
      return row;
    });

  /**
   * Where the person pays. Two clicks, two tabs and two devices are sent to the same page, on which a payment can be made once.
   * A page whose time is over is asked about before another one is opened.
   */
  const startPayment = async (payer: Payer, caseId: string): Promise<{ payUrl: string }> => {
    const { found, fee } = await describeFee(payer, caseId);
    if (!fee || !openStates.includes(found.state)) throw problem('nothing-to-pay');
    if (!fee.isKnown) throw problem('fee-not-known');
    if (fee.amountMinor === 0) throw problem('nothing-to-pay');
    const current = providerOf(needs);
    const orderId = await openOrder(found, fee);
    let attempt = await openAttempt(orderId, current.id);
    if (attempt.endsAt <= clock.now()) {
      await settleAttempt(attempt.id);
      attempt = await openAttempt(orderId, current.id);
    }
    if (attempt.payUrl) return { payUrl: attempt.payUrl };
    const back = `${needs.publicUrl}/payments/return/${attempt.id}`;
    const { amountMinor, currency, endsAt } = attempt;
    const session = await providerOf(needs, attempt.provider)
      .openSession({
        id: attempt.id,
        money: { amountMinor, currency },
        title: fee.service.definition.title,
        ...{ returnUrl: back, cancelUrl: `${needs.publicUrl}/cases/${caseId}/pay`, endsAt },
      })
      .catch(async (error: unknown) => {
        if (error instanceof Problem && error.code === 'provider-refused') await giveUp(orderId, attempt.id);
        throw error;
      });
    await database.transaction(async (tx) => {
      await holdOrder(tx, orderId);
      const now = (await findAttempt(tx, attempt.id))!;
      const { sessionRef, payUrl } = session;
      if (now.sessionRef === null) await updateAttempt(tx, { ...now, sessionRef, payUrl, endsAt: session.endsAt });
    });
    return { payUrl: session.payUrl };
  };

  /** A page that the provider would not open: nobody was sent there, so the next try is a new one. */
  const giveUp = (orderId: string, attemptId: string): Promise<void> =>
    database.transaction(async (tx) => {
      const order = await holdOrder(tx, orderId);
      const attempt = (await findAttempt(tx, attemptId))!;
      if (attempt.sessionRef !== null || attempt.state !== 'started') return;
      await updateAttempt(tx, { ...attempt, state: 'failed', failure: 'not-opened' });
      await refunds.restate(tx, order);
    });

  /** Asks the provider what became of a page, and writes it down. Harmless however often and by whom it is done. */
  const settleAttempt = async (attemptId: string): Promise<OrderRow> => {
    const asked = await findAttempt(database.db, attemptId);
    if (!asked) throw problem('payment-unknown');
    const reading = asked.sessionRef
      ? await providerOf(needs, asked.provider).readSession(asked.sessionRef)
      : undefined;
    return database.transaction(async (tx) => {
      const order = await holdOrder(tx, asked.orderId);
      const attempt = (await findAttempt(tx, attemptId))!;
      // Nobody was ever sent to a page that we do not know.
      const isOver = !reading && attempt.endsAt <= clock.now();
      const judged = reading ? judgeReading(attempt, reading) : { state: isOver ? 'expired' : attempt.state };
      if (judged.state === attempt.state) return order;
      const failure = 'failure' in judged ? (judged.failure ?? null) : null;
      if (failure) needs.log.error({ attemptId, failure }, 'the provider answered for something else than was asked');
      const isPaid = judged.state === 'paid';
      const at = clock.now();
      await updateAttempt(tx, {
        ...attempt,
        ...{ state: judged.state, failure },
        ...(isPaid ? { paidAt: at, paymentRef: reading!.paymentRef ?? null } : {}),
      });
      const changes = isPaid ? await takeIn(tx, order, attempt.amountMinor, at) : {};
      await refunds.restate(tx, order, changes);
      return (await findOrder(tx, order.id))!;
    });
  };

  /** What a payment that has just come in makes of its order: a receipt, or, when it is the second one, its way back. */
  const takeIn = async (
    tx: typeof database.db,
    order: OrderRow,
    amountMinor: number,
    at: Date,
  ): Promise<Partial<OrderRow>> => {
    const attempts = await listAttempts(tx, order.id);
    for (const twice of findSurplus(attempts, await listRefunds(tx, order.id)))
      await refunds.request(tx, order, twice, { reason: 'paid-twice' });
    const { id, caseId, serviceId, officeId, currency } = order;
    const { leafHash } = await needs.ledger.append(tx, {
      kind: 'payment-received',
      record: { orderId: id, caseId, serviceId, officeId, state: needs.state, amountMinor, currency },
      personId: order.personId,
    });
    if (order.paidAt) return {};
    await jobs.send(tx, 'payment-received', { orderId: id, caseId }, { key: id });
    const year = dateIn(at, needs.timeZone).slice(0, 4);
    const number = `${needs.state}-P-${year}-${String(await takeNumber(tx, Number(year))).padStart(5, '0')}`;
    // Paid on a page of before the answers were changed: what was paid is what stands on the receipt.
    const paid = amountMinor === order.amountMinor ? {} : { amountMinor, fullMinor: null, exemptionId: null };
    return { number, paidAt: at, watched: true, leafHash, ...paid };
  };

  /** The person is back. The address proves nothing: the provider is asked; when it is silent, a job goes on asking. */
  const settleReturn = async (payer: Payer, attemptId: string): Promise<OrderRow> => {
    const attempt = await findAttempt(database.db, attemptId);
    const order = attempt && (await findOrder(database.db, attempt.orderId));
    if (!order || !(await needs.findCase(order.caseId, payer))) throw problem('payment-unknown');
    try {
      return await settleAttempt(attemptId);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await askLater(attemptId);
      return order;
    }
  };

  const askLater = (attemptId: string) =>
    database.transaction((tx) => jobs.send(tx, 'payment-check', { attemptId }, { key: attemptId }));

  /** Hears of a page: a reason to ask the provider, and nothing more. */
  const hearSession = async (provider: string, sessionRef: string): Promise<void> => {
    const attempt = await findAttemptOfSession(database.db, provider, sessionRef);
    // The same account may serve other systems.
    if (attempt) await askLater(attempt.id);
  };

  const settleOverdue = async (): Promise<void> => {
    for (const { id } of await listOverdue(database.db, clock.now(), atOnce))
      await settleAttempt(id).catch((error: unknown) =>
        needs.log.warn({ err: error, attemptId: id }, 'a payment page could not be asked about'),
      );
  };

  const getOrder = async (payer: Payer, orderId: string): Promise<OrderRow> => {
    const order = await findOrder(database.db, orderId);
    if (!order || !(await needs.findCase(order.caseId, payer))) throw problem('payment-unknown');
    return order;
  };

  return {
    isDue,
    describeFee,
    startPayment,
    settleAttempt,
    settleReturn,
    hearSession,
    settleOverdue,
    getOrder,
    listOrders: (personId: string) => listOrdersOf(database.db, personId, atOnce),
  };
}
