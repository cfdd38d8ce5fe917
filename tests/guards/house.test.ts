import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './cruise.ts';
import { createHouseRules } from './house-rules.ts';
import { describeFindings, isTest, listFiles, readSources } from './sources.ts';

/** This list may only shrink: nothing is added to it, and an entry that is no longer needed is taken out. */
const { longFiles } = JSON.parse(readFileSync(join(root, 'tests/guards/exceptions.json'), 'utf8')) as {
  longFiles: Record<string, number>;
};
const rules = createHouseRules(longFiles);
const paths = listFiles(
  ...['protocol', 'kernel', 'modules', 'apps', 'states', 'services', 'tests', 'bench', 'docs', '.ci'],
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'setup.mjs', 'architecture.json', '.dependency-cruiser.cjs'],
);
const textual = paths.filter((path) => /\.(ts|tsx|mjs|cjs|css|md|json|typ|dmn|sh|yml)$|\.ci\/run$/.test(path));
const sources = readSources(
  textual.filter((path) => !/\.rows\.json$|people\.json$|gulf-universities\.json$/.test(path)),
);

test('the guards look at the whole project', () => {
  expect(sources.length).toBeGreaterThan(200);
});

describe.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
  test('everywhere in the project', () => {
    const found = sources.filter(({ path }) => rule.appliesTo(path)).flatMap((source) => rule.find(source));
    expect(describeFindings(found)).toEqual([]);
  });

  test('and the check can fail', () => {
    expect(rule.appliesTo(rule.breaks.path)).toBe(true);
    expect(rule.find(rule.breaks)).toHaveLength(1);
  });
});

test('the list of long files holds only files that still need it', () => {
  const lengths = new Map(sources.map(({ path, text }) => [path, text.split('\n').length - 1]));
  for (const [path, most] of Object.entries(longFiles)) {
    const length = lengths.get(path) ?? 0;
    expect(length, path).toBeLessThanOrEqual(most);
    expect(length, `${path} is short enough now: take it out`).toBeGreaterThan(isTest(path) ? 700 : 400);
  }
});

test('every module has a page that says what it is for', () => {
  const modules = Object.keys(JSON.parse(readFileSync(join(root, 'architecture.json'), 'utf8')).modules);
  const wanted = [/^# /m, /^## Words/m, /^## Promises/m, /^## Facts/m, /^## What it will not do/m];
  for (const name of modules) {
    const path = `modules/${name}/README.md`;
    const text = paths.includes(path) ? readFileSync(join(root, path), 'utf8') : '';
    for (const heading of wanted) expect(text, `${path} lacks the heading ${heading.source}`).toMatch(heading);
    expect(text.split('\n').length, `${path} is longer than a page`).toBeLessThan(140);
  }
});
