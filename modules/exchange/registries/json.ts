import { resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { Name } from '#protocol/text';
import { type Adapter, probing, RegistryFault } from './adapter.ts';
import { described } from './described.ts';
import { type FileIndex, findGone, indexRecords, openIndexedFile } from './file-index.ts';
import { FieldMap } from './mapping.ts';
import { parsePointer, pointerPattern, valueAt, walk } from './pointer.ts';
import { readText } from './reading-text.ts';

const closed = { additionalProperties: false };
const Pointer = Type.String({ pattern: pointerPattern, maxLength: 500 });
const FileEvidence = Type.Object({ type: Name, map: FieldMap }, closed);
type FileEvidence = Static<typeof FileEvidence>;

const JsonRegistry = Type.Object(
  {
    ...described,
    adapter: Type.Literal('json'),
    /** Beside the description, or a whole path. UTF-8. */
    file: Type.String({ minLength: 1, maxLength: 1_000 }),
    /** Where the list of records stands in the file. */
    records: Type.Optional(Pointer),
    /** Where a record has the person's number. */
    key: Type.String({ pattern: '^(/([^~/]|~[01])*)+$', maxLength: 500 }),
    evidence: Type.Array(FileEvidence, { minItems: 1 }),
  },
  closed,
);
type JsonRegistry = Static<typeof JsonRegistry>;

const recordsLookedAt = 100;

export const jsonAdapter: Adapter<JsonRegistry, FileEvidence> = {
  name: 'json',
  addressing: 'pointer',
  shape: JsonRegistry,
  check: () => undefined,
  open: ({ folder }, config) => {
    const file = openIndexedFile(resolve(folder, config.file), async (content) => indexJson(content, config));
    return {
      prepare: ({ map }) => ({
        read: async ({ nationalId }) => (await file.getIndex()).byKey.get(nationalId) ?? [],
        probe: () => probing(async () => findGone(await file.getIndex(), map)),
      }),
      stop: async () => undefined,
    };
  },
};

/** What a JSON file holds. Throws RegistryFault. */
export function readJson(content: Buffer): unknown {
  try {
    return JSON.parse(readText(content));
  } catch {
    throw new RegistryFault('json-invalid', {
      en: 'The file is not JSON in UTF-8. Put the finished file in its place.',
      ar: 'الملف ليس JSON بترميز UTF-8. ضع الملف المكتمل مكانه.',
    });
  }
}

/** The list of records in a JSON file. Throws RegistryFault. */
export function readJsonRecords(document: unknown, records: string): unknown[] {
  const found = valueAt(document, parsePointer(records));
  if (!Array.isArray(found))
    throw new RegistryFault('records-gone', {
      en: `The file has no list of records at "${records}". Name where it is as records.`,
      ar: `لا قائمة قيود في الملف عند «${records}». اذكر مكانها في records.`,
    });
  return found;
}

function indexJson(content: Buffer, { key, records = '' }: JsonRegistry): FileIndex {
  const path = parsePointer(key);
  const found = readJsonRecords(readJson(content), records);
  const { byKey, add } = indexRecords();
  for (const record of found) add(valueAt(record, path), record);
  if (found.length === 0)
    throw new RegistryFault('file-empty', {
      en: 'The file has no records. Put the finished file in its place.',
      ar: 'لا قيود في الملف. ضع الملف المكتمل مكانه.',
    });
  if (byKey.size === 0)
    throw new RegistryFault('key-gone', {
      en: `No record of the file has ${key}. Name where the person's number is as key.`,
      ar: `لا قيد في الملف فيه ${key}. اذكر في key مكان رقم الشخص.`,
    });
  const addresses = new Set<string>();
  for (const record of found.slice(0, recordsLookedAt)) walk(record, '', (at) => addresses.add(at));
  return {
    byKey,
    addresses,
    has: (address) => {
      const at = parsePointer(address);
      return found.some((record) => valueAt(record, at) !== undefined);
    },
  };
}
