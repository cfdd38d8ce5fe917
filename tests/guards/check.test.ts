import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** What a tool says when it is not content; nothing when it is. */
function complaintsOf(script: string, ...args: string[]): string {
  const run = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return run.status === 0 ? '' : `${run.stdout}${run.stderr}`;
}

test('format, lint and import order are Biome’s', () => {
  const args = ['check', '--error-on-warnings', '--diagnostic-level=warn', '.'];
  expect(complaintsOf('@biomejs/biome/bin/biome', ...args)).toBe('');
});

// TypeScript 7 with one checker takes a fifth of 6's processor time; 6 is there for dependency-cruiser, which calls its compiler.
test('the types hold', () => {
  expect(complaintsOf('typescript-7/bin/tsc', '-p', '.', '--checkers', '1')).toBe('');
}, 300_000);
