import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#kernel/clock';
import { silentLog } from '#kernel/log';
import { playPort, readPlayAccounts } from '../../apps/federation/payments.ts';
import { type RunningPaymentSimulator, startPaymentSimulator } from '../../apps/payment-simulator/index.ts';
import { type DegreeApp, startDegreeApp } from '../../examples/degree-app/app.ts';
import { findFlaws, launchBrowser } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, press } from './walk.ts';

// A paid service in the app of a company: the person pays on the page of the provider, and the app learns that it is paid, and no more.

let federation: TestFederation;
let app: DegreeApp;
let browser: Browser;
let simulator: RunningPaymentSimulator;
const log: string[] = [];
const service = () => federation.url('kw');

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'kw']), launchBrowser()]);
  const anchor = federation.nodes.find(({ role }) => role === 'anchor')!;
  simulator = await startPaymentSimulator({
    accounts: readPlayAccounts(federation.nodes, federation.config.dataFolder),
    ...{ host: '127.0.0.1', port: playPort(anchor.port), clock: systemClock, log: silentLog },
  });
  app = await startDegreeApp({
    port: 0,
    host: 'my-degree.kw.localhost',
    stateUrl: service(),
    anchorId: federation.running.get('kw')!.doors.anchorId,
    tier: 'sandbox',
    log: (line) => void log.push(line),
  });
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await simulator?.stop();
  await federation?.stop();
});

const main = (page: Page) => page.textContent('main');

/** Allowed, consented and filled in, without JavaScript: everything but the fee is there. */
async function prepare(page: Page): Promise<void> {
  await page.goto(`${app.appId}/`);
  await press(page, 'form[action="/start"] button');
  await press(page, 'form[action$="/signin"] [value=BH]');
  await identify(page, federation.person('fatima'));
  expect(await main(page)).toContain('معرفة رسم الطلب');
  await page.check('[name=days][value="30"]');
  await press(page, 'button[value=all]');
  await press(page, 'form[action="/consent"] button');
  await press(page, 'form[action$="/evidence"] button');
  await page.check('[value="degree-record/study_mode"]');
  await press(page, 'form[action$="/consent"] [value=allow]');
  await press(page, 'a[href*="/eid/auth/"]');
  await press(page, 'main a[href*="/app-visits/"]');
  await press(page, 'a[href^="/form/"]');
  await page.check('[name=purpose][value=work]');
  await press(page, 'main form button');
  await page.fill('[name=profession]', 'مهندسة برمجيات');
  await page.check('[name=sector][value=private]');
  await press(page, 'main form button');
  await page.fill('[name=email]', 'sample.person@example.com');
  await page.fill('[name=mobile]', '+97333123456');
  await page.check('[name=language][value=ar]');
  await press(page, 'main form button');
  await page.check('[name=declaration]');
  await press(page, 'main form button');
}

test('Fatima pays the fee of an application that an app prepared, comes back to it, and has it sent from there', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'ar' });
  await context.addCookies(['bh', 'kw'].map((id) => ({ name: 'lang', value: 'ar', url: federation.url(id) })));
  const page = await context.newPage();
  await prepare(page);
  expect(page.url()).toBe(`${app.appId}/case?next`);
  // Before it is paid the app offers no sending; were it to try, the state would refuse (402 fee-due).
  expect(await page.locator('form[action="/submit"]').count()).toBe(0);
  expect(await main(page)).toMatch(/٥٫٠٠٠|5\.000/);

  await press(page, 'form[action="/pay"] button');
  expect(page.url()).toMatch(/\/app-visits\/[0-9a-f-]{36}$/);
  const visitUrl = page.url();
  expect(await main(page)).toContain('٥٫٠٠٠');
  expect(await findFlaws(page)).toEqual([]);
  // A provider that is down is said there; nothing is lost.
  simulator.setFault('down', 1);
  await press(page, 'form[action$="/pay"] button');
  expect(await main(page)).toContain('لم يجب مزوّد الدفع');
  await page.goto(visitUrl);
  await press(page, 'form[action$="/pay"] button');
  expect(new URL(page.url()).host).toMatch(/^pay\.localhost/);
  // Giving up at the provider leads back to the page of the visit, and to the same payment from there.
  await press(page, '[value=cancel], a[href*="/cases/"]');
  expect(page.url()).toBe(visitUrl);
  await press(page, 'form[action$="/pay"] button');
  await press(page, '[value=pay]');
  expect(page.url().split('?')[0]).toBe(`${app.appId}/case`);
  expect(await main(page)).toContain('الرسم مدفوع');

  // The portal has not sent it by itself: that is the app's to do, when she says so.
  await page.goto(visitUrl);
  expect(page.url().split('?')[0]).toBe(`${app.appId}/case`);
  await press(page, 'form[action="/submit"] button');
  await vi.waitFor(
    async () => {
      await page.reload();
      expect(await page.locator('a[href="/document"]').count(), `${await main(page)} ${log.join()}`).toBe(1);
    },
    { timeout: 60_000, interval: 500 },
  );
  await vi.waitFor(() => expect(app.told.map(({ type }) => type)).toContain('payment-received'), { timeout: 60_000 });
  const [received] = app.told.filter(({ type }) => type === 'payment-received');
  expect(Object.keys(received!.data).sort()).toEqual(['authorisationId', 'caseId']);
  // Her receipt is where it always is.
  await page.goto(`${service()}/payments`);
  expect(await main(page)).toContain('مدفوع');
  expect(log.filter((line) => line.startsWith('failed'))).toEqual([]);
  await context.close();
});
