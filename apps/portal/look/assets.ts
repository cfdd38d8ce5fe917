import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepBuilt } from '#apps/bundled';
import type { Language } from '#kernel/languages';
import { type Look, skinCss } from './skin.ts';

export type Asset = { path: string; contentType: string; bytes: Buffer };

/** What a page links to; every path carries a hash of its content and may be cached for ever. */
export type AssetLinks = {
  css: string;
  icon: string;
  font: string;
  scripts: Record<(typeof islands)[number], string>;
};

/** The scripts that a browser may get; every page is whole without them, but for signing in with a passkey. */
const islands = [
  'verify',
  'proof',
  'drop',
  'passkey',
  'wait',
  'slide',
  'keys',
  'live',
  'push',
  'push-worker',
  'keep',
] as const;

export type Assets = { links: AssetLinks; files: Map<string, Asset> };

const fontFaces: Array<{ script: 'arabic' | 'latin'; weight: 400 | 600 }> = [
  { script: 'arabic', weight: 400 },
  { script: 'arabic', weight: 600 },
  { script: 'latin', weight: 400 },
  { script: 'latin', weight: 600 },
];

// The Arabic face holds no Latin letters; without ranges a browser would load all four files for one page.
const ranges = {
  arabic: 'U+0600-06FF,U+0750-077F,U+08A0-08FF,U+200C-200E,U+FB50-FDFF,U+FE70-FEFC',
  latin: 'U+0000-00FF,U+0131,U+0152-0153,U+2000-200B,U+2010-206F,U+20AC,U+2122,U+2190-2193,U+2212',
} satisfies Record<string, string>;

/** Makes everything under `/assets/` for one state: one stylesheet with its skin, four fonts, an icon and the islands. */
export async function buildAssets(look: Look, others: Record<string, Pick<Look, 'brand'>> = {}): Promise<Assets> {
  const files = new Map<string, Asset>();
  const keep = (name: string, ending: string, contentType: string, bytes: Buffer): string => {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const path = `/assets/${name}-${hash}.${ending}`;
    files.set(path, { path, contentType, bytes });
    return path;
  };
  const require = createRequire(import.meta.url);
  const fonts = await Promise.all(
    fontFaces.map(async ({ script, weight }) => {
      const file = `@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-${script}-${weight}-normal.woff2`;
      const path = keep(`plex-${script}-${weight}`, 'woff2', 'font/woff2', await readFile(require.resolve(file)));
      return { script, weight, path };
    }),
  );
  const faces = fonts.map(
    ({ script, weight, path }) =>
      `@font-face{font-family:Jisr;font-weight:${weight};font-display:swap;src:url(${path}) format("woff2");unicode-range:${ranges[script]}}`,
  );
  const sheets = await Promise.all(
    ['tokens.css', 'fallback.css', 'look.css', 'charts.css'].map((name) => readText(name)),
  );
  const [tokens, fallback, rules, charts] = sheets as [string, string, string, string];
  const css = [...faces, fallback, tokens, skinCss(look, others), rules, charts].join('\n');
  const icon = markSvg(look.brand, look.onBrand);
  const links: AssetLinks = {
    css: keep('look', 'css', 'text/css; charset=utf-8', await minified(css)),
    icon: keep('mark', 'svg', 'image/svg+xml', Buffer.from(icon)),
    font: fonts[0]!.path,
    scripts: Object.fromEntries(
      (await bundledIslands()).map(({ name, bytes }) => [
        name,
        keep(name, 'js', 'text/javascript; charset=utf-8', bytes),
      ]),
    ) as AssetLinks['scripts'],
  };
  return { links, files };
}

/** The font a page preloads: Arabic pages need the Arabic face first, English pages draw at once with the Latin one. */
export function preloadFor(links: AssetLinks, language: Language): string | undefined {
  return language === 'ar' ? links.font : undefined;
}

async function minified(css: string): Promise<Buffer> {
  const name = `css-${createHash('sha256').update(css).digest('hex').slice(0, 16)}`;
  const folder = await keepBuilt(name, async (half) => {
    const { transform } = await import('esbuild');
    await writeFile(join(half, 'look.css'), (await transform(css, { loader: 'css', minify: true })).code);
  });
  return readFile(join(folder, 'look.css'));
}

async function bundledIslands() {
  const folder = await keepBuilt('islands', async (half) => {
    const { build } = await import('esbuild');
    await build({
      entryPoints: islands.map((name) => fileURLToPath(new URL(`../islands/${name}.ts`, import.meta.url))),
      outdir: half,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'silent',
    });
  });
  return Promise.all(islands.map(async (name) => ({ name, bytes: await readFile(join(folder, `${name}.js`)) })));
}

function readText(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8');
}

function markSvg(ground: string, line: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="${ground}"/><path d="M10 46c4-20 12-28 22-28s18 8 22 28M8 38h48M22 38v9M32 38v9M42 38v9" fill="none" stroke="${line}" stroke-width="4.5" stroke-linecap="round"/></svg>`;
}
