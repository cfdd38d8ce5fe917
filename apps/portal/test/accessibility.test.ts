import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleViews as consoleViews } from '../../console/test/views.ts';
import type { Assets } from '../look/assets.ts';
import {
  buildAllAssets,
  enlargeText,
  findFlaws,
  findOverflows,
  findViolations,
  type Language,
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

  for (const width of [390, 1280]) {
    for (const language of ['ar', 'en'] satisfies Language[]) {
      test(`has no WCAG 2.2 AA violation that axe sees, in ${language} at ${width} pixels`, {
        timeout: 240_000,
      }, async () => {
        const stage = await openStage(browser, assets, width);
        const found: string[] = [];
        for (const example of everyView) {
          await stage.show(example, language);
          const name = `${example.page.name}/${example.example}`;
          for (const { rule, target } of await findViolations(stage.page, axe))
            found.push(`${name}: ${rule} ${target}`);
        }
        await stage.close();
        expect(found).toEqual([]);
      });
    }
  }

  for (const language of ['ar', 'en'] satisfies Language[]) {
    test(`is put together as a form and a page must be, in ${language}`, {
      timeout: 120_000,
    }, async () => {
      const stage = await openStage(browser, assets, 320);
      const found: string[] = [];
      for (const example of everyView) {
        await stage.show(example, language);
        for (const flaw of await findFlaws(stage.page)) found.push(`${example.page.name}/${example.example}: ${flaw}`);
      }
      await stage.close();
      expect(found).toEqual([]);
    });
  }

  // 320 pixels is 1280 at 400 % zoom (WCAG 1.4.10); text at 200 % is WCAG 1.4.4.
  for (const { width, percent } of [
    { width: 320, percent: 100 },
    { width: 390, percent: 200 },
    { width: 640, percent: 200 },
  ]) {
    test(`scrolls in one direction only, at ${width} pixels with text at ${percent} %`, {
      timeout: 120_000,
    }, async () => {
      const stage = await openStage(browser, assets, width);
      const found: string[] = [];
      for (const example of everyView) {
        for (const language of ['ar', 'en'] satisfies Language[]) {
          await stage.show(example, language);
          await enlargeText(stage.page, percent);
          const overflows = await findOverflows(stage.page);
          if (overflows.length > 0)
            found.push(`${example.page.name}/${example.example} ${language}: ${overflows.join(' ')}`);
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
