import type { Tx } from '#kernel/database';
import { dateIn, dayEnd } from '#kernel/languages';
import type { Service } from '#modules/catalogue';
import { isDay } from '../absences/rules.ts';
import { appealableUntil } from '../appeals/rules.ts';
import { listAppeals } from '../appeals/store.ts';
import { type DecisionBody, isDecision } from '../decisions/rules.ts';
import { holdForStep, officerActor } from '../holding.ts';
import { type CasesNeeds, dayOf, recordOf } from '../needs.ts';
import { readText } from '../own-words.ts';
import { problem } from '../problems.ts';
import { shiftDate } from '../renewals/rules.ts';
import type { Officer } from '../rules.ts';
import { appendEvent, type CaseRow, holdCase, listEvents } from '../store.ts';
import { type HoldAsked, holdYearsMax, type LegalHold } from './contract.ts';
import { endedBy, keptMembers, keptUntil, refuseErased } from './rules.ts';
import {
  deleteHold,
  eraseCase,
  findHold,
  isBeingRenewed,
  listEndedBefore,
  listKeptVersions,
  markErased,
  saveHold,
} from './store.ts';

const atOnce = 100;
/** What one round does at most; the next goes on. */
const mostInARound = 2_000;

/** Erases what ended cases hold once the time is over that people were told when they agreed. */
export function createRetention(needs: CasesNeeds) {
  const { database, clock, catalogue, calendar, log } = needs;
  const turn = database.turn('cases.retention');
  const today = () => dayOf(needs, clock.now());

  /** What keeps a case beyond its time. It is looked at again with every round. */
  const isKeptOpen = async (tx: Tx, row: CaseRow, service: Service): Promise<boolean> => {
    const on = today();
    const hold = await findHold(tx, row.id);
    if (hold && hold.untilOn >= on) return true;
    const story = { row, service, events: await listEvents(tx, row.id), appeals: await listAppeals(tx, row.id) };
    const appealable = appealableUntil(story, calendar);
    if (appealable !== undefined && appealable >= on) return true;
    return (await isBeingRenewed(tx, row.id)) || (await needs.keepsOpen?.(tx, row.id)) === true;
  };

  /** One case, in one transaction with everything that others hold of it; a second process that comes by finds it done. */
  const eraseOne = (caseId: string, service: Service): Promise<boolean> =>
    database.transaction(async (tx) => {
      const row = await holdCase(tx, caseId);
      const until = row && keptUntil(row, service, calendar.timeZone);
      if (!row || until === undefined || until >= today() || (await isKeptOpen(tx, row, service))) return false;
      const at = clock.now();
      const decisions = (await listEvents(tx, caseId)).filter(isDecision);
      const decisionIds = decisions.map(({ body }) => (body as DecisionBody).decisionId ?? caseId);
      // Before the event of it, so that nobody of another state is told of a case without contents.
      const { reference, officeId } = row;
      await needs.onErased?.(tx, { caseId, reference, officeId, decisionIds });
      await eraseCase(tx, caseId, keptMembers);
      await markErased(tx, caseId, at);
      await appendEvent(tx, { caseId, kind: 'case-erased', actor: { kind: 'node' }, at });
      const record = { ...recordOf(needs, row), endedOn: dateIn(row.endedAt!, calendar.timeZone), keptUntil: until };
      await needs.ledger.append(tx, { kind: 'case-erased', record, personId: row.personId });
      return true;
    });

  const eraseVersion = async (
    version: { serviceId: string; serviceVersion: string },
    most: number,
  ): Promise<number> => {
    const service = await catalogue.getService(version.serviceId, version.serviceVersion);
    const before = dayEnd(endedBy(today(), service), calendar.timeZone);
    let erased = 0;
    for (let after: Awaited<ReturnType<typeof listEndedBefore>>[number] | undefined; erased < most; ) {
      const places = await listEndedBefore(database.db, version, { before, after, limit: atOnce });
      for (const { id } of places.slice(0, most - erased))
        try {
          if (await eraseOne(id, service)) erased += 1;
        } catch (error) {
          // One case that fails keeps no other from being erased; it is tried again with the next round.
          log.error({ err: error, caseId: id }, 'a case could not be erased');
        }
      if (places.length < atOnce) break;
      after = places.at(-1);
    }
    return erased;
  };

  /** Erases what is due today, of one process at a time. Answers how many cases: a second call at the same moment erases none. */
  const eraseEnded = async (most = mostInARound): Promise<number> => {
    if (!(await turn.take())) return 0;
    try {
      let erased = 0;
      for (const version of await listKeptVersions(database.db))
        try {
          erased += await eraseVersion(version, most - erased);
        } catch (error) {
          log.error({ err: error, ...version }, 'ended cases of a service could not be erased');
        }
      return erased;
    } finally {
      await turn.release();
    }
  };

  const holdAsSupervisor = (tx: Tx, officer: Officer, caseId: string): Promise<CaseRow> =>
    holdForStep(needs, tx, officer, caseId, 'supervise');

  const keepLonger = async (officer: Officer, caseId: string, asked: HoldAsked): Promise<LegalHold> => {
    const reason = readText(asked.reason);
    const { untilOn } = asked;
    return database.transaction(async (tx) => {
      const row = await holdAsSupervisor(tx, officer, caseId);
      refuseErased(row);
      const on = today();
      if (!isDay(untilOn) || untilOn < on || untilOn > shiftDate(on, `P${holdYearsMax}Y`))
        throw problem('hold-days-wrong');
      if (reason === undefined) throw problem('hold-reason-missing');
      const at = clock.now();
      const setByName = officer.name ?? '';
      await saveHold(tx, caseId, { untilOn, reason, setBy: officer.personId, setByName, setAt: at });
      const body = { by: setByName, until: untilOn };
      await appendEvent(tx, { caseId, kind: 'case-kept-longer', actor: officerActor(officer), body, at });
      const record = { ...recordOf(needs, row), untilOn };
      await needs.ledger.append(tx, { kind: 'case-kept-longer', record, personId: row.personId });
      return { untilOn, reason, setBy: setByName };
    });
  };

  /** Ending what is not there is no step of the case. */
  const endHold = (officer: Officer, caseId: string): Promise<boolean> =>
    database.transaction(async (tx) => {
      const row = await holdAsSupervisor(tx, officer, caseId);
      if (!(await deleteHold(tx, caseId))) return false;
      const at = clock.now();
      const body = { by: officer.name ?? '' };
      await appendEvent(tx, { caseId, kind: 'case-hold-ended', actor: officerActor(officer), body, at });
      const record = recordOf(needs, row);
      await needs.ledger.append(tx, { kind: 'case-hold-ended', record, personId: row.personId });
      return true;
    });

  return { eraseEnded, keepLonger, endHold };
}
