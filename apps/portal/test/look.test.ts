import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildAssets } from '../look/assets.ts';
import { contrast, findWeakContrasts, type Look, skinCss } from '../look/skin.ts';
import { looks } from './sample-states.ts';

const read = (name: string) => readFileSync(new URL(`../look/${name}`, import.meta.url), 'utf8');
const physical =
  /(?<![\w-])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)|border-(?:top|bottom)-(?:left|right)-radius|left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)/g;
const rulesOnly = (css: string) => css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/@media[^{]*\{/g, '{');

describe('the stylesheet', () => {
  test('names no side of the screen, so that it mirrors by itself', () => {
    for (const name of ['tokens.css', 'look.css', 'fallback.css'])
      expect(rulesOnly(read(name)).match(physical) ?? [], name).toEqual([]);
    expect('a{margin-left:1px;width:2px;text-align:right}'.match(physical)).toHaveLength(3);
  });

  test('stretches no Arabic letters apart', () => {
    const spaced = [...rulesOnly(read('look.css')).matchAll(/([^{}]+)\{[^{}]*letter-spacing/g)].map((match) =>
      match[1]!.trim(),
    );
    expect(spaced).toEqual(['.code-in']);
  });

  test('holds no text below 16 pixels', () => {
    const small = [
      ...rulesOnly(read('look.css') + read('tokens.css')).matchAll(/font(?:-size)?:\s*[^;]*?(?<![\d.])(0?\.\d+)rem/g),
    ].map((match) => match[0]);
    expect(small).toEqual([]);
  });

  test('is at most 12 kB compressed, with fonts and hashes in every path', async () => {
    const { files, links } = await buildAssets(looks['SA']!, looks);
    expect(gzipSync(files.get(links.css)!.bytes).length).toBeLessThan(12_288);
    for (const path of files.keys()) expect(path).toMatch(/^\/assets\/[a-z0-9-]+-[0-9a-f]{12}\.(css|js|svg|woff2)$/);
    const css = files.get(links.css)!.bytes.toString();
    for (const [, font] of css.matchAll(/url\(([^)]+woff2)\)/g)) expect(files.has(font!)).toBe(true);
  });

  test('changes its path when the skin changes', async () => {
    const [one, two] = await Promise.all([buildAssets(looks['SA']!), buildAssets(looks['BH']!)]);
    expect(one.links.css).not.toBe(two.links.css);
  });
});

describe('a skin', () => {
  const folder = new URL('../../../states/', import.meta.url);
  const named = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      try {
        return [
          [entry.name, JSON.parse(readFileSync(new URL(`${entry.name}/look.json`, folder), 'utf8')) as Look] as const,
        ];
      } catch {
        return [];
      }
    });

  test.each([...named, ...Object.entries(looks)])('of %s can be read by everybody (WCAG 2.2 AA)', (_name, look) => {
    expect(findWeakContrasts(look)).toEqual([]);
  });

  test('too pale to read is found', () => {
    expect(findWeakContrasts({ ...looks['SA']!, brand: '#8fd3b0' }).map(({ pair }) => pair)).toContain('text on brand');
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  });

  test('lets nothing but colours through', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        fc.pre(!/^#[0-9a-f]{6}$/i.test(value));
        expect(() => skinCss({ ...looks['SA']!, tint: value })).toThrow();
      }),
    );
    expect(() => skinCss(looks['SA']!, { 'x}body{display:none': { brand: '#000000' } })).toThrow();
  });
});
