import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { checkServices, exportService } from '../../apps/cli/services.ts';
import { apply, type JourneyNeeds, signIn, waitForDocument } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { findFlaws, findLatinWords, launchBrowser } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { enterEditor, press } from './walk.ts';

const root = join(import.meta.dirname, '..', '..');
const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
let browser: Browser;
const at = (path: string) => `${federation.url('sa')}${path}`;

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['sa']), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
  await http.close();
});

const enter = (person: string, language: 'ar' | 'en') => enterEditor(browser, federation, person, language);
const words = async (page: Page) => (await page.textContent('main'))!;
const send = (page: Page, action: string, value?: string) =>
  press(page, `form[method=post][action$="${action}"] button${value ? `[value="${value}"]` : ''}`);
const fill = async (page: Page, texts: Record<string, string>) => {
  for (const [name, text] of Object.entries(texts)) await page.fill(`[name="${name}"]`, text);
};

test('two officials make a service that no folder has; somebody finds it, applies and is decided, and its folder is complete', async () => {
  const { page, problems } = await enter('noura', 'ar');
  await press(page, 'main a[href="/office/new-service"]');
  // What is missing is said, and what was typed stands there.
  await fill(page, { id: 'School bus', ar: 'النقل المدرسي', en: 'School transport', days: '٤' });
  await send(page, '/new-service');
  expect(await words(page)).toContain('لا يصلح اسمًا مختصرًا لخدمة');
  expect(await page.inputValue('[name=ar]')).toBe('النقل المدرسي');
  await page.fill('[name=id]', 'school-transport');
  await page.selectOption('[name=purpose]', 'school-enrolment');
  await page.selectOption('[name=theme]', 'education');
  await page.check('[name=lifeEvents][value=study-abroad]');
  await page.check('[name=audience][value=citizen]');
  await page.check('[name=channels][value=online]');
  await page.check('[name=assurance][value=substantial]');
  const flawsOf = async (names: string[] = []) => [...(await findFlaws(page)), ...(await findLatinWords(page, names))];
  expect(await flawsOf(['parking', 'permit', 'SAR', 'School', 'bus'])).toEqual([]);
  await send(page, '/new-service');
  const draft = page.url();
  expect(draft).toMatch(/\/office\/drafts\/[0-9a-f-]{36}$/);
  // What is missing is named as the pages name it, and leads to where it is written.
  for (const missing of ['الملخص', 'من يحق له', 'عنوان النظام'])
    expect(await words(page)).toMatch(new RegExp(`${missing}.{0,3}: النص العربي فارغ`));
  expect(await flawsOf(['Decision'])).toEqual([]);
  expect(await page.locator('form[action$="/submit"]').count()).toBe(0);

  // Texts, and what the service is.
  await press(page, 'li:has-text("الملخص") a');
  expect(page.url()).toBe(`${draft}/texts/service`);
  await fill(page, {
    'ar.summary': 'حجز مقعد في حافلة المدرسة.',
    'en.summary': 'A seat on the school bus.',
    'ar.outcome': 'تصريح بمقعد في الحافلة.',
    'en.outcome': 'A permit for a seat on the bus.',
    'ar.whoMayApply': 'كل من له طفل في مدرسة.',
    'en.whoMayApply': 'Whoever has a child at school.',
    'ar.requirements.0.why': 'لنعرف من يتقدم.',
    'en.requirements.0.why': 'To know who applies.',
    'ar.legalBasis.0.title': 'نظام النقل المدرسي',
    'en.legalBasis.0.title': 'The law on school transport',
  });
  await send(page, '/texts/service');
  await page.goto(`${draft}/facts`);
  await fill(page, { 'keywords-ar': 'حافلة المدرسة\nباص', 'keywords-en': 'school bus', valid: '1', renew: '30' });
  await page.selectOption('[name="valid.unit"]', 'Y');
  await page.selectOption('[name="renew.unit"]', 'D');
  expect(await flawsOf()).toEqual([]);
  await send(page, '/facts', 'save');
  expect(await page.inputValue('[name=valid]')).toBe('1');
  await page.goto(`${draft}/evidence`);
  await page.check('[name="e.person-identity.nationality"][value=none]');
  await send(page, '/evidence', 'save');
  expect(await words(page)).toContain('لا يثبت هذا الإثبات شيئًا');
  expect(await flawsOf()).toEqual([]);

  // Questions of every sort that takes more than a line.
  const add = async (kind: string, texts: Record<string, string>) => {
    await page.goto(`${draft}/form`);
    await page.selectOption('[name=add]', kind);
    await press(page, 'form[method=get] button:has-text("اختيار النوع")');
    await fill(page, texts);
    await page.selectOption('[name="new-at"]', 'page/contact');
  };
  await add('number', {
    'new-id': 'distance',
    'new-ar': 'كم كيلومترًا تبعد المدرسة؟',
    'new-en': 'How far is the school, in kilometres?',
  });
  await page.check('[name="new-required"]');
  await send(page, '/form', 'add-question');
  await add('look-up', { 'new-id': 'school', 'new-ar': 'المدرسة', 'new-en': 'School' });
  await page.selectOption('[name="new.register"]', 'schools');
  await send(page, '/form', 'add-question');
  await add('file', { 'new-id': 'photo', 'new-ar': 'صورة الطفل', 'new-en': 'Photo of the child' });
  await page.check('[name="new.accept"][value="image/png"]');
  await send(page, '/form', 'add-question');
  await add('group', {
    'new-id': 'children',
    'new-ar': 'من يركب الحافلة؟',
    'new-en': 'Who takes the bus?',
    'new.entry-ar': 'طفل',
    'new.entry-en': 'Child',
    'new.first-id': 'name',
    'new.first-ar': 'الاسم',
    'new.first-en': 'Name',
  });
  await send(page, '/form', 'add-question');
  expect(await words(page)).toContain('من يركب الحافلة؟');

  // A page that only some are asked: from two numbers and what the home state says, joined line by line.
  await fill(page, {
    'page-id': 'more',
    'page-ar': 'لماذا',
    'page-en': 'Why',
    'first-id': 'why',
    'first-ar': 'لماذا تركب؟',
  });
  await page.fill('[name="first-en"]', 'Why do you take the bus?');
  await send(page, '/form', 'add-page');
  const why = page.locator('form:has([name=question][value=why])');
  const line = async (number: number, subject: string, comparison: string, values: string) => {
    await page.goto(`${draft}/form`);
    if (!(await why.isVisible())) await page.locator('summary', { hasText: 'why' }).click();
    await why.locator(`[name="why.when.${number}"]`).selectOption(subject);
    await why.locator(`[name="why.test.${number}"]`).selectOption(comparison);
    await why.locator(`[name="why.is.${number}"]`).fill(values);
    if (number === 1) await why.locator('[name="why.required"]').check();
    await press(page, 'form:has([name=question][value=why]) button[value=save]');
  };
  await line(1, 'answers.distance', 'between', '٥');
  expect(await words(page)).toContain('أو عددين كل واحد في سطر');
  await line(1, 'answers.distance', 'between', '٥\n٤');
  expect(await words(page)).toContain('لا يتحقق شرطه في أي حال');
  await line(1, 'answers.distance', 'between', '٥\n١٠');
  await line(2, 'evidence.person-identity.nationality', 'is', 'SA');
  expect(await why.locator('[name="why.test.1"]').inputValue()).toBe('between');
  expect(await why.locator('[name="why.when.2"]').inputValue()).toBe('evidence.person-identity.nationality');
  expect(await why.locator('[name="why.join.3"]').count()).toBe(1);

  // Reasons, what the rules read, and the rows.
  const reasons = ['far', 'enough', 'too', 'near'];
  await page.goto(`${draft}/reasons`);
  await fill(page, { 'new-id': 'far-enough', 'new-ar': 'المدرسة بعيدة.' });
  await page.selectOption('[name="new-outcome"]', 'approve');
  await send(page, '/reasons', 'save');
  expect(await words(page)).toContain('اكتب السبب الجديد بالعربية وبالإنجليزية');
  await page.fill('[name="new-en"]', 'The school is far.');
  await send(page, '/reasons', 'save');
  await fill(page, { 'new-id': 'too-near', 'new-ar': 'المدرسة قريبة.', 'new-en': 'The school is near.' });
  await page.selectOption('[name="new-outcome"]', 'refuse');
  await send(page, '/reasons', 'save');
  expect(await flawsOf(reasons)).toEqual([]);
  await page.goto(`${draft}/inputs`);
  await page.selectOption('[name=value]', 'answers.distance');
  await send(page, '/inputs', 'save');
  expect(await words(page)).toContain('كم كيلومترًا تبعد المدرسة؟');
  expect(await flawsOf(['distance', 'Decision', ...reasons])).toEqual([]);
  await page.goto(`${draft}/rules/Decision`);
  for (const row of [2, 3]) {
    await send(page, '/rules/Decision', 'add');
    await fill(page, { [`t.${row}.1`]: row === 2 ? '[2..10]' : '< 2' });
    const [outcome, reason] = row === 2 ? ['approve', 'far-enough'] : ['refuse', 'too-near'];
    await fill(page, { [`r.${row}.1`]: `"${outcome}"`, [`r.${row}.2`]: `"${reason}"`, [`r.${row}.3`]: `"${reason}"` });
    await send(page, '/rules/Decision', 'save');
  }
  // The row for everybody goes to the end.
  await send(page, '/rules/Decision', 'down:1');
  await send(page, '/rules/Decision', 'down:2');
  expect(await page.inputValue('[name="t.3.1"]')).toBe('-');

  // Examples: one for each outcome.
  const example = async (
    id: string,
    distance: string,
    outcome: string,
    reason: string,
    more: Record<string, string> = {},
  ) => {
    await page.goto(`${draft}/tests/new`);
    await fill(page, {
      ...{ id, ar: 'حالة', en: 'A case', date: '2026-11-29', 'a.email': 'x@example.org', 'a.declaration': 'yes' },
      ...{ 'e.person-identity.full_name_ar': 'سارة', 'e.person-identity.full_name_latin': 'Sara' },
      ...{
        'e.person-identity.birth_date': '1990-01-01',
        'e.person-identity.nationality': 'SA',
        'a.distance': distance,
      },
      ...more,
    });
    if (id !== 'far') await page.fill('[name=pages]', 'contact\nchildren\nphoto\nschool\ndeclaration');
    await page.check(`[name=outcome][value=${outcome}]`);
    await page.check(`[name=reasons][value=${reason}]`);
    await send(page, '/tests/new', 'save');
    expect(await words(page), id).toContain('ناجحة');
  };
  await example('far', '5', 'approve', 'far-enough', {
    'a.why': 'بعيدة',
    'a.photo': 'photo.png',
    'a.children.1.name': 'مريم',
    'a.school.code': 'S-1',
    'a.school.ar': 'مدرسة',
    'a.school.en': 'A school',
  });
  await page.goto(draft);
  expect(await words(page)).toContain('لا حالة اختبار تعطي السبب');
  await example('near', '1', 'refuse', 'too-near');
  await example('very-far', '11', 'review', 'officer-decides');

  // What the document shows, and a ready-made look.
  await page.goto(`${draft}/shown`);
  await page.check('[name=document][value="answers.distance"]');
  await page.uncheck('[name=document][value="answers.email"]');
  await send(page, '/shown', 'save');
  expect(await flawsOf()).toEqual([]);
  for (const look of ['letter', 'sheet', 'certificate']) {
    await page.goto(`${draft}/template`);
    await send(page, '/template', `look:${look}`);
    expect(await page.locator('figure.sheet img').count(), look).toBe(2);
  }
  await page.goto(draft);
  expect(await words(page)).toContain('لا ملاحظات، وكل حالات الاختبار ناجحة');
  expect(await flawsOf(['school', 'transport', 'school-transport', 'Decision'])).toEqual([]);
  await send(page, '/submit');

  // Nobody finds it before a second official agrees.
  const visitor = createVisitor(http, 'en');
  const looked = async () => (await visitor.open(at('/services?q=school+bus'))).html.querySelector('main')!.text;
  expect(await looked()).not.toContain('School transport');
  const majid = await enter('majid', 'en');
  await press(majid.page, 'main a[href="/office/services/school-transport"]');
  await majid.page.goto(draft);
  expect(await words(majid.page)).toContain('What was written since it was begun');
  expect(await words(majid.page)).toContain('The school is near.');
  await send(majid.page, '/publish');
  expect(await words(majid.page)).toContain('Published');
  expect(await looked()).toContain('School transport');

  // Somebody applies, and the rule decides.
  const sara: JourneyNeeds = {
    ...{ visitor, person: federation.person('sara'), homeUrl: at(''), serviceUrl: at('') },
    ...{ homeState: 'SA', serviceId: 'school-transport' },
  };
  await signIn(sara, at(''));
  const decided = await apply(sara, {
    contact: { email: 'sara@example.org', distance: '6' },
    more: { why: 'Far' },
    declaration: { declaration: 'yes' },
  });
  expect(decided.html.querySelector('main')!.text).toContain('The school is far.');
  expect((await visitor.open(`${decided.url}/copy`)).html.text).toContain('Why do you take the bus?');
  await waitForDocument(visitor, decided.url);

  // As a folder it is complete, by the same check as every other.
  const services = mkdtempSync(join(tmpdir(), 'services-'));
  for (const file of ['vocabulary.json', 'synonyms.json']) cpSync(join(root, 'services', file), join(services, file));
  const { config } = federation;
  const cli = { root, dataFolder: config.dataFolder, nodeUrl: undefined, language: 'en' as const };
  const folder = join(services, 'school-transport');
  expect(
    await exportService(cli, ['school-transport', folder, '--node', join(config.dataFolder, 'sa', 'node.json')]),
  ).toBe(0);
  expect(await checkServices(cli, folder)).toBe(0);
  rmSync(services, { recursive: true });
  expect([...problems, ...majid.problems]).toEqual([]);
});
