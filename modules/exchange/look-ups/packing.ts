import { splitWords } from '#kernel/words';
import { entriesPerPage, type LookUpEntry, pagedMax, searchLengthMax } from './contract.ts';

/**
 * A register packed for searching: two byte strings outside of the heap, of which nothing is decoded but what is shown. A hundred thousand
 * schools take 30 MB so, and half a million JavaScript strings would take three times that and be walked by every garbage collection.
 */
export type Packed = {
  count: number;
  bytes: number;
  find(code: string): LookUpEntry | undefined;
  /** The best `pagedMax` that have a word beginning with each word said, and how many fit. */
  search(words: string, language: 'ar' | 'en'): { entries: LookUpEntry[]; total: number; isMore: boolean };
  /** All of it, by name. */
  list(language: 'ar' | 'en'): LookUpEntry[];
};

const wordsMax = 8;
/** One letter fits half of a register: counting ends here, and the person is asked for another word. */
const fittingMax = 10_000;
/** Of a register, what tells how rare a word is in all of it. */
const sampleBytes = 262_144;

/** The words that an entry is found by, and that are looked for: in one spelling, without the article. */
export function searchWords(text: string): string[] {
  return splitWords(text)
    .map((word) => (word.startsWith('ال') ? word.slice(2) : word))
    .filter(Boolean);
}

const sayWords = (text: string) => searchWords(text).join(' ');

/** Gathers entries one by one; `finish` gives them packed. */
export function createPacking() {
  const raw: Buffer[] = [];
  const said: Buffer[] = [];
  const rawStarts: number[] = [];
  const saidStarts: number[] = [];
  let [rawAt, saidAt] = [0, 0];
  return {
    get count() {
      return rawStarts.length;
    },
    get bytes() {
      return rawAt + saidAt;
    },
    add: ({ code, ar, en, note, parts }: LookUpEntry) => {
      // JSON has neither tabs nor line ends of its own.
      const more = parts ? `\t${JSON.stringify(parts)}` : '';
      const line = Buffer.from(`\n${code}\t${ar}\t${en}\t${note?.ar ?? ''}\t${note?.en ?? ''}${more}`);
      // Each part begins with a bar, so that a name that begins with what was said is told from one that only holds it.
      const words = Buffer.from(
        `\n${[ar, en, code, note?.ar ?? '', note?.en ?? ''].map((part) => `| ${sayWords(part)} `).join('')}`,
      );
      rawStarts.push(rawAt);
      saidStarts.push(saidAt);
      raw.push(line);
      said.push(words);
      rawAt += line.length;
      saidAt += words.length;
    },
    finish: (): Packed =>
      createPacked({
        raw: Buffer.concat([...raw, Buffer.from('\n')]),
        said: Buffer.concat([...said, Buffer.from('\n')]),
        rawStarts: Uint32Array.from([...rawStarts, rawAt]),
        saidStarts: Uint32Array.from([...saidStarts, saidAt]),
      }),
  };
}

type Parts = { raw: Buffer; said: Buffer; rawStarts: Uint32Array; saidStarts: Uint32Array };

function createPacked({ raw, said, rawStarts, saidStarts }: Parts): Packed {
  const count = rawStarts.length - 1;
  const entryAt = (at: number): LookUpEntry => {
    const line = raw.toString('utf8', rawStarts[at]! + 1, rawStarts[at + 1]);
    const [code = '', ar = '', en = '', noteAr = '', noteEn = '', parts] = line.split('\t');
    const note = noteAr && noteEn ? { note: { ar: noteAr, en: noteEn } } : {};
    return {
      code,
      ar,
      en,
      ...note,
      ...(parts ? { parts: JSON.parse(parts) as LookUpEntry['parts'] } : {}),
    } as LookUpEntry;
  };
  const byName = (language: 'ar' | 'en') => {
    const { compare } = new Intl.Collator(language, { numeric: true });
    return (one: LookUpEntry, other: LookUpEntry) =>
      compare(one[language], other[language]) ||
      compare(one.note?.[language] ?? '', other.note?.[language] ?? '') ||
      compare(one.code, other.code);
  };

  const search = (words: string, language: 'ar' | 'en') => {
    const wanted = searchWords(words.slice(0, searchLengthMax)).slice(0, wordsMax);
    if (wanted.length === 0) return { entries: [], total: 0, isMore: false };
    const whole = wanted.join(' ');
    const [exact, begins] = [Buffer.from(`| ${whole} |`), Buffer.from(`| ${whole}`)];
    // The rarest word first: it is the one whose entries are looked at.
    const sample = said.subarray(0, sampleBytes);
    const [rarest, ...others] = [...new Set(wanted)]
      .map((word) => Buffer.from(` ${word}`))
      .map((word) => ({ word, times: countIn(sample, word) }))
      .sort((one, other) => one.times - other.times)
      .map(({ word }) => word);
    const ranked: [number[], number[], number[]] = [[], [], []];
    let total = 0;
    let from = said.indexOf(rarest!);
    while (from >= 0 && total < fittingMax) {
      const at = indexOfStart(saidStarts, from);
      const end = saidStarts[at + 1]!;
      const own = said.subarray(saidStarts[at]!, end);
      if (others.every((word) => own.includes(word))) {
        total += 1;
        const rank = ranked[own.includes(exact) ? 0 : own.includes(begins) ? 1 : 2]!;
        if (rank.length < pagedMax) rank.push(at);
      }
      from = said.indexOf(rarest!, end);
    }
    const entries = ranked.flatMap((rank) => rank.map(entryAt).sort(byName(language))).slice(0, pagedMax);
    return { entries, total, isMore: from >= 0 || total > pagedMax };
  };

  return {
    count,
    bytes: raw.length + said.length + rawStarts.byteLength + saidStarts.byteLength,
    find: (code) => {
      const from = raw.indexOf(`\n${code}\t`);
      return from < 0 ? undefined : entryAt(indexOfStart(rawStarts, from));
    },
    search,
    list: (language) => Array.from({ length: count }, (_, at) => entryAt(at)).sort(byName(language)),
  };
}

function countIn(bytes: Buffer, word: Buffer): number {
  let times = 0;
  for (let from = bytes.indexOf(word); from >= 0; from = bytes.indexOf(word, from + 1)) times += 1;
  return times;
}

/** The entry that a byte is in: the last one that begins at it or before. */
function indexOfStart(starts: Uint32Array, byte: number): number {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= byte) low = middle;
    else high = middle;
  }
  return low;
}

/** One page of a list, the nearest there is. */
export function pageOf<Item>(items: Item[], wanted: number): { items: Item[]; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(items.length / entriesPerPage));
  const page = Math.min(Math.max(1, Math.trunc(wanted) || 1), pages);
  return { items: items.slice((page - 1) * entriesPerPage, page * entriesPerPage), page, pages };
}
