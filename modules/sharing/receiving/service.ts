import type { Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import { dateIn } from '#kernel/languages';
import { addWorkingDays } from '#modules/cases';
import { proofHeaders } from '#modules/federation';
import type { RequestMessage } from '#protocol/http-signatures';
import {
  type AnswerLetter,
  type EndedLetter,
  type LetterReceipt,
  letterBytesMax,
  type NoteLetter,
  type SharedCaseLetter,
  type StatusLetter,
} from '#protocol/shared-case';
import { dropWaiting, findReceived, insertReceived } from '../delivering/store.ts';
import { eraseShare } from '../erasing/store.ts';
import { type Sender, verifyRequest } from '../messages.ts';
import type { SharingNeeds, SharingOffice } from '../needs.ts';
import { problem } from '../problems.ts';
import { findDisagreement, readLetter } from '../rules.ts';
import {
  changeShare,
  deleteNotes,
  findShare,
  holdShare,
  insertNote,
  insertShare,
  resumeTowards,
  type ShareRow,
} from '../store.ts';

type Entry = Awaited<ReturnType<SharingNeeds['ledger']['append']>>;

/** Who may write which letter: the deciding office how a case stands, the office that was asked an answer. */
const sideOf: Record<SharedCaseLetter['kind'], ShareRow['side'] | undefined> = {
  status: 'viewer',
  ended: 'viewer',
  answer: 'holder',
  note: undefined,
};

/**
 * Takes one letter: checks it, then writes what it says, ledger entry and receipt in one transaction. The same letter again gets the
 * same receipt and has no second effect. Throws the refusal.
 */
export async function receiveLetter(
  needs: SharingNeeds,
  office: SharingOffice,
  message: RequestMessage,
  body: Buffer,
): Promise<LetterReceipt> {
  const sender = await verifyRequest(needs, message, body, letterBytesMax);
  const letter = readLetter(body);
  const personId = letter.kind === 'status' ? await checkStatus(needs, office, sender, letter) : undefined;
  const digest = sha256(body).toString('hex');
  return needs.database.transaction(async (tx) => {
    if (letter.kind === 'status' && letter.sequence === 1 && !(await findShare(tx, letter.shareId)))
      await begin(needs, tx, { office, sender, letter, personId: personId! });
    const share = await holdShare(tx, letter.shareId);
    const wanted = sideOf[letter.kind];
    // Whoever is no party to a share hears the same as one who made its number up.
    if (!share || share.peer !== sender.sender || share.office_id !== office.officeId) throw problem('share-unknown');
    if (wanted && share.side !== wanted) throw problem('share-unknown');
    const known = await findReceived(tx, share.share_id, letter.sequence);
    if (known && known.body_digest !== digest) throw problem('message-replayed');
    if (known) return known.receipt!;
    if (letter.sequence <= share.received) throw problem('message-replayed');
    if (share.state === 'ended') throw problem('share-ended');
    // What was never sent is left out before an end, and nowhere else.
    if (letter.kind !== 'ended' && letter.sequence !== share.received + 1)
      throw problem('letter-out-of-order', { expected: share.received + 1 });
    if (letter.kind === 'status' && (share.subject !== letter.subject || share.case_id !== letter.case.caseId))
      throw problem('share-unknown');
    return keep(needs, tx, { office, message, letter, share, sender, digest });
  });
}

/** Throws what the service does not agree to, and for whom nobody here is known by that name. */
async function checkStatus(needs: SharingNeeds, office: SharingOffice, sender: Sender, letter: StatusLetter) {
  const disagreement = findDisagreement(await needs.catalogue.findService(letter.case.serviceId), letter, {
    sender: { state: sender.office.office.state, xRoadClient: sender.xRoadClient },
    office,
    state: needs.state,
  });
  if (disagreement !== undefined) throw problem('sharing-not-agreed', { where: disagreement });
  const personId = await needs.personOf(letter.subject, sender.sender);
  if (personId === undefined) throw problem('subject-unknown');
  return personId;
}

async function begin(
  needs: SharingNeeds,
  tx: Tx,
  of: { office: SharingOffice; sender: Sender; letter: StatusLetter; personId: string },
): Promise<void> {
  const { office, sender, letter, personId } = of;
  const at = needs.clock.now();
  await insertShare(tx, {
    share_id: letter.shareId,
    side: 'viewer',
    role: letter.role,
    holder_of: null,
    office_id: office.officeId,
    peer: sender.sender,
    peer_state: sender.office.office.state,
    case_id: letter.case.caseId,
    person_id: personId,
    subject: letter.subject,
    state: 'active',
    ended_because: null,
    number: 0,
    status: null,
    fields: [],
    began_at: at,
    changed_at: at,
    leaf_hash: '',
    answer_by: null,
    answer: null,
    silent_at: null,
    opened_at: null,
    opened_number: 0,
    peer_calendar: letter.calendar,
    sent: 0,
    received: 0,
    heard_at: at,
    waiting_since: null,
    due_at: at,
    failures: 0,
    code: null,
    erased_at: null,
  });
}

async function keep(
  needs: SharingNeeds,
  tx: Tx,
  of: {
    office: SharingOffice;
    message: RequestMessage;
    letter: SharedCaseLetter;
    share: ShareRow;
    sender: Sender;
    digest: string;
  },
): Promise<LetterReceipt> {
  const { office, letter, share, sender, digest } = of;
  const at = needs.clock.now();
  const entry = await needs.ledger.append(tx, {
    kind: `shared-case-${letter.kind}-received`,
    personId: share.person_id,
    record: {
      shareId: share.share_id,
      caseId: share.case_id,
      role: share.role,
      sequence: letter.sequence,
      from: sender.sender,
      to: office.entityId,
      letterDigest: digest,
      ...(letter.kind === 'status'
        ? {
            ground: letter.ground.kind,
            fields: [...letter.facts, ...letter.documents].map(({ id }) => id).join(' '),
          }
        : {}),
      receivedAt: at.toISOString(),
    },
  });
  const answerBy = letter.kind === 'status' ? answerDay(needs, share, letter, at) : undefined;
  await changeShare(tx, share.share_id, { received: letter.sequence, heard_at: at, changed_at: at });
  if (letter.kind === 'status') await applyStatus(tx, share, letter, entry, answerBy);
  if (letter.kind === 'ended') await applyEnd(tx, share, letter, at);
  if (letter.kind === 'answer') await applyAnswer(needs, tx, share, letter, at);
  if (letter.kind === 'note') await applyNote(tx, share, letter, at);
  await resumeTowards(tx, sender.sender, at);
  const receipt: LetterReceipt = {
    shareId: share.share_id,
    sequence: letter.sequence,
    letterDigest: digest,
    receivedAt: at.toISOString(),
    state: needs.state,
    calendar: needs.calendar,
    ...(answerBy ? { answerBy } : {}),
    receipt: { leafHash: entry.leafHash, commitment: entry.commitment, salt: entry.salt, record: entry.record },
  };
  await insertReceived(tx, {
    share_id: share.share_id,
    sequence: letter.sequence,
    letter_id: sender.messageId,
    kind: letter.kind,
    body_digest: digest,
    receipt,
    proof: { letter: proofHeaders(of.message.headers) },
    at,
    writtenAt: new Date(letter.writtenAt),
  });
  return receipt;
}

/** Counted from the day on which the question came, by the calendar of whoever has to answer; set once. */
function answerDay(needs: SharingNeeds, share: ShareRow, { task }: StatusLetter, at: Date): string | undefined {
  if (!task) return undefined;
  const { calendar } = needs;
  return share.answer_by ?? addWorkingDays(dateIn(at, calendar.timeZone), task.workingDays, calendar);
}

async function applyStatus(
  tx: Tx,
  share: ShareRow,
  letter: StatusLetter,
  entry: Entry,
  answerBy: string | undefined,
): Promise<void> {
  const { shareId: _share, sequence: _sequence, writtenAt: _written, kind: _kind, calendar, ...status } = letter;
  const labels = [...letter.facts, ...letter.documents].map(({ label }) => label);
  await changeShare(tx, share.share_id, {
    status,
    number: letter.sequence,
    peer_calendar: calendar,
    erased_at: null,
    ...(labels.length > 0 ? { fields: labels } : {}),
    ...(share.leaf_hash === '' ? { leaf_hash: entry.leafHash } : {}),
    ...(answerBy ? { answer_by: answerBy } : {}),
  });
}

/** What was shown of the person goes; that it was shown, and what the office said, stays. */
async function applyEnd(tx: Tx, share: ShareRow, { because }: EndedLetter, at: Date): Promise<void> {
  await dropWaiting(tx, share.share_id, at);
  await deleteNotes(tx, share.share_id);
  const status = share.status && {
    ...share.status,
    facts: [],
    documents: [],
    case: { ...share.status.case, timeline: [] },
  };
  await changeShare(tx, share.share_id, { state: 'ended', ended_because: because, ...(status ? { status } : {}) });
  if (because === 'time-over') await eraseShare(tx, share, at);
}

async function applyAnswer(
  needs: SharingNeeds,
  tx: Tx,
  share: ShareRow,
  letter: AnswerLetter,
  at: Date,
): Promise<void> {
  if (!share.status?.task || share.answer) throw problem('task-not-open');
  const { outcome, ownWords } = letter;
  await changeShare(tx, share.share_id, {
    answer: { outcome, ...(ownWords ? { ownWords } : {}), at: at.toISOString() },
  });
  await needs.cases.noteSharing(tx, share.case_id, { kind: 'partner-answered', role: share.role, outcome });
}

async function applyNote(tx: Tx, share: ShareRow, letter: NoteLetter, at: Date): Promise<void> {
  if (share.role === 'home') throw problem('share-unknown');
  await insertNote(tx, {
    note_id: newId(),
    share_id: share.share_id,
    is_ours: false,
    writer_name: '',
    text: letter.text,
    written_at: at,
  });
}
