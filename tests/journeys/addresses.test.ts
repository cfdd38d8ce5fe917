import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNodeConfig, startNode } from '#apps/state-node';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { findSidewaysScroll, launchBrowser } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, type Language, press } from './walk.ts';

// An address looked up in the register of the state: a browser without scripts, and programs by the API.

const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let caseId: string;
const at = () => federation.url('sa');
const running = () => federation.running.get('sa')!;
const main = async () => (await page.textContent('main'))!.replace(/\s+/g, ' ');
const pageUrl = () => `${at()}/cases/${caseId}/pages/home`;
const speak = (language: Language) =>
  context.addCookies([federation.url('bh'), at()].map((url) => ({ name: 'lang', value: language, url })));
const find = async (words: string) => {
  await page.goto(pageUrl());
  await page.fill('[name=words]', words);
  await press(page, 'search form button');
};
const goOn = () => press(page, '[name=then][value=continue]');
const held = (part: string) => page.inputValue(`[name=home-${part}]`);
const shown = async (language: Language) => {
  await speak(language);
  await page.goto(`${at()}/cases/${caseId}/check`);
  return main();
};

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'sa']), launchBrowser()]);
  context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await speak('en');
  await page.goto(`${at()}/signin?returnTo=/services/gcc-school-enrolment`);
  await press(page, 'form[action$="/signin"] [value=BH]');
  await identify(page, federation.person('fatima'));
  await press(page, 'form[action$="/start"] button');
  caseId = new URL(page.url()).pathname.split('/')[2]!;
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
  await http.close();
});

async function look(name: string, language: Language): Promise<void> {
  expect(await findSidewaysScroll(page)).toEqual([]);
  const folder = process.env['PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}-${language}.png`, fullPage: true });
}

const said = {
  ar: { filled: 'مُلئ العنوان', source: 'من سجل العنوان الوطني', silent: 'سجل العناوين لا يستجيب الآن' },
  en: {
    filled: 'The address was filled in',
    source: 'From: National Address register',
    silent: 'The register of addresses does not answer right now',
  },
};

describe.each(['ar', 'en'] as const)('in a browser without scripts, in %s', (language) => {
  test('a short address fills the parts in, marked with where they are from, and stays changeable', async () => {
    await speak(language);
    await page.goto(pageUrl());
    await look('address-empty', language);
    await find('rfol ٢١٠٧');
    expect(page.url()).not.toMatch(/rfol/i);
    expect(await main()).toContain(said[language].filled);
    expect(await main()).toContain(said[language].source);
    expect(await held('street')).toBe(language === 'ar' ? 'طريق الملك فهد' : 'King Fahd Road');
    expect(await held('postcode')).toBe('12214');
    await look('address-filled', language);
    await page.fill('[name=home-unit]', '7');
    await goOn();
    expect(page.url()).toContain('/pages/school');
    expect(await shown('en')).toContain('Street: King Fahd Road, District: Al Olaya');
    expect(await shown('en')).toContain('(from the register of addresses, RFOL2107)');
    expect(await shown('ar')).toContain('الشارع: طريق الملك فهد، الحي: العليا');

    await speak(language);
    await page.goto(pageUrl());
    await page.fill('[name=home-street]', language === 'ar' ? 'طريق آخر' : 'Another Road');
    await goOn();
    expect(await shown('en')).toContain('(typed by hand)');
  });

  test('the first words of it find several, of which one is chosen; and what is in no register is said to be so', async () => {
    await speak(language);
    await find(language === 'ar' ? 'الملقا وادي' : 'wadi hajar malqa');
    expect(await page.locator('search button[name=chosen]').count()).toBeGreaterThan(3);
    // What is saved stays until one of them is chosen.
    expect(await held('street')).toBe(language === 'ar' ? 'طريق آخر' : 'Another Road');
    await look('address-several', language);
    const chosen = await page.locator('search button[name=chosen]').first().textContent();
    await press(page, 'search button[name=chosen]');
    expect(chosen).toContain(await held('street'));
    expect(chosen).toContain(await held('building'));
    await find('zzz 99');
    expect(await main()).toContain(language === 'ar' ? 'لا عنوان في السجل يطابق' : 'The register has no address for');
    await look('address-nothing', language);
    expect(await page.locator('[name=home-street]').count()).toBe(1);
  });
});

describe('a program', () => {
  const api = async (path: string, data?: unknown) => {
    const cookie = (await context.cookies(at())).map(({ name, value }) => `${name}=${value}`).join('; ');
    const { status, body } = await http.request({
      method: data === undefined ? 'GET' : 'POST',
      url: `${at()}/api/cases/${caseId}${path}`,
      headers: { cookie, ...(data === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    });
    return { status, json: JSON.parse(body.toString('utf8')) };
  };
  const give = async (home: unknown) => {
    const { version } = (await api('/draft')).json;
    return (await api('/draft', { answers: { home }, expectedVersion: version })).json;
  };

  test('is told that there is a register, looks an address up, and sends its code alone', async () => {
    const asked = (await api('/pages/home?language=en')).json.questions[0];
    expect(asked.finder).toMatchObject({ isAvailable: true, names: 'National Address register' });
    const found = await api('/questions/home/look-up', { words: 'RFOL2107', language: 'en' });
    expect(found.json.entries).toMatchObject([{ code: 'RFOL2107', parts: { city: { ar: 'الرياض', en: 'Riyadh' } } }]);
    const saved = await give({ code: 'RFOL2107', unit: '9' });
    expect(saved).toMatchObject({
      saved: true,
      draft: { answers: { home: { code: 'RFOL2107', city: 'الرياض', 'city.en': 'Riyadh', unit: '9' } } },
    });
    // What was read can be sent back as it is.
    expect(await give(saved.draft.answers.home)).toMatchObject({
      saved: true,
      draft: { answers: { home: saved.draft.answers.home } },
    });
  });

  test('keeps no mark that the register does not give', async () => {
    expect(await give({ code: 'ZZZZ0000' })).toMatchObject({ saved: false, errors: [{ code: 'not-in-register' }] });
    const changed = await give({ code: 'RFOL2107', city: 'Dilmun' });
    expect(changed.draft.answers.home).toMatchObject({ city: 'Dilmun' });
    expect(changed.draft.answers.home).not.toHaveProperty('code');
    const long = { words: 'x'.repeat(10_000) };
    expect((await api('/questions/home/look-up', long)).status).toBe(400);
  });
});

test('a register that does not answer is said to be so, and typing goes on', async () => {
  await sql`alter table registry_addresses.addresses rename to away`.execute(running().operatorNeeds.database.db);
  await running().stop();
  const { configFile } = federation.nodes.find(({ id }) => id === 'sa')!;
  federation.running.set('sa', await startNode(readNodeConfig(configFile)));
  for (const language of ['ar', 'en'] as const) {
    await speak(language);
    await page.goto(pageUrl());
    expect(await main()).toContain(said[language].silent);
    await look('address-silent', language);
  }
  const typed = {
    building: '12',
    street: 'Old Road',
    district: 'Old',
    city: 'Riyadh',
    postcode: '12345',
    additional: '1234',
  };
  for (const [part, value] of Object.entries(typed)) await page.fill(`[name=home-${part}]`, value);
  await goOn();
  expect(page.url()).toContain('/pages/school');
});
