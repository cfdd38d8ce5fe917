import { newId } from '#kernel/ids';
import { dateIn, type Language } from '#kernel/languages';
import {
  describeAsked,
  describePage,
  type FieldError,
  findOffering,
  keepAsked,
  listPages,
  type PageModel,
  type PostedBody,
  validateAnswers,
  validatePage,
} from '#modules/catalogue';
import type { LookUpFound } from '#modules/exchange';
import { endWaitingFor, noteOutage } from './awaited/service.ts';
import { addWorkingDays } from './calendar.ts';
import { stepTo } from './chart.ts';
import {
  type CaseState,
  type CaseSummary,
  type CaseView,
  type DocumentKind,
  problem,
  type ReceivedEvidence,
} from './contract.ts';
import { isDecision } from './decisions/rules.ts';
import { recordDecision } from './decisions/service.ts';
import { findDocument } from './documents/store.ts';
import { findContactValues } from './drafts/contacts.ts';
import { findFirstValues } from './drafts/prefills.ts';
import { stepInDraft } from './drafts/rules.ts';
import { createDraftSaving } from './drafts/saving.ts';
import { formOfCase, formWith } from './evidence/conditions.ts';
import type { CaseNeeds } from './evidence/contract.ts';
import { askAgain } from './evidence/service.ts';
import { insertEvidence, listEvidence } from './evidence/store.ts';
import { feeFactsOf } from './fees.ts';
import { readAnswers, sealFiles } from './files/answers.ts';
import { refuseOther } from './holding.ts';
import { createLookingUp, type Sought } from './look-ups/service.ts';
import { goOnWithConsent } from './losses/service.ts';
import { type CasesNeeds, getRow, holdRow, openFile, recordOf, saveRow } from './needs.ts';
import { findRepeat, repeated } from './repeats/service.ts';
import { hasRepresentationEnded } from './representation/service.ts';
import { createRequests } from './requests/service.ts';
import { refuseErased } from './retention/rules.ts';
import {
  actBody,
  actorOf,
  applyRules,
  checkCompany,
  checkRepresents,
  keepAskedFields,
  mayReadAsPerson,
  missingEvidence,
  type Person,
  requireLevel,
  standingFor,
} from './rules.ts';
import { beginSharing } from './sharing/service.ts';
import { signCase } from './signing/service.ts';
import {
  appendEvent,
  type CaseRow,
  findDraft,
  insertCase,
  listCasesOf,
  listEvents,
  saveAnswersOf,
  takeNumber,
} from './store.ts';
import { describeCase, describeSummary } from './views.ts';
import { withdraw } from './withdrawing.ts';
import { namesOfFields, pageParams } from './words.ts';

export type SavedPage = {
  saved: boolean;
  errors: FieldError[];
  /** The page to go on with; absent when this was the last one, or nothing was saved. */
  nextPageId?: string;
  /** Of the case, once it was saved. */
  version?: number;
};

/** What a person can do with a case. */
export function createPersonCases(needs: CasesNeeds) {
  const { database, clock, catalogue, state, calendar } = needs;
  const ownedBy = (person: Pick<Person, 'personId' | 'representative'>) => (row: CaseRow) =>
    mayReadAsPerson(row, person);
  const lookingUp = createLookingUp(needs.registers);
  const requests = createRequests(needs, lookingUp);
  const here = () => ({ state, calendar, now: clock.now() });
  const own = (person: Person, caseId: string) => getRow(needs, caseId, ownedBy(person));

  const getMyCase = async (person: Person, caseId: string): Promise<CaseView> =>
    describeCase(await openFile(needs, await own(person, caseId)), here());

  /** `renews`: the case that this one takes the place of. */
  const startCase = async (person: Person, serviceId: string, renews?: string): Promise<CaseView> => {
    const service = await catalogue.findService(serviceId);
    if (!service) throw problem('service-unknown');
    requireLevel(service, person);
    if (service.definition.applicants === 'this-state' && person.homeState !== state)
      throw problem('service-for-own-people');
    const { representative } = person;
    checkRepresents(representative, service.definition.purpose);
    checkCompany(service, person);
    const pause = await catalogue.findPause(serviceId);
    const startedAt = clock.now();
    const caseId = await database.transaction(async (tx) => {
      const open = await findDraft(tx, person.personId, serviceId);
      if (open && !mayReadAsPerson(open, person)) throw problem('draft-elsewhere');
      if (open) return open.id;
      if (pause) throw problem('service-paused', { reason: pause.reason });
      // Before anybody types anything, where that can be known.
      const repeat = await findRepeat(
        needs,
        tx,
        { personId: person.personId, serviceId },
        { service, ...(renews ? { renews } : {}) },
      );
      if (repeat) throw repeated(repeat, person);
      const year = Number(dateIn(startedAt, calendar.timeZone).slice(0, 4));
      const number = await takeNumber(tx, year);
      const row: CaseRow = {
        id: newId(),
        reference: `${state}-${year}-${String(number).padStart(5, '0')}`,
        serviceId,
        serviceVersion: service.version,
        personId: person.personId,
        homeState: person.homeState,
        officeId: findOffering(service, state)!.office,
        state: 'draft',
        version: 1,
        startedAt,
        updatedAt: startedAt,
        ...(representative ? { representative: standingFor(undefined, person, true)! } : {}),
      };
      if (!(await insertCase(tx, row))) return (await findDraft(tx, person.personId, serviceId))!.id;
      await appendEvent(tx, {
        caseId: row.id,
        kind: 'case-started',
        actor: actorOf(person),
        body: actBody(person),
        at: startedAt,
      });
      return row.id;
    });
    return getMyCase(person, caseId);
  };

  const listMyCases = async (person: Person, among: { state?: CaseState } = {}): Promise<CaseSummary[]> => {
    const rows = (await listCasesOf(database.db, person.personId, among.state)).filter(ownedBy(person));
    return Promise.all(
      rows.map(async (row) =>
        describeSummary(row, await catalogue.getService(row.serviceId, row.serviceVersion), here()),
      ),
    );
  };

  const describeNeeds = async (person: Person, caseId: string): Promise<CaseNeeds> => {
    const row = await own(person, caseId);
    const service = await catalogue.getService(row.serviceId, row.serviceVersion);
    const level = requireLevel(service, person);
    checkRepresents(person.representative, service.definition.purpose);
    return {
      caseId,
      reference: row.reference,
      serviceId: row.serviceId,
      officeId: row.officeId,
      purpose: service.definition.purpose,
      level,
      retention: service.definition.retention.duration,
      asked: describeAsked(service).filter(({ providedBy }) => providedBy === 'home-state'),
      askedHere: describeAsked(service).filter(({ providedBy }) => providedBy === 'this-state'),
    };
  };

  /** A form page ready to draw; after a refusal, as it was typed, with its errors; with what was sought in a register. */
  const openPage = async (
    person: Person,
    caseId: string,
    pageId: string,
    language: Language,
    refused?: { posted: PostedBody; errors: FieldError[] },
    sought?: Sought,
  ): Promise<PageModel> => {
    const row = await own(person, caseId);
    stepTo(row.state, 'save-answers');
    const file = await openFile(needs, row);
    const form = formWith(file.service.form, file.evidence);
    // After the case was sent, only the pages that a request has opened, with what was corrected there so far.
    const answers = row.submittedAt ? await requests.readOpened(row, form, pageId) : file.answers;
    if (!listPages(form, answers).some((page) => page.id === pageId)) throw problem('page-unknown');
    const contacts = row.submittedAt ? {} : await findContactValues(needs, person, file.service, { pageId, answers });
    const found = { ...contacts, ...findFirstValues(file.service, file) };
    const lookedUp = await lookingUp.lookFor(form, pageId, language, { answers, found, sought });
    return describePage(form, pageId, { language, answers, found, lookedUp, ...refused });
  };

  /** What fits in the register of a question, for programs. Throws `question-unknown`, `look-up-unavailable`. */
  const searchLookUp = async (
    person: Person,
    caseId: string,
    questionId: string,
    { language, ...sought }: Sought & { language: Language },
  ): Promise<LookUpFound> => {
    const row = await own(person, caseId);
    stepTo(row.state, 'save-answers');
    const { form } = await catalogue.getService(row.serviceId, row.serviceVersion);
    return lookingUp.search(form, questionId, sought, language);
  };

  const saveAnswers = async (
    person: Person,
    caseId: string,
    pageId: string,
    posted: PostedBody,
    expectedVersion?: number,
  ): Promise<SavedPage> => {
    const { serviceId, serviceVersion } = await own(person, caseId);
    const service = await catalogue.getService(serviceId, serviceVersion);
    const form = await formOfCase(database.db, caseId, service.form);
    const held = await lookingUp.findPosted(form, pageId, posted, () => readAnswers(database.db, caseId));
    return database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy(person));
      refuseOther(row, expectedVersion);
      if (row.submittedAt) return requests.saveCorrectedPage(tx, row, form, { pageId, posted, held });
      const next = stepTo(row.state, 'save-answers');
      const saved = await readAnswers(tx, caseId);
      if (!listPages(form, saved.answers).some((page) => page.id === pageId)) throw problem('page-unknown');
      const { answers, errors } = validatePage(form, pageId, posted, saved.answers, held);
      if (errors.length > 0) return { saved: false, errors };
      const at = clock.now();
      await saveAnswersOf(tx, caseId, pageId, answers, at);
      const { version } = await saveRow(tx, { ...row, state: next, updatedAt: at });
      await appendEvent(tx, { caseId, kind: 'answers-saved', actor: actorOf(person), body: { pageId }, at });
      const pages = listPages(form, { ...saved.answers, ...answers });
      const following = pages[pages.findIndex((page) => page.id === pageId) + 1];
      return { saved: true, errors: [], version, ...(following ? { nextPageId: following.id } : {}) };
    });
  };

  /** Keeps evidence as it arrived, cut to what the service asks for. The newest of each type counts. */
  const recordEvidence = async (person: Person, caseId: string, evidence: ReceivedEvidence[]): Promise<void> => {
    const { serviceId, serviceVersion } = await own(person, caseId);
    const service = await catalogue.getService(serviceId, serviceVersion);
    const kept = evidence.map((received) => keepAskedFields(service, received));
    await database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy(person));
      const at = clock.now();
      // After it was sent, only in place of what was withdrawn.
      if (row.submittedAt && row.consentBy === undefined) throw problem('case-not-open');
      const next = stepTo(row.state, 'receive-evidence');
      for (const received of kept) {
        await insertEvidence(tx, caseId, received, at);
        await appendEvent(tx, {
          caseId,
          kind: 'evidence-received',
          actor: { kind: 'node' },
          body: { evidenceType: received.evidenceType, providerState: received.providerState },
          at,
        });
      }
      await endWaitingFor(tx, caseId, kept);
      await needs.jobs.send(tx, 'case-evidence-received', { caseId }, { key: caseId });
      const going = await goOnWithConsent(needs, tx, row, service, at);
      const representative = standingFor(row.representative, person, await hasRepresentationEnded(tx, row));
      await saveRow(tx, { ...going, representative, state: next, updatedAt: at });
    });
  };

  /** Sends the case. The rules of the version it began on decide at once, or it waits for an officer. */
  const submitCase = async (person: Person, caseId: string, expectedVersion?: number): Promise<CaseView> => {
    const found = await own(person, caseId);
    refuseOther(found, expectedVersion);
    const service = await catalogue.getService(found.serviceId, found.serviceVersion);
    requireLevel(service, person);
    checkCompany(service, person);
    stepTo(found.state, 'submit');
    const known = await formOfCase(database.db, caseId, service.form);
    await lookingUp.confirm(known, async () => keepAsked(known, (await readAnswers(database.db, caseId)).answers));
    await askAgain(needs, found, service, (source, error) => noteOutage(needs, found, source, error));
    const isSigned = await database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy(person));
      refuseOther(row, expectedVersion);
      const submitted = stepTo(row.state, 'submit');
      const evidence = await listEvidence(tx, caseId);
      const missing = missingEvidence(service, evidence);
      if (missing.length > 0) throw problem('evidence-missing', { missing: namesOfFields(missing) });
      const { answers: saved } = await readAnswers(tx, caseId);
      const form = formWith(service.form, evidence);
      const answers = keepAsked(form, saved);
      const fault = validateAnswers(form, answers)[0];
      if (fault) throw problem('answers-incomplete', pageParams(form, fault.pageId));
      const repeat = await findRepeat(needs, tx, row, { service, about: { answers, evidence } });
      if (repeat) throw repeated(repeat, person);
      const at = clock.now();
      // The signature stays, so it is no refusal that takes it back.
      if (!(await signCase(tx, row, person, { evidence, answers, at }))) return false;
      const files = await sealFiles(tx, caseId, form, answers);
      const facts = feeFactsOf(row, evidence, answers);
      const unpaid = await needs.fees?.isDue(tx, 'sending', facts);
      if (unpaid) throw problem(unpaid === 'risen' ? 'fee-risen' : 'fee-due');
      const today = dateIn(at, calendar.timeZone);
      const result = applyRules(service, evidence, answers, { date: today, year: Number(today.slice(0, 4)) });
      const sent: CaseRow = {
        ...row,
        state: submitted,
        submittedAt: at,
        updatedAt: at,
        dueOn: addWorkingDays(today, service.definition.serviceLevel.workingDays, calendar),
      };
      const { asked } = await beginSharing(needs, tx, { row, service, answers, at });
      await appendEvent(tx, {
        caseId,
        kind: 'case-submitted',
        actor: actorOf(person),
        body: {
          ...actBody(person),
          outcome: result.outcome,
          reasons: result.reasons,
          findings: result.findings.map(({ reason }) => reason),
          ...files.event,
        },
        at,
      });
      const record = { ...recordOf(needs, row), ...files.record };
      await needs.ledger.append(tx, { kind: 'case-submitted', record, personId: row.personId });
      await needs.jobs.send(tx, 'case-submitted', { caseId }, { key: caseId });
      for (const role of asked)
        await appendEvent(tx, { caseId, kind: 'partner-asked', actor: { kind: 'node' }, body: { role }, at });
      const mustWait = result.outcome === 'approve' && asked.length > 0;
      // What nobody has paid for, or another state has to confirm, is decided by an officer, once that is done.
      if (result.outcome === 'review' || mustWait || (await needs.fees?.isDue(tx, 'decision', facts))) {
        await saveRow(tx, sent);
        return true;
      }
      const outcome = result.outcome;
      const decided = stepTo(submitted, outcome === 'approve' ? 'decide-by-rules-approve' : 'decide-by-rules-refuse');
      await saveRow(tx, { ...sent, state: decided, decidedAt: at });
      await recordDecision(needs, tx, row, service, { outcome, decidedBy: 'rules', reasonIds: result.reasons }, at);
      return true;
    });
    if (!isSigned) throw problem('second-signature-needed');
    return getMyCase(person, caseId);
  };

  const withdrawCase = async (person: Person, caseId: string): Promise<CaseView> => {
    await withdraw(needs, person, caseId);
    return getMyCase(person, caseId);
  };

  /** Withdraws what was not sent, and nothing else. */
  const discardDraft = async (person: Person, caseId: string, expectedVersion: number): Promise<CaseSummary> => {
    await withdraw(needs, person, caseId, (row) => {
      stepInDraft(row);
      refuseOther(row, expectedVersion);
    });
    const row = await own(person, caseId);
    return describeSummary(row, await catalogue.getService(row.serviceId, row.serviceVersion), here());
  };

  const readDocument = async (person: Person, caseId: string, kind: DocumentKind) => {
    const row = await own(person, caseId);
    refuseErased(row);
    const decision = (await listEvents(database.db, caseId)).filter(isDecision).length;
    const document = await findDocument(database.db, caseId, decision, kind);
    if (!document) throw problem('document-unknown');
    return { ...document, reference: row.reference };
  };

  return {
    startCase,
    listMyCases,
    getMyCase,
    describeNeeds,
    openPage,
    searchLookUp,
    saveAnswers,
    recordEvidence,
    submitCase,
    withdrawCase,
    discardDraft,
    ...createDraftSaving(needs, lookingUp),
    readDocument,
    askForMore: requests.askForMore,
    answerRequest: requests.answerRequest,
  };
}
