import { sql, type Tx, tablesOf } from '#kernel/database';
import type { AttemptState, OrderState } from './rules.ts';

export type OrderRow = {
  id: string;
  caseId: string;
  personId: string;
  serviceId: string;
  serviceVersion: string;
  officeId: string;
  amountMinor: number;
  currency: string;
  state: OrderState;
  /** Of the receipt; once it is paid. */
  number: string | null;
  createdAt: Date;
  paidAt: Date | null;
  /** Paid, and the case can still end in a way that gives it back. */
  watched: boolean;
  lookedAt: Date;
  leafHash: string | null;
  /** Without the exemption, where there is one. */
  fullMinor: number | null;
  exemptionId: string | null;
};

export type AttemptRow = {
  id: string;
  orderId: string;
  provider: string;
  amountMinor: number;
  currency: string;
  state: AttemptState;
  sessionRef: string | null;
  payUrl: string | null;
  paymentRef: string | null;
  failure: string | null;
  startedAt: Date;
  endsAt: Date;
  paidAt: Date | null;
};

type Tables = {
  orders: {
    id: string;
    case_id: string;
    person_id: string;
    service_id: string;
    service_version: string;
    office_id: string;
    amount_minor: number;
    currency: string;
    state: OrderState;
    number: string | null;
    created_at: Date;
    paid_at: Date | null;
    watched: boolean;
    looked_at: Date;
    leaf_hash: string | null;
    full_minor: number | null;
    exemption_id: string | null;
  };
  attempts: {
    id: string;
    order_id: string;
    provider: string;
    amount_minor: number;
    currency: string;
    state: AttemptState;
    session_ref: string | null;
    pay_url: string | null;
    payment_ref: string | null;
    failure: string | null;
    started_at: Date;
    ends_at: Date;
    paid_at: Date | null;
  };
  numbers: { year: number; last: number };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'payments');

const toOrder = (row: Tables['orders']): OrderRow => ({
  id: row.id,
  caseId: row.case_id,
  personId: row.person_id,
  serviceId: row.service_id,
  serviceVersion: row.service_version,
  officeId: row.office_id,
  amountMinor: row.amount_minor,
  currency: row.currency,
  state: row.state,
  number: row.number,
  createdAt: row.created_at,
  paidAt: row.paid_at,
  watched: row.watched,
  lookedAt: row.looked_at,
  leafHash: row.leaf_hash,
  fullMinor: row.full_minor,
  exemptionId: row.exemption_id,
});
const toAttempt = (row: Tables['attempts']): AttemptRow => ({
  id: row.id,
  orderId: row.order_id,
  provider: row.provider,
  amountMinor: row.amount_minor,
  currency: row.currency,
  state: row.state,
  sessionRef: row.session_ref,
  payUrl: row.pay_url,
  paymentRef: row.payment_ref,
  failure: row.failure,
  startedAt: row.started_at,
  endsAt: row.ends_at,
  paidAt: row.paid_at,
});

/** Nothing when the case has an order already. */
export async function insertOrder(tx: Tx, row: OrderRow): Promise<void> {
  await on(tx)
    .insertInto('orders')
    .values({
      id: row.id,
      case_id: row.caseId,
      person_id: row.personId,
      service_id: row.serviceId,
      service_version: row.serviceVersion,
      office_id: row.officeId,
      amount_minor: row.amountMinor,
      currency: row.currency,
      state: row.state,
      created_at: row.createdAt,
      watched: row.watched,
      looked_at: row.lookedAt,
      full_minor: row.fullMinor,
      exemption_id: row.exemptionId,
    } as Tables['orders'])
    .onConflict((conflict) => conflict.column('case_id').doNothing())
    .execute();
}

export async function findOrder(db: Tx, id: string): Promise<OrderRow | undefined> {
  const row = await on(db).selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toOrder(row);
}

export async function findOrderOfCase(db: Tx, caseId: string): Promise<OrderRow | undefined> {
  const row = await on(db).selectFrom('orders').selectAll().where('case_id', '=', caseId).executeTakeFirst();
  return row && toOrder(row);
}

/** The order, held against other writers until the transaction ends: one change of its money at a time. */
export async function holdOrder(tx: Tx, id: string): Promise<OrderRow> {
  const row = await on(tx).selectFrom('orders').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
  return toOrder(row);
}

export async function listOrdersOf(db: Tx, personId: string, limit: number): Promise<OrderRow[]> {
  const rows = await on(db)
    .selectFrom('orders')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toOrder);
}

export async function updateOrder(
  tx: Tx,
  { id, state, number, paidAt, watched, lookedAt, leafHash, ...row }: OrderRow,
): Promise<void> {
  const asked = { amount_minor: row.amountMinor, full_minor: row.fullMinor, exemption_id: row.exemptionId };
  const values = { ...asked, state, number, paid_at: paidAt, watched, looked_at: lookedAt, leaf_hash: leafHash };
  await on(tx).updateTable('orders').set(values).where('id', '=', id).execute();
}

/** Paid orders whose case has not ended, those not looked at for the longest time first. */
export async function listWatched(db: Tx, limit: number): Promise<OrderRow[]> {
  const rows = await on(db)
    .selectFrom('orders')
    .selectAll()
    .where('watched', '=', sql.lit(true))
    .orderBy('looked_at')
    .limit(limit)
    .execute();
  return rows.map(toOrder);
}

/** How many orders are in each state, by currency: figures without a person. */
export async function countOrders(db: Tx): Promise<Array<{ state: OrderState; currency: string; count: number }>> {
  const rows = await on(db)
    .selectFrom('orders')
    .select(['state', 'currency', ({ fn }) => fn.countAll<string>().as('count')])
    .groupBy(['state', 'currency'])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

export async function insertAttempt(tx: Tx, row: AttemptRow): Promise<void> {
  await on(tx)
    .insertInto('attempts')
    .values({
      id: row.id,
      order_id: row.orderId,
      provider: row.provider,
      amount_minor: row.amountMinor,
      currency: row.currency,
      state: row.state,
      started_at: row.startedAt,
      ends_at: row.endsAt,
    } as Tables['attempts'])
    .execute();
}

export async function findAttempt(db: Tx, id: string): Promise<AttemptRow | undefined> {
  const row = await on(db).selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toAttempt(row);
}

export async function findAttemptOfSession(
  db: Tx,
  provider: string,
  sessionRef: string,
): Promise<AttemptRow | undefined> {
  const row = await on(db)
    .selectFrom('attempts')
    .selectAll()
    .where('provider', '=', provider)
    .where('session_ref', '=', sessionRef)
    .executeTakeFirst();
  return row && toAttempt(row);
}

export async function listAttempts(db: Tx, orderId: string): Promise<AttemptRow[]> {
  const rows = await on(db)
    .selectFrom('attempts')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('started_at')
    .orderBy('id')
    .execute();
  return rows.map(toAttempt);
}

/** Pages whose time is over and of which nobody has told us how they ended. */
export async function listOverdue(db: Tx, now: Date, limit: number): Promise<AttemptRow[]> {
  const rows = await on(db)
    .selectFrom('attempts')
    .selectAll()
    .where('state', '=', sql.lit('started'))
    .where('ends_at', '<', now)
    .orderBy('ends_at')
    .limit(limit)
    .execute();
  return rows.map(toAttempt);
}

/** What came in between two moments by one provider. */
export async function listPaidBetween(db: Tx, provider: string, from: Date, until: Date): Promise<AttemptRow[]> {
  const rows = await on(db)
    .selectFrom('attempts')
    .selectAll()
    .where('provider', '=', provider)
    .where('paid_at', '>=', from)
    .where('paid_at', '<', until)
    .orderBy('paid_at')
    .execute();
  return rows.map(toAttempt);
}

export async function updateAttempt(tx: Tx, row: AttemptRow): Promise<void> {
  const { id, state, sessionRef, payUrl, paymentRef, failure, endsAt, paidAt } = row;
  const values = {
    session_ref: sessionRef,
    pay_url: payUrl,
    payment_ref: paymentRef,
    ends_at: endsAt,
    paid_at: paidAt,
  };
  await on(tx)
    .updateTable('attempts')
    .set({ ...values, state, failure })
    .where('id', '=', id)
    .execute();
}

/** The next number of the year, for receipts that people can read aloud. */
export async function takeNumber(tx: Tx, year: number): Promise<number> {
  const row = await on(tx)
    .insertInto('numbers')
    .values({ year, last: 1 })
    .onConflict((conflict) => conflict.column('year').doUpdateSet({ last: sql<number>`numbers.last + 1` }))
    .returning('last')
    .executeTakeFirstOrThrow();
  return row.last;
}
