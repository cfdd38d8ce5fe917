import { setImmediate } from 'node:timers/promises';
import { agreedStates } from '#protocol/states';
import { type OpenRegistry, RegistryFault } from '../registries/adapter.ts';
import { checkQuery } from '../registries/query.ts';
import type { LookUpEntry, LookUpQuery } from './contract.ts';
import { createPacking, type Packed } from './packing.ts';

/** What a register may weigh: more entries, or more bytes packed, are not kept but reported. */
const entriesMax = 100_000;
const bytesMax = 48 * 1_048_576;
const rowsPerRead = 5_000;
const rowsPerTurn = 500;
const textMax = 200;

/** A code as it stands in addresses, forms and decisions: nothing in it can be taken for anything but itself. */
const codePattern = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;
// Controls, and the marks that make text read otherwise than it is (Unicode TR 36, section 2.4).
const refusedInText = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]/;

export const isCode = (text: string) => codePattern.test(text);

type Described = {
  evidence: ReadonlyArray<{ query?: string }>;
  population?: { born: string; one: string };
  lookUps?: readonly LookUpQuery[];
};

/** Throws a sentence for the engineer. */
export function checkLookUps({ lookUps = [] }: Described): void {
  for (const [at, { name, query, public: isPublic, address }] of lookUps.entries()) {
    if (isPublic !== true)
      throw new Error(
        `the look-up ${name} is not offered: its owner has to say "public": true, which means that anybody may read all of it`,
      );
    if (lookUps.findIndex((other) => other.name === name) !== at) throw new Error(`two look-ups are called ${name}`);
    checkQuery(name, query, []);
    const parts = Object.keys(address?.parts ?? {});
    const isForm = (form: (typeof agreedStates)[number]['address']) =>
      parts.every((id) => form.some((part) => part.id === id));
    if (address && (parts.length === 0 || !agreedStates.some((state) => isForm(state.address))))
      throw new Error(`the look-up ${name} has parts (${parts.join(', ')}) that addresses of no state are made of`);
  }
}

export type LookUpSource = {
  readAll(): Promise<{ packed: Packed; unfit: number }>;
  /** One entry as the registry has it at this moment. */
  readOne(code: string): Promise<LookUpEntry | undefined>;
  /** Looks whether reading would work, and how many of the first entries do not fit. Throws RegistryFault. */
  probe(): Promise<void>;
};

/** A look-up of an open registry. Its methods throw RegistryFault, or what the database throws. */
export function openLookUp(
  registry: Pick<OpenRegistry<never>, 'list' | 'listTables' | 'checkRole'>,
  description: Described,
  { name, query, address }: LookUpQuery,
): LookUpSource {
  const { list, listTables } = registry as Required<typeof registry>;
  const columns = `select q.code::text as code, q.ar, q.en, q.note_ar, q.note_en${partColumns(address)} from (${query}) q`;
  const readRow = (row: unknown) => readEntry(row, address);
  const after = `${columns} where q.code::text collate "C" > :after order by q.code::text collate "C"`;
  const one = `${columns} where q.code::text = :code`;
  let checked: Promise<void> | undefined;

  /** A table from which evidence about persons is given is no public register, whatever its description says. */
  const checkTables = async () => {
    const personal = [
      ...description.evidence.flatMap((evidence) => evidence.query ?? []),
      ...(description.population ? [description.population.born, description.population.one] : []),
    ];
    const [own, others] = await Promise.all([listTables(query), Promise.all(personal.map(listTables))]);
    const nameOf = ({ schema, table }: { schema: string; table: string }) => `${schema}.${table}`;
    const closed = new Set(others.flat().map(nameOf));
    const shared = own.map(nameOf).find((table) => closed.has(table));
    if (shared)
      throw new RegistryFault('not-public', {
        en: `The look-up ${name} reads ${shared}, from which evidence about people is given. Only public registers are looked up: give it a table of its own.`,
        ar: `يقرأ البحث ${name} الجدول ${shared} الذي تُعطى منه بيانات عن أشخاص. لا يُبحث إلا في سجلات عامة: اجعل له جدولًا خاصًا.`,
      });
  };
  const ensureChecked = () => {
    checked ??= checkTables().catch((error) => {
      checked = undefined;
      throw error;
    });
    return checked;
  };

  return {
    readAll: async () => {
      await ensureChecked();
      const packing = createPacking();
      const codes = new Set<string>();
      let unfit = 0;
      let last = '';
      for (;;) {
        const rows = await list(after, last, rowsPerRead);
        for (const [at, row] of rows.entries()) {
          // A large register does not hold up the questions of others.
          if (at % rowsPerTurn === rowsPerTurn - 1) await setImmediate();
          const entry = readRow(row);
          if (!entry || codes.has(entry.code)) unfit += 1;
          else {
            codes.add(entry.code);
            packing.add(entry);
          }
        }
        if (packing.count > entriesMax || packing.bytes > bytesMax)
          throw new RegistryFault('too-large', {
            en: `The look-up ${name} has more than ${entriesMax} entries or ${bytesMax} bytes. Divide it into several.`,
            ar: `في البحث ${name} أكثر من ${entriesMax} بندًا أو ${bytesMax} بايت. قسّمه.`,
          });
        if (rows.length < rowsPerRead) break;
        last = String((rows.at(-1) as { code?: unknown }).code);
      }
      if (packing.count === 0)
        throw new RegistryFault('empty', {
          en: `The look-up ${name} has no entry with a code and both names.`,
          ar: `لا بند في البحث ${name} له رمز واسمان.`,
        });
      return { packed: packing.finish(), unfit };
    },
    readOne: async (code) => {
      await ensureChecked();
      const [row] = await list(one, code, 1);
      return row === undefined ? undefined : readRow(row);
    },
    probe: async () => {
      await registry.checkRole?.();
      await checkTables();
      const rows = await list(after, '', 100);
      const unfit = rows.filter((row) => readRow(row) === undefined).length;
      if (rows.length === 0 || unfit > 0)
        throw new RegistryFault(
          'unfit',
          rows.length === 0
            ? { en: `The look-up ${name} has no entries.`, ar: `لا بنود في البحث ${name}.` }
            : {
                en: `The look-up ${name} has entries without a code of letters and digits, without a name in both languages, or with hidden characters (${unfit} of the first ${rows.length}). They are left out.`,
                ar: `في البحث ${name} بنود بلا رمز من حروف وأرقام، أو بلا اسم باللغتين، أو فيها محارف خفية (${unfit} من أول ${rows.length}). تُترك.`,
              },
        );
    },
  };
}

/** Each part of an address in both languages, under names of its own. */
function partColumns(address: LookUpQuery['address']): string {
  return Object.values(address?.parts ?? {})
    .map((column, at) => [typeof column === 'string' ? { ar: column, en: column } : column, at] as const)
    .map(([{ ar, en }, at]) => `, q.${ar}::text as part_${at}_ar, q.${en}::text as part_${at}_en`)
    .join('');
}

/** Undefined where it does not fit. Line breaks and runs of spaces become one space. */
function readEntry(row: unknown, address: LookUpQuery['address']): LookUpEntry | undefined {
  const { code, ar, en, note_ar: noteAr, note_en: noteEn } = row as Record<string, unknown>;
  const text = (value: unknown) => {
    const clean = typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '';
    return clean !== '' && clean.length <= textMax && !refusedInText.test(clean) ? clean : undefined;
  };
  const [inArabic, inEnglish] = [text(ar), text(en)];
  if (typeof code !== 'string' || !isCode(code) || inArabic === undefined || inEnglish === undefined) return undefined;
  const [arabicNote, englishNote] = [text(noteAr), text(noteEn)];
  // A part that is not there, or does not fit, is left to the person.
  const parts = Object.keys(address?.parts ?? {}).flatMap((id, at) => {
    const cells = row as Record<string, unknown>;
    const [partAr, partEn] = [text(cells[`part_${at}_ar`]), text(cells[`part_${at}_en`])];
    return partAr === undefined || partEn === undefined ? [] : [[id, { ar: partAr, en: partEn }] as const];
  });
  return {
    code,
    ar: inArabic,
    en: inEnglish,
    ...(arabicNote !== undefined && englishNote !== undefined ? { note: { ar: arabicNote, en: englishNote } } : {}),
    ...(address ? { parts: Object.fromEntries(parts) } : {}),
  };
}
