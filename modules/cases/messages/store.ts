import { type Tx, tablesOf } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Officer } from '../rules.ts';

export type MessageRow = {
  writtenBy: 'person' | 'officer';
  writerId: string;
  /** Of an officer; a person has none here. */
  writerName: string;
  text: string;
  writtenAt: Date;
};
export type NoteRow = Omit<MessageRow, 'writtenBy'>;

type Written = {
  id: string;
  case_id: string;
  writer_id: string;
  writer_name: string;
  text: string;
  written_at: Date;
};
type Tables = { messages: Written & { written_by: MessageRow['writtenBy'] }; notes: Written };
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

export async function insertMessage(tx: Tx, caseId: string, message: MessageRow): Promise<void> {
  await on(tx)
    .insertInto('messages')
    .values({
      id: newId(),
      case_id: caseId,
      written_by: message.writtenBy,
      writer_id: message.writerId,
      writer_name: message.writerName,
      text: message.text,
      written_at: message.writtenAt,
    })
    .execute();
}

/** Messages of a case, the oldest first. */
export async function listMessages(db: Tx, caseId: string): Promise<MessageRow[]> {
  const rows = await on(db)
    .selectFrom('messages')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('written_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ ...toWritten(row), writtenBy: row.written_by }));
}

export async function insertNote(
  tx: Tx,
  caseId: string,
  { officer, text, at }: { officer: Officer; text: string; at: Date },
): Promise<void> {
  await on(tx)
    .insertInto('notes')
    .values({
      id: newId(),
      case_id: caseId,
      writer_id: officer.personId,
      writer_name: officer.name ?? '',
      text,
      written_at: at,
    })
    .execute();
}

export async function listNotes(db: Tx, caseId: string): Promise<NoteRow[]> {
  const rows = await on(db)
    .selectFrom('notes')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('written_at')
    .orderBy('id')
    .execute();
  return rows.map(toWritten);
}

function toWritten(row: Written): NoteRow {
  return { writerId: row.writer_id, writerName: row.writer_name, text: row.text, writtenAt: row.written_at };
}
