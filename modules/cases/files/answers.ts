import type { Tx } from '#kernel/database';
import { sha256 } from '#kernel/ids';
import { type Answers, type AttachedFile, type CaseForm, keepAsked } from '#modules/catalogue';
import { listAnswers } from '../store.ts';
import { deleteFile, type FileRow, listAllFiles, listFiles } from './store.ts';

/** What an officer asks for by name is no question of the form: its files lie under `request.1`, `request.2` and so on, of their request. */
export const isAskedByOfficer = (questionId: string): boolean => questionId.startsWith('request.');

/**
 * What the person answered so far. The answer to a question for files is what is attached to it now; with the open request, what will be once
 * its answer is given.
 */
export async function readAnswers(
  db: Tx,
  caseId: string,
  requestId?: string,
): Promise<{ answers: Answers; savedPages: string[] }> {
  const { answers, savedPages } = await listAnswers(db, caseId);
  const listed = (await listFiles(db, caseId, requestId)).filter(({ questionId }) => !isAskedByOfficer(questionId));
  const files = Map.groupBy(listed, ({ questionId }) => questionId);
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
  form: CaseForm,
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

/**
 * The same for the answer to a request, which is being given: what was sent with it and what was taken away by it. `isOfForm`: answers of the
 * form are other ones now.
 */
export async function sealAnswer(
  tx: Tx,
  request: { id: string; caseId: string },
): Promise<{
  isAny: boolean;
  isOfForm: boolean;
  event: { files?: SentFile[]; removedFiles?: string[] };
  record: { files?: number; filesDigest?: string };
}> {
  const all = await listAllFiles(tx, request.caseId);
  const added = all.filter(({ addedIn, removedIn }) => addedIn === request.id && removedIn === undefined);
  const removed = all.filter(({ removedIn }) => removedIn === request.id);
  const sent = added.map(({ id, questionId, sha256 }) => ({ id, questionId, sha256 }));
  return {
    isAny: sent.length > 0 || removed.length > 0,
    isOfForm: [...added, ...removed].some(({ questionId }) => !isAskedByOfficer(questionId)),
    event: {
      ...(sent.length > 0 ? { files: sent } : {}),
      ...(removed.length > 0 ? { removedFiles: removed.map(({ id }) => id) } : {}),
    },
    record: sent.length > 0 ? { files: sent.length, filesDigest: digestOf(sent) } : {},
  };
}

/** SHA-256 over one line for each file, `<question> <sha256>` and a line end, in the order in which they were attached; hexadecimal. */
export function digestOf(files: SentFile[]): string {
  return sha256(files.map((file) => `${file.questionId} ${file.sha256}\n`).join('')).toString('hex');
}
