import { isParty } from '../holding.ts';
import type { CasesNeeds } from '../needs.ts';
import { mayReadAsOfficer, type Officer, workOf } from '../rules.ts';
import { findCase } from '../store.ts';
import type { Duty } from './contract.ts';
import { dutiesIn, mayDo, requireDuty, type Work } from './rules.ts';

/** What the roles of officers let them do, for whoever shows pages or shares cases. */
export function createRoles(needs: Pick<CasesNeeds, 'database' | 'roles' | 'actsFor'>) {
  return {
    /** Whether an officer has a duty in this work; without any, whether anywhere. */
    mayDo: (officer: Pick<Officer, 'roles' | 'through'>, duty: Duty, work?: Work): boolean =>
      mayDo(needs.roles(), officer, duty, work),
    /** Throws `role-needed`, which names the roles that would do. */
    requireDuty: (officer: Pick<Officer, 'roles' | 'through'>, duty: Duty, work?: Work): void =>
      requireDuty(needs.roles(), officer, duty, work),
    /** What an officer may do with a case, and whether they are a party to it; undefined where they do not see it. */
    describeStanding: async (
      officer: Officer,
      caseId: string,
    ): Promise<{ work: Work; duties: Duty[]; isParty: boolean } | undefined> => {
      const known = needs.roles();
      const row = await findCase(needs.database.db, caseId);
      if (!row || !mayReadAsOfficer(known, row, officer)) return undefined;
      const work = workOf(row);
      return {
        work,
        duties: dutiesIn(known, officer, work),
        isParty: await isParty(needs, needs.database.db, row, officer.personId),
      };
    },
  };
}
