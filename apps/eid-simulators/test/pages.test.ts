import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { findLatinWords, findSidewaysScroll, findViolations, launchBrowser, readAxe } from '#tests/support/browser';
import { ownDescriptions, type RunningSimulator, startSimulator } from '../index.ts';

let browser: Browser;
const running: RunningSimulator[] = [];
let axe: string;
const http = createHttpClient();
/** Names of standards and products, which Arabic text writes so. */
const known = [
  'eKey',
  'Connect',
  'OAuth',
  'acr',
  'amr',
  'simulator',
  'PASS',
  'SOP',
  'profileType',
  'unifiedID',
  'spuuid',
  'idType',
  'titleEN',
  'titleAR',
  'values',
  'successurl',
  'failureurl',
  'access',
  'denied',
  'well',
  'known',
  'configuration',
  'userinfo',
  'username',
  'openid',
  'uuid',
  'sub',
  'random',
  'transId',
  'status',
  'WAITING',
  'COMPLETED',
  'REJECTED',
  'EXPIRED',
  'HTTP',
  'JSON',
  'RFC',
];

beforeAll(async () => {
  axe = await readAxe();
  browser = await launchBrowser();
  for (const description of ownDescriptions().filter(({ id }) => ['ekey', 'nafath', 'uaepass'].includes(id)))
    running.push(
      await startSimulator(description, {
        statesFolder: 'states',
        host: '127.0.0.1',
        portOf: () => 0,
        clock: systemClock,
        log: silentLog,
        allowedReturns: [],
      }),
    );
});
afterAll(async () => {
  await browser?.close();
  await http.close();
  await Promise.all(running.map((one) => one.stop()));
});

/** No violation of WCAG 2.2 AA, no sideways scrolling, and no foreign words on an Arabic page. */
async function expectSound(page: Page, language: 'ar' | 'en'): Promise<void> {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await findSidewaysScroll(page), page.url()).toEqual([]);
  }
  expect(await findViolations(page, axe), page.url()).toEqual([]);
  if (language === 'ar') expect(await findLatinWords(page, known), page.url()).toEqual([]);
}

test.each(['ar', 'en'] as const)('the pages of a simulator hold for everybody, in %s', async (language) => {
  const [ekey, nafath, uaepass] = ['ekey', 'nafath', 'uaepass'].map((id) => running.find((one) => one.id === id)!.url);
  const page = await (await browser.newContext({ locale: language })).newPage();
  await page.goto(`${ekey}/?lang=${language}`);
  await expectSound(page, language);
  await page.locator('form:has(input[value=slow]) button').click();
  expect(await page.locator('.tag').count()).toBe(1);
  await page.locator('form:has(input[value=slow]) button').click();
  expect(await page.locator('.tag').count()).toBe(0);
  const query = 'response_type=code&client_id=ekey-sandbox&scope=openid&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fback';
  await page.goto(`${ekey}/oidc/authorize?${query}`);
  await expectSound(page, language);
  await http.request({
    method: 'POST',
    url: `${nafath}/api/v1/mfa/request`,
    headers: { 'app-id': 'nafath-sandbox', 'app-key': 'nafath-sandbox', 'content-type': 'application/json' },
    body: JSON.stringify({
      nationalId: ownDescriptions().find(({ id }) => id === 'nafath')!.people.stranger.nationalId,
      service: 'Login',
    }),
  });
  await page.goto(`${nafath}/app`);
  await expectSound(page, language);
  await page.goto(`${uaepass}/`);
  await expectSound(page, language);
  const onDevice = 'urn:digitalid:authentication:flow:mobileondevice';
  const wish = `response_type=code&client_id=sandbox_stage&scope=openid&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fback&acr_values=${onDevice}`;
  // What leads to an app that is not on this machine is left out: a browser that tries it draws the page anew.
  await page.route('**/idshub/authorize?*', async (route) => {
    const asked = route.request();
    const { status, headers, body } = await http.request({
      method: 'GET',
      url: asked.url(),
      headers: await asked.allHeaders(),
    });
    const { refresh: _refresh, ...others } = headers;
    await route.fulfill({ status, headers: others, body });
  });
  await page.goto(`${uaepass}/idshub/authorize?${wish}`);
  await expectSound(page, language);
  await page.locator('a[href^="/app?"]').click();
  await expectSound(page, language);
  expect(await page.locator('html').getAttribute('dir')).toBe(language === 'ar' ? 'rtl' : 'ltr');
});
