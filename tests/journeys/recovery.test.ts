import { generate } from 'otplib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import { takeOneTimeCode } from '../../apps/federation/one-time-codes.ts';
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

async function open(language: 'ar' | 'en') {
  const walker = await createWalker(browser, federation, async () => {});
  await walker.context.addCookies([home(), service()].map((url) => ({ name: 'lang', value: language, url })));
  return walker;
}

async function chooseHome(page: Page, at: string, path: string): Promise<void> {
  await page.goto(`${at}/signin?returnTo=${path}`);
  await press(page, 'form[action$="/signin"] [value=BH]');
}

const recoveriesOf = async (person: { nationalId: string }) => {
  const { identity, notifications } = federation.running.get('bh')!.doors;
  const { personId } = (await identity.persons.findByNationalId(person.nationalId))!;
  const caller = { kind: 'person', sessionId: newId(), personId, homeState: 'BH' };
  const { messages } = await notifications.handlers.listMessages({ caller, query: {} } as never);
  const { rows } = await sql<{
    kind: string;
  }>`select kind from ledger.entries where kind like 'recovery-%' order by entry_id`.execute(
    federation.running.get('bh')!.operatorNeeds.database.db,
  );
  return { told: messages.map(({ kind }) => kind).reverse(), entries: rows.map(({ kind }) => kind) };
};

test('one officer begins it and another one confirms; the person is warned at the next sign-in and calls it off; nothing is lost', async () => {
  const person = federation.person('fatima');
  const desk = await open('en');
  await chooseHome(desk.page, home(), '/office/recoveries');
  await identify(desk.page, federation.person('huda'));
  await expectSound(desk.page, axe, 'en', []);
  await desk.page.fill('[name=nationalId]', person.nationalId);
  await press(desk.page, 'form[action="/office/recoveries"] button');
  expect(await desk.page.textContent('[role=alert]')).toContain('which document you checked');
  await desk.page.check('[name=document][value=passport]');
  await desk.page.fill('[name=documentNumber]', 'p 4417-902');
  await desk.page.check('[name=isSame]');
  await press(desk.page, 'form[action="/office/recoveries"] button');
  const code = (await desk.page.textContent('[role=status] code'))!;
  await expectSound(desk.page, axe, 'en', []);

  const thief = await open('en');
  await thief.page.goto(`${home()}/recovery`);
  await thief.page.fill('[name=nationalId]', person.nationalId);
  await thief.page.fill('[name=code]', code);
  await thief.page.fill('[name=password]', 'three camels cross the bridge');
  await press(thief.page, 'form[action="/recovery"] button');
  expect(await thief.page.textContent('[role=alert]')).toContain('A second officer has not confirmed');

  // The same officer, at another place, in another session and under another name: still the same officer.
  const again = await open('en');
  const { persons } = federation.running.get('bh')!.doors.identity;
  const names = { ar: 'هدى ج. فخرو', en: 'H. S. Fakhro' };
  await sql`update identity.persons set name_ar = ${names.ar}, name_en = ${names.en}
    where person_id = ${(await persons.findByNationalId(federation.person('huda').nationalId))!.personId}`.execute(
    federation.running.get('bh')!.operatorNeeds.database.db,
  );
  await chooseHome(again.page, home(), '/office/recoveries');
  await identify(again.page, federation.person('huda'));
  expect(await again.page.locator('.rows a').count()).toBe(0);
  const second = await open('ar');
  await chooseHome(second.page, home(), '/office/recoveries');
  await identify(second.page, federation.person('abdulla'));
  await press(second.page, '.rows a');
  const confirming = second.page.url();
  await again.page.goto(confirming);
  expect(await again.page.textContent('[role=alert]')).toContain('You began this yourself');
  // A form that was bent to go there is refused as well.
  await again.page.evaluate(
    `document.querySelector('form[action="/office/recoveries"]').insertAdjacentHTML('beforeend', '<input name="outcome" value="confirm">');
    document.querySelector('form[action="/office/recoveries"]').action = ${JSON.stringify(confirming)};`,
  );
  await again.page.fill('[name=documentNumber]', 'P4417902');
  await again.page.check('[name=isSame]');
  await press(again.page, `form[action="${confirming}"] button`);
  expect(again.page.url()).toBe(confirming);
  expect(await again.page.textContent('[role=alert]')).toContain('You began this yourself');

  await press(second.page, 'button[value=refuse]');
  await expectSound(second.page, axe, 'ar', person.names.en.split(' '));
  await second.page.check('[name=isSame]');
  await second.page.fill('[name=documentNumber]', 'P4417903');
  await press(second.page, 'button[value=confirm]');
  expect(await second.page.textContent('[role=alert]')).toContain('ليس هذا الرقم');
  await second.page.check('[name=isSame]');
  await second.page.fill('[name=documentNumber]', 'P4417902');
  await press(second.page, 'button[value=confirm]');
  expect(second.page.url()).toBe(`${home()}/office/recoveries`);
  expect(await second.page.textContent('.rows')).toContain('أُكّدت');

  await thief.page.fill('[name=nationalId]', person.nationalId);
  await thief.page.fill('[name=code]', code);
  await thief.page.fill('[name=password]', 'three camels cross the bridge');
  await press(thief.page, 'form[action="/recovery"] button');
  expect(await thief.page.textContent('[role=alert]')).toContain('this code works from');

  const { page, context, watch } = await open('ar');
  await chooseHome(page, service(), '/cases');
  await page.fill('[name=nationalId]', person.nationalId);
  await page.fill('[name=password]', person.password);
  await press(page, 'main form button:not([name])');
  await page.fill('[name=code]', await takeOneTimeCode(home(), person.totpSecret));
  await press(page, 'main form button:not([name])');
  expect(page.url()).toContain('/recovery');
  await expectSound(page, axe, 'ar', person.names.en.split(' '));
  await press(page, 'form[action$="/recovery"] button');
  expect(page.url()).toBe(`${service()}/cases`);

  await desk.page.goto(`${home()}/office/recoveries`);
  expect(await desk.page.textContent('.rows')).toContain('Cancelled by the person');
  expect(await recoveriesOf(person)).toEqual({
    told: ['recovery-begun', 'recovery-confirmed'],
    entries: ['recovery-begun', 'recovery-confirmed', 'recovery-cancelled'],
  });
  expect([watch, desk.watch, thief.watch, again.watch, second.watch].flatMap(({ problems }) => problems)).toEqual([]);
  for (const one of [context, desk.context, thief.context, again.context, second.context]) await one.close();
});

test('whose death the register has announced is nobody to restore access for', async () => {
  const { identity, events } = federation.running.get('bh')!.doors;
  const { nationalId } = federation.person('jaber');
  const registrar = { kind: 'person', sessionId: newId(), personId: newId(), homeState: 'BH' };
  const officer = { officeId: 'interior', roles: ['registrar'] };
  const announce = async (type: string, data: object) => {
    const body = { eventId: newId(), type, nationalId, occurredAt: '2026-11-28T08:00:00Z', data };
    await events.handlers.announceEvent({ body, caller: { ...registrar, officer } } as never);
  };
  const begin = () =>
    identity.recovery
      .openAtCounter({
        nationalId,
        document: 'passport',
        documentNumber: 'P4417902',
        officer: { personId: newId(), officeId: 'interior' },
      })
      .then(
        () => 'begun',
        (error) => error.code,
      );
  await announce('person-died', { died_on: '2026-11-28' });
  expect(await begin()).toBe('person-deceased');
  await announce('life-event-withdrawn', { event_type: 'person-died', happened_on: '2026-11-28' });
  expect(await begin()).toBe('begun');
});

test.each([
  { language: 'ar', key: 'maryam' },
  { language: 'en', key: 'yousif' },
] as const)(
  'a person sets a new password and app from a page of their own, and signs in with them ($language)',
  async ({ language, key }) => {
    const person = federation.person(key);
    const known = person.names.en.split(' ');
    const { page, context, watch } = await open(language);
    await chooseHome(page, home(), '/ways');
    await identify(page, person);
    await page.fill('[name=password]', person.password);
    await page.fill('[name=code]', await takeOneTimeCode(home(), person.totpSecret));
    await press(page, 'form[action="/ways/confirm"] button');
    await press(page, 'form[action="/ways/password"] button');
    await page.fill('[name=password]', 'short');
    await press(page, 'form[action="/recovery"] button');
    await expectSound(page, axe, language, known);
    const password = 'ثلاثة جمال تعبر الجسر';
    await page.fill('[name=password]', password);
    await press(page, 'form[action="/recovery"] button');
    await expectSound(page, axe, language, known);
    const totpSecret = (await page.textContent('code'))!;
    await page.fill('[name=totp]', '000000');
    await press(page, 'form[action="/recovery/finish"] button');
    await page.fill('[name=totp]', await generate({ secret: totpSecret }));
    await press(page, 'form[action="/recovery/finish"] button');
    await expectSound(page, axe, language, known);
    // Signed out everywhere, and back in with what is new.
    await page.goto(`${home()}/ways`);
    expect(page.url()).toContain('/signin');
    await press(page, 'form[action$="/signin"] [value=BH]');
    await identify(page, { ...person, password, totpSecret });
    expect(new URL(page.url()).pathname).toBe('/ways');
    expect(watch.problems).toEqual([]);
    await context.close();
  },
  180_000,
);

test.each([
  { language: 'ar', key: 'hasan', suspended: 'أُوقفت الهوية', lifted: 'رُفع الإيقاف', already: 'فلم يتغير شيء' },
  { language: 'en', key: 'salman', suspended: 'Suspended.', lifted: 'Lifted.', already: 'nothing changed' },
] as const)(
  'a registrar suspends the identity of somebody whose card is lost, which ends their sign-in, and lifts it again ($language)',
  async ({ language, key, suspended, lifted, already }) => {
    const person = federation.person(key);
    const known = person.names.en.split(' ');
    const owner = await open(language);
    await chooseHome(owner.page, home(), '/cases');
    await identify(owner.page, person);
    expect(owner.page.url()).toBe(`${home()}/cases`);

    const desk = await open(language);
    await chooseHome(desk.page, home(), '/office/identities');
    await identify(desk.page, federation.person('huda'));
    const submit = () => press(desk.page, 'form[action="/office/identities"] button');
    const fill = async (action: 'suspend' | 'restore', reason: string) => {
      await desk.page.fill('[name=nationalId]', person.nationalId);
      await desk.page.check(`[name=action][value=${action}]`);
      await desk.page.check(`[name=reason][value=${reason}]`);
      await submit();
    };
    await submit();
    expect(await desk.page.locator('[role=alert] a').count()).toBe(3);
    await expectSound(desk.page, axe, language, []);
    await fill('suspend', 'card-lost');
    expect(await desk.page.textContent('main')).toContain(suspended);
    await expectSound(desk.page, axe, language, []);
    await fill('suspend', 'card-lost');
    expect(await desk.page.textContent('main')).toContain(already);

    await owner.page.goto(`${home()}/cases`);
    expect(new URL(owner.page.url()).pathname).toBe('/signin');
    await press(owner.page, 'form[action$="/signin"] [value=BH]');
    await owner.page.fill('[name=nationalId]', person.nationalId);
    await owner.page.fill('[name=password]', person.password);
    await press(owner.page, 'main form button:not([name])');
    expect(await owner.page.locator('[name=password], [name=code]').count()).toBe(0);
    await expectSound(owner.page, axe, language, known);

    await fill('restore', 'mistake');
    expect(await desk.page.textContent('main')).toContain(lifted);
    await chooseHome(owner.page, home(), '/cases');
    await owner.page.fill('[name=nationalId]', person.nationalId);
    await owner.page.fill('[name=password]', person.password);
    await press(owner.page, 'main form button:not([name])');
    expect(await owner.page.locator('[name=code]').count()).toBe(1);
    for (const one of [owner.context, desk.context]) await one.close();
  },
  180_000,
);
