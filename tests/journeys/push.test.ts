import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPushService } from '../../modules/notifications/test/push-service.ts';
import { findFlaws, findViolations, launchBrowser, readAxe } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, press } from './walk.ts';

// The service worker runs in Chromium, registered under the policy that the node serves, and gets what the node encrypted as a real push event.
// A Chromium without the network has no push service, and one without a screen shows no notices (`Notification.permission` is denied whatever
// was granted): what `PushManager.subscribe` gives, and the two calls with which the worker shows and opens, are the test's.

let states: string;
let service: Awaited<ReturnType<typeof startPushService>>;
let federation: TestFederation;
let browser: Browser;
const home = () => federation.url('bh');

beforeAll(async () => {
  service = await startPushService();
  states = mkdtempSync(join(tmpdir(), 'jisr-states-'));
  cpSync(join(import.meta.dirname, '..', '..', 'states'), states, { recursive: true });
  const file = join(states, 'bh', 'notifications.json');
  const push = { contact: 'mailto:portal@bh.example', hosts: [service.url] };
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), push }));
  [federation, browser] = await Promise.all([
    startTestFederation(['bh'], (id) => ({ stateFolder: join(states, id) })),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
  await service?.stop();
  rmSync(states, { recursive: true, force: true });
});

const settings = () => `${home()}/messages/settings`;

async function signedIn(language: 'ar' | 'en', hasScript = true): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled: hasScript });
  await context.addCookies([{ name: 'lang', value: language, url: home() }]);
  await context.grantPermissions(['notifications'], { origin: home() });
  const page = await context.newPage();
  await page.goto(`${home()}/signin?returnTo=/messages/settings`);
  await press(page, 'form[action="/signin"] [value=BH]');
  await identify(page, federation.person('fatima'));
  await page.goto(settings());
  return { context, page };
}

const allowNotices = (page: Page) =>
  page.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
  });

/** Each page asks a browser of the test's push service for the subscription. */
async function stubPushManager(page: Page): Promise<void> {
  await page.exposeFunction('subscribeForTest', (serverKey: string) => service.subscribe(serverKey));
  await allowNotices(page);
  await page.addInitScript(() => {
    const base64url = (bytes: ArrayBuffer) =>
      btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
    type Stub = { subscribeForTest(key: string): Promise<{ endpoint: string; p256dh: string; auth: string }> };
    PushManager.prototype.getSubscription = async () => null;
    PushManager.prototype.subscribe = async (options) => {
      const key = base64url((options!.applicationServerKey as Uint8Array<ArrayBuffer>).buffer);
      const { endpoint, ...keys } = await (window as unknown as Stub).subscribeForTest(key);
      return { toJSON: () => ({ endpoint, keys }) } as unknown as PushSubscription;
    };
  });
}

async function check(page: Page, name: string): Promise<void> {
  const folder = process.env['PICTURES'];
  if (folder) mkdirSync(folder, { recursive: true });
  const axe = await readAxe();
  for (const language of ['ar', 'en']) {
    await page.context().addCookies([{ name: 'lang', value: language, url: home() }]);
    await page.goto(settings());
    expect([...(await findViolations(page, axe)), ...(await findFlaws(page))], `${name} ${language}`).toEqual([]);
    for (const width of folder ? [390, 1280] : []) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${folder}/${name}-${language}-${width}.png`, fullPage: true });
    }
  }
}

/** Hands a message to the browser's own worker as its push service would. */
async function deliver(session: CDPSession, registrationId: string, payload: object): Promise<void> {
  const data = JSON.stringify(payload);
  await session.send('ServiceWorker.deliverPushMessage', { origin: home(), registrationId, data });
}

type Watched = { seen: unknown[][] };

/** In the worker: writes down what would be shown and opened. */
function watchWorker(): void {
  const seen: unknown[][] = [];
  Object.assign(globalThis, { seen });
  type Prototyped = Record<'ServiceWorkerRegistration' | 'Clients', { prototype: object }>;
  const { ServiceWorkerRegistration, Clients } = globalThis as unknown as Prototyped;
  const note = async (...said: unknown[]) => void seen.push(said);
  Object.assign(ServiceWorkerRegistration.prototype, { showNotification: note });
  Object.assign(Clients.prototype, { openWindow: note });
}

/** In the worker: what the browser announces when a notice is pressed. */
function pressNotice(link: string): void {
  const { ExtendableEvent } = globalThis as unknown as { ExtendableEvent: typeof Event };
  const notification = { data: link, close: () => undefined };
  dispatchEvent(Object.assign(new ExtendableEvent('notificationclick'), { notification }));
}

test('Fatima turns notices on in her browser; its worker shows, in her language, what the node encrypted, and she takes it away', async () => {
  const { context, page } = await signedIn('ar');
  expect(await page.locator('[data-push-without]').count()).toBe(0);
  await stubPushManager(page);
  await page.goto(settings());
  const session = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) resolve(registrations[0].registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const refusals: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Content-Security-Policy/.test(message.text())) refusals.push(message.text());
  });
  await press(page, 'form[data-push] button');
  expect(page.url()).toBe(`${settings()}?done=device`);
  expect(await page.textContent('main')).toContain('فُعّلت الإشعارات في هذا المتصفح');
  expect(await page.locator('form[action$="/remove"]').count()).toBe(1);
  // Chromium has the worker, at the root, and the policy of our pages let it.
  const scope = await page.evaluate(async () => {
    const { scope: at, active } = await navigator.serviceWorker.ready;
    return [at, new URL(active!.scriptURL).pathname];
  });
  expect([scope, refusals]).toEqual([[`${home()}/`, '/push-worker.js'], []]);
  await check(page, 'devices');

  // A second browser is added: the first is told, by the node's own way out.
  await page.goto(settings());
  await press(page, 'form[data-push] button');
  await expect.poll(() => service.got.length).toBe(1);
  const payload = service.read(service.got[0]!);
  expect(payload).toMatchObject({ language: 'ar', direction: 'rtl', title: expect.stringContaining('البحرين') });
  expect(new URL(payload['link']!).origin).toBe(home());
  const registrationId = await registered;
  const worker = context.serviceWorkers()[0]!;
  await worker.evaluate(watchWorker);
  await deliver(session, registrationId, payload);
  const seen = () => worker.evaluate(() => (globalThis as unknown as Watched).seen);
  const { title, body, link, tag } = payload;
  await expect.poll(seen).toEqual([[title, { body, lang: 'ar', dir: 'rtl', tag, data: link }]]);
  // Pressed, it opens the message; an address elsewhere opens nothing.
  await worker.evaluate(pressNotice, 'https://elsewhere.example/');
  await worker.evaluate(pressNotice, link!);
  await expect.poll(seen).toEqual([expect.anything(), [link]]);

  await page.goto(settings());
  await press(page, 'form[action$="/remove"] button');
  expect(await page.textContent('main')).toContain('no more notices come there');
  expect(await page.locator('main form[action^="/messages/devices/"]').count()).toBe(1);

  // Signed out everywhere: the other goes too.
  await page.goto(`${home()}/my-data/sign-ins`);
  await press(page, 'main form[action$="/all/end"] button');
  await context.close();
  const { page: later } = await signedIn('en', false);
  expect(await later.locator('main form[action^="/messages/devices/"]').count()).toBe(0);
  // Without JavaScript the page says what that means, and shows no button that does nothing.
  expect(await later.locator('form[data-push]').isVisible()).toBe(false);
  expect(await later.textContent('main')).toContain('needs JavaScript');
  await later.context().close();
});

test('a browser that refuses, and one whose push service is not reached, are told what that means', async () => {
  const { context, page } = await signedIn('en');
  // This Chromium shows no notices; nothing is stubbed.
  expect(await page.locator('[data-push-says]').textContent()).toContain('may not show notices');
  expect(await page.locator('form[data-push] button').isDisabled()).toBe(true);
  await allowNotices(page);
  await page.reload();
  await page.locator('form[data-push] button').click();
  await expect.poll(() => page.locator('[data-push-says]').textContent()).toContain('could not turn notices on');
  expect(await page.locator('main form[action^="/messages/devices/"]').count()).toBe(0);
  await context.close();
});
