import { stepTo } from '../chart.ts';
import { type CasesNeeds, holdRow, saveRow } from '../needs.ts';

import { appendEvent } from '../store.ts';
import { draftEnd, draftKeptMs, noticeMs } from './rules.ts';
import { eraseContents, listDraftsBefore, listDraftsBetween } from './store.ts';

const atOnce = 100;

/** Ends drafts that nobody went on with: the case stays in the person's list, and what they wrote and what was sent for it is erased. */
export function createDrafts(needs: CasesNeeds) {
  const { database, clock, jobs, calendar } = needs;

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
          await jobs.send(tx, 'case-expired', { caseId }, { key: caseId });
          ended += 1;
        });
      if (ids.length < atOnce) return ended;
    }
  };

  let announcedUntil: Date | undefined;
  /**
   * Announces drafts that have come near their end since the last look; at the first look all that are near it, for nobody knows what
   * was announced before. `case-draft-ending` is told at least once for each end.
   */
  const announceEnding = async (): Promise<number> => {
    const now = clock.now().getTime();
    const until = new Date(now - draftKeptMs + noticeMs);
    let after: { id?: string; updated_at: Date } = { updated_at: announcedUntil ?? new Date(now - draftKeptMs) };
    let announced = 0;
    for (;;) {
      const drafts = await listDraftsBetween(database.db, after, until, atOnce);
      await database.transaction(async (tx) => {
        for (const { id, updated_at } of drafts) {
          const { keptUntil } = draftEnd(updated_at, clock.now(), calendar.timeZone);
          await jobs.send(tx, 'case-draft-ending', { caseId: id, keptUntil }, { key: `${id} ${keptUntil}` });
        }
      });
      announced += drafts.length;
      if (drafts.length < atOnce) break;
      after = drafts.at(-1)!;
    }
    announcedUntil = until;
    return announced;
  };

  return { expireDrafts, announceEnding };
}
