import { type EvidenceField, type EvidenceType, findEvidenceType } from '#protocol/catalogue';
import { documentRule } from '#protocol/document';
import { isPlausibleDay, isZonedMoment, readDateFormat } from './dates.ts';
import type { FoundCollection, FoundValue } from './explore.ts';
import { alikeMin, likeness, wordsOf } from './likeness.ts';
import type { FieldMap, FieldSource } from './mapping.ts';

export type Proposal = {
  /** The description, complete but for the fields named in `missing`. */
  evidence: Record<string, unknown> & { type: string; map: FieldMap };
  /** Where the person's number goes, or the column or pointer where it stands; undefined when nothing looks like it. */
  key: string | undefined;
  /** Required fields of the evidence type that nothing in the source looks like. */
  missing: string[];
  /** Values of a source that its value table cannot be guessed for, by field. */
  unmatched: Record<string, string[]>;
};

const keyWords = 'national id civil no number cpr qid identity person هوية رقم مدني وطني شخصي'.split(' ');
const dateFormats = ['YYYY-MM-DD', 'YYYY-MM-DD*', 'YYYY/MM/DD', 'DD/MM/YYYY', 'D/M/YYYY', 'DD-MM-YYYY', 'DD.MM.YYYY'];

/**
 * Proposes which value is which field, by names and types; what was `given` for a field or for the
 * person's number stands, with the conversion that it needs.
 */
export function proposeEvidence(
  found: FoundCollection,
  typeId: string,
  given: { key?: string; map?: FieldMap; timeZone?: string } = {},
): Proposal {
  const type = findEvidenceType(typeId)!;
  const key = given.key ?? proposeKey(found);
  const map: FieldMap = {};
  const unmatched: Proposal['unmatched'] = {};
  const taken = new Set(key === undefined ? [] : [key]);
  // A document takes four addresses and a store: whoever knows them writes them down.
  const proposed = Object.entries(type.fields).filter(([, definition]) => documentRule(definition) === undefined);
  const scored = proposed.flatMap(([field, definition]) =>
    found.values.map((value) => ({ field, definition, value, score: scoreOf(field, definition, value) })),
  );
  scored.sort((one, other) => other.score - one.score);
  for (const { field, definition, value, score } of scored) {
    if (score < alikeMin || map[field] !== undefined || given.map?.[field] !== undefined || taken.has(value.address))
      continue;
    const { source, unknown } = convert(definition, value, given.timeZone);
    map[field] = source;
    if (unknown.length > 0) unmatched[field] = unknown;
    taken.add(value.address);
  }
  for (const [field, source] of Object.entries(given.map ?? {})) {
    const value = found.values.find(({ address }) => address === source);
    if (!value || !type.fields[field]) {
      map[field] = source;
      continue;
    }
    const converted = convert(type.fields[field], value, given.timeZone);
    map[field] = converted.source;
    if (converted.unknown.length > 0) unmatched[field] = converted.unknown;
  }
  const order = Object.keys(type.fields);
  const ordered: FieldMap = Object.fromEntries(
    Object.entries(map).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other)),
  );
  const missing = Object.keys(type.fields).filter((field) => type.fields[field]!.required && !map[field]);
  return { evidence: { ...placeOf(found, key, ordered, type), type: typeId, map: ordered }, key, missing, unmatched };
}

function scoreOf(field: string, { names }: EvidenceField, { address }: FoundValue): number {
  const whole = wordsOf(address);
  const last = wordsOf(address.split('/').at(-1)!);
  return Math.max(
    ...[field, names.en, names.ar].flatMap((name) => [likeness(wordsOf(name), whole), likeness(wordsOf(name), last)]),
  );
}

function proposeKey({ origin, values }: FoundCollection): string | undefined {
  const names =
    origin.adapter === 'openapi'
      ? origin.operation.parameters.map((parameter) => ({ name: parameter.name, isSure: parameter.in === 'path' }))
      : values.map(({ address }) => ({ name: address, isSure: false }));
  const sure = names.filter((one) => one.isSure);
  if (sure.length === 1) return sure[0]!.name;
  const scores = names.map(({ name }) => wordsOf(name).filter((word) => keyWords.includes(word)).length);
  const best = Math.max(0, ...scores);
  return best === 0 ? undefined : names[scores.indexOf(best)]!.name;
}

/** What an adapter needs to know beside the map: where the number goes, and what means that there is no record. */
function placeOf({ origin, values }: FoundCollection, key: string | undefined, map: FieldMap, type: EvidenceType) {
  if (origin.adapter === 'postgres') {
    const columns = Object.values(map).flatMap((source) => {
      const column = typeof source === 'string' ? source : 'from' in source ? source.from : undefined;
      return column === undefined ? [] : [quote(column)];
    });
    const list = columns.length > 0 ? [...new Set(columns)].join(', ') : '*';
    return { query: `select ${list} from ${origin.table} where ${quote(key ?? `number of ${type.id}`)} = :nationalId` };
  }
  if (origin.adapter !== 'openapi') return {};
  const parameter = origin.operation.parameters.find(({ name }) => name === key);
  const words = wordsOf(key ?? '');
  const identity = values.find(({ address }) => likeness(wordsOf(address.split('/').at(-1)!), words) === 1);
  return {
    operationId: origin.operation.operationId,
    person: { in: parameter?.in ?? 'path', name: key ?? '' },
    ...(origin.records === '' ? {} : { records: origin.records }),
    ...(identity ? { identifiedBy: identity.address } : {}),
    noRecord: [
      ...(parameter?.in === 'path' || !origin.isList ? ['404'] : []),
      ...(origin.isList ? ['empty-list'] : []),
    ],
  };
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A source with the conversion that its types and samples ask for. `timeZone`: where the registry's clocks are. */
function convert(
  field: EvidenceField,
  value: FoundValue,
  timeZone?: string,
): { source: FieldSource; unknown: string[] } {
  const { address: from, types, samples, format } = value;
  const wanted = String(field.schema['type']);
  const isText = types.includes('string');
  const allowed = field.schema['enum'] as unknown[] | undefined;
  if (allowed && samples.length > 0 && samples.some((sample) => !allowed.some((one) => one === sample))) {
    const values: Record<string, string | number> = {};
    for (const sample of samples) {
      const match = allowed.find((one) => {
        const names = [String(one), field.values?.[String(one)]?.en ?? '', field.values?.[String(one)]?.ar ?? ''];
        return names.some((name) => name !== '' && isSameWord(name, sample));
      });
      if (match !== undefined) values[sample] = match as string;
    }
    const unknown = samples.filter((sample) => values[sample] === undefined);
    return Object.keys(values).length > 0 ? { source: { from, values }, unknown } : { source: from, unknown };
  }
  if (field.schema['format'] === 'date') {
    return { source: format === 'date' ? from : convertDate(value, timeZone), unknown: [] };
  }
  if (['integer', 'number'].includes(wanted) && isText) {
    const hasComma = samples.some((sample) => /^\d+,\d{1,2}$/.test(sample));
    return { source: { from, number: hasComma ? ',' : '.' }, unknown: [] };
  }
  if (wanted === 'string' && types.length > 0 && !isText) return { source: { from, text: true }, unknown: [] };
  return { source: from, unknown: [] };
}

function convertDate({ address: from, samples, format }: FoundValue, timeZone: string | undefined): FieldSource {
  if (format === 'date-time' || (samples.length > 0 && samples.every(isZonedMoment)))
    return timeZone === undefined ? { from, date: 'YYYY-MM-DD*' } : { from, day: timeZone };
  if (samples.length === 0) return from;
  for (const calendar of ['gregorian', 'umm-al-qura'] as const)
    for (const date of dateFormats) {
      const days = samples.map(readDateFormat(date, calendar)!);
      if (!days.every((day) => day !== undefined && isPlausibleDay(day))) continue;
      if (calendar === 'umm-al-qura') return { from, date, calendar };
      return date === 'YYYY-MM-DD' ? from : { from, date };
    }
  return from;
}

const isSameWord = (name: string, sample: string) => wordsOf(sample).join(' ').startsWith(wordsOf(name).join(' '));
