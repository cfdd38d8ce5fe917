import { type Caller, type Handlers, officerOf } from '#kernel/contract';
import type { Tx } from '#kernel/database';
import { kernelProblem, Problem } from '#kernel/problem';
import { type contract, problem } from './contract.ts';
import { giveCatchUp } from './delivering/service.ts';
import { listHeld, subscribe, unsubscribe } from './following/service.ts';
import { findFollow } from './following/store.ts';
import type { Letters } from './letters.ts';
import type { EventNeeds } from './needs.ts';
import type { PublishEvent, PublishedEvent } from './publishing/service.ts';
import { listReceived, receiveEvent } from './receiving/service.ts';
import { replyTo } from './replying.ts';
import {
  acceptSubscription,
  changeSubjects,
  endGranted,
  endGrantedBy,
  listGranted,
  listGrantedBy,
} from './subscriptions/service.ts';
import { findSubscription } from './subscriptions/store.ts';

const registrarRole = 'registrar';

/** The office that this officer announces and subscribes for. */
function registrarOf(caller: Caller): string {
  const { officeId, roles } = officerOf(caller);
  if (!roles.includes(registrarRole)) throw kernelProblem('not-permitted');
  return officeId;
}

export function createHandlers(
  needs: EventNeeds,
  announce: {
    publish(tx: Tx, event: PublishEvent): Promise<PublishedEvent>;
    letters: Letters;
    onReceived(): void;
    onBehind(subscriptionId: string): void;
    onResumed(): void;
  },
): Handlers<typeof contract> {
  const { letters } = announce;
  return {
    acceptSubscription: (input) =>
      replyTo(needs, input, (office, message, body) => acceptSubscription(needs, office, message, body)),
    listGrantedSubscriptions: (input) =>
      replyTo(needs, input, (office, message, body) => listGranted(needs, office, message, body)),
    changeSubjects: (input) =>
      replyTo(needs, input, (office, message, body) =>
        changeSubjects(needs, office, input.params.subscriptionId, message, body),
      ),
    endGrantedSubscription: (input) =>
      replyTo(needs, input, (office, message, body) =>
        endGranted(needs, office, input.params.subscriptionId, message, body),
      ),
    catchUp: (input) =>
      replyTo(needs, input, async (office, message, body) => {
        const of = { subscriptionId: input.params.subscriptionId, after: input.query.after };
        const page = await giveCatchUp(needs, office, of, message, body);
        announce.onResumed();
        return page;
      }),
    receiveEvent: (input) =>
      replyTo(needs, input, async (office, message, body) => {
        try {
          const receipt = await receiveEvent(needs, office, message, body);
          announce.onReceived();
          return receipt;
        } catch (error) {
          // Its signature holds and the subscription is ours: what is missing is asked for, not waited for.
          if (error instanceof Problem && error.code === 'event-out-of-order')
            announce.onBehind((JSON.parse(body.toString('utf8')) as { subscription: string }).subscription);
          throw error;
        }
      }),
    announceEvent: async ({ caller, body }) => {
      const officeId = registrarOf(caller);
      const personId = await needs.findPersonId(body.nationalId);
      if (personId === undefined) throw problem('person-unknown');
      const { eventId, type, data } = body;
      const event = { officeId, eventId, type, personId, occurredAt: new Date(body.occurredAt), data };
      return needs.database.transaction((tx) => announce.publish(tx, event));
    },
    listReceivedEvents: ({ caller }) => listReceived(needs, registrarOf(caller)),
    listSubscriptions: async ({ caller }) => {
      const officeId = registrarOf(caller);
      return { held: await listHeld(needs, officeId), granted: await listGrantedBy(needs, officeId) };
    },
    subscribe: ({ caller, body }) => subscribe(needs, { ...body, officeId: registrarOf(caller) }),
    endSubscription: async ({ caller, params: { subscriptionId } }) => {
      const officeId = registrarOf(caller);
      const { db } = needs.database;
      const [held, granted] = [await findFollow(db, subscriptionId), await findSubscription(db, subscriptionId)];
      if (held?.office_id === officeId) await unsubscribe(needs, subscriptionId);
      else if (granted?.office_id === officeId) await endGrantedBy(needs, subscriptionId, 'publisher');
      else throw problem('subscription-unknown');
      return { subscriptionId, state: 'ended' as const };
    },
    listLetters: async () => {
      const [{ waiting, dead, oldestWaitingAt }, deadLetters, unheard] = await Promise.all([
        letters.count(),
        letters.listDead(),
        letters.listUnheard(),
      ]);
      const oldest = oldestWaitingAt ? { oldestWaitingAt: oldestWaitingAt.toISOString() } : {};
      return { waiting, dead, ...oldest, deadLetters, unheard };
    },
    retryLetter: async ({ params: { letterId } }) => {
      await letters.retry(letterId);
      return { letterId };
    },
    dropLetter: async ({ params: { letterId }, body: { reason } }) => {
      await letters.drop(letterId, reason);
      return { letterId };
    },
  };
}
