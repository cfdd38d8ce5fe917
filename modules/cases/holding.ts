import type { Tx } from '#kernel/database';
import { type Step, stepTo } from './chart.ts';
import { type CaseState, problem } from './contract.ts';
import { holdRow } from './needs.ts';
import { mayReadAsOfficer, type Officer, refuseOwnCase } from './rules.ts';
import type { CaseRow } from './store.ts';
import { colleague } from './words.ts';

/** Which cases an officer sees: those sent to the own office. */
export const seenBy = (officer: Officer) => (row: CaseRow) => mayReadAsOfficer(row, officer);

/** The case at exactly the version that the officer looked at, held until the transaction ends. Never the officer's own. */
export async function holdForOfficer(
  tx: Tx,
  officer: Officer,
  caseId: string,
  expectedVersion: number,
): Promise<CaseRow> {
  const row = await holdRow(tx, caseId, seenBy(officer));
  refuseOwnCase(row, officer);
  refuseOther(row, expectedVersion);
  return row;
}

/** The same for a step that only whoever has taken the case may do, with the state that it leads to. */
export async function holdTaken(
  tx: Tx,
  officer: Officer,
  caseId: string,
  expectedVersion: number,
  step: Step,
): Promise<{ row: CaseRow; next: CaseState }> {
  const row = await holdForOfficer(tx, officer, caseId, expectedVersion);
  if (row.state === 'submitted') throw problem('case-not-taken');
  const next = stepTo(row.state, step);
  if (!row.assignment) throw problem('case-not-taken');
  if (row.assignment.officerId !== officer.personId) throw problem('case-taken', takenParams(row.assignment));
  return { row, next };
}

export function takenParams(holder: { officerName: string; assignedAt: Date }) {
  const who = holder.officerName || `${colleague.ar} / ${colleague.en}`;
  return { who, at: holder.assignedAt.toISOString() };
}

/** Who acted, as an event keeps it. */
export const officerActor = (officer: Officer) => ({ kind: 'officer' as const, id: officer.personId });

/** Refuses a step on another version than the one there is, where somebody says which they have before them. */
export function refuseOther({ version }: CaseRow, expectedVersion: number | undefined): void {
  if (expectedVersion !== undefined && version !== expectedVersion) throw problem('case-changed-since');
}
