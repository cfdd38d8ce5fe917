import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { newId } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import type { Office } from '#modules/federation';
import { CatchUp, Subscription } from '#protocol/event-message';
import { call, readReply } from '../calling.ts';
import { problem } from '../contract.ts';
import type { EventNeeds, EventOffice } from '../needs.ts';
import { noteSkipped, receiveEvent } from '../receiving/service.ts';
import { checkAsked, checkUntil, officeUrl } from '../rules.ts';
import type { FollowRow } from '../store.ts';
import * as store from './store.ts';

const subscriptionShape = Compile(Subscription);
const changedShape = Compile(Type.Object({ added: Type.Integer(), removed: Type.Integer() }));
const catchUpShape = Compile(CatchUp);
const listedMax = 200;

export type Subscribe = {
  /** The office of this node that subscribes. */
  officeId: string;
  /** The office of the other state, by its entity id. */
  publisher: string;
  eventType: string;
  purpose: string;
  fields: readonly string[];
  until: string;
};

/**
 * Subscribes an office of this node, or renews what it holds. The intention is durable before anything leaves, so asking
 * again after a lost connection goes on with the same subscription. Throws the other node's refusal or `peer-*`.
 */
export async function subscribe(needs: EventNeeds, asked: Subscribe): Promise<Subscription> {
  const from = ownOffice(needs, asked.officeId);
  checkAsked(asked);
  const until = checkUntil(asked.until, needs.clock.now());
  const to = await findPublisher(needs, asked.publisher);
  const same = { office_id: asked.officeId, publisher: asked.publisher, event_type: asked.eventType };
  const known = await store.findSameFollow(needs.database.db, { ...same, purpose: asked.purpose });
  const row: FollowRow = {
    ...same,
    subscription_id: known?.subscription_id ?? newId(),
    purpose: asked.purpose,
    fields: [...asked.fields],
    until,
    // A subscription that is renewed goes on while it is asked.
    state: known?.state ?? 'asked',
    ended_by: null,
    sequence: 0,
    asked_at: needs.clock.now(),
  };
  await needs.database.transaction(async (tx) => {
    await needs.ledger.append(tx, {
      kind: 'event-subscription-asked',
      record: {
        subscriptionId: row.subscription_id,
        publisher: row.publisher,
        subscriber: from.entityId,
        eventType: row.event_type,
        purpose: row.purpose,
        fields: row.fields,
        until: until.toISOString(),
        askedAt: row.asked_at.toISOString(),
      },
    });
    await store.saveFollow(tx, row);
  });
  const body = JSON.stringify({
    subscriptionId: row.subscription_id,
    eventType: row.event_type,
    purpose: row.purpose,
    fields: row.fields,
    until: until.toISOString(),
  });
  try {
    const reply = await call(needs, { from, to, method: 'POST', path: '/subscriptions', body });
    const subscription = readReply(reply, subscriptionShape);
    if (subscription.subscriptionId !== row.subscription_id || subscription.subscriber !== from.entityId)
      throw problem('reply-invalid', { where: 'subscription' });
    await settle(needs, row.subscription_id, { state: 'active', ended_by: null });
    return subscription;
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    // Refused: what was never active, or is over there, is over here, and the next try is a new one.
    const isOver = error.code === 'subscription-ended';
    if (isOver || row.state === 'asked')
      await settle(needs, row.subscription_id, { state: 'ended', ended_by: 'publisher' });
    if (isOver) return subscribe(needs, asked);
    throw error;
  }
}

function settle(needs: EventNeeds, subscriptionId: string, to: Pick<FollowRow, 'state' | 'ended_by'>): Promise<void> {
  return needs.database.transaction((tx) => store.setFollowState(tx, subscriptionId, to));
}

/** Says about whom: pairwise subjects that the publishing state gave to this side. Saying it twice is once. */
export async function watch(
  needs: EventNeeds,
  change: { subscriptionId: string; add?: readonly string[]; remove?: readonly string[] },
): Promise<{ added: number; removed: number }> {
  const { from, to, follow } = await partiesOf(needs, change.subscriptionId);
  const reply = await call(needs, {
    from,
    to,
    method: 'POST',
    path: `/subscriptions/${follow.subscription_id}/subjects`,
    body: JSON.stringify({ add: change.add ?? [], remove: change.remove ?? [] }),
  });
  return readReply(reply, changedShape);
}

/** Ends a subscription that an office of this node holds: here at once, so that nothing more is taken, then there. */
export async function unsubscribe(needs: EventNeeds, subscriptionId: string): Promise<void> {
  const { from, to, follow } = await partiesOf(needs, subscriptionId);
  await settle(needs, subscriptionId, { state: 'ended', ended_by: 'subscriber' });
  const path = `/subscriptions/${follow.subscription_id}/end`;
  const reply = await call(needs, { from, to, method: 'POST', path, body: '{}' });
  readReply(reply, subscriptionShape);
}

/** Fetches everything that is missing, in order: after an outage, after a restored backup, or when an event came too early. */
export async function catchUp(needs: EventNeeds, subscriptionId: string): Promise<number> {
  const { from, to, follow } = await partiesOf(needs, subscriptionId);
  const inboxUrl = `${officeUrl(needs.eventsEndpoint, from.xRoadClient)}/inbox`;
  let fetched = 0;
  let after = await store.advanceMark(needs.database.db, subscriptionId);
  for (;;) {
    const page = await fetchPage(needs, { from, to, follow, after });
    const items = [
      ...page.skipped.map((skipped) => ({
        sequence: skipped.sequence,
        take: () => noteSkipped(needs, follow, skipped),
      })),
      ...page.events.map((event) => ({
        sequence: sequenceOf(event.body),
        take: () =>
          receiveEvent(
            needs,
            from,
            { method: 'POST', url: inboxUrl, headers: event.headers },
            Buffer.from(event.body, 'utf8'),
          ),
      })),
    ].sort((one, other) => one.sequence - other.sequence);
    for (const item of items) if (await takeOrLeave(needs, subscriptionId, item)) fetched += 1;
    after = items.at(-1)?.sequence ?? after;
    if (items.length === 0 || after >= page.sequence) break;
  }
  await store.advanceMark(needs.database.db, subscriptionId);
  return fetched;
}

/** One event that is refused holds nobody else's back; the mark stays before it, so it is fetched again next time. */
async function takeOrLeave(
  needs: EventNeeds,
  subscriptionId: string,
  item: { sequence: number; take(): Promise<unknown> },
): Promise<boolean> {
  try {
    await item.take();
    return true;
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    needs.log.warn(
      { subscriptionId, sequence: item.sequence, code: error.code },
      'an event was refused on catching up',
    );
    return false;
  }
}

async function fetchPage(
  needs: EventNeeds,
  of: { from: EventOffice; to: Office; follow: FollowRow; after: number },
): Promise<CatchUp> {
  const path = `/subscriptions/${of.follow.subscription_id}/events?after=${of.after}`;
  try {
    return readReply(await call(needs, { from: of.from, to: of.to, method: 'GET', path }), catchUpShape);
  } catch (error) {
    // The publisher ended it: known from now on.
    if (error instanceof Problem && error.code === 'subscription-ended')
      await settle(needs, of.follow.subscription_id, { state: 'ended', ended_by: 'publisher' });
    throw error;
  }
}

function sequenceOf(body: string): number {
  return Number(/"sequence":"(\d{16})"/.exec(body)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

/** Catches up with every active subscription of this node. One publisher that is away does not keep the others waiting. */
export async function catchUpAll(needs: EventNeeds): Promise<void> {
  for (const { subscription_id: subscriptionId } of await store.listFollows(
    needs.database.db,
    { isActive: true },
    1_000,
  ))
    try {
      await catchUp(needs, subscriptionId);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      needs.log.warn({ subscriptionId, code: error.code }, 'could not catch up with events; it is tried again');
    }
}

export async function listHeld(needs: EventNeeds, officeId: string): Promise<Subscription[]> {
  const office = ownOffice(needs, officeId);
  return (await store.listFollows(needs.database.db, { officeId }, listedMax)).map((row) => ({
    subscriptionId: row.subscription_id,
    publisher: row.publisher,
    subscriber: office.entityId,
    eventType: row.event_type,
    purpose: row.purpose,
    fields: row.fields,
    until: row.until.toISOString(),
    state: row.state === 'active' ? 'active' : 'ended',
    ...(row.ended_by ? { endedBy: row.ended_by } : {}),
    sequence: row.sequence,
  }));
}

async function partiesOf(needs: EventNeeds, subscriptionId: string) {
  const follow = await store.findFollow(needs.database.db, subscriptionId);
  if (!follow) throw problem('subscription-unknown');
  return { follow, from: ownOffice(needs, follow.office_id), to: await findPublisher(needs, follow.publisher) };
}

async function findPublisher(needs: EventNeeds, entityId: string): Promise<Office> {
  const office = await needs.federation.findOffice(entityId);
  if (!office) throw problem('office-unknown');
  return office;
}

function ownOffice(needs: EventNeeds, officeId: string): EventOffice {
  const office = needs.offices.find((one) => one.officeId === officeId);
  if (!office) throw problem('office-unknown');
  return office;
}
