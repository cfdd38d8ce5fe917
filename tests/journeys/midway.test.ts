import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import {
  apply,
  degreeAnswers,
  giveEvidence,
  identifyAtHome,
  type JourneyNeeds,
  signIn,
} from '../../apps/federation/journey.ts';
import type { SamplePerson } from '../../apps/federation/phone.ts';
import { createVisitor, everyPointDone, type Page } from '../../apps/federation/visitor.ts';
import { type MailServer, readMail, startMailServer } from '../../modules/notifications/test/mail-server.ts';
import people from '../../states/bh/people.json' with { type: 'json' };
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { branchAnswers, chooseAt } from './acting-for.ts';

// What happens while a case is under way: an officer loses the role, the applicant dies, a register is away, a guardian is none any more,
// a consent is withdrawn.

const http = createHttpClient({ timeoutMs: 30_000 });
let states: string;
let mail: MailServer;
let federation: TestFederation;
let caseId: string;

beforeAll(async () => {
  // A folder of its own, because the file of officers changes on the way.
  states = mkdtempSync(join(tmpdir(), 'jisr-states-'));
  cpSync(join(import.meta.dirname, '..', '..', 'states'), states, { recursive: true });
  mail = await startMailServer({ isOpen: true });
  const { port, certificate } = mail;
  const from = { address: 'no-reply@sa.example', names: { ar: 'البوابة الحكومية', en: 'Government portal' } };
  const email = { host: 'localhost', port, security: 'starttls', certificates: [certificate], from };
  // At whatever hour the test runs.
  writeFileSync(join(states, 'sa', 'notifications.json'), JSON.stringify({ keptDays: 730, email }));
  federation = await startTestFederation(['bh', 'sa'], (id) => ({ stateFolder: join(states, id) }));
});
afterAll(async () => {
  await federation?.stop();
  await mail?.stop();
  rmSync(states, { recursive: true, force: true });
  await http.close();
});

const words = (page: Page) => page.html.querySelector('main')?.text.replace(/\s+/g, ' ') ?? '';
/** The same page as somebody reads it in Arabic. */
async function inArabic({ visitor }: JourneyNeeds, url: string): Promise<string> {
  visitor.speak('ar');
  const page = await visitor.open(url);
  visitor.speak('en');
  expect(page.html.querySelector('html')?.getAttribute('dir')).toBe('rtl');
  return words(page);
}
const doorsOf = (id: string) => federation.running.get(id)!.doors;

function journeyOf(key: string, home: string, serviceId = 'degree-recognition'): JourneyNeeds {
  return {
    visitor: createVisitor(http, 'en'),
    person: federation.person(key),
    homeUrl: federation.url(home),
    serviceUrl: federation.url('sa'),
    homeState: home.toUpperCase(),
    serviceId,
  };
}

async function officerOf(key: string): Promise<JourneyNeeds> {
  const needs = journeyOf(key, 'sa');
  await signIn(needs, needs.serviceUrl, '/office');
  return needs;
}

/** As an operator replaces the file: a finished one over the old one. */
function dismiss(nationalId: string): void {
  const file = join(states, 'sa', 'officers.json');
  const officers = JSON.parse(readFileSync(file, 'utf8')) as Array<{ nationalId: string }>;
  writeFileSync(`${file}.new`, JSON.stringify(officers.filter((one) => one.nationalId !== nationalId)));
  renameSync(`${file}.new`, file);
}

/** The register of people of Bahrain announces a death. */
async function announceDeath(key: string): Promise<void> {
  const data = { died_on: '2026-11-28' };
  const { nationalId } = federation.person(key);
  const registrar = {
    kind: 'person' as const,
    sessionId: newId(),
    personId: newId(),
    homeState: 'BH',
    officer: { officeId: 'interior', roles: ['registrar'] },
  };
  const body = { eventId: newId(), type: 'person-died', nationalId, occurredAt: '2026-11-28T08:00:00Z', data };
  await doorsOf('bh').events.handlers.announceEvent({ body, caller: registrar } as never);
}

/** About how many people Bahrain tells offices elsewhere. */
const watchesInBahrain = async (eventType = 'person-died') => {
  const { rows } = await sql<{ count: string }>`select count(*) from events.watches
    join events.subscriptions using (subscription_id) where event_type = ${eventType}`.execute(
    federation.running.get('bh')!.operatorNeeds.database.db,
  );
  return Number(rows[0]!.count);
};

test('an officer who loses the role is refused with the next click, and the case goes back to the queue', async () => {
  const yousif = journeyOf('yousif', 'bh');
  await signIn(yousif, yousif.serviceUrl);
  caseId = /\/cases\/([0-9a-f-]{36})/.exec((await apply(yousif, degreeAnswers)).url)![1]!;
  const told = words(await yousif.visitor.open(`${yousif.serviceUrl}/cases/${caseId}`));
  expect(told).toContain('Who is told, and where');
  expect(told).toContain('sample.person@example.comNot confirmed as yours');
  // He is from another state and chose nothing here: what he wrote in the form is where he is told.
  await expect.poll(() => mail.taken.length).toBe(1);
  expect(mail.taken[0]).toMatchObject({ to: 'sample.person@example.com', isEncrypted: true });
  const { headers, parts } = readMail(mail.taken[0]!.raw);
  expect(headers['content-language']).toBe('ar');
  expect(parts[0]!.text).toMatch(/في الطلب رقم .*SA-/);
  expect(parts[0]!.text).not.toMatch(/Recognition|اعتراف/);
  const noura = await officerOf('noura');
  await noura.visitor.open(`${noura.serviceUrl}/office/cases/${caseId}`);
  await noura.visitor.submit('/take');
  dismiss(noura.person.nationalId);
  const refused = await noura.visitor.submit('/decide', { outcome: 'approve', reasons: ['confirmed-after-review'] });
  expect(refused.status).toBe(403);
  expect((await noura.visitor.open(`${noura.serviceUrl}/office`)).status).toBe(403);

  const { cases } = doorsOf('sa');
  expect(await cases.returnCases()).toBe(1);
  expect(await cases.returnCases()).toBe(0);
  const majid = await officerOf('majid');
  const page = await majid.visitor.open(`${majid.serviceUrl}/office/cases/${caseId}`);
  expect(words(page)).toContain('whoever had it has no role for it any more');
  // Free again: a colleague takes it without taking it over.
  expect((await majid.visitor.submit('/take')).status).toBe(200);
  expect(await inArabic(majid, `${majid.serviceUrl}/office/cases/${caseId}`)).toContain('فلم يعد لمن كان بيده دور فيه');
});

test('a consent that is withdrawn before the decision: the office sees nothing of it and decides nothing, until there is a new one', async () => {
  const yousif = journeyOf('yousif', 'bh');
  await signIn(yousif, yousif.homeUrl, '/my-data');
  const data = await yousif.visitor.open(`${yousif.homeUrl}/my-data`);
  const links = data.html.querySelectorAll('a').filter((a) => a.getAttribute('href')?.endsWith('/withdraw'));
  for (const link of links) {
    await yousif.visitor.open(`${yousif.homeUrl}${link.getAttribute('href')}`);
    await yousif.visitor.submit('/withdraw');
  }
  const majid = await officerOf('majid');
  const at = `${majid.serviceUrl}/office/cases/${caseId}`;
  const seen = async () => words(await majid.visitor.open(at));
  await expect.poll(seen).toContain('nobody decides on it: neither approval nor refusal');
  expect(await seen()).not.toContain(federation.person('yousif').names.en);
  expect(await inArabic(majid, at)).toContain('لا يظهر هنا ما وصل بها');
  expect(majid.visitor.current().html.querySelector('form[action$="/decide"]')).toBeNull();

  const own = `${yousif.serviceUrl}/cases/${caseId}`;
  await signIn(yousif, yousif.serviceUrl);
  expect(words(await yousif.visitor.open(own))).toContain('Your application stands still. Consent again');
  expect(await inArabic(yousif, own)).toContain('طلبك متوقف الآن');
  const mailbox = async () => words(await yousif.visitor.open(`${yousif.serviceUrl}/messages`));
  await expect.poll(mailbox).toContain('A consent was withdrawn');
  await yousif.visitor.open(own);
  await giveEvidence(yousif);
  expect(words(await yousif.visitor.open(own))).toContain('Waiting for the decision');
  expect(await seen()).toContain(federation.person('yousif').names.en);
  expect(await seen()).toContain('There is a new consent, and the application goes on');
});

test('a death that the home state announces stops the case: the office is told, and the dead person is written to no more', async () => {
  await expect.poll(() => watchesInBahrain()).toBe(1);
  const sa = doorsOf('sa');
  const officer = { personId: newId(), officeId: 'moe', roles: ['reviewer'] };
  const { personId } = await sa.cases.getToldCase(caseId);
  const mailbox = async () => {
    const caller = { kind: 'person', sessionId: newId(), personId, homeState: 'BH' };
    const { messages } = await sa.notifications.handlers.listMessages({ caller, query: {} } as never);
    return messages.length;
  };
  const before = await mailbox();
  await announceDeath('yousif');
  const stateOf = async () => (await sa.cases.getCaseForOfficer(officer, caseId)).state;
  await expect.poll(stateOf).toBe('stopped');

  const majid = await officerOf('majid');
  const page = await majid.visitor.open(`${majid.serviceUrl}/office/cases/${caseId}`);
  expect(words(page)).toContain('Stopped: the applicant has died');
  expect(await inArabic(majid, page.url)).toContain('توقف لوفاة صاحب الطلب');
  expect(page.html.querySelectorAll('form').some((form) => form.getAttribute('action')?.endsWith('/decide'))).toBe(
    false,
  );
  const list = await majid.visitor.open(`${majid.serviceUrl}/office?show=stopped`);
  expect(words(list)).toContain(federation.person('yousif').names.en);
  const told = async () => words(await majid.visitor.open(`${majid.serviceUrl}/messages`));
  await expect.poll(told).toContain('somebody has died');
  expect(await mailbox()).toBe(before);
});

test('a death of whoever signed for a company stops nothing of the company: the office sees it, and decides', async () => {
  const noor = journeyOf('noor', 'bh', 'gcc-commercial-registration');
  await signIn(noor, noor.serviceUrl);
  await chooseAt(noor, noor.serviceUrl, 'Dilmun Speciality Coffee');
  const page = await apply(noor, branchAnswers('health'));
  const id = /\/cases\/([0-9a-f-]{36})/.exec(page.url)![1]!;
  await expect.poll(() => watchesInBahrain()).toBe(2);
  await announceDeath('noor');
  const { cases } = doorsOf('sa');
  const officer = { personId: newId(), officeId: 'commerce', roles: ['reviewer'] };
  const seen = () => cases.getCaseForOfficer(officer, id);
  const history = async () => (await seen()).history.map(({ kind }) => kind);
  await expect.poll(history).toContain('representative-died');
  expect((await seen()).state).toBe('submitted');
  // Nobody writes to the dead: only the company is told from here on.
  expect((await cases.getToldCase(id)).representative).toBeUndefined();
});

const inBahrain = (statement: ReturnType<typeof sql>) =>
  statement.execute(federation.running.get('bh')!.operatorNeeds.database.db);

const fieldsOf = (page: Page) =>
  page.html.querySelectorAll('input[name=field]').map((box) => box.getAttribute('value') ?? '');

test('a register that is away for two days keeps the application where it is: the person is told when it is back, and it is sent', async () => {
  const fatima = journeyOf('fatima', 'bh');
  await signIn(fatima, fatima.serviceUrl);
  await fatima.visitor.open(`${fatima.serviceUrl}/services/${fatima.serviceId}`);
  const begun = await fatima.visitor.submit('/start');
  await inBahrain(sql`alter table registry_education.degrees rename to degrees_away`);
  const consent = await fatima.visitor.submit('/evidence');
  // What the other register has is there to look at; of this one it says so.
  expect(words(consent)).toContain('This register gives no preview');
  const receipt = await fatima.visitor.submit('/consent', { decision: 'allow', field: fieldsOf(consent) });
  const onward = receipt.html.querySelectorAll('a').find((a) => a.getAttribute('href')?.includes('/eid/auth/'))!;
  const back = await fatima.visitor.open(onward.getAttribute('href')!);
  expect(words(back)).toContain('The registry behind this office does not answer at the moment. Nothing was given');
  expect(words(back)).toContain('Everything is saved');
  expect(words(back)).toContain('When it answers again we tell you once');
  fatima.visitor.speak('ar');
  const again = await fatima.visitor.submit('/evidence');
  const onceMore = await fatima.visitor.submit('/consent', { decision: 'allow', field: fieldsOf(again) });
  const onwardAgain = onceMore.html.querySelectorAll('a').find((a) => a.getAttribute('href')?.includes('/eid/auth/'))!;
  expect(words(await fatima.visitor.open(onwardAgain.getAttribute('href')!))).toContain(
    'السجل لدى هذه الجهة لا يستجيب الآن. لم يُعطَ شيء',
  );
  const draftUrl = begun.url;
  expect(words(await fatima.visitor.open(draftUrl))).toContain('جهة تحفظ بياناتك لا تجيب');
  fatima.visitor.speak('en');

  // The node looks for itself, as it would a minute and two days later; nobody else asks that register.
  const { cases, notifications } = doorsOf('sa');
  const draftId = draftUrl.split('/').at(-1)!;
  const inRiyadh = (statement: ReturnType<typeof sql>) =>
    statement.execute(federation.running.get('sa')!.operatorNeeds.database.db);
  const later = async () => {
    await inRiyadh(sql`update cases.awaited_sources set since = since - interval '2 days', look_at = now()`);
    await cases.lookForSources();
  };
  const { rows } = (await inRiyadh(sql`select person_id from cases.cases where id = ${draftId}`)) as {
    rows: Array<{ person_id: string }>;
  };
  const told = async () =>
    (await notifications.mailbox.list(rows[0]!.person_id)).messages.filter(({ kind }) => kind === 'case-source-back');
  await later();
  expect(await told()).toEqual([]);

  // Two days later: signed out long since, the same draft is there, and it goes on.
  await sql`update cases.cases set started_at = started_at - interval '2 days', updated_at = updated_at - interval '2 days'
    where id = ${draftId}`.execute(federation.running.get('sa')!.operatorNeeds.database.db);
  for (const url of [fatima.serviceUrl, fatima.homeUrl]) fatima.visitor.forget(url);
  await inBahrain(sql`alter table registry_education.degrees_away rename to degrees`);
  const backAgain = async () => {
    await later();
    return (await told()).map(({ link }) => link);
  };
  await expect.poll(backAgain, { interval: 1_000 }).toEqual([`/cases/${draftId}`]);
  await later();
  expect(await told()).toHaveLength(1);
  await signIn(fatima, fatima.serviceUrl);
  const sent = await apply(fatima, degreeAnswers);
  expect(sent.url).toBe(begun.url);
  expect(words(sent)).toContain('Recognised');
});

test('a session that lapses while somebody writes loses nothing: after signing in, the page is as it was typed', async () => {
  const maryam = journeyOf('maryam', 'bh');
  await signIn(maryam, maryam.serviceUrl);
  await maryam.visitor.open(`${maryam.serviceUrl}/services/${maryam.serviceId}`);
  const begun = await maryam.visitor.submit('/start');
  await maryam.visitor.open(`${begun.url}/pages/purpose`);
  await maryam.visitor.submit('/pages/purpose', { purpose: 'work' });
  const inSaudi = federation.running.get('sa')!.operatorNeeds.database.db;
  const lapse = () =>
    sql`update identity.sessions set seen_at = seen_at - interval '31 minutes'`.execute(inSaudi).then(() => undefined);
  await lapse();
  const typed = { profession: 'مهندسة نظم مدمجة في السيارات', sector: 'private' };
  const asked = await maryam.visitor.submit('/pages/profession', typed);
  expect(new URL(asked.url).pathname).toBe('/signin');
  const { rows } = await sql<{ row: string }>`select kept_forms::text as row from cases.kept_forms`.execute(inSaudi);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.row).not.toContain(Buffer.from(typed.profession).toString('hex'));
  let page = await maryam.visitor.submit('/signin', { state: 'BH' });
  if (page.url.includes('/eid-pages/')) page = await identifyAtHome(maryam);
  expect(page.url).toBe(`${begun.url}/pages/profession`);
  expect(words(page)).toContain('What you typed here is as you left it, and not saved yet');
  expect(page.html.querySelector('[name=profession]')?.getAttribute('value')).toBe(typed.profession);
  expect(await inArabic(maryam, page.url)).toContain('ما كتبته هنا كما تركته');
  // Somebody else on the same machine gets nothing of it.
  const { cases } = doorsOf('sa');
  const place = { caseId: begun.url.split('/').at(-1)!, pageId: 'profession' };
  expect(await cases.findForm(newId(), place, 'x'.repeat(43))).toBeUndefined();
  page = await maryam.visitor.submit('/pages/profession');
  expect(page.url).toBe(`${begun.url}/pages/contact`);
  expect((await sql`select 1 from cases.kept_forms`.execute(inSaudi)).rows).toEqual([]);
  const again = await maryam.visitor.open(`${begun.url}/pages/profession`);
  expect(words(again)).not.toContain('not saved yet');

  // Whoever never had a session here has nothing kept.
  await maryam.visitor.open(`${begun.url}/pages/contact`);
  maryam.visitor.forget(maryam.serviceUrl);
  await maryam.visitor.submit('/pages/contact', degreeAnswers['contact']!);
  expect((await sql`select 1 from cases.kept_forms`.execute(inSaudi)).rows).toEqual([]);
});

test('a guardian whom the register does not name any more goes no further, though nobody told', async () => {
  const person = people.people.find(({ nationalId }) => nationalId === '860143783') as unknown as SamplePerson;
  const mother = { ...journeyOf('fatima', 'bh', 'gcc-school-enrolment'), person };
  await signIn(mother, mother.serviceUrl);
  await chooseAt(mother, mother.serviceUrl, 'Dana Khalifa Isa Almannai');
  await mother.visitor.open(`${mother.serviceUrl}/services/${mother.serviceId}`);
  await mother.visitor.submit('/start');
  const consent = await mother.visitor.submit('/evidence');
  expect(words(consent)).toContain('You decide for');
  const court = (from: string, to: string) =>
    inBahrain(sql`update registry_civil.guardians set guardian_id = ${to} where guardian_id = ${from}`);
  await court(person.nationalId, '000000000');
  const refused = await mother.visitor.submit('/consent', { decision: 'allow', field: fieldsOf(consent) });
  expect(refused.status).toBe(403);
  expect(words(refused)).toContain('This mandate has ended');
  expect(await inArabic(mother, consent.url)).toContain('انتهت هذه النيابة');

  // A court gives the child back to her, and takes it away once more while the application is open; she asks nothing more at home.
  await court('000000000', person.nationalId);
  await chooseAt(mother, mother.serviceUrl, 'Dana Khalifa Isa Almannai');
  await mother.visitor.open(`${mother.serviceUrl}/services/${mother.serviceId}`);
  const begun = await mother.visitor.submit('/start');
  const watched = await watchesInBahrain('consent-withdrawn');
  await giveEvidence(mother);
  await expect.poll(() => watchesInBahrain('consent-withdrawn')).toBe(watched + 1);
  const id = begun.url.split('/').at(-1)!;
  const { cases } = doorsOf('sa');
  expect((await cases.getToldCase(id)).representative).toMatchObject({ kind: 'guardian' });
  await court(person.nationalId, '000000000');
  expect(await doorsOf('bh').mandates.recheck()).toBe(1);
  expect(await doorsOf('bh').mandates.recheck()).toBe(0);
  // The home state told: she acts for the child no more, reads no news, and what she consented to is gone from the draft.
  const standsFor = async () => (await cases.getToldCase(id)).representative;
  await expect.poll(standsFor).toBeUndefined();
  expect((await mother.visitor.open(begun.url)).status).toBe(404);
  const left = async () => {
    const { rows } = await sql<{ count: string }>`select count(*) from cases.evidence
      where case_id = ${id} and evidence_type = 'person-identity'`.execute(
      federation.running.get('sa')!.operatorNeeds.database.db,
    );
    return Number(rows[0]!.count);
  };
  await expect.poll(left).toBe(0);
});

test('a consent that is withdrawn before the decision stops the approval that stands on it, and not the refusal', async () => {
  const hasan = journeyOf('hasan', 'bh', 'gcc-commercial-registration');
  await signIn(hasan, hasan.serviceUrl);
  await chooseAt(hasan, hasan.serviceUrl, 'Oasis Land Contracting');
  const page = await apply(hasan, branchAnswers('health'));
  const at = `${hasan.serviceUrl}/office${new URL(page.url).pathname}`;
  await signIn(hasan, hasan.homeUrl, '/acting');
  await chooseAt(hasan, hasan.homeUrl, 'Oasis Land Contracting');
  const data = await hasan.visitor.open(`${hasan.homeUrl}/my-data`);
  const link = data.html.querySelectorAll('a').find((a) => a.getAttribute('href')?.endsWith('/withdraw'))!;
  await hasan.visitor.open(link.getAttribute('href')!);
  await hasan.visitor.submit('/withdraw');

  const amal = await officerOf('amal');
  await amal.visitor.open(at);
  await amal.visitor.submit('/take');
  const stopped = await amal.visitor.submit('/decide', {
    ...everyPointDone(amal.visitor.current()),
    outcome: 'approve',
    reasons: ['confirmed-after-review'],
    'words-ar': 'مستوفٍ للشروط.',
    'words-en': 'It meets the conditions.',
  });
  expect(stopped.status).toBe(422);
  expect(words(stopped)).toContain('no longer confirms what this application stands on');
  amal.visitor.speak('ar');
  await amal.visitor.open(at);
  const inOtherWords = await amal.visitor.submit('/decide', {
    outcome: 'approve',
    reasons: ['confirmed-after-review'],
  });
  expect(words(inOtherWords)).toContain('لم تعد الدولة الأم تؤكد');
  amal.visitor.speak('en');
  await amal.visitor.open(at);
  await amal.visitor.submit('/decide', { outcome: 'refuse', reasons: ['representation-ended'] });
  expect(words(await hasan.visitor.open(page.url))).toContain('Whoever applied may no longer sign for the company.');
});
