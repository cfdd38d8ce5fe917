import { openStates, stepTo } from '../chart.ts';
import { type CasesNeeds, saveRow } from '../needs.ts';
import { appendEvent, holdCase } from '../store.ts';
import { listHolders } from './store.ts';

/** What becomes of cases that an officer has in hand who is none of the office any more. */
export function createReturns(needs: CasesNeeds) {
  const { database, clock } = needs;

  /**
   * Such cases go back to the queue; what a person owes an answer to, or a second officer a confirmation, waits on without anybody's name.
   * Answers how many went back.
   */
  const returnCases = async (): Promise<number> => {
    const { isOfficer } = needs;
    if (!isOfficer) return 0;
    let returned = 0;
    for (const { caseId, officerId, officeId } of await listHolders(database.db)) {
      if (await isOfficer(officerId, officeId)) continue;
      returned += await database.transaction(async (tx) => {
        const row = await holdCase(tx, caseId);
        if (row?.assignment?.officerId !== officerId || !openStates.includes(row.state)) return 0;
        const at = clock.now();
        const by = row.assignment.officerName;
        const state = row.state === 'in-review' ? stepTo(row.state, 'release') : row.state;
        await saveRow(tx, { ...row, state, assignment: undefined, updatedAt: at });
        await appendEvent(tx, { caseId, kind: 'case-returned', actor: { kind: 'node' }, body: { by }, at });
        return 1;
      });
    }
    return returned;
  };
  return { returnCases };
}
