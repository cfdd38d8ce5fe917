import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cruise.ts';

export type Source = { path: string; text: string };
export type Finding = { path: string; line: number; why: string };

const skipped = new Set(['node_modules', '.git', '.data', 'vectors', 'dmn-tck', 'openapi', 'pictures', 'fonts']);

/** Every file under the given folders (or files at the root), as paths relative to the project. */
export function listFiles(...tops: string[]): string[] {
  return tops.flatMap((top) => walk(top)).sort();
}

function walk(path: string): string[] {
  let entries: ReturnType<typeof readEntries>;
  try {
    entries = readEntries(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const child = `${path}/${entry.name}`;
    return entry.isDirectory() ? walk(child) : [child];
  });
}

const readEntries = (path: string) => readdirSync(join(root, path), { withFileTypes: true });

export function readSources(paths: string[]): Source[] {
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

export const isTest = (path: string) => /\/test\/|\.test\.tsx?$|^tests\//.test(path);
export const isCode = (path: string) => /\.(ts|tsx|mjs|cjs)$/.test(path) && !path.endsWith('.d.ts');

/** One finding for each line that the pattern matches. */
export function findLines(source: Source, pattern: RegExp, why: string): Finding[] {
  return source.text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [{ path: source.path, line: index + 1, why }] : []));
}

export function describeFindings(findings: Finding[]): string[] {
  return findings.map(({ path, line, why }) => `${path}:${line} ${why}`);
}
