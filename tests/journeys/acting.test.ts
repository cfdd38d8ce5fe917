import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import type { SamplePerson } from '../../apps/federation/phone.ts';
import people from '../../states/bh/people.json' with { type: 'json' };
import { launchBrowser, watchPage } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, press } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
const home = () => federation.url('bh');
const service = () => federation.url('sa');
const personOf = (nationalId: string) =>
  people.people.find((one) => one.nationalId === nationalId) as unknown as SamplePerson;
const mother = personOf('860143783');
/** Her daughter of eight. */
const child = { en: 'Dana Khalifa Isa Almannai', ar: 'دانة خليفة عيسى المناعي' };

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'sa']), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
});

type Language = 'ar' | 'en';
async function openBrowser(language: Language): Promise<{ page: Page; context: BrowserContext; problems: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled: language === 'ar' });
  const page = await context.newPage();
  await context.addCookies([home(), service()].map((url) => ({ name: 'lang', value: language, url })));
  const { problems } = watchPage(page, new Set([home(), service()].map((url) => new URL(url).host)));
  return { page, context, problems };
}
const send = (page: Page, action: string, button = 'button:not([name])') =>
  press(page, `form[action$="${action}"] ${button}`);

async function signIn(page: Page, at: string, person: SamplePerson, returnTo = '/acting'): Promise<void> {
  await page.goto(`${at}/signin?returnTo=${returnTo}`);
  await send(page, '/signin', '[value=BH]');
  if (page.url().includes('/eid-pages/')) await identify(page, person);
}

async function choose(page: Page, name: string): Promise<void> {
  await send(page, '/acting/begin');
  if ((await page.locator('label', { hasText: name }).count()) === 0)
    console.log(page.url(), await page.textContent('main'));
  // Going on without a choice names it, and loses nothing.
  await send(page, '/represent');
  expect(await page.locator('.summary a[href^="#mandate"]').count()).toBe(1);
  await page.locator('label', { hasText: name }).first().click();
  await send(page, '/represent');
}

/** A picture of one pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

/** A brother on a page of his own. */
async function addSibling(page: Page): Promise<void> {
  await press(page, 'a[href$="/entries/new"]');
  await send(page, '/entries/new', 'button >> nth=0');
  expect(await page.locator('.summary li').count()).toBe(3);
  await page.fill('[name=name]', 'علي خليفة المناعي');
  await page.fill('[name=school]', 'المدرسة ١٢');
  await page.check('[name=stage][value=primary]');
  await send(page, '/entries/new', 'button >> nth=0');
  expect(await page.textContent('main')).toContain('علي خليفة المناعي');
  await send(page, '/pages/siblings', '[value=continue]');
}

/** The report of a school that no register told of: first one that is none, then the picture of one, taken out and put back. */
async function addReport(page: Page): Promise<void> {
  const choose = async (name: string, buffer: Buffer) => {
    await page.setInputFiles('[name=reports]', { name, mimeType: 'application/pdf', buffer });
    await send(page, '/files', '[value=attach]');
  };
  await choose('شهادة.pdf', Buffer.from('no report'));
  expect(await page.textContent('.summary')).toContain('لا يُقبل هذا النوع من الملفات هنا');
  await choose('شهادة.pdf', picture);
  expect(await page.textContent('main ul.rows')).toContain('شهادة.png');
  await send(page, '/files', '[name=remove]');
  expect(await page.locator('main ul.rows').count()).toBe(0);
  // Whoever chooses a file and goes on means to send it.
  await page.setInputFiles('[name=reports]', { name: 'شهادة.png', mimeType: 'image/png', buffer: picture });
  await send(page, '/files', '[value=continue]');
}

/**
 * The whole application for the child, from the service to the decision. In English the mother lets the last class be sent, so that no report of
 * a school is asked for; in Arabic she keeps it back.
 */
async function enrol(page: Page, language: Language): Promise<void> {
  await page.goto(`${service()}/services/gcc-school-enrolment`);
  await send(page, '/start');
  await send(page, '/evidence');
  expect(await page.textContent('main')).toContain(child[language]);
  if (language === 'en') for (const field of ['class', 'result']) await page.check(`[value="school-record/${field}"]`);
  await send(page, '/consent', '[value=allow]');
  await press(page, 'a[href*="/eid/auth/"]');
  const arrived = await page.textContent('main');
  for (const words of [child[language], 'B-2018-']) expect(arrived).toContain(words);
  expect(arrived!.includes('passed')).toBe(language === 'en');
  await press(page, 'main a[href*="/pages/"]');
  await page.check('[name=stage][value=primary]');
  await send(page, '/pages/stage', 'button >> nth=0');
  await send(page, '/pages/home', '[value=continue]');
  await page.fill('[name=words]', 'النور ابتدائية جدة');
  await press(page, 'form[action*="/pages/school/search"] button');
  await page.check('[name=school]');
  await send(page, '/pages/school', '[value=continue]');
  await addSibling(page);
  if (language === 'ar') await addReport(page);
  await page.fill('[name=email]', 'sample.person@example.com');
  await page.fill('[name=mobile]', '+97333123456');
  const says = page.locator('[data-keep-says]');
  if (language === 'ar') {
    // Kept while it is typed: the browser may crash, and nothing is lost.
    await says.filter({ hasText: 'ما كتبته محتفظ به' }).waitFor();
    await page.reload();
    expect(await page.inputValue('[name=mobile]')).toBe('+97333123456');
    expect(await page.textContent('main')).toContain('ما كتبته هنا كما تركته');
  } else expect(await says.textContent()).toBe('');
  await send(page, '/pages/contact', 'button >> nth=0');
  await page.check('[name=declaration]');
  expect(await page.textContent('label[for=share]')).toMatch(/اختياري|optional/);
  if (language === 'ar') await page.check('[name=share]');
  await send(page, '/pages/declaration', 'button >> nth=0');
  const checked = await page.textContent('main');
  const school = language === 'ar' ? 'مدرسة النور الابتدائية' : 'Al Noor Primary School';
  for (const words of ['علي خليفة المناعي', school]) expect(checked).toContain(words);
  expect(checked!.includes('شهادة.png')).toBe(language === 'ar');
  await send(page, '/submit', 'button >> nth=0');
}

for (const language of ['ar', 'en'] as const)
  test(`a mother of one state applies in another for her child, and the child's record says so (${language})`, async () => {
    const { page, context, problems } = await openBrowser(language);
    await signIn(page, service(), mother);
    await choose(page, child[language]);
    expect(page.url()).toContain(service());
    const banner = page.locator('aside.acting');
    expect(await banner.textContent()).toContain(child[language]);

    if (language === 'en') {
      // Once a child and year: she is led to the application that was accepted. The next year begins anew.
      await page.goto(`${service()}/services/gcc-school-enrolment`);
      await send(page, '/start');
      expect(await page.textContent('main')).toContain('You have already applied for this');
      await sql`update cases.cases set decided_at = decided_at - interval '1 year'`.execute(
        federation.running.get('sa')!.operatorNeeds.database.db,
      );
    }
    await enrol(page, language);
    // Every page on the way says for whom; the decision is the child's.
    expect(await banner.textContent()).toContain(child[language]);
    await press(page, 'main a[href^="/cases/"]');
    expect(await page.textContent('main')).toContain(language === 'ar' ? 'مقبول' : 'Accepted');
    const caseUrl = page.url();

    // Her own list of applications does not have it, nor may she open it as herself.
    await send(page, '/acting/end');
    expect(await banner.count()).toBe(0);
    await page.goto(`${service()}/cases`);
    expect(await page.locator(`a[href="${new URL(caseUrl).pathname}"]`).count()).toBe(0);
    expect((await page.goto(caseUrl))?.status()).toBe(404);

    // At home, acting for the child, she sees what was done in the child's name and by what.
    await signIn(page, home(), mother);
    await choose(page, child[language]);
    await page.goto(`${home()}/my-data`);
    const data = await page.textContent('main');
    expect(data).toContain(mother.names[language]);
    expect(data).toContain(language === 'ar' ? 'بموافقة من ينوب عنك' : 'By the consent of your representative');

    // She agreed in Arabic that the home state shows the child's application there.
    const isShown = async () => {
      await page.goto(`${home()}/cases`);
      return (await page.textContent('main'))!.includes('SA-2026-');
    };
    if (language === 'ar') await expect.poll(isShown, { interval: 250 }).toBe(true);
    await send(page, '/acting/end');
    expect(await isShown()).toBe(false);
    expect(problems).toEqual([]);
    await context.close();
  });

test('a helper acts by a mandate given on a page, within its limits, until it is withdrawn: the next step is refused', async () => {
  const [person, helper] = [federation.person('fatima'), federation.person('yousif')];
  const hers = await openBrowser('en');
  await signIn(hers.page, home(), person);
  await send(hers.page, '/acting/give');
  expect(await hers.page.textContent('main')).toContain('Choose what the mandate is for');
  await hers.page.check('[name=purpose][value=degree-recognition]');
  await hers.page.check('[name=evidence][value=person-identity]');
  await hers.page.check('[name=evidence][value=degree-record]');
  const end = new Date(Date.now() + 30 * 86_400_000);
  await hers.page.fill('[name=until-day]', String(end.getUTCDate()));
  await hers.page.fill('[name=until-month]', String(end.getUTCMonth() + 1));
  await hers.page.fill('[name=until-year]', String(end.getUTCFullYear()));
  await send(hers.page, '/acting/give');
  const code = /[A-Z2-7]{5}(-[A-Z2-7]{5}){3}/.exec((await hers.page.textContent('main'))!)![0];

  const his = await openBrowser('en');
  await signIn(his.page, home(), helper);
  await his.page.fill('[name=code]', code.toLowerCase());
  await send(his.page, '/acting/accept');
  expect(await his.page.textContent('main')).toContain(person.names.en);

  await signIn(his.page, service(), helper);
  await choose(his.page, person.names.en);
  expect(await his.page.locator('aside.acting').textContent()).toContain(person.names.en);
  // Not what the mandate is for, and nobody's own pages.
  await his.page.goto(`${service()}/services/gcc-school-enrolment`);
  await send(his.page, '/start');
  expect(await his.page.textContent('main')).toContain('Your mandate does not name this service');
  expect((await his.page.goto(`${service()}/my-data`))?.status()).toBe(403);
  expect((await his.page.goto(`${service()}/wallet`))?.status()).toBe(403);

  await his.page.goto(`${service()}/services/degree-recognition`);
  await send(his.page, '/start');
  await send(his.page, '/evidence');
  expect(await his.page.textContent('main')).toContain(`You decide for`);

  await hers.page.goto(`${home()}/acting`);
  await press(hers.page, 'main a[href$="/withdraw"]');
  await send(hers.page, '/withdraw');
  expect(await hers.page.textContent('main')).toContain('The mandate has ended');
  await hers.page.goto(`${home()}/my-data`);
  expect(await hers.page.textContent('main')).toContain('Began to act for you');

  await send(his.page, '/consent', '[value=allow]');
  expect(await his.page.textContent('main')).toContain('This mandate has ended');
  // The other state heard of it too: nobody is acted for there any more.
  for (let attempt = 0; attempt < 40; attempt += 1) {
    await his.page.goto(`${service()}/acting`);
    if ((await his.page.locator('aside.acting').count()) === 0) break;
    await his.page.waitForTimeout(250);
  }
  expect(await his.page.locator('aside.acting').count()).toBe(0);
  expect([...hers.problems, ...his.problems]).toEqual([]);
});
