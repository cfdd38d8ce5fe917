import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Assets, buildAssets } from '../look/assets.ts';
import { launchBrowser, openStage } from './browser.ts';
import { looks } from './sample-states.ts';
import { exampleViews } from './views.ts';

// The limit that the design of the pages sets, at the size of a phone (CLS of web vitals).
const shiftMax = 0.02;
const pages = ['home', 'sign-in', 'eid-login', 'eid-code', 'consent'];
const seen = exampleViews.filter(
  ({ page, example }) => pages.includes(page.name) && ['filled', 'empty'].includes(example),
);
/** The order in which a slow network brings them: what a page preloads first. */
const fonts = ['plex-arabic-400', 'plex-latin-400', 'plex-arabic-600', 'plex-latin-600'];
const apartMs = 80;

let browser: Browser;
let assets: Record<string, Assets>;
beforeAll(async () => {
  browser = await launchBrowser();
  const codes = [...new Set(seen.map(({ stateCode }) => stateCode))];
  assets = Object.fromEntries(
    await Promise.all(codes.map(async (code) => [code, await buildAssets(looks[code]!, looks)] as const)),
  );
});
afterAll(() => browser?.close());

test('nothing moves under the eyes of a reader while one font after the other arrives', async () => {
  const stage = await openStage(browser, assets, 412);
  const { page } = stage;
  await page.addInitScript(() => {
    const seenHere = globalThis as unknown as { shift: number };
    seenHere.shift = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries() as Array<PerformanceEntry & { value: number }>) seenHere.shift += value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  for (const [at, font] of fonts.entries())
    await page.route(`**/${font}-*.woff2`, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, (at + 1) * apartMs));
      await route.fallback();
    });
  const found: string[] = [];
  for (const example of seen)
    for (const language of ['ar', 'en'] as const) {
      await stage.show(example, language);
      const shift = await page.evaluate(async () => {
        await document.fonts.ready;
        for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
        return (globalThis as unknown as { shift: number }).shift;
      });
      if (shift > shiftMax) found.push(`${example.page.name}/${language}: ${shift.toFixed(4)}`);
    }
  await stage.close();
  expect(new Set(seen.map(({ page: { name } }) => name)).size).toBe(pages.length);
  expect(found).toEqual([]);
});
