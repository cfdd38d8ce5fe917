export type HijriDay = { year: number; month: number; day: number };

const dayMs = 86_400_000;
/** The calendar of Umm al-Qura: the official one of Saudi Arabia, and what the platform's own tables hold from 1300 to 1600 AH. */
const ummAlQura = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura-nu-latn', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
});

/** A Hijri day as the Gregorian one, ISO 8601; undefined where the calendar has no such day. */
export function gregorianDay({ year, month, day }: HijriDay): string | undefined {
  if (![year, month, day].every(Number.isInteger) || year < 1300 || year > 1600) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > 30) return undefined;
  // Mean months of 29.53 days from the epoch, at most two days off: the calendar itself is asked for the days around.
  const guess = Date.UTC(622, 6, 18) + Math.round((year - 1) * 354.367 + (month - 1) * 29.5306 + day) * dayMs;
  for (let off = -4; off <= 4; off += 1) {
    const at = new Date(guess + off * dayMs);
    const seen = hijriDay(at);
    if (seen.year === year && seen.month === month && seen.day === day) return at.toISOString().slice(0, 10);
  }
  return undefined;
}

/** A Gregorian day as the Hijri one. */
export function hijriDay(at: Date): HijriDay {
  const parts = Object.fromEntries(ummAlQura.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return { year: parts['year']!, month: parts['month']!, day: parts['day']! };
}
