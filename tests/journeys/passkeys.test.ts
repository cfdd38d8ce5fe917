import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takeOneTimeCode } from '../../apps/federation/one-time-codes.ts';
import { addAuthenticator } from '../support/authenticators.ts';
import { launchBrowser, readAxe } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { expectSound } from '../support/sound-pages.ts';
import { createWalker, identify, press } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
let axe: string;
const home = () => federation.url('bh');
const service = () => federation.url('sa');

beforeAll(async () => {
  [federation, browser, axe] = await Promise.all([startTestFederation(['bh', 'sa']), launchBrowser(), readAxe()]);
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
});

test.each([
  { language: 'ar', key: 'fatima', name: 'حاسوبي' },
  { language: 'en', key: 'maryam', name: 'My laptop' },
] as const)(
  'a passkey is added after a full sign-in, signs in across a border, and is removed ($language)',
  async ({ language, key, name }) => {
    const walker = await createWalker(browser, federation, async () => {});
    const { page, context, send, watch } = walker;
    await context.addCookies([home(), service()].map((url) => ({ name: 'lang', value: language, url })));
    const person = federation.person(key);
    const known = [...person.names.en.split(' '), ...name.split(' '), 'Chrome', 'Linux'];
    const device = await addAuthenticator(page);
    const enter = async (at: string, path: string) => {
      await page.goto(`${at}/signin?returnTo=${path}`);
      await send('/signin', '[value=BH]');
    };
    const answerWith = (form: string) => press(page, `form[data-passkey][action$="${form}"] button`);
    const signOut = async () => {
      await press(page, 'form[action="/signout"] button');
      await press(page, 'main form button, body > form button, button[name=logout]');
    };

    await enter(home(), '/ways');
    await identify(page, person);
    expect(new URL(page.url()).pathname).toBe('/ways');
    await expectSound(page, axe, language, known);
    expect(await page.locator('form[action="/ways/passkeys"]').count()).toBe(0);

    await page.fill('[name=password]', person.password);
    await page.fill('[name=code]', await takeOneTimeCode(home(), person.totpSecret));
    await press(page, 'form[action="/ways/confirm"] button');
    await page.fill('[name=name]', name);
    await answerWith('/ways/passkeys');
    expect(await page.textContent('.rows')).toContain(name);
    await expectSound(page, axe, language, known);
    const [made] = await device.credentials();
    expect(made?.rpId).toBe(new URL(home()).hostname);

    await signOut();
    await enter(service(), '/cases');
    expect(page.url()).toContain(`${home()}/eid-pages/`);
    await expectSound(page, axe, language, known);
    // Whoever holds the device and not its lock gets nowhere.
    await device.letPass(false);
    await page.locator('form[data-passkey] button').click();
    await page.waitForFunction(() =>
      /stopped|did not finish|لم يكتمل/.test(document.querySelector('[data-passkey-says]')?.textContent ?? ''),
    );
    await device.letPass(true);
    await answerWith('/passkey');
    expect(page.url()).toBe(`${service()}/cases`);
    expect((await device.credentials())[0]!.signCount).toBeGreaterThan(made!.signCount);

    await enter(home(), '/ways');
    if (page.url().includes('/eid-pages/')) await answerWith('/passkey');
    expect(await page.textContent('main')).toContain(
      language === 'ar' ? 'دخول بمفتاح مرور' : 'Signed in with a passkey',
    );
    await answerWith('/ways/confirm-passkey');
    await press(page, `form[action*="/remove"] button`);
    expect(await page.locator('form[action*="/remove"]').count()).toBe(0);
    // Whoever might hold the passkey that is gone stays signed in nowhere abroad.
    await expect.poll(() => page.goto(`${service()}/cases`).then(() => new URL(page.url()).pathname)).toBe('/signin');

    await context.clearCookies();
    await context.addCookies([home(), service()].map((url) => ({ name: 'lang', value: language, url })));
    await enter(service(), '/cases');
    await answerWith('/passkey');
    expect(page.url()).toContain('/eid-pages/');
    expect(await page.textContent('[role=alert]')).toMatch(language === 'ar' ? /لم يُقبل مفتاح المرور/ : /not accepted/);
    await expectSound(page, axe, language, known);
    expect(watch.problems).toEqual([]);
    await context.close();
  },
  180_000,
);
