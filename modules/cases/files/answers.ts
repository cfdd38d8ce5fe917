import type { Tx } from '#kernel/database';
import { sha256 } from '#kernel/ids';
import { type Answers, type AttachedFile, keepAsked, type Service } from '#modules/catalogue';
import { listAnswers } from '../store.ts';
import { deleteFile, type FileRow, listFiles } from './store.ts';

/** What the person answered so far. The answer to a question for files is what is attached to it now. */
export async function readAnswers(db: Tx, caseId: string): Promise<{ answers: Answers; savedPages: string[] }> {
  const { answers, savedPages } = await listAnswers(db, caseId);
  const files = Map.groupBy(await listFiles(db, caseId), ({ questionId }) => questionId);
  const attached = [...files].map(([questionId, rows]) => [questionId, rows.map(describeFile)]);
  return { answers: { ...answers, ...Object.fromEntries(attached) }, savedPages };
}

export function describeFile({ id, name, mediaType, size, sha256, scan }: FileRow): AttachedFile {
  return { id, name, mediaType, size, sha256, scan };
}

/** A file as it was handed in. */
export type SentFile = { id: string; questionId: string; sha256: string };

/**
 * Closes what is attached, when the case is handed in: what is no longer asked for is erased, and the rest is told with its hashes to the
 * event of the case and, as one number over all of them, to the ledger. Whatever lies here later is held against them.
 */
export async function sealFiles(
  tx: Tx,
  caseId: string,
  { form }: Service,
  answers: Answers,
): Promise<{ event: { files?: SentFile[] }; record: { files?: number; filesDigest?: string } }> {
  const asked = keepAsked(form, answers);
  const files = await listFiles(tx, caseId);
  for (const { id, questionId } of files) if (asked[questionId] === undefined) await deleteFile(tx, id);
  const sent = files
    .filter(({ questionId }) => asked[questionId] !== undefined)
    .map(({ id, questionId, sha256 }) => ({ id, questionId, sha256 }));
  if (sent.length === 0) return { event: {}, record: {} };
  return { event: { files: sent }, record: { files: sent.length, filesDigest: digestOf(sent) } };
}

/** SHA-256 over one line for each file, `<question> <sha256>` and a line end, in the order in which they were attached; hexadecimal. */
export function digestOf(files: SentFile[]): string {
  return sha256(files.map((file) => `${file.questionId} ${file.sha256}\n`).join('')).toString('hex');
}
