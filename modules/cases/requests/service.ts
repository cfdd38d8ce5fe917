import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import {
  type Answers,
  type Form,
  type Held,
  keepAsked,
  listPages,
  type PostedBody,
  type Service,
  validateAnswers,
  validatePage,
} from '#modules/catalogue';
import { addWorkingDays } from '../calendar.ts';
import { stepTo } from '../chart.ts';
import { problem } from '../contract.ts';
import { startClock, stopClock } from '../deadlines/rules.ts';
import { readAnswers } from '../files/answers.ts';
import { applyRulesAgain } from '../findings/service.ts';
import { getForStep, holdTaken, officerActor } from '../holding.ts';
import type { LookingUp } from '../look-ups/service.ts';
import { type CasesNeeds, dayOf, getRow, holdRow, recordOf, saveRow, standingOf } from '../needs.ts';
import { readOwnWords, readText } from '../own-words.ts';
import { actBody, actorOf, mayReadAsPerson, type Officer, type Person, requireLevel } from '../rules.ts';
import type { Standing } from '../standing.ts';
import { appendEvent, type CaseRow, listEvidence, saveAnswersOf } from '../store.ts';
import type { AskForMore, RequestAnswer } from './contract.ts';
import { pagesOpenedBy } from './rules.ts';
import {
  endRequest,
  findOpenRequest,
  insertRequest,
  listPagesOf,
  markReminded,
  type RequestRow,
  savePage,
} from './store.ts';

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
    if (thingIds.length === 0 && !ownWords) throw problem('request-empty');
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
        answerBy,
        ...(rules.remindWorkingDaysBefore > 0 && rules.remindWorkingDaysBefore < days
          ? { remindOn: addWorkingDays(today, days - rules.remindWorkingDaysBefore, calendar) }
          : {}),
      };
      await insertRequest(tx, request);
      const body = { requestId: request.id, thingIds, pageIds: request.pageIds, answerBy, by: officer.name ?? '' };
      await appendEvent(tx, { caseId, kind: 'information-requested', actor: officerActor(officer), body, at });
      const record = { ...recordOf(needs, row), answerBy };
      await needs.ledger.append(tx, { kind: 'case-information-requested', record, personId: row.personId });
      await needs.jobs.send(tx, 'case-information-requested', { caseId }, { key: caseId });
      return standingOf(await saveRow(tx, { ...stopClock(row, today, calendar), state: next, updatedAt: at }));
    });
  };

  /** The answers as they will be once the person gives the pages corrected so far. */
  const correctedAnswers = async (db: Tx, caseId: string, request: RequestRow): Promise<Answers> => {
    const { answers } = await readAnswers(db, caseId);
    return Object.assign({}, answers, ...Object.values(await listPagesOf(db, request.id)));
  };

  /** The pages that a request has opened, as far as these answers ask for them. */
  const openPages = (form: Form, request: RequestRow, answers: Answers) =>
    listPages(form, answers).filter(({ id }) => request.pageIds.includes(id));

  /** Keeps one corrected page until the person gives the answer: the office sees nothing of it before. */
  const saveCorrectedPage = async (
    tx: Tx,
    row: CaseRow,
    form: Form,
    { pageId, posted, held }: { pageId: string; posted: PostedBody; held: Record<string, Held> },
  ) => {
    stepTo(row.state, 'save-answers');
    const request = (await findOpenRequest(tx, row.id))!;
    const before = await correctedAnswers(tx, row.id, request);
    if (!openPages(form, request, before).some(({ id }) => id === pageId)) throw problem('page-not-opened');
    const { answers, errors } = validatePage(form, pageId, posted, before, held);
    if (errors.length > 0) return { saved: false, errors };
    await savePage(tx, request.id, pageId, answers, clock.now());
    const after = openPages(form, request, { ...before, ...answers });
    const following = after[after.findIndex(({ id }) => id === pageId) + 1];
    return { saved: true, errors: [], ...(following ? { nextPageId: following.id } : {}) };
  };

  /** The answers that a page opened by a request is drawn with. */
  const readCorrected = async (row: CaseRow, form: Form, pageId: string): Promise<Answers> => {
    const request = (await findOpenRequest(database.db, row.id))!;
    const answers = await correctedAnswers(database.db, row.id, request);
    if (!openPages(form, request, answers).some(({ id }) => id === pageId)) throw problem('page-not-opened');
    return answers;
  };

  const answerRequest = async (person: Person, caseId: string, given: RequestAnswer): Promise<Standing> => {
    const ownedBy = (row: CaseRow) => mayReadAsPerson(row, person);
    const { serviceId, serviceVersion } = await getRow(needs, caseId, ownedBy);
    const service = await catalogue.getService(serviceId, serviceVersion);
    const { form } = service;
    requireLevel(service, person);
    const answer = readText(given.text);
    // Only what is given anew: what was sent before was confirmed then.
    await lookingUp.confirm(form, async () => {
      const open = await findOpenRequest(database.db, caseId);
      return Object.assign({}, ...(open ? Object.values(await listPagesOf(database.db, open.id)) : []));
    });
    return database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy);
      if (row.version !== given.expectedVersion) throw problem('case-changed-since');
      const next = stepTo(row.state, 'answer');
      const request = (await findOpenRequest(tx, caseId))!;
      const corrected = await listPagesOf(tx, request.id);
      if (answer === undefined && Object.keys(corrected).length === 0) throw problem('request-answer-empty');
      const { answers: before } = await readAnswers(tx, caseId);
      const after: Answers = keepAsked(form, Object.assign({}, before, ...Object.values(corrected)));
      const fault = validateAnswers(form, after)[0];
      if (fault) throw problem('answers-incomplete', { pageId: fault.pageId });
      const at = clock.now();
      for (const [pageId, answers] of Object.entries(corrected)) await saveAnswersOf(tx, caseId, pageId, answers, at);
      const hasChanged = Object.keys(corrected).length > 0;
      await endRequest(tx, caseId, { outcome: 'answered', at, answer, ...(hasChanged ? { before, after } : {}) });
      const body = { ...actBody(person), requestId: request.id, pageIds: Object.keys(corrected) };
      await appendEvent(tx, { caseId, kind: 'information-given', actor: actorOf(person), body, at });
      if (hasChanged) {
        const evidence = await listEvidence(tx, caseId);
        const because = 'answers-corrected';
        await applyRulesAgain(needs, tx, row, service, { evidence, answers: after, because, at });
      }
      const record = recordOf(needs, row);
      await needs.ledger.append(tx, { kind: 'case-information-given', record, personId: row.personId });
      await needs.jobs.send(tx, 'case-information-given', { caseId }, { key: caseId });
      const today = dayOf(needs, at);
      return standingOf(await saveRow(tx, { ...startClock(row, today, calendar), state: next, updatedAt: at }));
    });
  };

  return { askForMore, answerRequest, saveCorrectedPage, readCorrected };
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
  const moved = isWithdrawn
    ? { ...row, workingDaysLeft: undefined, assignment: undefined }
    : startClock(row, today, needs.calendar);
  await saveRow(tx, { ...moved, state: next, updatedAt: at });
  return true;
}
