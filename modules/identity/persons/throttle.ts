import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Keys } from '#kernel/keys';
import { problem } from '../contract.ts';
import { type AttemptLimit, addressGroup, attemptsForgottenAfterMs, keyedIndex, waitMs } from './rules.ts';
import * as store from './store.ts';

export type CountedLimit = { counter: Buffer; limit: AttemptLimit };

/** Slows guessing down. A counter is a keyed hash: the table tells nobody whose number was tried, nor from where. */
export type Throttle = {
  counter(kind: string, ...parts: string[]): Buffer;
  /** The counter of an address, which stands for the address itself where it is remembered. */
  addressCounter(address: string): Buffer;
  /** Counts the attempt before it is judged, so that many at once cannot slip past. Refuses `too-many-attempts`. */
  admit(limits: CountedLimit[]): Promise<void>;
  /** After a right attempt: `forgotten` begin at nothing again, from `takenBack` this one attempt is taken. */
  clear(forgotten: Buffer[], takenBack?: Buffer): Promise<void>;
  /** Whether the account was signed in to from this address in the last 90 days. */
  isKnown(nationalId: string, address: string): Promise<boolean>;
  /** Makes an address the person's own; only after a full sign-in, for a password alone may have been stolen. */
  remember(nationalId: string, address: string): Promise<void>;
};

export const addressKnownForMs = 90 * 86_400_000;

export async function createThrottle(needs: { database: Database; clock: Clock; keys: Keys }): Promise<Throttle> {
  const { database, clock } = needs;
  const key = await needs.keys.secret('identity.attempts');
  const counter = (kind: string, ...parts: string[]) => keyedIndex(key, kind, parts.join('\u0000'));
  const addressCounter = (address: string) => counter('address', addressGroup(address));
  const before = (ms: number) => new Date(clock.now().getTime() - ms);

  return {
    counter,
    addressCounter,
    admit: async (limits) => {
      const counters = limits.map((one) => one.counter);
      await database.transaction(async (tx) => {
        const now = clock.now();
        const counts = await store.lockAttempts(tx, counters, now);
        const wait = Math.max(...limits.map((one, index) => waitMs(counts[index], one.limit, now)));
        if (wait > 0) throw problem('too-many-attempts', { seconds: Math.ceil(wait / 1000) });
        await store.countAttempts(tx, counters, now, before(attemptsForgottenAfterMs));
      });
    },
    clear: (forgotten, takenBack) =>
      database.transaction(async (tx) => {
        await store.lockAttempts(tx, takenBack ? [...forgotten, takenBack] : forgotten, clock.now());
        await store.forgetAttempts(tx, forgotten);
        if (takenBack) await store.takeBackAttempt(tx, takenBack);
      }),
    isKnown: (nationalId, address) =>
      store.isAddressKnown(
        database.db,
        counter('account', nationalId),
        addressCounter(address),
        before(addressKnownForMs),
      ),
    remember: (nationalId, address) =>
      store.rememberAddress(database.db, counter('account', nationalId), addressCounter(address), clock.now()),
  };
}
