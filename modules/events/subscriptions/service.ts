import { Compile } from 'typebox/compile';
import { SubjectsChange, type Subscription, SubscriptionRequest } from '#protocol/event-message';
import type { RequestMessage } from '#protocol/http-signatures';
import { problem } from '../contract.ts';
import type { EventNeeds, EventOffice } from '../needs.ts';
import { verifyOnce } from '../replying.ts';
import { checkAsked, checkUntil, isEntitled, isUuid, readBody } from '../rules.ts';
import type { SubscriptionRow } from '../store.ts';
import * as store from './store.ts';

const requestShape = Compile(SubscriptionRequest);
const changeShape = Compile(SubjectsChange);
const listedMax = 200;

/** Subscribes the office that signed; asked again under its id, it is renewed. It names nobody yet, so nothing is given yet. */
export async function acceptSubscription(
  needs: EventNeeds,
  office: EventOffice,
  message: RequestMessage,
  body: Buffer,
): Promise<Subscription> {
  const { office: subscriber, sender } = await verifyOnce(needs, message, body);
  const asked = readBody(body, requestShape);
  const type = checkAsked(asked);
  if (!office.announces.includes(type.id)) throw problem('event-not-announced', { type: type.id });
  if (!isEntitled(subscriber.resolved, asked))
    throw problem('subscriber-not-entitled', { where: `${asked.purpose}, ${asked.eventType}` });
  const now = needs.clock.now();
  const until = checkUntil(asked.until, now);
  return needs.database.transaction(async (tx) => {
    const known = await store.lockSubscription(tx, asked.subscriptionId);
    if (known) {
      const isSame =
        known.subscriber === sender &&
        known.office_id === office.officeId &&
        known.event_type === asked.eventType &&
        known.purpose === asked.purpose;
      if (!isSame) throw problem('message-replayed');
      if (known.state === 'ended') throw problem('subscription-ended');
      await store.renewSubscription(tx, known.subscription_id, { until, fields: asked.fields });
    }
    const row: SubscriptionRow = known
      ? { ...known, until, fields: asked.fields }
      : {
          subscription_id: asked.subscriptionId,
          office_id: office.officeId,
          publisher: office.entityId,
          subscriber: sender,
          subscriber_names: subscriber.office.names,
          event_type: asked.eventType,
          purpose: asked.purpose,
          fields: asked.fields,
          until,
          state: 'active',
          ended_by: null,
          sequence: 0,
          accepted_at: now,
          leaf_hash: '',
          due_at: now,
          failures: 0,
        };
    const entry = await needs.ledger.append(tx, {
      kind: known ? 'event-subscription-renewed' : 'event-subscription-accepted',
      record: {
        subscriptionId: row.subscription_id,
        publisher: row.publisher,
        subscriber: row.subscriber,
        eventType: row.event_type,
        purpose: row.purpose,
        fields: row.fields,
        until: until.toISOString(),
        acceptedAt: now.toISOString(),
      },
    });
    if (!known) {
      const former = await store.findSameSubscription(tx, row);
      if (former) await endRow(needs, tx, former, 'subscriber');
      await store.insertSubscription(tx, { ...row, leaf_hash: entry.leafHash });
    }
    return describe(row);
  });
}

export async function listGranted(
  needs: EventNeeds,
  office: EventOffice,
  message: RequestMessage,
  body: Buffer,
): Promise<Subscription[]> {
  const { sender } = await verifyOnce(needs, message, body);
  return listGrantedBy(needs, office.officeId, sender);
}

export async function listGrantedBy(needs: EventNeeds, officeId: string, subscriber?: string): Promise<Subscription[]> {
  const of = { officeId, ...(subscriber === undefined ? {} : { subscriber }) };
  return (await store.listSubscriptionsOf(needs.database.db, of, listedMax)).map(describe);
}

/** About whom the subscriber is told. A subject that this state did not give to that office names nobody. */
export async function changeSubjects(
  needs: EventNeeds,
  office: EventOffice,
  subscriptionId: string,
  message: RequestMessage,
  body: Buffer,
): Promise<{ added: number; removed: number }> {
  const { sender } = await verifyOnce(needs, message, body);
  const change = readBody(body, changeShape);
  await findOwn(needs, office, sender, subscriptionId);
  // Before the transaction, for whom a subject names may have to be asked of the federation.
  const people = await Promise.all(
    change.add.map(async (subject) => ({ subject, personId: await needs.personOf(subject, sender) })),
  );
  if (people.some(({ personId }) => personId === undefined)) throw problem('subject-unknown');
  const at = needs.clock.now();
  return needs.database.transaction(async (tx) => {
    const row = await store.lockSubscription(tx, subscriptionId);
    if (row?.state !== 'active') throw problem('subscription-ended');
    let [added, removed] = [0, 0];
    const note = (kind: string, personId: string) =>
      needs.ledger.append(tx, {
        kind,
        personId,
        record: {
          subscriptionId,
          publisher: row.publisher,
          subscriber: row.subscriber,
          eventType: row.event_type,
          purpose: row.purpose,
          changedAt: at.toISOString(),
        },
      });
    for (const { subject, personId } of people) {
      const watch = { subscription_id: subscriptionId, subject, person_id: personId!, added_at: at };
      if (!(await store.addWatch(tx, watch))) continue;
      await note('event-watch-added', personId!);
      added += 1;
    }
    for (const subject of change.remove) {
      const personId = await store.removeWatch(tx, subscriptionId, subject, at);
      if (personId === undefined) continue;
      await note('event-watch-removed', personId);
      removed += 1;
    }
    return { added, removed };
  });
}

export async function endGranted(
  needs: EventNeeds,
  office: EventOffice,
  subscriptionId: string,
  message: RequestMessage,
  body: Buffer,
): Promise<Subscription> {
  const { sender } = await verifyOnce(needs, message, body);
  await findOwn(needs, office, sender, subscriptionId);
  return endGrantedBy(needs, subscriptionId, 'subscriber');
}

/** Ends a subscription that others hold with this node. Ending twice is once. */
export async function endGrantedBy(
  needs: EventNeeds,
  subscriptionId: string,
  endedBy: 'publisher' | 'subscriber',
): Promise<Subscription> {
  return needs.database.transaction(async (tx) => {
    const row = await store.lockSubscription(tx, subscriptionId);
    if (!row) throw problem('subscription-unknown');
    if (row.state === 'ended') return describe(row);
    await endRow(needs, tx, row, endedBy);
    return describe({ ...row, state: 'ended', ended_by: endedBy });
  });
}

type Tx = Parameters<typeof store.lockSubscription>[0];

async function endRow(
  needs: EventNeeds,
  tx: Tx,
  row: SubscriptionRow,
  endedBy: 'publisher' | 'subscriber',
): Promise<void> {
  const at = needs.clock.now();
  await store.endSubscription(tx, row.subscription_id, endedBy, at);
  await needs.ledger.append(tx, {
    kind: 'event-subscription-ended',
    record: {
      subscriptionId: row.subscription_id,
      publisher: row.publisher,
      subscriber: row.subscriber,
      endedBy,
      endedAt: at.toISOString(),
    },
  });
}

/** Ends what is past its time: a subscription that nobody renewed. */
export async function endOverdue(needs: EventNeeds): Promise<void> {
  for (const { subscription_id: id } of await store.listOverdue(needs.database.db, needs.clock.now()))
    await endGrantedBy(needs, id, 'publisher');
}

/** A subscription of that sender with that office; a stranger hears the same as one who made the number up. */
export async function findOwn(
  needs: EventNeeds,
  office: EventOffice,
  sender: string,
  subscriptionId: string,
): Promise<SubscriptionRow> {
  const row = isUuid(subscriptionId) ? await store.findSubscription(needs.database.db, subscriptionId) : undefined;
  if (!row || row.subscriber !== sender || row.office_id !== office.officeId) throw problem('subscription-unknown');
  return row;
}

function describe(row: SubscriptionRow): Subscription {
  return {
    subscriptionId: row.subscription_id,
    publisher: row.publisher,
    subscriber: row.subscriber,
    eventType: row.event_type,
    purpose: row.purpose,
    fields: row.fields,
    until: row.until.toISOString(),
    state: row.state,
    ...(row.ended_by ? { endedBy: row.ended_by } : {}),
    sequence: row.sequence,
  };
}
