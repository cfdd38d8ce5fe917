import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { checkServices } from '../services.ts';

afterEach(() => vi.restoreAllMocks());

test('jisr service check says what to do about a folder that is not there, and about a file', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)));
  const root = join(import.meta.dirname, '..', '..', '..');
  const config = { root, dataFolder: root, nodeUrl: undefined, language: 'en' as const };
  for (const named of [join(root, 'services', 'nothing'), join(root, 'package.json')])
    expect(await checkServices(config, named)).toBe(2);
  expect(lines).toEqual([
    expect.stringContaining('nothing is no folder. Name that of a service'),
    expect.stringContaining('package.json is no folder. Name that of a service'),
  ]);
});
