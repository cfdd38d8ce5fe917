import { sql, type Tx, tablesOf } from '#kernel/database';
import type { offerEnds } from './contract.ts';

export type OfferEnd = (typeof offerEnds)[number];

export type OfferRow = {
  offer_id: string;
  /** To whom it is made. */
  recipient_id: string;
  /** To whom it happened; another one where a guardian is offered something for a child. */
  about_id: string;
  service_id: string;
  event_type: string;
  happened_on: string;
  publisher: string;
  /** Values by field of the event; empty once they are not needed any more. */
  fills: Record<string, string>;
  state: 'open' | 'later' | 'begun' | 'ended';
  ended_for: OfferEnd | null;
  made_at: Date;
  until: string;
  again_on: string | null;
  case_id: string | null;
};
type Tables = {
  offers: OfferRow;
  wishes: { person_id: string; event_type: string; is_wanted: boolean; changed_at: Date };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'offers');
const running = ['open', 'later'] as const;
const listedMax = 50;
const forgotten = { fills: JSON.stringify({}) as never };

/** False when the same was offered to the same person before. */
export async function insertOffer(tx: Tx, row: OfferRow): Promise<boolean> {
  const done = await on(tx)
    .insertInto('offers')
    .values({ ...row, fills: JSON.stringify(row.fills) as never })
    .onConflict((conflict) =>
      conflict
        .columns(['recipient_id', 'about_id', 'service_id', 'event_type', 'happened_on'])
        .where('ended_for', 'is distinct from', sql.lit('withdrawn'))
        .doNothing(),
    )
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export function findOffer(db: Tx, offerId: string): Promise<OfferRow | undefined> {
  return on(db).selectFrom('offers').selectAll().where('offer_id', '=', offerId).executeTakeFirst();
}

export function holdOffer(tx: Tx, offerId: string): Promise<OfferRow | undefined> {
  return on(tx).selectFrom('offers').selectAll().where('offer_id', '=', offerId).forUpdate().executeTakeFirst();
}

/** What is shown to somebody now, the latest first. */
export function listOpen(db: Tx, recipientId: string, today: string): Promise<OfferRow[]> {
  return on(db)
    .selectFrom('offers')
    .selectAll()
    .where('recipient_id', '=', recipientId)
    .where('state', '=', 'open')
    .where('until', '>=', today)
    .orderBy('made_at', 'desc')
    .orderBy('offer_id')
    .limit(listedMax)
    .execute();
}

export async function updateOffer(
  tx: Tx,
  offerId: string,
  change: Partial<Pick<OfferRow, 'state' | 'ended_for' | 'again_on' | 'case_id'>>,
): Promise<void> {
  const isOver = change.state === 'begun' || change.state === 'ended';
  await on(tx)
    .updateTable('offers')
    .set({ ...change, ...(isOver ? forgotten : {}) })
    .where('offer_id', '=', offerId)
    .execute();
}

/** Ends those that are not answered yet, and keeps nothing of what they would have filled in. */
export async function endOffers(
  tx: Tx,
  which: { recipientId?: string; aboutId?: string; serviceId?: string; eventType?: string; happenedOn?: string },
  endedFor: OfferEnd,
): Promise<void> {
  if (which.recipientId === undefined && which.aboutId === undefined)
    throw new Error('ending the offers of everybody is nobody’s to ask');
  let query = on(tx)
    .updateTable('offers')
    .set({ state: 'ended', ended_for: endedFor, ...forgotten })
    .where('state', 'in', running);
  if (which.recipientId !== undefined) query = query.where('recipient_id', '=', which.recipientId);
  if (which.aboutId !== undefined) query = query.where('about_id', '=', which.aboutId);
  if (which.serviceId !== undefined) query = query.where('service_id', '=', which.serviceId);
  if (which.eventType !== undefined) query = query.where('event_type', '=', which.eventType);
  if (which.happenedOn !== undefined) query = query.where('happened_on', '=', which.happenedOn);
  await query.execute();
}

export async function endOverdue(tx: Tx, today: string): Promise<void> {
  await on(tx)
    .updateTable('offers')
    .set({ state: 'ended', ended_for: 'time', ...forgotten })
    .where('state', 'in', running)
    .where('until', '<', today)
    .execute();
}

/** Takes those whose day has come back to the front, for one of several processes. */
export function bringBack(tx: Tx, today: string): Promise<OfferRow[]> {
  return on(tx)
    .updateTable('offers')
    .set({ state: 'open' })
    .where('state', '=', 'later')
    .where('again_on', '<=', today)
    .returningAll()
    .execute();
}

export async function dropOld(tx: Tx, before: string): Promise<void> {
  await on(tx).deleteFrom('offers').where('until', '<', before).where('state', 'not in', running).execute();
}

export async function listWishes(db: Tx, personId: string): Promise<Map<string, boolean>> {
  const rows = await on(db).selectFrom('wishes').selectAll().where('person_id', '=', personId).execute();
  return new Map(rows.map((row) => [row.event_type, row.is_wanted]));
}

export async function saveWish(tx: Tx, personId: string, eventType: string, wanted: boolean, at: Date): Promise<void> {
  const row = { is_wanted: wanted, changed_at: at };
  await on(tx)
    .insertInto('wishes')
    .values({ person_id: personId, event_type: eventType, ...row })
    .onConflict((conflict) => conflict.columns(['person_id', 'event_type']).doUpdateSet(row))
    .execute();
}
