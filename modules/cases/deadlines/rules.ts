import { addWorkingDays, type Calendar, countWorkingDays } from '../calendar.ts';
import type { CaseRow } from '../store.ts';

/** The office's clock stands still while the person has to answer: what is left of its time is kept. */
export function stopClock(row: CaseRow, today: string, calendar: Calendar): CaseRow {
  if (row.workingDaysLeft !== undefined) return row;
  return { ...row, workingDaysLeft: Math.max(0, countWorkingDays(today, row.dueOn!, calendar)) };
}

/** It goes on where it stood, unless a consent is still missing. An office that was late already is not given more time than today. */
export function startClock(row: CaseRow, today: string, calendar: Calendar): CaseRow {
  if (row.consentBy !== undefined) return row;
  return { ...row, dueOn: addWorkingDays(today, row.workingDaysLeft ?? 0, calendar), workingDaysLeft: undefined };
}

/** 2 on the due day and after it, 1 in the `before` working days ahead of it, otherwise 0. */
export function escalationOf(today: string, dueOn: string, before: number, calendar: Calendar): 0 | 1 | 2 {
  if (today >= dueOn) return 2;
  return countWorkingDays(today, dueOn, calendar) <= before ? 1 : 0;
}
