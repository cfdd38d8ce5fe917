import type { ModuleMigrations } from '#kernel/database';
import { createLoop } from '#kernel/loop';
import { sharingContract } from './contract.ts';
import { deliverDue } from './delivering/service.ts';
import { createErasing } from './erasing/service.ts';
import { createHandlers } from './handlers.ts';
import { createLetters } from './letters.ts';
import { up as sharing } from './migrations/0001-sharing.ts';
import { up as erasing } from './migrations/0020-erasing.ts';
import type { SharingNeeds } from './needs.ts';
import { dropNonces } from './store.ts';
import { createTelling } from './telling/service.ts';
import { createViewing } from './viewing/service.ts';

export {
  type Clock,
  type GivenUpLetter,
  type Share,
  type SharedCase,
  type SharedCaseForOffice,
  type SharedSummary,
  type ShareForOffice,
  sharingContract,
} from './contract.ts';
export type { SharingNeeds, SharingOffice } from './needs.ts';
export { problem as sharingProblem } from './problems.ts';
export type { SharedUse } from './viewing/service.ts';

export const sharingMigrations: ModuleMigrations = {
  module: 'sharing',
  migrations: { '0001-sharing': { up: sharing }, '0020-erasing': { up: erasing } },
};

const tellEveryMs = 2_000;
const deliverEveryMs = 2_000;
const silenceEveryMs = 600_000;
const eraseEveryMs = 3_600_000;

/** One case, seen alike by the states that it concerns. */
export function createSharing(needs: SharingNeeds) {
  const { log } = needs;
  const nudge = () => delivering.nudge();
  const telling = createTelling(needs, nudge);
  const viewing = createViewing(needs, { nudge, answerBy: telling.answerBy });
  const letters = createLetters(needs, nudge);
  const erasing = createErasing(needs, nudge);
  const delivering = createLoop({
    work: () => deliverDue(needs),
    everyMs: deliverEveryMs,
    log,
    failed: 'letters about shared cases could not be sent; it is tried again',
  });
  const tells = createLoop({
    work: telling.tellChanges,
    everyMs: tellEveryMs,
    log,
    failed: 'changes of shared cases could not be told; it is tried again',
  });
  const looks = createLoop({
    work: async () => {
      await telling.passSilence();
      await dropNonces(needs.database.db, needs.clock.now());
      return false;
    },
    everyMs: silenceEveryMs,
    log,
    failed: 'answers that did not come could not be noted; it is tried again',
  });
  const erases = createLoop({
    work: () => erasing.eraseSeen().then(() => false),
    everyMs: eraseEveryMs,
    log,
    failed: 'cases of other states that are over could not be erased; it is tried again',
  });
  const loops = [tells, delivering, looks, erases];
  return {
    ...telling,
    ...viewing,
    ...letters,
    ...erasing,
    /** Sends what is due; true when more may be due. */
    deliverDue: () => deliverDue(needs),
    contract: sharingContract,
    handlers: createHandlers(needs, {
      telling,
      viewing,
      letters,
      onReceived: () => {
        tells.nudge();
        delivering.nudge();
      },
    }),
    start: () => {
      for (const loop of loops) loop.start();
    },
    stop: async () => {
      for (const loop of loops) await loop.stop();
    },
  };
}
export type Sharing = ReturnType<typeof createSharing>;
