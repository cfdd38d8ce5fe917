import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { launchBrowser, watchPage } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, press } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
let http: HttpClient;
const folder = mkdtempSync(join(tmpdir(), 'jisr-sheets-'));
const at = (path: string) => `${federation.url('sa')}${path}`;

beforeAll(async () => {
  http = createHttpClient();
  [federation, browser] = await Promise.all([startTestFederation(['sa']), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await http?.close();
  await federation?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Officer = { page: Page; context: BrowserContext; problems: string[] };
async function enter(person: string, language: 'ar' | 'en'): Promise<Officer> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await context.addCookies([{ name: 'lang', value: language, url: at('') }]);
  const { problems } = watchPage(page, new Set([new URL(at('')).host]));
  await page.goto(at('/signin?returnTo=/office/assessments'));
  await press(page, 'form[action$="/signin"] [value=SA]');
  if (page.url().includes('/eid-pages/')) await identify(page, federation.person(person));
  return { page, context, problems };
}
const words = async (page: Page) => (await page.textContent('main'))!;
/** As a program with the officer's session. */
async function get({ context }: Officer, url: string) {
  const cookie = (await context.cookies(url)).map(({ name, value }) => `${name}=${value}`).join('; ');
  return http.request({ method: 'GET', url, headers: { cookie } });
}
const send = (page: Page, action: string) => press(page, `form[action$="${action}"] button`);

test('officers assess a survey year: one is replaced, blind, from a file and from facts, settled, sent back once, approved', async () => {
  const saud = await enter('saud', 'en');
  const names = { first: 'noura', second: 'abeer', reviewer: 'reem' } as const;
  await saud.page.selectOption('[name=year]', '2026');
  for (const [field, person] of Object.entries(names))
    await saud.page.selectOption(`[name=${field}]`, { label: federation.person(person).names.en });
  await send(saud.page, '/office/assessments');
  const round = saud.page.url();
  expect(round).toMatch(/\/office\/assessments\/[0-9a-f-]{36}$/);

  // The second assessor leaves before anything is answered. Without a reason nobody is replaced, and what was chosen stays.
  await saud.page.locator('details:has(form[action$="/replace"]) > summary').click();
  await saud.page.selectOption('[name=replace-role]', 'second-assessor');
  await saud.page.selectOption('[name=replace-by]', { label: federation.person('majid').names.en });
  await send(saud.page, '/replace');
  expect(await words(saud.page)).toContain('Say why');
  expect(await saud.page.inputValue('[name=replace-role]')).toBe('second-assessor');
  await saud.page.fill('[name=replace-why]', 'Moved to another ministry.');
  await send(saud.page, '/replace');
  expect(await words(saud.page)).toContain('Replaced; it is in the history.');
  await saud.page.goto(`${round}/history`);
  expect(await words(saud.page)).toContain('Moved to another ministry.');
  for (const person of ['abeer', 'majid']) expect(await words(saud.page)).toContain(federation.person(person).names.en);

  const noura = await enter('noura', 'ar');
  await press(noura.page, 'main ul a');
  expect(noura.page.url()).toBe(round);
  await press(noura.page, 'main .acts a[href*="/questions/"]');
  // A yes without a link stays on its page, with what was written.
  await noura.page.check('[name=answer][value=yes]');
  await noura.page.fill('[name=note]', 'في الصفحة الرئيسة');
  await send(noura.page, '/questions/if-010');
  expect(await words(noura.page)).toContain('تحتاج إلى رابط');
  expect(await noura.page.inputValue('[name=note]')).toBe('في الصفحة الرئيسة');
  await noura.page.fill('[name=link]', 'https://my.gov.sa/ar');
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  );
  await noura.page.setInputFiles('[name=picture]', { name: 'x.png', mimeType: 'image/png', buffer: png });
  await send(noura.page, '/questions/if-010');
  expect(noura.page.url()).toContain('/questions/if-011');
  const picture = await get(noura, `${round}/pictures/first/if-010`);
  expect([picture.headers['content-type'], picture.body.equals(png)]).toEqual(['image/png', true]);
  expect(picture.headers['content-security-policy']).toContain('sandbox');

  // The node found out by itself that its services are in two languages; nothing is answered until she confirms it.
  await noura.page.goto(`${round}/questions/cp-015`);
  expect(await words(noura.page)).toContain('خدمات مكتوبة بالعربية والإنجليزية');
  await send(noura.page, '/confirm');
  await noura.page.goto(`${round}/questions/cp-015`);
  expect(await noura.page.inputValue('[name=link]')).toBe(at('/services'));

  // The rest comes from files; the other assessor and the reviewers see nothing of hers.
  const codes = federation.running.get('sa')!.doors.insights.assessments.codes();
  const sheet = (isYes: (id: string) => boolean) => {
    const file = join(folder, 'sheet.csv');
    const line = ({ id }: { id: string }) => (isYes(id) ? `${id},yes,https://my.gov.sa/ar,` : `${id},not-found,,`);
    writeFileSync(file, `code,answer,evidence,note\n${codes.map(line).join('\n')}\n`);
    return file;
  };
  const majid = await enter('majid', 'en');
  for (const [{ page }, isYes] of [
    [noura, () => true],
    [majid, (id: string) => !id.startsWith('if-01') && !id.startsWith('if-33') && !id.startsWith('if-34')],
  ] as const) {
    await page.goto(round);
    await page.locator('summary').first().click();
    await page.setInputFiles('[name=sheet]', sheet(isYes));
    await send(page, '/import');
    if (page === majid.page) {
      expect((await get(majid, `${round}/pictures/first/if-010`)).status).toBe(404);
      expect((await get(majid, `${round}/result`)).status).toBe(409);
      await page.goto(`${round}/history`);
      expect(await words(page)).not.toContain('في الصفحة الرئيسة');
      await page.goto(round);
    }
    await send(page, '/hand-in');
  }

  const reem = await enter('reem', 'en');
  await reem.page.goto(round);
  expect(await words(reem.page)).toContain('question by question');
  const open = () => reem.page.locator('section:has(> h2) tr:has(.tag.warn) a').first();
  for (let left = 30; left > 0 && (await open().count()) > 0; left -= 1) {
    await Promise.all([reem.page.waitForEvent('load'), open().click()]);
    expect(await words(reem.page)).toContain('https://my.gov.sa/ar');
    await reem.page.check('[name=answer][value=yes]');
    await reem.page.fill('[name=why]', 'Found under the ministries.');
    await send(reem.page, '/settle');
  }
  await send(reem.page, '/pass-on');

  await saud.page.goto(round);
  await send(saud.page, '/send-back');
  expect(await words(saud.page)).toContain('Choose at least one question');
  await saud.page.locator('details summary').first().click();
  await saud.page.check('[value=if-010]');
  await saud.page.fill('[name=why]', 'Look again.');
  await send(saud.page, '/send-back');
  await reem.page.goto(`${round}/questions/if-010`);
  expect(await words(reem.page)).toContain('Look again.');
  await reem.page.check('[name=answer][value=no]');
  await reem.page.fill('[name=why]', 'It is gone.');
  await send(reem.page, '/settle');
  await send(reem.page, '/pass-on');
  await saud.page.goto(round);
  await send(saud.page, '/approve');
  expect(await words(saud.page)).toContain('The round is approved.');

  await noura.page.goto(`${round}/result`);
  const shown = await words(noura.page);
  for (const part of ['٠٫٩٩٦١٥', 'جولة معتمدة', 'الهيكل التنظيمي للحكومة', 'كما نُشر']) expect(shown).toContain(part);
  const csv = await get(noura, at(`/api/insights/assessments/${round.split('/').at(-1)}/sheet`));
  expect(
    csv.body
      .toString('utf8')
      .split('\r\n')
      .filter((line) => line.includes(',yes,')),
  ).toHaveLength(182);
  expect([noura, majid, reem, saud].flatMap(({ problems }) => problems)).toEqual([]);
});
