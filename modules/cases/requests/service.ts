import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import {
  type Answers,
  type CaseForm,
  type FileType,
  type Held,
  keepAsked,
  type PostedBody,
  type Service,
  validateAnswers,
  validatePage,
} from '#modules/catalogue';
import { addWorkingDays } from '../calendar.ts';
import { stepTo } from '../chart.ts';
import { problem } from '../contract.ts';
import { startClock, stopClock } from '../deadlines/rules.ts';
import { formOfCase } from '../evidence/conditions.ts';
import { listEvidence } from '../evidence/store.ts';
import { readAnswers, sealAnswer } from '../files/answers.ts';
import { applyRulesAgain } from '../findings/service.ts';
import { getForStep, holdTaken, officerActor, refuseOther } from '../holding.ts';
import type { LookingUp } from '../look-ups/service.ts';
import { type CasesNeeds, dayOf, getRow, holdRow, recordOf, saveRow, standingOf } from '../needs.ts';
import { readOwnWords, readText } from '../own-words.ts';
import { actBody, actorOf, mayReadAsPerson, type Officer, type Person, requireLevel } from '../rules.ts';
import type { Standing } from '../standing.ts';
import { appendEvent, type CaseRow, saveAnswersOf } from '../store.ts';
import { tellHolder } from '../visits/telling.ts';
import { pageParams } from '../words.ts';
import { type AskForMore, filesOfOneMax, type RequestAnswer } from './contract.ts';
import { openedIn, openPages, readCorrected, requireOpenPage } from './opened.ts';
import { pagesOpenedBy } from './rules.ts';
import {
  type AskedFiles,
  endRequest,
  findOpenRequest,
  insertRequest,
  listPagesOf,
  markReminded,
  type RequestRow,
  savePage,
} from './store.ts';

const fileTypes: FileType[] = ['application/pdf', 'image/png', 'image/jpeg'];

/** An officer asks the person for more; the person answers. */
export function createRequests(needs: CasesNeeds, lookingUp: Pick<LookingUp, 'confirm'>) {
  const { database, clock, catalogue, calendar } = needs;

  const askForMore = async (officer: Officer, caseId: string, asked: AskForMore): Promise<Standing> => {
    const { serviceId, serviceVersion } = await getForStep(needs, officer, caseId, 'work');
    const { casework, form } = await catalogue.getService(serviceId, serviceVersion);
    const rules = casework.requests;
    const { thingIds, pageIds = [], expectedVersion } = asked;
    const days = asked.workingDays ?? rules?.workingDays ?? 0;
    if (!rules || days > rules.workingDaysMax || thingIds.some((id) => !Object.hasOwn(rules.things, id)))
      throw problem('request-not-offered');
    const ownWords = readOwnWords(asked);
    const files = readAskedFiles(asked);
    if (thingIds.length === 0 && !ownWords && files.length === 0) throw problem('request-empty');
    const named = [...pageIds, ...thingIds.flatMap((id) => rules.things[id]!.pages ?? [])];
    if (named.some((id) => !form.definition.pages.some((page) => page.id === id))) throw problem('request-not-offered');
    return database.transaction(async (tx) => {
      const { row, next } = await holdTaken(needs, tx, officer, { caseId, expectedVersion, duty: 'work' }, 'ask');
      const at = clock.now();
      const today = dayOf(needs, at);
      const answerBy = addWorkingDays(today, days, calendar);
      const request: RequestRow = {
        id: newId(),
        caseId,
        askedAt: at,
        thingIds,
        ...(ownWords ? { ownWords } : {}),
        pageIds: pagesOpenedBy(form, named),
        files,
        answerBy,
        ...(rules.remindWorkingDaysBefore > 0 && rules.remindWorkingDaysBefore < days
          ? { remindOn: addWorkingDays(today, days - rules.remindWorkingDaysBefore, calendar) }
          : {}),
      };
      await insertRequest(tx, request);
      const { pageIds: opened } = request;
      const body = {
        requestId: request.id,
        thingIds,
        pageIds: opened,
        files: files.length,
        answerBy,
        by: officer.name ?? '',
      };
      const saved = await saveRow(tx, { ...stopClock(row, today, calendar), state: next, updatedAt: at });
      await appendEvent(tx, { caseId, kind: 'information-requested', actor: officerActor(officer), body, at });
      const record = { ...recordOf(needs, row), answerBy };
      await needs.ledger.append(tx, { kind: 'case-information-requested', record, personId: row.personId });
      await needs.jobs.send(tx, 'case-information-requested', { caseId }, { key: caseId });
      return standingOf(saved);
    });
  };

  /** Keeps one corrected page until the person gives the answer: the office sees nothing of it before. */
  const saveCorrectedPage = async (
    tx: Tx,
    row: CaseRow,
    form: CaseForm,
    { pageId, posted, held }: { pageId: string; posted: PostedBody; held: Record<string, Held> },
  ) => {
    const opened = await openedIn(tx, row);
    requireOpenPage(form, opened, pageId);
    const { answers, errors } = validatePage(form, pageId, posted, opened.answers, held);
    if (errors.length > 0) return { saved: false, errors };
    await savePage(tx, opened.request!.id, pageId, answers, clock.now());
    const after = openPages(form, { ...opened, answers: { ...opened.answers, ...answers } });
    const following = after[after.findIndex(({ id }) => id === pageId) + 1];
    return { saved: true, errors: [], ...(following ? { nextPageId: following.id } : {}) };
  };

  /** The answers that a page opened by a request is drawn with. */
  const readOpened = async (row: CaseRow, form: CaseForm, pageId: string): Promise<Answers> => {
    const opened = await openedIn(database.db, row);
    requireOpenPage(form, opened, pageId);
    return opened.answers;
  };

  const answerRequest = async (person: Person, caseId: string, given: RequestAnswer): Promise<Standing> => {
    const ownedBy = (row: CaseRow) => mayReadAsPerson(row, person);
    const { serviceId, serviceVersion } = await getRow(needs, caseId, ownedBy);
    const service = await catalogue.getService(serviceId, serviceVersion);
    requireLevel(service, person);
    const form = await formOfCase(database.db, caseId, service.form);
    const answer = readText(given.text);
    // Only what is given anew: what was sent before was confirmed then.
    await lookingUp.confirm(form, async () => {
      const open = await findOpenRequest(database.db, caseId);
      return Object.assign({}, ...(open ? Object.values(await listPagesOf(database.db, open.id)) : []));
    });
    return database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy);
      refuseOther(row, given.expectedVersion);
      const next = stepTo(row.state, 'answer');
      const request = (await findOpenRequest(tx, caseId))!;
      const corrected = await listPagesOf(tx, request.id);
      const files = await sealAnswer(tx, request);
      const hasChanged = Object.keys(corrected).length > 0 || files.isOfForm;
      if (answer === undefined && !hasChanged && !files.isAny) throw problem('request-answer-empty');
      const { answers: before } = await readAnswers(tx, caseId);
      const after: Answers = keepAsked(form, await readCorrected(tx, request));
      const fault = validateAnswers(form, after)[0];
      if (fault) throw problem('answers-incomplete', pageParams(form, fault.pageId));
      const at = clock.now();
      for (const [pageId, answers] of Object.entries(corrected)) await saveAnswersOf(tx, caseId, pageId, answers, at);
      await endRequest(tx, caseId, { outcome: 'answered', at, answer, ...(hasChanged ? { before, after } : {}) });
      const body = { ...actBody(person), requestId: request.id, pageIds: Object.keys(corrected), ...files.event };
      await appendEvent(tx, { caseId, kind: 'information-given', actor: actorOf(person), body, at });
      if (hasChanged) {
        const evidence = await listEvidence(tx, caseId);
        const because = 'answers-corrected';
        await applyRulesAgain(needs, tx, row, service, { evidence, answers: after, because, at });
      }
      const record = { ...recordOf(needs, row), ...files.record };
      await needs.ledger.append(tx, { kind: 'case-information-given', record, personId: row.personId });
      await needs.jobs.send(tx, 'case-information-given', { caseId }, { key: caseId });
      await tellHolder(needs, tx, row, 'answered');
      const today = dayOf(needs, at);
      return standingOf(await saveRow(tx, { ...startClock(row, today, calendar), state: next, updatedAt: at }));
    });
  };

  return { askForMore, answerRequest, saveCorrectedPage, readOpened };
}

/** Each paper has a name in both languages; how many files and which kinds is as the office says, or one of any kind. */
function readAskedFiles({ files = [] }: AskForMore): AskedFiles[] {
  return files.map(({ nameAr, nameEn, filesMax = 1, accept = fileTypes }) => {
    const [ar, en] = [readText(nameAr), readText(nameEn)];
    if (ar === undefined || en === undefined) throw problem('request-names-missing');
    if (!Number.isInteger(filesMax) || filesMax < 1 || filesMax > filesOfOneMax)
      throw problem('request-files-wrong', { limit: filesOfOneMax });
    return { names: { ar, en }, filesMax, accept };
  });
}

/** Reminds the person, or ends a request whose time is over. False when neither is due in this case by now. */
export async function passRequest(
  needs: CasesNeeds,
  tx: Tx,
  row: CaseRow,
  { casework }: Service,
  at: Date,
): Promise<boolean> {
  const today = dayOf(needs, at);
  const request = await findOpenRequest(tx, row.id);
  if (!request) return false;
  const actor = { kind: 'node' as const };
  const body = { requestId: request.id };
  if (today <= request.answerBy) {
    if (request.remindedAt || !request.remindOn || today < request.remindOn) return false;
    await markReminded(tx, request.id, at);
    await appendEvent(tx, { caseId: row.id, kind: 'information-reminded', actor, body, at });
    await needs.jobs.send(tx, 'case-information-reminded', { caseId: row.id }, { key: row.id });
    return true;
  }
  // What was decided before stays decided: a case that was reopened is not withdrawn by silence.
  const isWithdrawn = casework.requests?.unanswered === 'withdraw' && !row.decidedAt;
  const next = stepTo(row.state, isWithdrawn ? 'lapse' : 'miss-answer');
  await endRequest(tx, row.id, { outcome: 'unanswered', at });
  await appendEvent(tx, {
    caseId: row.id,
    kind: isWithdrawn ? 'case-lapsed' : 'information-not-given',
    actor,
    body,
    at,
  });
  const kind = isWithdrawn ? 'case-withdrawn' : 'case-information-not-given';
  await needs.ledger.append(tx, {
    kind,
    record: { ...recordOf(needs, row), ...(isWithdrawn ? { because: 'no-answer' } : {}) },
    personId: row.personId,
  });
  await needs.jobs.send(tx, kind, { caseId: row.id }, { key: row.id });
  await tellHolder(needs, tx, row, 'not-answered');
  const moved = isWithdrawn
    ? { ...row, workingDaysLeft: undefined, assignment: undefined }
    : startClock(row, today, needs.calendar);
  await saveRow(tx, { ...moved, state: next, updatedAt: at });
  return true;
}
