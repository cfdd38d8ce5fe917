import type { Tx } from '#kernel/database';
import type { Service } from '#modules/catalogue';
import { addWorkingDays } from '../calendar.ts';
import { mayTake, stepTo } from '../chart.ts';
import { problem } from '../contract.ts';
import { startClock, stopClock } from '../deadlines/rules.ts';
import { listEvidence } from '../evidence/store.ts';
import { keepNames } from '../names/store.ts';
import { namingEvidence } from '../names/words.ts';
import { type CasesNeeds, dayOf, recordOf, saveRow } from '../needs.ts';
import { endRequest } from '../requests/store.ts';
import { missingEvidence } from '../rules.ts';
import { appendEvent, type CaseRow, holdCase } from '../store.ts';
import { tellHolder } from '../visits/telling.ts';
import { consentWorkingDays } from './rules.ts';
import { eraseUnder, forgetNames, listUnder, markWithdrawn } from './store.ts';

const node = { kind: 'node' as const };

/**
 * What the withdrawal of a consent makes of cases that are not decided: what came with it is neither shown to the office nor decided upon, and
 * a case that was sent stands still until there is a new consent, or its last day is over. Decided cases stay as they are.
 */
export function createLosses(needs: CasesNeeds) {
  const { clock, calendar } = needs;

  const loseOne = async (tx: Tx, caseId: string, consentId: string): Promise<void> => {
    const row = await holdCase(tx, caseId);
    if (!row || row.decidedAt || !mayTake(row.state, 'lose-consent')) return;
    const before = await listEvidence(tx, caseId);
    const evidenceTypes = before.filter((one) => one.consentId === consentId).map(({ evidenceType }) => evidenceType);
    const at = clock.now();
    if (row.state === 'draft') await eraseUnder(tx, caseId, consentId);
    else await markWithdrawn(tx, caseId, consentId, at);
    // What something newer has taken the place of was decided upon by nobody.
    if (evidenceTypes.length === 0) return;
    const left = await listEvidence(tx, caseId);
    await forgetNames(tx, caseId);
    for (const { evidenceType, values } of left)
      if (namingEvidence.includes(evidenceType)) await keepNames(tx, caseId, values);
    const next = { ...row, state: stepTo(row.state, 'lose-consent'), updatedAt: at };
    await saveRow(tx, row.state === 'draft' ? next : standStill(next, at));
    await appendEvent(tx, { caseId, kind: 'consent-lost', actor: node, body: { evidenceTypes }, at });
    await needs.ledger.append(tx, { kind: 'case-consent-lost', record: recordOf(needs, row), personId: row.personId });
    if (row.state !== 'draft') await needs.jobs.send(tx, 'case-consent-lost', { caseId }, { key: caseId });
    await tellHolder(needs, tx, row, 'consent-lost');
  };

  const standStill = (row: CaseRow, at: Date): CaseRow => {
    const today = dayOf(needs, at);
    return {
      ...stopClock(row, today, calendar),
      consentBy: row.consentBy ?? addWorkingDays(today, consentWorkingDays, calendar),
    };
  };

  return {
    /** In the transaction of whoever hears of it; hearing it again changes nothing. `origin`: web origin of the state that says so, unless it is this one. */
    loseConsent: async (tx: Tx, { consentId, origin }: { consentId: string; origin?: string }): Promise<void> => {
      for (const caseId of await listUnder(tx, consentId, origin)) await loseOne(tx, caseId, consentId);
    },
  };
}

/** Refuses every decision on a case that stands still: neither a person, nor a rule, nor silence decides on withdrawn data. */
export function requireConsent(row: CaseRow): void {
  if (row.consentBy !== undefined) throw problem('consent-lost', { until: row.consentBy });
}

/** After evidence arrived for a case that stood still: goes on once nothing is missing. Answers the row to save. */
export async function goOnWithConsent(
  needs: CasesNeeds,
  tx: Tx,
  row: CaseRow,
  service: Service,
  at: Date,
): Promise<CaseRow> {
  if (row.consentBy === undefined || missingEvidence(service, await listEvidence(tx, row.id)).length > 0) return row;
  await appendEvent(tx, { caseId: row.id, kind: 'consent-restored', actor: node, at });
  await needs.ledger.append(tx, {
    kind: 'case-consent-restored',
    record: recordOf(needs, row),
    personId: row.personId,
  });
  await tellHolder(needs, tx, row, 'consent-given');
  const going = { ...row, consentBy: undefined };
  return row.state === 'waiting-for-person' ? going : startClock(going, dayOf(needs, at), needs.calendar);
}

/** Ends a case for which no new consent came in time. False when that is not due. */
export async function passConsent(needs: CasesNeeds, tx: Tx, row: CaseRow, at: Date): Promise<boolean> {
  if (row.consentBy === undefined || dayOf(needs, at) <= row.consentBy || !mayTake(row.state, 'lapse')) return false;
  await endRequest(tx, row.id, { outcome: 'ended', at });
  await appendEvent(tx, { caseId: row.id, kind: 'consent-not-restored', actor: node, at });
  await needs.ledger.append(tx, {
    kind: 'case-withdrawn',
    record: { ...recordOf(needs, row), because: 'no-consent' },
    personId: row.personId,
  });
  await needs.jobs.send(tx, 'case-withdrawn', { caseId: row.id }, { key: row.id });
  await tellHolder(needs, tx, row, 'consent-not-given');
  const ended = { workingDaysLeft: undefined, assignment: undefined, consentBy: undefined };
  await saveRow(tx, { ...row, ...ended, state: stepTo(row.state, 'lapse'), updatedAt: at });
  return true;
}
