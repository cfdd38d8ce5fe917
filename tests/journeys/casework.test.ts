import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import {
  apply,
  degreeAnswers,
  signIn as enter,
  type JourneyNeeds,
  waitForDocument,
} from '../../apps/federation/journey.ts';
import type { SamplePerson } from '../../apps/federation/phone.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { pdfWith } from '../../modules/cases/test/samples.ts';
import { launchBrowser, watchPage } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, press } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
const http = createHttpClient({ timeoutMs: 30_000 });
const service = () => federation.url('sa');

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'sa']), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
  await http.close();
});

type Somebody = { page: Page; context: BrowserContext; problems: string[] };
async function openBrowser(language: 'ar' | 'en'): Promise<Somebody> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const places = [federation.url('bh'), service()];
  await context.addCookies(places.map((url) => ({ name: 'lang', value: language, url })));
  const { problems } = watchPage(page, new Set(places.map((url) => new URL(url).host)));
  return { page, context, problems };
}
const send = (page: Page, action: string, button = 'button:not([name])') =>
  press(page, `form[action$="${action}"] ${button}`);
const words = async (page: Page) => (await page.textContent('main'))!;
async function signIn(page: Page, state: string, person: SamplePerson, returnTo: string): Promise<void> {
  await page.goto(`${service()}/signin?returnTo=${returnTo}`);
  await send(page, '/signin', `[value=${state}]`);
  if (page.url().includes('/eid-pages/')) await identify(page, person);
}

/** The document of the decision that counts now, once it is there. */
async function documentOf({ visitor }: JourneyNeeds, caseUrl: string): Promise<Buffer> {
  await waitForDocument(visitor, caseUrl);
  return (await visitor.open(`${caseUrl}/document.pdf`)).body;
}
async function verify(content: Buffer): Promise<{ ok: boolean; code: string }> {
  const { body } = await http.request({
    method: 'POST',
    url: `${federation.url('bh')}/api/verify`,
    headers: { 'content-type': 'application/octet-stream' },
    body: content,
  });
  return JSON.parse(body.toString('utf8'));
}

test('asked, answered in Arabic, refused, appealed, and approved with a condition by another officer', async () => {
  // Yousif studied at a distance: an officer has to look. Applying is another journey's matter, and needs no pages drawn here.
  const needs: JourneyNeeds = {
    visitor: createVisitor(http, 'ar'),
    person: federation.person('yousif'),
    homeUrl: federation.url('bh'),
    serviceUrl: service(),
    homeState: 'BH',
    serviceId: 'degree-recognition',
  };
  await enter(needs, service());
  const caseUrl = (await apply(needs, degreeAnswers)).url;
  const path = new URL(caseUrl).pathname;

  const [his, noura, majid] = [await openBrowser('ar'), await openBrowser('en'), await openBrowser('ar')];
  await signIn(noura.page, 'SA', federation.person('noura'), '/office');
  await noura.page.goto(`${service()}/office${path}`);
  await send(noura.page, '/take');
  await press(noura.page, 'a[href$="/ask"]');
  await send(noura.page, '/ask');
  expect(await words(noura.page)).toContain('Say what you ask for');
  await noura.page.check('[name=things][value=profession-in-detail]');
  await noura.page.fill('[name=paper-1-ar]', 'خطاب من جهة العمل');
  await send(noura.page, '/ask');
  expect(await words(noura.page)).toContain('Name each paper in both languages');
  await noura.page.fill('[name=paper-1-en]', 'A letter of the employer');
  await noura.page.fill('[name=paper-1-files]', '2');
  await noura.page.check('[name=kinds][value="application/pdf"]');
  await send(noura.page, '/ask');
  expect(await noura.page.locator('form[action$="/decide"]').count()).toBe(0);

  await signIn(his.page, 'BH', federation.person('yousif'), path);
  expect(await words(his.page)).toContain('تطلب الجهة منك معلومات');
  await press(his.page, 'a[href$="/request"]');
  const paper = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/pdf', buffer });
  await press(his.page, 'a[href$="/request/files/1"]');
  expect(await words(his.page)).toContain('خطاب من جهة العمل');
  await his.page.setInputFiles('[name=file]', paper('خطاب.pdf', Buffer.from('no letter at all')));
  await send(his.page, '/request/files/1', '[value=attach]');
  expect(await his.page.getAttribute('[name=file]', 'aria-invalid')).toBe('true');
  await his.page.setInputFiles('[name=file]', paper('خطاب.pdf', pdfWith()));
  await send(his.page, '/request/files/1', '[value=attach]');
  expect(await words(his.page)).toContain('خطاب');
  await his.page.setInputFiles('[name=file]', paper('ملحق.pdf', pdfWith('/A 1')));
  await send(his.page, '/request/files/1', '[value=continue]');
  expect(his.page.url()).toMatch(/\/request$/);
  await press(his.page, 'a[href$="/pages/profession"]');
  await his.page.fill('[name=profession]', 'مهندس نظم مدمجة');
  await send(his.page, '/pages/profession', 'button >> nth=0');
  expect(his.page.url()).toMatch(/\/request$/);
  await his.page.fill('[name=text]', 'أعمل على الأنظمة المدمجة في السيارات.');
  await send(his.page, '/request');
  expect(await words(his.page)).toContain('أرسلت ردك إلى الجهة');

  // She is told, wherever she is, and finds it by itself in the queue.
  await expect
    .poll(() => noura.page.goto(`${service()}/messages`).then(() => words(noura.page)))
    .toContain('News of a case of yours');
  await noura.page.goto(`${service()}/office?show=news`);
  expect(await words(noura.page)).toContain('Changed since you looked');
  await noura.page.goto(`${service()}/office${path}`);
  const answered = await words(noura.page);
  for (const shown of ['The applicant answered', 'الأنظمة المدمجة', 'Software engineer', 'مهندس نظم مدمجة'])
    expect(answered).toContain(shown);
  const letters = noura.page.locator('main a[href*="/files/"]', { hasText: 'خطاب' });
  const [download] = await Promise.all([noura.page.waitForEvent('download'), letters.first().click()]);
  expect(readFileSync(await download.path()).equals(pdfWith())).toBe(true);
  expect(answered).toContain('ملحق');
  await noura.page.goto(`${service()}/office${path}/copy`);
  expect(await words(noura.page)).toContain('A letter of the employer (2)');
  await noura.page.goto(`${service()}/office${path}`);
  await noura.page.fill('[name=note-text]', 'The university does not answer.');
  await send(noura.page, '/notes');
  // What she has written of the decision waits with the case, for her or whoever has it next.
  const half = 'لم يكن الحضور كافيًا';
  const writing = await browser.newContext({ storageState: await noura.context.storageState() });
  const desk = await writing.newPage();
  await desk.goto(`${service()}/office${path}`);
  await desk.fill('[name=words-ar]', half);
  await desk.locator('[data-keep-says]').filter({ hasText: 'is kept for you, and not sent yet' }).waitFor();
  await writing.close();
  await noura.page.goto(`${service()}/office${path}`);
  expect(await noura.page.inputValue('[name=words-ar]')).toBe(half);
  expect(await words(noura.page)).toContain('Your draft, by which nothing is decided yet');
  // Without scripts a button does the same; what was marked comes along.
  await noura.page.fill('[name=words-en]', 'Not enough of it was attended.');
  await noura.page.check('[name=point-same-person][value=done]');
  await send(noura.page, '/decide', '[formaction$="/draft"]');
  expect(noura.page.url()).toMatch(/#drafted$/);
  expect(await noura.page.inputValue('[name=words-en]')).toBe('Not enough of it was attended.');
  expect(await noura.page.isChecked('[name=point-same-person][value=done]')).toBe(true);
  // A colleague takes the case over while she writes on: nothing is recorded, and nothing that she wrote is lost.
  const [asking, deciding] = [await noura.context.newPage(), await noura.context.newPage()];
  await asking.goto(`${service()}/office${path}/ask`);
  await deciding.goto(`${service()}/office${path}`);
  await signIn(majid.page, 'SA', federation.person('majid'), `/office${path}`);
  await send(majid.page, '/take', 'button');
  expect(await majid.page.inputValue('[name=words-en]')).toBe('Not enough of it was attended.');
  expect(await words(majid.page)).toMatch(/مسودة.*نورة/);
  for (const [page, button] of [
    [noura.page, '[formaction$="/draft"]'],
    [deciding, 'button.big'],
  ] as const) {
    await page.check('[name=outcome][value=refuse]');
    await page.check('[name=reasons][value=study-mode-not-accepted]');
    await page.fill('[name=words-en]', 'Half of it was at a distance.');
    await send(page, '/decide', button);
    const refused = await words(page);
    for (const shown of ['Majid', 'Nothing of what you wrote was recorded', 'Half of it was at a distance.'])
      expect(refused).toContain(shown);
  }
  await asking.fill('[name=words-en]', 'Where did you attend?');
  await send(asking, '/ask');
  expect(await words(asking)).toMatch(/Nothing was recorded\. Majid .* has this case now/);
  expect(await asking.inputValue('[name=words-en]')).toBe('Where did you attend?');
  await asking.close();
  await deciding.close();
  await noura.page.goto(`${service()}/office${path}`);
  const inSaudi = federation.running.get('sa')!.operatorNeeds.database.db;
  const move = (by: string) =>
    sql`update identity.sessions set seen_at = seen_at + ${by}::interval`.execute(inSaudi).then(() => undefined);
  await send(noura.page, '/take', 'button');
  // She is called away for so long that her session lapses: the press decides nothing, and what she wrote waits as her draft.
  await noura.page.check('[name=outcome][value=refuse]');
  await noura.page.check('[name=reasons][value=study-mode-not-accepted]');
  await noura.page.fill('[name=words-en]', 'Written before the call.');
  await move('-31 minutes');
  await send(noura.page, '/decide', 'button.big');
  await send(noura.page, '/signin', '[value=SA]');
  if (noura.page.url().includes('/eid-pages/')) await identify(noura.page, federation.person('noura'));
  await move('31 minutes');
  expect(noura.page.url()).toBe(`${service()}/office${path}`);
  expect(await words(noura.page)).toContain('Your draft, by which nothing is decided yet');
  expect(await noura.page.inputValue('[name=words-en]')).toBe('Written before the call.');
  // So does what she asks on a page of its own.
  await noura.page.goto(`${service()}/office${path}/ask`);
  await noura.page.fill('[name=words-en]', 'Where did you attend?');
  // Her new session has been moved on, too.
  await move('-62 minutes');
  await send(noura.page, '/ask');
  await send(noura.page, '/signin', '[value=SA]');
  if (noura.page.url().includes('/eid-pages/')) await identify(noura.page, federation.person('noura'));
  await move('62 minutes');
  expect(noura.page.url()).toMatch(/\/ask$/);
  expect(await words(noura.page)).toContain('not sent yet');
  expect(await noura.page.inputValue('[name=words-en]')).toBe('Where did you attend?');
  await noura.page.goto(`${service()}/office${path}`);
  await noura.page.fill('[name=words-ar]', '');
  await noura.page.fill('[name=words-en]', '');
  await noura.page.check('[name=point-heard-before-refusal][value=done]');
  await noura.page.check('[name=point-same-person][value=done]');
  await noura.page.check('[name=outcome][value=refuse]');
  await noura.page.check('[name=reasons][value=study-mode-not-accepted]');
  await send(noura.page, '/decide', 'button.big');

  await his.page.goto(caseUrl);
  expect(await words(his.page)).not.toContain('does not answer');
  const letter = await documentOf(needs, caseUrl);
  expect(await verify(letter)).toMatchObject({ ok: true, code: 'ok' });
  await press(his.page, 'a[href$="/appeal"]');
  await send(his.page, '/appeal');
  expect(await his.page.getAttribute('[name=words]', 'aria-invalid')).toBe('true');
  // He writes for so long that the session lapses: nothing of it is lost, and nothing is sent before he says so.
  await his.page.fill('[name=words]', 'حضرت نصف الدراسة في الجامعة.');
  await move('-31 minutes');
  await send(his.page, '/appeal');
  await send(his.page, '/signin', '[value=BH]');
  if (his.page.url().includes('/eid-pages/')) await identify(his.page, federation.person('yousif'));
  await move('31 minutes');
  expect(his.page.url()).toMatch(/\/appeal$/);
  expect(await words(his.page)).toContain('ولم يُرسل بعد');
  expect(await his.page.inputValue('[name=words]')).toBe('حضرت نصف الدراسة في الجامعة.');
  await send(his.page, '/appeal');
  expect(await words(his.page)).toContain('قدّمت تظلّمًا');

  // Whoever refused it has no part in the appeal.
  await noura.page.goto(`${service()}/office${path}`);
  expect(await words(noura.page)).toContain('حضرت نصف الدراسة في الجامعة.');
  await send(noura.page, '/take');
  expect(await words(noura.page)).toContain('You had a hand in this decision');
  await majid.page.goto(`${service()}/office${path}`);
  await send(majid.page, '/take');
  for (const point of await majid.page.locator('[name^=point-][value=done]').all()) await point.check();
  await send(majid.page, '/checklist', 'button');
  await press(majid.page, 'a[href$="/appeal"]');
  await majid.page.check('[name=outcome][value=approve]');
  await majid.page.check('[name=reasons][value=confirmed-after-review]');
  await majid.page.check('[name=conditions][value=supervised-year]');
  await majid.page.fill('[name=words-ar]', 'تأكدنا من حضورك.');
  await majid.page.fill('[name=words-en]', 'We confirmed your attendance.');
  await send(majid.page, '/appeal');
  expect(await words(majid.page)).toContain('ماجد');

  await his.page.goto(caseUrl);
  const approved = await words(his.page);
  for (const shown of ['بالشروط التالية', 'تأكدنا من حضورك.', 'يحلّ محل القرار', 'صدر قرار جديد'])
    expect(approved).toContain(shown);
  expect(approved).not.toMatch(/نورة|ماجد/);
  expect(await verify(await documentOf(needs, caseUrl))).toMatchObject({ ok: true, code: 'ok' });
  expect(await verify(letter)).toMatchObject({ ok: false, code: 'superseded' });

  // A supervisor keeps it longer; the person reads until when, and not why.
  await majid.page.goto(`${service()}/office${path}`);
  await press(majid.page, 'a[href$="/hold"]');
  await send(majid.page, '/hold');
  expect(await words(majid.page)).toContain('اكتب يومًا');
  await majid.page.fill('[name=reason]', 'محكمة الاستئناف، القضية 4471');
  for (const [part, value] of Object.entries({ day: '30', month: '6', year: '2031' }))
    await majid.page.fill(`[name=until-${part}]`, value);
  await send(majid.page, '/hold');
  expect(await words(majid.page)).toContain('محكمة الاستئناف');
  await his.page.goto(caseUrl);
  const kept = await words(his.page);
  expect(kept).toMatch(/تحفظ الجهة ما في هذا الطلب حتى[^.]*٢٠٣١/);
  expect(kept).not.toContain('محكمة الاستئناف');
  expect([...his.problems, ...noura.problems, ...majid.problems]).toEqual([]);
  for (const { context } of [his, noura, majid]) await context.close();
});
