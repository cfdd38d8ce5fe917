import type { Text } from '#kernel/languages';
import type { Difference } from './values.ts';

/** So many lines are laid side by side; of longer texts what is between the first and the last difference counts as one. */
const comparedMost = 2_000;

/** What changes in a text that is read line by line: each run of other lines once, by the line where it stands now. */
export function compareLines(file: string, before: string, after: string): Difference[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  const inside = (lines: string[]) => lines.length - tail > head;
  while (inside(old) && inside(now) && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const [oldLines, newLines] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  return runsOf(oldLines, newLines).map(({ from, removed, added }) => ({
    what: removed.length === 0 ? ('added' as const) : added.length === 0 ? ('removed' as const) : ('changed' as const),
    file,
    place: String(head + from + 1),
    words: line,
    ...(removed.length > 0 ? { before: removed.join('\n') } : {}),
    ...(added.length > 0 ? { after: added.join('\n') } : {}),
  }));
}

const line: Text = { ar: 'السطر', en: 'Line' };

type Run = { from: number; removed: string[]; added: string[] };

/** By a longest common subsequence. `from`: where the run stands in the newer lines, from 0 on. */
function runsOf(old: string[], now: string[]): Run[] {
  if (old.length === 0 && now.length === 0) return [];
  if (old.length > comparedMost || now.length > comparedMost) return [{ from: 0, removed: old, added: now }];
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1)
    for (let column = now.length - 1; column >= 0; column -= 1)
      common[row * width + column] =
        old[row] === now[column]
          ? common[(row + 1) * width + column + 1]! + 1
          : Math.max(common[(row + 1) * width + column]!, common[row * width + column + 1]!);
  const runs: Run[] = [];
  let run: Run | undefined;
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      run = undefined;
      row += 1;
      column += 1;
      continue;
    }
    if (!run) {
      run = { from: column, removed: [], added: [] };
      runs.push(run);
    }
    const isRemoved =
      column >= now.length ||
      (row < old.length && common[(row + 1) * width + column]! >= common[row * width + column + 1]!);
    if (isRemoved) run.removed.push(old[row++]!);
    else run.added.push(now[column++]!);
  }
  return runs;
}
