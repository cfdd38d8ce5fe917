import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fault, faults } from './matrix.ts';

// Draws the matrix of faults into docs/operations.md: `node tests/faults/draw.ts`. A test holds the page to it.

const page = join(import.meta.dirname, '..', '..', 'docs', 'operations.md');
const start = '<!-- drawn from tests/faults/matrix.ts: node tests/faults/draw.ts -->';
const end = '<!-- end of the faults -->';

function draw(rows: readonly Fault[]): string {
  const lines = [
    '| fault | side | what is done | outcome | what brings it back | proved in |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      ({ fault, side, done, outcome, recovery, proof, needs }) =>
        `| ${fault} | ${side} | ${done} | ${outcome} | ${recovery} | \`${proof.file}\`${needs ? ` (${needs})` : ''} |`,
    ),
  ];
  return lines.join('\n');
}

/** The page with its table made anew. */
export function redraw(text: string, rows: readonly Fault[]): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error('docs/operations.md has lost the marks between which the faults stand');
  return `${text.slice(0, from + start.length)}\n\n${draw(rows)}\n\n${text.slice(to)}`;
}

if (import.meta.main) writeFileSync(page, redraw(readFileSync(page, 'utf8'), faults));
