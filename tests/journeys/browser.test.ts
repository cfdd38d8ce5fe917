import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLatinWords, launchBrowser, type Watch, watchPage } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { createWalker, fillQuietly, identify, press, serviceId, type Walker, waitForDocument } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
const home = () => federation.url('bh');
const service = () => federation.url('sa');

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'sa', 'kw']), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
});

/** What must be true of every page on the way, at the moment it is there. */
async function expectSound(page: Page, language: 'ar' | 'en', known: string[] = []): Promise<void> {
  const path = new URL(page.url()).pathname;
  const { lang, dir, headings } = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    dir: document.documentElement.dir,
    headings: document.querySelectorAll('h1').length,
  }));
  expect({ path, lang, dir, headings }).toEqual({
    path,
    lang: language,
    dir: language === 'ar' ? 'rtl' : 'ltr',
    headings: 1,
  });
  if (language === 'ar') expect(await findLatinWords(page, known), path).toEqual([]);
}

test('in Arabic, with scripts: from the search to the decision, and a proof checked in this browser', async () => {
  const walker = await createWalker(browser, federation, async () => {});
  const { page, context, send, watch } = walker;
  const person = federation.person('fatima');
  await context.addCookies([home(), service()].map((url) => ({ name: 'lang', value: 'ar', url })));
  const known = `${person.names.en} University of Bahrain Computer engineering sample person example com`.split(' ');
  const sound = () => expectSound(page, 'ar', known);

  await page.goto(service());
  await sound();
  await page.locator('input[type=search]').first().fill('معادلة شهادة');
  await press(page, 'form[action$="/services"] button');
  await sound();
  await press(page, `main a[href^="/services/${serviceId}"]`);
  await sound();
  await send('/start');
  await sound();
  await send('/signin', '[value=BH]');
  expect(page.url()).toContain(home());
  await sound();
  await identify(page, person);
  expect(page.url()).toContain(service());
  await fillQuietly(walker, service(), 'work', sound);
  await waitForDocument(walker);
  await sound();
  expect(await page.textContent('main')).toContain('معترف بها');

  await page.goto(`${home()}/signin?returnTo=/my-data`);
  await send('/signin', '[value=BH]');
  await sound();
  await expectProof(page);
  expect(watch.problems).toEqual([]);
  await context.close();
});

type ProofAnswer = {
  proof: { leafIndex: number; checkpoint: string; opening: { record: Record<string, unknown> } } | null;
};

/** The island asks for the proof as data, checks it here with WebCrypto, and says so; a changed proof does not hold. */
async function expectProof(page: Page): Promise<void> {
  // The browser's own verification of signatures, counted where it happens.
  await page.addInitScript(() => {
    const { subtle } = crypto;
    const verify = subtle.verify.bind(subtle);
    const answers: boolean[] = [];
    Object.assign(globalThis, { signatureAnswers: answers });
    subtle.verify = async (...given: Parameters<SubtleCrypto['verify']>) => {
      const isGood = await verify(...given);
      answers.push(isGood);
      return isGood;
    };
  });
  const answersOf = () =>
    page.evaluate(() => (globalThis as unknown as { signatureAnswers: boolean[] }).signatureAnswers);
  const row = page.locator('.rows li').first();
  const answer = row.locator('[data-proof-answer]');
  // The log is cosigned every few seconds: until then the page says "not yet", which is true.
  let isData = false;
  let genuine: ProofAnswer | undefined;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await page.goto(`${home()}/my-data`);
    const [response] = await Promise.all([
      page.waitForResponse((one) => one.url().endsWith('/proof')),
      row.locator('a[data-proof]').click(),
    ]);
    await answer.locator('.note:not(.info)').waitFor();
    isData = (response.headers()['content-type'] ?? '').startsWith('application/json');
    genuine = (await response.json()) as ProofAnswer;
    if ((await answer.locator('.note.good').count()) > 0) break;
    await page.waitForTimeout(500);
  }
  expect(isData).toBe(true);
  expect(genuine?.proof?.leafIndex).toBeGreaterThanOrEqual(0);
  expect(await answer.locator('.note.good').textContent()).toMatch(/الكويت|السعودية/);
  const good = await answersOf();
  // The log's own signature and at least one witness's.
  expect(good.length).toBeGreaterThanOrEqual(2);
  expect(good.every(Boolean)).toBe(true);

  const changes: Array<(proof: NonNullable<ProofAnswer['proof']>) => void> = [
    (proof) => {
      proof.opening.record['purpose'] = 'something-else';
    },
    (proof) => {
      proof.checkpoint = proof.checkpoint.replace(/\n(\d+)\n/, (_whole, size) => `\n${Number(size) + 1}\n`);
    },
  ];
  for (const change of changes) {
    const changed = structuredClone(genuine!);
    change(changed.proof!);
    await page.route('**/proof', (route) => route.fulfill({ json: changed }));
    await page.goto(`${home()}/my-data`);
    await row.locator('a[data-proof]').click();
    await answer.locator('.note.bad').waitFor();
    expect(await answer.locator('.note.good').count()).toBe(0);
    await page.unroute('**/proof');
  }
}

test('in English, without scripts: the same job from the first page to the proof', async () => {
  const person = federation.person('maryam');
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
  const page = await context.newPage();
  const hosts = new Set([home(), service()].map((url) => new URL(url).host));
  const watch: Watch = watchPage(page, hosts);
  const walker: Walker = {
    page,
    context,
    watch,
    show: async () => {},
    send: (action, button = 'button:not([name])') => press(page, `form[action$="${action}"] ${button}`),
  };
  const lang = () => page.getAttribute('html', 'lang');
  await page.goto(`${service()}/?lang=en`);
  expect(await lang()).toBe('en');
  await press(page, `main a[href^="/services/${serviceId}"]`);
  await walker.send('/start');
  await walker.send('/signin', '[value=BH]');
  expect(await lang(), 'the language of the visited portal').toBe('en');
  await identify(page, person);
  await fillQuietly(walker, service(), 'licence', async () => {
    expect(await lang(), page.url()).toBe('en');
    expect(await page.getAttribute('html', 'dir')).toBe('ltr');
    expect(await page.locator('h1').count()).toBe(1);
  });
  expect(await page.textContent('main')).toContain('Waiting for the decision of Ministry of Education');
  await page.goto(`${home()}/signin?returnTo=/my-data`);
  await walker.send('/signin', '[value=BH]');
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await page.goto(`${home()}/my-data`);
    await press(page, '.rows a[href$="/proof"]');
    if (/Kuwait|Saudi/.test((await page.textContent('main [class*=good], main .panel')) ?? '')) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(await page.textContent('main')).toMatch(/Kuwait|Saudi Arabia/);
  expect(watch.problems).toEqual([]);
  await context.close();
});

test('by keyboard alone: the consent page is read, ticked, and answered', async () => {
  const person = federation.person('yousif');
  const walker = await createWalker(browser, federation, async () => {});
  const { page, context, send, watch } = walker;
  await page.goto(`${service()}/signin?returnTo=/services/${serviceId}`);
  await send('/signin', '[value=BH]');
  await identify(page, person);
  await send('/start');
  await send('/evidence');
  expect(page.url()).toMatch(/\/consent$/);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const stops: string[] = [];
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement as HTMLInputElement | null;
      const box = at?.getBoundingClientRect();
      const style = at ? getComputedStyle(at) : undefined;
      const isMarked = style !== undefined && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
      return {
        what: at?.name ? `${at.name}=${at.value}` : (at?.getAttribute('href') ?? at?.tagName ?? ''),
        isSeen: Boolean(box && box.width > 0 && box.bottom > 0 && box.top < window.innerHeight && isMarked),
      };
    });
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const { what, isSeen } = await focused();
    expect(isSeen, `the focus on ${what} is seen`).toBe(true);
    stops.push(what);
    if (what === 'field=degree-record/study_mode') await page.keyboard.press('Space');
    if (what === 'decision=allow') break;
  }
  expect(stops[0], 'the first stop skips to the content').toMatch(/about\/verify|#main/);
  expect(stops.filter((what) => what.startsWith('field='))).toHaveLength(4);
  expect(await page.isChecked('[value="degree-record/study_mode"]')).toBe(true);
  expect(await page.isChecked('[value="degree-record/gpa"]')).toBe(false);
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  expect(page.url()).toContain('/receipt/');
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await focused()).what.includes('/eid/auth/')) break;
  }
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  expect(page.url()).toMatch(/\/evidence$/);
  expect(watch.problems).toEqual([]);
  await context.close();
});

test('an Arabic page is written in the digits that its reader chooses, whatever the state’s own', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const shown = async () => (await page.textContent('main [role=status]')) ?? '';
  await page.goto(`${service()}/services?for=citizen&lang=ar`);
  expect(await shown()).toMatch(/^[٠-٩]+ /);
  await press(page, 'footer a[href*="digits=latn"]');
  expect(new URL(page.url()).search).toBe('?for=citizen');
  expect(await shown()).toMatch(/^[0-9]+ /);
  expect(await page.getAttribute('html', 'lang')).toBe('ar');
  await page.goto(`${service()}/services?for=citizen&lang=en`);
  expect(await page.locator('footer a[href*="digits="]').count()).toBe(0);
  await page.goto(`${service()}/services?for=citizen&lang=ar`);
  expect(await shown()).toMatch(/^[0-9]+ /);
  await press(page, 'footer a[href*="digits=arab"]');
  expect(await shown()).toMatch(/^[٠-٩]+ /);
  await context.close();
});
