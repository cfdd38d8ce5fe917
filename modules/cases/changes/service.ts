import type { Tx } from '#kernel/database';
import type { Service } from '#modules/catalogue';
import { isFinal } from '../appeals/rules.ts';
import { listAppeals } from '../appeals/store.ts';
import { addWorkingDays } from '../calendar.ts';
import { type Step, stepTo } from '../chart.ts';
import { problem } from '../contract.ts';
import { type DecisionBody, decisionIdOf, isDecision } from '../decisions/rules.ts';
import { recordDecision } from '../decisions/service.ts';
import { listEvidence } from '../evidence/store.ts';
import { getForStep, holdForOfficer, officerActor } from '../holding.ts';
import { keepNames } from '../names/store.ts';
import { type CasesNeeds, dayOf, recordOf, saveRow, standingOf } from '../needs.ts';
import { readOwnWords, readText } from '../own-words.ts';
import { refuseErased } from '../retention/rules.ts';
import type { Officer } from '../rules.ts';
import type { Standing } from '../standing.ts';
import { appendEvent, type CaseRow, listEvents } from '../store.ts';
import type { Correction, Reasoned } from './contract.ts';
import { correctedEvidence } from './rules.ts';
import { insertCorrection, listCorrections } from './store.ts';

/** What an office can do about a decision that turns out wrong. The person is told each time, and why. */
export function createChanges(needs: CasesNeeds) {
  const { database, clock, catalogue, calendar } = needs;

  const serviceOf = async (officer: Officer, caseId: string): Promise<Service> => {
    const { serviceId, serviceVersion } = await getForStep(needs, officer, caseId, 'decide');
    return catalogue.getService(serviceId, serviceVersion);
  };
  const checkReason = (offered: Record<string, unknown> | undefined, reasonId: string) => {
    if (!offered || !Object.hasOwn(offered, reasonId)) throw problem('change-not-offered');
  };

  type Told = { kind: string; fact: 'case-corrected' | 'case-reopened' | 'case-cancelled'; at: Date };
  /** Event, ledger entry and announcement of a change; own words are in the event alone. */
  const tell = async (tx: Tx, row: CaseRow, officer: Officer, posted: Reasoned, { kind, fact, at }: Told) => {
    const ownWords = readOwnWords(posted);
    await appendEvent(tx, {
      caseId: row.id,
      kind,
      actor: officerActor(officer),
      body: { reasonId: posted.reasonId, ...(ownWords ? { ownWords } : {}), by: officer.name ?? '' },
      at,
    });
    const record = { ...recordOf(needs, row), reason: posted.reasonId };
    await needs.ledger.append(tx, { kind: fact, record, personId: row.personId });
    await needs.jobs.send(tx, fact, { caseId: row.id }, { key: row.id });
  };

  const step = async (
    officer: Officer,
    caseId: string,
    posted: Reasoned,
    name: Step,
    change: (tx: Tx, row: CaseRow, at: Date) => Promise<Partial<CaseRow>>,
  ): Promise<Standing> =>
    database.transaction(async (tx) => {
      const { expectedVersion } = posted;
      const row = await holdForOfficer(needs, tx, officer, { caseId, expectedVersion, duty: 'decide' });
      // Taking back what was issued needs nothing of what the case held.
      if (name !== 'cancel') refuseErased(row);
      const next = stepTo(row.state, name);
      const at = clock.now();
      return standingOf(await saveRow(tx, { ...row, state: next, updatedAt: at, ...(await change(tx, row, at)) }));
    });

  /** The same decision again, with right values: its documents are made anew. */
  const correctDecision = async (officer: Officer, caseId: string, posted: Correction): Promise<Standing> => {
    const service = await serviceOf(officer, caseId);
    const rules = service.casework.changes;
    checkReason(rules?.corrections, posted.reasonId);
    const fields: Record<string, string> = {};
    for (const [path, typed] of Object.entries(posted.fields)) {
      if (!rules!.fields.includes(path)) throw problem('change-not-offered');
      const value = readText(typed);
      if (value !== undefined) fields[path] = value;
    }
    return step(officer, caseId, posted, 'correct', async (tx, row, at) => {
      const values = correctedEvidence(await listEvidence(tx, caseId), await listCorrections(tx, caseId));
      for (const [path, value] of Object.entries(fields)) {
        const [, type, field] = path.split('.');
        if (values[type!]?.[field!] === value) delete fields[path];
      }
      if (Object.keys(fields).length === 0) throw problem('correction-empty');
      const events = await listEvents(tx, caseId);
      const decisions = events.filter(isDecision);
      const last = decisions.at(-1)!.body as DecisionBody;
      const corrected = Object.entries(fields).map(([path, value]) => [path.split('.')[2]!, value]);
      await keepNames(tx, caseId, Object.fromEntries(corrected));
      await insertCorrection(tx, caseId, { decision: decisions.length + 1, fields }, at);
      await tell(tx, row, officer, posted, { kind: 'decision-corrected', fact: 'case-corrected', at });
      await recordDecision(
        needs,
        tx,
        row,
        service,
        {
          outcome: row.state === 'approved' ? 'approve' : 'refuse',
          decidedBy: last.decidedBy,
          ...(last.decidedBy === 'officer' ? { officer } : {}),
          reasonIds: last.reasonIds ?? [],
          ...(last.conditionIds ? { conditionIds: last.conditionIds } : {}),
          ...(last.ownWords ? { ownWords: last.ownWords } : {}),
          ...(last.items ? { items: last.items } : {}),
          because: 'correction',
          isFinal: isFinal({ events, appeals: await listAppeals(tx, caseId) }),
        },
        at,
      );
      return { decidedAt: at };
    });
  };

  const reopenCase = async (officer: Officer, caseId: string, posted: Reasoned): Promise<Standing> => {
    const service = await serviceOf(officer, caseId);
    checkReason(service.casework.changes?.reopenings, posted.reasonId);
    return step(officer, caseId, posted, 'reopen', async (tx, row, at) => {
      await tell(tx, row, officer, posted, { kind: 'case-reopened', fact: 'case-reopened', at });
      return {
        assignment: { officerId: officer.personId, officerName: officer.name ?? '', assignedAt: at },
        dueOn: addWorkingDays(dayOf(needs, at), service.definition.serviceLevel.workingDays, calendar),
        escalation: 0,
      };
    });
  };

  const cancelDecision = async (officer: Officer, caseId: string, posted: Reasoned): Promise<Standing> => {
    const service = await serviceOf(officer, caseId);
    checkReason(service.casework.changes?.cancellations, posted.reasonId);
    return step(officer, caseId, posted, 'cancel', async (tx, row, at) => {
      await tell(tx, row, officer, posted, { kind: 'case-cancelled', fact: 'case-cancelled', at });
      const decisionId = decisionIdOf(await listEvents(tx, caseId), caseId);
      await needs.onDecisionEnded?.(tx, { decisionId, as: 'cancelled', at });
      return {};
    });
  };

  return { correctDecision, reopenCase, cancelDecision };
}
