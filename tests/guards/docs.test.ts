import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './cruise.ts';
import { readMap, redraw } from './draw.ts';
import { isCode, isTest, listFiles, readSources } from './sources.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...listFiles('docs', 'states', 'modules').filter((path) => path.endsWith('.md')),
];

test('the drawing of the architecture is the one that architecture.json gives', () => {
  const page = read('docs/architecture.md');
  expect(page, 'run node tests/guards/draw.ts').toBe(redraw(page, readMap()));
});

describe.each(pages)('%s', (page) => {
  const text = read(page);
  const prose = text.replace(/```[\s\S]*?```/g, '');

  test('links to pages and pictures that are there', () => {
    const links = [...prose.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map((match) => match[1]!);
    for (const link of links.filter((target) => !/^[a-z]+:/.test(target)))
      expect(existsSync(join(root, dirname(page), link)), `${page} links to ${link}`).toBe(true);
  });

  test('names files and folders that are there', () => {
    const named = [...prose.matchAll(/`((?:protocol|kernel|modules|apps|states|services|tests|docs)\/[^`\s]*)`/g)].map(
      (match) => match[1]!,
    );
    for (const path of named.filter((one) => !/[<>{}*…]/.test(one) && !/^states\/xx/.test(one)))
      expect(
        [root, join(root, dirname(page))].some((from) => existsSync(join(from, normalize(path)))),
        `${page} names ${path}`,
      ).toBe(true);
  });

  test('names commands that work', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, command, name] of text.matchAll(/\bnpm (run )?([a-z][a-z:-]*)/g)) {
      if (command === undefined && ['start', 'test'].includes(name!)) expect(Object.keys(scripts)).toContain(name);
      if (command !== undefined) expect(Object.keys(scripts), `${page}: npm run ${name}`).toContain(name);
    }
    for (const [, file] of text.matchAll(/\bnode ((?:[a-z-]+\/)+[a-z-]+\.ts)/g))
      expect(existsSync(join(root, file!)), `${page}: node ${file}`).toBe(true);
  });
});

test('the README tells what it is and how to start on its first screen', () => {
  const screen = read('README.md').split('\n').slice(0, 30).join('\n');
  for (const needed of ['npm start', 'npm test', 'docs/architecture.md', 'docs/operations.md'])
    expect(screen).toContain(needed);
});

test('the README maps exactly the modules that exist', () => {
  const chart = read('README.md')
    .split('```')
    .find((block) => block.includes('protocol/    '))!;
  for (const name of Object.keys(readMap().modules)) expect(chart).toMatch(new RegExp(`\\b${name}\\b`));
});

test('the table of the environment is complete', () => {
  const documented = [...read('docs/operations.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]!).sort();
  const used = [...read('apps/federation/config.ts').matchAll(/env\['([A-Z_]+)'\]/g)].map((match) => match[1]!);
  expect(documented).toEqual([...new Set(used)].sort());
});

describe('the glossary', () => {
  const rows = read('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| word'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, word, arabic, meaning, not]) => ({ word: word!, arabic: arabic!, meaning: meaning!, not: not! }));
  const code = readSources(
    listFiles('protocol', 'kernel', 'modules', 'apps').filter(
      (path) => isCode(path) && !isTest(path) && !/\/texts\//.test(path),
    ),
  );

  test('gives each word once, in both languages, with its meaning', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(new Set(rows.map(({ word }) => word)).size).toBe(rows.length);
    expect(new Set(rows.map(({ arabic }) => arabic)).size, 'one Arabic word for each concept').toBe(rows.length);
    for (const { word, arabic, meaning } of rows) {
      expect(arabic, word).toMatch(/\p{Script=Arabic}/u);
      expect(meaning.length, word).toBeGreaterThan(10);
    }
  });

  test('names the modules by words it explains', () => {
    const words = rows.map(({ word }) => word);
    for (const word of ['consent', 'credential', 'exchange', 'ledger', 'case', 'service', 'evidence'])
      expect(words).toContain(word);
  });

  /** Words as people read names: `caseWorkerId` and `case_worker_id` are case, worker, id. */
  const wordsOf = (name: string) =>
    ` ${name
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .replace(/[_-]/g, ' ')
      .toLowerCase()} `;
  const namesIn = (text: string) =>
    [
      ...text.matchAll(
        /\b(?:const|function|type|class)\s+([A-Za-z]\w*)|^\s+([a-z]\w*)\??\s*[:(]|create table ([a-z_.]+)/gm,
      ),
    ].map((match) => match[1] ?? match[2] ?? match[3]!);
  const findStrangers = (path: string, text: string) =>
    rows.flatMap(({ word, not }) =>
      not
        .split(',')
        .map((stranger) => stranger.trim())
        .filter(Boolean)
        .flatMap((stranger) =>
          namesIn(text)
            .filter((name) => wordsOf(name).includes(` ${stranger} `))
            .map((name) => `${path}: ${name} says ${stranger}, the house says ${word}`),
        ),
    );

  test('is kept by the names in the code', () => {
    expect(code.flatMap(({ path, text }) => findStrangers(path, text))).toEqual([]);
  });

  test('and the check can fail', () => {
    expect(findStrangers('x.ts', 'const caseworkerId = 1;\nfunction findCitizen() {}\n')).toEqual([
      'x.ts: findCitizen says citizen, the house says person',
      'x.ts: caseworkerId says caseworker, the house says officer',
    ]);
    expect(findStrangers('x.ts', 'type ClerkName = string;')).toHaveLength(1);
  });
});

test('the licence, and what registers of public code read, are there', () => {
  expect(read('LICENSE')).toContain('Apache License');
  expect(JSON.parse(read('package.json')).license).toBe('Apache-2.0');
  const publiccode = read('publiccode.yml');
  for (const key of [
    ...['publiccodeYmlVersion', 'name', 'url', 'platforms', 'developmentStatus', 'softwareType', 'description'],
    ...['legal', 'maintenance', 'localisation'],
  ])
    expect(publiccode).toMatch(new RegExp(`^${key}:`, 'm'));
  expect(publiccode).toContain('license: Apache-2.0');
});
