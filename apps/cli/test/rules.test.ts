import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { lineOf } from '../json-places.ts';
import { manageRules } from '../rules.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'jisr-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const run = async (args: string[], language: 'ar' | 'en' = 'en') => {
  const lines: string[] = [];
  for (const way of ['log', 'error'] as const)
    vi.spyOn(console, way).mockImplementation((line) => void lines.push(String(line)));
  const code = await manageRules({ root, dataFolder: folder, nodeUrl: undefined, language }, args);
  return { code, text: lines.join('\n') };
};

test('a place in a JSON text is a line, or that of what is around it', () => {
  const text = '{\n  "a": [1,\n {"x/y~": "}]",\n "z": -2.5e3}\n],\n  "b": "\\"",\n "c": {}, "d": null\n}';
  expect(JSON.parse(text)).toBeDefined();
  const lines = ['', '/a', '/a/0', '/a/1', '/a/1/x~1y~0', '/a/1/z', '/b', '/c', '/d', '/a/9', '/nothing'];
  expect(lines.map((pointer) => lineOf(text, pointer))).toEqual([1, 2, 2, 3, 3, 4, 6, 7, 7, 2, 1]);
});

test('jisr rules check names each fault with its line, in both languages', async () => {
  const file = join(folder, 'access.json');
  const rule = {
    id: 'one',
    who: { state: 'SA' },
    evidenceType: 'degree-record',
    fields: ['gpa', 'salary'],
    purposes: ['curiosity'],
    grounds: ['consent'],
  };
  writeFileSync(file, JSON.stringify({ groups: {}, rules: [rule], disclosure: [] }, null, 1));
  const english = await run(['check', file]);
  expect(english.code).toBe(1);
  expect(english.text.split('\n')).toEqual([
    `${file}, line 12 (/rules/0/fields/1): degree-record has no field salary`,
    `${file}, line 15 (/rules/0/purposes/0): there is no purpose curiosity`,
    'The rules are wrong; none of them can be published.',
  ]);
  expect((await run(['check', file], 'ar')).text).toContain(
    'السطر 12 (/rules/0/fields/1): ليس في degree-record حقل salary',
  );
  writeFileSync(file, '{\n "groups": {,\n}');
  expect((await run(['check', file])).text).toContain('line 2');
  expect((await run(['check', join(folder, 'nowhere.json')])).code).toBe(1);
  const rules = join(root, 'states', 'bh', 'access.json');
  const { length } = JSON.parse(readFileSync(rules, 'utf8')).rules;
  expect(length).toBeGreaterThan(1);
  expect(await run(['check', rules])).toEqual({ code: 0, text: `The rules hold: ${length} rules.` });
});

test('jisr rules wants a reason, a command and a node', async () => {
  const file = join(root, 'states', 'bh', 'access.json');
  expect((await run(['publish', file])).text).toContain('Say why');
  expect((await run(['publish', file, '--reason', 'agreed'])).code).toBe(2);
  expect((await run([])).code).toBe(2);
  expect((await run(['list'])).text).toContain('on the machine of the node while it runs');
});
