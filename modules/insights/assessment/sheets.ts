import { CsvFault, csvLine, readCsv } from '../tables/csv.ts';
import type { AnswerValue, GivenAnswer } from './contract.ts';
import type { AskedCode } from './questionnaire.ts';
import { isEvidenceLink } from './rules.ts';

/** One line of a sheet: a code with its question, and what was answered. */
export type SheetRow = { code: AskedCode; answer?: AnswerValue; links: string[]; notes: string[] };

const columns = ['code', 'printed_code', 'part', 'question', 'answer', 'evidence', 'note'] as const;
const faultsMax = 20;

/** A cell that a spreadsheet would run as a formula is written as text; reading takes the mark off again. */
const guarded = (text: string) => (/^[=+\-@\t]/.test(text) ? `'${text}` : text);
const unguarded = (text: string) => (/^'[=+\-@\t]/.test(text) ? text.slice(1) : text);

/** A sheet as CSV, in the order of the UN's questionnaire, with a byte order mark so that spreadsheets read the Arabic. */
export function sheetCsv(rows: readonly SheetRow[]): string {
  const lines = rows.map(({ code, answer, links, notes }) =>
    csvLine(
      [
        code.id,
        code.printed,
        code.part.toUpperCase(),
        code.title.en,
        answer ?? '',
        links.join(' '),
        notes.join(' | '),
      ].map(guarded),
    ),
  );
  return `\uFEFF${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

export type ReadSheet = { answers: Array<{ code: string; given: GivenAnswer }>; faults: string[] };

/** Reads a sheet; lines without an answer are left out. Each fault names its line. Of several links the first is kept. */
export function readSheet(text: string, codes: readonly AskedCode[], publicUrl: string): ReadSheet {
  const faults: string[] = [];
  const answers: ReadSheet['answers'] = [];
  try {
    const { header, lines } = readCsv(text);
    if (!header.includes('code') || !header.includes('answer')) return { answers, faults: ['1: code, answer?'] };
    const known = new Set(codes.map(({ id }) => id));
    const seen = new Set<string>();
    for (const { line, cells } of lines) {
      const cell = (name: string) => unguarded((cells[name] ?? '').trim());
      const [code, answer, link, note] = [
        cell('code'),
        cell('answer'),
        cell('evidence').split(/\s+/)[0]!,
        cell('note'),
      ];
      if (!known.has(code)) faults.push(`${line}: code ${code.slice(0, 20)}?`);
      else if (seen.has(code)) faults.push(`${line}: ${code} ×2`);
      else if (answer === '') continue;
      else if (answer !== 'yes' && answer !== 'no' && answer !== 'not-found')
        faults.push(`${line}: ${code}: yes / no / not-found?`);
      else if ((answer === 'yes' || link !== '') && !isEvidenceLink(link, publicUrl))
        faults.push(`${line}: ${code}: https://?`);
      else if (note.length > 1000) faults.push(`${line}: ${code}: note > 1000`);
      else answers.push({ code, given: { answer, ...(link ? { link } : {}), ...(note ? { note } : {}) } });
      seen.add(code);
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    faults.push(`${error.line}: ${error.message}`);
  }
  return { answers, faults: faults.slice(0, faultsMax) };
}
