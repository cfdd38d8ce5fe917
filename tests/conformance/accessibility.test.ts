import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeService } from '../../bench/accessibility/judging.ts';
import { launchBrowser, readAxe } from '../support/browser.ts';
import { findPortOffset } from '../support/ports.ts';

const folder = join(import.meta.dirname, '..', '..', 'services', 'good-conduct-certificate');
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

test('the pages of a service are judged from first to last, and a page with a fault is counted and named by its rule', async () => {
  const port = 4_000 + (await findPortOffset('127.0.0.1'));
  const newContext = async () => {
    const context = await browser.newContext();
    // One page of all loses the language that it says it is in.
    await context.route(/\/preview\/check$/, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/ lang="(ar|en)"/, '') });
    });
    return context;
  };
  const judged = await judgeService({ newContext } as unknown as Browser, await readAxe(), { folder, port });
  expect(judged).toMatchObject({ serviceId: 'good-conduct-certificate', pages: 6, pagesWithoutFault: 5 });
  expect(judged!.rules).toEqual(['html-has-lang']);
  // What nobody can apply for here has no pages.
  const described = join(folder, '..', 'hajj-permit');
  expect(await judgeService(browser, '', { folder: described, port })).toBeUndefined();
});
