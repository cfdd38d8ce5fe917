import { readFileSync, statSync } from 'node:fs';
import type { Language, Text } from '#kernel/languages';
import { type InsightsService, listDifferences, readSheet, sheetCsv, whoSettles } from '#modules/insights';

const fileBytesMax = 512 * 1024;
const tooLarge: Text = { ar: 'الملف أكبر من 512 كيلوبايت.', en: 'The file is larger than 512 kilobytes.' };
const assessors: Record<'reviewer' | 'assessors', Text> = {
  reviewer: { ar: 'يسويها المراجع (أكثر من 5%)', en: 'the reviewer settles them (more than 5 %)' },
  assessors: { ar: 'يسويها المقيّمان معًا', en: 'the two assessors settle them together' },
};

export const assessmentUsage: Text = {
  ar: `jisr insights assessment template             ورقة الأسئلة كلها (183 رمزًا)
jisr insights assessment check <ورقة.csv>      أسطرها الخاطئة وما بقي منها
jisr insights assessment compare <أ.csv> <ب.csv> ما يختلف، ومن يسويه
jisr insights assessment score <ورقة.csv> SAU [--year 2026] النتيجة التجريبية`,
  en: `jisr insights assessment template              the sheet with all questions (183 codes)
jisr insights assessment check <sheet.csv>      its bad lines, and what is still open
jisr insights assessment compare <a.csv> <b.csv> what differs, and who settles it
jisr insights assessment score <sheet.csv> SAU [--year 2026] the dry run`,
};

type Given = { language: Language; words: string[]; year?: string; isJson?: boolean };

/** Sheets of self-assessment from files, without a node. Exit code 1 when a file is refused, 2 when the command is not understood. */
export function operateAssessment(insights: InsightsService, { language, words, year, isJson }: Given): number {
  const [what = '', ...files] = words;
  const codes = insights.listCodes();
  const show = (value: object, lines: string[]) => console.log(isJson ? JSON.stringify(value) : lines.join('\n'));

  /** What a file answers; undefined, with each bad line said, when it cannot be taken whole. */
  const answersIn = (file: string) => {
    if (statSync(file).size > fileBytesMax) {
      console.error(tooLarge[language]);
      return undefined;
    }
    const { answers, faults } = readSheet(readFileSync(file, 'utf8'), codes, 'https://jisr.invalid');
    for (const fault of faults) console.error(`${file}:${fault}`);
    return faults.length > 0 ? undefined : new Map(answers.map(({ code, given }) => [code, given.answer]));
  };

  if (what === 'template') {
    process.stdout.write(sheetCsv(codes.map((code) => ({ code, links: [], notes: [] }))));
    return 0;
  }
  if (what === 'check' && files[0]) {
    const answers = answersIn(files[0]);
    if (!answers) return 1;
    const open = codes.filter(({ id }) => !answers.has(id)).map(({ id }) => id);
    show({ answered: answers.size, open }, [`${answers.size}/${codes.length}`, ...open]);
    return 0;
  }
  if (what === 'compare' && files[0] && files[1]) {
    const [first, second] = [answersIn(files[0]), answersIn(files[1])];
    if (!first || !second) return 1;
    const differences = listDifferences(
      first,
      second,
      codes.map(({ id }) => id),
    );
    const settledBy = whoSettles(differences.length, codes.length);
    show({ differences, settledBy }, [
      `${differences.length}/${codes.length}: ${assessors[settledBy][language]}`,
      ...differences.map((code) => `${code}  ${first.get(code) ?? '-'}  ${second.get(code) ?? '-'}`),
    ]);
    return 0;
  }
  if (what === 'score' && files[0] && files[1]) {
    const area = insights.areaOf(files[1].toUpperCase());
    const answers = answersIn(files[0]);
    if (!answers) return 1;
    const yes = new Set([...answers].filter(([, answer]) => answer === 'yes').map(([code]) => code));
    const result = insights.scoreSheet(Number(year ?? insights.figures().surveys.at(-1)!.year), area.id, yes);
    const { outcome } = result;
    show(result, [
      `${area.names[language]} (${result.methodYear})`,
      ...result.parts.map(
        ({ id, yes: count, codes: of, value }) => `${id.padEnd(4)} ${count}/${of}  ${value.toFixed(5)}`,
      ),
      `osi  ${result.osi.toFixed(5)}`,
      ...(outcome
        ? (['before', 'frozen', 'full'] as const).map(
            (mode) => `${mode.padEnd(7)} ${String(outcome[mode].rank).padStart(3)}  ${outcome[mode].egdi.toFixed(5)}`,
          )
        : []),
      ...result.best.map(({ codes: of, egdi, title }) => `+${egdi.toFixed(5)}  ${of.join(' ')}  ${title[language]}`),
      ...result.assumptions.map((assumption) => `! ${assumption[language]}`),
    ]);
    return 0;
  }
  console.error(assessmentUsage[language]);
  return 2;
}
