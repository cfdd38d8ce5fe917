import type { Tx } from '#kernel/database';
import type { Service } from '#modules/catalogue';
import { addWorkingDays } from '../calendar.ts';
import { officeStates, stepTo } from '../chart.ts';
import { recordDecision } from '../decisions/service.ts';
import { askAgain } from '../evidence/service.ts';
import { isUnpaid } from '../fees.ts';
import { passConsent } from '../losses/service.ts';
import { listWithoutConsent } from '../losses/store.ts';
import { type CasesNeeds, dayOf, getRow, holdRow, recordOf, saveRow } from '../needs.ts';
import { passRequest } from '../requests/service.ts';
import { listRequestsDue } from '../requests/store.ts';
import { appendEvent, type CaseRow, listDueBy } from '../store.ts';
import { escalationOf } from './rules.ts';

/** Does what is due in a case that is held; false when nothing is. The service was read before: no other connection is used here. */
type Pass = (tx: Tx, row: CaseRow, service: Service, at: Date) => Promise<boolean>;

const atOnce = 100;
/** As far ahead as a service may have its supervisors told. */
const mostDaysBefore = 60;

/** What the calendar does to cases: reminders, the end of a time to answer, late cases told to supervisors, silence that decides. */
export function createDeadlines(needs: CasesNeeds) {
  const { database, clock, catalogue, calendar, log } = needs;

  const serviceOf = (row: CaseRow) => catalogue.getService(row.serviceId, row.serviceVersion);

  /** One case, in one transaction: whatever was done for it before, by another process or before a crash, is found done. */
  const passOne = async (caseId: string, pass: Pass): Promise<number> => {
    try {
      const service = await serviceOf(await getRow(needs, caseId, () => true));
      return await database.transaction(async (tx) => {
        const row = await holdRow(tx, caseId, () => true);
        return (await pass(tx, row, service, clock.now())) ? 1 : 0;
      });
    } catch (error) {
      // One case that fails keeps no other from its due; it is tried again with the next look.
      log.error({ err: error, caseId }, 'a deadline of a case could not be passed');
      return 0;
    }
  };

  /** What the calendar asks for in a case now, if anything. */
  const dueIn = (row: CaseRow, { casework: { deadline } }: Service, today: string): 'silence' | 1 | 2 | undefined => {
    if (!deadline || !row.dueOn || row.workingDaysLeft !== undefined || !officeStates.includes(row.state)) return;
    const { silence, escalateWorkingDaysBefore } = deadline;
    // The due day is over. A case that was decided before has its decision, whoever looks at it again.
    if (silence && today > row.dueOn && !row.decidedAt) return 'silence';
    const level = escalationOf(today, row.dueOn, escalateWorkingDaysBefore, calendar);
    return level > (row.escalation ?? 0) && level !== 0 ? level : undefined;
  };

  /** Silence approves nothing that does not stand any more: what has to is asked for again, as before an officer's approval. */
  const stands = async (row: CaseRow, service: Service): Promise<boolean> => {
    if (service.casework.deadline?.silence?.outcome !== 'approve') return true;
    try {
      await askAgain(needs, row, service);
      return true;
    } catch (error) {
      log.warn({ err: error, caseId: row.id }, 'evidence could not be asked for again before silence decides');
      return false;
    }
  };

  const passDue: Pass = async (tx, row, service, at) => {
    const due = dueIn(row, service, dayOf(needs, at));
    if (due === undefined) return false;
    if (due === 'silence') {
      // Silence gives nobody what has to be paid for.
      if (await isUnpaid(needs, tx, row)) return false;
      const { outcome, reason } = service.casework.deadline!.silence!;
      const next = stepTo(row.state, `silence-${outcome}`);
      await saveRow(tx, { ...row, state: next, updatedAt: at, decidedAt: at, escalation: 2, assignment: undefined });
      await recordDecision(needs, tx, row, service, { outcome, decidedBy: 'silence', reasonIds: [reason] }, at);
      return true;
    }
    await saveRow(tx, { ...row, state: stepTo(row.state, 'escalate'), updatedAt: at, escalation: due });
    const kind = due === 2 ? 'case-late' : 'case-nearly-late';
    await appendEvent(tx, { caseId: row.id, kind, actor: { kind: 'node' }, body: { dueOn: row.dueOn! }, at });
    const record = { ...recordOf(needs, row), dueOn: row.dueOn!, isLate: due === 2 };
    await needs.ledger.append(tx, { kind: 'case-escalated', record, personId: row.personId });
    await needs.jobs.send(tx, 'case-escalated', { caseId: row.id }, { key: row.id });
    return true;
  };

  /** Does what is due by now. Answers how many cases it moved: a second call at the same moment moves none. */
  const passDeadlines = async (): Promise<number> => {
    const { db } = database;
    const today = dayOf(needs, clock.now());
    let passed = 0;
    for (const caseId of await listRequestsDue(db, today, atOnce))
      passed += await passOne(caseId, (tx, row, service, at) => passRequest(needs, tx, row, service, at));
    for (const caseId of await listWithoutConsent(db, today, atOnce))
      passed += await passOne(caseId, (tx, row, _service, at) => passConsent(needs, tx, row, at));
    const until = addWorkingDays(today, mostDaysBefore, calendar);
    for (let rows = await listDueBy(db, until, atOnce); ; rows = await listDueBy(db, until, atOnce, rows.at(-1))) {
      for (const row of rows) {
        const service = await serviceOf(row);
        const due = dueIn(row, service, today);
        if (due !== undefined && (due !== 'silence' || (await stands(row, service))))
          passed += await passOne(row.id, passDue);
      }
      if (rows.length < atOnce) return passed;
    }
  };

  return { passDeadlines };
}
