import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { type DegreeApp, startDegreeApp } from '../../examples/degree-app/app.ts';
import { scopes } from '../../examples/degree-app/membership.ts';
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

// An outside party's app at its own address: nothing of it runs on a node, and no node was told of it beforehand.

const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
let app: DegreeApp;
let browser: Browser;
let walker: Walker;
const refusals: string[] = [];

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
  app = await startDegreeApp({
    port: 0,
    host: 'my-degree.sa.localhost',
    stateUrl: federation.url('sa'),
    anchorId: federation.running.get('sa')!.doors.anchorId,
    tier: 'sandbox',
    log: (line) => void refusals.push(line),
  });
  browser = await launchBrowser();
  const axe = await readAxe();
  walker = await createWalker(browser, federation, async ({ name, language, page }) => {
    const found: string[] = [];
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      for (const { rule, target } of await findViolations(page, axe)) found.push(`${rule} ${target}`);
    }
    found.push(...(await findFlaws(page)), ...(await findSidewaysScroll(page)));
    // What developers read are the names of standards.
    if (language === 'ar' && name !== 'developers') found.push(...(await findLatinWords(page)));
    const folder = process.env['PICTURES'];
    for (const width of folder ? [390, 1280] : []) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${folder}/${name}-${language}-${width}.png`, fullPage: true });
    }
    expect(found, `${name} in ${language}`).toEqual([]);
  });
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await federation?.stop();
  await http.close();
});

test('a degree is recognised in the app of a company: the person allows it, consents at home, and holds a sealed document', async () => {
  const { page, show, send } = walker;
  await page.goto(`${app.appId}/`);
  await press(page, 'form[action="/start"] button');
  // Who the person is, the state finds out; what the app may do, the person says on the state's own page.
  await send('/signin', '[value=BH]');
  await identify(page, federation.person('fatima'));
  await page.waitForURL(/\/apps\/allow\//);
  await show('allow-app');
  await press(page, 'button[value=selected]');
  await show('allow-app-refused', async () => {
    await page.goto(page.url());
    await press(page, 'button[value=selected]');
  });
  await page.check('[name=days][value="30"]');
  await press(page, 'button[value=all]');
  await page.waitForURL(`${app.appId}/case`);

  await press(page, 'form[action="/consent"] button');
  await page.waitForURL(/\/app-visits\//);
  await show('app-visit');
  await send('/evidence', 'button');
  await page.check('[value="degree-record/study_mode"]');
  await send('/consent', '[value=allow]');
  await press(page, 'a[href*="/eid/auth/"]');
  await press(page, 'main a[href*="/app-visits/"]');
  await page.waitForURL(`${app.appId}/case`);

  await press(page, 'a[href^="/form/"]');
  await press(page, 'main form button');
  expect(await page.getAttribute('[name=purpose]', 'aria-invalid')).toBe('true');
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
  await press(page, 'form[action="/submit"] button');
  await vi.waitFor(
    async () => {
      await page.reload();
      expect(
        await page.locator('a[href="/document"]').count(),
        `${await page.textContent('main')} ${refusals.join()}`,
      ).toBe(1);
    },
    { timeout: 60_000, interval: 500 },
  );
  // The app gives the person the document only after the state has said that its seal holds.
  const cookie = (await walker.context.cookies(app.appId)).map(({ name, value }) => `${name}=${value}`).join('; ');
  const { headers, body } = await http.request({ method: 'GET', url: `${app.appId}/document`, headers: { cookie } });
  const [kind, head] = [headers['content-type'], body.subarray(0, 5).toString('latin1')];
  expect([kind, head]).toEqual(['application/pdf', '%PDF-']);
  await vi.waitFor(() => expect(app.told.map(({ type }) => type)).toContain('case-decided'), { timeout: 60_000 });
  expect(refusals.filter((line) => line.startsWith('failed'))).toEqual([]);
  const [decided] = app.told.filter(({ type }) => type === 'case-decided');
  expect(Object.keys(decided!.data).sort()).toEqual(['authorisationId', 'caseId']);
});

test('the developers page lists every call that an app may make, from the contracts themselves', async () => {
  const { page, show } = walker;
  await show('developers', () => page.goto(`${federation.url('sa')}/developers`));
  const words = await page.textContent('main');
  const { contracts } = federation.running.get('sa')!;
  const open = contracts.flatMap(({ endpoints }) =>
    Object.values(endpoints).filter(({ scope }) => scope !== undefined),
  );
  expect(open.length).toBeGreaterThan(10);
  expect(open.filter(({ method, path }) => !words!.includes(`${method} ${path}`))).toEqual([]);
  const { body } = await http.request({ method: 'GET', url: `${federation.url('sa')}/developers/openapi/cases.json` });
  const { paths, components } = JSON.parse(body.toString('utf8'));
  expect(paths['/api/cases/{caseId}/submit'].post.security).toEqual([{ session: [] }, { app: ['cases:write'] }]);
  expect(Object.keys(components.securitySchemes.app.flows.authorizationCode.scopes)).toContain('cases:write');
});

test('the maker sees quotas and webhooks, and has one delivered again', async () => {
  const own = await app.readOwn('/api/app');
  expect(own).toMatchObject({ tier: 'sandbox', scopes, webhookUri: `${app.appId}/webhook`, deadDeliveries: 0 });
  expect(own.quotas.every(({ calls, left }: { calls: number; left: number }) => left > 0 && left < calls)).toBe(true);
  const { deliveries } = await app.readOwn('/api/app/deliveries?state=delivered');
  const { deliveryId } = deliveries.find(({ type }: { type: string }) => type === 'case-decided');
  const before = app.told.length;
  app.told.splice(0);
  await app.readOwn(`/api/app/deliveries/${deliveryId}/replay`, 'POST');
  await vi.waitFor(() => expect(app.told.map(({ id }) => id)).toEqual([deliveryId]), { timeout: 60_000 });
  expect(before).toBeGreaterThan(1);
});

test('the person sees which app may do what, and takes it back: its next call is refused', async () => {
  const { page, show, send } = walker;
  await show('my-apps', () => page.goto(`${federation.url('sa')}/my-data/apps`));
  await send('/withdraw', 'button');
  expect(await page.locator('main form').count()).toBe(0);
  await page.goto(`${app.appId}/case`);
  expect(await page.locator('[role=alert]').textContent()).toContain('رمز الوصول غير صالح');
  await vi.waitFor(() => expect(app.told.map(({ type }) => type)).toContain('authorisation-ended'), {
    timeout: 60_000,
  });
});

test('whoever is suspended at home is represented by no app anywhere, within seconds', async () => {
  const { page } = walker;
  await page.goto(`${app.appId}/`);
  await press(page, 'form[action="/start"] button');
  await page.check('[name=days][value="1"]');
  await press(page, 'button[value=all]');
  await page.waitForURL(`${app.appId}/case`);
  expect(await page.locator('form[action="/consent"]').count()).toBe(1);
  const { persons, suspendPerson } = federation.running.get('bh')!.doors.identity;
  const fatima = await persons.findByNationalId(federation.person('fatima').nationalId);
  await suspendPerson(fatima!.personId, 'misuse');
  await vi.waitFor(
    async () => {
      await page.reload();
      expect(await page.locator('[role=alert]').count()).toBe(1);
    },
    { timeout: 60_000, interval: 500 },
  );
});

test('a suspended app is out within a minute: people are asked nothing, and its own calls are refused', async () => {
  const { federation: door } = federation.running.get('sa')!.doors;
  await door.decideMember({ entityId: app.appId, outcome: 'suspend', reason: 'misleads people' });
  await vi.waitFor(async () => expect(await app.readOwn('/api/app').catch(() => 'refused')).toBe('refused'), {
    timeout: 60_000,
    interval: 1_000,
  });
  const { page } = walker;
  await page.goto(`${app.appId}/`);
  await press(page, 'form[action="/start"] button');
  expect(page.url()).toBe(`${app.appId}/start`);
});
