import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import {
  apply,
  degreeAnswers,
  giveEvidence,
  identifyAtHome,
  type JourneyNeeds,
  signIn,
  waitForDocument,
} from '../../apps/federation/journey.ts';
import { createVisitor, everyPointDone, type Page, titleOf } from '../../apps/federation/visitor.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

const serviceId = 'degree-recognition';
const gpa = ['degree-record/gpa', 'degree-record/gpa_scale'];
const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
let recognisedCaseId: string;

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa', 'kw']);
});
afterAll(async () => {
  await federation?.stop();
  await http.close();
});

const words = (page: Page) => page.html.querySelector('main')?.text.replace(/\s+/g, ' ') ?? '';
const hrefs = (page: Page) => page.html.querySelectorAll('main a').map((link) => link.getAttribute('href') ?? '');

/** Somebody with a browser of their own, in a language. */
function journeyOf(key: string, language: 'ar' | 'en', homeState = 'BH'): JourneyNeeds {
  return {
    visitor: createVisitor(http, language),
    person: federation.person(key),
    homeUrl: federation.url(homeState.toLowerCase()),
    serviceUrl: federation.url('sa'),
    homeState,
    serviceId,
  };
}

async function startCase(needs: JourneyNeeds): Promise<Page> {
  await needs.visitor.open(`${needs.serviceUrl}/services/${serviceId}`);
  return needs.visitor.submit('/start');
}

type Report = { ok: boolean; code: string };

async function verifyAt(state: string, content: Buffer): Promise<Report> {
  const { body } = await http.request({
    method: 'POST',
    url: `${federation.url(state)}/api/verify`,
    headers: { 'content-type': 'application/octet-stream' },
    body: content,
  });
  return JSON.parse(body.toString('utf8')) as Report;
}

test('the page of a service that only other states give says so, and leads there', async () => {
  const visitor = createVisitor(http, 'en');
  const page = await visitor.open(`${federation.url('sa')}/services/fishing-licence`);
  expect(page.status).toBe(404);
  expect(words(page)).toContain('other states give it');
  const there = `${federation.url('bh')}/services/fishing-licence?lang=en`;
  expect(hrefs(page)).toContain(there);
  expect((await visitor.open(there)).html.querySelector('h1')!.text).toBe(page.html.querySelector('h1')!.text);
  expect(words(await visitor.open(`${federation.url('sa')}/services/nowhere`))).toContain(
    'There is no such service here',
  );
});

describe('a Bahraini with a listed degree', () => {
  let needs: JourneyNeeds;
  let caseUrl: string;
  beforeAll(() => {
    needs = { ...journeyOf('fatima', 'en'), leaveOut: gpa };
  });

  test('gets the decision of the published rule at once, with its reasons', async () => {
    await signIn(needs, needs.serviceUrl, `/services/${serviceId}`);
    const page = await apply(needs, degreeAnswers);
    caseUrl = page.url;
    recognisedCaseId = caseUrl.split('/').at(-1)!;
    expect(words(page)).toContain('The university is on the recognised list.');
    expect(words(page)).toMatch(/by the published rule|automatic/i);
  });

  test('carries a document that the node of a third state accepts, and refuses with one byte changed', async () => {
    await waitForDocument(needs.visitor, caseUrl);
    const pdf = (await needs.visitor.open(`${caseUrl}/document.pdf`)).body;
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await verifyAt('kw', pdf)).toMatchObject({ ok: true });
    // Early bytes are the text, late ones the seal itself.
    for (const place of [0.3, 0.6, 0.95]) {
      const changed = Buffer.from(pdf);
      const at = Math.floor(changed.length * place);
      changed[at] = changed[at]! ^ 1;
      expect(await verifyAt('kw', changed), `byte ${at} of ${pdf.length}`).toMatchObject({ ok: false });
    }
  });

  test('keeps the same decision as a credential, which a third state refuses with one character changed', async () => {
    await needs.visitor.open(caseUrl);
    let page = await needs.visitor.submit('/wallet');
    if (page.url.includes('/signin')) page = await needs.visitor.submit('/signin', { state: 'BH' });
    page = await needs.visitor.submit('/wallet/offer');
    expect(page.url).toMatch(/\/wallet\/[0-9a-f-]{36}$/);
    const compact = page.html.querySelector('details pre, details code')!.text.trim();
    expect(compact).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+~/);
    expect(await verifyAt('kw', Buffer.from(compact))).toMatchObject({ ok: true });
    const [header, payload, rest] = compact.split('.') as [string, string, string];
    const disclosure = compact.indexOf('~') + 5;
    const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    const changes = {
      header: `${flip(header, 12)}.${payload}.${rest}`,
      payload: `${header}.${flip(payload, 30)}.${rest}`,
      signature: `${header}.${payload}.${flip(rest, 10)}`,
      'a disclosed claim': flip(compact, disclosure),
    };
    for (const [part, changed] of Object.entries(changes))
      expect(await verifyAt('kw', Buffer.from(changed)), part).toMatchObject({ ok: false });
  });

  test('reads at home that the office asked, for what, and that the average mark was not given', async () => {
    const page = await needs.visitor.open(`${needs.homeUrl}/my-data`);
    expect(words(page)).toContain('Ministry of Education');
    const given = page.html.querySelectorAll('.rows li').map((row) => row.text);
    expect(given).toHaveLength(2);
    expect(given.join(' ')).toContain('University');
    expect(given.join(' ')).not.toMatch(/average|GPA/i);
  });
});

describe('a Bahraini who studied from a distance', () => {
  let yousif: JourneyNeeds;
  let noura: JourneyNeeds;
  let decidedUrl: string;

  test('waits for an officer, and reads the decision with the officer’s reasons', async () => {
    const needs = journeyOf('yousif', 'en');
    yousif = needs;
    await signIn(needs, needs.serviceUrl);
    let page = await apply(needs, degreeAnswers);
    const caseUrl = page.url;
    decidedUrl = caseUrl;
    expect(words(page)).toContain('Waiting for the decision of Ministry of Education');

    const officer = journeyOf('noura', 'ar', 'SA');
    noura = officer;
    page = await signIn(officer, officer.serviceUrl, '/office');
    const entry = hrefs(page).find((href) => href.startsWith('/office/cases/'))!;
    expect(entry).toBeDefined();
    // By the beginning of the name, which stands in no address: neither in one that was gone to, nor in one that the page leads to.
    const hops: string[] = [];
    officer.visitor.onHop = ({ url }) => hops.push(url);
    page = await officer.visitor.submit('/office/search', { q: 'يوس' });
    expect(hrefs(page)).toContain(entry);
    const addresses = [...hops, ...(page.html.outerHTML.match(/(?:href|action|data-live[a-z-]*)="[^"]*"/g) ?? [])];
    expect(addresses.join(' ')).not.toMatch(new RegExp(`يوس|${encodeURIComponent('يوس')}`));
    expect(hrefs(await officer.visitor.submit('/office/search', { q: 'زززز' }))).not.toContain(entry);
    page = await officer.visitor.open(entry);
    expect(words(page)).toContain('يوسف');
    page = await officer.visitor.submit('/take');
    page = await officer.visitor.submit('/decide', { outcome: 'approve' });
    expect(page.status, 'a decision without reasons').toBe(422);
    const reason = page.html.querySelector('input[name=reasons]')!.getAttribute('value')!;
    const decision = {
      outcome: 'approve',
      reasons: [reason],
      'words-ar': 'راجعنا خطة الدراسة، وهي مستوفية.',
      'words-en': 'We read the study plan, and it is sufficient.',
    };
    page = await officer.visitor.submit('/decide', decision);
    expect(page.status, 'a decision before anything is checked').toBe(422);
    expect(page.html.querySelector('#errors')!.text).toContain('هذه النقطة لا تزال مفتوحة');
    expect(page.html.querySelector('[name=words-en]')!.text).toBe(decision['words-en']);
    const refusal = 'point-heard-before-refusal';
    const { [refusal]: _, ...points } = everyPointDone(page);
    // Two are kept first, with what was typed; the others go along with the decision.
    const [first, second, ...rest] = Object.keys(points);
    page = await officer.visitor.submit('/decide', {
      ...decision,
      [first!]: 'done',
      [second!]: 'not-applicable',
    });
    expect(page.html.querySelector('#errors')!.text).toContain('اذكر لِمَ لا تنطبق هذه النقطة');
    page = await officer.visitor.submit('/decide', {
      ...decision,
      [second!]: 'not-applicable',
      [second!.replace('point', 'why')]: 'لم تُرسل صورة الشهادة.',
      ...Object.fromEntries(rest.map((name) => [name, 'done'])),
    });
    expect(page.status).toBe(200);

    page = await waitForDocument(needs.visitor, caseUrl);
    expect(words(page)).toContain('We read the study plan, and it is sufficient.');
    expect(words(page)).toContain('officer');
    const pdf = (await needs.visitor.open(`${caseUrl}/document.pdf`)).body;
    expect(await verifyAt('kw', pdf)).toMatchObject({ ok: true });
  });

  test('reads in the mailbox that it came and was decided; the office sees what was delivered and opened', async () => {
    const { visitor, serviceUrl } = yousif;
    const mailbox = async () => words(await visitor.open(`${serviceUrl}/messages`));
    await expect.poll(mailbox).toContain('A decision on your application');
    expect(await mailbox()).toContain('We have received your application');
    expect(visitor.current().html.querySelector('.tools .count')?.text).toBe('2');
    const link = hrefs(visitor.current()).find((href) => /^\/messages\/[0-9a-f-]{36}$/.test(href))!;
    const page = await visitor.open(new URL(link, serviceUrl).href);
    expect(hrefs(page)).toContain(new URL(decidedUrl).pathname);
    expect(page.html.querySelector('.tools .count')?.text).toBe('1');
    const proof = hrefs(page).find((href) => href.startsWith('/ledger/proof/'))!;
    await expect.poll(async () => (await visitor.open(new URL(proof, serviceUrl).href)).status).toBe(200);
    const told = words(await noura.visitor.open(`${serviceUrl}/office/cases/${decidedUrl.split('/').at(-1)}/told`));
    expect(told).toContain('صدر القرار في طلبك');
    expect(told).toContain('لم تُفتح بعد');
  });

  test('is told by nobody else: a stranger and an applicant do not open the officer’s pages', async () => {
    const stranger = createVisitor(http, 'en');
    expect((await stranger.open(`${federation.url('sa')}/office`)).url).toContain('/signin');
  });
});

describe('a refusal that a person meets', () => {
  let needs: JourneyNeeds;
  beforeAll(() => {
    needs = journeyOf('maryam', 'en');
  });

  test('is a sentence when number and password do not fit, and when the code is wrong', async () => {
    const { visitor, person } = needs;
    await visitor.open(`${needs.serviceUrl}/signin?returnTo=%2Fcases`);
    await visitor.submit('/signin', { state: 'BH' });
    const login = /\/eid-pages\/interaction\/[^/]+$/;
    let page = await visitor.submit(login, { nationalId: person.nationalId, password: 'not-the-password' });
    expect(page.status).toBe(401);
    expect(page.html.querySelector('[role=alert]')!.text).toMatch(/password/i);
    page = await visitor.submit(login, { nationalId: person.nationalId, password: person.password });
    const right = await generate({ secret: person.totpSecret });
    page = await visitor.submit(/\/code$/, { code: right === '000000' ? '000001' : '000000' });
    expect(page.status).toBe(401);
    expect(words(page)).toMatch(/code/i);
    page = await visitor.submit(/\/code$/, { code: await generate({ secret: person.totpSecret }) });
    expect(page.url).toBe(`${needs.serviceUrl}/cases`);
  });

  test('is a way back to the application when they decline on the consent page', async () => {
    const begun = await startCase(needs);
    await needs.visitor.submit('/evidence');
    const page = await needs.visitor.submit('/consent', { decision: 'refuse' });
    expect(new URL(page.url).origin).toBe(needs.serviceUrl);
    expect(titleOf(page)).toBe(titleOf(begun));
    expect(words(page)).toContain('The evidence did not arrive');
    expect(words(page)).toMatch(/did not agree to an item|cancel/i);
  });

  test('comes with its reason when they withdraw before anything was asked, and stands in "my data"', async () => {
    const { visitor } = needs;
    await startCase(needs);
    await visitor.submit('/evidence');
    const receipt = await visitor.submit('/consent', { decision: 'allow', field: [] });
    const onward = hrefs(receipt).find((href) => href.includes('/eid/auth/'))!;
    await signIn(needs, needs.homeUrl, '/my-data');
    const withdraw = hrefs(visitor.current()).find((href) => href.endsWith('/withdraw'))!;
    await visitor.open(withdraw);
    await visitor.submit('/withdraw');
    const page = await visitor.open(onward);
    expect(new URL(page.url).origin).toBe(needs.serviceUrl);
    expect(words(page)).toContain('withdrew this consent');
    const mine = await visitor.open(`${needs.homeUrl}/my-data`);
    const [first] = mine.html.querySelectorAll('.rows li');
    expect(first!.text).toContain('withdrew this consent');
    expect(words(await visitor.open(`${needs.homeUrl}/messages`))).toContain('A consent of yours has ended');
  });

  test('stops an office that asks for more than it is certified for, before anybody is asked', async () => {
    const { doors } = federation.running.get('sa')!;
    const client = await doors.officeClient('moe');
    const ask = (fields: string[]) =>
      doors.identity.signin.start({
        client,
        providerEntityId: `${needs.homeUrl}/eid`,
        redirectUri: `${needs.serviceUrl}/evidence/callback`,
        returnTo: '/cases',
        resource: `${needs.homeUrl}/r1`,
        language: 'en',
        authorizationDetails: [
          {
            type: 'evidence',
            evidence_type: 'person-identity',
            fields,
            essential_fields: fields,
            purpose: 'degree-recognition',
            case_id: 'SA-TEST',
            requester: client.entityId,
            retention: 'P1Y',
            until: new Date(Date.now() + 86_400_000).toISOString(),
            use: 'once',
          },
        ],
      });
    expect((await ask(['full_name_ar'])).redirectUrl).toContain(needs.homeUrl);
    await expect(ask(['full_name_ar', 'sex'])).rejects.toMatchObject({ status: 403 });
  });

  test('is "not found" for a case of somebody else, as for one that does not exist', async () => {
    const own = await startCase(needs);
    const other = journeyOf('ali', 'en');
    await signIn(other, other.serviceUrl);
    expect((await other.visitor.open(own.url)).status).toBe(404);
    expect((await other.visitor.open(own.url.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).status).toBe(404);
  });

  test('does not stop a person who consents after having declined', async () => {
    await startCase(needs);
    const page = await giveEvidence(needs);
    expect(words(page)).toContain('University');
  });
});

test('somebody else who consents on the same machine brings nothing into this person’s case', async () => {
  const needs = journeyOf('huda', 'en');
  await signIn(needs, needs.serviceUrl);
  await startCase(needs);
  // At home the browser forgets Huda, and Ali signs in when asked to consent.
  needs.visitor.forget(needs.homeUrl);
  const other: JourneyNeeds = { ...needs, person: federation.person('ali') };
  await needs.visitor.submit('/evidence');
  const consent = await identifyAtHome(other);
  expect(consent.url).toContain('/consent');
  const receipt = await needs.visitor.submit('/consent', { decision: 'allow' });
  const onward = receipt.html.querySelector('a[href*="/eid/auth/"]')!.getAttribute('href')!;
  const back = await needs.visitor.open(onward);
  expect(words(back)).toContain('Somebody else consented than the person signed in here');
  expect(words(await needs.visitor.open(`${back.url.split('/evidence')[0]}/cases`))).not.toContain('Ali');
});

test('what is done to a person’s identity or document is told to them too', async () => {
  const kindsAt = async (state: string, personId: string) =>
    (await federation.running.get(state)!.doors.notifications.mailbox.list(personId)).messages.map(({ kind }) => kind);
  const { identity } = federation.running.get('bh')!.doors;
  const { personId } = (await identity.persons.findByNationalId(federation.person('maryam').nationalId))!;
  await identity.suspendPerson(personId);
  await identity.restorePerson(personId);
  expect((await kindsAt('bh', personId)).slice(0, 2)).toEqual(['identity-restored', 'identity-suspended']);

  const { cases, credentials, notifications } = federation.running.get('sa')!.doors;
  const issued = (await credentials.findByDecision(recognisedCaseId))!;
  await credentials.revokeByReference(issued.reference);
  const told = await cases.getToldCase(recognisedCaseId);
  expect(await kindsAt('sa', told.personId)).toContain('document-cancelled');
  const [message] = (await notifications.mailbox.list(told.personId)).messages;
  expect(message!.text.en).toMatch(/degree/i);
});
