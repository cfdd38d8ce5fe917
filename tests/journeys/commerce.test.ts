import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { apply, giveEvidence, type JourneyNeeds, signIn, waitForDocument } from '../../apps/federation/journey.ts';
import { playPort, readPlayAccounts } from '../../apps/federation/payments.ts';
import { createVisitor, everyPointDone, type Page } from '../../apps/federation/visitor.ts';
import { type RunningPaymentSimulator, startPaymentSimulator } from '../../apps/payment-simulator/index.ts';
import companies from '../../states/bh/companies.json' with { type: 'json' };
import kuwaiti from '../../states/kw/companies.json' with { type: 'json' };
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { branchAnswers as answers, chooseAt } from './acting-for.ts';

const serviceId = 'gcc-commercial-registration';
const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
let simulator: RunningPaymentSimulator;

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa', 'kw']);
  const anchor = federation.nodes.find(({ role }) => role === 'anchor')!;
  simulator = await startPaymentSimulator({
    accounts: readPlayAccounts(federation.nodes, federation.config.dataFolder),
    ...{ host: '127.0.0.1', port: playPort(anchor.port), clock: systemClock, log: silentLog },
  });
});
afterAll(async () => {
  await simulator?.stop();
  await federation?.stop();
  await http.close();
});

const words = (page: Page) => page.html.querySelector('main')?.text.replace(/\s+/g, ' ') ?? '';
const banner = (page: Page) => page.html.querySelector('aside.acting')?.text.replace(/\s+/g, ' ') ?? '';
const [coffee, pearl, oasis, northWind, harbour] = companies.companies.map(({ number, names }) => ({
  number,
  ...names,
}));

function journeyOf(key: string, at: string, language: 'ar' | 'en' = 'en'): JourneyNeeds {
  return {
    visitor: createVisitor(http, language),
    person: federation.person(key),
    homeUrl: federation.url('bh'),
    serviceUrl: federation.url(at),
    homeState: 'BH',
    serviceId,
  };
}

/** Signed in at a state once, for all tests: a one-time code serves once. */
const signedIn = new Map<string, JourneyNeeds>();
async function actFor(key: string, at: string, company: { en: string; ar: string }, language: 'ar' | 'en' = 'en') {
  const known = signedIn.get(`${key} ${at} ${language}`);
  const needs = known ?? journeyOf(key, at, language);
  if (!known) await signIn(needs, needs.serviceUrl);
  signedIn.set(`${key} ${at} ${language}`, needs);
  await chooseAt(needs, needs.serviceUrl, company[language]);
  return needs;
}

/** Everything up to the page before sending. */
async function prepare(needs: JourneyNeeds, given: Record<string, Record<string, string>>): Promise<Page> {
  const { visitor, serviceUrl } = needs;
  await visitor.open(`${serviceUrl}/services/${serviceId}`);
  let page = await visitor.submit('/start');
  page = await giveEvidence(needs);
  page = await visitor.open(
    page.html
      .querySelector('main')!
      .querySelectorAll('a')
      .find((link) => (link.getAttribute('href') ?? '').includes('/pages/'))!
      .getAttribute('href')!,
  );
  while (page.url.includes('/pages/')) {
    const pageId = page.url.split('/').at(-1)!;
    page = await visitor.submit(`/pages/${pageId}`, given[pageId] ?? {});
    if (page.status !== 200) throw new Error(words(page));
  }
  return page;
}

/** Changes a register of Bahrain, as its own office would. */
const inRegister = (statement: ReturnType<typeof sql>) =>
  federation.running.get('bh')!.operatorNeeds.database.transaction(async (tx) => {
    await statement.execute(tx);
  });

async function officerAt(key: string, at: string): Promise<JourneyNeeds> {
  const needs = { ...journeyOf(key, at), homeUrl: federation.url(at), homeState: at.toUpperCase() };
  await signIn(needs, needs.serviceUrl, '/office');
  return needs;
}
const caseIdOf = (page: Page) => /\/cases\/([0-9a-f-]{36})/.exec(page.url)![1]!;

async function take(officer: JourneyNeeds, caseId: string): Promise<Page> {
  await officer.visitor.open(`${officer.serviceUrl}/office/cases/${caseId}`);
  return officer.visitor.submit('/take');
}
const approve = (officer: JourneyNeeds) =>
  officer.visitor.submit('/decide', {
    ...everyPointDone(officer.visitor.current()),
    outcome: 'approve',
    reasons: ['confirmed-after-review'],
  });

describe('a branch in another state, registered for a company', () => {
  test('is registered at once where everything is clear; the company sees what was done in its name and holds the credential', async () => {
    const needs = await actFor('noor', 'sa', coffee!, 'ar');
    expect(banner(needs.visitor.current())).toContain(coffee!.ar);
    const page = await apply(needs, answers('cafe'));
    expect(banner(page)).toContain(coffee!.ar);
    expect(words(page)).toContain('الشركة قائمة في السجل التجاري لبلدها');
    await waitForDocument(needs.visitor, page.url);
    const pdf = (await needs.visitor.open(`${page.url}/document.pdf`)).body;
    const { body } = await http.request({
      method: 'POST',
      url: `${federation.url('kw')}/api/verify`,
      headers: { 'content-type': 'application/octet-stream' },
      body: pdf,
    });
    const report = JSON.parse(body.toString('utf8'));
    expect(report).toMatchObject({ ok: true });
    const days = (Date.parse(report.credential?.validUntil ?? report.validUntil) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBeGreaterThan(362);
    expect(Math.round(days)).toBeLessThan(368);

    // Herself, she has no such application, and the wallet that it went to is the company's.
    await needs.visitor.open(page.url);
    await needs.visitor.submit('/wallet');
    await chooseAtHome(needs, coffee!.ar);
    await needs.visitor.open(page.url);
    await needs.visitor.submit('/wallet');
    const held = await needs.visitor.submit('/wallet/offer');
    expect(words(held)).toContain(coffee!.number);

    const data = await needs.visitor.open(`${federation.url('bh')}/my-data`);
    expect(words(data)).toContain(needs.person.names.ar);
    expect(words(data)).toContain('بموافقة من ينوب عنك');
    await needs.visitor.submit('/acting/end');
    const own = await needs.visitor.open(`${federation.url('bh')}/my-data`);
    expect(words(own)).toContain('وزارة التجارة');
    expect(words(await needs.visitor.open(`${federation.url('bh')}/wallet`))).not.toContain('سجل تجاري');

    // Once for the same activity, as long as it is valid.
    const again = await actFor('noor', 'sa', coffee!);
    await prepare(again, answers('cafe'));
    const refused = await again.visitor.submit('/submit');
    expect(words(refused)).toContain('There is already application SA-');
    await again.visitor.open(`${again.serviceUrl}/cases/${caseIdOf(refused)}`);
    await again.visitor.submit('/withdraw');
  });

  test('is registered for some of its activities: the officer decides each, and the company reads which and why', async () => {
    const needs = await actFor('noor', 'sa', coffee!, 'ar');
    const wanted = answers('tourism');
    const page = await apply(needs, {
      ...wanted,
      activity: { ...wanted.activity, furtherActivities: ['software', 'health'] },
      declaration: { ...wanted.declaration, share: 'yes' },
    });
    const officer = await officerAt('amal', 'sa');
    await take(officer, caseIdOf(page));
    const decision = {
      ...everyPointDone(officer.visitor.current()),
      outcome: 'approve',
      reasons: ['confirmed-after-review'],
      'item-software': 'approve',
    };
    const left = await officer.visitor.submit('/decide', decision);
    expect(left.status).toBe(422);
    expect(words(left)).toContain('Say whether this is granted.');
    const refusal = { 'item-health': 'refuse' };
    const bare = await officer.visitor.submit('/decide', { ...decision, ...refusal });
    expect(words(bare)).toContain('Say why this is refused');
    const reason = { 'itemwhy-health': 'licence-missing' };
    await officer.visitor.submit('/decide', { ...decision, ...refusal, ...reason });
    const mine = words(await needs.visitor.open(page.url));
    expect(mine).toContain('صدر القرار بالموافقة الجزئية');
    expect(mine).toMatch(/برمجيات وتقنية معلومات ?مُنح/);
    expect(mine).toMatch(/خدمات صحية ?لا ترخيص للنشاط المطلوب. ?لم يُمنح/);
    await waitForDocument(needs.visitor, page.url);
    await needs.visitor.open(page.url);
    expect(words(await needs.visitor.open(`${page.url}/appeal`))).toContain('التظلّم');

    // The company agreed that its home state shows it: there, too, it is granted in part.
    await chooseAtHome(needs, coffee!.ar);
    const atHome = async () => words(await needs.visitor.open(`${federation.url('bh')}/cases`));
    await expect.poll(atHome, { interval: 200 }).toContain('مقبول جزئيًا');
    await needs.visitor.submit('/acting/end');
    expect(await atHome()).not.toContain('مقبول جزئيًا');
  });

  test('is sent once its fee is paid, where the state takes one before', async () => {
    const needs = {
      ...journeyOf('fajer', 'bh'),
      homeUrl: federation.url('kw'),
      homeState: 'KW',
    };
    await signIn(needs, needs.serviceUrl);
    await chooseAt(needs, needs.serviceUrl, kuwaiti.companies[0]!.names.en);
    await prepare(needs, answers('retail'));
    const pay = await needs.visitor.submit('/submit');
    expect(pay.url).toMatch(/\/pay$/);
    expect(words(pay)).toContain('50.000');
    await needs.visitor.submit('/pay');
    const sent = await needs.visitor.submit(/.*/, { do: 'pay' });
    expect(sent.url).toMatch(/\/sent$/);
    expect(words(await needs.visitor.open(sent.url.replace(/\/sent$/, '')))).toContain('Registered');
  });

  test('is sent unpaid where the state decides only once the fee has come: page, list and message say whose turn it is', async () => {
    const needs = await actFor('noor', 'kw', coffee!);
    const { visitor } = needs;
    await prepare(needs, answers('retail'));
    const sent = await visitor.submit('/submit');
    expect(sent.url).toMatch(/\/sent$/);
    expect(words(sent)).toContain('It is your turn: pay the fee');
    expect(words(sent)).toContain('60.000');
    expect(words(sent)).not.toContain('You hear from us by');
    const caseUrl = sent.url.replace(/\/sent$/, '');
    const payPath = `${new URL(caseUrl).pathname}/pay`;
    const linked = (page: Page) =>
      page.html.querySelectorAll('main a').some((link) => link.getAttribute('href') === payPath);
    expect(linked(sent)).toBe(true);
    const unpaid = await visitor.open(caseUrl);
    expect(words(unpaid)).toContain('Waiting for the fee');
    expect(words(unpaid)).not.toContain('nothing is needed from you');
    expect(words(unpaid)).not.toMatch(/working days? left/);
    expect(linked(unpaid)).toBe(true);
    expect(words(await visitor.open(`${needs.serviceUrl}/cases`))).toContain('Your turn');
    await expect
      .poll(async () => words(await visitor.open(`${needs.serviceUrl}/messages`)), { timeout: 20_000 })
      .toContain('the fee is to be paid');
    await visitor.open(`${federation.url('kw')}${payPath}`);
    await visitor.submit('/pay');
    await visitor.submit(/.*/, { do: 'pay' });
    const paid = await visitor.open(caseUrl);
    expect(words(paid)).not.toContain('It is your turn: pay the fee');
    expect(linked(paid)).toBe(false);
  });

  test('is not begun by somebody who signs for no company, nor for a company that was struck off', async () => {
    const needs = journeyOf('fatima', 'sa');
    await signIn(needs, needs.serviceUrl);
    await needs.visitor.open(`${needs.serviceUrl}/services/${serviceId}`);
    const page = await needs.visitor.submit('/start');
    expect(page.status).toBe(403);
    expect(words(page)).toContain('Choose under "Acting for others" the company that you sign for');
    // A number on a person's card that is a company's number too finds no company.
    const { identity, exchange } = federation.running.get('bh')!.doors;
    const { personId } = (await identity.persons.findByNationalId(needs.person.nationalId))!;
    await expect(exchange.preview(personId, 'company-record', ['standing'])).rejects.toMatchObject({
      code: 'evidence-of-company',
    });
    const hasan = await actFor('hasan', 'sa', oasis!);
    await expect(chooseAt(hasan, hasan.serviceUrl, harbour!.en)).rejects.toThrow('is not offered');
  });

  test('is refused by the rules above the limit of the signature, and where proceedings are open against the company', async () => {
    const limited = await actFor('hasan', 'sa', oasis!);
    expect(words(await apply(limited, answers('contracting', '10001')))).toContain('above the limit of the signature');
    const insolvent = await actFor('hasan', 'sa', northWind!);
    expect(words(await apply(insolvent, answers('retail')))).toContain('Insolvency proceedings are open');
  });

  test('needs both of two who sign together: the first signs, the second sends', async () => {
    const first = await actFor('noor', 'sa', pearl!);
    const check = await prepare(first, answers('logistics'));
    const signed = await first.visitor.submit('/submit');
    expect(words(signed)).toContain('You have signed.');
    // Signing twice is one signature.
    await first.visitor.open(check.url);
    expect(words(await first.visitor.submit('/submit'))).toContain('You have signed.');
    const second = await actFor('hasan', 'sa', pearl!);
    await second.visitor.open(check.url);
    const sent = await second.visitor.submit('/submit');
    expect(sent.url).toMatch(/\/sent$/);
    expect(words(await second.visitor.open(sent.url.replace(/\/sent$/, '')))).toContain('Registered');
  });
});

describe('a power of signature that ends', () => {
  test('before the case is sent stops it, and a register that is down loses nothing', async () => {
    const needs = await actFor('hasan', 'sa', oasis!);
    await prepare(needs, answers('software'));
    await inRegister(sql`alter table registry_commerce.signatories rename to signatories_away`);
    const down = await needs.visitor.submit('/submit');
    expect(down.status).toBe(422);
    expect(words(down)).toContain('cannot be read');
    await inRegister(sql`alter table registry_commerce.signatories_away rename to signatories`);
    await inRegister(sql`delete from registry_commerce.signatories where company_number = ${oasis!.number}`);
    const gone = await needs.visitor.submit('/submit');
    expect(words(gone)).toContain('no longer confirms');
  });

  test('while an officer has the case stops the approval and leaves the refusal; a fee due before the decision is paid meanwhile', async () => {
    const needs = await actFor('noor', 'kw', coffee!);
    const page = await apply(needs, answers('health'));
    expect(words(page)).toContain('Waiting for the fee');
    const officer = await officerAt('nawaf', 'kw');
    await take(officer, caseIdOf(page));
    expect(words(await approve(officer))).toContain('fee');

    await needs.visitor.open(`${page.url}/pay`);
    expect(words(needs.visitor.current())).toContain('60.000');
    await needs.visitor.submit('/pay');
    await needs.visitor.submit(/.*/, { do: 'pay' });
    expect(words(needs.visitor.current())).toMatch(/KW-P-\d{4}-\d{5}/);

    await inRegister(
      sql`update registry_commerce.signatories set person_id = '000000000' where company_number = ${coffee!.number}`,
    );
    await officer.visitor.open(`${officer.serviceUrl}/office/cases/${caseIdOf(page)}`);
    expect(words(await approve(officer))).toContain('no longer confirms');
    await officer.visitor.open(`${officer.serviceUrl}/office/cases/${caseIdOf(page)}`);
    await officer.visitor.submit('/decide', { outcome: 'refuse', reasons: ['representation-ended'] });
    await federation.running.get('kw')!.doors.payments.tend();
    const over = words(await officer.visitor.open(`${officer.serviceUrl}/office/cases/${caseIdOf(page)}`));
    expect(over).toContain('Not registered');
    // What was paid goes back by the rules of the service.
    expect(over).toMatch(/Being given back|Given back/);
    expect(over).toContain(coffee!.en);
  });
});

/** Signed in at home too, and acting for the same company there. */
async function chooseAtHome(needs: JourneyNeeds, name: string): Promise<void> {
  await needs.visitor.open(`${needs.homeUrl}/signin?returnTo=/acting`);
  await needs.visitor.submit('/signin', { state: 'BH' });
  await chooseAt(needs, needs.homeUrl, name);
}
