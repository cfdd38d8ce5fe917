import type { Tx } from '#kernel/database';
import { dateIn, type Text } from '#kernel/languages';
import type { Colleague } from '../absences/contract.ts';
import { findAbsence } from '../absences/rules.ts';
import { listAbsences } from '../absences/store.ts';
import { mayTake, stepTo } from '../chart.ts';
import { decidersOf } from '../decisions/rules.ts';
import { holdForStep, isParty, officerActor, takenParams } from '../holding.ts';
import { type CasesNeeds, saveRow } from '../needs.ts';
import { problem } from '../problems.ts';
import { mayDo } from '../roles/rules.ts';
import { type Officer, workOf } from '../rules.ts';
import { appendEvent, type CaseRow, listEvents } from '../store.ts';

/** What the event of it holds beside who did it: to whom it went. */
export type AssignedBody = { to: string; toNames: Text; takenOverFrom?: string };

/**
 * Whether a colleague could take the case themselves now: with a role for it, no party to it, no hand in the decision that an appeal is against,
 * and not away.
 */
async function isSuited(needs: CasesNeeds, tx: Tx, row: CaseRow, colleague: Colleague): Promise<boolean> {
  const today = dateIn(needs.clock.now(), needs.calendar.timeZone);
  if (!mayDo(needs.roles(), colleague, 'work', workOf(row))) return false;
  if (!mayDo(needs.roles(), colleague, 'read', workOf(row))) return false;
  if (findAbsence(await listAbsences(tx, today, row.officeId), colleague.personId, today)) return false;
  if (row.state === 'under-appeal' && decidersOf(await listEvents(tx, row.id)).has(colleague.personId)) return false;
  return !(await isParty(needs, tx, row, colleague.personId));
}

/** To whom a case can be given now: nobody where its state lets nobody take it. */
export async function listSuited(
  needs: CasesNeeds,
  row: CaseRow,
): Promise<Array<Pick<Colleague, 'personId' | 'names'>>> {
  if (!mayTake(row.state, 'take')) return [];
  const found: Colleague[] = [];
  for (const one of (await needs.colleagues?.(row.officeId)) ?? [])
    if (one.personId !== row.assignment?.officerId && (await isSuited(needs, needs.database.db, row, one)))
      found.push(one);
  return found.map(({ personId, names }) => ({ personId, names }));
}

/** A supervisor gives a case to a colleague, who is told. */
export function createAssigning(needs: CasesNeeds) {
  const { database, clock } = needs;

  /** The same rules as for taking: one officer at a time, and what somebody else has is taken from them on purpose. The same colleague twice is once. */
  const assignCase = async (
    officer: Officer,
    caseId: string,
    { officerId, takeOver = false }: { officerId: string; takeOver?: boolean | undefined },
  ): Promise<{ caseId: string; officerId: string }> => {
    const colleague = ((await needs.colleagues?.(officer.officeId)) ?? []).find(
      ({ personId }) => personId === officerId,
    );
    return database.transaction(async (tx) => {
      const row = await holdForStep(needs, tx, officer, caseId, 'supervise');
      const next = stepTo(row.state, 'take');
      if (!colleague || !(await isSuited(needs, tx, row, colleague))) throw problem('colleague-unsuited');
      const holder = row.assignment;
      if (holder?.officerId === officerId) return { caseId, officerId };
      if (holder && !takeOver) throw problem('case-taken', takenParams(holder));
      const at = clock.now();
      const { names } = colleague;
      await saveRow(tx, {
        ...row,
        state: next,
        updatedAt: at,
        assignment: { officerId, officerName: names.ar, assignedAt: at },
      });
      const to: AssignedBody = {
        to: officerId,
        toNames: names,
        ...(holder ? { takenOverFrom: holder.officerId } : {}),
      };
      const body = { by: officer.name ?? '', ...to };
      await appendEvent(tx, { caseId, kind: 'case-assigned', actor: officerActor(officer), body, at });
      // Whoever gives it to themselves knows.
      if (officerId !== officer.personId) await needs.jobs.send(tx, 'case-assigned', { caseId }, { key: caseId });
      return { caseId, officerId };
    });
  };

  return { assignCase };
}
