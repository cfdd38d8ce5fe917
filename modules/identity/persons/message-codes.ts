import { randomInt, timingSafeEqual } from 'node:crypto';
import type { Language } from '#kernel/languages';
import { normalizeNationalId } from '#protocol/national-ids';
import type { IdentityNeeds } from '../needs.ts';
import * as store from './store.ts';
import type { Throttle } from './throttle.ts';

export const messageMethod = 'password-message';
const validMs = 300_000;
/** A number that was put in the place of another one yesterday may be somebody else's: it signs in from the next day on. */
const settledMs = 86_400_000;

/** Codes that are sent as a text message, after a right password, to a number that the person confirmed before. */
export type MessageCodes = {
  /** The last digits of the number; undefined where no code can be sent. */
  findHint(personId: string): Promise<string | undefined>;
  /** Sends a new code, which takes the place of the last. False where no code can be sent; refuses as the sender does. */
  send(step: { interactionId: string; personId: string; language: Language }): Promise<boolean>;
  isSent(interactionId: string): Promise<boolean>;
  /** Whether that is the code, once. */
  take(interactionId: string, typed: string): Promise<boolean>;
};

export function createMessageCodes(
  needs: Pick<IdentityNeeds, 'database' | 'clock' | 'eid' | 'messageCodes'>,
  throttle: Pick<Throttle, 'counter'>,
): MessageCodes {
  const { clock, messageCodes } = needs;
  const db = needs.database.db;
  const hashOf = (interactionId: string, code: string) => throttle.counter('message-code', interactionId, code);
  const settledBefore = () => new Date(clock.now().getTime() - settledMs);
  const isOffered = Object.hasOwn(needs.eid.methods, messageMethod);

  return {
    findHint: async (personId) => (isOffered ? messageCodes?.findHint(personId, settledBefore()) : undefined),
    send: async ({ interactionId, personId, language }) => {
      if (!isOffered || messageCodes === undefined) return false;
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      // A code that is not sent takes the place of none.
      if (!(await messageCodes.send(personId, { code, language, settledBefore: settledBefore() }))) return false;
      const until = new Date(clock.now().getTime() + validMs);
      await store.noteMessageCode(db, interactionId, {
        message_code: hashOf(interactionId, code),
        message_until: until,
      });
      return true;
    },
    isSent: async (interactionId) => (await store.findMessageCode(db, interactionId, clock.now())) !== undefined,
    take: async (interactionId, typed) => {
      const hash = await store.findMessageCode(db, interactionId, clock.now());
      if (hash === undefined) return false;
      if (!timingSafeEqual(hash, hashOf(interactionId, normalizeNationalId(typed)))) return false;
      return store.takeMessageCode(db, interactionId, hash);
    },
  };
}
