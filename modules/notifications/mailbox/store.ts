import { type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';

export type MessageRow = {
  message_id: string;
  person_id: string;
  kind: string;
  /** The fact that made it: one message of one fact for one person. */
  source: string;
  service_id: string | null;
  case_id: string | null;
  link: string | null;
  /** Gone once the person has deleted it, with `body`, `short` and `salt`. */
  subject: Text | null;
  body: Text | null;
  short: Text | null;
  salt: Uint8Array | null;
  sent_at: Date;
  sent_leaf: string;
  opened_at: Date | null;
  opened_leaf: string | null;
  deleted_at: Date | null;
  kept_until: Date;
};

const on = (db: Tx) => tablesOf<{ messages: MessageRow }>(db, 'notifications');
const json = (value: unknown) => JSON.stringify(value) as never;

/** False when the fact has made its message already. */
export async function insertMessage(tx: Tx, row: MessageRow): Promise<boolean> {
  const inserted = await on(tx)
    .insertInto('messages')
    .values({ ...row, subject: json(row.subject), body: json(row.body), short: json(row.short) })
    .onConflict((conflict) => conflict.columns(['source', 'person_id']).doNothing())
    .returning('message_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function updateMessage(tx: Tx, messageId: string, changes: Partial<MessageRow>): Promise<void> {
  await on(tx).updateTable('messages').set(changes).where('message_id', '=', messageId).execute();
}

export function listMessagesOf(db: Tx, personId: string, before: string | undefined, limit: number) {
  return on(db)
    .selectFrom('messages')
    .selectAll()
    .where('person_id', '=', personId)
    .where('deleted_at', 'is', null)
    .$if(before !== undefined, (query) => query.where('message_id', '<', before!))
    .orderBy('message_id', 'desc')
    .limit(limit)
    .execute();
}

/** At most a hundred are counted: a page says "99+" from there. */
export async function countUnread(db: Tx, personId: string): Promise<number> {
  const rows = await on(db)
    .selectFrom('messages')
    .select('message_id')
    .where('person_id', '=', personId)
    .where('opened_at', 'is', null)
    .where('deleted_at', 'is', null)
    .limit(100)
    .execute();
  return rows.length;
}

export function findMessage(db: Tx, messageId: string): Promise<MessageRow | undefined> {
  return on(db).selectFrom('messages').selectAll().where('message_id', '=', messageId).executeTakeFirst();
}

export function holdMessage(tx: Tx, messageId: string): Promise<MessageRow | undefined> {
  return on(tx).selectFrom('messages').selectAll().where('message_id', '=', messageId).forUpdate().executeTakeFirst();
}

export function listMessagesOfCase(db: Tx, caseId: string): Promise<MessageRow[]> {
  return on(db)
    .selectFrom('messages')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('message_id')
    .limit(200)
    .execute();
}

/** Takes the words of what was told about a case, as its person can; that it was delivered stays provable. */
export async function eraseOfCase(tx: Tx, caseId: string, at: Date): Promise<void> {
  const gone = { subject: null, body: null, short: null, salt: null, link: null };
  await on(tx)
    .updateTable('messages')
    .set({ ...gone, deleted_at: at })
    .where('case_id', '=', caseId)
    .where('deleted_at', 'is', null)
    .execute();
}

/** Erases what has been kept long enough; how many there were, at most `limit`. */
export async function eraseKeptUntil(tx: Tx, now: Date, limit: number): Promise<number> {
  const old = await on(tx)
    .selectFrom('messages')
    .select('message_id')
    .where('kept_until', '<=', now)
    .orderBy('kept_until')
    .limit(limit)
    .execute();
  if (old.length > 0)
    await on(tx)
      .deleteFrom('messages')
      .where(
        'message_id',
        'in',
        old.map((row) => row.message_id),
      )
      .execute();
  return old.length;
}
