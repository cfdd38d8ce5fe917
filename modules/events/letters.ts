import type { DeadLetter, UnheardEvent } from './contract.ts';
import { dropDeadLetter, type LetterNeeds, listDeadLetters, retryDeadLetter } from './delivering/service.ts';
import { countOpen } from './delivering/store.ts';
import { listUnheard, settleUnheard } from './receiving/service.ts';

/** What an operator does about events that could not be delivered or heard. */
export type Letters = {
  listDead(): Promise<DeadLetter[]>;
  listUnheard(): Promise<UnheardEvent[]>;
  /** A dead letter is sent again, an unheard event heard again. Throws `letter-unknown`. */
  retry(id: string): Promise<void>;
  /** It is given up, and what waited behind it goes on. The reason is in the ledger and names nobody. */
  drop(id: string, reason: string): Promise<void>;
  count(): Promise<{ waiting: number; dead: number; oldestWaitingAt?: Date }>;
};

export function createLetters(needs: LetterNeeds): Letters {
  const isUnheard = async (id: string) => (await listUnheard(needs)).some(({ eventId }) => eventId === id);
  return {
    listDead: () => listDeadLetters(needs),
    listUnheard: () => listUnheard(needs),
    retry: async (id) => ((await isUnheard(id)) ? settleUnheard(needs, id, 'received') : retryDeadLetter(needs, id)),
    drop: async (id, reason) =>
      (await isUnheard(id)) ? settleUnheard(needs, id, 'heard') : dropDeadLetter(needs, id, reason),
    count: async () => {
      const { waiting, dead, oldest_waiting: oldest } = await countOpen(needs.database.db);
      return { waiting, dead, ...(oldest ? { oldestWaitingAt: oldest } : {}) };
    },
  };
}
