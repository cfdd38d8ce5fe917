import { dateIn } from '#kernel/languages';
import { problem } from '../problems.ts';
import type { CaseRole } from '../roles/contract.ts';
import { requireDuty } from '../roles/rules.ts';
import type { Officer } from '../rules.ts';
import { type Absence, absenceDaysMax, type Colleague } from './contract.ts';

const dayMs = 86_400_000;
/** `Date` takes 30 February for 2 March; the database does not take it at all. */
export const isDay = (on: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(on)) return false;
  const at = new Date(`${on}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(on);
};

/** Everybody enters the own absence; a supervisor that of anybody in the office. */
export function refuseOthersAbsence(known: readonly CaseRole[], officer: Officer, officerId: string): void {
  if (officer.personId !== officerId) requireDuty(known, officer, 'supervise');
}

/** Throws where the days are none, are over, or are more than a year. */
export function checkDays({ fromOn, untilOn }: Pick<Absence, 'fromOn' | 'untilOn'>, today: string): void {
  const lasts = isDay(fromOn) && isDay(untilOn) ? (Date.parse(untilOn) - Date.parse(fromOn)) / dayMs + 1 : 0;
  if (lasts < 1 || lasts > absenceDaysMax || untilOn < today) throw problem('absence-days-wrong');
}

export const isOn = ({ fromOn, untilOn }: Pick<Absence, 'fromOn' | 'untilOn'>, day: string): boolean =>
  fromOn <= day && day <= untilOn;

export function findAbsence(absences: readonly Absence[], officerId: string, day: string): Absence | undefined {
  return absences.find((absence) => absence.officerId === officerId && isOn(absence, day));
}

/**
 * Whether a case in hand has to go to somebody else: its holder is away today, and did not take it after the absence began. Whoever works
 * although away keeps what they take.
 */
export function isLeftBehind(absence: Absence, assignedAt: Date, timeZone: string): boolean {
  return dateIn(assignedAt, timeZone) < absence.fromOn || assignedAt < absence.setAt;
}

/** Who covers, if they are of the office and there themselves; nobody covers for somebody who covers. */
export function coverOf(
  absence: Absence,
  absences: readonly Absence[],
  colleagues: readonly Colleague[],
  day: string,
): Colleague | undefined {
  if (absence.coverId === undefined || findAbsence(absences, absence.coverId, day)) return undefined;
  return colleagues.find(({ personId }) => personId === absence.coverId);
}
