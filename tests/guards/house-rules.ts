import { type Finding, findLines, isCode, isTest, type Source } from './sources.ts';

// Each rule looks at one file and tells what is wrong in it, with the reason. A rule comes with a text that breaks it.

export type HouseRule = {
  name: string;
  appliesTo(path: string): boolean;
  find(source: Source): Finding[];
  breaks: Source;
};

const forbiddenNames = 'utils helpers common shared misc manager impl base core types interfaces'.split(' ');
const longestFile = 400;
const longestTest = 700;

const isOwnCode = (path: string) => isCode(path) && /^(protocol|kernel|modules|apps|states|services)\//.test(path);
const runs = (path: string) => isOwnCode(path) && !isTest(path);

/** Properties that name a side of the screen or an axis of it; a page drawn from the right needs the logical ones. */
const physicalCss =
  /^((margin|padding|border|scroll-margin|scroll-padding)-(left|right|top|bottom)[a-z-]*|left|right|top|bottom|(min-|max-)?(width|height))\s*:|^(text-align|float|clear)\s*:\s*(left|right)\b/;

/** What an SQL text names as schema.table, where the grammar says that a table comes. */
const tableInSql =
  /\b(?:from|join|into|update|table|references|exists|truncate)\s+(?:only\s+)?(?:if\s+(?:not\s+)?exists\s+)?"?([a-z_]+)"?\."?([a-z_]+)"?|\bon\s+([a-z_]+)\.([a-z_]+)\s*\(/gi;
const schemaInKysely =
  /(?:tablesOf(?:<[^>]*>)?\([^,()]+,\s*|withSchema\()'([a-z_]+)'|(?:Table|Index|Schema|selectFrom|insertInto|updateTable|deleteFrom)\('([a-z_]+)\./g;

/** The PostgreSQL schemas that a text names, with the line of each. */
export function listSchemas(text: string): Array<{ schema: string; line: number }> {
  const lineOf = (index: number) => text.slice(0, index).split('\n').length;
  const found: Array<{ schema: string; line: number }> = [];
  for (const literal of text.matchAll(/\bsql(?:<[^`]*?>)?`([^`]*)`/g))
    for (const match of literal[1]!.matchAll(tableInSql))
      found.push({ schema: (match[1] ?? match[3])!, line: lineOf(literal.index + match.index) });
  for (const match of text.matchAll(schemaInKysely))
    found.push({ schema: (match[1] ?? match[2])!, line: lineOf(match.index) });
  return found;
}

/** A state of the sample or its currency, in quotation marks or as the name of a member. */
const stateInCode = /(?:'|^\s*|[{,]\s*)(AE|BH|KW|OM|QA|SA|AED|BHD|KWD|OMR|QAR|SAR)(?:'|:)/g;

/** SQL outside a store is allowed to PostgreSQL's own catalogue only. */
const ownSchemas = (module: string) => [module, 'pg_catalog', 'information_schema'];

export function createHouseRules(longFiles: Record<string, number>): HouseRule[] {
  return [
    {
      name: 'files and folders are named after what they hold',
      appliesTo: () => true,
      find: ({ path }) =>
        path
          .split('/')
          .filter((part) => forbiddenNames.includes(part.replace(/\..*$/, '')))
          .map((part) => ({
            path,
            line: 1,
            why: `"${part}" says how a file is used, not what it is about: name the noun`,
          })),
      breaks: { path: 'modules/ledger/utils.ts', text: '' },
    },
    {
      name: 'time comes from the clock',
      appliesTo: (path) => runs(path) && path !== 'kernel/clock.ts' && path !== 'kernel/ids.ts',
      find: (source) =>
        findLines(source, /\bDate\.now\(|\bnew Date\(\)/, 'takes the time itself: use the clock it was given'),
      breaks: { path: 'modules/cases/service.ts', text: 'const at = new Date();' },
    },
    {
      name: 'chance comes from the kernel',
      appliesTo: (path) => runs(path) && path !== 'kernel/ids.ts',
      find: (source) => findLines(source, /\bMath\.random\(|\brandomUUID\(/, 'makes chance itself: use #kernel/ids'),
      breaks: { path: 'apps/portal/page.tsx', text: 'const id = Math.random();' },
    },
    {
      name: 'surroundings are read by the configuration of an app',
      appliesTo: (path) => runs(path) && !/^apps\/[^/]+\/config\.ts$/.test(path),
      find: (source) =>
        findLines(
          source,
          /(?<!')\bprocess\.env\b/,
          'reads process.env: only apps/*/config.ts may; the rest gets arguments',
        ),
      breaks: { path: 'apps/portal/layout.tsx', text: "const debug = process.env['DEBUG'];" },
    },
    {
      name: 'states are data',
      appliesTo: (path) => runs(path) && !path.startsWith('states/'),
      find: ({ path, text }) => {
        const lines = text.split('\n').map((line) => (/^\s*(\*|\/\*|\/\/)/.test(line) ? '' : line));
        const found = lines.flatMap((line, at) => [...line.matchAll(stateInCode)].map(([, code]) => ({ code, at })));
        // A journey goes from one state to another; three are a list.
        return new Set(found.map(({ code }) => code)).size > 2
          ? [
              {
                path,
                line: found[0]!.at + 1,
                why: 'lists states: what depends on one is in protocol/states.json or its folder',
              },
            ]
          : [];
      },
      breaks: { path: 'modules/catalogue/regions.ts', text: "const neighbours = ['AE', 'BH', 'KW'];" },
    },
    {
      name: 'nothing changes at module level',
      // A main.ts is the process itself, and nobody imports it.
      appliesTo: (path) => runs(path) && !/main\.tsx?$/.test(path),
      find: (source) =>
        findLines(
          source,
          /^(export\s+)?(let|var)\s/,
          'is state of the process: two states run in one process, give it to a function',
        ),
      breaks: { path: 'modules/consent/service.ts', text: 'let cache = 1;' },
    },
    {
      name: 'a file can be read in one sitting',
      // A list of texts is looked up, not read.
      appliesTo: (path) => isCode(path) && !/^apps\/[^/]+\/texts\//.test(path),
      find: ({ path, text }) => {
        const length = text.split('\n').length - 1;
        const most = longFiles[path] ?? (isTest(path) ? longestTest : longestFile);
        return length > most ? [{ path, line: length, why: `has more than ${most} lines: split it by noun` }] : [];
      },
      breaks: { path: 'modules/cases/service.ts', text: 'x;\n'.repeat(longestFile + 1) },
    },
    {
      name: 'SQL names only the schema of its own module',
      appliesTo: (path) => path.startsWith('modules/') && runs(path),
      find: ({ path, text }) => {
        const module = path.split('/')[1]!;
        return listSchemas(text)
          .filter(({ schema }) => !ownSchemas(module).includes(schema))
          .map(({ schema, line }) => ({
            path,
            line,
            why: `SQL names the schema ${schema}: ask that module by its door, keep only its ids`,
          }));
      },
      breaks: { path: 'modules/cases/store.ts', text: 'sql`select 1 from consent.grants`' },
    },
    {
      name: 'SQL is written in stores and migrations',
      appliesTo: (path) =>
        path.startsWith('modules/') &&
        runs(path) &&
        !/\/(store|[0-9]{4}-[a-z-]+)\.ts$/.test(path) &&
        !path.startsWith('modules/exchange/registries/'),
      find: ({ path, text }) =>
        listSchemas(text).map(({ line }) => ({ path, line, why: 'holds SQL: give the question a name in store.ts' })),
      breaks: { path: 'modules/cases/service.ts', text: 'sql`delete from cases.events`' },
    },
    {
      name: 'apps hold no SQL',
      appliesTo: (path) => path.startsWith('apps/') && runs(path),
      find: ({ path, text }) =>
        listSchemas(text)
          .filter(({ schema }) => !['pg_catalog', 'information_schema'].includes(schema))
          .map(({ line }) => ({ path, line, why: 'holds SQL: an app asks a module' })),
      breaks: { path: 'apps/portal/page.ts', text: 'sql`select 1 from cases.cases`' },
    },
    {
      name: 'styles name logical sides only',
      appliesTo: (path) => path.startsWith('apps/') && /\.css$/.test(path),
      find: ({ path, text }) =>
        text
          .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
          .replace(/@(media|container|supports|property)[^{]*/g, (condition) => condition.replace(/[^\n]/g, ' '))
          .split('\n')
          .flatMap((line, index) =>
            line.split(/(?<=[;{}])/).map((declaration) => ({ declaration: declaration.trim(), index })),
          )
          .filter(({ declaration }) => physicalCss.test(declaration))
          .map(({ declaration, index }) => ({
            path,
            line: index + 1,
            why: `"${declaration}" names a physical side: write inline-start, block-size and the like`,
          })),
      breaks: { path: 'apps/portal/look/look.css', text: '.card{color:red;margin-left:4px}' },
    },
    {
      name: 'what is started is finished',
      appliesTo: (path) => !path.startsWith('tests/guards/'),
      find: (source) =>
        findLines(
          source,
          /\b(TODO|FIXME|XXX|HACK)\b|\.only\(|\bdescribe\.skip\(|\btest\.skip\(\s*['"`]/,
          'leaves work behind: do it now or record it where people look',
        ),
      breaks: { path: 'kernel/http.ts', text: '// TO' + 'DO later' },
    },
    {
      name: 'no path of one machine',
      appliesTo: (path) => !path.startsWith('tests/guards/'),
      find: (source) =>
        findLines(
          source,
          /(^|[\s'"`(=:])\/(work|home|Users|root)\/|[A-Z]:\\\\Users|\/tmp\/[a-z]/,
          'names a place on one machine: derive it',
        ),
      breaks: { path: 'docs/operations.md', text: 'see /home/someone/jisr' },
    },
    {
      name: 'only what Node can run by itself',
      appliesTo: isOwnCode,
      find: (source) =>
        findLines(
          source,
          /^(export\s+)?(declare\s+)?(const\s+)?enum\s|^(export\s+)?namespace\s|constructor\([^)]*\b(private|public|protected|readonly)\s/,
          'is not erasable: Node strips types and compiles nothing',
        ),
      breaks: { path: 'modules/cases/words.ts', text: 'export enum State { Draft }' },
    },
    {
      name: 'no refusal is swallowed',
      appliesTo: runs,
      find: ({ path, text }) =>
        [
          ...text.matchAll(
            /catch\s*(\([^)]*\))?\s*\{\s*\}|(?<!= \w{1,40})\.catch\(\(\)\s*=>\s*(\{\s*\}|undefined|null)\)/g,
          ),
        ].map((match) => ({
          path,
          line: text.slice(0, match.index).split('\n').length,
          why: 'swallows an error: act on it, or say in the handler why nothing is to be done',
        })),
      breaks: { path: 'modules/ledger/service.ts', text: 'try { run(); } catch {}' },
    },
  ];
}
