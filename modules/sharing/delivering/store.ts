import type { Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import type { LetterReceipt, SharedCaseLetter } from '#protocol/shared-case';
import { changeShare, json, type LetterRow, type Proof, type ShareRow, tables } from '../store.ts';

type Numbers = 'shareId' | 'sequence' | 'writtenAt';
/** `Omit` member by member. */
type Content<Letter> = Letter extends unknown ? Omit<Letter, Numbers> : never;
export type LetterContent = Content<SharedCaseLetter>;

/** Writes the next letter of a share that is held: it leaves once the transaction has committed. Returns its number. */
export async function writeLetter(tx: Tx, share: ShareRow, content: LetterContent, at: Date): Promise<number> {
  const sequence = share.sent + 1;
  const letter = { shareId: share.share_id, sequence, writtenAt: at.toISOString(), ...content };
  const body = JSON.stringify(letter);
  await tables(tx)
    .insertInto('letters')
    .values({
      share_id: share.share_id,
      direction: 'out',
      sequence,
      letter_id: newId(),
      kind: content.kind,
      body,
      body_digest: sha256(body).toString('hex'),
      state: 'waiting',
      due_at: at,
      attempts: 0,
      code: null,
      written_at: at,
      ended_at: null,
      receipt: null,
      proof: null,
    })
    .execute();
  await changeShare(tx, share.share_id, { sent: sequence, changed_at: at });
  share.sent = sequence;
  return sequence;
}

/** What was not sent yet is never sent: nothing of the person leaves after they ended it. */
export async function dropWaiting(tx: Tx, shareId: string, at: Date): Promise<void> {
  await tables(tx)
    .updateTable('letters')
    .set({ state: 'dropped', body: null, ended_at: at })
    .where('share_id', '=', shareId)
    .where('direction', '=', 'out')
    .where('state', '=', 'waiting')
    .execute();
}

export type DueLetter = LetterRow &
  Pick<ShareRow, 'office_id' | 'peer' | 'peer_state' | 'holder_of' | 'heard_at' | 'failures'>;

/**
 * Takes what may be sent now: of each share only the first that waits. Whoever takes one has it until `leasedUntil`; a process that
 * dies lets go by that.
 */
export async function claimDue(tx: Tx, now: Date, leasedUntil: Date, limit: number): Promise<DueLetter[]> {
  const due = await tables(tx)
    .selectFrom('letters as l')
    .innerJoin('shares as s', 's.share_id', 'l.share_id')
    .selectAll('l')
    .select(['s.office_id', 's.peer', 's.peer_state', 's.holder_of', 's.heard_at', 's.failures'])
    .where('l.direction', '=', 'out')
    .where('l.state', '=', 'waiting')
    .where('l.due_at', '<=', now)
    .where('s.due_at', '<=', now)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('letters as e')
            .select('e.sequence')
            .whereRef('e.share_id', '=', 'l.share_id')
            .where('e.direction', '=', 'out')
            .whereRef('e.sequence', '<', 'l.sequence')
            .where('e.state', '=', 'waiting'),
        ),
      ),
    )
    .orderBy('l.due_at')
    .limit(limit)
    .forUpdate('l')
    .skipLocked()
    .execute();
  for (const { share_id: shareId, sequence } of due)
    await tables(tx)
      .updateTable('letters')
      .set({ due_at: leasedUntil })
      .where('share_id', '=', shareId)
      .where('direction', '=', 'out')
      .where('sequence', '=', sequence)
      .execute();
  return due;
}

const letterOf = (tx: Tx, { share_id: shareId, sequence }: Pick<LetterRow, 'share_id' | 'sequence'>) =>
  tables(tx)
    .updateTable('letters')
    .where('share_id', '=', shareId)
    .where('direction', '=', 'out')
    .where('sequence', '=', sequence);

/** A receipt says that the other side has it, whatever was thought of the letter meanwhile. The body is needed no more. */
export async function keepReceipt(
  tx: Tx,
  letter: DueLetter,
  kept: { receipt: LetterReceipt; proof: Proof; at: Date },
): Promise<void> {
  await letterOf(tx, letter)
    .set({
      state: 'acknowledged',
      body: null,
      code: null,
      ended_at: kept.at,
      receipt: json(kept.receipt),
      proof: json(kept.proof),
    })
    .execute();
}

/** Notes a try that brought no receipt; only of what still waits. */
export async function noteTry(
  tx: Tx,
  letter: DueLetter,
  to: { state: 'waiting' | 'refused'; code: string; attempts: number; dueAt: Date },
): Promise<void> {
  await letterOf(tx, letter)
    .set({ state: to.state, code: to.code, attempts: to.attempts, due_at: to.dueAt })
    .where('state', '=', 'waiting')
    .execute();
}

/** A letter that came, by its number in its share. */
export function findReceived(tx: Tx, shareId: string, sequence: number): Promise<LetterRow | undefined> {
  return tables(tx)
    .selectFrom('letters')
    .selectAll()
    .where('share_id', '=', shareId)
    .where('direction', '=', 'in')
    .where('sequence', '=', sequence)
    .executeTakeFirst();
}

export async function insertReceived(
  tx: Tx,
  letter: Pick<LetterRow, 'share_id' | 'sequence' | 'letter_id' | 'kind' | 'body_digest' | 'receipt' | 'proof'> & {
    at: Date;
    writtenAt: Date;
  },
): Promise<void> {
  const { at, writtenAt, receipt, proof, ...row } = letter;
  await tables(tx)
    .insertInto('letters')
    .values({
      ...row,
      direction: 'in',
      body: null,
      state: 'received',
      due_at: at,
      attempts: 0,
      code: null,
      written_at: writtenAt,
      ended_at: at,
      receipt: json(receipt),
      proof: json(proof),
    })
    .execute();
}
