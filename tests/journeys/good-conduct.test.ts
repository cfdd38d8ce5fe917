import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { dateIn } from '#kernel/languages';
import { apply, type JourneyNeeds, signIn, waitForDocument } from '../../apps/federation/journey.ts';
import { createVisitor, everyPointDone, type Page } from '../../apps/federation/visitor.ts';
import bahraini from '../../states/bh/people.json' with { type: 'json' };
import { startTestFederation, type TestFederation } from '../support/federation.ts';

const serviceId = 'good-conduct-certificate';
const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
});
afterAll(async () => {
  await federation?.stop();
  await http.close();
});

const words = (page: Page) => page.html.querySelector('main')?.text.replace(/\s+/g, ' ') ?? '';
const answers = {
  use: { use: 'study', destination: 'SA', addressee: 'جامعة الملك سعود' },
  declaration: { declaration: 'yes' },
};

/** Somebody of Bahrain, at the site of a state. */
function journeyOf(key: string, language: 'ar' | 'en', at = 'bh'): JourneyNeeds {
  return {
    visitor: createVisitor(http, language),
    person: federation.person(key),
    homeUrl: federation.url('bh'),
    serviceUrl: federation.url(at),
    homeState: 'BH',
    serviceId,
  };
}

describe('a certificate of good conduct, asked from home for use abroad', () => {
  let applicant: JourneyNeeds;
  let caseUrl: string;
  let atHome: JourneyNeeds;

  test('is issued at once where nothing is on record, and verifies in the state where it is shown', async () => {
    const needs = journeyOf('fatima', 'ar');
    await signIn(needs, needs.serviceUrl);
    const page = await apply(needs, answers);
    expect(words(page)).toContain('لا يوجد في السجل حكم جنائي قائم');
    expect(words(page)).toContain('صالحة حتى');
    await waitForDocument(needs.visitor, page.url);
    const pdf = (await needs.visitor.open(`${page.url}/document.pdf`)).body;
    const { body } = await http.request({
      method: 'POST',
      url: `${federation.url('sa')}/api/verify`,
      headers: { 'content-type': 'application/octet-stream' },
      body: pdf,
    });
    const report = JSON.parse(body.toString('utf8'));
    expect(report).toMatchObject({ ok: true });
    const days = (Date.parse(report.credential?.validUntil ?? report.validUntil) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(87);
    expect(days).toBeLessThan(94);
  });

  test('tells nobody of a conviction that is spent, and leaves one that stands to an officer', async () => {
    const spent = journeyOf('yousif', 'en');
    await signIn(spent, spent.serviceUrl);
    atHome = spent;
    expect(words(await apply(spent, answers))).toContain('No conviction stands on record.');

    const standing = journeyOf('maryam', 'en');
    await signIn(standing, standing.serviceUrl);
    const page = await apply(standing, answers);
    expect(words(page)).toContain('Waiting for the decision');
    expect(words(page)).toContain('There is an entry on record');
    applicant = standing;
    caseUrl = page.url;
    // For the same addressee there is this one to go on with.
    await expect(apply(standing, answers)).rejects.toThrow('You have already applied for this');
  });

  test('is among the services for whoever is signed in, by what the state knows of them, which no address holds', async () => {
    const { visitor, serviceUrl, person } = atHome;
    const list = await visitor.open(`${serviceUrl}/services`);
    expect(words(list)).toContain('Show what is for me');
    const mine = await visitor.submit('/services/for-me');
    const ageOf = (page: Page) => page.html.querySelector('#by-age')?.getAttribute('value');
    const { birthDate } = bahraini.people.find(({ nationalId }) => nationalId === person.nationalId)!;
    const today = dateIn(new Date(), 'Asia/Bahrain');
    const years =
      Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (today.slice(5) < birthDate.slice(5) ? 1 : 0);
    expect(words(mine)).toContain('Services for me');
    expect(Number(ageOf(mine))).toBe(years);
    expect(mine.html.querySelector('#by-for option[selected]')?.getAttribute('value')).toBe('citizen');
    // What they change is theirs, is posted too, and the next page keeps it.
    const changed = await visitor.submit('/services/for-me', { for: 'resident', age: '٧٠' });
    expect(ageOf(changed)).toBe('70');
    expect(changed.html.querySelector('#by-for option[selected]')?.getAttribute('value')).toBe('resident');
    for (const page of [list, mine, changed]) {
      expect(page.url).not.toMatch(/age|citizen|resident|for=/);
      for (const link of page.html.querySelectorAll('a'))
        expect(link.getAttribute('href')).not.toMatch(/[?&](age|for)=/);
    }
    const nobody = createVisitor(http, 'en');
    expect(words(await nobody.open(`${serviceUrl}/services`))).not.toContain('Show what is for me');
  });

  test('that an officer refuses is appealed, and decided anew by the other officer of the office, never by the first', async () => {
    const path = new URL(caseUrl).pathname;
    const officer = async (key: string) => {
      const { visitor, ...needs } = journeyOf(key, 'en');
      await signIn({ ...needs, visitor }, needs.serviceUrl, `/office${path}`);
      await visitor.submit('/take');
      return visitor;
    };
    const huda = await officer('huda');
    const done = everyPointDone(huda.current());
    await huda.submit('/decide', { ...done, outcome: 'refuse', reasons: 'conviction-stands' });
    const refused = await applicant.visitor.open(caseUrl);
    expect(words(refused)).toContain('A conviction stands on record and is not yet spent.');
    const page = await applicant.visitor.open(`${caseUrl}/appeal`);
    expect(words(page)).toContain('another officer decides on it');
    expect(
      words(await applicant.visitor.submit('/appeal', { words: 'A court ruled in May that it is spent.' })),
    ).toContain('appeal');

    await huda.open(`${federation.url('bh')}/office${path}`);
    expect(words(await huda.submit('/take'))).toContain('You had a hand in this decision');
    const abdulla = await officer('abdulla');
    // Other eyes: what was checked for the refusal does not count here.
    await abdulla.submit('/checklist', everyPointDone(abdulla.current()));
    await abdulla.open(`${federation.url('bh')}/office${path}/appeal`);
    expect(words(abdulla.current())).toContain('A court ruled in May');
    await abdulla.submit('/appeal', {
      outcome: 'approve',
      reasons: 'confirmed-after-review',
      'words-ar': 'اطّلعنا على حكم رد الاعتبار.',
      'words-en': 'We have seen the ruling.',
    });
    const decided = await applicant.visitor.open(caseUrl);
    for (const shown of ['We have seen the ruling.', 'takes the place of', 'Valid until'])
      expect(words(decided)).toContain(shown);
    expect(words(decided)).not.toMatch(/Huda|Abdulla/);
  });

  test('is not begun at the site of a state that is not home', async () => {
    const needs = journeyOf('fatima', 'en', 'sa');
    await signIn(needs, needs.serviceUrl);
    // A visited state knows no birth date, and offers what is for visitors or shared by states.
    await needs.visitor.open(`${needs.serviceUrl}/services`);
    const found = await needs.visitor.submit('/services/for-me');
    expect(found.html.querySelector('#by-for option[selected]')?.getAttribute('value')).toBe('visitor');
    expect(found.html.querySelector('#by-age')?.getAttribute('value') || undefined).toBeUndefined();
    await needs.visitor.open(`${needs.serviceUrl}/services/${serviceId}`);
    const page = await needs.visitor.submit('/start');
    expect(page.status).toBe(403);
    expect(page.html.text).toContain('Apply on the site of your home state');
  });
});
