import type { Tx } from '#kernel/database';
import { dateIn } from '#kernel/languages';
import { shiftDate } from '#modules/cases';
import { dropWaiting, writeLetter } from '../delivering/store.ts';
import type { SharingNeeds } from '../needs.ts';
import { changeShare, holdShare, listSharesOfCase, type ShareRow } from '../store.ts';
import { eraseShare, listOver } from './store.ts';

const atOnce = 100;

/** What was shown of a person goes when its time is over: with the case where the case is, and by the same promise where it was shown. */
export function createErasing(needs: SharingNeeds, nudge: () => void) {
  const { database, clock, catalogue, calendar } = needs;

  /** In the transaction that erases a case of this state: whoever it was shown to hears that it is over, and erases it too. */
  const eraseShares = async (tx: Tx, caseId: string): Promise<void> => {
    const at = clock.now();
    for (const { share_id: shareId } of await listSharesOfCase(tx, 'holder', caseId)) {
      const share = (await holdShare(tx, shareId))!;
      if (share.state === 'active') {
        await dropWaiting(tx, shareId, at);
        await writeLetter(tx, share, { kind: 'ended', because: 'time-over' }, at);
        await changeShare(tx, shareId, { state: 'ended', ended_because: 'time-over' });
        const record = { shareId, caseId, role: share.role, because: 'time-over', at: at.toISOString() };
        await needs.ledger.append(tx, { kind: 'case-sharing-ended', personId: share.person_id, record });
      }
      await eraseShare(tx, share, at);
    }
    nudge();
  };

  const isTimeOver = async (share: ShareRow): Promise<boolean> => {
    const service = share.status && (await catalogue.findService(share.status.case.serviceId));
    // A service that is gone makes no promise any more, so there is nothing to keep it for.
    if (!service) return true;
    const until = shiftDate(dateIn(share.changed_at, calendar.timeZone), service.definition.retention.duration);
    return until < dateIn(clock.now(), calendar.timeZone);
  };

  /**
   * Erases what this node saw of cases of other states that are over, by its own copy of the service and its own calendar, whether the
   * other side says so or not. Answers how many: a second call at the same moment erases none.
   */
  const eraseSeen = async (): Promise<number> => {
    let erased = 0;
    for (let after: ShareRow | undefined; ; ) {
      const shares = await listOver(database.db, after, atOnce);
      for (const seen of shares)
        if (await isTimeOver(seen))
          erased += await database.transaction(async (tx) => {
            const share = (await holdShare(tx, seen.share_id))!;
            // It was heard of again, or another process was here, since the list was read.
            if (share.erased_at !== null || share.changed_at > seen.changed_at) return 0;
            const at = clock.now();
            await eraseShare(tx, share, at);
            const { share_id: shareId, case_id: caseId, role, person_id: personId } = share;
            const record = { shareId, caseId, role, at: at.toISOString() };
            await needs.ledger.append(tx, { kind: 'shared-case-erased', personId, record });
            return 1;
          });
      if (shares.length < atOnce) return erased;
      after = shares.at(-1);
    }
  };

  return { eraseShares, eraseSeen };
}
