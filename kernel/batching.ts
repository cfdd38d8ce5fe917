import { AsyncLocalStorage } from 'node:async_hooks';
import type { Part } from './statements.ts';
import type { Together } from './together.ts';

/**
 * Makes one piece of work out of many callers' items: `run` gets everything that came in while its last round was under way,
 * so that a hundred callers share a statement or a commit and a lone one does not wait. There is no timer: a window would
 * cost a lone caller its whole length and gains a crowd nothing.
 *
 * `run` answers one result per item, in their order; an Error among them refuses that item alone. When `run` itself
 * throws, each item of the round is run by itself, so that one bad item does not fail its neighbours.
 */
export function createBatcher<Item, Result>(
  run: (items: readonly Item[]) => Promise<ReadonlyArray<Result | Error>>,
  options: { itemsMax?: number } = {},
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve(result: Result): void; reject(error: unknown): void };
  const itemsMax = options.itemsMax ?? 256;
  let waiting: Waiting[] = [];
  let isRunning = false;
  // A round works for many callers: it must not inherit the context of the one that happened to start it.
  const outside = AsyncLocalStorage.snapshot();

  const settle = async (round: readonly Waiting[]): Promise<void> => {
    try {
      const results = await run(round.map(({ item }) => item));
      for (const [index, { resolve, reject }] of round.entries()) {
        const result = results[index];
        if (result instanceof Error) reject(result);
        else resolve(result as Result);
      }
    } catch (error) {
      if (round.length === 1) return round[0]!.reject(error);
      for (const one of round) await settle([one]);
    }
  };
  const start = async (): Promise<void> => {
    while (waiting.length > 0) {
      const round = waiting.slice(0, itemsMax);
      waiting = waiting.slice(itemsMax);
      await settle(round);
    }
    isRunning = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isRunning) return;
      isRunning = true;
      // After what arrived together has arrived.
      outside(() => setImmediate(() => void start()));
    });
}

/** Finds rows by a key, in one statement for all who ask at the same time; `reading` is the statement for the keys of a round. */
export function createFinder<Row>(
  database: Pick<Together, 'readTogether'>,
  reading: (keys: readonly string[]) => Part<Map<string, Row>>,
): (key: string) => Promise<Row | undefined> {
  return createBatcher(async (keys) => {
    const [found] = await database.readTogether([reading(keys)]);
    return keys.map((key) => found.get(key));
  });
}
