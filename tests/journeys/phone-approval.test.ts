import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takeOneTimeCode } from '../../apps/federation/one-time-codes.ts';
import type { SamplePerson } from '../../apps/federation/phone.ts';
import { addAuthenticator } from '../support/authenticators.ts';
import { launchBrowser, readAxe, type Watch, watchPage } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { expectSound } from '../support/sound-pages.ts';
import { identify, press } from './walk.ts';

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

type Language = 'ar' | 'en';

async function openDevice(width: number, language: Language, hasScript = true) {
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height: 850 },
    javaScriptEnabled: hasScript,
  });
  await context.addCookies([home(), service()].map((url) => ({ name: 'lang', value: language, url })));
  const page = await context.newPage();
  const watch: Watch = watchPage(page, new Set([home(), service()].map((url) => new URL(url).host)));
  return { context, page, watch };
}

async function chooseHome(page: Page, at: string, path: string): Promise<void> {
  await page.goto(`${at}/signin?returnTo=${path}`);
  await press(page, 'form[action$="/signin"] [value=BH]');
}

/** A phone of the person's that may approve sign-ins. */
async function setUpPhone(person: SamplePerson, language: Language) {
  const phone = await openDevice(390, language);
  await addAuthenticator(phone.page);
  await chooseHome(phone.page, home(), '/ways');
  await identify(phone.page, person);
  await phone.page.fill('[name=password]', person.password);
  await phone.page.fill('[name=code]', await takeOneTimeCode(home(), person.totpSecret));
  await press(phone.page, 'form[action="/ways/confirm"] button');
  await press(phone.page, 'form[action="/ways/passkeys"] button');
  await press(phone.page, 'form[action="/ways/phones"] button');
  return phone;
}

const numberOn = async (page: Page) => (await page.textContent('.shown-number'))!.trim();

async function askPhone(page: Page, nationalId: string): Promise<string> {
  await chooseHome(page, service(), '/cases');
  await page.fill('[name=phoneNationalId]', nationalId);
  await press(page, 'form[action$="/phone"] button');
  return numberOn(page);
}

async function typeNumber(page: Page, number: string): Promise<void> {
  await page.goto(`${home()}/phone`);
  await page.fill('[name^=number-]', number);
  await press(page, 'form[action*="/phone/requests/"] button:not([name])');
}

test.each([
  { language: 'ar', key: 'fatima' },
  { language: 'en', key: 'maryam' },
] as const)(
  'a phone is set up once, and then approves sign-ins on another screen by number and lock ($language)',
  async ({ language, key }) => {
    const person = federation.person(key);
    const known = [...person.names.en.split(' '), 'Chrome', 'Linux'];
    const phone = await setUpPhone(person, language);
    expect(new URL(phone.page.url()).pathname).toBe('/phone');
    await expectSound(phone.page, axe, language, known);

    // Another screen goes on by itself once the phone has answered.
    const desk = await openDevice(1280, language);
    const number = await askPhone(desk.page, person.nationalId);
    await expectSound(desk.page, axe, language, [...known, 'bh', 'localhost', 'phone']);
    await phone.page.goto(`${home()}/phone`);
    // A year, a time and an address hold numbers of their own.
    const withoutTimes = phone.page.evaluate(() => {
      const main = document.querySelector('main')!.cloneNode(true) as Element;
      for (const time of main.querySelectorAll('time')) time.remove();
      return main.textContent;
    });
    expect(await withoutTimes).not.toMatch(new RegExp(`(?<!\\d)${number}(?!\\d)`));
    await expectSound(phone.page, axe, language, known);
    await typeNumber(phone.page, number);
    await expectSound(phone.page, axe, language, known);
    await press(phone.page, 'form[data-passkey] button');
    expect(await phone.page.textContent('[role=status]')).toMatch(language === 'ar' ? /تمت الموافقة/ : /Approved/);
    await desk.page.waitForURL(`${service()}/cases`);

    // Without a script the other screen has a button; a wrong number ends the request, and the service says why.
    const plain = await openDevice(1280, language, false);
    const shown = await askPhone(plain.page, person.nationalId);
    await press(plain.page, 'form[data-wait] button:not([name])');
    expect(await plain.page.textContent('[role=status]')).toMatch(language === 'ar' ? /لم يصل جواب/ : /no answer/);
    await typeNumber(phone.page, shown === '99' ? '10' : '99');
    expect(await phone.page.textContent('[role=alert]')).toMatch(language === 'ar' ? /الرقم/ : /number/);
    await press(plain.page, 'form[data-wait] button:not([name])');
    expect(plain.page.url()).toContain(service());
    expect(await plain.page.textContent('[role=alert]')).toMatch(
      language === 'ar' ? /الرقم المختار ليس الرقم المعروض/ : /not the number shown/,
    );

    // A refusal on the phone reaches the service as the person's own.
    await askPhone(plain.page, person.nationalId);
    await phone.page.goto(`${home()}/phone`);
    await press(phone.page, 'button[name=refuse]');
    await press(plain.page, 'form[data-wait] button:not([name])');
    expect(await plain.page.textContent('[role=alert]')).toMatch(language === 'ar' ? /أوقفت العملية/ : /You stopped/);

    await phone.page.goto(`${home()}/ways`);
    const story = await phone.page.textContent('main');
    for (const words of language === 'ar'
      ? ['وافقت من هاتفك', 'أُدخل رقم خاطئ', 'رفضت من هاتفك']
      : ['You approved', 'A wrong number was entered', 'You refused'])
      expect(story).toContain(words);
    await expectSound(phone.page, axe, language, known);
    expect([...phone.watch.problems, ...desk.watch.problems, ...plain.watch.problems]).toEqual([]);
    for (const { context } of [phone, desk, plain]) await context.close();
  },
  180_000,
);

test('a device that was never set up says so, and a number of nobody leads to the same page', async () => {
  const { page, context } = await openDevice(390, 'en');
  await page.goto(`${home()}/phone`);
  expect(await page.textContent('main')).toContain('does not approve sign-ins yet');
  expect(await askPhone(page, '000000000')).toMatch(/^[1-9][0-9]$/);
  await press(page, 'button[name=stop]');
  expect(await page.locator('[name=password]').count()).toBe(1);
  await context.close();
});

test('at a counter of another state: the officer shows a number, the phone answers, and the person reads who saw it', async () => {
  const person = federation.person('yousif');
  const phone = await setUpPhone(person, 'ar');

  const desk = await openDevice(1280, 'en');
  await desk.page.goto(`${service()}/signin?returnTo=/office/counter`);
  await press(desk.page, 'form[action$="/signin"] [value=SA]');
  await identify(desk.page, federation.person('noura'));
  const ask = async (nationalId: string) => {
    await desk.page.goto(`${service()}/office/counter`);
    await desk.page.selectOption('[name=state]', 'BH');
    await desk.page.fill('[name=nationalId]', nationalId);
    await press(desk.page, 'form[action="/office/counter"] button');
    expect(desk.page.url()).toMatch(/\/office\/counter\/[0-9a-f-]{36}$/);
    expect(await desk.page.content()).not.toContain(nationalId);
    return numberOn(desk.page);
  };
  // A number of nobody's waits like any other; without a script the officer presses a button to look.
  await ask('000000000');
  await press(desk.page, 'form[data-wait] button');
  expect(await numberOn(desk.page)).toMatch(/^[1-9][0-9]$/);
  await expectSound(desk.page, axe, 'en', ['bh', 'localhost']);
  await typeNumber(phone.page, await ask(person.nationalId));
  await press(phone.page, 'form[data-passkey] button');
  await desk.page.getByText('The person here has shown who they are').waitFor({ timeout: 60_000 });
  const shown = (await desk.page.textContent('main'))!;
  for (const words of ['A person of', 'Substantial', 'They have no application at this office'])
    expect(shown).toContain(words);
  await expectSound(desk.page, axe, 'en', ['bh', 'localhost']);

  // The page is the officer's own, and nobody's without the role.
  const visit = desk.page.url();
  const other = await openDevice(1280, 'en');
  await other.page.goto(`${service()}/signin?returnTo=/office`);
  await press(other.page, 'form[action$="/signin"] [value=SA]');
  await identify(other.page, federation.person('majid'));
  for (const url of [visit, `${service()}/office/counter`]) expect((await other.page.goto(url))!.status()).toBe(403);

  await chooseHome(phone.page, service(), '/my-data');
  if (phone.page.url().startsWith(home())) await identify(phone.page, person);
  expect(await phone.page.textContent('main')).toContain('إثبات هويتك عند شباك الجهة');
  for (const { context } of [phone, desk, other]) await context.close();
});
