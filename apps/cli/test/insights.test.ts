import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { CliConfig } from '../config.ts';
import { operateInsights } from '../insights.ts';

const folder = mkdtempSync(join(tmpdir(), 'insights-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a command prints, and its exit code. */
async function run(language: 'ar' | 'en', ...words: string[]) {
  const said: string[] = [];
  const keep = (text: string) => void said.push(text);
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep),
    vi.spyOn(console, 'error').mockImplementation(keep),
  ];
  try {
    return { code: await operateInsights({ language } as CliConfig, words), text: said.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test('a file of scores is taken whole, or refused with every bad line', async () => {
  const bad = join(folder, 'bad.csv');
  writeFileSync(bad, 'state,score\nOman,0.9\nAtlantis,0.8\nQatar,x\n');
  const to = join(folder, 'taken');
  const refused = await run('en', 'import', bad, '--to', to, '--map', 'year=2024,area=state,egdi=score');
  expect(refused).toEqual({
    code: 1,
    text: `${bad}:3: No state is known by the name “Atlantis”.\n${bad}:4: A value that cannot be: egdi x.`,
  });
  const good = join(folder, 'good.csv');
  writeFileSync(good, 'state,score\nOman,0.9\n');
  expect((await run('en', 'import', good, '--to', to, '--map', 'year=2024,area=state,egdi=score')).code).toBe(0);
  expect(readdirSync(to)).toEqual(['2024-own-csv.csv']);
  expect(readFileSync(join(to, '2024-own-csv.csv'), 'utf8')).toContain('2024,OMN,Oman,,0.90000,,,,,,good.csv:2');
});

test('a scenario says where it leads and on which assumptions, in the language asked for', async () => {
  const { code, text } = await run('ar', 'what-if', 'KWT', 'more:epi=20');
  expect(code).toBe(0);
  expect(text).toMatch(/^الكويت \(frozen\)\nbefore +66 {2}0\.78120\nafter +56 {2}0\.81316\n! /);
  expect((await run('en', 'goal', 'OMN', '0')).code).toBe(2);
  expect((await run('en', 'what-if', 'KWT', 'osi=2')).code).toBe(2);
});

test('a sheet of self-assessment is checked, compared and scored from files', async () => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(written.push(String(text))));
  await run('en', 'assessment', 'template');
  spy.mockRestore();
  const template = written.join('');
  expect(template.trim().split('\r\n')).toHaveLength(184);
  const fill = (name: string, answer: (code: string) => string) => {
    const [header, ...lines] = template.trim().split('\r\n');
    const codes = lines.map((line) => line.split(',')[0]!);
    const file = join(folder, name);
    writeFileSync(
      file,
      [header!.replace('\uFEFF', ''), ...codes.map((code) => `${code},,,,${answer(code)},`)].join('\n'),
    );
    return file;
  };
  const all = fill('all.csv', () => 'yes,https://om.example/');
  const some = fill('some.csv', (code) => (code.startsWith('cp-') ? 'no,' : 'yes,https://om.example/'));
  expect((await run('en', 'assessment', 'check', all)).text).toBe('183/183');
  expect(await run('en', 'assessment', 'compare', all, some)).toMatchObject({
    code: 0,
    text: expect.stringMatching(/^8\/183: the two assessors settle them together\ncp-015 {2}yes {2}no\n/),
  });
  const { text } = await run('ar', 'assessment', 'score', some, 'OMN');
  expect(text).toMatch(/^عُمان \(2024\)\nif {3}26\/26 {2}1\.00000\ncp {3}0\/8 {2}0\.00000\n/);
  expect(text).toContain('osi  0.95000\nbefore   41  0.85759\n');
  const bad = fill('bad.csv', () => 'perhaps,');
  expect((await run('en', 'assessment', 'score', bad, 'OMN')).code).toBe(1);
  expect((await run('en', 'assessment', 'nothing')).code).toBe(2);
});
