import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cruise, cruise, root } from './cruise.ts';
import { isCode, listFiles } from './sources.ts';

type Door = { file: string; for: string };
type Architecture = {
  layers: Array<{ name: string; folder: string; uses: string[] }>;
  modules: Record<string, { group: string; purpose: string; uses: string[]; doors?: Door[] }>;
  groups: Record<string, string>;
  apps: Record<string, { purpose: string; uses: string[]; usesTypesOf?: string[]; doors?: Door[] }>;
};
type Rule = { name: string; comment: string };

const map = JSON.parse(readFileSync(join(root, 'architecture.json'), 'utf8')) as Architecture;
const rules: Rule[] = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')).forbidden;
const folders = ['protocol', 'kernel', 'modules', 'apps', 'states', 'tests'];
const modules = Object.keys(map.modules);
const apps = Object.keys(map.apps);

const foldersIn = (path: string) =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

test('architecture.json names exactly the modules and apps that exist', () => {
  expect(foldersIn('modules')).toEqual([...modules].sort());
  expect(foldersIn('apps')).toEqual([...apps].sort());
});

test('each module belongs to a group, says its purpose in one sentence, and uses only modules that are there', () => {
  for (const [name, { group, purpose, uses }] of Object.entries(map.modules)) {
    expect(Object.keys(map.groups), name).toContain(group);
    expect(purpose, name).toMatch(/^[A-Z][^\n]+\.$/);
    expect(modules, name).toEqual(expect.arrayContaining(uses));
    expect(uses, `${name} cannot use itself`).not.toContain(name);
  }
});

test('no two modules may use each other, directly or round a corner', () => {
  const reach = (name: string, seen: string[]): string[] =>
    map.modules[name]!.uses.flatMap((next) => (seen.includes(next) ? [next] : [next, ...reach(next, [...seen, next])]));
  for (const name of modules) expect(reach(name, [name]), `${name} reaches itself`).not.toContain(name);
});

describe('the project itself', () => {
  let result: Cruise;
  beforeAll(() => {
    result = cruise(root, folders);
  });

  test('breaks no import rule', () => {
    const reasons = new Map(rules.map(({ name, comment }) => [name, comment]));
    const told = result.violations.map(({ rule, from, to }) => `${from} -> ${to}\n  ${rule}: ${reasons.get(rule)}`);
    expect(told, 'see architecture.json for what may use what').toEqual([]);
  });

  test('was really read: a compiler the cruiser cannot use makes it read nothing, with a green tick', () => {
    const written = listFiles(...folders).filter((path) => isCode(path));
    const read = new Set(result.files);
    expect(written.length).toBeGreaterThan(150);
    expect(written.filter((path) => !read.has(path))).toEqual([]);
    expect(result.filesCruised).toBeGreaterThanOrEqual(written.length);
  });
});

/** A small project under the same rules: every module and app with a door, and nothing wrong. */
const lawful: Record<string, string> = {
  'protocol/text.ts': 'export const text = 1;',
  'kernel/ids.ts': "export { text } from '#protocol/text';",
  'kernel/database.ts': 'export const database = 1;',
  'kernel/http.ts': 'export const http = 1;',
  'states/generate.ts': "import '../modules/identity/persons/national-ids.ts';",
  'states/names.ts': "import './generate.ts';",
  'tests/support.ts': "import '#kernel/ids';",
  ...Object.fromEntries(
    modules.flatMap((name) => [
      [`modules/${name}/index.ts`, `import './inner.ts';\nexport type Thing = 1;\nexport const ${name} = 1;`],
      [`modules/${name}/inner.ts`, "import '#kernel/ids';"],
    ]),
  ),
  ...Object.fromEntries(
    modules.flatMap((name) =>
      (map.modules[name]!.doors ?? []).map((door) => [`modules/${name}/${door.file}`, "import '#kernel/ids';"]),
    ),
  ),
  ...Object.fromEntries(
    apps.flatMap((name) => [
      [
        `apps/${name}/index.ts`,
        [
          "import './inner.ts';",
          ...(map.apps[name]!.usesTypesOf ?? []).map((other) => `import type { Thing } from '#apps/${other}';`),
          'export type Thing = 1;',
        ].join('\n'),
      ],
      ...(map.apps[name]!.doors ?? []).map((door) => [`apps/${name}/${door.file}`, "import '#kernel/ids';"]),
      [`apps/${name}/inner.ts`, modules.map((module) => `import '#modules/${module}';`).join('\n')],
    ]),
  ),
};

type Plant = { file: string; text: string };
const other = (name: string, among: string[], allowed: string[]) =>
  among.find((candidate) => candidate !== name && !allowed.includes(candidate))!;

/** For each rule, one file that breaks it. */
const plants: Record<string, Plant> = {
  'protocol-points-downwards': { file: 'protocol/plant.ts', text: "import '#kernel/ids';" },
  'kernel-points-downwards': { file: 'kernel/plant.ts', text: "import '#modules/ledger';" },
  'modules-points-downwards': { file: 'modules/ledger/plant-layer.ts', text: "import '#apps/portal';" },
  'apps-points-downwards': { file: 'apps/cli/plant-layer.ts', text: "import '../../states/names.ts';" },
  'module-entered-by-its-door': { file: 'modules/cases/plant-door.ts', text: "import '../catalogue/inner.ts';" },
  'module-entered-by-its-door-from-above': {
    file: 'apps/cli/plant-door.ts',
    text: "import '../../modules/catalogue/inner.ts';",
  },
  'anatomy-contract': { file: 'modules/ledger/contract.ts', text: "import '#kernel/database';" },
  'anatomy-contract-packages': { file: 'modules/consent/contract.ts', text: "import 'node:fs';" },
  'anatomy-rules': { file: 'modules/cases/rules.ts', text: "import '#kernel/database';" },
  'anatomy-store': { file: 'modules/cases/store.ts', text: "import '#kernel/http';" },
  'no-cycle': { file: 'kernel/plant-here.ts', text: "import './plant-there.ts';" },
  'no-orphan': { file: 'modules/cases/plant-orphan.ts', text: 'export const lonely = 1;' },
  'no-unresolvable': { file: 'apps/cli/plant-nowhere.ts', text: "import './nowhere.ts';" },
  'tests-stay-tests': { file: 'apps/cli/plant-test.ts', text: "import '../../tests/support.ts';" },
  ...Object.fromEntries(
    modules.map((name) => [
      `module-${name}-uses`,
      {
        file: `modules/${name}/plant-use.ts`,
        text: `import '#modules/${other(name, modules, map.modules[name]!.uses)}';`,
      },
    ]),
  ),
  ...Object.fromEntries(
    modules.flatMap((name) =>
      (map.modules[name]!.doors ?? []).map((door, place) => [
        `second-door-modules-${name}-${door.file.replace(/[^a-z]+/g, '-')}`,
        { file: `apps/cli/plant-second-${name}-${place}.ts`, text: `import '../../modules/${name}/${door.file}';` },
      ]),
    ),
  ),
  ...Object.fromEntries(
    apps.flatMap((name) => {
      const { uses, usesTypesOf = [], doors = [] } = map.apps[name]!;
      const visitor = apps.find((app) => app !== name)!;
      return [
        [
          `app-${name}-uses`,
          {
            file: `apps/${name}/plant-use.ts`,
            text: `import '#apps/${other(name, apps, [...uses, ...usesTypesOf])}';`,
          },
        ],
        [
          `app-${name}-entered-by-its-door`,
          { file: `apps/${visitor}/plant-door-${name}.ts`, text: `import '../${name}/inner.ts';` },
        ],
        ...doors.map((door) => [
          `app-${name}-second-door-${door.file.replace(/[^a-z]+/g, '-')}`,
          { file: `apps/cli/plant-${name}-${door.file}`, text: `import '../${name}/${door.file}';` },
        ]),
        ...usesTypesOf.map((types) => [
          `app-${name}-types-of-${types}`,
          { file: `apps/${name}/plant-types-${types}.ts`, text: `import '#apps/${types}';` },
        ]),
      ];
    }),
  ),
};

describe('each import rule bites', () => {
  const copies: string[] = [];
  const build = (files: Record<string, string>): Cruise => {
    const copy = mkdtempSync(join(tmpdir(), 'jisr-guards-'));
    copies.push(copy);
    for (const name of ['package.json', 'tsconfig.json', 'architecture.json', '.dependency-cruiser.cjs'])
      cpSync(join(root, name), join(copy, name));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), `${text}\n`);
    }
    return cruise(copy, folders);
  };
  afterAll(() => {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  });

  test('a project without a forbidden import passes', () => {
    const result = build(lawful);
    expect(result.violations).toEqual([]);
    expect(result.filesCruised).toBeGreaterThanOrEqual(Object.keys(lawful).length);
  });

  test('every rule has a plant, so that a new rule cannot be added untested', () => {
    expect(Object.keys(plants).sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  describe('one forbidden import per rule goes red', () => {
    let result: Cruise;
    beforeAll(() => {
      const planted = Object.fromEntries(Object.values(plants).map(({ file, text }) => [file, text]));
      result = build({ ...lawful, ...planted, 'kernel/plant-there.ts': "import './plant-here.ts';" });
    });

    test.each(Object.keys(plants))('%s', (rule) => {
      const caught = result.violations.filter((violation) => violation.rule === rule).map(({ from }) => from);
      expect(caught, `${rule} does not see the forbidden import in ${plants[rule]!.file}`).toContain(
        plants[rule]!.file,
      );
    });
  });
});
