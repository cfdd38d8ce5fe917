import type { Text } from '#kernel/languages';
import type { CaseView } from '#modules/cases';
import { type EvidenceType, evidenceTypes } from '#protocol/catalogue';
import { type DocumentReference, documentRule } from '#protocol/document';
import type { Labelled, Value } from '../components/values.tsx';

const units = {
  Y: { one: { ar: 'سنة واحدة', en: '1 year' }, two: 'سنتين', few: 'سنوات', many: 'سنة', en: 'years' },
  M: { one: { ar: 'شهر واحد', en: '1 month' }, two: 'شهرين', few: 'أشهر', many: 'شهرًا', en: 'months' },
  D: { one: { ar: 'يوم واحد', en: '1 day' }, two: 'يومين', few: 'أيام', many: 'يومًا', en: 'days' },
} as const;

/** How long something is kept, from an ISO 8601 duration of one unit. */
export function durationText(duration: string): Text {
  const match = /^P(\d+)([YMD])$/.exec(duration);
  if (!match) return { ar: duration, en: duration };
  const count = Number(match[1]);
  const unit = units[match[2] as keyof typeof units];
  const written = count.toLocaleString('ar-u-nu-arab');
  const ar = count === 1 ? unit.one.ar : count === 2 ? unit.two : `${written} ${count <= 10 ? unit.few : unit.many}`;
  const en = count === 1 ? unit.one.en : `${count} ${unit.en}`;
  return {
    ar: `${ar} بعد القرار، ثم تُمحى ويبقى الإثبات`,
    en: `${en} after the decision, then erased; the proof stays`,
  };
}

/** One value of a record as a page shows it: agreed words for codes, dates as dates, numbers in the reader's digits. */
export function valueOfField(type: EvidenceType, name: string, value: unknown): Value {
  if (value === undefined || value === null) return null;
  const field = type.fields[name];
  if (typeof value === 'string') {
    const words = field?.values?.[value];
    if (words) return words;
    if (field?.schema['format'] === 'date') return { date: value };
    if (name.endsWith('_id')) return { code: value };
    return /^[\x20-\x7e]*\d[\x20-\x7e]*$/.test(value) && !value.includes(' ') ? { code: value } : value;
  }
  if (documentRule(field)) return { document: value as DocumentReference };
  if (typeof value === 'number') return name.endsWith('_year') ? { year: value } : value;
  return typeof value === 'boolean' ? value : JSON.stringify(value);
}

/** In the order of the catalogue: a store gives them back in its own. `documentHref` is for whoever may have the documents. */
export function labelledFields(
  type: EvidenceType,
  fields: Array<{ name: string; names: Text; value: unknown }>,
  documentHref?: (field: string) => string,
): Labelled[] {
  const order = Object.keys(type.fields);
  const sorted = fields.toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  return sorted.map(({ name, names, value }) => {
    const shown = valueOfField(type, name, value);
    const isDocument = typeof shown === 'object' && shown !== null && 'document' in shown;
    return { label: names, value: isDocument && documentHref ? { ...shown, href: documentHref(name) } : shown };
  });
}

/** Answers as a page shows them; what is attached leads to the file, under `filesAt`, where the reader may have it now. */
export function answersShown(
  answers: CaseView['answers'],
  filesAt: string,
  { isForOffice = false, withHashes = false } = {},
): Labelled[] {
  return answers.map(({ label, value, file, entry }) => {
    // The office reads by which code the register knows it.
    if (entry?.code !== undefined && isForOffice)
      return { label, value: { ar: `${value.ar} (${entry.code})`, en: `${value.en} (${entry.code})` } };
    if (!file) return { label, value };
    const { name, mediaType, size, scan, sha256 } = file;
    const shown = { name, mediaType, size, scan, ...(withHashes ? { sha256 } : {}) };
    const isHeld = isForOffice && file.scan === 'waiting';
    return { label, value: { file: shown, ...(isHeld ? {} : { href: `${filesAt}/${file.id}` }) } };
  });
}

/** Papers that an officer asked for by name, with what was sent; one that was not sent has no value. */
export function papersShown(
  papers: CaseView['requests'][number]['files'],
  filesAt: string,
  { isForOffice = false } = {},
): Labelled[] {
  return papers.flatMap(({ names, attached }): Labelled[] => {
    if (attached.length === 0) return [{ label: names, value: null }];
    return attached.map(({ id, name, mediaType, size, scan }, at) => {
      const count = attached.length > 1 ? ` (${at + 1})` : '';
      const isHeld = isForOffice && scan === 'waiting';
      const value = { file: { name, mediaType, size, scan }, ...(isHeld ? {} : { href: `${filesAt}/${id}` }) };
      return { label: { ar: `${names.ar}${count}`, en: `${names.en}${count}` }, value };
    });
  });
}

/** The weekly days off in words; ISO 8601 numbers, Monday is 1. */
export function weekendWords(days: number[]): Text {
  const nameIn = (language: 'ar' | 'en') =>
    new Intl.ListFormat(language, { type: 'conjunction' }).format(
      // 2024-01-01 was a Monday.
      days.map((day) =>
        new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, day)),
      ),
    );
  return { ar: nameIn('ar'), en: nameIn('en') };
}

const outcomeWords: Record<string, Text> = {
  approved: { ar: 'موافقة', en: 'Approved' },
  refused: { ar: 'رفض', en: 'Refused' },
};

export type Claim = { name: string; label: Text; value: unknown };

/**
 * The claims of a credential in the order in which people read them: the decision, then what it rests on as the catalogue
 * orders it, then the rest. A claim called like an agreed field holds that field's values.
 */
export function readableClaims<Kind extends Claim>(claims: Kind[]): Array<{ claim: Kind; label: Text; value: Value }> {
  const known = ['decision_number', 'outcome', 'decided_on'];
  const order = [...known, ...evidenceTypes.flatMap((type) => Object.keys(type.fields))];
  const place = ({ name }: Claim) => (order.includes(name) ? order.indexOf(name) : order.length);
  return claims
    .toSorted((one, other) => place(one) - place(other))
    .map((claim) => ({ claim, label: claim.label, value: valueOfClaim(claim) }));
}

function valueOfClaim({ name, value }: Claim): Value {
  if (name === 'decision_number') return { code: String(value) };
  if (name === 'outcome' && typeof value === 'string' && outcomeWords[value]) return outcomeWords[value];
  const type = evidenceTypes.find(({ fields }) => Object.hasOwn(fields, name));
  if (type) return valueOfField(type, name, value);
  if (typeof value === 'string') return /^\d{4}-\d{2}-\d{2}$/.test(value) ? { date: value } : value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}
