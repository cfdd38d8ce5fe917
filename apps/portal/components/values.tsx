import { Fragment } from 'react';
import { formatDate, type Text } from '#kernel/languages';
import { numberFormatFor, type Reader, useReader, useSay, useTexts } from '../reader.tsx';

/** A state as pages name it: ISO code, its short name ("Bahrain") and the formal one ("Kingdom of Bahrain"). */
export type StateName = { code: string; names: Text; formalNames?: Text };

/** An office and the state whose office it is. A state without a code is not known by name and is left unsaid. */
export type OfficeName = { names: Text; state: StateName };

/**
 * A value held by a registry or given by a person. `date` is YYYY-MM-DD; `at` an instant (ISO 8601); `year` a year, in the
 * reader's digits; `code` a machine's word (a number of a register, a key), always in its own digits and left to right.
 */
export type Value =
  | string
  | number
  | boolean
  | null
  | Text
  | { date: string }
  | { at: string }
  | { year: number }
  | { code: string }
  | { names: Text; latin: string }
  /** A document: what it is, how large, and, where the reader may have it, where it is had. */
  | { document: { mediaType: string; size: number }; href?: string }
  /** A file that somebody attached: its name is theirs. */
  | { file: FileShown; href?: string }
  | Value[];

export type FileShown = { name: string; mediaType: string; size: number; sha256?: string; scan: FileScan };
export type FileScan = 'unscanned' | 'waiting' | 'clean' | 'infected';

export type Labelled = { label: Text; value: Value };

export function ValueOf({ of }: { of: Value }) {
  const say = useSay();
  const t = useTexts();
  if (of === null || of === '') return <span className="muted">{t('value.none')}</span>;
  if (typeof of === 'string') return <bdi>{of}</bdi>;
  if (typeof of === 'number') return <NumberOf value={of} />;
  if (typeof of === 'boolean') return t(of ? 'value.yes' : 'value.no');
  if (Array.isArray(of)) {
    return of.map((part, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a value's parts have no name and never move.
      <Fragment key={at}>
        {at > 0 ? t('value.comma') : null}
        <ValueOf of={part} />
      </Fragment>
    ));
  }
  if ('document' in of) return <DocumentOf of={of} />;
  if ('file' in of) return <FileOf of={of} />;
  if ('date' in of) return <DateOf on={of.date} />;
  if ('at' in of) return <TimeOf at={of.at} />;
  if ('year' in of) return <NumberOf value={of.year} style={{ useGrouping: false }} />;
  if ('code' in of) return <Code>{of.code}</Code>;
  if ('latin' in of) {
    return (
      <span className="pair">
        <bdi>{say(of.names)}</bdi>
        <bdi className="muted" lang="en">
          {of.latin}
        </bdi>
      </span>
    );
  }
  return <bdi>{say(of)}</bdi>;
}

export const fileKinds: Record<string, string> = { 'application/pdf': 'PDF', 'image/jpeg': 'JPEG', 'image/png': 'PNG' };

function DocumentOf({ of: { document, href } }: { of: Extract<Value, { document: unknown }> }) {
  const t = useTexts();
  const reader = useReader();
  const words = (
    <>
      <bdi>{fileKinds[document.mediaType] ?? document.mediaType}</bdi>
      {t('value.comma')}
      <bdi>{sizeIn(reader, document.size)}</bdi>
    </>
  );
  if (href === undefined) return words;
  return (
    <a href={href} download="">
      {t('value.getDocument')} ({words})
    </a>
  );
}

/** A number of bytes as people say it. */
export function sizeIn(reader: Reader, size: number): string {
  const isSmall = size < 1_000_000;
  const style = { style: 'unit', unit: isSmall ? 'kilobyte' : 'megabyte', maximumFractionDigits: 1 } as const;
  return numberFormatFor(reader, style).format(size / (isSmall ? 1_000 : 1_000_000));
}

/** A file by its name, which leads to it where the reader may have it, and what a scanner said of it. */
export function FileOf({ of: { file, href } }: { of: Extract<Value, { file: unknown }> }) {
  const t = useTexts();
  const reader = useReader();
  const isHeld = file.scan === 'infected' || href === undefined;
  return (
    <span className="pair">
      {isHeld ? (
        <FileName name={file.name} />
      ) : (
        <a href={href} download="">
          <FileName name={file.name} />
        </a>
      )}
      <span className="muted">
        <bdi>{fileKinds[file.mediaType] ?? file.mediaType}</bdi>
        {t('value.comma')}
        <bdi>{sizeIn(reader, file.size)}</bdi>
      </span>
      {file.scan === 'clean' ? null : <span className="muted">{t(`scan.${file.scan}`)}</span>}
      {file.sha256 ? (
        <span className="muted">
          SHA-256 <Code>{file.sha256}</Code>
        </span>
      ) : null}
    </span>
  );
}

/** The ending apart from the rest: in an Arabic name it would otherwise be read into the middle. */
function FileName({ name }: { name: string }) {
  const at = name.lastIndexOf('.');
  return (
    <bdi>
      {name.slice(0, at)}
      <bdi dir="ltr">{name.slice(at)}</bdi>
    </bdi>
  );
}

export function NumberOf({ value, style }: { value: number; style?: Intl.NumberFormatOptions }) {
  const reader = useReader();
  return <bdi>{numberFormatFor(reader, style).format(value)}</bdi>;
}

/** An amount in the smallest unit of its currency (fils, halala), for three of the six currencies have three decimals. */
export function MoneyOf({ amountMinor, currency }: { amountMinor: number; currency: string }) {
  const decimals =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (
    <NumberOf
      value={amountMinor / 10 ** decimals}
      style={{ style: 'currency', currency, currencyDisplay: 'name', minimumFractionDigits: decimals }}
    />
  );
}

/** A day (YYYY-MM-DD), with the Hijri day beside it where asked. */
export function DateOf({ on, hijri = false, weekday = false }: { on: string; hijri?: boolean; weekday?: boolean }) {
  const { language, digits } = useReader();
  const date = new Date(`${on.slice(0, 10)}T00:00:00Z`);
  const style = { timeZone: 'UTC', digits };
  return (
    <time dateTime={on.slice(0, 10)}>
      <bdi>{formatDate(date, language, { ...style, withWeekday: weekday })}</bdi>
      {hijri ? <Hijri date={date} timeZone="UTC" /> : null}
    </time>
  );
}

/** An instant, in the state's time zone. */
export function TimeOf({ at, hijri = false, dayOnly = false }: { at: string; hijri?: boolean; dayOnly?: boolean }) {
  const { language, digits, timeZone } = useReader();
  const date = new Date(at);
  return (
    <time dateTime={at}>
      <bdi>{formatDate(date, language, { timeZone, digits, withTime: !dayOnly })}</bdi>
      {hijri ? <Hijri date={date} timeZone={timeZone} /> : null}
    </time>
  );
}

function Hijri({ date, timeZone }: { date: Date; timeZone: string }) {
  const { language, digits } = useReader();
  return (
    <span className="muted">
      {' '}
      <bdi>({formatDate(date, language, { timeZone, digits, calendar: 'islamic-umalqura' })})</bdi>
    </span>
  );
}

/** A machine's word: always left to right, whatever surrounds it. */
export function Code({ children }: { children: string }) {
  return (
    <code dir="ltr" className={children.length <= 22 ? 'short' : undefined}>
      {children}
    </code>
  );
}

/** "Ministry of Education, Saudi Arabia". */
export function OfficeOf({ office }: { office: OfficeName }) {
  const say = useSay();
  const t = useTexts();
  return (
    <>
      <bdi>{say(office.names)}</bdi>
      {office.state.code ? (
        <>
          {t('value.comma')}
          <bdi>{say(office.state.names)}</bdi>
        </>
      ) : null}
    </>
  );
}

/** A round sign in the state's colour with the first letter of its name (its code in English); the name stands beside it. */
export function Medal({ state, small = false }: { state: StateName; small?: boolean }) {
  const { language } = useReader();
  const letter =
    language === 'ar'
      ? state.names.ar.replace(/^ال/, '').slice(0, 1)
      : state.code.toUpperCase() || state.names.en.slice(0, 1);
  const colour = state.code ? ` of-${state.code.toLowerCase()}` : '';
  return (
    <span className={`medal${colour}${small ? ' s' : ''}`} aria-hidden="true">
      {letter}
    </span>
  );
}

/** A machine's text over several lines, in a box that scrolls and can be reached by keyboard. */
export function Raw({ children }: { children: string }) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
  return <pre tabIndex={0}>{children}</pre>;
}
