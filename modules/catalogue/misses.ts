import { createHmac } from 'node:crypto';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Keys } from '#kernel/keys';
import type { Log } from '#kernel/log';
import { spokenWords } from './search.ts';
import { countMiss, forgetMisses, listNamedMisses, type Miss } from './store.ts';

/** Words are kept from this many askings on: what one person typed about themselves is never written down. */
export const namedFrom = 5;
/** The same words count once in this time, so that nobody makes them known alone by asking again and again in one sitting. */
const countedOnceMs = 600_000;
const keptMs = 90 * 86_400_000;
const forgetEveryMs = 3_600_000;
const wordsMax = 8;
const letterMax = 80;
/** Whoever floods the search fills no table. */
const pauseMs = 100;

export type Misses = {
  /** Counts a question that found nothing: in the background, without the person, without what may be about one (numbers, addresses). */
  note(question: string): void;
  /** What was asked for in vain most often. */
  list(): Promise<Miss[]>;
  settle(): Promise<void>;
};

export function createMisses(needs: { database: Database; clock: Clock; keys: Keys; log: Log }): Misses {
  const { database, clock, keys, log } = needs;
  let work: Promise<void> = Promise.resolve();
  let notedAt = 0;
  let forgottenAt = 0;

  async function keep(words: string): Promise<void> {
    const now = clock.now();
    const hash = createHmac('sha256', await keys.secret('catalogue.search-misses'))
      .update(words)
      .digest();
    const countedBefore = new Date(now.getTime() - countedOnceMs);
    await countMiss(database.db, { hash, words, namedFrom, now, countedBefore });
    if (now.getTime() - forgottenAt < forgetEveryMs) return;
    forgottenAt = now.getTime();
    await forgetMisses(database.db, new Date(now.getTime() - keptMs));
  }

  return {
    note: (question) => {
      const words = wordsToKeep(question);
      const now = performance.now();
      if (words === undefined || now - notedAt < pauseMs) return;
      notedAt = now;
      work = work.then(() =>
        keep(words).catch((error) => log.error({ err: error }, 'a search that found nothing could not be counted')),
      );
    },
    list: () => listNamedMisses(database.db),
    settle: () => work,
  };
}

/** The words of a question that carry meaning; undefined where it may be about a person: a number, an address, a whole story. */
function wordsToKeep(question: string): string | undefined {
  if (/[\p{N}@]/u.test(question) || question.includes('://')) return undefined;
  const words = spokenWords(question);
  const text = words.join(' ');
  return words.length === 0 || words.length > wordsMax || text.length > letterMax ? undefined : text;
}
