import { type CasesNeeds, holdRow, saveRow } from '../needs.ts';
import { stepTo } from '../rules.ts';
import { appendEvent } from '../store.ts';
import { draftKeptMs } from './rules.ts';
import { eraseContents, listDraftsBefore } from './store.ts';

const lookEveryMs = 3_600_000;
const atOnce = 100;

/** Ends drafts that nobody went on with: the case stays in the person's list, and what they wrote and what was sent for it is erased. */
export function createDrafts(needs: CasesNeeds) {
  const { database, clock, log } = needs;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<unknown> = Promise.resolve();

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

  const look = () => {
    round = round
      .then(expireDrafts)
      .catch((error) => log.error({ err: error }, 'drafts that have ended could not be erased'));
  };

  return {
    expireDrafts,
    start: () => {
      look();
      timer ??= setInterval(look, lookEveryMs).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await round;
    },
  };
}
