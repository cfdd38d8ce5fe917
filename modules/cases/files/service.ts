import type { Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import { type AttachedFile, fileBytesMax, itemsMax, type Service } from '#modules/catalogue';
import { stepTo } from '../chart.ts';
import { formOfCase } from '../evidence/conditions.ts';
import { seenBy } from '../holding.ts';
import { type CasesNeeds, getRow, holdRow, saveRow } from '../needs.ts';
import { problem } from '../problems.ts';
import { noteReading } from '../readings/store.ts';
import { openedIn, openPages } from '../requests/opened.ts';
import { findOpenRequest } from '../requests/store.ts';
import { actorOf, mayReadAsPerson, type Officer, type Person } from '../rules.ts';
import { appendEvent, type CaseRow, listEvents } from '../store.ts';
import { describeFile, isAskedByOfficer, type SentFile } from './answers.ts';
import { cleanFileName } from './formats.ts';
import { createFileJudge, megabytes } from './judging.ts';
import { openScanner } from './scanner.ts';
import {
  deleteFile,
  type FileRow,
  findFile,
  insertFile,
  listAllFiles,
  listFiles,
  listWaiting,
  markRemoved,
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

  /** What may be attached where now: to a question of the form that is open, or to a paper that an officer asks for. */
  const placeOf = async (tx: Tx, row: CaseRow, { form }: Service, questionId: string) => {
    const opened = await openedIn(tx, row);
    const { request } = opened;
    const [, number] = /^request\.([1-9])$/.exec(questionId) ?? [];
    const asked = number === undefined ? undefined : request?.files[Number(number) - 1];
    if (asked) return { accept: asked.accept, bytesMax: fileBytesMax, filesMax: asked.filesMax, request };
    const { questions } = form.definition;
    const files = Object.hasOwn(questions, questionId) ? questions[questionId]!.files : undefined;
    if (!files) throw problem('question-unknown');
    if (!openPages(await formOfCase(tx, row.id, form), opened).some((page) => page.questions.includes(questionId)))
      throw problem(request ? 'page-not-opened' : 'question-unknown');
    return { ...files, filesMax: itemsMax(form, questionId), request };
  };

  /**
   * Attaches a file to a question of a draft, or, while the office asks for more, to what its request has opened; at once and for good until it is
   * removed. The very same bytes sent again are the file there is. What is acknowledged is in the database. Of what is sent for a request the
   * office sees nothing before the person gives their answer.
   */
  const attachFile = async (
    person: Person,
    caseId: string,
    questionId: string,
    given: { name: string; bytes: Buffer },
  ): Promise<AttachedFile> => {
    const begun = await getRow(needs, caseId, ownedBy(person));
    stepTo(begun.state, 'save-answers');
    const { serviceId, serviceVersion } = begun;
    const service = await catalogue.getService(serviceId, serviceVersion);
    const { accept, bytesMax } = await placeOf(database.db, begun, service, questionId);
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
      const { filesMax, request } = await placeOf(tx, row, service, questionId);
      const kept = (await listFiles(tx, caseId, request?.id)).filter(
        // Papers of an earlier request are closed with it.
        ({ questionId: of, addedIn }) => !isAskedByOfficer(of) || addedIn === request?.id,
      );
      const isSame = (one: FileRow) => one.questionId === questionId && one.sha256 === file.sha256;
      const same = kept.find(isSame);
      if (same) return describeFile(same);
      if (kept.filter((one) => one.questionId === questionId).length >= filesMax)
        throw problem('files-too-many', { limit: filesMax });
      const counted = request ? kept.filter(({ addedIn }) => addedIn === request.id) : kept;
      if (counted.reduce((sum, { size }) => sum + size, file.size) > draftBytesMax)
        throw problem('files-too-large', { limit: megabytes(draftBytesMax) });
      if (request) {
        const taken = (await listAllFiles(tx, caseId)).find((one) => one.removedIn === request.id && isSame(one));
        if (taken) await markRemoved(tx, taken.id, null);
        else await insertFile(tx, { ...file, addedIn: request.id }, bytes);
        return describeFile(taken ?? file);
      }
      await insertFile(tx, file, bytes);
      await saveRow(tx, { ...row, updatedAt: file.attachedAt });
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
    const { serviceId, serviceVersion } = await getRow(needs, caseId, ownedBy(person));
    const service = await catalogue.getService(serviceId, serviceVersion);
    await database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy(person));
      stepTo(row.state, 'save-answers');
      const file = await findFile(tx, caseId, fileId);
      if (!file) throw problem('file-unknown');
      const { request } = await placeOf(tx, row, service, file.questionId);
      if (request) {
        if (file.addedIn === request.id) await deleteFile(tx, fileId);
        // What the office has had stays with the case, and is no answer any more once this one is given.
        else if (isAskedByOfficer(file.questionId) || file.removedIn) throw problem('file-unknown');
        else await markRemoved(tx, fileId, request.id);
        return;
      }
      const at = clock.now();
      await deleteFile(tx, fileId);
      await saveRow(tx, { ...row, updatedAt: at });
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
    const isNotGiven = row.submittedAt === undefined || (await isPending(file));
    const sent = isNotGiven ? undefined : await listSent(row.id);
    const isAsSent = sent === undefined || sent.some((one) => one.id === fileId && one.sha256 === hash);
    if (hash !== file.sha256 || !isAsSent) {
      log.error({ caseId: row.id, fileId }, 'a kept file is not the one that was handed in');
      throw problem('file-altered');
    }
    return { ...describeFile(file), bytes };
  };

  /** Handed in with the case, and with each answer to the office. */
  const listSent = async (caseId: string): Promise<SentFile[]> =>
    (await listEvents(database.db, caseId)).flatMap(({ kind, body }) =>
      kind === 'case-submitted' || kind === 'information-given' ? ((body['files'] ?? []) as SentFile[]) : [],
    );

  /** Sent for the open request, and not given yet. */
  const isPending = async ({ caseId, addedIn }: FileRow): Promise<boolean> =>
    addedIn !== undefined && (await findOpenRequest(database.db, caseId))?.id === addedIn;

  const readFile = async (person: Person, caseId: string, fileId: string): Promise<OpenedFile> =>
    open(await getRow(needs, caseId, ownedBy(person)), fileId);

  /** For the office in charge, once the case is handed in. What the scanner has not judged yet is held back. */
  const readFileForOfficer = async (officer: Officer, caseId: string, fileId: string): Promise<OpenedFile> => {
    const row = await getRow(needs, caseId, seenBy(needs, officer));
    const found = await findFile(database.db, caseId, fileId);
    if (found && (await isPending(found))) throw problem('file-unknown');
    await noteReading(database.db, caseId, officer, clock.now());
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
