import { type Static, Type } from 'typebox';
import type { EvidenceType } from '#protocol/catalogue';
import { type DocumentReference, documentRule } from '#protocol/document';
import type { Adapter, FieldDrift } from './adapter.ts';
import { isPlausibleDay, isTimeZone, readDateFormat, readDayIn } from './dates.ts';
import { findAlike } from './likeness.ts';
import { parsePointer, pointerPattern, valueAt } from './pointer.ts';
import { withLatinDigits } from './reading-text.ts';

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);
const Address = Type.String({ maxLength: 500 });
const closed = { additionalProperties: false };

/** Where the value of a field comes from: a column or a JSON Pointer as it is, converted in one declared way, or a constant. */
export const FieldSource = Type.Union([
  Address,
  /** The registry's value, written as text, is looked up here. One that is not named here is not given. */
  Type.Object({ from: Address, values: Type.Record(Type.String(), Scalar, { minProperties: 1 }) }, closed),
  /** A calendar date by YYYY, MM, DD, M, D; a `*` at the end leaves out what follows, such as a time of day. */
  Type.Object(
    {
      from: Address,
      date: Type.String({ minLength: 3, maxLength: 40 }),
      /** The calendar that the registry keeps; Gregorian when absent. */
      calendar: Type.Optional(Type.Literal('umm-al-qura')),
    },
    closed,
  ),
  /** The day that a moment has in this time zone (IANA): of a birthday kept as midnight at home, a node elsewhere sees the day before. */
  Type.Object({ from: Address, day: Type.String({ minLength: 1, maxLength: 60 }) }, closed),
  /** A number written as text, with this sign before its decimals; the other sign may group thousands. */
  Type.Object({ from: Address, number: Type.Union([Type.Literal('.'), Type.Literal(',')]) }, closed),
  /** A number or a yes-or-no written as text. */
  Type.Object({ from: Address, text: Type.Literal(true) }, closed),
  Type.Object({ constant: Scalar }, closed),
  /**
   * A document of the registry's store: where it is (a path below the store), how many bytes, its SHA-256 in hex or base64, and
   * its media type. The registry has to know size and digest: a node does not keep a document to count it.
   */
  Type.Object(
    {
      document: Type.Object(
        {
          from: Address,
          size: Address,
          sha256: Address,
          mediaType: Type.Union([Address, Type.Object({ constant: Type.String() }, closed)]),
        },
        closed,
      ),
    },
    closed,
  ),
]);
export type FieldSource = Static<typeof FieldSource>;
export const FieldMap = Type.Record(Type.String(), FieldSource);
export type FieldMap = Static<typeof FieldMap>;

/** `locations`: where the documents of a record are, in the registry's own words. They stay at this node. */
export type Mapped = { record: Record<string, unknown>; drift: FieldDrift[]; locations: Record<string, string> };
type Addressing = Adapter['addressing'];
type Convert = (value: unknown) => { value: unknown } | { drift: FieldDrift['kind'] };

type DocumentSource = Extract<FieldSource, { document: unknown }>['document'];

export const addressOf = (source: FieldSource): string | undefined => {
  if (typeof source === 'string') return source;
  return 'document' in source ? source.document.from : 'from' in source ? source.from : undefined;
};

/** That an address is gone, with the one that nothing is mapped from and that it may be called now. */
export function goneFrom(field: string, at: string, addresses: Iterable<string>, map: FieldMap): FieldDrift {
  const mapped = new Set(Object.values(map).map(addressOf));
  const perhaps = findAlike(
    at,
    [...addresses].filter((address) => !mapped.has(address)),
  );
  return { field, kind: 'field-gone', at, ...(perhaps === undefined ? {} : { perhaps }) };
}

/** Of a document, also where its size, digest and media type stand. */
function addressesOf(source: FieldSource): Array<string | undefined> {
  if (typeof source === 'string' || !('document' in source)) return [addressOf(source)];
  const { from, size, sha256, mediaType } = source.document;
  return [from, size, sha256, ...(typeof mediaType === 'string' ? [mediaType] : [])];
}

/** Says what is wrong in a map, or nothing. */
export function findMapFault(map: FieldMap, type: EvidenceType, addressing: Addressing): string | undefined {
  for (const [field, source] of Object.entries(map)) {
    if (!Object.hasOwn(type.fields, field)) return `${type.id} has no field ${field}`;
    for (const from of addressesOf(source))
      if (from === '' || (from !== undefined && addressing === 'pointer' && !new RegExp(pointerPattern).test(from)))
        return `the field ${field} of ${type.id} must name ${addressing === 'pointer' ? 'a JSON Pointer such as /name' : 'a column'}`;
    const isDocument = typeof source === 'object' && 'document' in source;
    if (isDocument !== (documentRule(type.fields[field]) !== undefined))
      return isDocument
        ? `the field ${field} of ${type.id} is no document`
        : `the field ${field} of ${type.id} is a document: map it with {"document": {"from", "size", "sha256", "mediaType"}}`;
    if (typeof source === 'object' && 'date' in source && !readDateFormat(source.date))
      return `the date format of ${field} must hold YYYY, MM or M, and DD or D once each`;
    if (typeof source === 'object' && 'day' in source && !isTimeZone(source.day))
      return `the day of ${field} must name a time zone such as Asia/Riyadh`;
  }
  for (const [field, { required }] of Object.entries(type.fields))
    if (required && !Object.hasOwn(map, field)) return `${type.id} needs the field ${field} in its map`;
  return undefined;
}

/** Prepares a map, so that one record costs one walk. Fields without a value are left out; what cannot be converted is drift. */
export function prepareMap(map: FieldMap, type: EvidenceType, addressing: Addressing): (record: unknown) => Mapped {
  const steps = Object.entries(map).map(([field, source]) => {
    const from = addressOf(source);
    const isDocument = typeof source === 'object' && 'document' in source;
    return {
      field,
      readReference: isDocument ? referenceReader(source.document, addressing) : undefined,
      isRequired: type.fields[field]!.required,
      path: from === undefined ? undefined : addressing === 'pointer' ? parsePointer(from) : [from],
      constant: typeof source === 'object' && 'constant' in source ? source.constant : undefined,
      isDate: type.fields[field]!.schema['format'] === 'date',
      convert: conversionOf(source),
    };
  });
  return (raw) => {
    const record: Record<string, unknown> = {};
    const drift: FieldDrift[] = [];
    const locations: Record<string, string> = {};
    for (const { field, isRequired, path, constant, convert, isDate, readReference } of steps) {
      if (path === undefined) {
        record[field] = constant;
        continue;
      }
      const value = valueAt(raw, path);
      // A table always has its columns; a JSON object may leave out what it does not know.
      if (value === undefined && (isRequired || addressing === 'column')) drift.push({ field, kind: 'field-gone' });
      if (value === undefined || value === null) continue;
      if (readReference) {
        const reference = readReference(raw);
        if (reference && typeof value === 'string') {
          record[field] = reference;
          locations[field] = value;
        } else drift.push({ field, kind: 'document-incomplete' });
        continue;
      }
      const converted = convert(value);
      const kind = 'drift' in converted ? converted.drift : findDamage(value, converted.value, isDate);
      if ('value' in converted && kind === undefined) record[field] = converted.value;
      else drift.push({ field, kind: kind! });
    }
    return { record, drift, locations };
  };
}

/** What fits the evidence type and is not what the registry holds: it would be signed as if it were. */
function findDamage(raw: unknown, value: unknown, isDate: boolean): FieldDrift['kind'] | undefined {
  // Beyond 2^53 the last digits of a whole number are others already when it has been read.
  for (const one of [raw, value])
    if (typeof one === 'number' && Number.isInteger(one) && !Number.isSafeInteger(one)) return 'digits-lost';
  if (typeof value !== 'string') return undefined;
  if (value.includes('\ufffd')) return 'letters-lost';
  return isDate && /^\d{4}-/.test(value) && !isPlausibleDay(value) ? 'other-calendar' : undefined;
}

/** Reads what a record says of a document; undefined where it does not say all of it. */
function referenceReader(source: DocumentSource, addressing: Addressing) {
  const reader = (address: string) => {
    const path = addressing === 'pointer' ? parsePointer(address) : [address];
    return (raw: unknown) => String(valueAt(raw, path) ?? '').trim();
  };
  const { mediaType } = source;
  const readType = typeof mediaType === 'string' ? reader(mediaType) : () => mediaType.constant;
  const readSize = reader(source.size);
  const readDigest = reader(source.sha256);
  return (raw: unknown): DocumentReference | undefined => {
    const size = readSize(raw);
    const digest = readDigest(raw);
    const base64 = /^[0-9a-f]{64}$/i.test(digest) ? Buffer.from(digest, 'hex').toString('base64') : digest;
    if (!/^[1-9]\d{0,14}$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(base64)) return undefined;
    // In the order of RFC 8785, so that an answer can be written again from its values.
    return { digest: `sha-256=:${base64}:`, mediaType: readType(raw).toLowerCase(), size: Number(size) };
  };
}

function conversionOf(source: FieldSource): Convert {
  if (typeof source === 'string' || 'constant' in source || 'document' in source) return (value) => ({ value });
  if ('values' in source) {
    const table = new Map(Object.entries(source.values));
    return (value) => {
      const known = typeof value === 'object' ? undefined : table.get(String(value));
      return known === undefined ? { drift: 'value-unknown' } : { value: known };
    };
  }
  if ('text' in source)
    return (value) => (typeof value === 'object' ? { drift: 'type-changed' } : { value: String(value) });
  if ('number' in source) {
    const form = source.number === '.' ? /^[+-]?\d[\d,]*(\.\d+)?$/ : /^[+-]?\d[\d.]*(,\d+)?$/;
    const grouping = source.number === '.' ? ',' : '.';
    return (value) => {
      if (typeof value === 'number') return { value };
      if (typeof value !== 'string') return { drift: 'type-changed' };
      const text = withLatinDigits(value.trim());
      if (!form.test(text)) return { drift: 'form-changed' };
      return { value: Number(text.replaceAll(grouping, '').replace(',', '.')) };
    };
  }
  const readDay = 'day' in source ? readDayIn(source.day) : readDateFormat(source.date, source.calendar)!;
  return (value) => {
    if (typeof value !== 'string') return { drift: 'type-changed' };
    const date = readDay(value);
    return date === undefined ? { drift: 'form-changed' } : { value: date };
  };
}
