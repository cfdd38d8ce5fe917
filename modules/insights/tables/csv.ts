import { CsvError, parse } from 'csv-parse/sync';

/** One record of a CSV text with the line it begins on, counted from 1 as an editor shows it. */
export type Line = { line: number; cells: Record<string, string> };
export type CsvText = { header: string[]; lines: Line[] };

/** A text that is no CSV: an open quote, a line with more or fewer cells than the header. */
export class CsvFault extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/**
 * Reads RFC 4180 with a header: a byte order mark is dropped, empty lines are skipped, cells keep their padding. Throws a
 * {@link CsvFault} that names the line.
 */
export function readCsv(text: string): CsvText {
  try {
    const [first, ...rest] = parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_quotes: false,
    }) as unknown as Array<{
      record: string[];
      info: { lines: number };
    }>;
    const header = (first?.record ?? []).map((name) => name.trim());
    if (new Set(header).size !== header.length) throw new CsvFault(1, 'a column is there twice');
    return {
      header,
      lines: rest.map(({ record, info }) => ({
        line: info.lines,
        cells: Object.fromEntries(header.map((name, at) => [name, record[at] ?? ''])),
      })),
    };
  } catch (error) {
    if (error instanceof CsvFault) throw error;
    // Not every code of the library begins with CSV_: INVALID_OPENING_QUOTE does not.
    if (error instanceof CsvError)
      throw new CsvFault(
        Number((error as { lines?: number }).lines ?? 1),
        error.code.replace(/^CSV_/, '').toLowerCase().replaceAll('_', ' '),
      );
    throw error;
  }
}

/** One CSV line; a cell is quoted when it holds a comma, a quote or a line break. */
export function csvLine(cells: ReadonlyArray<string | number | undefined>): string {
  return cells
    .map((cell) => String(cell ?? ''))
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}
