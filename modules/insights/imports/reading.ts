import type { Text } from '#kernel/languages';
import { pointsOf, type Row } from '../surveys/survey.ts';
import type { Areas } from '../tables/areas.ts';
import { CsvFault, type CsvText, type Line, readCsv } from '../tables/csv.ts';
import { scoreColumns } from '../tables/folder.ts';
import type { ImportFault, Mapping } from './contract.ts';

export type Read = { format: 'un-export' | 'sdmx-csv' | 'own-csv'; rows: Array<{ year: number; row: Row }> };
export type ImportOutcome = { read: Read } | { faults: ImportFault[] };

type Values = Partial<Record<'rank' | (typeof scoreColumns)[number], string>>;
type Draft = { line: number; year: string; area: string; values: Values };

/** The Knowledgebase's own header. */
const unColumns = {
  year: 'Survey Year',
  area: 'Country Name',
  rank: 'E-Government Rank',
  egdi: 'E-Government Index',
  epi: 'E-Participation Index',
  osi: 'Online Service Index',
  hci: 'Human Capital Index',
  tii: 'Telecommunication Infrastructure Index',
} as const satisfies Mapping;

const linesMax = 20_000;
const faultsMax = 50;

/**
 * Reads a file of scores: an export of the UN's Knowledgebase as published, SDMX-CSV (1.0 or 2.0) with this module's indicators,
 * or any CSV with a mapping. All of it or nothing: one bad line refuses the file, and every bad line is named.
 */
export function readImport(
  text: string,
  fileName: string,
  needs: { areas: Areas; years: readonly number[]; mapping?: Mapping },
): ImportOutcome {
  let csv: CsvText;
  try {
    csv = readCsv(text);
  } catch (error) {
    if (error instanceof CsvFault) return { faults: [fault(error.line, 'not-csv', { what: error.message })] };
    throw error;
  }
  if (csv.lines.length === 0) return { faults: [fault(1, 'empty')] };
  if (csv.lines.length > linesMax) return { faults: [fault(linesMax, 'too-long')] };
  const drafted = draft(csv, needs.mapping);
  if ('faults' in drafted) return drafted;
  const faults: ImportFault[] = [];
  const seen = new Map<string, number>();
  const rows = drafted.drafts.flatMap((one) => {
    const { row, year, found } = readRow(one, fileName, needs);
    faults.push(...found);
    if (!row) return [];
    const key = `${year} ${row.area}`;
    const earlier = seen.get(key);
    if (earlier !== undefined) faults.push(fault(one.line, 'twice', { what: String(earlier) }));
    seen.set(key, one.line);
    return [{ year, row }];
  });
  return faults.length > 0 ? { faults: faults.slice(0, faultsMax) } : { read: { format: drafted.format, rows } };
}

function draft(
  csv: CsvText,
  mapping: Mapping | undefined,
): { format: Read['format']; drafts: Draft[] } | { faults: ImportFault[] } {
  const { header, lines } = csv;
  if (header.includes('OBS_VALUE') && header.includes('REF_AREA')) return draftSdmx(header, lines);
  const columns: Mapping | undefined = header.includes(unColumns.area) ? { ...unColumns, ...mapping } : mapping;
  if (!columns?.area || !columns.year || !columns.egdi)
    return { faults: [fault(1, 'mapping-needed', { what: header.join(', ') })] };
  const fixedYear = /^\d{4}$/.test(columns.year) ? columns.year : undefined;
  const absent = Object.entries(columns)
    .filter(([of, name]) => !(of === 'year' && fixedYear) && !header.includes(name))
    .map(([, name]) => name);
  if (absent.length > 0) return { faults: [fault(1, 'column-absent', { what: absent.join(', ') })] };
  const cellOf = (cells: Record<string, string>, name: string | undefined) =>
    (name ? cells[name] : undefined)?.trim() ?? '';
  return {
    format: columns.area === unColumns.area ? 'un-export' : 'own-csv',
    drafts: lines.map(({ line, cells }) => ({
      line,
      year: fixedYear ?? cellOf(cells, columns.year),
      area: cellOf(cells, columns.area),
      values: Object.fromEntries(
        (['rank', ...scoreColumns] as const).map((of) => [of, cellOf(cells, columns[of])]),
      ) as Values,
    })),
  };
}

/** One observation a line becomes one row per area and period. Lines of other indicators are passed over. */
function draftSdmx(
  header: readonly string[],
  lines: readonly Line[],
): { format: 'sdmx-csv'; drafts: Draft[] } | { faults: ImportFault[] } {
  const indicator = ['INDICATOR', 'MEASURE'].find((name) => header.includes(name));
  if (!indicator || !header.includes('TIME_PERIOD'))
    return { faults: [fault(1, 'column-absent', { what: 'INDICATOR, TIME_PERIOD' })] };
  const drafts = new Map<string, Draft>();
  const faults: ImportFault[] = [];
  for (const { line, cells } of lines) {
    const of = (cells[indicator] ?? '').trim().toLowerCase();
    if (of !== 'rank' && !(scoreColumns as readonly string[]).includes(of)) continue;
    if (['D', 'd'].includes(cells['ACTION'] ?? '')) continue;
    const [area, year] = [cells['REF_AREA']!.trim(), cells['TIME_PERIOD']!.trim()];
    const one = drafts.get(`${year} ${area}`) ?? { line, year, area, values: {} };
    if (one.values[of as keyof Values] !== undefined) faults.push(fault(line, 'twice', { what: String(one.line) }));
    one.values[of as keyof Values] = cells['OBS_VALUE']!.trim();
    drafts.set(`${year} ${area}`, one);
  }
  if (faults.length > 0) return { faults: faults.slice(0, faultsMax) };
  return drafts.size > 0 ? { format: 'sdmx-csv', drafts: [...drafts.values()] } : { faults: [fault(1, 'empty')] };
}

function readRow(
  { line, year: yearText, area: named, values }: Draft,
  fileName: string,
  { areas, years }: { areas: Areas; years: readonly number[] },
): { year: number; row?: Row; found: ImportFault[] } {
  const found: ImportFault[] = [];
  const year = Number(yearText);
  if (!years.includes(year)) found.push(fault(line, 'year-unknown', { what: yearText }));
  const area = areas.find(named);
  if (!area) found.push(fault(line, 'area-unknown', { what: named }));
  const hasScore = Number(values.egdi || 0) > 0;
  const row: Row = { area: area?.id ?? '', source: `${fileName}:${line}` };
  for (const column of scoreColumns) {
    const text = values[column] ?? '';
    if (text === '') continue;
    const points = pointsOf(text);
    // The source itself holds a human capital value of 1.422.
    if (points === undefined || points < 0 || points > 150_000) {
      found.push(fault(line, 'value-wrong', { what: `${column} ${text}` }));
      continue;
    }
    // A printed index of 0 says that there is no score, and then a 0 beside it is no value either.
    if (points > 0 || (column !== 'egdi' && hasScore)) row[column] = points;
  }
  const rank = values.rank ?? '';
  if (rank !== '' && !/^\d{1,3}$/.test(rank)) found.push(fault(line, 'value-wrong', { what: `rank ${rank}` }));
  else if (rank !== '' && row.egdi !== undefined) row.rank = Number(rank);
  return { year, found, ...(found.length === 0 ? { row } : {}) };
}

const faultTexts = {
  'not-csv': { ar: 'الملف ليس CSV سليمًا: {what}.', en: 'The file is no sound CSV: {what}.' },
  empty: { ar: 'لا صفوف في الملف يمكن قراءتها.', en: 'The file holds no rows that can be read.' },
  'too-long': { ar: 'الملف أطول مما يُقبل.', en: 'The file is longer than is taken.' },
  'mapping-needed': {
    ar: 'لا يُعرف ما تعنيه الأعمدة. سمِّ على الأقل السنة والدولة وegdi؛ وأعمدة الملف: {what}.',
    en: 'It is not known what the columns mean. Name at least year, area and egdi; the file has: {what}.',
  },
  'column-absent': { ar: 'عمود غير موجود: {what}.', en: 'A column is not there: {what}.' },
  'year-unknown': {
    ar: 'لا توجد طريقة حساب لسنة المسح «{what}».',
    en: 'There is no method for the survey year “{what}”.',
  },
  'area-unknown': { ar: 'لا تُعرف دولة باسم «{what}».', en: 'No state is known by the name “{what}”.' },
  'value-wrong': { ar: 'قيمة لا تُقبل: {what}.', en: 'A value that cannot be: {what}.' },
  twice: { ar: 'الدولة نفسها مذكورة في السطر {what}.', en: 'The same state stands on line {what} too.' },
} satisfies Record<string, Text>;

function fault(line: number, code: keyof typeof faultTexts, params: { what: string } = { what: '' }): ImportFault {
  const what = params.what.replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 200);
  const { ar, en } = faultTexts[code];
  return { line, code, words: { ar: ar.replace('{what}', what), en: en.replace('{what}', what) } };
}
