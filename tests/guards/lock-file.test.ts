import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

type Entry = {
  version?: string;
  integrity?: string;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
};
const lock = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Entry>;
};

test('npm ci accepts the lock file: it has an entry for every platform’s package, also for those not installed here', () => {
  // npm leaves out what its registry did not have when the lock was written, and npm ci then refuses the whole lock.
  const names = new Set(Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)!));
  const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter((name) => !names.has(name)),
  );
  expect(missing).toEqual([]);
});

test('everything that is not optional is locked by its hash', () => {
  const open = Object.entries(lock.packages).filter(
    ([path, entry]) => path !== '' && !entry.optional && !entry.integrity,
  );
  expect(open.map(([path]) => path)).toEqual([]);
});

test('the project’s own dependencies have exact versions', () => {
  const root = lock.packages[''] as Record<string, Record<string, string>>;
  const loose = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(root[kind] ?? {}).filter(([, version]) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+$/.test(version)),
  );
  expect(loose).toEqual([]);
});
