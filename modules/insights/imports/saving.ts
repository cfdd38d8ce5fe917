import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scoresCsv } from '../exports/scores-csv.ts';
import type { Areas } from '../tables/areas.ts';
import type { Read } from './reading.ts';

/**
 * Puts what was read into a folder of imports, whole or not at all: written beside and then renamed. The name says which years it
 * holds; the same years imported again replace the file. Returns its path.
 */
export function saveImport(folder: string, { format, rows }: Read, areas: Areas): string {
  mkdirSync(folder, { recursive: true });
  const years = [...new Set(rows.map(({ year }) => year))].sort((one, other) => one - other);
  const path = join(folder, `${years.join('-')}-${format}.csv`);
  writeFileSync(`${path}.part`, scoresCsv(rows, areas));
  renameSync(`${path}.part`, path);
  return path;
}
