import { createKept } from '#kernel/clock';
import { problem } from '../contract.ts';
import { type CasesNeeds, getRow } from '../needs.ts';
import { mayReadAsPerson, type Person } from '../rules.ts';
import type { ServiceMeasures } from './contract.ts';
import { measure } from './rules.ts';
import * as store from './store.ts';

const yearMs = 365 * 86_400_000;
/** Figures of a year do not change by the minute, and every page of the catalogue shows them. */
const keptMs = 60_000;

export function createMeasures(needs: CasesNeeds) {
  const { database, clock, calendar } = needs;

  const read = async (): Promise<ServiceMeasures[]> => {
    const since = new Date(clock.now().getTime() - yearMs);
    const [decided, rated] = await Promise.all([
      store.countDecided(database.db, { since, timeZone: calendar.timeZone, state: needs.state }),
      store.countRatings(database.db, since),
    ]);
    return measure(decided, rated, calendar);
  };

  return {
    /** What the decided cases of the last year show, at most a minute old. */
    measureServices: createKept(clock, keptMs, read),
    /** One to five stars for a case that is decided; said again, the last word stands. */
    rateService: async (person: Person, caseId: string, stars: number): Promise<{ stars: number }> => {
      const row = await getRow(needs, caseId, (found) => mayReadAsPerson(found, person));
      if (!row.decidedAt) throw problem('case-step-refused');
      await database.transaction((tx) => store.saveStars(tx, { caseId, stars, at: clock.now() }));
      return { stars };
    },
    findStars: async (person: Person, caseId: string): Promise<number | undefined> => {
      await getRow(needs, caseId, (found) => mayReadAsPerson(found, person));
      return store.findStars(database.db, caseId);
    },
  };
}
