import type { Tx } from '#kernel/database';
import { type Step, stepTo } from './chart.ts';
import { type CaseState, problem } from './contract.ts';
import { type CasesNeeds, getRow, holdRow } from './needs.ts';
import type { Duty } from './roles/contract.ts';
import { requireDuty } from './roles/rules.ts';
import { isPartyOf, mayReadAsOfficer, type Officer, workOf } from './rules.ts';
import { type Actor, type CaseRow, hasActed } from './store.ts';
import { CallDone, refuseAlone } from './systems/rules.ts';
import { findCall } from './systems/store.ts';
import { colleague } from './words.ts';

type Knowing = Pick<CasesNeeds, 'roles' | 'actsFor'>;

/**
 * Which cases an officer sees: those sent to the own office, as far as their roles reach. Refuses whoever has no role to read any, before
 * anything is looked for: the refusal tells of no case.
 */
export function seenBy({ roles }: Knowing, officer: Officer): (row: CaseRow) => boolean {
  const known = roles();
  requireDuty(known, officer, 'read');
  return (row) => mayReadAsOfficer(known, row, officer);
}

/**
 * Whether the case is about somebody, they applied or took any step in it for somebody else, or they act for whom it is about, whoever
 * applied.
 */
export async function isParty(needs: Knowing, db: Tx, row: CaseRow, personId: string): Promise<boolean> {
  return (
    isPartyOf(row, personId) ||
    (await hasActed(db, row.id, personId)) ||
    ((await needs.actsFor?.(db, personId, row.personId)) ?? false)
  );
}

/** Nobody works on what they applied for or took part in, for whomever. */
async function refuseParty(needs: Knowing, db: Tx, row: CaseRow, { personId }: Officer): Promise<void> {
  if (await isParty(needs, db, row, personId)) throw problem('own-case');
}

/** The case for a step that takes this duty, before anything is asked of anybody for it. Never of whoever is a party to it. */
export async function getForStep(needs: CasesNeeds, officer: Officer, caseId: string, duty: Duty): Promise<CaseRow> {
  const row = await getRow(needs, caseId, seenBy(needs, officer));
  refuseAlone(officer, duty);
  requireDuty(needs.roles(), officer, duty, workOf(row));
  await refuseParty(needs, needs.database.db, row, officer);
  return row;
}

/** Of a step that a system takes: once under its id, and on the version that it looked at, whatever the step asks for besides. */
async function beginCall(tx: Tx, row: CaseRow, { through }: Officer): Promise<void> {
  if (!through?.call) return;
  // The case is held: two calls under one id come by here one after the other.
  if (await findCall(tx, through.systemId, through.call.id)) throw new CallDone();
  refuseOther(row, through.call.expectedVersion);
}

/** The same, held until the transaction ends. */
export async function holdForStep(
  needs: Knowing,
  tx: Tx,
  officer: Officer,
  caseId: string,
  duty: Duty,
): Promise<CaseRow> {
  const row = await holdRow(tx, caseId, seenBy(needs, officer));
  refuseAlone(officer, duty);
  requireDuty(needs.roles(), officer, duty, workOf(row));
  await beginCall(tx, row, officer);
  await refuseParty(needs, tx, row, officer);
  return row;
}

/** Which case, at exactly which version the officer looked at it, and the duty that the step takes. */
export type SeenCase = { caseId: string; expectedVersion: number; duty: Duty };

export async function holdForOfficer(
  needs: Knowing,
  tx: Tx,
  officer: Officer,
  { caseId, expectedVersion, duty }: SeenCase,
): Promise<CaseRow> {
  const row = await holdForStep(needs, tx, officer, caseId, duty);
  refuseOther(row, expectedVersion);
  return row;
}

/** The same for a step that only whoever has taken the case may do, with the state that it leads to. */
export async function holdTaken(
  needs: Knowing,
  tx: Tx,
  officer: Officer,
  seen: SeenCase,
  step: Step,
): Promise<{ row: CaseRow; next: CaseState }> {
  const row = await holdForOfficer(needs, tx, officer, seen);
  if (row.state === 'submitted') throw problem('case-not-taken');
  const next = stepTo(row.state, step);
  if (!row.assignment) throw problem('case-not-taken');
  if (!isHeldBy(row.assignment, officer)) throw problem('case-taken', takenParams(row.assignment));
  return { row, next };
}

export function takenParams(holder: { officerName: string; assignedAt: Date }) {
  const who = holder.officerName || `${colleague.ar} / ${colleague.en}`;
  return { who, at: holder.assignedAt.toISOString() };
}

/** An officer goes on with what the system by which they act has taken; a system never with what an officer has. */
const isHeldBy = ({ officerId }: { officerId: string }, { personId, through }: Officer): boolean =>
  officerId === personId || officerId === through?.systemId;

/** Who acted, as an event keeps it; the name of a system stands there too. */
export const officerActor = ({ personId, through }: Officer) =>
  ({ kind: 'officer', id: personId, ...(through ? { through } : {}) }) satisfies Actor;

/** Refuses a step on another version than the one there is, where somebody says which they have before them. */
export function refuseOther({ version }: CaseRow, expectedVersion: number | undefined): void {
  if (expectedVersion !== undefined && version !== expectedVersion) throw problem('case-changed-since');
}
