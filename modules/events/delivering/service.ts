import { Compile } from 'typebox/compile';
import { randomBytes } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { proofHeaders } from '#modules/federation';
import { type CatchUp, catchUpItemsMax, EventReceipt, eventContentType } from '#protocol/event-message';
import type { RequestMessage } from '#protocol/http-signatures';
import { call, findOfficeUrl, isOutOfReach, readReply } from '../calling.ts';
import { type DeadLetter, problem } from '../contract.ts';
import { signRequest } from '../messages.ts';
import type { EventNeeds, EventOffice } from '../needs.ts';
import { verifyOnce } from '../replying.ts';
import { backoffMs, decideRetry, deliverWithinMs, isEntitled, isUuid } from '../rules.ts';
import { findOwn } from '../subscriptions/service.ts';
import { pauseSubscription, resumeSubscription } from '../subscriptions/store.ts';
import * as store from './store.ts';

const receiptShape = Compile(EventReceipt);
/** At once in this process; each on a connection that is kept. */
const atOnceMax = 16;
/** Longer than any call may take: a process that ends in the middle lets go after this. */
const leaseMs = 60_000;
const outOfReachMaxMs = 300_000;
const listedMax = 500;

/** A share of one, for spreading: not a secret. */
const chance = () => randomBytes(2).readUInt16BE() / 65_536;

/** Sends what is due, side by side. Returns whether more may be due. */
export async function deliverDue(needs: EventNeeds): Promise<boolean> {
  const now = needs.clock.now();
  const due = await needs.database.transaction((tx) =>
    store.claimDue(tx, now, new Date(now.getTime() + leaseMs), atOnceMax),
  );
  await Promise.all(due.map((row) => deliverOne(needs, row)));
  return due.length > 0;
}

async function deliverOne(needs: EventNeeds, row: store.DueDelivery): Promise<void> {
  try {
    const reply = await send(needs, row);
    const receipt = readReply(reply, receiptShape);
    if (receipt.eventId !== row.delivery_id || receipt.eventDigest !== row.body_digest)
      throw problem('reply-invalid', { where: 'receipt' });
    const proof = { event: proofHeaders(reply.sent), reply: proofHeaders(reply.received) };
    const at = needs.clock.now();
    await needs.database.transaction(async (tx) => {
      await store.keepReceipt(tx, row.delivery_id, { receipt, proof, at });
      if (row.failures > 0) await resumeSubscription(tx, row.subscription_id, at);
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await noteFailure(needs, row, error);
  }
}

/** Judged anew each time, so that an office whose certificate was taken back is told nothing from then on. */
async function send(needs: EventNeeds, row: store.DueDelivery) {
  const from = needs.offices.find(({ officeId }) => officeId === row.office_id);
  const to = from && (await needs.federation.findOffice(row.subscriber));
  if (!from || !to) throw problem('office-unknown');
  const asked = { purpose: row.purpose, eventType: row.event_type, fields: row.fields };
  if (!isEntitled(to.resolved, asked))
    throw problem('subscriber-not-entitled', { where: `${row.purpose}, ${row.event_type}` });
  return call(needs, {
    from,
    to,
    method: 'POST',
    path: '/inbox',
    body: row.body!,
    contentType: eventContentType,
    messageId: row.delivery_id,
  });
}

/**
 * Out of reach is no fault of the event: everything for that subscriber waits, and one try looks whether it is back. A
 * refusal counts against the event.
 */
async function noteFailure(needs: EventNeeds, row: store.DueDelivery, error: Problem): Promise<void> {
  const now = needs.clock.now();
  const isAway = isOutOfReach(error);
  const attempts = isAway ? row.attempts : row.attempts + 1;
  const { code } = error;
  const decided = decideRetry({ code, attempts, giveUpAt: row.give_up_at, now, chance: chance() });
  const dueAt = decided.dead || isAway ? now : decided.dueAt;
  needs.log.warn(
    { deliveryId: row.delivery_id, subscriptionId: row.subscription_id, code, attempts, isDead: decided.dead },
    'event not delivered',
  );
  await needs.database.transaction(async (tx) => {
    await store.noteFailure(tx, row.delivery_id, { state: decided.dead ? 'dead' : 'waiting', code, attempts, dueAt });
    if (!isAway) return;
    const waitMs = backoffMs(row.failures + 1, outOfReachMaxMs, chance());
    await pauseSubscription(tx, row.subscription_id, now, new Date(now.getTime() + waitMs));
  });
}

/** Everything of a subscription after a sequence, signed anew as if it were pushed. Whoever asks is there: pushing resumes. */
export async function giveCatchUp(
  needs: EventNeeds,
  office: EventOffice,
  of: { subscriptionId: string; after: number },
  message: RequestMessage,
  body: Buffer,
): Promise<CatchUp> {
  const sender = await verifyOnce(needs, message, body);
  const row = await findOwn(needs, office, sender.sender, of.subscriptionId);
  if (row.state === 'ended') throw problem('subscription-ended');
  if (!isEntitled(sender.office.resolved, { ...row, eventType: row.event_type }))
    throw problem('subscriber-not-entitled', { where: `${row.purpose}, ${row.event_type}` });
  await resumeSubscription(needs.database.db, row.subscription_id, needs.clock.now());
  const rows = await store.listAfter(needs.database.db, row.subscription_id, of.after, catchUpItemsMax);
  const url = `${await findOfficeUrl(needs, sender.office)}/inbox`;
  const events: CatchUp['events'] = [];
  for (const { delivery_id: messageId, body: text } of rows) {
    if (text === null) continue;
    const facts = {
      method: 'POST',
      url,
      body: text,
      contentType: eventContentType,
      messageId,
      sender: office,
    } as const;
    events.push({ headers: (await signRequest(facts, needs.clock)).headers, body: text });
  }
  return {
    subscriptionId: row.subscription_id,
    sequence: row.sequence,
    events,
    skipped: rows
      .filter((one) => one.body === null)
      .map((one) => ({
        eventId: one.delivery_id,
        subject: one.subject,
        sequence: one.sequence,
        subjectsequence: one.subject_sequence,
      })),
  };
}

export type LetterNeeds = Pick<EventNeeds, 'database' | 'clock' | 'ledger'>;

/** What could not be delivered, oldest first, for the operator. */
export async function listDeadLetters(needs: LetterNeeds): Promise<DeadLetter[]> {
  return (await store.listDead(needs.database.db, listedMax)).map((row) => ({
    deliveryId: row.delivery_id,
    subscriptionId: row.subscription_id,
    subscriber: row.subscriber,
    eventType: row.event_type,
    sequence: row.sequence,
    code: row.code ?? '',
    attempts: row.attempts,
    publishedAt: row.published_at.toISOString(),
    heldBack: Number(row.held_back),
  }));
}

/** Sends a dead letter again, with all its tries. Throws `letter-unknown`. */
export async function retryDeadLetter(needs: LetterNeeds, deliveryId: string): Promise<void> {
  const now = needs.clock.now();
  const giveUpAt = new Date(now.getTime() + deliverWithinMs);
  const isDone =
    isUuid(deliveryId) && (await needs.database.transaction((tx) => store.revive(tx, deliveryId, now, giveUpAt)));
  if (!isDone) throw problem('letter-unknown');
}

/** Gives a dead letter up, for a reason that names nobody; later events about the person go on. Throws `letter-unknown`. */
export async function dropDeadLetter(needs: LetterNeeds, deliveryId: string, reason: string): Promise<void> {
  const at = needs.clock.now();
  const isDone =
    isUuid(deliveryId) &&
    (await needs.database.transaction(async (tx) => {
      const row = await store.dropDead(tx, deliveryId, at);
      if (!row) return false;
      await needs.ledger.append(tx, {
        kind: 'event-dropped',
        personId: row.person_id,
        record: { deliveryId, subscriptionId: row.subscription_id, reason, droppedAt: at.toISOString() },
      });
      return true;
    }));
  if (!isDone) throw problem('letter-unknown');
}
