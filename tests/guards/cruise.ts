import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export type Violation = { rule: string; from: string; to: string };
export type Cruise = { filesCruised: number; files: string[]; violations: Violation[] };

/** Runs dependency-cruiser as a person would, on the folders of a project. */
export function cruise(folder: string, what: string[]): Cruise {
  const program = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const config = join(folder, '.dependency-cruiser.cjs');
  const run = spawnSync(process.execPath, [program, '--config', config, '--output-type', 'json', ...what], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 200_000,
  });
  if (!run.stdout.startsWith('{')) throw new Error(`dependency-cruiser did not run: ${run.stdout}${run.stderr}`);
  const { modules, summary } = JSON.parse(run.stdout) as {
    modules: Array<{ source: string }>;
    summary: { totalCruised: number; violations: Array<{ from: string; to: string; rule: { name: string } }> };
  };
  return {
    filesCruised: summary.totalCruised,
    files: modules.map(({ source }) => source),
    violations: summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, from, to })),
  };
}
