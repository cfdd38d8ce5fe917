import { stepTo } from './chart.ts';
import { eraseContents } from './drafts/store.ts';
import { type CasesNeeds, holdRow, recordOf, saveRow } from './needs.ts';
import { problem } from './problems.ts';
import { endRequest } from './requests/store.ts';
import { actorOf, mayReadAsPerson, type Person } from './rules.ts';
import { appendEvent, type CaseRow } from './store.ts';
import { tellHolder } from './visits/telling.ts';

/** Withdraws what is not decided yet; `check` may refuse, on the case that is held. Of a draft the contents are erased. */
export async function withdraw(
  needs: CasesNeeds,
  person: Person,
  caseId: string,
  check: (row: CaseRow) => void = () => undefined,
): Promise<void> {
  await needs.database.transaction(async (tx) => {
    const row = await holdRow(tx, caseId, (one) => mayReadAsPerson(one, person));
    check(row);
    const at = needs.clock.now();
    const next = stepTo(row.state, 'withdraw');
    // A case that was reopened has a decision that stands.
    if (row.decidedAt) throw problem('case-step-refused');
    const withdrawn = { assignment: undefined, workingDaysLeft: undefined, consentBy: undefined };
    await saveRow(tx, { ...row, ...withdrawn, state: next, updatedAt: at });
    await endRequest(tx, caseId, { outcome: 'ended', at });
    // What was never handed in is nobody's business any more.
    if (row.state === 'draft') await eraseContents(tx, caseId);
    await appendEvent(tx, { caseId, kind: 'case-withdrawn', actor: actorOf(person), at });
    await needs.ledger.append(tx, { kind: 'case-withdrawn', record: recordOf(needs, row), personId: row.personId });
    await needs.jobs.send(tx, 'case-withdrawn', { caseId }, { key: caseId });
    await tellHolder(needs, tx, row, 'withdrew');
  });
}
