import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SamplePerson } from '../../apps/federation/phone.ts';
import { launchBrowser, watchPage } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, press } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
const home = () => federation.url('bh');
const service = () => federation.url('sa');

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'sa']), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
});

type Language = 'ar' | 'en';
type Somebody = { page: Page; context: BrowserContext; problems: string[] };
async function openBrowser(language: Language): Promise<Somebody> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await context.addCookies([home(), service()].map((url) => ({ name: 'lang', value: language, url })));
  const { problems } = watchPage(page, new Set([home(), service()].map((url) => new URL(url).host)));
  return { page, context, problems };
}
const send = (page: Page, action: string, button = 'button:not([name])') =>
  press(page, `form[action$="${action}"] ${button}`);
const words = async (page: Page) => (await page.textContent('main'))!;

async function signIn(page: Page, state: string, person: SamplePerson, returnTo = '/linking'): Promise<void> {
  await page.goto(`${service()}/signin?returnTo=${returnTo}`);
  await send(page, '/signin', `[value=${state}]`);
  if (page.url().includes('/eid-pages/')) await identify(page, person);
}

/** Posts the form that the case does not show. */
const force = (page: Page) =>
  Promise.all([
    page.waitForEvent('load'),
    page.evaluate(() => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', action: `${location.pathname}/own-record` });
      document.body.append(form);
      form.submit();
    }),
  ]);

/** From the page that says what is compared, over the consent at home, to what came of it. */
async function findRecord(page: Page): Promise<void> {
  await page.goto(`${service()}/linking`);
  await send(page, '/linking/begin');
  await send(page, '/consent', '[value=allow]');
  await press(page, 'a[href*="/eid/auth/"]');
  expect(page.url()).toBe(`${service()}/linking`);
}

test('a certain record is linked at once, fills the form of a service, and is read by nobody once the link is removed', async () => {
  const { page, problems, context } = await openBrowser('en');
  await signIn(page, 'BH', federation.person('fatima'));
  expect(await words(page)).toContain('What is compared');
  await page.goto(`${service()}/services/gcc-school-enrolment`);
  await send(page, '/start');
  const caseUrl = page.url();
  // Not linked: the way to link is on the list, and asking all the same reads nothing.
  expect(await page.locator('main a[href="/linking"]').count()).toBe(1);
  await force(page);
  expect(await words(page)).toContain('No record of this state is linked');

  await findRecord(page);
  expect(await words(page)).toContain('Your record is linked');
  await page.goto(caseUrl);
  await send(page, '/own-record');
  expect(await words(page)).toContain('الخبر (Al Khobar)');
  expect(await words(page)).toContain('Residence record');
  await page.goto(`${caseUrl}/pages/stage`);
  expect(await page.inputValue('[name=city]')).toBe('الخبر (Al Khobar)');
  expect(await words(page)).toContain('From: Residence record');

  await page.goto(`${service()}/linking`);
  expect(await words(page)).toContain('City of residence');
  await press(page, 'a[href$="/remove"]');
  await page.check('[name=why][value=person]');
  await send(page, '/remove');
  expect(await words(page)).toContain('The link has ended');
  await page.goto(caseUrl);
  expect(await page.locator('form[action$="/own-record"]').count()).toBe(0);

  // At home the person sees who was given what, and why.
  await page.goto(`${home()}/my-data`);
  if (!page.url().endsWith('/my-data')) {
    await send(page, '/signin', '[value=BH]');
    if (page.url().includes('/eid-pages/')) await identify(page, federation.person('fatima'));
  }
  expect(await words(page)).toContain('Finding your record in another state');
  expect(problems).toEqual([]);
  await context.close();
});

test('a doubtful record is decided by an officer with a number from the person, and two officers undo the link', async () => {
  const his = await openBrowser('ar');
  const [reem, saud] = [await openBrowser('ar'), await openBrowser('ar')];
  await signIn(his.page, 'BH', federation.person('yousif'));
  await findRecord(his.page);
  expect(await words(his.page)).toContain('لدى موظف');
  expect(await words(his.page)).not.toContain('2248709137');

  await signIn(reem.page, 'SA', federation.person('reem'), '/office/matching');
  // The list names nobody; the request shows both records and why the machine did not decide.
  expect(await words(reem.page)).not.toContain('المناعي');
  await press(reem.page, 'main a[href^="/office/matching/"]');
  const seen = await words(reem.page);
  for (const shown of ['يوسف خالد حسن المناعي', 'Yusuf Khaled Hassan Al-Mannai', '1415-05-27', '1994-11-03', 'فرق يوم'])
    expect(seen).toContain(shown);
  await reem.page.check('[name=outcome][value=ask-proof]');
  await send(reem.page, '/decide');

  await his.page.reload();
  await his.page.fill('[name=number]', '2248709137');
  await send(his.page, '/proof');
  await signIn(saud.page, 'SA', federation.person('saud'), '/office/matching');
  await press(saud.page, 'main a[href^="/office/matching/"]');
  expect(await words(saud.page)).toContain('ذكره الشخص');
  await saud.page.locator('[name=outcome][value^="same:"]').check();
  await send(saud.page, '/decide');
  expect(await words(saud.page)).toContain('رُبط السجل');
  await his.page.reload();
  expect(await words(his.page)).toContain('سجلك مربوط');

  const undo = 'form[action$="/undo"]';
  await saud.page.locator('summary').first().click();
  await saud.page.fill(`${undo} [name=reason]`, 'توأمان');
  await press(saud.page, `${undo} button`);
  const proposed = saud.page.locator('section.card', { hasText: 'اقتُرح إلغاؤه' });
  expect(await proposed.locator('button:not([name])').count()).toBe(0);
  await reem.page.goto(`${service()}/office/matching`);
  await press(reem.page, `${undo} button:not([name])`);
  await his.page.reload();
  expect(await words(his.page)).toContain('ألغاه موظفان');
  expect([...his.problems, ...reem.problems, ...saud.problems]).toEqual([]);
  for (const { context } of [his, reem, saud]) await context.close();
});

test('nobody’s record is a plain no: told to the person, counted for the operator, and told to the service that asks', async () => {
  const { page, context, problems } = await openBrowser('en');
  await signIn(page, 'BH', federation.person('maryam'));
  await findRecord(page);
  expect(await words(page)).toContain('No record found');
  expect(await words(page)).toContain('not_matched');
  const { identity, matching } = federation.running.get('sa')!.doors;
  const counts = await identity.outcomes.summarise(1);
  expect(counts.find(({ outcome, side }) => outcome === 'not_matched' && side === 'relying-party')?.count).toBe(1);
  await page.goto(`${service()}/services/gcc-school-enrolment`);
  await send(page, '/start');
  await force(page);
  expect(await words(page)).toContain('No record here was found for this person');
  expect(matching.isOffered()).toBe(true);
  expect(federation.running.get('bh')!.doors.matching.isOffered()).toBe(false);
  // An officer of another office has nothing to do at this desk, and a state without it has no such page.
  const officer = await openBrowser('en');
  await signIn(officer.page, 'SA', federation.person('noura'), '/office');
  expect((await officer.page.goto(`${service()}/office/matching`))?.status()).toBe(403);
  expect(problems).toEqual([]);
  await context.close();
  await officer.context.close();
});
