import { newId, sha256 } from '#kernel/ids';
import { type AttachedFile, itemsMax, listPages, type Service } from '#modules/catalogue';
import { stepInDraft } from '../drafts/rules.ts';
import { seenBy } from '../holding.ts';
import { type CasesNeeds, getRow, holdRow, saveRow } from '../needs.ts';
import { problem } from '../problems.ts';
import { noteReading } from '../readings/store.ts';
import { actorOf, mayReadAsPerson, type Officer, type Person } from '../rules.ts';
import { appendEvent, type CaseRow, listEvents } from '../store.ts';
import { describeFile, readAnswers, type SentFile } from './answers.ts';
import { cleanFileName } from './formats.ts';
import { createFileJudge, megabytes } from './judging.ts';
import { openScanner } from './scanner.ts';
import {
  deleteFile,
  type FileRow,
  findFile,
  insertFile,
  listFiles,
  listWaiting,
  readContent,
  saveVerdict,
} from './store.ts';

/** All files of one draft together, in bytes. */
const draftBytesMax = 40_000_000;
const atOnce = 20;

export type OpenedFile = AttachedFile & { bytes: Buffer };

/** What people attach to their applications: taken in, checked, given to whoever may have it. */
export function createFiles(needs: CasesNeeds) {
  const { database, clock, catalogue, log } = needs;
  const scanner = needs.virusScanner === undefined ? undefined : openScanner(needs.virusScanner);
  const checkBytes = createFileJudge();
  const ownedBy = (person: Person) => (row: CaseRow) => mayReadAsPerson(row, person);

  const questionOf = (service: Service, questionId: string) => {
    const { questions } = service.form.definition;
    const files = Object.hasOwn(questions, questionId) ? questions[questionId]!.files : undefined;
    if (!files) throw problem('question-unknown');
    return { ...files, filesMax: itemsMax(service.form, questionId) };
  };

  /**
   * Attaches a file to a question of a draft, at once and for good until it is removed. The very same bytes sent again are the file
   * there is. What is acknowledged is in the database.
   */
  const attachFile = async (
    person: Person,
    caseId: string,
    questionId: string,
    given: { name: string; bytes: Buffer },
  ): Promise<AttachedFile> => {
    const begun = await getRow(needs, caseId, ownedBy(person));
    stepInDraft(begun);
    const { serviceId, serviceVersion } = begun;
    const service = await catalogue.getService(serviceId, serviceVersion);
    const { accept, bytesMax, filesMax } = questionOf(service, questionId);
    const { bytes, mediaType } = await checkBytes(given.bytes, { accept, bytesMax });
    // Before the transaction: a scanner takes its time, and the case is not held for it.
    const verdict = scanner === undefined ? 'unscanned' : await scanner.scan(bytes);
    if (verdict === 'infected') throw problem('file-infected');
    const file: FileRow = {
      id: newId(),
      caseId,
      questionId,
      name: cleanFileName(given.name, mediaType),
      mediaType,
      size: bytes.length,
      sha256: sha256(bytes).toString('hex'),
      scan: verdict === 'unavailable' ? 'waiting' : verdict,
      attachedAt: clock.now(),
    };
    return database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy(person));
      const next = stepInDraft(row);
      const { answers } = await readAnswers(tx, caseId);
      if (!listPages(service.form, answers).some(({ questions }) => questions.includes(questionId)))
        throw problem('question-unknown');
      const kept = await listFiles(tx, caseId);
      const same = kept.find((one) => one.questionId === questionId && one.sha256 === file.sha256);
      if (same) return describeFile(same);
      if (kept.filter((one) => one.questionId === questionId).length >= filesMax)
        throw problem('files-too-many', { limit: filesMax });
      if (kept.reduce((sum, { size }) => sum + size, file.size) > draftBytesMax)
        throw problem('files-too-large', { limit: megabytes(draftBytesMax) });
      await insertFile(tx, file, bytes);
      await saveRow(tx, { ...row, state: next, updatedAt: file.attachedAt });
      await appendEvent(tx, {
        caseId,
        kind: 'file-attached',
        actor: actorOf(person),
        body: { questionId, fileId: file.id },
        at: file.attachedAt,
      });
      return describeFile(file);
    });
  };

  const removeFile = async (person: Person, caseId: string, fileId: string): Promise<void> => {
    await database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy(person));
      const next = stepInDraft(row);
      const file = await findFile(tx, caseId, fileId);
      if (!file) throw problem('file-unknown');
      const at = clock.now();
      await deleteFile(tx, fileId);
      await saveRow(tx, { ...row, state: next, updatedAt: at });
      const body = { questionId: file.questionId, fileId };
      await appendEvent(tx, { caseId, kind: 'file-removed', actor: actorOf(person), body, at });
    });
  };

  /** The bytes, once they are known to be those that were attached and, of a case that was handed in, those that were handed in. */
  const open = async (row: CaseRow, fileId: string): Promise<OpenedFile> => {
    const file = await findFile(database.db, row.id, fileId);
    if (!file) throw problem('file-unknown');
    if (file.scan === 'infected') throw problem('file-infected');
    const bytes = await readContent(database.db, fileId);
    if (!bytes) throw problem('file-unknown');
    const hash = sha256(bytes).toString('hex');
    const sent = row.submittedAt === undefined ? undefined : await listSent(row.id);
    const isAsSent = sent === undefined || sent.some((one) => one.id === fileId && one.sha256 === hash);
    if (hash !== file.sha256 || !isAsSent) {
      log.error({ caseId: row.id, fileId }, 'a kept file is not the one that was handed in');
      throw problem('file-altered');
    }
    return { ...describeFile(file), bytes };
  };

  const listSent = async (caseId: string): Promise<SentFile[]> => {
    const submitted = (await listEvents(database.db, caseId)).find(({ kind }) => kind === 'case-submitted');
    return (submitted?.body['files'] ?? []) as SentFile[];
  };

  const readFile = async (person: Person, caseId: string, fileId: string): Promise<OpenedFile> =>
    open(await getRow(needs, caseId, ownedBy(person)), fileId);

  /** For the office in charge, once the case is handed in. What the scanner has not judged yet is held back. */
  const readFileForOfficer = async (officer: Officer, caseId: string, fileId: string): Promise<OpenedFile> => {
    const row = await getRow(needs, caseId, seenBy(needs, officer));
    await noteReading(database.db, caseId, officer.personId, clock.now());
    const file = await open(row, fileId);
    if (file.scan === 'waiting') throw problem('file-not-scanned');
    return file;
  };

  /** Asks again about the files for which the scanner had no answer. Gives how many it judged. */
  const scanWaiting = async (): Promise<number> => {
    let judged = 0;
    for (const file of scanner === undefined ? [] : await listWaiting(database.db, atOnce)) {
      const bytes = await readContent(database.db, file.id);
      const verdict = bytes ? await scanner!.scan(bytes) : 'unavailable';
      if (verdict === 'unavailable') break;
      await database.transaction(async (tx) => {
        if (!(await saveVerdict(tx, file.id, verdict))) return;
        judged += 1;
        const body = { questionId: file.questionId, fileId: file.id };
        if (verdict === 'infected')
          await appendEvent(tx, {
            caseId: file.caseId,
            kind: 'file-infected',
            actor: { kind: 'node' },
            body,
            at: clock.now(),
          });
      });
    }
    return judged;
  };

  return {
    attachFile,
    removeFile,
    readFile,
    readFileForOfficer,
    scanWaiting,
    /** What the configured scanner calls itself; undefined where none is configured. Throws an Error when it does not answer. */
    readScannerVersion: async () => scanner?.readVersion(),
  };
}
