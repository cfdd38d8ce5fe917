import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');
/** Files whose types the package shows; they name nothing beyond each other. */
const shown = ['index', 'answers', 'case-types', 'cases', 'catalogue', 'documents', 'refusals'];

/** Builds the package `@jisr/client` into a folder, from which `npm pack` makes the tarball: one file, its types, its README. */
export async function buildClient(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    outfile: join(folder, 'dist', 'index.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    treeShaking: true,
    legalComments: 'inline',
    metafile: true,
    logLevel: 'silent',
    absWorkingDir: root,
  });
  writeTypes(folder);
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(version!, license!), null, 2)}\n`);
  writeFileSync(join(folder, 'NOTICES.txt'), noticesOf(Object.keys(metafile.inputs)));
  copyFileSync(join(import.meta.dirname, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}

function manifestOf(version: string, license: string) {
  return {
    name: '@jisr/client',
    version,
    description: 'Ask your own Jisr node for evidence of another state, and verify the answer yourself',
    license,
    type: 'module',
    engines: { node: '>=20' },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    types: './dist/index.d.ts',
    files: ['dist', 'NOTICES.txt'],
    sideEffects: false,
  };
}

function writeTypes(folder: string): void {
  const work = mkdtempSync(join(tmpdir(), 'jisr-client-'));
  try {
    const config = join(work, 'tsconfig.json');
    const options = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir: work,
      rootDir: root,
      typeRoots: [join(root, 'node_modules', '@types')],
    };
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: options,
        include: [join(import.meta.dirname, 'index.ts')],
        exclude: [],
      }),
    );
    execFileSync(process.execPath, [join(root, 'node_modules', 'typescript-7', 'bin', 'tsc'), '-p', config]);
    for (const name of shown) {
      const made = readFileSync(join(work, 'apps', 'client', `${name}.d.ts`), 'utf8');
      writeFileSync(join(folder, 'dist', `${name}.d.ts`), made.replace(/(from '\.\/[a-z-]+)\.ts'/g, "$1.js'"));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The licences of what is bundled, each package once. */
function noticesOf(inputs: string[]): string {
  const packages = new Set(inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const notices = [...packages].sort().map((name) => {
    const folder = join(root, 'node_modules', name);
    const file = readdirSync(folder).find((one) => /^licen[cs]e(\.|$)/i.test(one));
    if (!file || !existsSync(join(folder, file))) throw new Error(`${name} is bundled and has no licence text`);
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return `This package contains:\n\n${notices.join(`\n${'-'.repeat(72)}\n\n`)}`;
}
