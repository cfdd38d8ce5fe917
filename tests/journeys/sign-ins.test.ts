import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownDescriptions, type RunningSimulator } from '#apps/eid-simulators';
import { findFlaws, launchBrowser } from '#tests/support/browser';
import { startTestFederation, type TestFederation } from '#tests/support/federation';
import { identify, press, serviceId } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
let simulator: RunningSimulator;
const home = () => federation.url('bh');
const abroad = () => federation.url('sa');

beforeAll(async () => {
  const simulators = ownDescriptions().filter(({ id }) => ['ekey', 'nafath'].includes(id));
  federation = await startTestFederation(['bh', 'sa'], {}, { simulators });
  simulator = federation.simulator('ekey');
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
});

async function openPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  await context.addCookies([home(), abroad()].map((url) => ({ name: 'lang', value: 'en', url })));
  const page = await context.newPage();
  return page;
}

/** Pictures for whoever looks at them, when the environment names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PICTURES'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const language of ['en', 'ar'])
    for (const width of [1280, 390]) {
      await page.context().addCookies([home(), abroad()].map((url) => ({ name: 'lang', value: language, url })));
      await page.setViewportSize({ width, height: 900 });
      await page.reload();
      await page.screenshot({ path: `${folder}/${name}-${language}-${width}.png`, fullPage: true });
    }
  await page.context().addCookies([home(), abroad()].map((url) => ({ name: 'lang', value: 'en', url })));
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.reload();
}

const person = () => federation.person('fatima');

test('a weak sign-in abroad is asked for more where a service needs it; at home all of it is seen, and ended in both states', async () => {
  const page = await openPage();
  // Password alone: level low, which is enough to look around.
  await page.goto(`${abroad()}/signin?returnTo=/cases&level=low`);
  await press(page, 'form[action="/signin"] [value=BH]');
  await page.fill('[name=nationalId]', person().nationalId);
  await page.fill('[name=password]', person().password);
  await press(page, 'main form button:not([name])');
  expect(new URL(page.url()).pathname).toBe('/cases');

  // The service needs substantial: the portal says so, and the state asks for the code as well.
  await page.goto(`${abroad()}/services/${serviceId}`);
  await press(page, 'form[action$="/start"] button:not([name])');
  expect(new URL(page.url()).pathname).toBe('/signin');
  expect(await page.textContent('main')).toContain('This service needs the level “⁨Substantial⁩”');
  await picture(page, 'sign-in-step-up');
  await press(page, 'form[action="/signin"] [value=BH]');
  expect(await page.textContent('main')).toContain('A stronger sign-in is needed');
  expect(await findFlaws(page)).toEqual([]);
  await picture(page, 'eid-step-up');
  await identify(page, person());
  expect(new URL(page.url()).pathname).toBe(`/services/${serviceId}`);
  await press(page, 'form[action$="/start"] button:not([name])');
  expect(new URL(page.url()).pathname).toMatch(/^\/cases\//);

  // Home asks nothing: the same sign-in. It shows the device with both portals.
  await page.goto(`${home()}/signin?returnTo=/my-data/sign-ins`);
  await press(page, 'form[action="/signin"] [value=BH]');
  const list = (await page.textContent('main')) ?? '';
  expect(list).toContain('Chrome');
  expect(list).toContain('This device');
  expect(list).toContain('Substantial');
  expect(list).toContain('127.0.0.0/24');
  expect(await page.locator('main form[action$="/end"]').count()).toBe(2);
  expect(list).toContain('Saudi Arabia');
  expect(await findFlaws(page)).toEqual([]);
  await picture(page, 'sign-ins');

  // Abroad a visitor sees what is open there, and where to end the rest.
  await page.goto(`${abroad()}/my-data/sign-ins`);
  expect(await page.textContent('main')).toContain('You see what is open in this state.');
  await picture(page, 'sign-ins-visitor');

  await page.goto(`${home()}/my-data/sign-ins`);
  await press(page, 'form[action="/my-data/sign-ins/all/end"] button');
  expect(new URL(page.url()).pathname).toBe('/signedout');
  for (const place of [home(), abroad()]) {
    await page.goto(`${place}/cases`);
    expect(new URL(page.url()).pathname, place).toBe('/signin');
  }
  // The eID is closed as well: the next service asks for the password.
  await page.goto(`${abroad()}/signin?returnTo=/cases`);
  await press(page, 'form[action="/signin"] [value=BH]');
  expect(await page.locator('[name=password]').count()).toBe(1);
});

// The eID that a state has already: Bahrain's eKey, played by its simulator.

/** To the page of eKey, by the button on the sign-in page of the state. */
async function goToEkey(language: 'ar' | 'en'): Promise<Page> {
  const context = await browser.newContext();
  await context.addCookies([home(), abroad(), simulator.url].map((url) => ({ name: 'lang', value: language, url })));
  const page = await context.newPage();
  await page.goto(`${abroad()}/signin?returnTo=/cases`);
  await press(page, 'form[action$="/signin"] [value=BH]');
  expect(await findFlaws(page)).toEqual([]);
  await press(page, 'form[action$="/upstream/ekey"] button');
  expect(page.url()).toContain(simulator.url);
  return page;
}

test('a person signs in with eKey, on pages of the state and of eKey, and enters another state', async () => {
  const page = await goToEkey('ar');
  await page.check(`[value="${federation.person('fatima').nationalId}"]`);
  await press(page, '[value=approve]');
  expect(page.url()).toBe(`${abroad()}/cases`);
});

test.each([
  ['ar', 'أُغلق'],
  ['en', 'took too long'],
] as const)('who does not answer in time reads so, before and after going back (%s)', async (language, words) => {
  const page = await goToEkey(language);
  simulator.setFault({ fault: 'expired', times: 1 });
  await press(page, '[value=approve]');
  expect(await page.textContent('main')).toContain(words);
  await press(page, '[name=cancel]');
  expect(new URL(page.url()).pathname).toBe('/signin/callback');
  expect(await page.textContent('main')).toContain(words);
});

test('two tabs of one browser sign in at the same time, and each goes where it was to lead', async () => {
  const context = await browser.newContext();
  const open = async (place: string) => {
    const page = await context.newPage();
    await page.goto(`${abroad()}/signin?returnTo=${place}`);
    await press(page, 'form[action$="/signin"] [value=BH]');
    await press(page, 'form[action$="/upstream/ekey"] button');
    return { page, place };
  };
  const first = await open('/wallet');
  for (const { page, place } of [await open('/messages'), first]) {
    await page.check(`[value="${federation.person('fatima').nationalId}"]`);
    await press(page, '[value=approve]');
    expect(page.url()).toBe(abroad() + place);
  }
  await context.close();
});

test('an eID that fails is told on the sign-in page, with the other ways beside it', async () => {
  const page = await goToEkey('en');
  simulator.setFault({ fault: 'wrong-signature', times: 1 });
  await press(page, '[value=approve]');
  expect(await page.textContent('main')).toContain('did not answer as it should');
  expect(await page.locator('[name=password]').count()).toBe(1);
});

// Saudi Arabia's Nafath: the page shows a number, which the person picks in the app.

test.each([
  ['ar', 'javascript', 'اختر هذا الرقم'],
  ['en', 'none', 'choose this number'],
] as const)(
  'a person signs in with Nafath by picking the number in the app (%s, scripts: %s)',
  async (language, scripts, words) => {
    const nafath = federation.simulator('nafath');
    const context = await browser.newContext({ javaScriptEnabled: scripts === 'javascript' });
    await context.addCookies([home(), abroad(), nafath.url].map((url) => ({ name: 'lang', value: language, url })));
    const page = await context.newPage();
    await page.goto(`${home()}/signin?returnTo=/cases`);
    await press(page, 'form[action$="/signin"] [value=SA]');
    await page.fill('[name=upstreamNationalId]', federation.person('sara').nationalId);
    await press(page, 'form[action$="/upstream/nafath"] button');
    expect(await page.textContent('main')).toContain(words);
    const number = (await page.textContent('.shown-number'))!.trim();
    if (scripts === 'javascript') expect(await findFlaws(page)).toEqual([]);
    await picture(page, 'eid-push');

    const app = await context.newPage();
    await app.goto(`${nafath.url}/app`);
    await app.locator(`[name=number][value="${number}"]`).click();
    await app.locator('[value=approve]').first().click();
    await app.waitForURL(`${nafath.url}/app`);
    if (scripts === 'none') {
      await page.waitForTimeout(2_100);
      await press(page, 'form[action$="/pushed/finish"] button:not([name])');
    }
    await page.waitForURL(`${home()}/cases`);
  },
);
