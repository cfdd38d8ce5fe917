import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { versionOf } from '#modules/catalogue';
import { exportService } from '../../apps/cli/services.ts';
import { apply, degreeAnswers, giveEvidence, type JourneyNeeds, signIn } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { findFlaws, findLatinWords, launchBrowser } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { enterEditor, press } from './walk.ts';

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
  press(page, `form[action$="${action}"] button${value ? `[value="${value}"]` : ''}`);

test('two officials change a service: texts, a rule and its test case, a preview, differences, the next version', async () => {
  const { cases, catalogue, ledger } = federation.running.get('sa')!.doors;
  const someone = { personId: newId(), homeState: 'BH', level: 'substantial' };
  const before = (await catalogue.getService('degree-recognition')).version;
  const running = await cases.startCase(someone, 'degree-recognition');
  // Sara has begun and given evidence when the next version comes.
  const sara: JourneyNeeds = {
    visitor: createVisitor(http, 'en'),
    person: federation.person('sara'),
    homeUrl: at(''),
    serviceUrl: at(''),
    homeState: 'SA',
    serviceId: 'degree-recognition',
  };
  await signIn(sara, sara.serviceUrl);
  await sara.visitor.open(`${sara.serviceUrl}/services/${sara.serviceId}`);
  const begun = (await sara.visitor.submit('/start')).url;
  await giveEvidence(sara);

  const noura = await enter('noura', 'ar');
  await press(noura.page, 'main a[href="/office/services/degree-recognition"]');
  await send(noura.page, '/degree-recognition/draft');
  const draft = noura.page.url();
  expect(draft).toMatch(/\/office\/drafts\/[0-9a-f-]{36}$/);

  // Texts side by side; a problem stands beside its field, in Arabic, and what was written is kept.
  await noura.page.goto(`${draft}/texts/service`);
  const majid = await enter('majid', 'en');
  await majid.page.goto(`${draft}/texts/service`);
  await noura.page.fill('[name="ar.title"]', '');
  await noura.page.fill('[name="en.title"]', 'Recognition of a degree from the Gulf');
  await send(noura.page, '/texts/service');
  expect(await noura.page.textContent('fieldset.wrong .err')).toContain('النص العربي فارغ');
  await noura.page.fill('[name="ar.title"]', 'معادلة شهادة خليجية');
  await send(noura.page, '/texts/service');
  expect(await noura.page.locator('fieldset.wrong').count()).toBe(0);

  // The second editor is told what changed, and has lost nothing.
  await majid.page.fill('[name="en.summary"]', 'Have a degree of another Gulf state recognised.');
  await send(majid.page, '/texts/service');
  expect(await words(majid.page)).toContain('Somebody changed the draft since you looked');
  expect(await words(majid.page)).toContain('معادلة شهادة خليجية');
  expect(await majid.page.inputValue('[name="en.summary"]')).toBe('Have a degree of another Gulf state recognised.');
  expect(await majid.page.inputValue('[name="en.title"]')).toBe('Recognition of a degree from the Gulf');

  // A rule: a diploma goes to an officer. The test case that meant otherwise says so until it is changed too.
  await noura.page.goto(`${draft}/rules/Findings`);
  const diploma = noura.page.locator('tr', { has: noura.page.locator('input[value=\'"diploma"\']') });
  await diploma.locator('input[name^="r."]').first().fill('"perhaps');
  await send(noura.page, '/rules/Findings', 'save');
  expect(await words(noura.page)).toContain('ليست FEEL سليمة');
  await noura.page
    .locator('tr', { has: noura.page.locator('.err') })
    .locator('input[name^="r."]')
    .first()
    .fill('"review"');
  await send(noura.page, '/rules/Findings', 'save');
  await noura.page.goto(`${draft}/tests/diploma`);
  expect(await words(noura.page)).toContain('غير ناجحة');
  await noura.page.check('[name=outcome][value=review]');
  await send(noura.page, '/tests/diploma', 'save');
  expect(await words(noura.page)).toContain('ناجحة');
  // Another outcome has to be reached somewhere: no case ends in a refusal any more.
  await noura.page.goto(draft);
  expect(await words(noura.page)).toContain('لا حالة اختبار تنتهي إلى');
  expect(await noura.page.locator('form[action$="/submit"]').count()).toBe(0);
  await noura.page.goto(`${draft}/texts/reasons`);
  await noura.page.goto(`${draft}/rules/Findings`);
  await diploma.locator('input[name^="r."]').first().fill('"refuse"');
  await send(noura.page, '/rules/Findings', 'save');
  await noura.page.goto(`${draft}/tests/diploma`);
  await noura.page.check('[name=outcome][value=refuse]');
  await send(noura.page, '/tests/diploma', 'save');

  // Fee and time, and how the form is built.
  await noura.page.goto(`${draft}/terms`);
  await noura.page.fill('[name=days]', '٩');
  await send(noura.page, '/terms', 'save');
  expect(await noura.page.inputValue('[name=days]')).toBe('9');
  await noura.page.goto(`${draft}/form`);
  await noura.page.fill('[name="new-id"]', 'branch');
  await noura.page.fill('[name="new-ar"]', 'في أي فرع تود الاستلام؟');
  await noura.page.fill('[name="new-en"]', 'At which branch will you collect it?');
  await noura.page.selectOption('[name="new-at"]', 'page/contact');
  await send(noura.page, '/form', 'add-question');
  expect(await words(noura.page)).toContain('في أي فرع تود الاستلام؟');

  // What people are asked before they apply: a hint for a question, its words, and an example that means otherwise for a while.
  await noura.page.goto(`${draft}/eligibility`);
  await noura.page.check('[name="hint.degree"]');
  await send(noura.page, '/eligibility', 'save');
  await noura.page.goto(`${draft}/texts/eligibility`);
  await noura.page.fill('[name="ar.questions.2.hint"]', 'كما كُتبت في شهادتك.');
  await noura.page.fill('[name="en.questions.2.hint"]', 'As your certificate says.');
  await send(noura.page, '/texts/eligibility');
  await noura.page.goto(`${draft}/eligibility-tests/clear`);
  await noura.page.check('[name=outcome][value=maybe]');
  await send(noura.page, '/eligibility-tests/clear', 'save');
  expect(await words(noura.page)).toContain('غير ناجحة');
  await noura.page.check('[name=outcome][value=may]');
  await send(noura.page, '/eligibility-tests/clear', 'save');
  await noura.page.goto(`${draft}/rules/Conditions`);
  await noura.page.locator('input[name^="t."][value=\'"diploma"\']').fill('"diploma", "other"');
  await send(noura.page, '/rules/Conditions', 'save');
  await noura.page.goto(`${draft}/preview/eligibility`);
  await noura.page.check('[name=degree][value=diploma]');
  await send(noura.page, '/eligibility#result');
  expect(await words(noura.page)).toContain('لا تشمل الخدمة الدبلوم');

  // The draft is walked through by the portal's own pages, with the evidence of a test case.
  await noura.page.goto(`${draft}/preview`);
  await noura.page.selectOption('#test', { index: 1 });
  await noura.page.check('#fill');
  await send(noura.page, '/evidence');
  await noura.page.goto(`${draft}/preview/pages/contact`);
  expect(await words(noura.page)).toContain('في أي فرع تود الاستلام؟');
  await noura.page.goto(`${draft}/preview/outcome`);
  expect(await words(noura.page)).toContain('قبول فوري');

  for (const [official, pages] of [
    [
      noura,
      [
        '',
        '/texts/form',
        '/rules/Findings',
        '/form',
        '/tests/clear',
        '/preview',
        '/eligibility',
        '/rules/Conditions',
        '/eligibility-tests/clear',
        '/preview/eligibility',
      ],
    ],
  ] as const)
    for (const path of pages) {
      await official.page.goto(draft + path);
      expect(await findFlaws(official.page), path).toEqual([]);
      expect(await findLatinWords(official.page, ['FEEL']), path).toEqual([]);
    }

  await noura.page.goto(draft);
  await send(noura.page, '/submit');
  expect(await words(noura.page)).toContain('تنتظر من ينشرها أو يعيدها');

  // The publisher sees every difference and every result, sends it back once, and publishes.
  await majid.page.goto(draft);
  const seen = await words(majid.page);
  expect(seen).toContain('Question added');
  expect(seen).toContain('Recognition of a degree from the Gulf');
  expect(seen).toContain('Passes');
  expect(seen).toContain('As your certificate says.');
  expect(seen).toContain('"diploma", "other"');
  await send(majid.page, '/return');
  expect(await words(majid.page)).toContain('Write what has to be changed');
  await majid.page.fill('[name=why]', 'The branch is not needed.');
  await send(majid.page, '/return');
  await noura.page.goto(`${draft}/form`);
  await noura.page.locator('summary', { hasText: 'branch' }).click();
  await press(noura.page, 'form:has([name=question][value=branch]) button[value=remove]');
  await noura.page.goto(draft);
  expect(await words(noura.page)).toContain('The branch is not needed.');
  await send(noura.page, '/submit');
  await majid.page.goto(draft);
  await send(majid.page, '/publish');
  expect(await words(majid.page)).toContain('Published');

  const after = await catalogue.getService('degree-recognition');
  expect(after.version).not.toBe(before);
  expect(after.definition.title.ar).toBe('معادلة شهادة خليجية');
  expect((await cases.getMyCase(someone, running.id)).serviceTitle.ar).not.toBe('معادلة شهادة خليجية');
  const other = await cases.startCase({ ...someone, personId: newId() }, 'degree-recognition');
  expect(other.serviceVersion).toBe(after.version);
  expect((await cases.getMyCase(someone, running.id)).serviceVersion).toBe(before);
  // She goes on with the form that she began, and it is decided by the rules of that day.
  expect((await sara.visitor.open(begun)).html.text).toContain('Recognition of a university degree');
  const sent = await apply(sara, degreeAnswers);
  expect(sent.url).toBe(begun);
  for (const shown of ['Recognition of a university degree', 'Recognised']) expect(sent.html.text).toContain(shown);
  expect((await ledger.statusOf()).size).toBeGreaterThan(0);
  await majid.page.goto(at(`/office/services/degree-recognition?before=${before}&after=${after.version}`));
  expect(await words(majid.page)).toContain('Recognition of a degree from the Gulf');
  // The version as a folder, for git: the same files, and therefore the same version.
  const folder = mkdtempSync(join(tmpdir(), 'exported-'));
  const { config } = federation;
  const cli = { root: '', dataFolder: config.dataFolder, nodeUrl: undefined, language: 'en' as const };
  const node = join(config.dataFolder, 'sa', 'node.json');
  expect(await exportService(cli, ['degree-recognition', folder, '--node', node])).toBe(0);
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  expect(versionOf(Object.fromEntries(files))).toBe(after.version);
  rmSync(folder, { recursive: true });
  await noura.page.goto(at('/services/degree-recognition'));
  expect(await words(noura.page)).toContain('معادلة شهادة خليجية');
  expect([...noura.problems, ...majid.problems]).toEqual([]);
});

test('an official without scripts adds files, a group and a look-up, is told what is wrong, and sees them in the preview', async () => {
  const { page, problems } = await enter('noura', 'ar');
  await press(page, 'main a[href="/office/services/gcc-school-enrolment"]');
  await send(page, '/gcc-school-enrolment/draft');
  const draft = page.url();
  const add = async (kind: string, texts: Record<string, string>, place = 'page/contact') => {
    await page.goto(`${draft}/form`);
    await page.selectOption('[name=add]', kind);
    await press(page, 'form[method=get] button:has-text("اختيار النوع")');
    for (const [name, text] of Object.entries(texts)) await page.fill(`[name="${name}"]`, text);
    await page.selectOption('[name="new-at"]', place);
  };

  // A size that is too large is refused in words, and what was typed still stands there.
  await add('file', {
    'new-id': 'photo',
    'new-ar': 'صورة الطفل',
    'new-en': 'Photo of the child',
    'new.megabytes': '٢٠',
  });
  await page.check('[name="new.accept"][value="image/png"]');
  await send(page, '/form', 'add-question');
  expect(await words(page)).toContain('أكبر حجم للملف من 0.1 إلى 10 ميغابايت');
  expect(await page.inputValue('[name="new-ar"]')).toBe('صورة الطفل');
  await page.fill('[name="new.megabytes"]', '2.5');
  await page.fill('[name="new.most"]', '2');
  await send(page, '/form', 'add-question');

  // Only registers that this state really offers can be chosen; the page says what they are called.
  await add('look-up', { 'new-id': 'later', 'new-ar': 'جامعة الأب', 'new-en': 'University of the father' });
  const offered = await page.locator('[name="new.register"] option').allTextContents();
  expect(offered.sort()).toEqual(['اختيار', 'أصحاب العمل المسجلون', 'جامعات دول المجلس', 'مدارس الدولة'].sort());
  await send(page, '/form', 'add-question');
  expect(await words(page)).toContain('اختر واحدًا من السجلات التي تتيحها هذه الدولة');
  await page.selectOption('[name="new.register"]', 'universities');
  await send(page, '/form', 'add-question');

  await add('group', {
    'new-id': 'guardians',
    'new-ar': 'من يستلم الطفل؟',
    'new-en': 'Who collects the child?',
    'new.most': '3',
    'new.entry-ar': 'شخص',
    'new.entry-en': 'Person',
    'new.first-id': 'fullName',
    'new.first-ar': 'الاسم الكامل',
    'new.first-en': 'Full name',
  });
  await send(page, '/form', 'add-question');
  await add('phone', { 'new-id': 'reach', 'new-ar': 'رقم هاتفه', 'new-en': 'Telephone' }, 'group/guardians');
  await send(page, '/form', 'add-question');
  // A question of a page moves into the group, and out of it again.
  const card = (id: string) => page.locator(`form:has([name=question][value=${id}])`);
  await page.locator('summary', { hasText: 'email' }).first().click();
  await card('email').locator('[name="email.at"]').selectOption('group/guardians');
  await press(page, 'form:has([name=question][value=email]) button[value=save]');
  await page.locator('summary', { hasText: 'guardians' }).click();
  expect(await page.locator('[name=in][value=guardians]').count()).toBe(3);
  await page.locator('summary', { hasText: 'email' }).click();
  await card('email').locator('[name="guardians.email.at"]').selectOption('page/contact');
  await press(page, 'form:has([name=question][value=email]) button[value=save]');
  expect(await page.locator('[name=in][value=guardians]').count()).toBe(2);
  expect(await findFlaws(page)).toEqual([]);

  // The preview draws them by the portal's own pages.
  await page.goto(`${draft}/preview`);
  await page.selectOption('#test', { index: 1 });
  await page.check('#fill');
  await send(page, '/evidence');
  await page.goto(`${draft}/preview/pages/photo`);
  expect(await page.getAttribute('input[type=file]', 'accept')).toContain('image/png');
  expect(await words(page)).toContain('صورة الطفل');
  await page.goto(`${draft}/preview/pages/guardians/entries/new`);
  expect(await words(page)).toContain('رقم هاتفه');
  await page.goto(`${draft}/preview/pages/later`);
  expect(await words(page)).toContain('جامعة الأب');

  // It cannot be submitted before test cases answer them, and the differences say what they are.
  await page.goto(draft);
  const seen = await words(page);
  expect(seen).toContain('أنواع الملفات المقبولة: صورة PNG، أكبر حجم للملف: 2.5 ميغابايت، أكثر عدد من الملفات: 2');
  expect(seen).toContain('الاسم الكامل، رقم هاتفه');
  expect(await page.locator('form[action$="/submit"]').count()).toBe(0);
  const test = await page.locator('a[href*="/tests/"]').first().getAttribute('href');
  await page.goto(at(test!));
  await page.fill('[name="a.photo"]', 'photo.png');
  await page.fill('[name="a.guardians.1.fullName"]', 'منى أحمد');
  await page.fill('[name="a.guardians.1.reach"]', '+966501234567');
  await page.fill('[name="a.later.code"]', 'ksu.edu.sa');
  await page.fill('[name="a.later.ar"]', 'جامعة الملك سعود');
  await page.fill('[name="a.later.en"]', 'King Saud University');
  await page.fill(
    '[name=pages]',
    ['stage', 'school', 'siblings', 'reports', 'contact', 'guardians', 'later', 'photo', 'declaration'].join('\n'),
  );
  await send(page, test!, 'save');
  expect(await words(page)).toContain('ناجحة');
  expect(await page.inputValue('[name="a.guardians.1.fullName"]')).toBe('منى أحمد');
  await page.goto(draft);
  // One press throws nothing away.
  expect(await page.isVisible('form[action$="/discard"] button')).toBe(false);
  await page.locator('details:has(form[action$="/discard"]) > summary').click();
  await send(page, '/discard');
  expect(problems).toEqual([]);
});

test('the look of a document is drawn while it is written, refused with its line, and published by another', async () => {
  const { catalogue } = federation.running.get('sa')!.doors;
  const noura = await enter('noura', 'ar');
  await noura.page.goto(at('/office/services/degree-recognition'));
  await send(noura.page, '/degree-recognition/draft');
  const draft = noura.page.url();
  const page = noura.page;
  await page.goto(`${draft}/template`);
  expect(await page.locator('figure img[src^="data:image/svg+xml"]').count()).toBe(2);
  const source = await page.inputValue('[name=source]');
  const submit = async (text: string, value: 'try' | 'save') => {
    await page.fill('[name=source]', text);
    await send(page, '/template', value);
    return words(page);
  };

  // What cannot be set is said with its line, stays in the page, and is not saved.
  const faulty = `${source}\n#nobody(data.title)`;
  const line = faulty.split('\n').length;
  const refused = await submit(faulty, 'save');
  expect(refused).toContain(`السطر ${line}، العمود 2: unknown variable: nobody`);
  expect(refused).toContain('#nobody(data.title)');
  expect(await page.inputValue('[name=source]')).toBe(faulty);
  expect(await submit(`#import "@preview/cetz:0.2.2"\n${source}`, 'save')).toContain('السطر 1: لا تُستعمل «import»');
  expect(await submit('#let x = range(100000000)\n#x.len()', 'try')).toContain('وقتًا أو ذاكرة');
  await page.goto(`${draft}/template`);
  expect(await page.inputValue('[name=source]')).toBe(source);

  // Drawn without being saved; then saved; the PDF is of what is saved.
  const greener = source.replace('#1f7a4f', '#0a5c36');
  expect(await submit(greener, 'try')).toContain('ما كتبته، ولم يُحفظ بعد');
  expect(await page.locator('figure img').count()).toBe(2);
  expect(await submit(greener, 'save')).toContain('حُفظت المسودة');
  expect(await findFlaws(page)).toEqual([]);
  const pdf = await page.evaluate(
    async (address) => (await (await fetch(address)).text()).slice(0, 5),
    `${draft}/template/document.pdf?case=clear`,
  );
  expect(pdf).toBe('%PDF-');
  await page.goto(draft);
  const seen = await words(page);
  expect(seen).toContain('#let accent = rgb("#1f7a4f")');
  expect(seen).toContain('#let accent = rgb("#0a5c36")');
  await send(page, '/submit');
  // Whoever changed it does not publish it; another does.
  const majid = await enter('majid', 'en');
  await majid.page.goto(draft);
  await send(majid.page, '/publish');
  expect(await words(majid.page)).toContain('Published');
  expect((await catalogue.getService('degree-recognition')).template).toContain('#0a5c36');
  expect([...noura.problems, ...majid.problems]).toEqual([]);
});

test('a service is paused by page, says so to people, lets those who began go on, and is resumed', async () => {
  const { cases } = federation.running.get('sa')!.doors;
  const begun = { personId: newId(), homeState: 'BH', level: 'substantial' };
  const late = { ...begun, personId: newId() };
  const { id } = await cases.startCase(begun, 'degree-recognition');
  const majid = await enter('majid', 'ar');
  await majid.page.goto(at('/office/services/degree-recognition'));
  await majid.page.fill('[name=reasonAr]', 'يُنقل سجل الشهادات إلى نظام جديد.');
  await send(majid.page, '/pause');
  expect(await words(majid.page)).toContain('لم تُوقف الخدمة');
  expect(await majid.page.inputValue('[name=reasonAr]')).toBe('يُنقل سجل الشهادات إلى نظام جديد.');
  expect(await findFlaws(majid.page)).toEqual([]);
  await majid.page.fill('[name=reasonEn]', 'The register of degrees moves to a new system.');
  await send(majid.page, '/pause');
  expect(await words(majid.page)).toContain('لا تستقبل طلبات جديدة الآن');

  const visitor = createVisitor(http, 'en');
  const page = (await visitor.open(at('/services/degree-recognition'))).body.toString('utf8');
  expect(page).toContain('moves to a new system');
  expect(page).not.toContain('degree-recognition/start');
  await expect(cases.startCase(late, 'degree-recognition')).rejects.toMatchObject({ code: 'service-paused' });
  expect((await cases.startCase(begun, 'degree-recognition')).id).toBe(id);

  // Sara asks to be told when it opens: where she has to sign in first she comes back to the page, and it stands with what is kept of her.
  expect((await visitor.submit('/opening')).url).toContain(
    `returnTo=${encodeURIComponent('/services/degree-recognition')}`,
  );
  const person = federation.person('sara');
  await signIn(
    { visitor, person, homeUrl: at(''), serviceUrl: at(''), homeState: 'SA', serviceId: 'degree-recognition' },
    at(''),
  );
  const heard = async (path: string) => (await visitor.open(at(path))).html.querySelector('main')!.text;
  await visitor.open(at('/services/degree-recognition'));
  expect((await visitor.submit('/opening')).html.text).toContain('You will be told when it opens');
  expect(await heard('/my-data')).toContain('What you will be told of when it opens');
  await visitor.submit('/my-data/openings/degree-recognition/stop');
  expect(await heard('/my-data')).not.toContain('told of when it opens');
  await visitor.open(at('/services/degree-recognition'));
  await visitor.submit('/opening');

  await majid.page.goto(at('/office/services/degree-recognition'));
  await send(majid.page, '/resume');
  expect((await cases.startCase(late, 'degree-recognition')).state).toBe('draft');
  await federation.running.get('sa')!.doors.offers.tellOpened();
  expect(await heard('/messages')).toContain('You can apply now');
  await visitor.open(
    new URL(visitor.current().html.querySelector('main a[href^="/messages/0"]')!.getAttribute('href')!, at('')).href,
  );
  expect(visitor.current().html.text).toContain('No day on which it closes has been said.');
  expect(visitor.current().html.querySelector('main a[href="/services/degree-recognition"]')).not.toBeNull();
  expect(await heard('/my-data')).not.toContain('told of when it opens');

  // A season: until when one can apply is read before it ends, and taken back where it was wrong.
  await majid.page.fill('[name=reasonAr]', 'ينتهي موسم التقديم.');
  await majid.page.fill('[name=reasonEn]', 'The season for applying ends.');
  const closes = new Date(Date.now() + 40 * 86_400_000).toISOString();
  await majid.page.fill('[name=from]', `${closes.slice(0, 10)} 08:00`);
  await send(majid.page, '/pause');
  expect(await words(majid.page)).toContain('إيقاف معلن');
  const season = (await visitor.open(at('/services/degree-recognition'))).body.toString('utf8');
  expect(season).toContain('You can begin an application until');
  expect(season).toContain('degree-recognition/start');
  await send(majid.page, '/resume');
  expect(await words(majid.page)).not.toContain('إيقاف معلن');
  expect(majid.problems).toEqual([]);
  await majid.context.close();
});
