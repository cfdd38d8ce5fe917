import { IntlMessageFormat } from 'intl-messageformat';
import { createContext, type ReactNode, useContext } from 'react';
import { type Digits, isolate, type Language, type Text } from '#kernel/languages';
import { ar } from './texts/ar.ts';
import { en } from './texts/en.ts';

/** For whom a page is written: language and digits are the person's choice, the time zone that of the state shown. */
export type Reader = { language: Language; digits: Digits; timeZone: string };

export type MessageParams = Record<string, string | number>;
export type Tables<Key extends string> = Record<Language, Record<Key, string>>;

const ReaderContext = createContext<Reader | undefined>(undefined);

export function ReadBy({ reader, children }: { reader: Reader; children: ReactNode }) {
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (!reader) throw new Error('A page was drawn without its reader: draw it with renderPage.');
  return reader;
}

/** Says a text of the data in the reader's language. */
export function useSay(): (text: Text) => string {
  const { language } = useReader();
  return language === 'ar'
    ? ({ ar: words }) =>
        words.replace(internationalNumber, (number) => (number === words ? number : `\u2066${number}\u2069`))
    : ({ en: words }) => words;
}
/**
 * In an Arabic sentence its groups would stand the other way round, and the plus at its end: it is fenced as left to right.
 * One that stands alone has an element of its own, and is copied without marks.
 */
const internationalNumber = /\+\d(?:[\d ]*\d)?/g;

/**
 * Writes one message of a table. Text parameters are fenced against their neighbours' direction; numbers take the
 * reader's digits when the message says `{n, number}` or `#` in a plural.
 */
export function write<Key extends string>(
  tables: Tables<Key>,
  reader: Reader,
  key: Key,
  params?: MessageParams,
): string {
  const message = tables[reader.language][key];
  if (!params) return message;
  const fenced = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? isolate(value) : value]),
  );
  return String(messageFormat(message, localeOf(reader)).format(fenced));
}

/** Messages that were read already: a list says the same one in each of its rows. */
const messageFormats = new Map<string, IntlMessageFormat>();
const messageFormatsMax = 400;

function messageFormat(message: string, locale: string): IntlMessageFormat {
  const key = `${locale} ${message}`;
  const known = messageFormats.get(key);
  if (known) return known;
  // Small rather than clever: the few of a page are read again at once.
  if (messageFormats.size >= messageFormatsMax) messageFormats.clear();
  const format = new IntlMessageFormat(message, locale);
  messageFormats.set(key, format);
  return format;
}

/** The hook that writes a table's messages for the reader of this page. */
export function useTable<Key extends string>(tables: Tables<Key>): (key: Key, params?: MessageParams) => string {
  const reader = useReader();
  return (key, params) => write(tables, reader, key, params);
}

export type MessageKey = keyof typeof en;
export const portalTexts: Tables<MessageKey> = { ar, en };

export function useTexts(): (key: MessageKey, params?: MessageParams) => string {
  return useTable(portalTexts);
}

/** A locale with the reader's digits named, for `Intl`'s defaults differ between regions and versions. */
export function localeOf(reader: Reader): string {
  return `${reader.language}-u-nu-${reader.digits}`;
}

/** Making a formatter costs some hundred times as much as using it, and a table writes a thousand numbers. */
const numberFormats = new Map<string, Intl.NumberFormat>();

/** The one formatter for a reader and a style. Styles come from code, so there are few. */
export function numberFormatFor(reader: Reader, style?: Intl.NumberFormatOptions): Intl.NumberFormat {
  const locale = localeOf(reader);
  const key = `${locale} ${style ? JSON.stringify(style) : ''}`;
  const known = numberFormats.get(key) ?? new Intl.NumberFormat(locale, style);
  numberFormats.set(key, known);
  return known;
}

/** Joins names as a sentence would: "a, b and c". */
export function useJoined(): (parts: string[]) => string {
  const { language } = useReader();
  return (parts) => new Intl.ListFormat(language, { type: 'conjunction' }).format(parts.map(isolate));
}
