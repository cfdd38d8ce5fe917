// Every rule is made from architecture.json; change that file, not this one. A comment is what a person reads who broke a rule.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const map = JSON.parse(readFileSync(join(__dirname, 'architecture.json'), 'utf8'));
const folders = map.layers.map(({ folder }) => folder);
const anyOf = (names) => `(${names.join('|')})`;
const escapeDots = (text) => text.replace(/[.]/g, '\\$&');
const outsideTests = '/test/|\\.test\\.tsx?$';

const layerRules = map.layers.map(({ name, folder, uses }) => ({
  name: `${name}-points-downwards`,
  comment: `${name} may import ${uses.join(', ')} only: a lower layer never calls a higher one, it announces a fact and is heard.`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: outsideTests },
  to: {
    path: `^${anyOf([...folders, 'states', 'services', 'tests', 'bench'])}/`,
    pathNot: `^${anyOf(map.layers.filter((layer) => uses.includes(layer.name)).map((layer) => layer.folder))}/`,
  },
}));

const browserDoors = Object.entries(map.modules).flatMap(([module, { doors = [] }]) =>
  doors.map((door) => ({ ...door, path: `modules/${module}/${door.file}` })),
);

const doorRules = [
  {
    name: 'module-entered-by-its-door',
    comment: 'Another module is entered by #modules/<name> (its index.ts) and by nothing else.',
    severity: 'error',
    from: { path: '^modules/([^/]+)/', pathNot: outsideTests },
    to: { path: '^modules/', pathNot: ['^modules/$1/', '^modules/[^/]+/index\\.ts$'] },
  },
  {
    name: 'module-entered-by-its-door-from-above',
    comment: `Apps and data enter a module by #modules/<name>. Second doors are named in architecture.json: ${browserDoors
      .map((door) => `${door.path} for ${door.for}`)
      .join('; ')}.`,
    severity: 'error',
    from: { path: '^(apps|states|services)/', pathNot: outsideTests },
    to: {
      path: '^modules/',
      pathNot: ['^modules/[^/]+/index\\.ts$', ...browserDoors.map((door) => `^${escapeDots(door.path)}$`)],
    },
  },
  ...browserDoors.map((door) => ({
    name: `second-door-${door.path.replace(/[^a-z]+/g, '-')}`,
    comment: `${door.path} is open to ${door.for} only: ${door.why}.`,
    severity: 'error',
    from: { path: '^(apps|states|services)/', pathNot: [`^${escapeDots(door.for)}/`, outsideTests] },
    to: { path: `^${escapeDots(door.path)}$` },
  })),
];

const useRules = Object.entries(map.modules).map(([module, { uses }]) => ({
  name: `module-${module}-uses`,
  comment: `modules/${module} may use ${uses.length > 0 ? uses.join(', ') : 'no other module'} (architecture.json). What it needs beyond that arrives as an argument.`,
  severity: 'error',
  from: { path: `^modules/${module}/`, pathNot: outsideTests },
  to: { path: '^modules/', pathNot: `^modules/${anyOf([module, ...uses])}/` },
}));

const appRules = Object.entries(map.apps).flatMap(([app, { uses, usesTypesOf = [], doors = [] }]) => [
  {
    name: `app-${app}-uses`,
    comment: `apps/${app} may use ${uses.join(', ') || 'no other app'}${usesTypesOf.length > 0 ? `, and types of ${usesTypesOf.join(', ')}` : ''} (architecture.json).`,
    severity: 'error',
    from: { path: `^apps/${app}/`, pathNot: outsideTests },
    to: { path: '^apps/', pathNot: `^apps/${anyOf([app, ...uses, ...usesTypesOf])}/` },
  },
  ...usesTypesOf.map((other) => ({
    name: `app-${app}-types-of-${other}`,
    comment: `apps/${app} may import types of apps/${other} (import type), nothing that runs.`,
    severity: 'error',
    from: { path: `^apps/${app}/`, pathNot: outsideTests },
    to: { path: `^apps/${other}/`, dependencyTypesNot: ['type-only'] },
  })),
  {
    name: `app-${app}-entered-by-its-door`,
    comment: `apps/${app} is entered by #apps/${app} (its index.ts)${doors.map((door) => `, and by ${door.file} from ${door.for}: ${door.why}`).join('')}.`,
    severity: 'error',
    from: { path: '^apps/', pathNot: [`^apps/${app}/`, outsideTests] },
    to: {
      path: `^apps/${app}/`,
      pathNot: [`^apps/${app}/index\\.ts$`, ...doors.map((door) => `^apps/${app}/${escapeDots(door.file)}$`)],
    },
  },
  ...doors.map((door) => ({
    name: `app-${app}-second-door-${door.file.replace(/[^a-z]+/g, '-')}`,
    comment: `apps/${app}/${door.file} is open to ${door.for} only: ${door.why}.`,
    severity: 'error',
    from: { path: '^apps/', pathNot: [`^apps/${app}/`, `^${door.for}/`, outsideTests] },
    to: { path: `^apps/${app}/${escapeDots(door.file)}$` },
  })),
]);

const anatomyRules = Object.entries(map.anatomy).flatMap(([file, { purpose, uses, packages }]) => {
  const name = file.replace('.ts', '');
  const own = uses.filter((use) => use.endsWith('.ts'));
  const far = uses.filter((use) => !use.endsWith('.ts') && use !== 'doors');
  const from = { path: `^modules/([^/]+)/(|[a-z-]+/)${escapeDots(file)}$` };
  return [
    {
      name: `anatomy-${name}`,
      comment: `${file} holds ${purpose}: it may import ${uses.join(', ')} and nouns of its own module without SQL or service.`,
      severity: 'error',
      from,
      to: {
        path: `^${anyOf(folders)}/`,
        // A type leaves no import behind when the file runs.
        dependencyTypesNot: ['type-only'],
        pathNot: [
          ...far.map((use) => (use.includes('/') ? `^${use}\\.ts$` : `^${use}/`)),
          ...own.map((use) => `^modules/$1/(|[a-z-]+/)${escapeDots(use)}$`),
          // The doors of other modules; which of them, the rules of use say.
          ...(uses.includes('doors') ? ['^modules/[^/]+/index\\.ts$'] : []),
          // A pure noun of the same module (merkle.ts beside rules.ts) is part of the decision.
          '^modules/$1/(|[a-z-]+/)(?!(store|service|index|handlers|contract|rules)\\.ts$)[a-z-]+\\.ts$',
        ],
      },
    },
    ...(packages === undefined
      ? []
      : [
          {
            name: `anatomy-${name}-packages`,
            comment: `${file} may import ${packages.join(', ')} only: it is data.`,
            severity: 'error',
            from,
            to: { dependencyTypes: ['npm', 'npm-dev', 'core'], pathNot: `node_modules/${anyOf(packages)}/` },
          },
        ]),
  ];
});

const wholeRules = [
  {
    name: 'no-cycle',
    comment: 'Two files that need each other are one file, or a third is missing.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no-orphan',
    comment: 'Nothing imports this file: wire it or delete it.',
    severity: 'error',
    from: {
      orphan: true,
      pathNot: [
        outsideTests,
        '\\.d\\.ts$',
        '^apps/[^/]+/([a-z]+-|)main\\.tsx?$',
        '^apps/portal/islands/',
        '^protocol/write-',
        '^kernel/',
      ],
    },
    to: {},
  },
  {
    name: 'no-unresolvable',
    comment: 'The import leads nowhere.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'tests-stay-tests',
    comment: 'What runs never imports a test or its support.',
    severity: 'error',
    from: { path: `^${anyOf([...folders, 'states', 'services'])}/`, pathNot: outsideTests },
    to: { path: '^tests/|/test/' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...layerRules, ...doorRules, ...useRules, ...appRules, ...anatomyRules, ...wholeRules],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: existsSync(join(__dirname, 'tsconfig.json')) ? 'tsconfig.json' : undefined },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json', '.d.ts'],
    },
  },
};
