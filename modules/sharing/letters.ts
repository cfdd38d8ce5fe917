import type { Tx } from '#kernel/database';
import type { GivenUpLetter } from './contract.ts';
import type { SharingNeeds } from './needs.ts';
import { problem } from './problems.ts';
import { changeShare, holdShare, tables } from './store.ts';

const listedMax = 200;

/** What an operator does about letters that were given up: by ids, and nobody's name. */
export function createLetters(needs: SharingNeeds, nudge: () => void) {
  const { database, clock, ledger, cases } = needs;

  const list = async (): Promise<GivenUpLetter[]> => {
    const rows = await tables(database.db)
      .selectFrom('letters as l')
      .innerJoin('shares as s', 's.share_id', 'l.share_id')
      .select(['l.letter_id', 'l.kind', 'l.code', 'l.attempts', 'l.written_at'])
      .select(['s.share_id', 's.case_id', 's.side', 's.role', 's.peer', 's.peer_state', 's.ended_because'])
      .where('l.direction', '=', 'out')
      .where('l.state', '=', 'refused')
      .orderBy('l.written_at')
      .limit(listedMax)
      .execute();
    return rows.map((row) => ({
      letterId: row.letter_id,
      shareId: row.share_id,
      caseId: row.case_id,
      kind: row.kind,
      side: row.side,
      role: row.role,
      ...(row.peer === null ? {} : { peer: row.peer }),
      peerState: row.peer_state,
      code: row.code ?? '',
      attempts: row.attempts,
      writtenAt: row.written_at.toISOString(),
      mayRetry: row.ended_because === 'not-taken',
    }));
  };

  const reopen = async (tx: Tx, letterId: string): Promise<void> => {
    const letter = await tables(tx)
      .selectFrom('letters')
      .selectAll()
      .where('letter_id', '=', letterId)
      .where('direction', '=', 'out')
      .where('state', '=', 'refused')
      .executeTakeFirst();
    const share = letter && (await holdShare(tx, letter.share_id));
    if (!letter || !share) throw problem('letter-unknown');
    if (share.ended_because !== 'not-taken' || letter.body === null) throw problem('share-ended');
    const at = clock.now();
    // What was written after it was never sent: the other side has seen none of those numbers, and the case is told as it stands now.
    await tables(tx)
      .deleteFrom('letters')
      .where('share_id', '=', share.share_id)
      .where('direction', '=', 'out')
      .where('sequence', '>', letter.sequence)
      .execute();
    const taken = await tables(tx)
      .updateTable('letters')
      .set({ state: 'waiting', code: null, attempts: 0, due_at: at, written_at: at })
      .where('letter_id', '=', letterId)
      .where('state', '=', 'refused')
      .returning('letter_id')
      .executeTakeFirst();
    // Another press was first.
    if (!taken) throw problem('letter-unknown');
    await changeShare(tx, share.share_id, {
      state: 'active',
      ended_because: null,
      code: null,
      sent: letter.sequence,
      number: share.side === 'holder' ? 0 : share.number,
      silent_at: null,
      waiting_since: null,
      failures: 0,
      due_at: at,
      changed_at: at,
    });
    await ledger.append(tx, {
      kind: 'shared-letter-tried-again',
      personId: share.person_id,
      record: { letterId, shareId: share.share_id, caseId: share.case_id, by: 'operator', at: at.toISOString() },
    });
    if (share.side === 'holder') await cases.noteSharing(tx, share.case_id, { kind: 'letter-again', role: share.role });
  };

  return {
    listGivenUp: list,
    /** Sends it again, and what has happened since. Throws `letter-unknown`, or `share-ended` where the person has ended it. */
    retryLetter: async (letterId: string): Promise<void> => {
      await database.transaction((tx) => reopen(tx, letterId));
      nudge();
    },
  };
}
