/** When a state works. The weekend and holidays differ by state, so a deadline is always one state's deadline. */
export type Calendar = {
  /** Days off each week, 0 for Sunday to 6 for Saturday. */
  weekend: number[];
  /** Dates off, ISO 8601, as the state has announced them. */
  holidays: string[];
  /** IANA name, such as Asia/Riyadh. */
  timeZone: string;
};

const dayMs = 86_400_000;

export function isWorkingDay(on: string, calendar: Calendar): boolean {
  return !calendar.weekend.includes(new Date(`${on}T00:00:00Z`).getUTCDay()) && !calendar.holidays.includes(on);
}

/** The date `days` working days after a date; the date itself does not count. */
export function addWorkingDays(on: string, days: number, calendar: Calendar): string {
  let date = on;
  for (let left = days; left > 0; ) {
    date = nextDay(date);
    if (isWorkingDay(date, calendar)) left -= 1;
  }
  return date;
}

/** Working days after `from` up to and including `to`; negative when `to` has passed. */
export function countWorkingDays(from: string, to: string, calendar: Calendar): number {
  if (to < from) return -countWorkingDays(to, from, calendar);
  // By numbers of days: a queue counts for each of its rows, and old cases lie far back.
  const holidays = new Set(calendar.holidays.map(dayNumber));
  const last = dayNumber(to);
  let days = 0;
  for (let day = dayNumber(from) + 1; day <= last; day += 1)
    if (!calendar.weekend.includes((day + weekdayOfFirst) % 7) && !holidays.has(day)) days += 1;
  return days;
}

/** Days since 1970-01-01, which was a Thursday. */
const dayNumber = (on: string) => Date.parse(`${on}T00:00:00Z`) / dayMs;
const weekdayOfFirst = 4;

/** A calendar without a working day would never give a deadline. */
export function checkCalendar(calendar: Calendar): void {
  if (new Set(calendar.weekend).size >= 7) throw new Error('the calendar has no working day in the week');
}

function nextDay(on: string): string {
  return new Date(Date.parse(`${on}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
}
