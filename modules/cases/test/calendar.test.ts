import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateIn } from '#kernel/languages';
import { addWorkingDays, type Calendar, countWorkingDays, isWorkingDay } from '../calendar.ts';

const saudi: Calendar = { weekend: [5, 6], holidays: ['2026-09-23'], timeZone: 'Asia/Riyadh' };
const emirati: Calendar = { weekend: [6, 0], holidays: [], timeZone: 'Asia/Dubai' };

describe('the working-day clock', () => {
  test('counts the same days differently in two states', () => {
    // Thursday 26 November 2026.
    expect(addWorkingDays('2026-11-26', 1, saudi)).toBe('2026-11-29');
    expect(addWorkingDays('2026-11-26', 1, emirati)).toBe('2026-11-27');
    expect(addWorkingDays('2026-11-27', 2, emirati)).toBe('2026-12-01');
  });

  test('does not count a holiday', () => {
    expect(addWorkingDays('2026-09-22', 1, saudi)).toBe('2026-09-24');
  });

  test('takes the date from where the office is, not from UTC', () => {
    expect(dateIn(new Date('2026-11-22T21:30:00Z'), 'Asia/Riyadh')).toBe('2026-11-23');
  });

  test('says how many days are over when a deadline has passed', () => {
    expect(countWorkingDays('2026-11-30', '2026-11-26', saudi)).toBe(-2);
    expect(countWorkingDays('2026-11-26', '2026-11-26', saudi)).toBe(0);
  });

  test('ends on a working day, and as many days ahead as were asked for', () => {
    const day = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 40 }), fc.constantFrom(saudi, emirati), (from, days, calendar) => {
        const on = from.toISOString().slice(0, 10);
        const due = addWorkingDays(on, days, calendar);
        expect(isWorkingDay(due, calendar)).toBe(true);
        expect(countWorkingDays(on, due, calendar)).toBe(days);
      }),
    );
  });
});
