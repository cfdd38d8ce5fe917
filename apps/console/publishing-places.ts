import type { Text } from '#kernel/languages';
import { type Finding, findingWords } from '#modules/catalogue';
import { fileNames, wordsOf } from '#modules/publishing';

/** A finding as an official reads it: what is wrong, what the part is called, and the page of the draft where it is mended. */
export type PlacedFinding = { problem: Text; part: Text; href: string };

const ofText = /^([\w.-]+)(: the (?:Arabic|English) text .+)$/;
const ofEvidence =
  /^(the office|the requirement|the evidence type|the purpose|a field of|'[\w.-]+' (has no field|is proved|is optional|is not asked for))/;

/** The page behind the draft's address on which a file's part is edited. */
function pageOf(
  { file, problem }: Finding,
  { texts, tables }: { texts: readonly string[]; tables: readonly string[] },
): string {
  if (ofText.test(problem) && texts.includes(file)) return `texts/${file.replace('.json', '')}`;
  if (file === 'service.json') return ofEvidence.test(problem) ? 'evidence' : /^cost/.test(problem) ? 'terms' : 'facts';
  if (file === 'form.json') return 'form';
  if (file === 'fee.json') return 'terms';
  if (file === 'reasons.json') return 'reasons';
  if (file === 'credential.json') return 'shown';
  if (file === 'certificate.typ') return /no test case/.test(problem) ? 'tests' : 'template';
  if (file === 'tests.json') return 'tests';
  if (file.startsWith('eligibility.')) return 'eligibility';
  const table = tables.find((name) => problem.includes(name)) ?? tables[0];
  if (file === 'decision.dmn') return /input/.test(problem) || !table ? 'inputs' : `rules/${encodeURIComponent(table)}`;
  return `texts/${file.replace('.json', '')}`;
}

/** What is said of a text names it by what officials call it. */
function problemOf({ problem }: Finding): Text {
  const [, path, rest] = ofText.exec(problem) ?? [];
  if (!path || !rest) return findingWords(problem);
  const called = wordsOf(path.split('.'));
  return { ar: findingWords(`${called.ar}${rest}`).ar, en: `${called.en}${rest}` };
}

/** `at`: the address of the draft. */
export const placed = (
  findings: readonly Finding[],
  at: string,
  of: { texts: readonly string[]; tables: readonly string[] },
): PlacedFinding[] =>
  findings.map((finding) => ({
    problem: problemOf(finding),
    part: fileNames[finding.file] ?? { ar: finding.file, en: finding.file },
    href: `${at}/${pageOf(finding, of)}`,
  }));
