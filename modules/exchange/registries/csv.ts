import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { type Static, Type } from 'typebox';
import { Name } from '#protocol/text';
import { type Adapter, probing, RegistryFault } from './adapter.ts';
import { described } from './described.ts';
import { type FileIndex, findGone, indexRecords, openIndexedFile } from './file-index.ts';
import { FieldMap } from './mapping.ts';
import { readText } from './reading-text.ts';

const closed = { additionalProperties: false };
const FileEvidence = Type.Object({ type: Name, map: FieldMap }, closed);
type FileEvidence = Static<typeof FileEvidence>;

/** How a CSV file is written, where it is not UTF-8 with commas. */
export const CsvWriting = Type.Object({
  separator: Type.Optional(Type.Union([Type.Literal(','), Type.Literal(';'), Type.Literal('\t'), Type.Literal('|')])),
  encoding: Type.Optional(Type.Union([Type.Literal('utf-8'), Type.Literal('utf-16le'), Type.Literal('windows-1256')])),
});

const CsvRegistry = Type.Object(
  {
    ...described,
    adapter: Type.Literal('csv'),
    /** Beside the description, or a whole path. Its first line names the columns. */
    file: Type.String({ minLength: 1, maxLength: 1_000 }),
    /** The column with the person's number. */
    key: Type.String({ minLength: 1, maxLength: 200 }),
    ...CsvWriting.properties,
    evidence: Type.Array(FileEvidence, { minItems: 1 }),
  },
  closed,
);
type CsvRegistry = Static<typeof CsvRegistry>;
export type CsvForm = Pick<CsvRegistry, 'key' | 'separator' | 'encoding'>;

const piece = 65_536;

export const csvAdapter: Adapter<CsvRegistry, FileEvidence> = {
  name: 'csv',
  addressing: 'column',
  shape: CsvRegistry,
  check: () => undefined,
  open: ({ folder }, config) => {
    const file = openIndexedFile(resolve(folder, config.file), (content) => indexCsv(content, config));
    return {
      prepare: ({ map }) => ({
        read: async ({ nationalId }) => (await file.getIndex()).byKey.get(nationalId) ?? [],
        probe: () => probing(async () => findGone(await file.getIndex(), map)),
      }),
      stop: async () => undefined,
    };
  },
};

/** Reads a table in pieces, so that a large one does not hold up the questions of others. Empty cells have no value. */
export async function* readCsv(content: Buffer, form: Omit<CsvForm, 'key'>): AsyncGenerator<Record<string, unknown>> {
  const text = readFileText(content, form.encoding);
  const parser = parse({
    columns: (names: Array<string | null>) => {
      const twice = names.find((name, index) => name !== null && names.indexOf(name) !== index);
      if (twice)
        throw new RegistryFault('column-twice', {
          en: `The file has two columns ${twice}. Rename one.`,
          ar: `في الملف عمودان باسم ${twice}. غيّر اسم أحدهما.`,
        });
      // Spreadsheets leave columns without a name behind the last one.
      return names.map((name) => name ?? false);
    },
    delimiter: form.separator ?? ',',
    trim: true,
    skip_empty_lines: true,
    max_record_size: 1_048_576,
    cast: (value) => (value === '' ? null : value),
  });
  const pieces = async function* () {
    for (let from = 0; from < text.length; from += piece) {
      yield text.slice(from, from + piece);
      // Streams alone would go on without letting timers and sockets have a turn.
      await setImmediate();
    }
  };
  try {
    for await (const record of Readable.from(pieces()).pipe(parser)) yield record;
  } catch (error) {
    if (error instanceof RegistryFault) throw error;
    const { code, lines } = error as { code?: string; lines?: number };
    throw new RegistryFault('csv-invalid', {
      en: `Line ${lines ?? '?'} of the file is not as its first line says (${code}).`,
      ar: `السطر ${lines ?? '؟'} من الملف لا يطابق سطره الأول (${code}).`,
    });
  }
}

function readFileText(content: Buffer, encoding: CsvForm['encoding']): string {
  try {
    return readText(content, encoding);
  } catch (error) {
    const { code, words, drift } = error as RegistryFault;
    throw new RegistryFault(
      code,
      {
        en: `The file: ${words.en} Name its encoding: utf-8, utf-16le, windows-1256.`,
        ar: `الملف: ${words.ar} اذكر ترميزه: utf-8 أو utf-16le أو windows-1256.`,
      },
      drift,
    );
  }
}

async function indexCsv(content: Buffer, form: CsvForm): Promise<FileIndex> {
  const { byKey, add } = indexRecords();
  let columns: Set<string> | undefined;
  for await (const record of readCsv(content, form)) {
    columns ??= new Set(Object.keys(record));
    add(record[form.key], record);
  }
  if (columns && !columns.has(form.key))
    throw new RegistryFault('key-gone', {
      en: `The file has no column ${form.key}. Name the one with the person's number as key.`,
      ar: `لا عمود في الملف باسم ${form.key}. اذكر في key العمود الذي فيه رقم الشخص.`,
    });
  if (!columns)
    throw new RegistryFault('file-empty', {
      en: 'The file has no records. Put the finished file in its place.',
      ar: 'لا قيود في الملف. ضع الملف المكتمل مكانه.',
    });
  return { byKey, has: (address) => columns.has(address), addresses: columns };
}
