import { dateIn } from '#kernel/languages';
import type { CasesNeeds } from '../needs.ts';
import { grantsOf, requireDuty } from '../roles/rules.ts';
import type { Officer } from '../rules.ts';
import type { OfficerLoad, Workload } from './contract.ts';
import { countByService, countDecided, countInHand } from './store.ts';

const daysBack = 30;
const decidedMin = 5;

/** How much an office has to do, for its supervisors. */
export function createWorkload(needs: CasesNeeds) {
  const { database, clock, calendar } = needs;

  /** Officers with nothing in hand are listed too: they are who can take something. */
  const readWorkload = async (officer: Officer): Promise<Workload> => {
    requireDuty(needs.roles(), officer, 'supervise');
    const grants = grantsOf(needs.roles(), officer, 'supervise');
    const of = { officeId: officer.officeId, grants };
    const today = dateIn(clock.now(), calendar.timeZone);
    const since = new Date(clock.now().getTime() - daysBack * 86_400_000);
    const [inHand, decided, services, colleagues] = await Promise.all([
      countInHand(database.db, of, today),
      countDecided(database.db, of, since),
      countByService(database.db, of, today),
      needs.colleagues?.(officer.officeId) ?? [],
    ]);
    const held = new Map(inHand.map((one) => [one.officerId, one]));
    const names = new Map(inHand.map(({ officerId, name }) => [officerId, { ar: name, en: name }]));
    for (const colleague of colleagues) names.set(colleague.personId, colleague.names);
    const done = new Map(decided.map((one) => [one.officerId, one]));
    const officers = [...names].map(([officerId, called]): OfficerLoad => {
      const { decided: count = 0, medianHours } = done.get(officerId) ?? {};
      const { inHand: has = 0, waiting = 0, late = 0 } = held.get(officerId) ?? {};
      const isTold = count >= decidedMin && typeof medianHours === 'number';
      return {
        officerId,
        names: called,
        inHand: has,
        waiting,
        late,
        decided: count,
        ...(isTold ? { medianHours } : {}),
      };
    });
    return { officers: officers.sort((one, other) => other.inHand - one.inHand), services, daysBack };
  };
  return { readWorkload };
}
