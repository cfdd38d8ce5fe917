import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Look, Office, readChecked, StateDescription } from '#apps/state-node';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { memoryKeys } from '#kernel/keys';
import { createLog, silentLog } from '#kernel/log';
import { catalogueMigrations, createCatalogue } from '#modules/catalogue';
import { launchBrowser } from '#tests/support/browser';
import { openTestDatabase } from '#tests/support/database';
import { findPortOffset } from '#tests/support/ports';
import type { Draw } from '../frame.ts';
import { assetRoutes, bareFrame, buildAssets, mountPages, renderPage, renderRefusal } from '../index.ts';
import { eligibilityRoutes } from '../routes/eligibility.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const states = join(root, 'states');
const clock = fixedClock('2026-11-30T08:00:00Z');
let database: Database;
let server: ReturnType<typeof createHttpServer>;
let origin: string;
const logged: string[] = [];

// The real catalogue, its endpoints and the portal's page on one server, as a node has them; nobody can sign in here.
beforeAll(async () => {
  const state = readChecked(join(states, 'sa', 'state.json'), StateDescription);
  const offices = readChecked(join(states, 'sa', 'offices.json'), Type.Array(Office));
  const assets = await buildAssets(readChecked(join(states, 'sa', 'look.json'), Look));
  database = await openTestDatabase(catalogueMigrations);
  const port = 4_000 + (await findPortOffset('127.0.0.1'));
  origin = `http://127.0.0.1:${port}`;
  const catalogue = createCatalogue({
    database,
    clock,
    state,
    publicUrl: origin,
    servicesDir: join(root, 'services'),
    log: silentLog,
    keys: memoryKeys(),
  });
  await catalogue.start();
  const frame = { state, assets, isSample: true };
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  server = createHttpServer({
    publicUrl: origin,
    log: createLog({ name: 'test', level: 'trace', destination }),
    clock,
    identify: async () => ({ kind: 'anyone' }),
    renderProblem: (problem, facts) => renderRefusal(problem, facts, frame),
  });
  const draw: Draw = async (page, view, context, { status = 200, language, cookies } = {}) => ({
    status,
    html: renderPage(page, view, bareFrame(frame, language ?? context.language, context.facts.path)),
    ...(cookies ? { cookies } : {}),
  });
  mountContract(server, catalogue.contract, catalogue.handlers);
  mountPages(
    server,
    [...assetRoutes(assets), ...eligibilityRoutes({ state, offices, catalogue }, draw)],
    async () => `default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'`,
  );
  await server.listen({ port, host: '127.0.0.1' });
});
afterAll(async () => {
  await server?.close();
  await database?.close();
});

const at = '/services/degree-recognition/eligibility';
const ask = async (path: string, form?: Record<string, string> | string, headers: Record<string, string> = {}) => {
  const answer = await fetch(origin + path, {
    headers: { 'accept-language': 'en', accept: 'text/html', 'sec-fetch-site': 'same-origin', ...headers },
    ...(form === undefined
      ? {}
      : { method: 'POST', body: typeof form === 'string' ? form : new URLSearchParams(form) }),
  });
  return { status: answer.status, headers: answer.headers, html: await answer.text() };
};
const isChosen = (html: string, name: string, value: string) =>
  (html.match(/<input[^>]*>/g) ?? []).some((tag) =>
    [`name="${name}"`, `value="${value}"`, 'checked'].every((part) => tag.includes(part)),
  );

describe('may I apply?', () => {
  test('is asked without signing in, with nothing chosen for anybody, in both languages', async () => {
    const english = await ask(at);
    expect(english.status).toBe(200);
    expect(english.html).toContain('Which degree is it?');
    expect(english.html.match(/value="unknown"/g)).toHaveLength(6);
    expect(english.html).not.toContain('checked=""');
    expect(english.html.match(/role="radiogroup"/g)).toHaveLength(6);
    const arabic = await ask(at, undefined, { 'accept-language': 'ar' });
    expect(arabic.html).toContain('dir="rtl"');
    expect(arabic.html).toContain('هل يحق لي التقديم؟');
    expect((await ask('/services/building-permit/eligibility')).status).toBe(404);
    expect((await ask('/services/no-such-service/eligibility')).status).toBe(404);
  });

  test('each outcome is humble, says why and what helps, and keeps what was chosen', async () => {
    const clear = { identity: 'yes', recorded: 'recorded', degree: 'master', study: 'full-time', field: 'other' };
    const may = await ask(at, { ...clear, purpose: 'work' });
    expect(may.status).toBe(200);
    expect(may.headers.get('cache-control')).toBe('no-store');
    expect(may.headers.get('set-cookie')).toBeNull();
    expect(may.html).toMatch(/<title>.?It looks as if you may apply/);
    expect(may.html).toContain('This is no decision');
    expect(may.html).toContain('action="/services/degree-recognition/start"');
    expect(isChosen(may.html, 'degree', 'master')).toBe(true);
    const open = await ask(at, { ...clear, field: 'unknown' });
    expect(open.html).toContain('You may be able to have this service');
    expect(open.html).toMatch(/<a href="#field-1">[^<]+<\/a>[\s\S]*<a href="#purpose-1">/);
    expect(open.html).not.toContain('href="#degree-1"');
    expect(isChosen(open.html, 'field', 'unknown')).toBe(true);
    const officer = await ask(at, { ...clear, study: 'distance' });
    expect(officer.html).toContain('An officer looks at applications like yours');
    expect(officer.html).not.toContain('href="#purpose-1"');
    const not = await ask(at, { degree: 'diploma' }, { 'accept-language': 'ar' });
    expect(not.html).toContain('يبدو أن هذه الخدمة لا تنطبق عليك الآن');
    expect(not.html).toContain('يمكنك التقديم بشهادة بكالوريوس أو ماجستير أو دكتوراه.');
    // It never keeps anybody from applying.
    expect(not.html).toContain('action="/services/degree-recognition/start"');
    expect(not.html).toContain('btn quiet');
  });

  test('the same answers are shown in the other language, and the language stays', async () => {
    const english = await ask(at, { degree: 'diploma' });
    expect(english.html.match(/<button[^>]*name="in"[^>]*>/)?.[0]).toContain('value="ar"');
    const arabic = await ask(at, { degree: 'diploma', in: 'ar' });
    expect(arabic.html).toContain('يبدو أن هذه الخدمة لا تنطبق عليك الآن');
    expect(isChosen(arabic.html, 'degree', 'diploma')).toBe(true);
    expect(arabic.headers.get('set-cookie')).toMatch(/^lang=ar; /);
    expect((await ask(at, { degree: 'diploma', in: 'fr' })).headers.get('set-cookie')).toBeNull();
  });

  test('nothing answered, a strange option and a form of another site are refused', async () => {
    const nothing = await ask(at, {});
    expect(nothing.status).toBe(422);
    expect(nothing.html).toMatch(/role="alert"[\s\S]*<a href="#identity-1">Answer at least one question/);
    expect(nothing.html).toContain('<title>Error');
    const strange = await ask(at, { degree: 'Sara', purpose: 'work', colour: 'green' });
    expect(strange.status).toBe(422);
    expect(strange.html).toContain('bachelor, master, doctorate, diploma, unknown');
    expect(strange.html).not.toContain('Sara');
    expect(isChosen(strange.html, 'purpose', 'work')).toBe(true);
    expect((await ask(at, { degree: 'master' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(
      (await ask(at, `degree=${'x'.repeat(70_000)}`, { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(413);
  });

  test('programs ask the same, and are refused by code', async () => {
    const api = '/api/services/degree-recognition/eligibility';
    const post = async (body: unknown, path = api) => {
      const answer = await fetch(origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: answer.status, cache: answer.headers.get('cache-control'), body: await answer.json() };
    };
    const asked = (await (await fetch(origin + api)).json()) as { version: string; questions: Array<{ id: string }> };
    expect(asked.questions.map(({ id }) => id)).toEqual([
      'identity',
      'recorded',
      'degree',
      'study',
      'field',
      'purpose',
    ]);
    const told = await post({ answers: { degree: 'diploma', study: null, field: 'unknown' } });
    expect(told).toMatchObject({ status: 200, cache: 'no-store' });
    expect(told.body).toMatchObject({
      version: asked.version,
      outcome: 'may-not',
      couldSettle: [],
      reasons: [{ id: 'diploma', text: { en: expect.stringContaining('does not cover') }, whatHelps: {} }],
    });
    expect((await post({ answers: { name: 'Sara' } })).body).toMatchObject({ code: 'eligibility-question-unknown' });
    expect((await post({ answers: { degree: 'x' } })).body).toMatchObject({ code: 'eligibility-option-unknown' });
    expect((await post({ answers: { degree: [] } })).status).toBe(400);
    expect((await post({})).status).toBe(400);
    expect((await post({ answers: { degree: 'x'.repeat(5_000) } })).status).toBe(413);
    const described = await post({ answers: {} }, '/api/services/building-permit/eligibility');
    expect(described).toMatchObject({ status: 404, body: { code: 'eligibility-absent' } });
    const unknown = await post({ answers: {} }, '/api/services/no-such-service/eligibility');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'service-unknown' } });
  });

  test('nothing of an answer is in an address, in the log or in the database', async () => {
    const before = await sql<{ n: number }>`select count(*)::int as n from catalogue.search_misses`.execute(
      database.db,
    );
    expect((await ask(at, { degree: 'doctorate', field: 'regulated' })).status).toBe(200);
    expect(logged.join('')).toContain('/services/:serviceId/eligibility');
    expect(logged.join('')).not.toMatch(/doctorate|regulated|Sara/);
    const after = await sql<{ n: number }>`select count(*)::int as n from catalogue.search_misses`.execute(database.db);
    expect(after.rows).toEqual(before.rows);
  });

  test('works in a browser without scripts: chosen, posted to an address without answers, changed and asked again', async () => {
    const browser = await launchBrowser();
    const context = await browser.newContext({
      javaScriptEnabled: false,
      locale: 'en',
      viewport: { width: 390, height: 844 },
    });
    const page = await context.newPage();
    await page.goto(origin + at);
    await page.getByRole('button', { name: 'Show the result' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Answer at least one question');
    const pick = (group: string, name: string) =>
      page.getByRole('radiogroup', { name: group }).getByRole('radio', { name, exact: true }).check();
    await pick('Which degree is it?', 'Diploma below a bachelor’s degree');
    await page.getByRole('button', { name: 'Show the result' }).click();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(at);
    expect(await page.title()).toContain('does not fit you now');
    expect(await page.locator('#result').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Apply anyway' }).isVisible()).toBe(true);
    await pick('Which degree is it?', 'Doctorate');
    await page.getByRole('button', { name: 'Show the result' }).click();
    expect(await page.title()).toContain('You may be able');
    await page.getByRole('link', { name: 'Is your degree on record' }).click();
    expect(new URL(page.url()).hash).toBe('#recorded-1');
    expect(await context.cookies()).toEqual([]);
    await browser.close();
  });
});
