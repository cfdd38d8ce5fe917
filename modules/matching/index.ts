import { type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import { createAttempts } from './attempts.ts';
import { contract } from './contract.ts';
import { createDesk } from './desk.ts';
import { createLinks } from './links.ts';
import * as matchingTables from './migrations/0001-matching.ts';
import type { MatchingNeeds } from './needs.ts';
import { createSealing } from './sealing.ts';

export type { BegunAttempt } from './attempts.ts';
export { compareDates, dayOf, type RecordedDate } from './comparison/dates.ts';
export {
  compareRecords,
  type Match,
  type MatchedRecord,
  type MatchOutcome,
  type MatchReason,
} from './comparison/rules.ts';
export {
  type Attempt,
  type AttemptState,
  contract as matchingContract,
  type Link,
  type LinkEnd,
  MatchingRules,
  type OwnMatching,
  problem as matchingProblem,
} from './contract.ts';
export type { DeskCandidate, DeskDecision, DeskItem, DeskLink, DeskTask } from './desk.ts';
export type { LinkedRecord, ReadLinked } from './links.ts';
export type { MatchingNeeds, Population } from './needs.ts';
export type { DeskReason, LocalRecord } from './rules.ts';

export const matchingMigrations: ModuleMigrations = {
  module: 'matching',
  migrations: { '0001-matching': matchingTables },
};

export type Matching = ReturnType<typeof createMatching>;

const tickMs = 60_000;

/** Finds the records that this state has of people of other states, and links them with the person's consent. */
export function createMatching(needs: MatchingNeeds) {
  const sealing = createSealing(needs.key);
  const links = createLinks(needs, sealing);
  const attempts = createAttempts(needs, sealing, links);
  const { checkAll, mayRead, isLinked, findLinked, readLinked, remove } = links;
  let ticking: ReturnType<typeof setInterval> | undefined;
  let working: Promise<void> = Promise.resolve();
  let forgottenOn = '';
  /** Drops what waited too long and, once a day, what ended long ago; asks the register what became of linked records. */
  const tend = async (): Promise<void> => {
    await attempts.expire();
    const today = needs.clock.now().toISOString().slice(0, 10);
    if (forgottenOn !== today) await attempts.forget();
    forgottenOn = today;
    await checkAll();
  };
  return {
    ...attempts,
    mayRead,
    isLinked,
    findLinked,
    readLinked,
    removeLink: remove,
    tend,
    desk: createDesk(needs, sealing, links),
    /** The rules of this state; undefined where it links nobody. */
    rules: needs.rules,
    contract,
    handlers: {
      getOwnMatching: ({ caller }) => attempts.own(personOf(caller).personId),
      removeLink: ({ caller, params, body }) => remove(personOf(caller).personId, params.linkId, body.why),
    } satisfies Handlers<typeof contract>,
    start: (): void => {
      ticking ??= setInterval(() => {
        working = working
          .then(tend)
          .catch((error: unknown) => needs.log.error({ err: error }, 'links were not tended'));
      }, tickMs).unref();
    },
    stop: async (): Promise<void> => {
      clearInterval(ticking);
      ticking = undefined;
      await working;
    },
  };
}
