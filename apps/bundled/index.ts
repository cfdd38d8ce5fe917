import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Loader, Plugin } from 'esbuild';
import { systemClock } from '#kernel/clock';

const root = join(import.meta.dirname, '..', '..');
const home = join(root, '.data', 'built');

/** What programs of a node begin with. They are bundled together, so that what several use is there once. */
const entries = {
  node: 'apps/state-node/process.ts',
  anchor: 'apps/federation/anchor-process.ts',
  federation: 'apps/federation/main.ts',
  library: 'apps/state-node/index.ts',
  preview: 'apps/cli/preview.ts',
  sandbox: 'apps/federation/sandbox/main.ts',
};

/**
 * Imports one of `entries` as a bundle of all that it needs: a process that loads 3,600 files of which most are other people's
 * takes a second longer and 30 to 40 MB more than one that loads twenty. The bundle is made from the sources when they are not
 * those of the last one.
 */
export async function importBundled<Exports>(entry: keyof typeof entries): Promise<Exports> {
  // Before anything large is imported: a module is compiled when it is linked. NODE_COMPILE_CACHE comes first where it is set.
  enableCompileCache(join(root, '.data', 'compile-cache'));
  const folder = await keepBuilt('code', bundle);
  return import(pathToFileURL(join(folder, `${entry}.mjs`)).href);
}

/** The sources as this process found them first: what it makes later goes with what it runs. */
const ofProcess: { key?: string } = {};

/** esbuild's process is one for all of this process: who stops it stops it for all. */
const atWork = new Set<string>();

/**
 * The folder that holds what `make` writes, made once for each state of the sources. Several processes may come at once: the
 * first that is ready is the one whose folder is kept. Ends esbuild's process after the last of those at work, for it would stay for
 * ever, with 60 MB.
 */
export async function keepBuilt(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  ofProcess.key ??= keyOfSources();
  const ofThese = join(home, ofProcess.key);
  const folder = join(ofThese, name);
  if (existsSync(folder)) return folder;
  mkdirSync(ofThese, { recursive: true });
  const half = mkdtempSync(`${folder}.`);
  atWork.add(half);
  try {
    await make(half);
    renameSync(half, folder);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  } finally {
    const { stop } = await import('esbuild');
    atWork.delete(half);
    if (atWork.size === 0) await stop();
  }
  forgetOld(ofThese);
  return folder;
}

async function bundle(folder: string): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, file)])),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    jsx: 'automatic',
    logLevel: 'error',
    // React's build for production, whatever the account that starts a node has set.
    define: { 'process.env.NODE_ENV': '"production"' },
    // What is made for one kind of machine cannot be bundled. The drivers of databases are few files, and stay what a tool
    // that watches or breaks their calls expects them to be.
    external: ['esbuild', 'subset-font', '@myriaddreamin/typst-ts-node-compiler', '@electric-sql/pglite', 'pg'],
    plugins: [staysInPlace],
    banner: {
      js: `import { createRequire as createRequireOfBundle } from 'node:module';const require = createRequireOfBundle(${JSON.stringify(join(root, 'package.json'))});`,
    },
  });
}

/** A file goes on finding what lies beside it: where it asks for its own place, it gets the place of its source. */
const staysInPlace: Plugin = {
  name: 'stays-in-place',
  setup(building) {
    building.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!/import\.meta\.|__(dir|file)name/.test(source)) return undefined;
      const place: Record<string, string> = { dirname: dirname(path), filename: path, url: pathToFileURL(path).href };
      const literal = (_match: string, name: string) => JSON.stringify(place[name]);
      const contents = source
        .replaceAll(/\bimport\.meta\.(dirname|filename|url)\b/g, literal)
        .replaceAll(/(?<![\w$.'"])__(dirname|filename)\b(?!['"])/g, literal);
      return { contents, loader: loaders[extname(path)] ?? 'js' };
    });
  },
};
const loaders: Record<string, Loader> = { '.ts': 'ts', '.mts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' };

/** Differs when a source, or a package, does: names, sizes and times of change, as `make` compares them. */
function keyOfSources(): string {
  const hash = createHash('sha256').update(`${root}\n${process.version}\n`);
  const files = ['apps', 'kernel', 'modules', 'protocol'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.split(sep).includes('test'))
      .map(({ parentPath, name }) => join(parentPath, name)),
  );
  for (const file of [...files.sort(), join(root, 'package-lock.json')]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

const keptMs = 30 * 24 * 60 * 60 * 1_000;

/** A process that still runs may import a part of an older bundle later, so that none is removed before it is a month old. */
function forgetOld(current: string): void {
  for (const name of readdirSync(home)) {
    if (name === basename(current)) continue;
    const folder = join(home, name);
    const changedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAt !== undefined && systemClock.now().getTime() - changedAt > keptMs)
      rmSync(folder, { recursive: true, force: true });
  }
}
