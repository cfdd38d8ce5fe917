import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import {
  findFlaws,
  findLatinWords,
  findSidewaysScroll,
  findViolations,
  launchBrowser,
  readAxe,
} from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { createWalker, identify, press, type Walker } from './walk.ts';

// What happens in somebody's life becomes an offer with its form filled in, and nothing is sent before a yes.

let federation: TestFederation;
let browser: Browser;
const home = () => federation.url('bh');
const abroad = () => federation.url('sa');
const doorsOf = (id: string) => federation.running.get(id)!.doors;
let walker: Walker;

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'sa']), launchBrowser()]);
  const axe = await readAxe();
  walker = await createWalker(browser, federation, async ({ name, language, page }) => {
    const found: string[] = [];
    const folder = process.env['PICTURES'];
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      for (const { rule, target } of await findViolations(page, axe)) found.push(`${rule} ${target}`);
    }
    found.push(...(await findFlaws(page)), ...(await findSidewaysScroll(page)));
    // What she and her record say in Latin letters stands among the answers that she checks.
    if (language === 'ar' && name !== 'offer-check') found.push(...(await findLatinWords(page)));
    for (const width of folder ? [390, 1280] : []) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${folder}/${name}-${language}-${width}.png`, fullPage: true });
    }
    expect(found, `${name} in ${language}`).toEqual([]);
  });
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
});

/** An office records something in its own books, as its registrar does at the node's door. */
async function announce(state: 'bh' | 'sa', officeId: string, type: string, nationalId: string, data: object) {
  const caller = {
    kind: 'person' as const,
    sessionId: newId(),
    personId: newId(),
    homeState: state.toUpperCase(),
    officer: { officeId, roles: ['registrar'] },
  };
  const body = { eventId: newId(), type, nationalId, occurredAt: new Date().toISOString(), data };
  for (const _ of ['once', 'again']) await doorsOf(state).events.handlers.announceEvent({ body, caller } as never);
}
const today = () => new Date().toISOString().slice(0, 10);
const words = async (page: Page) => (await page.textContent('main'))!;
const offered = (page: Page, at: string) => page.goto(`${at}/`).then(() => page.locator('a[href^="/offers/"]').count());

async function signIn({ page, send }: Walker, at: string, key: string): Promise<void> {
  await page.goto(`${at}/signin?returnTo=/offers/wishes`);
  await send('/signin', '[value=BH]');
  if (page.url().includes('/eid-pages/')) await identify(page, federation.person(key));
}

test('a birth recorded in Bahrain is offered to the parent: she sees why and from where, says yes, checks and sends', async () => {
  const { page, show, send } = walker;
  const fatima = federation.person('fatima');
  await announce('bh', 'interior', 'person-born', fatima.nationalId, { born_on: today() });
  await signIn(walker, home(), 'fatima');
  await show('offer-wishes');
  await show('offer-home', () => page.goto(`${home()}/`));
  expect(await page.locator('a[href^="/offers/"]').count()).toBe(1);
  await press(page, 'a[href^="/offers/"]');
  await show('offer');
  expect(page.url()).not.toContain(fatima.nationalId);
  const seen = await words(page);
  for (const said of ['سُجّلت ولادة طفل لك', 'السجل السكاني', 'بموافقتك فقط']) expect(seen).toContain(said);
  const { cases } = doorsOf('bh');
  const { personId } = (await doorsOf('bh').identity.persons.findByNationalId(fatima.nationalId))!;
  const me = { personId, homeState: 'BH', level: 'substantial' };
  expect(await cases.listMyCases(me)).toEqual([]);

  await send('/begin');
  await show('offer-task-list');
  const caseUrl = page.url();
  await send('/evidence');
  await send('/consent', '[value=allow]');
  await press(page, 'a[href*="/eid/auth/"]');
  await page.goto(`${caseUrl}/pages/child`);
  await show('offer-form');
  expect(await words(page)).toContain('من السجل الرسمي: وُلد لك طفل');
  await page.fill('[name=child_name]', 'سالم');
  await send('/pages/child', 'button >> nth=0');
  await page.fill('[name=email]', 'sample.person@example.com');
  await send('/pages/contact', 'button >> nth=0');
  await page.check('[name=declaration]');
  await send('/pages/declaration', 'button >> nth=0');
  await page.waitForURL(/\/check$/);
  await show('offer-check');
  expect((await cases.listMyCases(me)).map(({ state }) => state)).toEqual(['draft']);
  await send('/submit', 'button >> nth=0');
  await page.waitForURL(/\/sent$/);
  expect(await offered(page, home())).toBe(0);
  await page.goto(`${home()}/messages`);
  expect(await words(page)).toContain('خدمة معروضة عليك');
});

test('a degree awarded at home is offered to be recognised abroad to whoever wanted that there, until it is taken back', async () => {
  const yousif = await createWalker(browser, federation, async () => undefined);
  const { page, send } = yousif;
  const { nationalId } = federation.person('yousif');
  await signIn(yousif, abroad(), 'yousif');
  await page.check('[name="wish-degree-awarded"]');
  await send('/offers/wishes', 'button >> nth=0');
  const watches = async () => {
    const { database } = federation.running.get('bh')!.operatorNeeds;
    const { rows } = await sql<{ count: string }>`select count(*) from events.watches where removed_at is null`.execute(
      database.db,
    );
    return Number(rows[0]!.count);
  };
  await expect.poll(watches).toBe(2);
  await announce('bh', 'moe', 'degree-awarded', nationalId, { awarded_on: today() });
  await expect.poll(() => offered(page, abroad()), { interval: 500 }).toBe(1);
  await press(page, 'a[href^="/offers/"]');
  const offerUrl = page.url();
  await send('/answer', '[value=not-now]');
  expect(await words(page)).toContain('أجّلت هذا العرض');
  await announce('bh', 'moe', 'life-event-withdrawn', nationalId, {
    event_type: 'degree-awarded',
    happened_on: today(),
  });
  const standing = async () => {
    await page.goto(offerUrl);
    return words(page);
  };
  await expect.poll(standing, { interval: 500 }).toContain('سحبت ما سجّلته');

  // Who wants it no more is asked about no more.
  await page.goto(`${abroad()}/offers/wishes`);
  await page.uncheck('[name="wish-degree-awarded"]');
  await send('/offers/wishes', 'button >> nth=0');
  await expect.poll(watches).toBe(0);
  await page.context().close();
});

test('work and a residence that begin in another state are answered with offers there, to a resident whose record is linked', async () => {
  const { page, send } = walker;
  await signIn(walker, abroad(), 'fatima');
  await page.check('[name="wish-employment-started"]');
  await send('/offers/wishes', 'button >> nth=0');
  const started = { started_on: today(), employer: 'شركة الواحة لتقنية المعلومات', sector: 'private' };
  const record = '2310462177';
  await expect(announce('sa', 'insurance', 'employment-started', record, started)).rejects.toMatchObject({
    code: 'person-unknown',
  });
  await page.goto(`${abroad()}/linking`);
  await send('/linking/begin');
  await send('/consent', '[value=allow]');
  await press(page, 'a[href*="/eid/auth/"]');
  await announce('sa', 'insurance', 'employment-started', record, started);
  expect(await offered(page, abroad())).toBe(1);
  await press(page, 'a[href^="/offers/"]');
  const seen = await words(page);
  for (const said of ['شركة الواحة لتقنية المعلومات', 'خاص', 'بدأت عملًا']) expect(seen).toContain(said);
  await send('/begin');
  const draft = page.url();
  await page.goto(`${draft}/pages/employer`);
  const chosen = page.locator('[name=employer]:checked + label');
  expect(await chosen.textContent()).toContain('شركة الواحة لتقنية المعلومات');
  await page.goto(`${draft}/pages/work`);
  expect(await page.isChecked('[name=sector][value=private]')).toBe(true);

  // Her new home is not told to the services of this state before she wants that, either.
  const moved = { started_on: today() };
  await announce('sa', 'interior', 'residence-started', record, moved);
  expect(await offered(page, abroad())).toBe(0);
  await page.goto(`${abroad()}/offers/wishes`);
  await page.check('[name="wish-residence-started"]');
  await send('/offers/wishes', 'button >> nth=0');
  await announce('sa', 'interior', 'residence-started', record, moved);
  await page.goto(`${abroad()}/`);
  await press(page, 'a[href^="/offers/"]');
  for (const said of ['بدأت الإقامة هنا', 'الاعتراف']) expect(await words(page)).toContain(said);
  await send('/begin');
  expect(new URL(page.url()).pathname).toMatch(/^\/cases\/[0-9a-f-]{36}/);
});
