import { sql, type Tx, tablesOf } from '#kernel/database';
import type { AttachedFile, FileType } from '#modules/catalogue';

export type FileRow = AttachedFile & {
  caseId: string;
  questionId: string;
  attachedAt: Date;
  /** The request with whose answer it was sent, or was taken away; while that is open, it is not given yet. */
  addedIn?: string;
  removedIn?: string;
};

type Tables = {
  files: {
    id: string;
    case_id: string;
    question_id: string;
    name: string;
    media_type: FileType;
    size: number;
    sha256: string;
    content: Buffer | null;
    scan: AttachedFile['scan'];
    attached_at: Date;
    added_in: string | null;
    removed_in: string | null;
  };
  requests: { id: string; ended_at: Date | null };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');
const described = [
  'id',
  'case_id',
  'question_id',
  'name',
  'media_type',
  'size',
  'sha256',
  'scan',
  'attached_at',
  'added_in',
  'removed_in',
] as const;

/**
 * The files of a case, in the order in which they were attached: those that the office has, or, with the open request of its person, those that
 * it will have once they give their answer.
 */
export async function listFiles(db: Tx, caseId: string, requestId?: string): Promise<FileRow[]> {
  const isGiven = (column: 'added_in' | 'removed_in') =>
    sql<boolean>`exists (select from cases.requests where requests.id = ${sql.ref(`files.${column}`)} and ended_at is not null)`;
  const rows = await on(db)
    .selectFrom('files')
    .select(described)
    .where('case_id', '=', caseId)
    .where(({ eb, or, not }) =>
      requestId === undefined
        ? eb.and([
            or([eb('added_in', 'is', null), isGiven('added_in')]),
            or([eb('removed_in', 'is', null), not(isGiven('removed_in'))]),
          ])
        : eb('removed_in', 'is', null),
    )
    .orderBy('attached_at')
    .orderBy('id')
    .execute();
  return rows.map(toFile);
}

/** All that ever lay there and was not erased: also what was taken away, and what is not given yet. */
export async function listAllFiles(db: Tx, caseId: string): Promise<FileRow[]> {
  const rows = await on(db)
    .selectFrom('files')
    .select(described)
    .where('case_id', '=', caseId)
    .orderBy('attached_at')
    .orderBy('id')
    .execute();
  return rows.map(toFile);
}

/** Takes a file that the office has out of what it will have; or lays it back. */
export async function markRemoved(tx: Tx, fileId: string, requestId: string | null): Promise<void> {
  await on(tx).updateTable('files').set({ removed_in: requestId }).where('id', '=', fileId).execute();
}

/** False when the question holds the very same bytes already: sent twice, kept once. */
export async function insertFile(tx: Tx, file: FileRow, content: Buffer): Promise<boolean> {
  const inserted = await on(tx)
    .insertInto('files')
    .values({
      id: file.id,
      case_id: file.caseId,
      question_id: file.questionId,
      name: file.name,
      media_type: file.mediaType,
      size: file.size,
      sha256: file.sha256,
      // As text: PGlite takes seconds over some megabytes of bytes, and PostgreSQL no longer for it.
      content: sql<Buffer>`decode(${content.toString('base64')}::text, 'base64')`,
      scan: file.scan,
      attached_at: file.attachedAt,
      added_in: file.addedIn ?? null,
      removed_in: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** The same bytes under the same question of another case of the same person. */
export async function copyFile(tx: Tx, fileId: string, to: { id: string; caseId: string; at: Date }): Promise<void> {
  await sql`insert into cases.files (id, case_id, question_id, name, media_type, size, sha256, content, scan, attached_at)
    select ${to.id}::uuid, ${to.caseId}::uuid, question_id, name, media_type, size, sha256, content, scan, ${to.at}::timestamptz
    from cases.files where id = ${fileId} and content is not null
    on conflict do nothing`.execute(tx);
}

export async function findFile(db: Tx, caseId: string, fileId: string): Promise<FileRow | undefined> {
  const row = await on(db)
    .selectFrom('files')
    .select(described)
    .where('case_id', '=', caseId)
    .where('id', '=', fileId)
    .executeTakeFirst();
  return row && toFile(row);
}

export async function readContent(db: Tx, fileId: string): Promise<Buffer | undefined> {
  const row = await on(db)
    .selectFrom('files')
    .select(sql<string | null>`encode(content, 'base64')`.as('content'))
    .where('id', '=', fileId)
    .executeTakeFirst();
  return row?.content ? Buffer.from(row.content, 'base64') : undefined;
}

export async function deleteFile(tx: Tx, fileId: string): Promise<void> {
  await on(tx).deleteFrom('files').where('id', '=', fileId).execute();
}

/** Those that the scanner has not judged yet, the oldest first. */
export async function listWaiting(db: Tx, limit: number): Promise<FileRow[]> {
  const rows = await on(db)
    .selectFrom('files')
    .select(described)
    .where('scan', '=', sql.lit('waiting'))
    .orderBy('attached_at')
    .limit(limit)
    .execute();
  return rows.map(toFile);
}

/** Of a harmful file the bytes go, and what it was called stays. False when somebody else was faster, or it is gone. */
export async function saveVerdict(tx: Tx, fileId: string, scan: 'clean' | 'infected'): Promise<boolean> {
  const result = await on(tx)
    .updateTable('files')
    .set({ scan, ...(scan === 'infected' ? { content: null } : {}) })
    .where('id', '=', fileId)
    .where('scan', '=', 'waiting')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function toFile(row: Omit<Tables['files'], 'content'>): FileRow {
  return {
    id: row.id,
    caseId: row.case_id,
    questionId: row.question_id,
    name: row.name,
    mediaType: row.media_type,
    size: row.size,
    sha256: row.sha256,
    scan: row.scan,
    attachedAt: row.attached_at,
    ...(row.added_in ? { addedIn: row.added_in } : {}),
    ...(row.removed_in ? { removedIn: row.removed_in } : {}),
  };
}
