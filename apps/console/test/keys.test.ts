import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Assets } from '../../portal/look/assets.ts';
import { buildAllAssets, launchBrowser, openStage, type Stage } from '../../portal/test/browser.ts';
import type { Example } from '../../portal/test/views.ts';
import { exampleViews } from './views.ts';

let browser: Browser;
let assets: Record<string, Assets>;
let stage: Stage;
let page: Page;
const exampleOf = (name: string, example: string): Example<never> =>
  exampleViews.find((one) => one.page.name === name && one.example === example)!;
const focused = () =>
  page.evaluate(() => {
    const { id, tagName } = document.activeElement!;
    return id || tagName;
  });
const changed = (example: Example<never>, change: object) =>
  ({ ...example, view: { ...(example.view as object), ...change } }) as Example<never>;

beforeAll(async () => {
  [browser, assets] = await Promise.all([launchBrowser(), buildAllAssets()]);
});
afterAll(() => browser?.close());
beforeEach(async () => {
  stage = await openStage(browser, assets, 1280);
  page = stage.page;
});
afterEach(() => stage.close());

test('the queue is walked, ticked and opened by keys, on an Arabic layout too, and never while somebody types', async () => {
  await stage.show(exampleOf('queue', 'filled'), 'ar');
  await page.keyboard.press('j');
  expect(await focused()).toBe('case-c1');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  expect(await focused()).toBe('case-c1');
  // The same key where the keyboard writes Arabic.
  await page.evaluate(() =>
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ت', code: 'KeyJ', bubbles: true, cancelable: true }),
    ),
  );
  expect(await focused()).toBe('case-c2');
  await page.keyboard.press('x');
  expect(await page.isChecked('#tick-c2')).toBe(true);
  await page.keyboard.press('/');
  expect(await focused()).toBe('q');
  await page.keyboard.type('jx?t');
  expect(await page.inputValue('#q')).toBe('jx?t');
  expect(await page.isVisible('dialog')).toBe(false);
  await page.focus('#case-c3');
  await page.keyboard.press('Control+j');
  expect(await focused()).toBe('case-c3');
  const [opened] = await Promise.all([page.waitForRequest(/office\/cases\/c3$/), page.keyboard.press('o')]);
  expect(opened.method()).toBe('GET');
});

test('t takes the case of the row when none is ticked', async () => {
  await stage.show(exampleOf('queue', 'filled'), 'en');
  await page.keyboard.press('j');
  const [sent] = await Promise.all([page.waitForRequest(/office\/bulk$/), page.keyboard.press('t')]);
  const body = new URLSearchParams(sent.postData()!);
  expect([body.get('step'), body.getAll('case')]).toEqual(['take', ['c1']]);
});

test('the help lists the keys, closes with Escape to where one was, and switches them off for good', async () => {
  await stage.show(exampleOf('queue', 'filled'), 'en');
  await page.keyboard.press('j');
  await page.keyboard.press('?');
  expect(await page.textContent('dialog h2')).toBe('Keyboard shortcuts');
  expect(await page.locator('dialog [data-key]').count()).toBeGreaterThan(12);
  await page.keyboard.press('Escape');
  expect(await focused()).toBe('case-c1');
  await page.keyboard.press('?');
  await page.click('[data-keys-switch]');
  expect(await page.textContent('[data-keys-says]')).toBe('The shortcuts are off.');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  expect(await focused()).toBe('case-c1');
  // Kept where the console is; the button brings them back.
  expect((await page.context().cookies('http://portal.localhost/office'))[0]).toMatchObject({
    name: 'console-keys',
    value: 'off',
    path: '/office',
  });
  await page.click('[data-keys-open]');
  await page.click('[data-keys-switch]');
  await page.keyboard.press('Escape');
  await page.focus('#case-c1');
  await page.keyboard.press('j');
  expect(await focused()).toBe('case-c2');
});

test('g and another letter go to a page; a letter that nothing hangs on is the browser’s', async () => {
  await stage.show(exampleOf('review', 'filled'), 'en');
  await page.keyboard.press('n');
  expect(await focused()).toBe('note-text');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('c');
  expect(await focused()).toBe('point-point-0-1');
  await page.keyboard.press('d');
  expect(await focused()).toBe('outcome-1');
  await page.keyboard.press('j');
  expect(await focused()).toBe('outcome-1');
  await page.keyboard.press('g');
  const [gone] = await Promise.all([page.waitForRequest(/office\?show=mine$/), page.keyboard.press('m')]);
  expect(gone.url()).toContain('/office?show=mine');
});

test('the queue is drawn anew when it has changed, with focus and ticks where they were, until one stops it', async () => {
  await page.clock.install();
  const queue = exampleOf('queue', 'filled');
  await stage.show(queue, 'en');
  await page.focus('#case-c2');
  await page.check('#tick-c3');
  await page.focus('#case-c2');
  stage.answer('/office/mark', JSON.stringify({ mark: 'm1' }));
  const later = changed(queue, {
    mark: 'm2',
    rows: (queue.view as { rows: object[] }).rows.slice(1),
    counts: { waiting: 13, mine: 2, overdue: 0 },
  });
  const other = await openStage(browser, assets, 1280);
  await other.show(later, 'en');
  stage.answer('/office', await other.page.content());
  await other.close();
  await page.clock.runFor(21_000);
  expect(await page.locator('[data-row]').count()).toBe(4);
  stage.answer('/office/mark', JSON.stringify({ mark: 'm2' }));
  await page.clock.runFor(21_000);
  await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 3);
  expect([await focused(), await page.isChecked('#tick-c3'), await page.textContent('[data-live-says]')]).toEqual([
    'case-c2',
    true,
    'The list has been refreshed.',
  ]);
  await page.click('[data-live-pause]');
  stage.answer('/office/mark', JSON.stringify({ mark: 'm3' }));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.clock.runFor(61_000);
  expect(asked).toEqual([]);
});

test('whoever writes a decision is told who changed the case meanwhile, and loses nothing of it', async () => {
  await page.clock.install();
  const review = exampleOf('review', 'filled');
  await stage.show(review, 'en');
  const { caseId } = review.view as { caseId: string };
  await page.check('#outcome-1');
  await page.fill('#words-en', 'Confirmed by the university.');
  stage.answer(
    `/office/cases/${caseId}/mark`,
    JSON.stringify({ version: 9, news: [{ text: 'The decision was made: refused', who: 'Majid' }] }),
  );
  await page.clock.runFor(21_000);
  await page.waitForSelector('[data-live-news] .note', { state: 'visible' });
  expect(await page.textContent('[data-live-list]')).toContain('Majid');
  expect(await page.inputValue('#words-en')).toBe('Confirmed by the university.');
  const [sent] = await Promise.all([page.waitForRequest(/read-again$/), page.click('[formaction$="/read-again"]')]);
  expect(new URLSearchParams(sent.postData()!).get('words-en')).toBe('Confirmed by the university.');
});

test('on a phone the queue shows of each case whose it is, until when and who has it, without a push sideways', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const language of ['ar', 'en'] as const) {
    await stage.show(exampleOf('queue', 'filled'), language);
    const outside = await page.evaluate(
      () =>
        [...document.querySelectorAll('#queue-list tbody tr > *')].filter((cell) => {
          const { left, right } = cell.getBoundingClientRect();
          return left < 0 || right > window.innerWidth;
        }).length,
    );
    expect([language, outside]).toEqual([language, 0]);
  }
});
