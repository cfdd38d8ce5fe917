import { Compile } from 'typebox/compile';
import { randomBytes } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { proofHeaders } from '#modules/federation';
import { LetterReceipt, letterReplyBytesMax } from '#protocol/shared-case';
import { call, isOutOfReach, parse } from '../messages.ts';
import type { SharingNeeds } from '../needs.ts';
import { problem } from '../problems.ts';
import { backoffMs, decideRetry } from '../rules.ts';
import { changeShare, holdShare } from '../store.ts';
import * as store from './store.ts';

const receiptShape = Compile(LetterReceipt);
const atOnceMax = 8;
/** Longer than any call may take: a process that ends in the middle lets go after this. */
const leaseMs = 60_000;
const outOfReachMaxMs = 300_000;
/** A share of one, for spreading: not a secret. */
const chance = () => randomBytes(2).readUInt16BE() / 65_536;

/** Sends what is due, side by side. Returns whether more may be due. */
export async function deliverDue(needs: SharingNeeds): Promise<boolean> {
  const now = needs.clock.now();
  const due = await needs.database.transaction((tx) =>
    store.claimDue(tx, now, new Date(now.getTime() + leaseMs), atOnceMax),
  );
  await Promise.all(due.map((letter) => deliverOne(needs, letter)));
  return due.length > 0;
}

/** The office that has been heard from; until then whoever holds the evidence, looked up anew with each try. */
async function peerOf(needs: SharingNeeds, letter: store.DueLetter): Promise<string> {
  if (letter.peer !== null && (letter.heard_at !== null || letter.holder_of === null)) return letter.peer;
  return needs.findHolder(letter.peer_state, letter.holder_of!);
}

async function deliverOne(needs: SharingNeeds, letter: store.DueLetter): Promise<void> {
  try {
    const peer = await peerOf(needs, letter);
    const to = await needs.federation.findOffice(peer);
    const from = needs.offices.find(({ officeId }) => officeId === letter.office_id);
    if (!to || !from || to.office.state !== letter.peer_state) throw problem('office-unknown');
    // Known before the letter leaves: the other side may ask for a document, or answer, before its receipt is written down here.
    if (peer !== letter.peer) await needs.database.transaction((tx) => changeShare(tx, letter.share_id, { peer }));
    const reply = await call(needs, {
      from,
      to,
      method: 'POST',
      path: '/letters',
      body: letter.body!,
      messageId: letter.letter_id,
      replyBytesMax: letterReplyBytesMax,
    });
    const receipt = parse(reply.body);
    if (!receiptShape.Check(receipt)) throw problem('reply-invalid', { where: 'receipt' });
    if (receipt.shareId !== letter.share_id || receipt.sequence !== letter.sequence)
      throw problem('reply-invalid', { where: 'receipt/sequence' });
    if (receipt.letterDigest !== letter.body_digest) throw problem('reply-invalid', { where: 'receipt/letterDigest' });
    const proof = { letter: proofHeaders(reply.sent), reply: proofHeaders(reply.received) };
    const at = needs.clock.now();
    await needs.database.transaction(async (tx) => {
      const share = (await holdShare(tx, letter.share_id))!;
      await store.keepReceipt(tx, letter, { receipt, proof, at });
      await changeShare(tx, letter.share_id, {
        peer_calendar: receipt.calendar,
        heard_at: at,
        waiting_since: null,
        due_at: at,
        failures: 0,
        // The day is set once, by the first receipt that names it.
        ...(share.side === 'holder' && share.answer_by === null && receipt.answerBy
          ? { answer_by: receipt.answerBy }
          : {}),
      });
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await noteFailure(needs, letter, error);
  }
}

/**
 * Out of reach is no fault of the letter: everything of that share waits, and one try looks whether the other side is back. What the
 * other side will not have ends the share there: nothing further would be taken.
 */
async function noteFailure(needs: SharingNeeds, letter: store.DueLetter, error: Problem): Promise<void> {
  const now = needs.clock.now();
  const isAway = isOutOfReach(error);
  const attempts = letter.attempts + (isAway ? 0 : 1);
  const { code } = error;
  const decided = decideRetry({ code, attempts, writtenAt: letter.written_at, now, chance: chance() });
  needs.log.warn({ shareId: letter.share_id, code, attempts, isGivenUp: decided.isGivenUp }, 'letter not delivered');
  await needs.database.transaction(async (tx) => {
    const share = (await holdShare(tx, letter.share_id))!;
    const dueAt = decided.isGivenUp || isAway ? now : decided.dueAt;
    await store.noteTry(tx, letter, { state: decided.isGivenUp ? 'refused' : 'waiting', code, attempts, dueAt });
    if (decided.isGivenUp) {
      await store.dropWaiting(tx, letter.share_id, now);
      const isOpen = share.state === 'active';
      await changeShare(tx, letter.share_id, {
        state: 'ended',
        ended_because: share.ended_because ?? 'not-taken',
        code,
        changed_at: now,
        ...(isOpen && share.status ? { status: { ...share.status, facts: [], documents: [] } } : {}),
      });
      // The deciding office learns that no answer will come, as it learns of one that did not come in time.
      if (share.side === 'holder' && isOpen && share.status?.task && !share.answer && !share.silent_at) {
        await changeShare(tx, letter.share_id, { silent_at: now });
        await needs.cases.noteSharing(tx, share.case_id, { kind: 'partner-silent', role: share.role });
      }
      return;
    }
    const failures = share.failures + 1;
    await changeShare(tx, letter.share_id, {
      waiting_since: share.waiting_since ?? now,
      ...(isAway ? { failures, due_at: new Date(now.getTime() + backoffMs(failures, outOfReachMaxMs, chance())) } : {}),
    });
  });
}
