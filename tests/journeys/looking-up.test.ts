import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNodeConfig, startNode } from '#apps/state-node';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import type { Officer, Person } from '#modules/cases';
import { launchBrowser } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, type Language, press } from './walk.ts';

// Questions that are answered from a public register of the state: a browser without scripts, and programs by the API.

const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let caseId: string;
const at = () => federation.url('sa');
const database = () => federation.running.get('sa')!.operatorNeeds.database;
const cases = () => federation.running.get('sa')!.doors.cases;
const main = async () => (await page.textContent('main'))!.replace(/\s+/g, ' ');

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'sa']), launchBrowser()]);
  context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  await speak('ar');
  await page.goto(`${at()}/signin?returnTo=/services/gcc-school-enrolment`);
  await press(page, 'form[action$="/signin"] [value=BH]');
  await identify(page, federation.person('fatima'));
  await press(page, 'form[action$="/start"] button');
  caseId = new URL(page.url()).pathname.split('/')[2]!;
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
  await http.close();
});

const speak = (language: Language) =>
  context.addCookies([federation.url('bh'), at()].map((url) => ({ name: 'lang', value: language, url })));
const pageUrl = (id: string, of = caseId) => `${at()}/cases/${of}/pages/${id}`;
const search = async (words: string) => {
  await page.fill('[name=words]', words);
  await press(page, 'form[action*="/search"] button');
};
const goOn = () => press(page, '[name=then][value=continue]');

/** Pictures for whoever looks at them; what everybody has to be able to read is tried on the examples of the portal. */
async function look(name: string, language: Language): Promise<void> {
  const folder = process.env['PICTURES'];
  for (const width of folder ? [390, 1280] : []) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${folder}/${name}-${language}-${width}.png`, fullPage: true });
  }
}

type Answered = { status: number; json: Record<string, unknown> };
const api = async (path: string, method: 'GET' | 'POST' | 'PUT', data?: unknown, of = caseId): Promise<Answered> => {
  const cookie = (await context.cookies(at())).map(({ name, value }) => `${name}=${value}`).join('; ');
  const { status, body } = await http.request({
    method,
    url: `${at()}/api/cases${of === '' ? '' : `/${of}`}${path}`,
    headers: { cookie, ...(data === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(data === undefined ? {} : { body: JSON.stringify(data) }),
  });
  return { status, json: JSON.parse(body.toString('utf8')) as Record<string, unknown> };
};
const save = async (school: unknown) => {
  const { status, json } = await api('/answers/school', 'PUT', { school });
  return { status, ...json };
};

describe.each([
  {
    language: 'ar' as const,
    words: 'ابن خلدون ابتداييه',
    results: '6 نتائج',
    title: 'أي مدرسة تفضّل للطفل؟',
    shown: 'مدرسة ابن خلدون الابتدائية',
  },
  {
    language: 'en' as const,
    words: 'IBN khaldun prim',
    results: '6 results',
    title: 'Which school would you like for the child?',
    shown: 'Ibn Khaldun Primary School',
  },
])('in a browser without scripts, in $language', ({ language, words, results, title, shown }) => {
  test('a school is found by name, told from its namesakes, kept and shown in the language of the page', async () => {
    await speak(language);
    await page.goto(pageUrl('school'));
    expect(await page.textContent('h1')).toBe(`${title}`);
    await search(words);
    expect(await main()).toContain(results.replace('6', language === 'ar' ? '٦' : '6'));
    await look('register-found', language);
    const jeddah = page.locator('.opt', { hasText: language === 'ar' ? 'جدة' : 'Jeddah' });
    expect(await jeddah.count()).toBe(1);
    await jeddah.locator('input[type=radio]').check();
    await goOn();
    expect(page.url()).toContain('/pages/siblings');
    await page.goto(`${at()}/cases/${caseId}/check`);
    expect(await main()).toContain(shown);
    await page.goto(pageUrl('school'));
    expect(await page.isChecked('input[value="P-1101"]')).toBe(true);
  });

  test('what is found is paged through, and a search in the other language finds the same', async () => {
    await page.goto(pageUrl('school'));
    await search(language === 'ar' ? 'Farabi' : 'الفارابى');
    await press(page, 'form.acts[action*="/search"] button[name=at]');
    expect(await page.locator('.opt').count()).toBe(11);
    expect(await page.inputValue('main form.acts input[name=words]')).toContain(
      language === 'ar' ? 'Farabi' : 'الفارابى',
    );
    await search('zzz');
    expect(await main()).toContain(language === 'ar' ? 'اكتب كلمات أقل' : 'Write fewer words');
    await look('register-nothing', language);
  });
});

describe('a program', () => {
  test('searches, sends a code, and is given the register’s own names for it', async () => {
    const found = await api('/questions/school/look-up', 'POST', { words: 'النور ثانويه الرياض', language: 'ar' });
    expect(found.json).toMatchObject({
      total: 1,
      entries: [{ code: 'S-1004', en: 'Al Noor Secondary School' }],
    });
    expect(await save({ code: 'S-1004', ar: 'هراء', en: 'Forged' })).toMatchObject({ status: 200, saved: true });
    const { json } = await api('', 'GET');
    const answers = json['answers'] as Array<{ questionId: string }>;
    expect(answers.find(({ questionId }) => questionId === 'school')).toMatchObject({
      value: { ar: 'مدرسة النور الثانوية', en: 'Al Noor Secondary School' },
      entry: { code: 'S-1004', ar: 'مدرسة النور الثانوية', en: 'Al Noor Secondary School' },
    });
  });

  test('names the university of another state at which somebody wants to study on', async () => {
    const own = String((await api('', 'POST', { serviceId: 'degree-recognition' }, '')).json['id']);
    expect((await api('/answers/purpose', 'PUT', { purpose: 'study' }, own)).json).toMatchObject({ saved: true });
    const words = { words: 'gulf science KUWAIT', language: 'en' };
    const { json } = await api('/questions/university/look-up', 'POST', words, own);
    expect(json).toMatchObject({ total: 1, entries: [{ code: 'gust.edu.kw', note: { en: 'State of Kuwait' } }] });
    const saved = await api('/answers/study', 'PUT', { university: 'gust.edu.kw' }, own);
    expect(saved.json).toMatchObject({ saved: true });
  });

  test('gets a coded refusal for whatever is no code of this register', async () => {
    for (const [value, code] of [
      ['P-9999', 'not-in-register'],
      // Of another register.
      ['E-2001', 'not-in-register'],
      ['%', 'not-in-register'],
      ['P-100_', 'not-in-register'],
      ["P-1001' or '1'='1", 'not-in-register'],
      ['x'.repeat(10_000), 'not-in-register'],
      ['\u202eP-1001', 'characters-refused'],
      [{ code: ['P-1001'] }, 'wrong-form'],
      [['P-1001', 'P-1002'], 'wrong-form'],
      // This question takes nothing that is in no register.
      [':unlisted', 'not-in-register'],
      [{ unlisted: 'My own school' }, 'not-in-register'],
    ] as const) {
      const answer = await save(value);
      expect(answer, JSON.stringify(value).slice(0, 40)).toMatchObject({
        status: 200,
        saved: false,
        errors: [{ code }],
      });
    }
    const asked = async (body: object, question = 'school') => {
      const { status, json } = await api(`/questions/${question}/look-up`, 'POST', body);
      return { status, ...json };
    };
    expect(await asked({ words: 'x'.repeat(10_000) })).toMatchObject({ status: 400 });
    expect(await asked({ words: '%' })).toMatchObject({ status: 200, total: 0 });
    expect(await asked({ words: '\u202e\u2066' })).toMatchObject({ status: 200, total: 0 });
    for (const question of ['city', 'nothing', '__proto__'])
      expect(await asked({ words: 'x' }, question)).toMatchObject({ status: 404, code: 'question-unknown' });
    expect(await asked({ words: 'noor', page: 0 })).toMatchObject({ status: 400 });
  });
});

const rest = {
  work: { sector: 'private', 'started-day': '1', 'started-month': '9', 'started-year': '2026', wage: '14500' },
  contract: {},
  sharing: { share: 'yes' },
  declaration: { declaration: 'yes' },
};

/** Somebody's application for cover, filled in but not sent. */
async function fill(employer: Record<string, string>): Promise<{ person: Person; id: string }> {
  const person: Person = { personId: newId(), homeState: 'BH', level: 'high' };
  const { id } = await cases().startCase(person, 'social-insurance-extension');
  const providerState = 'BH';
  await cases().recordEvidence(person, id, [
    {
      evidenceType: 'person-identity',
      providerState,
      values: { full_name_ar: 'يوسف', full_name_latin: 'Yousif', birth_date: '1994-11-03', nationality: 'BH' },
    },
    { evidenceType: 'pension-record', providerState, values: { membership: 'active', checked_on: '2026-11-29' } },
  ]);
  for (const [pageId, posted] of Object.entries({ employer, ...rest }))
    expect((await cases().saveAnswers(person, id, pageId, posted)).errors).toEqual([]);
  return { person, id };
}

describe('sending', () => {
  const officer: Officer = { personId: newId(), officeId: 'insurance', name: 'Abeer', roles: ['reviewer'] };

  test('what is in no register goes to an officer, who reads it as unconfirmed', async () => {
    const { person, id } = await fill({ employer: ':unlisted', 'employer-unlisted': 'ورشة الحي القديم' });
    await cases().submitCase(person, id);
    const seen = await cases().getCaseForOfficer(officer, id);
    expect(seen.findings.map(({ reason }) => reason)).toEqual(['employer-unconfirmed']);
    expect(seen.answers.find(({ questionId }) => questionId === 'employer')).toMatchObject({
      value: {
        ar: 'ورشة الحي القديم (ليس في السجل، وغير مؤكد)',
        en: 'ورشة الحي القديم (not in the register, unconfirmed)',
      },
      entry: { ar: 'ورشة الحي القديم', en: 'ورشة الحي القديم' },
    });
    const named = await fill({ employer: 'E-2001' });
    await cases().submitCase(named.person, named.id);
    const confirmed = await cases().getCaseForOfficer(officer, named.id);
    expect(confirmed.findings.map(({ reason }) => reason)).toEqual(['insured-at-home']);
  });

  test('what has left the register meanwhile is not sent, and the page that it is on is named', async () => {
    const { person, id } = await fill({ employer: 'E-2014' });
    await sql`delete from registry_employers.employers where employer_no = 'E-2014'`.execute(database().db);
    await expect(cases().submitCase(person, id)).rejects.toMatchObject({
      code: 'look-up-gone',
      params: { pageId: 'employer' },
    });
    expect((await cases().saveAnswers(person, id, 'employer', { employer: 'E-2013' })).errors).toEqual([]);
    expect((await cases().submitCase(person, id)).state).toBe('submitted');
  });
});

describe('a register that does not answer', () => {
  const rename = (table: string, to: string) =>
    sql`alter table registry_schools.${sql.id(table)} rename to ${sql.id(to)}`.execute(database().db);

  test('goes on from what was read; when nothing was, the page says so, the draft is kept, and it works again once it is back', async () => {
    await rename('schools', 'away');
    await page.goto(pageUrl('school'));
    await search('Noor');
    expect(await page.locator('input[type=radio]').count()).toBeGreaterThan(5);

    // A node that starts now has read nothing.
    await federation.running.get('sa')!.stop();
    const { configFile } = federation.nodes.find(({ id }) => id === 'sa')!;
    federation.running.set('sa', await startNode(readNodeConfig(configFile)));
    for (const language of ['ar', 'en'] as const) {
      await speak(language);
      await page.goto(pageUrl('school'));
      expect(await main()).toContain(
        language === 'ar' ? 'السجل لا يستجيب الآن' : 'The register does not answer right now',
      );
      await look('register-silent', language);
    }
    expect(await save('P-1001')).toMatchObject({ saved: false, errors: [{ code: 'register-silent' }] });
    expect((await api('/questions/school/look-up', 'POST', { words: 'noor' })).status).toBe(503);
    // What was chosen before stays, and the other pages are there.
    await goOn();
    expect(page.url()).toContain('/pages/siblings');
    await page.goto(pageUrl('contact'));
    expect(await page.locator('[name=email]').count()).toBe(1);

    await rename('away', 'schools');
    await expect.poll(() => save('P-1001'), { interval: 500 }).toMatchObject({ saved: true });
  });
});

test('a short register is shown whole, with a place for what is not in it', async () => {
  await page.goto(`${at()}/services/social-insurance-extension`);
  await press(page, 'form[action$="/start"] button');
  const own = new URL(page.url()).pathname.split('/')[2]!;
  for (const language of ['en', 'ar'] as const) {
    await speak(language);
    await page.goto(pageUrl('employer', own));
    expect(await page.locator('[type=search][name=words]').count()).toBe(0);
    await page.check('input[value=":unlisted"]');
    await goOn();
    expect(await page.textContent('.summary')).toContain(
      language === 'ar' ? 'اكتب الاسم الذي لم تجده' : 'Write the name that you did not find',
    );
    await look('register-whole', language);
  }
  await page.fill('[name=employer-unlisted]', 'ورشة الحي');
  await goOn();
  expect(page.url()).toContain('/pages/work');
});
