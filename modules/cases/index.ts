import type { ModuleMigrations } from '#kernel/database';
import { dateIn } from '#kernel/languages';
import { checkCalendar, countWorkingDays } from './calendar.ts';
import { type CaseSummary, casesContract } from './contract.ts';
import { createDecidedCases } from './decided.ts';
import { createDrafts } from './drafts/service.ts';
import { createHandlers } from './handlers.ts';
import { createMeasures } from './measures/service.ts';
import { up as cases } from './migrations/0001-cases.ts';
import { up as ratings } from './migrations/0002-ratings.ts';
import { up as representatives } from './migrations/0003-representatives.ts';
import { up as renewals } from './migrations/0010-renewals.ts';
import type { CasesNeeds } from './needs.ts';
import { createOfficeCases } from './office.ts';
import { createRenewals } from './renewals/service.ts';
import { createPersonCases } from './service.ts';

export const casesMigrations: ModuleMigrations = {
  module: 'cases',
  migrations: {
    '0001-cases': { up: cases },
    '0002-ratings': { up: ratings },
    '0003-representatives': { up: representatives },
    '0010-renewals': { up: renewals },
  },
};

/** Facts that are put on the queue in the transaction that makes them true; each carries `{ caseId }`. */
export const caseFacts = [
  'case-submitted',
  'case-decided',
  'case-withdrawn',
  'case-renewal-due',
  'case-draft-ending',
] as const;

/** The cases of one state. Declares its queues at once, so create it before the jobs are started. */
export function createCases(needs: CasesNeeds) {
  checkCalendar(needs.calendar);
  for (const fact of caseFacts) needs.jobs.queue(fact);
  const applying = createPersonCases(needs);
  const { start: startRenewals, stop: stopRenewals, ...renewing } = createRenewals(needs, applying);
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
  const drafts = createDrafts(needs);
  const office = createOfficeCases(needs);
  const measures = createMeasures(needs);
  return {
    ...persons,
    ...office,
    ...measures,
    ...createDecidedCases(needs),
    ...renewing,
    expireDrafts: drafts.expireDrafts,
    announceEnding: drafts.announceEnding,
    start: () => {
      drafts.start();
      startRenewals();
    },
    stop: async () => {
      await Promise.all([drafts.stop(), stopRenewals()]);
    },

    /** Working days of this state from now until a date; negative when it has passed. */
    countWorkingDaysTo: (dueOn: string) =>
      countWorkingDays(dateIn(needs.clock.now(), needs.calendar.timeZone), dueOn, needs.calendar),
    contract: casesContract,
    handlers: createHandlers({ ...persons, ...renewing, ...office, ...measures }),
  };
}

export type Cases = ReturnType<typeof createCases>;

export type { Calendar } from './calendar.ts';
export * from './contract.ts';
export type { CredentialData, DecidedCase, DocumentData, ToldCase } from './decided.ts';
export type { ServiceMeasures } from './measures/contract.ts';
export type { CasesNeeds } from './needs.ts';
export type { Officer, Person, Representative } from './rules.ts';
export type { CaseNeeds, SavedPage } from './service.ts';
