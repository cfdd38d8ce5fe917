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
  'line',
] as const;

export type Assets = { links: AssetLinks; files: Map<string, Asset> };

const fontFaces: Array<{ script: 'arabic' | 'latin'; weight: 400 | 600 }> = [
  { script: 'arabic', weight: 400 },
  { script: 'arabic', weight: 600 },
  { script: 'latin', weight: 400 },
  { script: 'latin', weight: 600 },
];

/**
 * What of each face is fetched for which characters. Nearly every text is written in the common ones, and these are files of their own, a third as
 * large; whatever else the face holds comes when a page says it. Letters of other languages that stand inside Arabic words here and
 * there are common ones, for letters of two files do not join. What only fences a word of another direction (U+061C, U+2066 to U+2069) has no glyph.
 */
const ranges = {
  arabic: {
    common:
      'U+060C,U+061B,U+061F,U+0621-063A,U+0640-0652,U+0660-066C,U+0670,U+067E,U+0686,U+0698,U+06A4,U+06A9,U+06AF,U+06CC,U+200C-200F',
    all: 'U+0600-061B,U+061D-06FF,U+0750-077F,U+08A0-08FF,U+200C-200E,U+FB50-FDFF,U+FE70-FEFC',
  },
  latin: {
    common:
      'U+0020-007E,U+00A0,U+00AB,U+00B1,U+00B7,U+00BB,U+00D7,U+2013-2014,U+2018-2019,U+201C-201D,U+2022,U+2026,U+203A,U+2190-2193,U+2212',
    all: 'U+0000-00FF,U+0131,U+0152-0153,U+2000-200B,U+2010-2065,U+20AC,U+2122,U+2190-2193,U+2212',
  },
} satisfies Record<string, Record<string, string>>;
const spaces = 'U+0020,U+00A0';

/** Makes everything under `/assets/` for one state: one stylesheet with its skin, the fonts, an icon and the islands. */
export async function buildAssets(look: Look, others: Record<string, Pick<Look, 'brand'>> = {}): Promise<Assets> {
  const files = new Map<string, Asset>();
  const keep = (name: string, ending: string, contentType: string, bytes: Buffer): string => {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const path = `/assets/${name}-${hash}.${ending}`;
    files.set(path, { path, contentType, bytes });
    return path;
  };
  const fonts = (await cutFonts()).map(({ script, weight, part, bytes }) => ({
    ...{ script, weight, part },
    path: keep(`plex-${script}-${weight}${part === 'all' ? '-all' : ''}`, 'woff2', 'font/woff2', bytes),
  }));
  const faceOf = (family: string, { weight, path }: (typeof fonts)[number], range: string) =>
    `@font-face{font-family:${family};font-weight:${weight};font-display:swap;src:url(${path}) format("woff2");unicode-range:${range}}`;
  // Of two faces with the same character a browser takes the one that is named later.
  const faces = fonts
    .toSorted((one, other) => one.part.localeCompare(other.part))
    .map((font) => faceOf('Jisr', font, ranges[font.script][font.part]));
  for (const font of fonts)
    if (font.script === 'arabic' && font.part === 'common') faces.push(faceOf('"Jisr Arabic spaces"', font, spaces));
  const sheets = await Promise.all(
    ['tokens.css', 'fallback.css', 'look.css', 'charts.css'].map((name) => readText(name)),
  );
  const [tokens, fallback, rules, charts] = sheets as [string, string, string, string];
  const css = [...faces, fallback, tokens, skinCss(look, others), rules, charts].join('\n');
  const icon = markSvg(look.brand, look.onBrand);
  const links: AssetLinks = {
    css: keep('look', 'css', 'text/css; charset=utf-8', await minified(css)),
    icon: keep('mark', 'svg', 'image/svg+xml', Buffer.from(icon)),
    font: fonts.find(({ script, part }) => script === 'arabic' && part === 'common')!.path,
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

/** Each face twice: whole, and cut down to its common characters. */
async function cutFonts() {
  const fileOf = (script: string, weight: number) =>
    createRequire(import.meta.url).resolve(
      `@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-${script}-${weight}-normal.woff2`,
    );
  const folder = await keepBuilt('fonts', async (half) => {
    const { default: subsetFont } = await import('subset-font');
    for (const { script, weight } of fontFaces) {
      const whole = await readFile(fileOf(script, weight));
      const cut = await subsetFont(whole, charactersOf(`${spaces},${ranges[script].common}`), {
        targetFormat: 'woff2',
      });
      await writeFile(join(half, `${script}-${weight}.woff2`), cut);
    }
  });
  const parts = fontFaces.flatMap((face) => [
    { ...face, part: 'common' as const, file: join(folder, `${face.script}-${face.weight}.woff2`) },
    { ...face, part: 'all' as const, file: fileOf(face.script, face.weight) },
  ]);
  return Promise.all(parts.map(async ({ file, ...face }) => ({ ...face, bytes: await readFile(file) })));
}

function charactersOf(range: string): string {
  return range
    .split(',')
    .map((piece) =>
      piece
        .replace('U+', '')
        .split('-')
        .map((hex) => Number.parseInt(hex, 16)),
    )
    .flatMap(([first, last = first]) => Array.from({ length: last! - first! + 1 }, (_, at) => first! + at))
    .map((code) => String.fromCodePoint(code))
    .join('');
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
