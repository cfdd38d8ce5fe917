import type { Handlers } from '#kernel/contract';
import type { ModuleMigrations, Tx } from '#kernel/database';
import { createLoop } from '#kernel/loop';
import type { Subscription } from '#protocol/event-message';
import { eventKeptDays } from '#protocol/event-message';
import { type contract, contract as eventsContract, type GivenEvent } from './contract.ts';
import { deliverDue } from './delivering/service.ts';
import { catchUp, catchUpAll, type Subscribe, subscribe, unsubscribe, watch } from './following/service.ts';
import { createHandlers } from './handlers.ts';
import { createLetters, type Letters } from './letters.ts';
import { up as events } from './migrations/0001-events.ts';
import type { EventNeeds } from './needs.ts';
import { listGiven, type PublishEvent, type PublishedEvent, publishEvent } from './publishing/service.ts';
import { type Hear, hearNext } from './receiving/service.ts';
import { dropOld } from './store.ts';
import { endGrantedBy, endOverdue } from './subscriptions/service.ts';

export {
  contract as eventsContract,
  type DeadLetter,
  type GivenEvent,
  type OpenLetters,
  problem as eventsProblem,
} from './contract.ts';
export type { Subscribe } from './following/service.ts';
export type { EventNeeds, EventOffice } from './needs.ts';
export type { PublishEvent, PublishedEvent } from './publishing/service.ts';
export type { Hear, HeardEvent } from './receiving/service.ts';

export const eventsMigrations: ModuleMigrations = { module: 'events', migrations: { '0001-events': { up: events } } };

export type Events = {
  contract: typeof contract;
  handlers: Handlers<typeof contract>;
  /** Announces an event in the caller's transaction: it will be told exactly when that commits. */
  publish(tx: Tx, event: PublishEvent): Promise<PublishedEvent>;
  /**
   * Hears events of a type that this node's offices were told of; before `start`. In order for each person, at least once;
   * what is written by the given transaction is done once. No network inside.
   */
  hear(type: string, hear: Hear): void;
  subscribe(asked: Subscribe): Promise<Subscription>;
  /** About whom an office is told: by the pairwise subjects it knows. */
  watch(change: { subscriptionId: string; add?: readonly string[]; remove?: readonly string[] }): Promise<{
    added: number;
    removed: number;
  }>;
  unsubscribe(subscriptionId: string): Promise<void>;
  /** Ends a subscription that an office of another state holds here. */
  endGranted(subscriptionId: string): Promise<Subscription>;
  /** Fetches what is missing of a subscription held elsewhere; returns how many were fetched. */
  catchUp(subscriptionId: string): Promise<number>;
  listGiven(personId: string): Promise<GivenEvent[]>;
  letters: Letters;
  /** Sends what is due; true when more may be due. */
  deliverDue(): Promise<boolean>;
  hearNext(): Promise<boolean>;
  /** Drops bodies and nonces that may no longer be kept, and ends subscriptions past their time. */
  forgetOld(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
};

const lookEveryMs = 2_000;
const catchUpEveryMs = 3_600_000;
const followEveryMs = 600_000;

export function createEvents(needs: EventNeeds): Events {
  const hearers = new Map<string, Hear[]>();
  const behind = new Set<string>();
  let caughtUpAt = Number.NEGATIVE_INFINITY;
  const turn = needs.database.turn('events.follower');

  const forgetOld = async () => {
    const now = needs.clock.now();
    await endOverdue(needs);
    await dropOld(needs.database.db, { bodies: new Date(now.getTime() - eventKeptDays * 86_400_000), nonces: now });
  };
  const follow = async (): Promise<boolean> => {
    const nowMs = needs.clock.now().getTime();
    const ids = [...behind];
    behind.clear();
    // What comes round every hour is for one process of the node; what this one was told of, it does itself.
    if (nowMs - caughtUpAt >= catchUpEveryMs && (await turn.take())) {
      caughtUpAt = nowMs;
      await catchUpAll(needs);
      await forgetOld();
    } else for (const id of ids) await catchUp(needs, id);
    return behind.size > 0;
  };
  const deliverLoop = createLoop({
    work: () => deliverDue(needs),
    everyMs: lookEveryMs,
    log: needs.log,
    failed: 'events could not be delivered; it is tried again',
  });
  const hearLoop = createLoop({
    work: () => hearNext(needs, hearers),
    everyMs: lookEveryMs,
    log: needs.log,
    failed: 'events could not be heard; it is tried again',
  });
  const followLoop = createLoop({
    work: follow,
    everyMs: followEveryMs,
    log: needs.log,
    failed: 'could not catch up with events; it is tried again',
  });
  const publish: Events['publish'] = async (tx, event) => {
    const published = await publishEvent(needs, tx, event);
    if (published.subscribers > 0) deliverLoop.nudge();
    return published;
  };

  const stored = createLetters(needs);
  const letters: Letters = {
    ...stored,
    retry: async (id) => {
      await stored.retry(id);
      for (const loop of [deliverLoop, hearLoop]) loop.nudge();
    },
    drop: async (id, reason) => {
      await stored.drop(id, reason);
      for (const loop of [deliverLoop, hearLoop]) loop.nudge();
    },
  };

  return {
    contract: eventsContract,
    handlers: createHandlers(needs, {
      publish,
      letters,
      onReceived: () => hearLoop.nudge(),
      onBehind: (subscriptionId) => {
        behind.add(subscriptionId);
        followLoop.nudge();
      },
      onResumed: () => deliverLoop.nudge(),
    }),
    publish,
    hear: (type, hear) => void hearers.set(type, [...(hearers.get(type) ?? []), hear]),
    subscribe: (asked) => subscribe(needs, asked),
    watch: (change) => watch(needs, change),
    unsubscribe: (subscriptionId) => unsubscribe(needs, subscriptionId),
    endGranted: (subscriptionId) => endGrantedBy(needs, subscriptionId, 'publisher'),
    catchUp: async (subscriptionId) => {
      const fetched = await catchUp(needs, subscriptionId);
      hearLoop.nudge();
      return fetched;
    },
    listGiven: (personId) => listGiven(needs, personId),
    letters,
    deliverDue: () => deliverDue(needs),
    hearNext: () => hearNext(needs, hearers),
    forgetOld,
    start: () => {
      for (const loop of [deliverLoop, hearLoop, followLoop]) loop.start();
    },
    stop: async () => {
      await Promise.all([deliverLoop, hearLoop, followLoop].map((loop) => loop.stop()));
      await turn.release();
    },
  };
}
