import { sql, type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';
import type { LetterReceipt, StateCalendar, StatusLetter } from '#protocol/shared-case';

/** What the deciding office tells, without the numbers of the letter. */
export type Status = Omit<StatusLetter, 'shareId' | 'sequence' | 'writtenAt' | 'kind' | 'calendar'>;
export type Answer = { outcome: 'confirmed' | 'refused'; ownWords?: Text; at: string };

export type ShareRow = {
  share_id: string;
  side: 'holder' | 'viewer';
  role: string;
  /** Of the holder: by which evidence the other office is found. */
  holder_of: string | null;
  /** This node's own office. */
  office_id: string;
  /** The other office; null while it was not found yet. */
  peer: string | null;
  peer_state: string;
  case_id: string;
  /** This node's own id of the person. */
  person_id: string;
  subject: string;
  state: 'active' | 'ended';
  ended_because: string | null;
  /** Of the case, up to which event the status tells. */
  number: number;
  status: Status | null;
  /** What is seen of the person, by name and without values. */
  fields: Text[];
  began_at: Date;
  changed_at: Date;
  leaf_hash: string;
  /** The last day to answer, by the calendar of the office that is asked, ISO 8601. */
  answer_by: string | null;
  answer: Answer | null;
  silent_at: Date | null;
  opened_at: Date | null;
  opened_number: number;
  peer_calendar: StateCalendar | null;
  sent: number;
  received: number;
  heard_at: Date | null;
  /** Since when the other side is out of reach while something waits for it. */
  waiting_since: Date | null;
  due_at: Date;
  failures: number;
  /** Why the other side would not have it. */
  code: string | null;
  /** When what it held of the person was erased. */
  erased_at: Date | null;
};

export type Proof = { letter: Record<string, string>; reply?: Record<string, string> };

export type LetterRow = {
  share_id: string;
  direction: 'out' | 'in';
  sequence: number;
  letter_id: string;
  kind: 'status' | 'ended' | 'answer' | 'note';
  body: string | null;
  body_digest: string;
  state: 'waiting' | 'acknowledged' | 'dropped' | 'refused' | 'received';
  due_at: Date;
  attempts: number;
  code: string | null;
  written_at: Date;
  ended_at: Date | null;
  receipt: LetterReceipt | null;
  proof: Proof | null;
};

export type NoteRow = {
  note_id: string;
  share_id: string;
  is_ours: boolean;
  writer_name: string;
  text: string;
  written_at: Date;
};

type Tables = {
  shares: ShareRow;
  letters: LetterRow;
  notes: NoteRow;
  nonces: { sender: string; nonce: string; expires_at: Date };
};

export const tables = (db: Tx) => tablesOf<Tables>(db, 'sharing');
export const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value)) as never;

/** False when the share is there already. */
export async function insertShare(tx: Tx, row: ShareRow): Promise<boolean> {
  const inserted = await tables(tx)
    .insertInto('shares')
    .values({
      ...row,
      status: json(row.status),
      fields: json(row.fields),
      answer: json(row.answer),
      peer_calendar: json(row.peer_calendar),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('share_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export function findShare(db: Tx, shareId: string): Promise<ShareRow | undefined> {
  return tables(db).selectFrom('shares').selectAll().where('share_id', '=', shareId).executeTakeFirst();
}

/** The share, held against other writers until the transaction ends. */
export function holdShare(tx: Tx, shareId: string): Promise<ShareRow | undefined> {
  return tables(tx).selectFrom('shares').selectAll().where('share_id', '=', shareId).forUpdate().executeTakeFirst();
}

export function listSharesOfCase(db: Tx, side: ShareRow['side'], caseId: string): Promise<ShareRow[]> {
  return tables(db)
    .selectFrom('shares')
    .selectAll()
    .where('side', '=', side)
    .where('case_id', '=', caseId)
    .orderBy('role')
    .execute();
}

export function listSharesOfPerson(db: Tx, personId: string): Promise<ShareRow[]> {
  return tables(db)
    .selectFrom('shares')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('began_at', 'desc')
    .limit(500)
    .execute();
}

/** What an office of this node sees of other states' cases: what it still has to answer first, the most urgent of it before. */
export function listSeenBy(db: Tx, officeId: string, limit: number): Promise<ShareRow[]> {
  return tables(db)
    .selectFrom('shares')
    .selectAll()
    .where('side', '=', 'viewer')
    .where('role', '!=', 'home')
    .where('office_id', '=', officeId)
    .orderBy(sql`(state = 'active' and answer is null and answer_by is not null)`, 'desc')
    .orderBy(sql`answer_by`)
    .orderBy('changed_at', 'desc')
    .limit(limit)
    .execute();
}

/** Shares of this state's own cases whose task nobody has answered while the case is still to be decided. */
export function listUnanswered(db: Tx, limit: number): Promise<ShareRow[]> {
  return tables(db)
    .selectFrom('shares')
    .selectAll()
    .where('side', '=', 'holder')
    .where('state', '=', 'active')
    .where('answer', 'is', null)
    .where('silent_at', 'is', null)
    .where(sql<boolean>`status ? 'task' and status -> 'case' ->> 'whoseTurn' <> 'nobody'`)
    .orderBy('began_at')
    .limit(limit)
    .execute();
}

export async function changeShare(tx: Tx, shareId: string, to: Partial<ShareRow>): Promise<void> {
  const { status, fields, answer, peer_calendar: calendar, ...plain } = to;
  await tables(tx)
    .updateTable('shares')
    .set({
      ...plain,
      ...(status === undefined ? {} : { status: json(status) }),
      ...(fields === undefined ? {} : { fields: json(fields) }),
      ...(answer === undefined ? {} : { answer: json(answer) }),
      ...(calendar === undefined ? {} : { peer_calendar: json(calendar) }),
    })
    .where('share_id', '=', shareId)
    .execute();
}

/** Whoever writes is there: what waits for them is sent at once. */
export async function resumeTowards(tx: Tx, peer: string, now: Date): Promise<void> {
  await tables(tx)
    .updateTable('shares')
    .set({ due_at: now })
    .where('peer', '=', peer)
    .where('due_at', '>', now)
    .execute();
}

export async function insertNote(tx: Tx, note: NoteRow): Promise<void> {
  await tables(tx).insertInto('notes').values(note).execute();
}

export function listNotes(db: Tx, shareId: string): Promise<NoteRow[]> {
  return tables(db)
    .selectFrom('notes')
    .selectAll()
    .where('share_id', '=', shareId)
    .orderBy('written_at')
    .orderBy('note_id')
    .execute();
}

export async function deleteNotes(tx: Tx, shareId: string): Promise<void> {
  await tables(tx).deleteFrom('notes').where('share_id', '=', shareId).execute();
}

/** True for the first to use this nonce. */
export async function spendNonce(tx: Tx, sender: string, nonce: string, expiresAt: Date): Promise<boolean> {
  const spent = await tables(tx)
    .insertInto('nonces')
    .values({ sender, nonce, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('nonce')
    .executeTakeFirst();
  return spent !== undefined;
}

export async function dropNonces(db: Tx, before: Date): Promise<void> {
  await tables(db).deleteFrom('nonces').where('expires_at', '<', before).execute();
}
