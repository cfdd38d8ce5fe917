import { dateIn } from '#kernel/languages';
import { coverOf, findAbsence, isLeftBehind } from '../absences/rules.ts';
import { listAbsences } from '../absences/store.ts';
import { openStates, stepTo } from '../chart.ts';
import { decidersOf } from '../decisions/rules.ts';
import { isParty } from '../holding.ts';
import { type CasesNeeds, saveRow } from '../needs.ts';
import { mayDo } from '../roles/rules.ts';
import { appendEvent, holdCase, listEvents } from '../store.ts';
import { listHolders } from './store.ts';

/** What becomes of cases in the hand of an officer who has no role for them any more, or is away. */
export function createReturns(needs: CasesNeeds) {
  const { database, clock, calendar } = needs;

  /**
   * Such cases go to whoever covers for the absent, or back to the queue; what a person owes an answer to, or a second officer a
   * confirmation, waits on without anybody's name. Nobody covers who has no role for it, who is a party to
   * the case, or for an appeal against what they decided.
   * Answers how many went to somebody else.
   */
  const returnCases = async (): Promise<number> => {
    const { rolesIn } = needs;
    if (!rolesIn) return 0;
    const today = dateIn(clock.now(), calendar.timeZone);
    const absences = await listAbsences(database.db, today);
    const colleagues = new Map(
      await Promise.all(
        [...new Set(absences.map(({ officeId }) => officeId))].map(
          async (officeId) => [officeId, (await needs.colleagues?.(officeId)) ?? []] as const,
        ),
      ),
    );
    let returned = 0;
    for (const { caseId, officerId, officeId, ...work } of await listHolders(database.db)) {
      const absence = findAbsence(
        absences.filter((one) => one.officeId === officeId),
        officerId,
        today,
      );
      const isGone = !mayDo(needs.roles(), { roles: await rolesIn(officerId, officeId) }, 'work', work);
      if (!isGone && !absence) continue;
      returned += await database.transaction(async (tx) => {
        const row = await holdCase(tx, caseId);
        if (row?.assignment?.officerId !== officerId || !openStates.includes(row.state)) return 0;
        if (!isGone && !isLeftBehind(absence!, row.assignment.assignedAt, calendar.timeZone)) return 0;
        const at = clock.now();
        const actor = { kind: 'node' as const };
        const found = absence && coverOf(absence, absences, colleagues.get(officeId)!, today);
        const mayCover =
          found !== undefined &&
          mayDo(needs.roles(), found, 'work', work) &&
          !(await isParty(needs, tx, row, found.personId)) &&
          !(row.state === 'under-appeal' && decidersOf(await listEvents(tx, caseId)).has(found.personId));
        if (mayCover) {
          const assignment = { officerId: found.personId, officerName: found.names.ar, assignedAt: at };
          await saveRow(tx, { ...row, assignment, updatedAt: at });
          const body = { by: found.names.ar, takenOverFrom: officerId };
          await appendEvent(tx, { caseId, kind: 'case-covered', actor, body, at });
          return 1;
        }
        const by = row.assignment.officerName;
        const state = row.state === 'in-review' ? stepTo(row.state, 'release') : row.state;
        await saveRow(tx, { ...row, state, assignment: undefined, updatedAt: at });
        await appendEvent(tx, { caseId, kind: isGone ? 'case-returned' : 'case-set-down', actor, body: { by }, at });
        return 1;
      });
    }
    return returned;
  };
  return { returnCases };
}
