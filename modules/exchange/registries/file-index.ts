import { readFile, stat } from 'node:fs/promises';
import { type FieldDrift, RegistryFault } from './adapter.ts';
import { addressOf, type FieldMap, goneFrom } from './mapping.ts';
import { readNumber } from './reading-text.ts';

/** The records of a file by the text of their key, and which addresses of a map stand in it; `addresses`: those of its first records. */
export type FileIndex = { byKey: Map<string, unknown[]>; has(address: string): boolean; addresses: Iterable<string> };

export const fileBytesMax = 33_554_432;

/**
 * A file that is read again when it changes. While a new version cannot be read, nothing is given: what it said before may
 * have been wrong. Replace a file by renaming a finished one over it.
 */
export function openIndexedFile(file: string, parse: (content: Buffer) => Promise<FileIndex>) {
  let held: { version: string; index: Promise<FileIndex> } | undefined;
  const versionOf = async () => {
    const { mtimeNs, ctimeNs, size, ino } = await stat(file, { bigint: true }).catch(() => {
      throw new RegistryFault('file-missing', {
        en: `${file} cannot be read. Put it there, readable for the node.`,
        ar: `تتعذر قراءة ${file}. ضعه هناك بحيث تقرؤه العقدة.`,
      });
    });
    if (size > fileBytesMax)
      throw new RegistryFault('file-too-large', {
        en: `${file} is larger than ${fileBytesMax} bytes. Use a database.`,
        ar: `${file} أكبر من ${fileBytesMax} بايت. استخدم قاعدة بيانات.`,
      });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  };
  const load = async (version: string) => {
    const content = await readFile(file).catch(() => {
      throw new RegistryFault('file-missing', {
        en: `${file} cannot be read. Put it there, readable for the node.`,
        ar: `تتعذر قراءة ${file}. ضعه هناك بحيث تقرؤه العقدة.`,
      });
    });
    if ((await versionOf()) !== version)
      throw new RegistryFault('file-changing', { en: `${file} is being written.`, ar: `${file} قيد الكتابة الآن.` });
    return parse(content);
  };
  return {
    /** Throws RegistryFault. */
    getIndex: async (): Promise<FileIndex> => {
      const version = await versionOf();
      if (held?.version !== version) held = { version, index: load(version) };
      return held.index;
    },
  };
}

/** Gathers records under their keys. Of one key two are enough: a second one is reason to give none. */
export function indexRecords() {
  const byKey = new Map<string, unknown[]>();
  return {
    byKey,
    add: (key: unknown, record: unknown) => {
      const text = readNumber(key);
      if (text === undefined || text === '') return;
      const known = byKey.get(text);
      if (known?.length === 2) return;
      if (known) known.push(record);
      else byKey.set(text, [record]);
    },
  };
}

/** The fields of a map whose address no record has. */
export function findGone(index: FileIndex, map: FieldMap): FieldDrift[] {
  return Object.entries(map).flatMap(([field, source]): FieldDrift[] => {
    const from = addressOf(source);
    return from === undefined || index.has(from) ? [] : [goneFrom(field, from, index.addresses, map)];
  });
}
