import { gregorianDay, hijriDay } from '#kernel/hijri';

/** A birth date as a record has it. `YYYY-MM-DD` in either calendar. */
export type RecordedDate = { calendar: 'gregorian' | 'umm-al-qura'; date: string };
/**
 * `same`: one day. `near`: what one and the same day becomes in two registers: a day off after a change of calendar, day and month
 * exchanged, or the first of January or July where only the year was known. `other`: anything else.
 */
export type DateAgreement = 'same' | 'near' | 'other';

const dayMs = 86_400_000;
type Parts = { year: number; month: number; day: number };
const read = (date: string): Parts | undefined => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  return match ? { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) } : undefined;
};
const gregorianOf = (ms: number): Parts => {
  const date = new Date(ms);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

/** The day as milliseconds at Greenwich; undefined for a day that its calendar does not have. */
export function dayOf({ calendar, date }: RecordedDate): number | undefined {
  const parts = read(date);
  if (!parts) return undefined;
  if (calendar === 'gregorian') {
    const ms = Date.UTC(parts.year, parts.month - 1, parts.day);
    const back = gregorianOf(ms);
    return back.month === parts.month && back.day === parts.day ? ms : undefined;
  }
  const day = gregorianDay(parts);
  return day === undefined ? undefined : Date.parse(day);
}

/** A day as `YYYY-MM-DD` of a calendar. */
export function writeDay(ms: number, calendar: RecordedDate['calendar']): string {
  if (calendar === 'gregorian') return new Date(ms).toISOString().slice(0, 10);
  const { year, month, day } = hijriDay(new Date(ms));
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** How two recorded birth dates agree. */
export function compareDates(one: RecordedDate, other: RecordedDate): DateAgreement {
  const [a, b] = [dayOf(one), dayOf(other)];
  if (a === undefined || b === undefined) return 'other';
  if (a === b) return 'same';
  if (one.calendar !== other.calendar && Math.abs(a - b) <= dayMs) return 'near';
  const [x, y] = [gregorianOf(a), gregorianOf(b)];
  if (x.year === y.year && x.month === y.day && x.day === y.month) return 'near';
  const isPlaceholder = ({ month, day }: Parts) => day === 1 && (month === 1 || month === 7);
  return x.year === y.year && (isPlaceholder(x) || isPlaceholder(y)) ? 'near' : 'other';
}
