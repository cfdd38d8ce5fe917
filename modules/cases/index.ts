import type { ModuleMigrations } from '#kernel/database';
import { dateIn } from '#kernel/languages';
import { createLoop } from '#kernel/loop';
import { createAbsences } from './absences/service.ts';
import { createAgain } from './again/service.ts';
import { createAppeals } from './appeals/service.ts';
import { createAssigning } from './assigning/service.ts';
import { createAudit } from './audit/service.ts';
import { createAwaiting } from './awaited/service.ts';
import { checkCalendar, countWorkingDays } from './calendar.ts';
import { createChanges } from './changes/service.ts';
import { createChecklist } from './checklist/service.ts';
import { createComparing } from './comparing/service.ts';
import { type CaseSummary, casesContract } from './contract.ts';
import { createDeadlines } from './deadlines/service.ts';
import { createDeaths } from './deaths/service.ts';
import { createDecidedCases } from './decided.ts';
import { createConfirmations } from './decisions/service.ts';
import { createDraftedDecisions } from './drafted/service.ts';
import { createEntries } from './drafts/entries.ts';
import { createDrafts } from './drafts/service.ts';
import { createFeeDoor } from './fees.ts';
import { createFiles } from './files/service.ts';
import { createHandlers } from './handlers.ts';
import { createKeptForms } from './kept/service.ts';
import { createLosses } from './losses/service.ts';
import { createMeasures } from './measures/service.ts';
import { createMessages } from './messages/service.ts';
import { up as cases } from './migrations/0001-cases.ts';
import { up as ratings } from './migrations/0002-ratings.ts';
import { up as representatives } from './migrations/0003-representatives.ts';
import { up as files } from './migrations/0004-files.ts';
import { up as requests } from './migrations/0005-requests.ts';
import { up as decisions } from './migrations/0006-decisions.ts';
import { up as appeals } from './migrations/0007-appeals.ts';
import { up as deadlines } from './migrations/0008-deadlines.ts';
import { up as messages } from './migrations/0009-messages.ts';
import { up as renewals } from './migrations/0010-renewals.ts';
import { up as queue } from './migrations/0011-queue.ts';
import { up as changes } from './migrations/0012-changes.ts';
import { up as counting } from './migrations/0013-counting.ts';
import { up as prefills } from './migrations/0014-prefills.ts';
import { up as desk } from './migrations/0016-desk.ts';
import { up as names } from './migrations/0017-names.ts';
import { up as retention } from './migrations/0020-retention.ts';
import { up as losses } from './migrations/0021-losses.ts';
import { up as readings } from './migrations/0022-readings.ts';
import { up as requestFiles } from './migrations/0023-request-files.ts';
import { up as systemTables } from './migrations/0024-systems.ts';
import { up as awaited } from './migrations/0025-awaited.ts';
import { up as decidedAs } from './migrations/0026-decided-as.ts';
import { up as visitsOfOfficers } from './migrations/0027-visits-of-officers.ts';
import { up as draftedDecisions } from './migrations/0028-drafted-decisions.ts';
import type { CasesNeeds } from './needs.ts';
import { createOfficeCases } from './office.ts';
import { createPrefills } from './prefills/service.ts';
import { createProcess } from './process/service.ts';
import { createQueue } from './queue/service.ts';
import { createReadings } from './readings/service.ts';
import { createRenewals } from './renewals/service.ts';
import { createRepeats } from './repeats/service.ts';
import { createRepresentation } from './representation/service.ts';
import { createRetention } from './retention/service.ts';
import { createReturns } from './returns/service.ts';
import { createRoles } from './roles/service.ts';
import { createSavedViews } from './saved-views/service.ts';
import { createPersonCases } from './service.ts';
import { createSharing } from './sharing/service.ts';
import { createSystemCases } from './systems/service.ts';
import { createWorkload } from './workload/service.ts';

export const casesMigrations: ModuleMigrations = {
  module: 'cases',
  migrations: {
    '0001-cases': { up: cases },
    '0002-ratings': { up: ratings },
    '0003-representatives': { up: representatives },
    '0004-files': { up: files },
    '0005-requests': { up: requests },
    '0006-decisions': { up: decisions },
    '0007-appeals': { up: appeals },
    '0008-deadlines': { up: deadlines },
    '0009-messages': { up: messages },
    '0010-renewals': { up: renewals },
    '0011-queue': { up: queue },
    '0012-changes': { up: changes },
    '0013-counting': { up: counting },
    '0014-prefills': { up: prefills },
    '0016-desk': { up: desk },
    '0017-names': { up: names },
    '0020-retention': { up: retention },
    '0021-losses': { up: losses },
    '0022-readings': { up: readings },
    '0023-request-files': { up: requestFiles },
    '0024-systems': { up: systemTables },
    '0025-awaited': { up: awaited },
    '0026-decided-as': { up: decidedAs },
    '0027-visits-of-officers': { up: visitsOfOfficers },
    '0028-drafted-decisions': { up: draftedDecisions },
  },
};

/** Facts that are put on the queue in the transaction that makes them true; each carries `{ caseId }`. */
export const caseFacts = [
  'case-evidence-received',
  'case-submitted',
  'case-decided',
  'case-withdrawn',
  'case-information-requested',
  'case-information-reminded',
  'case-information-given',
  'case-information-not-given',
  'case-appealed',
  'case-appeal-decided',
  'case-corrected',
  'case-reopened',
  'case-cancelled',
  'case-escalated',
  'case-stopped',
  'case-assigned',
  'case-applicant-acted',
  'case-consent-lost',
  'case-message-written',
  'case-partner-answered',
  'case-renewal-due',
  'case-source-back',
  'case-draft-ending',
  'case-expired',
] as const;

const draftsEveryMs = 3_600_000;
const renewalsEveryMs = 3_600_000;
/** Nothing is due more often than once a day; a node that was away makes up for it soon. */
const retentionEveryMs = 3_600_000;
const deadlinesEveryMs = 600_000;
const scansEveryMs = 60_000;
const returnsEveryMs = 60_000;
const sourcesEveryMs = 60_000;

/** The cases of one state. Declares its queues at once, so create it before the jobs are started. */
export function createCases(needs: CasesNeeds) {
  checkCalendar(needs.calendar);
  for (const fact of caseFacts) needs.jobs.queue(fact);
  const applying = createPersonCases(needs);
  const renewing = createRenewals(needs, applying);
  const again = createAgain(needs, applying);
  const process = createProcess(needs);
  /** With what ends some day, and can be renewed. */
  const withValidity = async <Seen extends CaseSummary>(seen: Seen[]): Promise<Seen[]> => {
    const approved = seen.filter(({ state }) => state === 'approved').map(({ id }) => id);
    const validities = await renewing.findValidities(approved);
    return seen.map((one) => {
      const validity = validities.get(one.id);
      return validity === undefined ? one : { ...one, validity };
    });
  };
  const persons = {
    ...applying,
    getMyCase: async (...of: Parameters<typeof applying.getMyCase>) =>
      (await withValidity([await applying.getMyCase(...of)]))[0]!,
    listMyCases: async (...of: Parameters<typeof applying.listMyCases>) =>
      withValidity(await applying.listMyCases(...of)),
  };
  const office = { ...createOfficeCases(needs), ...createQueue(needs) };
  const steps = {
    ...createAssigning(needs),
    ...createChecklist(needs),
    ...createDraftedDecisions(needs),
    ...createConfirmations(needs),
    ...createAppeals(needs),
    ...createChanges(needs),
    ...createMessages(needs),
  };
  const desk = {
    ...createAbsences(needs),
    ...createSavedViews(needs),
    ...createWorkload(needs),
    ...createAudit(needs),
    ...createComparing(needs),
  };
  const measures = createMeasures(needs);
  const drafts = createDrafts(needs);
  const files = createFiles(needs);
  const systems = createSystemCases(needs, { ...office, ...files });
  const deadlines = createDeadlines(needs);
  const returns = createReturns(needs);
  const retention = createRetention(needs);
  const kept = createKeptForms(needs);
  const awaiting = createAwaiting(needs);
  const every = (everyMs: number, turn: () => Promise<unknown>, failed: string) =>
    createLoop({ work: () => turn().then(() => false), everyMs, log: needs.log, failed });
  const rounds = [
    every(draftsEveryMs, drafts.expireDrafts, 'drafts that have ended could not be erased'),
    every(draftsEveryMs, drafts.announceEnding, 'drafts near their end could not be announced'),
    every(renewalsEveryMs, renewing.offerRenewals, 'renewals that are due could not be offered'),
    every(deadlinesEveryMs, deadlines.passDeadlines, 'deadlines of cases could not be passed'),
    every(draftsEveryMs, kept.forgetForms, 'kept forms could not be erased'),
    every(returnsEveryMs, returns.returnCases, 'cases of former officers could not go back to the queue'),
    every(retentionEveryMs, retention.eraseEnded, 'ended cases could not be erased'),
    every(sourcesEveryMs, awaiting.lookForSources, 'sources that people wait for could not be looked for'),
    every(retentionEveryMs, systems.forgetCalls, 'old calls of systems could not be dropped'),
    every(scansEveryMs, files.scanWaiting, 'waiting files could not be scanned'),
  ];
  return {
    ...persons,
    ...office,
    ...steps,
    ...measures,
    ...createDecidedCases(needs),
    ...createFeeDoor(needs),
    ...createSharing(needs),
    ...renewing,
    ...again,
    ...process,
    ...drafts,
    ...files,
    ...createEntries(needs),
    ...awaiting,
    ...deadlines,
    ...returns,
    ...retention,
    ...createRoles(needs),
    ...createReadings(needs),
    forgetCalls: systems.forgetCalls,
    ...createDeaths(needs),
    ...createLosses(needs),
    ...kept,
    ...createRepeats(needs),
    ...createRepresentation(needs),
    ...desk,
    ...createPrefills(needs, applying.startCase),
    start: () => {
      for (const round of rounds) round.start();
    },
    stop: async () => {
      for (const round of rounds) await round.stop();
    },

    /** Working days of this state from now until a date; negative when it has passed. */
    countWorkingDaysTo: (dueOn: string) =>
      countWorkingDays(dateIn(needs.clock.now(), needs.calendar.timeZone), dueOn, needs.calendar),
    contract: casesContract,
    handlers: createHandlers({
      ...persons,
      ...renewing,
      ...again,
      ...process,
      ...office,
      ...steps,
      ...desk,
      ...measures,
      ...files,
      ...retention,
      systems,
    }),
  };
}

export type Cases = ReturnType<typeof createCases>;

export type { Absence, Colleague } from './absences/contract.ts';
export type { StillOpen } from './afterwards/contract.ts';
export type { BegunFrom } from './again/contract.ts';
export type { OfficerStep } from './audit/service.ts';
export { addWorkingDays, type Calendar, countWorkingDays } from './calendar.ts';
export { whoseTurn } from './chart.ts';
export type { Comparable } from './comparing/service.ts';
export * from './contract.ts';
export type { CredentialData, DecidedCase, ToldCase, ToldContact } from './decided.ts';
export type { DraftedDecision } from './drafted/service.ts';
export type { EntryPage, EntryPlace } from './drafts/entries.ts';
export { findPrefills } from './drafts/prefills.ts';
export type { CaseNeeds } from './evidence/contract.ts';
export type { FeeCase, FeeFacts } from './fees.ts';
export { downloadOf } from './files/downloads.ts';
export { createFileJudge } from './files/judging.ts';
export type { OpenedFile } from './files/service.ts';
export type { KeptPlace } from './kept/service.ts';
export type { ServiceMeasures } from './measures/contract.ts';
export type { CasesNeeds } from './needs.ts';
export type { Prefill } from './prefills/store.ts';
export type { Process, ProcessState, ProcessStep } from './process/contract.ts';
export type { Reading } from './readings/service.ts';
export { shiftDate } from './renewals/rules.ts';
export type { Officer, Person, Representative } from './rules.ts';
export { type SavedView, viewNameMax } from './saved-views/contract.ts';
export type { SavedPage } from './service.ts';
export type { Audience, CaseToShare } from './sharing/service.ts';
export { type DocumentData, trialDocument } from './sheets.ts';
export { trySampleDocument } from './trials.ts';
export type { ApplicantNews } from './visits/telling.ts';
export type { Workload } from './workload/contract.ts';
