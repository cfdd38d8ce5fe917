import { parse } from 'node-html-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { createHttpServer, type HttpServer } from '#kernel/http';
import { silentLog } from '#kernel/log';
import { defineProblems, kernelProblem } from '#kernel/problem';
import { createRenderProblem } from '../frame.ts';
import { buildAssets } from '../look/assets.ts';
import type { PortalNeeds } from '../needs.ts';
import { mountPages, type PageRoute } from '../routing.ts';
import { looks, states } from './sample-states.ts';

const caseId = '01998f55-4d5e-7000-8000-0000000000c1';
const problem = defineProblems({
  'page-unknown': { status: 404, en: 'No such page.', ar: 'لا توجد صفحة كهذه.' },
  'service-for-companies': { status: 403, en: 'For companies.', ar: 'للشركات.' },
  'case-unknown': { status: 404, en: 'No such application.', ar: 'لا يوجد طلب كهذا.' },
});
const route = (method: 'GET' | 'POST', path: string): PageRoute => ({
  method,
  path,
  access: 'person',
  handle: async () => ({ html: '' }),
});
const refused = (path: string, refusal: () => Error): PageRoute => ({
  method: 'GET',
  path,
  access: 'anyone',
  handle: async () => {
    throw refusal();
  },
});

let server: HttpServer;
let origin: string;
beforeAll(async () => {
  const { code, names, formalNames } = states.SA;
  const state = { code, shortNames: names, names: formalNames, digits: 'arab', timeZone: 'Asia/Riyadh' };
  const assets = await buildAssets(looks['SA']!, looks);
  const needs = { state, assets, isSample: true } as unknown as PortalNeeds;
  server = createHttpServer({
    publicUrl: 'http://sa.localhost',
    log: silentLog,
    clock: systemClock,
    identify: async () => ({ kind: 'anyone' }),
    renderProblem: createRenderProblem(() => needs),
  });
  const routes = [
    route('GET', '/cases/:caseId'),
    route('POST', '/cases/:caseId/submit'),
    route('GET', '/cases/:caseId/pages/:pageId'),
    route('POST', '/cases/:caseId/pages/:pageId'),
    route('POST', '/cases/:caseId/pages/:page/entries/:entry'),
    route('GET', '/my-data/apps'),
    route('POST', '/my-data/apps/:authorisationId/withdraw'),
    route('GET', '/messages'),
    route('GET', '/messages/:messageId'),
    route('POST', '/messages/devices/:deviceId/remove'),
    route('POST', '/somewhere/else'),
    refused('/cases/:caseId/refused', () => problem('page-unknown')),
    refused('/cases/:caseId/nobody', () => problem('case-unknown')),
    refused('/wallet/:credentialId', () => kernelProblem('not-found')),
    refused('/services/:serviceId', () => kernelProblem('not-found')),
    refused('/services/:serviceId/start', () => problem('service-for-companies')),
  ];
  mountPages(server, routes, async () => "default-src 'none'");
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
  origin = `http://127.0.0.1:${port}`;
});
afterAll(() => server?.close());

const headers = { accept: 'text/html', 'accept-language': 'ar', 'sec-fetch-site': 'same-origin' };

describe('a form that arrives after the session has ended', () => {
  test.each([
    ['of a page of the same address', `/cases/${caseId}/pages/contact`, `/cases/${caseId}/pages/contact`],
    ['below its page', `/cases/${caseId}/submit`, `/cases/${caseId}`],
    ['some parts below its page', `/cases/${caseId}/pages/children/entries/2`, `/cases/${caseId}/pages/children`],
    ['with a number in the middle', `/my-data/apps/${caseId}/withdraw`, '/my-data/apps'],
    ['that looks like another page', `/messages/devices/${caseId}/remove`, '/messages'],
    ['without any page', '/somewhere/else', '/'],
  ])('%s leads by the sign-in to a page that is there', async (_which, path, back) => {
    const answer = await fetch(origin + path, {
      method: 'POST',
      headers,
      body: new URLSearchParams(),
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/signin?returnTo=${encodeURIComponent(back)}`);
  });
});

describe('a refusal shows the way on', () => {
  test.each([
    ['to the application that it is about', `/cases/${caseId}/refused`, `/cases/${caseId}`, 'العودة إلى الطلب'],
    ['to the own applications, where there is no such application', `/cases/${caseId}/nobody`, '/cases', 'طلباتي'],
    ['to the list of the same things', `/wallet/${caseId}`, '/wallet', 'محفظتي'],
  ])('%s', async (_where, path, href, words) => {
    const answer = await fetch(origin + path, { headers });
    expect(answer.status).toBe(404);
    const way = parse(await answer.text()).querySelector(`main .acts a[href="${href}"]`);
    expect(way?.text).toBe(words);
  });

  test('to where one chooses for whom one acts, where that mends it', async () => {
    const page = parse(await (await fetch(`${origin}/services/none/start`, { headers })).text());
    expect(page.querySelector('main .acts a[href="/acting"]')?.text).toBe('النيابة عن الآخرين');
  });

  test('and only to what has to do with it', async () => {
    const page = parse(await (await fetch(`${origin}/services/none`, { headers })).text());
    expect(page.querySelectorAll('main .acts a').map((link) => link.getAttribute('href'))).toEqual(['/', '/services']);
  });

  test.each(['__proto__', 'constructor'])('and nowhere from an address that begins with %s', async (area) => {
    const answer = await fetch(`${origin}/${area}/x`, { headers });
    expect(answer.status).toBe(404);
    const page = parse(await answer.text());
    expect(page.querySelectorAll('main .acts a').map((link) => link.getAttribute('href'))).toEqual(['/', '/services']);
  });
});
