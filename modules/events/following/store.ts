import { sql, type Tx } from '#kernel/database';
import { type FollowRow, json, tables } from '../store.ts';

export function findFollow(db: Tx, subscriptionId: string): Promise<FollowRow | undefined> {
  return tables(db).selectFrom('follows').selectAll().where('subscription_id', '=', subscriptionId).executeTakeFirst();
}

/** The subscription of this office to the same thing, asked for or active: asking again renews it. */
export function findSameFollow(
  db: Tx,
  of: Pick<FollowRow, 'office_id' | 'publisher' | 'event_type' | 'purpose'>,
): Promise<FollowRow | undefined> {
  return tables(db)
    .selectFrom('follows')
    .selectAll()
    .where('state', 'in', ['asked', 'active'])
    .where('office_id', '=', of.office_id)
    .where('publisher', '=', of.publisher)
    .where('event_type', '=', of.event_type)
    .where('purpose', '=', of.purpose)
    .orderBy('asked_at', 'desc')
    .executeTakeFirst();
}

export function listFollows(
  db: Tx,
  of: { officeId?: string; isActive?: boolean },
  limit: number,
): Promise<FollowRow[]> {
  return tables(db)
    .selectFrom('follows')
    .selectAll()
    .$if(of.officeId !== undefined, (query) => query.where('office_id', '=', of.officeId!))
    .$if(of.isActive === true, (query) => query.where('state', '=', 'active'))
    .orderBy('asked_at', 'desc')
    .limit(limit)
    .execute();
}

export async function saveFollow(tx: Tx, row: FollowRow): Promise<void> {
  const { subscription_id: _id, sequence: _sequence, ...changed } = row;
  const values = { ...changed, fields: json(row.fields) };
  await tables(tx)
    .insertInto('follows')
    .values({ ...row, fields: json(row.fields) })
    .onConflict((conflict) => conflict.column('subscription_id').doUpdateSet(values))
    .execute();
}

export async function setFollowState(
  tx: Tx,
  subscriptionId: string,
  to: Pick<FollowRow, 'state' | 'ended_by'>,
): Promise<void> {
  await tables(tx).updateTable('follows').set(to).where('subscription_id', '=', subscriptionId).execute();
}

/** Moves the mark to the last sequence before the first gap, and returns it. */
export async function advanceMark(db: Tx, subscriptionId: string): Promise<number> {
  const row = await tables(db)
    .updateTable('follows as f')
    .set({
      sequence: sql<number>`coalesce((
        select max(i.sequence) from (
          select sequence, sequence - row_number() over (order by sequence) as island
          from events.inbox where subscription_id = f.subscription_id and sequence > f.sequence
        ) i where i.island = f.sequence
      ), f.sequence)` as never,
    })
    .where('f.subscription_id', '=', subscriptionId)
    .returning('f.sequence')
    .executeTakeFirstOrThrow();
  return row.sequence;
}
