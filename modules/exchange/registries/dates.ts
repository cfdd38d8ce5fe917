import { gregorianDay } from '#kernel/hijri';
import { dateIn } from '#kernel/languages';
import { withLatinDigits } from './reading-text.ts';

export type Calendar = 'gregorian' | 'umm-al-qura';
/** Gives a day as `YYYY-MM-DD` of the Gregorian calendar; undefined for what no calendar has, or is written otherwise. */
export type ReadDay = (text: string) => string | undefined;

/** No record of a living registry is older: such a year is one of another calendar. */
const firstYear = 1700;

/** Whether a day `YYYY-MM-DD` may be meant as a Gregorian one: 1410-05-12 is valid, and no birthday of anybody. */
export const isPlausibleDay = (day: string): boolean => Number(day.slice(0, 4)) >= firstYear;

/**
 * Reads dates of a format: YYYY, MM or M, DD or D once each; a `*` at the end leaves out what follows, such as a time of day.
 * Undefined for a format that is none.
 */
export function readDateFormat(format: string, calendar: Calendar = 'gregorian'): ReadDay | undefined {
  const isOpen = format.endsWith('*');
  const parts = (isOpen ? format.slice(0, -1) : format).split(/(YYYY|MM|DD|M|D)/);
  const names = parts.filter((_, index) => index % 2 === 1);
  if (
    names
      .map((name) => name[0])
      .sort()
      .join('') !== 'DMY'
  )
    return undefined;
  const digits: Record<string, string> = {
    YYYY: '(\\d{4})',
    MM: '(\\d{2})',
    DD: '(\\d{2})',
    M: '(\\d{1,2})',
    D: '(\\d{1,2})',
  };
  const body = parts
    .map((part, index) => (index % 2 === 1 ? digits[part]! : part.replace(/[^\w\s]/g, '\\$&')))
    .join('');
  const form = new RegExp(`^${body}${isOpen ? '(?!\\d)' : '$'}`);
  return (text) => {
    const found = form.exec(withLatinDigits(text.trim()));
    if (!found) return undefined;
    const at = (letter: string) => Number(found[names.findIndex((name) => name.startsWith(letter)) + 1]);
    return dayOf({ year: at('Y'), month: at('M'), day: at('D') }, calendar);
  };
}

function dayOf({ year, month, day }: { year: number; month: number; day: number }, calendar: Calendar) {
  if (calendar === 'umm-al-qura') return gregorianDay({ year, month, day });
  const text = (value: number, length: number) => String(value).padStart(length, '0');
  const date = `${text(year, 4)}-${text(month, 2)}-${text(day, 2)}`;
  const moment = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(date) ? date : undefined;
}

/** A date, or a moment as JSON and PostgreSQL write it, with its distance from Greenwich or without. */
const momentForm = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Whether a text is a moment that says how far from Greenwich its clock is: its day is another one elsewhere. */
export const isZonedMoment = (text: string): boolean => momentForm.exec(text.trim())?.[2] !== undefined;

/** Reads the day that a moment has in a time zone; what names no distance from Greenwich has the day it names. */
export function readDayIn(timeZone: string): ReadDay {
  return (text) => {
    const found = momentForm.exec(text.trim());
    if (!found) return undefined;
    const [, date = '', distance] = found;
    const isDay = readDateFormat('YYYY-MM-DD')!(date) === date;
    if (!isDay || distance === undefined) return isDay ? date : undefined;
    // ECMA-262 wants minutes where ISO 8601, and PostgreSQL, leave them out.
    const moment = new Date(
      text
        .trim()
        .replace(' ', 'T')
        .replace(/\s+/, '')
        .replace(/([+-]\d{2})$/, '$1:00'),
    );
    return Number.isNaN(moment.getTime()) ? undefined : dateIn(moment, timeZone);
  };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
