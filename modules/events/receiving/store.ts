import type { Tx } from '#kernel/database';
import { type InboxRow, json, tables } from '../store.ts';

/** The number of the last event about a person, held to the end of the transaction: two events cannot pass each other. */
export async function lockStream(tx: Tx, subscriptionId: string, subject: string): Promise<number> {
  const row = await tables(tx)
    .insertInto('streams')
    .values({ subscription_id: subscriptionId, subject, sequence: 0 })
    .onConflict((conflict) =>
      // An update that changes nothing, for the row has to be held also when it was there.
      conflict.columns(['subscription_id', 'subject']).doUpdateSet((eb) => ({ subject: eb.ref('excluded.subject') })),
    )
    .returning('sequence')
    .executeTakeFirstOrThrow();
  return row.sequence;
}

export async function advanceStream(tx: Tx, subscriptionId: string, subject: string, sequence: number): Promise<void> {
  await tables(tx)
    .updateTable('streams')
    .set({ sequence })
    .where('subscription_id', '=', subscriptionId)
    .where('subject', '=', subject)
    .execute();
}

export function findReceived(db: Tx, publisher: string, eventId: string): Promise<InboxRow | undefined> {
  return tables(db)
    .selectFrom('inbox')
    .selectAll()
    .where('publisher', '=', publisher)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
}

export function findBySequence(
  tx: Tx,
  subscriptionId: string,
  sequence: number,
): Promise<Pick<InboxRow, 'event_id'> | undefined> {
  return tables(tx)
    .selectFrom('inbox')
    .select('event_id')
    .where('subscription_id', '=', subscriptionId)
    .where('sequence', '=', sequence)
    .executeTakeFirst();
}

export async function insertReceived(tx: Tx, row: InboxRow): Promise<void> {
  await tables(tx)
    .insertInto('inbox')
    .values({ ...row, receipt: row.receipt && json(row.receipt), proof: row.proof && json(row.proof) })
    .execute();
}

export function listReceived(db: Tx, officeId: string, limit: number): Promise<InboxRow[]> {
  return tables(db)
    .selectFrom('inbox')
    .selectAll()
    .where('office_id', '=', officeId)
    .where('state', '!=', 'skipped')
    .orderBy('received_at', 'desc')
    .orderBy('sequence', 'desc')
    .limit(limit)
    .execute();
}

/** The next event that one of the handlers can take, held to the end of the transaction; of each person only the first. */
export function lockNextUnheard(tx: Tx, types: readonly string[], now: Date): Promise<InboxRow | undefined> {
  return tables(tx)
    .selectFrom('inbox as i')
    .selectAll()
    .where('i.state', '=', 'received')
    .where('i.due_at', '<=', now)
    .where('i.body', 'is not', null)
    .where('i.event_type', 'in', [...types])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('inbox as e')
            .select('e.event_id')
            .whereRef('e.subscription_id', '=', 'i.subscription_id')
            .whereRef('e.subject', '=', 'i.subject')
            .whereRef('e.sequence', '<', 'i.sequence')
            .where('e.state', 'in', ['received', 'unheard']),
        ),
      ),
    )
    .orderBy('i.due_at')
    .orderBy('i.sequence')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

export async function setHearing(
  tx: Tx,
  of: Pick<InboxRow, 'publisher' | 'event_id'>,
  to: Pick<InboxRow, 'state' | 'attempts' | 'due_at'>,
): Promise<void> {
  await tables(tx)
    .updateTable('inbox')
    .set(to)
    .where('publisher', '=', of.publisher)
    .where('event_id', '=', of.event_id)
    .execute();
}

export function listUnheard(db: Tx, limit: number): Promise<InboxRow[]> {
  return tables(db)
    .selectFrom('inbox')
    .selectAll()
    .where('state', '=', 'unheard')
    .orderBy('received_at')
    .limit(limit)
    .execute();
}

export function findUnheard(tx: Tx, eventId: string): Promise<InboxRow | undefined> {
  return tables(tx)
    .selectFrom('inbox')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('state', '=', 'unheard')
    .forUpdate()
    .executeTakeFirst();
}
