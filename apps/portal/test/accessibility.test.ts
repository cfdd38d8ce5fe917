import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleViews as consoleViews } from '../../console/test/views.ts';
import type { Assets } from '../look/assets.ts';
import {
  buildAllAssets,
  findFlaws,
  findOverflows,
  findViolations,
  launchBrowser,
  openStage,
  readAxe,
} from './browser.ts';
import { exampleViews } from './views.ts';

const everyView = [...exampleViews, ...consoleViews];

describe('every page of portal and console', () => {
  let browser: Browser;
  let assets: Record<string, Assets>;
  let axe: string;
  beforeAll(async () => {
    [browser, assets, axe] = await Promise.all([launchBrowser(), buildAllAssets(), readAxe()]);
  });
  afterAll(() => browser?.close());

  // Each page is loaded once for each language and then seen in every size. axe, the dearest of the checks, looks at every example in Arabic on a
  // phone, and at one example of each page in English on a desk: what it finds hangs on the page's parts, on the language or on the size, and
  // the journeys have it look at live pages too.
  for (const { language, width } of [
    { language: 'ar', width: 390 },
    { language: 'en', width: 1280 },
  ] as const) {
    test(`has no WCAG 2.2 AA violation, is put together as a page must be, and scrolls one way only, in ${language}`, {
      timeout: 300_000,
    }, async () => {
      const stage = await openStage(browser, assets, width);
      let at = width as number;
      const resize = async (to: number) => {
        if (to !== at) await stage.page.setViewportSize({ width: to, height: to < 600 ? 844 : 900 });
        at = to;
      };
      const found: string[] = [];
      const seen = new Set<string>();
      for (const example of everyView) {
        const isJudged = language === 'ar' || !seen.has(example.page.name);
        seen.add(example.page.name);
        const name = `${example.page.name}/${example.example}`;
        await resize(width);
        await stage.show(example, language);
        for (const { rule, target } of isJudged ? await findViolations(stage.page, axe) : [])
          found.push(`${name}: ${rule} ${target}`);
        // Larger text is a style of its own on the page, which is a flaw.
        for (const flaw of await findFlaws(stage.page)) found.push(`${name}: ${flaw}`);
        // 320 pixels is 1280 at 400 % zoom (WCAG 1.4.10); text at 200 % is WCAG 1.4.4.
        for (const [to, percent] of [
          [390, 200],
          [320, 100],
          [640, 200],
        ] as const) {
          await resize(to);
          const overflows = await findOverflows(stage.page, percent);
          if (overflows.length > 0) found.push(`${name} at ${to}, text ${percent} %: ${overflows.join(' ')}`);
        }
      }
      await stage.close();
      expect(found).toEqual([]);
    });
  }

  test('the check itself sees a violation and a flaw', async () => {
    const stage = await openStage(browser, assets, 390);
    await stage.show(everyView[0]!, 'ar');
    await stage.page.evaluate(() => {
      document
        .querySelector('main')!
        .insertAdjacentHTML('beforeend', '<h1>again</h1><input name="bare"><img src="/x.png">');
    });
    expect((await findViolations(stage.page, axe)).map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['label', 'image-alt']),
    );
    expect(await findFlaws(stage.page)).toEqual(
      expect.arrayContaining(['2 headings of the first level', 'no label: bare']),
    );
    expect(await findOverflows(stage.page)).toEqual([]);
    await stage.page.evaluate(() => {
      document.querySelector('main')!.insertAdjacentHTML('beforeend', '<svg width="900" height="9"></svg>');
    });
    expect((await findOverflows(stage.page))[0]).toBe('900 > 390');
    await stage.close();
  });
});
