import { createHttpClient } from '#kernel/http-client';
import type { RequirementCoverage } from '#modules/exchange';
import type { CliConfig } from './config.ts';
import { findNodeAddress } from './node-address.ts';

/**
 * Prints a row for each requirement and a column for each state: the evidence and who gives it, or that nobody does. Exit code
 * 0 when every requirement can be met in every state, 1 when there is a gap, 2 when no node answers.
 */
export async function showCoverage(config: CliConfig, named: string | undefined): Promise<number> {
  const node = findNodeAddress(config, named);
  if (!node) {
    console.error(
      'No node is known here. Start the sample federation (npm start), or name one: jisr evidence https://…',
    );
    return 2;
  }
  const http = createHttpClient({ timeoutMs: 15_000 });
  try {
    const answer = await http.request({ method: 'GET', url: `${node}/api/evidence` });
    if (answer.status !== 200) {
      console.error(`${node} answers ${answer.status}. Look at the log of that node.`);
      return 2;
    }
    const rows = JSON.parse(answer.body.toString('utf8')) as RequirementCoverage[];
    const { text, gaps } = describeCoverage(rows, config.language);
    console.log(text);
    return gaps === 0 ? 0 : 1;
  } finally {
    await http.close();
  }
}

type Cell = RequirementCoverage['states'][number];

export function describeCoverage(
  rows: readonly RequirementCoverage[],
  language: 'ar' | 'en',
): { text: string; gaps: number } {
  const states = [...new Set(rows.flatMap((row) => row.states.map(({ state }) => state)))];
  const table = [
    ['', ...states],
    ...rows.map((row) => [
      `${row.requirement} ${row.version}`,
      ...states.map((state) => cellOf(row.states.find((cell) => cell.state === state))),
    ]),
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const lines = table.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const gaps = rows.flatMap((row) =>
    row.states.filter(({ status }) => status !== 'given').map((cell) => gapOf(row, cell, language)),
  );
  const end = gaps.length === 0 ? ['Every requirement can be proved in every state.'] : ['Gaps:', ...gaps];
  return { text: [...lines, '', ...end].join('\n'), gaps: gaps.length };
}

function cellOf(cell: Cell | undefined): string {
  if (!cell || cell.status === 'no-evidence') return '(no evidence)';
  if (cell.status === 'unknown') return '(no answer)';
  return cell.evidence
    .map(({ type, offices }) => `${type}: ${offices.map((office) => office.xRoadClient).join(', ') || '(nobody)'}`)
    .join('; ');
}

function gapOf(row: RequirementCoverage, cell: Cell, language: 'ar' | 'en'): string {
  const what = `  ${row.names[language]}, ${cell.stateNames[language]}:`;
  if (cell.status === 'no-evidence') return `${what} the catalogue names no evidence of this state.`;
  if (cell.status === 'unknown') return `${what} the offices of this state cannot be read now.`;
  const missing = cell.evidence.filter(({ offices }) => offices.length === 0).map(({ type }) => type);
  return `${what} no office gives ${missing.join(', ')}. Connect a registry there.`;
}
