import type { Tx } from '#kernel/database';
import { mayTake, stepTo } from '../chart.ts';
import { eraseContents } from '../drafts/store.ts';
import { type CasesNeeds, recordOf, saveRow } from '../needs.ts';
import { endRequest } from '../requests/store.ts';
import { appendEvent, holdCase, listEvents } from '../store.ts';
import { listCasesBegunBy, listCasesToStop } from './store.ts';

export type Death = {
  /** This node's own id of whoever died. */
  personId: string;
  /** ISO 8601 day. */
  diedOn: string;
};

/**
 * What the death of a person makes of cases: their own that are not decided stop, for nobody decides about the dead as if they lived; those that
 * they began for a company or a child go on, and the office sees it. Decided cases stay as they are.
 */
export function createDeaths(needs: CasesNeeds) {
  /** In the transaction of whoever hears of it; hearing it again changes nothing. */
  const noteDeath = async (tx: Tx, { personId, diedOn }: Death): Promise<void> => {
    const at = needs.clock.now();
    for (const caseId of await listCasesToStop(tx, personId)) {
      const row = await holdCase(tx, caseId);
      if (!row || !mayTake(row.state, 'stop') || row.decidedAt) continue;
      const wasDraft = row.state === 'draft';
      const stopped = {
        state: stepTo(row.state, 'stop'),
        assignment: undefined,
        workingDaysLeft: undefined,
        consentBy: undefined,
      };
      await saveRow(tx, { ...row, ...stopped, updatedAt: at });
      await endRequest(tx, caseId, { outcome: 'ended', at });
      // What was never handed in is nobody's business any more.
      if (wasDraft) await eraseContents(tx, caseId);
      await appendEvent(tx, { caseId, kind: 'case-stopped', actor: { kind: 'node' }, body: { diedOn }, at });
      await needs.ledger.append(tx, { kind: 'case-stopped', record: recordOf(needs, row), personId });
      if (!wasDraft) await needs.jobs.send(tx, 'case-stopped', { caseId }, { key: caseId });
    }
    for (const caseId of await listCasesBegunBy(tx, personId)) {
      const row = await holdCase(tx, caseId);
      const isKnown = (await listEvents(tx, caseId)).some(({ kind }) => kind === 'representative-died');
      if (!row || isKnown) continue;
      await appendEvent(tx, { caseId, kind: 'representative-died', actor: { kind: 'node' }, body: { diedOn }, at });
      if (row.submittedAt) await needs.jobs.send(tx, 'case-stopped', { caseId }, { key: caseId });
    }
  };
  return { noteDeath };
}
