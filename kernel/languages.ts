import { type Static, Type } from 'typebox';

export const Text = Type.Object({ ar: Type.String(), en: Type.String() }, { title: 'Text' });
export type Text = Static<typeof Text>;

export const languages = ['ar', 'en'] as const;
export type Language = (typeof languages)[number];
export type Digits = 'arab' | 'latn';

export function say(text: Text, language: Language): string {
  return text[language];
}

/** To make one takes longer than to use it a hundred times. Other states name time zones too, so their number is bounded. */
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const dateFormatsMax = 100;

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = dateFormats.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat(locale, options);
  if (dateFormats.size >= dateFormatsMax) dateFormats.clear();
  dateFormats.set(key, format);
  return format;
}

/** The calendar day of a moment in a place, ISO 8601 (YYYY-MM-DD). */
export function dateIn(moment: Date | string, timeZone: string): string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  return dateFormat('en-CA-u-nu-latn-ca-gregory', { timeZone, ...parts }).format(new Date(moment));
}

/** The first moment after a day (ISO 8601) in a time zone. */
export function dayEnd(on: string, timeZone: string): Date {
  const midnight = Date.parse(`${on}T00:00:00Z`) + 86_400_000;
  const parts = dateFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(midnight);
  const name = parts.find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name)!;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return new Date(sign === '-' ? midnight + offset : midnight - offset);
}

/**
 * A name that somebody else chose, as it may stand on a page: without characters that turn the direction of what follows (Unicode
 * TR 9, such as U+202E), that cannot be seen, or that control; at most 200 characters.
 */
export function plainName(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .trim()
    .slice(0, 200);
}

export type DateStyle = {
  timeZone: string;
  digits?: Digits;
  calendar?: 'gregory' | 'islamic-umalqura';
  withTime?: boolean;
  withWeekday?: boolean;
};

/** A date as people write it. Digits and calendar are always named, for CLDR changes its defaults by region and version. */
export function formatDate(date: Date, language: Language, style: DateStyle): string {
  const digits = style.digits ?? (language === 'ar' ? 'arab' : 'latn');
  const locale = `${language === 'ar' ? 'ar-SA' : 'en-GB'}-u-nu-${digits}-ca-${style.calendar ?? 'gregory'}`;
  return dateFormat(locale, {
    timeZone: style.timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    ...(style.withWeekday ? { weekday: 'long' as const } : {}),
    ...(style.withTime ? { hour: 'numeric' as const, minute: '2-digit' as const } : {}),
  }).format(date);
}

/** Fences text of another direction (U+2068 … U+2069), so that it cannot reorder the sentence around it. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/** The language a request asks for: a `lang` cookie wins over Accept-Language; Arabic where neither says. */
export function chooseLanguage(cookie: string | undefined, acceptLanguage: string | undefined): Language {
  if (cookie === 'ar' || cookie === 'en') return cookie;
  const first = (acceptLanguage ?? '')
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase())
    .find((tag) => tag === 'ar' || tag === 'en');
  return first === 'en' ? 'en' : 'ar';
}
