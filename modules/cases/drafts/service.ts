import { stepTo } from '../chart.ts';
import { type CasesNeeds, holdRow, saveRow } from '../needs.ts';

import { appendEvent } from '../store.ts';
import { draftKeptMs } from './rules.ts';
import { eraseContents, listDraftsBefore } from './store.ts';

const atOnce = 100;

/** Ends drafts that nobody went on with: the case stays in the person's list, and what they wrote and what was sent for it is erased. */
export function createDrafts(needs: CasesNeeds) {
  const { database, clock } = needs;

  const expireDrafts = async (): Promise<number> => {
    const before = new Date(clock.now().getTime() - draftKeptMs);
    let ended = 0;
    for (;;) {
      const ids = await listDraftsBefore(database.db, before, atOnce);
      for (const caseId of ids)
        await database.transaction(async (tx) => {
          const row = await holdRow(tx, caseId, () => true);
          // Somebody went on with it, or another process was here, since the list was read.
          if (row.state !== 'draft' || row.updatedAt >= before) return;
          const at = clock.now();
          await eraseContents(tx, caseId);
          await saveRow(tx, { ...row, state: stepTo(row.state, 'expire'), updatedAt: at });
          await appendEvent(tx, { caseId, kind: 'case-expired', actor: { kind: 'node' }, at });
          ended += 1;
        });
      if (ids.length < atOnce) return ended;
    }
  };

  return { expireDrafts };
}
