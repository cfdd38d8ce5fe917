import { sql, type Tx, tablesOf } from '#kernel/database';
import type { Topic } from '../templates/contract.ts';
import type { Way } from '../ways/contract.ts';

export type SendingState = 'waiting' | 'sent' | 'undeliverable' | 'skipped';
export type SendingRow = {
  message_id: string;
  way: Way;
  /** Of those ways that have several addresses; `ofCase` where the form of the case says; `noDevice` otherwise. */
  device_id: string;
  person_id: string;
  topic: Topic;
  state: SendingState;
  /** Why it is not sent, as a word of this node. */
  code: string | null;
  attempts: number;
  is_digest: boolean;
  due_at: Date;
  /** Whoever took it has until then; after that its process is taken to be gone. */
  claimed_until: Date | null;
  done_at: Date | null;
};

export const noDevice = '00000000-0000-0000-0000-000000000000';
export const ofCase = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const on = (db: Tx) => tablesOf<{ sendings: SendingRow }>(db, 'notifications');

export async function insertSending(tx: Tx, row: SendingRow): Promise<void> {
  await on(tx)
    .insertInto('sendings')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Takes what is due, the oldest first; two processes never take the same. Counts the try before it is made. */
export async function claimDue(db: Tx, now: Date, until: Date, limit: number): Promise<SendingRow[]> {
  const { rows } = await sql<SendingRow>`
    update notifications.sendings set claimed_until = ${until}, attempts = attempts + 1
    where (message_id, way, device_id) in (
      select message_id, way, device_id from notifications.sendings
      where state = 'waiting' and due_at <= ${now} and (claimed_until is null or claimed_until <= ${now})
      order by due_at, message_id, device_id
      limit ${limit}
      for update skip locked
    )
    returning *`.execute(db);
  return rows.sort((one, other) => (one.message_id < other.message_id ? -1 : 1));
}

export async function updateSending(
  db: Tx,
  key: Pick<SendingRow, 'message_id' | 'way' | 'device_id'>,
  changes: Partial<SendingRow>,
): Promise<boolean> {
  const rows = await on(db)
    .updateTable('sendings')
    .set(changes)
    .where('message_id', '=', key.message_id)
    .where('way', '=', key.way)
    .where('device_id', '=', key.device_id)
    .returning('message_id')
    .execute();
  return rows.length > 0;
}

/** What waits for one person on one way, of one topic, is not sent any more. */
export async function skipWaiting(tx: Tx, personId: string, way: Way, topic: Topic, at: Date): Promise<void> {
  await on(tx)
    .updateTable('sendings')
    .set({ state: 'skipped', code: 'unwanted', done_at: at })
    .where('person_id', '=', personId)
    .where('way', '=', way)
    .where('topic', '=', topic)
    .where('device_id', '!=', ofCase)
    .where('state', '=', 'waiting')
    .execute();
}

/** Whether a message goes, or went, to the address that the person confirmed. */
export async function isPlannedToOwn(db: Tx, messageId: string, way: Way): Promise<boolean> {
  const row = await on(db)
    .selectFrom('sendings')
    .select('message_id')
    .where('message_id', '=', messageId)
    .where('way', '=', way)
    .where('device_id', '=', noDevice)
    .executeTakeFirst();
  return row !== undefined;
}

/** `deviceId`: of those alone that went there. */
export async function countSentSince(
  db: Tx,
  personId: string,
  way: Way,
  since: Date,
  deviceId?: string,
): Promise<number> {
  const row = await on(db)
    .selectFrom('sendings')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('person_id', '=', personId)
    .where('way', '=', way)
    .where('state', '=', 'sent')
    .where('done_at', '>', since)
    .$if(deviceId !== undefined, (query) => query.where('device_id', '=', deviceId!))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** What ended since then, and everything that waits. */
export async function countByOutcome(db: Tx, since: Date) {
  const rows = await on(db)
    .selectFrom('sendings')
    .select(({ fn }) => ['way', 'state', fn.countAll<string>().as('count')])
    .where(({ or, eb }) => or([eb('state', '=', 'waiting'), eb('done_at', '>', since)]))
    .groupBy(['way', 'state'])
    .orderBy('way')
    .orderBy('state')
    .execute();
  return rows.map(({ way, state, count }) => ({ way, outcome: state, count: Number(count) }));
}

export async function findOldestDue(db: Tx): Promise<Date | undefined> {
  const row = await on(db)
    .selectFrom('sendings')
    .select('due_at')
    .where('state', '=', 'waiting')
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at;
}

export function listUndeliverable(db: Tx, limit: number): Promise<SendingRow[]> {
  return on(db)
    .selectFrom('sendings')
    .selectAll()
    .where('state', '=', 'undeliverable')
    .orderBy('done_at', 'desc')
    .limit(limit)
    .execute();
}

/** False when there is no such sending that could not be delivered. */
export async function reviveSending(db: Tx, key: Pick<SendingRow, 'message_id' | 'way'>, now: Date): Promise<boolean> {
  const rows = await on(db)
    .updateTable('sendings')
    .set({ state: 'waiting', code: null, attempts: 0, due_at: now, claimed_until: null, done_at: null })
    .where('message_id', '=', key.message_id)
    .where('way', '=', key.way)
    .where('state', '=', 'undeliverable')
    .returning('message_id')
    .execute();
  return rows.length > 0;
}
