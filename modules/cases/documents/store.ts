import { type Tx, tablesOf } from '#kernel/database';
import type { DocumentKind } from '../contract.ts';

/** `decision`: of which decision of the case, counted from 1. */
export type DocumentRow = {
  kind: DocumentKind;
  decision: number;
  id: string;
  mediaType: string;
  bytes?: Buffer;
  attachedAt: Date;
};

type Tables = {
  documents: {
    case_id: string;
    decision: number;
    kind: DocumentKind;
    document_id: string;
    media_type: string;
    content: Buffer | null;
    attached_at: Date;
  };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

/** False when the decision has a document of this kind: issuing twice keeps the first. */
export async function insertDocument(tx: Tx, caseId: string, document: DocumentRow): Promise<boolean> {
  const inserted = await on(tx)
    .insertInto('documents')
    .values({
      case_id: caseId,
      decision: document.decision,
      kind: document.kind,
      document_id: document.id,
      media_type: document.mediaType,
      content: document.bytes ?? null,
      attached_at: document.attachedAt,
    })
    .onConflict((conflict) => conflict.columns(['case_id', 'decision', 'kind']).doNothing())
    .returning('case_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function listDocuments(db: Tx, caseId: string): Promise<Array<Omit<DocumentRow, 'bytes'>>> {
  const rows = await on(db)
    .selectFrom('documents')
    .select(['kind', 'decision', 'document_id', 'media_type', 'attached_at'])
    .where('case_id', '=', caseId)
    .orderBy('attached_at')
    .execute();
  return rows.map((row) => ({
    kind: row.kind,
    decision: row.decision,
    id: row.document_id,
    mediaType: row.media_type,
    attachedAt: row.attached_at,
  }));
}

export async function findDocument(
  db: Tx,
  caseId: string,
  decision: number,
  kind: DocumentKind,
): Promise<DocumentRow | undefined> {
  const row = await on(db)
    .selectFrom('documents')
    .selectAll()
    .where('case_id', '=', caseId)
    .where('decision', '=', decision)
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    kind: row.kind,
    decision: row.decision,
    id: row.document_id,
    mediaType: row.media_type,
    attachedAt: row.attached_at,
    ...(row.content ? { bytes: Buffer.from(row.content) } : {}),
  };
}
