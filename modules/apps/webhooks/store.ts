import { sql, type Tx, tablesOf } from '#kernel/database';

export type DeliveryRow = {
  delivery_id: string;
  app_id: string;
  authorisation_id: string;
  fact: string;
  case_id: string | null;
  source: string;
  happened_at: Date;
  state: 'waiting' | 'delivered' | 'dead' | 'dropped';
  attempts: number;
  /** When it was first due, or was last asked for anew. */
  tried_since: Date;
  next_at: Date | null;
  last_outcome: string | null;
};
const on = (db: Tx) => tablesOf<{ deliveries: DeliveryRow }>(db, 'apps');

/** The one fact that is told after the end of what the person allowed. */
export const endedFact = 'authorisation-ended';

/** Whether a delivery may still go out: what it is about is still allowed, or it says that it is not. */
const isAllowed = (now: Date) => sql<boolean>`(deliveries.fact = ${endedFact} or exists (
  select from apps.authorisations as held where held.authorisation_id = deliveries.authorisation_id
  and held.ended_at is null and held.until > ${now}))`;

/** A fact that is told again under the same name is there already. */
export async function insertDelivery(tx: Tx, row: DeliveryRow): Promise<void> {
  await on(tx)
    .insertInto('deliveries')
    .values(row)
    .onConflict((conflict) => conflict.columns(['authorisation_id', 'source']).doNothing())
    .execute();
}

type DueRow = DeliveryRow & { is_allowed: boolean };

/** Takes what is due, for one of several processes: it comes back after `until` when that one ends in the middle. */
export async function takeDue(db: Tx, now: Date, until: Date, limit: number): Promise<DueRow[]> {
  const { rows } = await sql<DueRow>`
    update apps.deliveries set next_at = ${until} where delivery_id in (
      select delivery_id from apps.deliveries where state = 'waiting' and next_at <= ${now}
      order by next_at limit ${limit} for update skip locked)
    returning *, ${isAllowed(now)} as is_allowed`.execute(db);
  return rows;
}

export async function countDue(db: Tx, now: Date): Promise<number> {
  const { due } = await on(db)
    .selectFrom('deliveries')
    .select((build) => build.fn.countAll<string>().as('due'))
    .where('state', '=', 'waiting')
    .where('next_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(due);
}

/** What was dropped in the meantime stays so. */
export async function saveTry(
  db: Tx,
  deliveryId: string,
  change: Pick<DeliveryRow, 'state' | 'attempts' | 'next_at' | 'last_outcome'>,
): Promise<void> {
  await on(db)
    .updateTable('deliveries')
    .set(change)
    .where('delivery_id', '=', deliveryId)
    .where('state', '=', 'waiting')
    .execute();
}

/** What still waits of an authorisation is not told any more. */
export async function dropWaiting(tx: Tx, authorisationId: string): Promise<void> {
  await on(tx)
    .updateTable('deliveries')
    .set({ state: 'dropped', next_at: null })
    .where('authorisation_id', '=', authorisationId)
    .where('state', '=', 'waiting')
    .execute();
}

export function listDeliveries(db: Tx, appId: string, state: DeliveryRow['state'] | undefined): Promise<DeliveryRow[]> {
  let query = on(db).selectFrom('deliveries').selectAll().where('app_id', '=', appId);
  if (state !== undefined) query = query.where('state', '=', state);
  return query.orderBy('happened_at', 'desc').limit(100).execute();
}

export function dueAgain(db: Tx, appId: string, deliveryId: string, at: Date): Promise<DeliveryRow | undefined> {
  return on(db)
    .updateTable('deliveries')
    .set({ state: 'waiting', attempts: 0, tried_since: at, next_at: at })
    .where('app_id', '=', appId)
    .where('delivery_id', '=', deliveryId)
    .where(isAllowed(at))
    .returningAll()
    .executeTakeFirst();
}

export async function hasDelivery(db: Tx, appId: string, deliveryId: string): Promise<boolean> {
  const row = await on(db)
    .selectFrom('deliveries')
    .select('delivery_id')
    .where('app_id', '=', appId)
    .where('delivery_id', '=', deliveryId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function countDead(db: Tx, appId: string): Promise<number> {
  const row = await on(db)
    .selectFrom('deliveries')
    .select((is) => is.fn.countAll<string>().as('count'))
    .where('app_id', '=', appId)
    .where('state', '=', 'dead')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function dropOldDeliveries(db: Tx, before: Date): Promise<void> {
  await on(db).deleteFrom('deliveries').where('happened_at', '<', before).where('state', '<>', 'waiting').execute();
}
