import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql, type Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { type Cases, casesMigrations, createCases, type Person } from '#modules/cases';
import { catalogueMigrations, checkService, createCatalogue } from '#modules/catalogue';
import { openTestDatabase } from '#tests/support/database';
import { createOffers, type LifeEvent, type Offers, offersMigrations } from '../index.ts';

const servicesDir = join(import.meta.dirname, '..', '..', '..', 'services');
const publisher = 'http://bh.localhost:4002/offices/interior';
const clock = fixedClock('2026-11-24T08:00:00Z');
const told: Array<{ personId: string; source: string; link: string }> = [];
const sent: Array<{ name: string; data: object }> = [];
const guardians = new Map<string, string[]>();
let database: Database;
let cases: Cases;
let offers: Offers;

beforeAll(async () => {
  database = await openTestDatabase(catalogueMigrations, casesMigrations, offersMigrations);
  const state = { code: 'BH', names: { ar: 'البحرين', en: 'Bahrain' }, currency: { code: 'BHD', decimals: 3 } };
  const tools = { database, clock, log: silentLog };
  const catalogue = createCatalogue({ ...tools, state, publicUrl: 'http://x', servicesDir, keys: memoryKeys() });
  await catalogue.start();
  const ledger = { append: async () => ({}) as never };
  const jobs = {
    queue: () => undefined,
    send: async (_tx: Tx, name: string, data: object) => void sent.push({ name, data }),
  };
  const calendar = { weekend: [5, 6], holidays: [], timeZone: 'Asia/Bahrain' };
  cases = createCases({ ...tools, ledger, jobs, catalogue, state: 'BH', calendar, roles: () => [] });
  offers = createOffers({
    ...tools,
    ledger,
    jobs,
    catalogue,
    cases,
    state: 'BH',
    timeZone: 'Asia/Bahrain',
    listGuardians: async (_tx, personId) => guardians.get(personId) ?? [],
    // Asked of the database as the node does: inside a transaction it would never be answered.
    findEmail: async () => {
      await sql`select 1`.execute(database.db);
      return 'parent@example.bh';
    },
    tell: async (_tx, { personId, source, link }) => void told.push({ personId, source, link }),
  });
});
afterAll(() => database?.close());

const somebody = (homeState = 'BH'): Person => ({ personId: newId(), homeState, level: 'substantial' });
const note = (event: Partial<LifeEvent> & { personId: string }) =>
  database.transaction((tx) =>
    offers.noteEvent(tx, {
      type: 'person-born',
      isOwnPerson: true,
      publisher,
      data: { born_on: '2026-11-22' },
      ...event,
    }),
  );
const toldTo = ({ personId }: Person) => told.filter((one) => one.personId === personId);
const one = async (person: Person) => (await offers.list(person))[0]!;

describe('an event in a person’s life', () => {
  test('told twice is offered once, with its source, and nothing is begun before a yes', async () => {
    const parent = somebody();
    await note(parent);
    await note(parent);
    const [offer, ...more] = await offers.list(parent);
    expect(more).toEqual([]);
    expect(offer).toMatchObject({
      serviceId: 'newborn-cover',
      publisher,
      happenedOn: '2026-11-22',
      until: '2027-11-22',
    });
    expect(offer!.fills.map(({ value, source }) => [value.en, source.en])).toEqual([
      ['22 November 2026', 'From the official record: A child was born to you'],
      ['parent@example.bh', 'From: your confirmed address under “Messages”'],
    ]);
    expect(offer!.asks[0]!.fields.length).toBeGreaterThan(2);
    expect(toldTo(parent)).toEqual([expect.objectContaining({ link: `/offers/${offer!.offerId}` })]);
    expect(await cases.listMyCases(parent)).toEqual([]);
    await expect(offers.begin(somebody(), offer!.offerId)).rejects.toMatchObject({ code: 'offer-unknown' });
  });

  test('makes a draft of a yes, filled and marked, of which nothing is an answer before the person says so', async () => {
    const parent = somebody();
    await note(parent);
    const { offerId } = await one(parent);
    const [first, second] = await Promise.all([offers.begin(parent, offerId), offers.begin(parent, offerId)]);
    expect(second).toEqual(first);
    const draft = await cases.getMyCase(parent, first.caseId);
    expect(draft).toMatchObject({ state: 'draft', answers: [] });
    const { questions } = await cases.openPage(parent, first.caseId, 'child', 'en');
    expect(questions[0]).toMatchObject({ source: 'From the official record: A child was born to you' });
    expect(JSON.stringify(questions[0])).toContain('2026');
    expect(questions[1]).not.toHaveProperty('source');
    expect(await offers.list(parent)).toEqual([]);
    expect(await offers.get(parent, offerId)).toMatchObject({ state: 'begun', caseId: first.caseId });

    // What was filled goes with the draft.
    await cases.withdrawCase(parent, first.caseId);
    const again = await cases.startCase(parent, 'newborn-cover');
    const page = await cases.openPage(parent, again.id, 'child', 'en');
    expect(page.questions[0]).not.toHaveProperty('source');
  });

  test('that was put off comes back once, and is then over', async () => {
    const parent = somebody();
    await note(parent);
    const { offerId } = await one(parent);
    expect(await offers.answer(parent, offerId, 'not-now')).toMatchObject({ state: 'later', againOn: '2026-12-08' });
    expect(await offers.list(parent)).toEqual([]);
    await offers.tend();
    expect(await offers.list(parent)).toEqual([]);
    clock.advance(14 * 86_400_000);
    await Promise.all([offers.tend(), offers.tend()]);
    expect(await one(parent)).toMatchObject({ offerId, mayPutOff: false });
    expect(toldTo(parent)).toHaveLength(2);
    expect(await offers.answer(parent, offerId, 'not-now')).toMatchObject({ state: 'ended', endedFor: 'declined' });
    await note(parent);
    expect(await offers.list(parent)).toEqual([]);
    clock.advance(-14 * 86_400_000);
  });

  test('of a kind that the person never wants is not offered again, and is once they want it', async () => {
    const parent = somebody();
    await note(parent);
    await offers.answer(parent, (await one(parent)).offerId, 'never');
    await note({ ...parent, data: { born_on: '2026-11-23' } });
    expect(await offers.list(parent)).toEqual([]);
    expect(await offers.listWishes(parent)).toEqual([
      expect.objectContaining({ eventType: 'person-born', isWanted: false }),
    ]);
    await offers.saveWish(parent, 'person-born', true);
    await note({ ...parent, data: { born_on: '2026-11-24' } });
    expect(await one(parent)).toMatchObject({ happenedOn: '2026-11-24' });
    await expect(offers.saveWish(parent, 'person-died', true)).rejects.toMatchObject({ code: 'event-kind-unknown' });
  });

  test('of somebody of another state is offered only to whoever asked for it', async () => {
    const visitor = somebody('SA');
    const event = { personId: visitor.personId, isOwnPerson: false };
    await note(event);
    expect(await offers.list(visitor)).toEqual([]);
    await offers.saveWish(visitor, 'person-born', true);
    expect(sent.at(-1)).toEqual({
      name: 'offer-wish-changed',
      data: { personId: visitor.personId, eventType: 'person-born', isWanted: true },
    });
    await note(event);
    expect(await one(visitor)).toMatchObject({ serviceId: 'newborn-cover' });
    // A degree is not offered to be recognised in the state that awarded it.
    await note({ ...visitor, type: 'degree-awarded', data: { awarded_on: '2026-11-22' } });
    expect((await offers.list(visitor)).map(({ serviceId }) => serviceId)).toEqual(['newborn-cover']);
  });

  test('of a child is offered to the guardian, who begins it for the child', async () => {
    const [guardian, child] = [somebody(), somebody()];
    guardians.set(child.personId, [guardian.personId]);
    await note(child);
    expect(await offers.list(child)).toEqual([]);
    const { offerId, isForChild } = await one(guardian);
    expect(isForChild).toBe(true);
    await expect(offers.begin(guardian, offerId)).rejects.toMatchObject({ code: 'offer-for-another' });
    const acting: Person = { ...child, representative: { personId: guardian.personId, kind: 'guardian' } };
    expect(await one(acting)).toMatchObject({ offerId });
    const { caseId } = await offers.begin(acting, offerId);
    expect(await cases.getMyCase(acting, caseId)).toMatchObject({ state: 'draft' });
  });
});

describe('an offer ends', () => {
  test('when its time is over', async () => {
    const parent = somebody();
    await note({ ...parent, data: { born_on: '2025-11-25' } });
    const { offerId, mayPutOff } = await one(parent);
    expect(mayPutOff).toBe(false);
    clock.advance(2 * 86_400_000);
    expect(await offers.list(parent)).toEqual([]);
    expect(await offers.get(parent, offerId)).toMatchObject({ state: 'ended', endedFor: 'time' });
    await expect(offers.begin(parent, offerId)).rejects.toMatchObject({ code: 'offer-ended' });
    await offers.tend();
    await note({ ...somebody(), data: { born_on: '2020-01-01' } });
    clock.advance(-2 * 86_400_000);
  });

  test('when the office takes back what it had recorded, and is made anew when it is recorded anew', async () => {
    const parent = somebody();
    await note(parent);
    const { offerId } = await one(parent);
    const withdraw = (happened_on: string) =>
      note({ ...parent, type: 'life-event-withdrawn', data: { event_type: 'person-born', happened_on } });
    await withdraw('2026-11-21');
    expect(await one(parent)).toMatchObject({ offerId });
    await withdraw('2026-11-22');
    expect(await offers.get(parent, offerId)).toMatchObject({ endedFor: 'withdrawn', fills: [] });
    await note(parent);
    expect((await one(parent)).offerId).not.toBe(offerId);
  });

  test('when the person has died, or has applied', async () => {
    const [dead, applied] = [somebody(), somebody()];
    for (const person of [dead, applied]) await note(person);
    await note({ ...dead, type: 'person-died', data: { died_on: '2026-11-23' } });
    expect(await offers.list(dead)).toEqual([]);
    await database.transaction((tx) => offers.noteApplied(tx, applied.personId, 'newborn-cover'));
    expect(await offers.list(applied)).toEqual([]);
  });

  test('before it is made, when the person has applied since it happened', async () => {
    const parent = somebody();
    const { id } = await cases.startCase(parent, 'newborn-cover');
    const values = {
      full_name_ar: 'أم',
      full_name_latin: 'Mother',
      birth_date: '1990-01-01',
      nationality: 'BH',
    };
    await cases.recordEvidence(parent, id, [{ evidenceType: 'person-identity', providerState: 'BH', values }]);
    const born = { 'born_on-day': '22', 'born_on-month': '11', 'born_on-year': '2026' };
    expect(await cases.saveAnswers(parent, id, 'child', { ...born, child_name: 'Salem' })).toMatchObject({
      errors: [],
    });
    await cases.saveAnswers(parent, id, 'contact', { email: 'mother@example.bh' });
    await cases.saveAnswers(parent, id, 'declaration', { declaration: 'yes' });
    expect((await cases.submitCase(parent, id)).state).toBe('approved');
    await note(parent);
    expect(await offers.list(parent)).toEqual([]);
    // Another child is another matter.
    await note({ ...parent, data: { born_on: '2026-11-25' } });
    expect(await offers.list(parent)).toHaveLength(1);
  });
});

test('a folder whose offers do not fit is told so in plain words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-offers-'));
  const copy = join(folder, 'newborn-cover');
  for (const name of ['newborn-cover', 'vocabulary.json', 'synonyms.json'])
    await cp(join(servicesDir, name), join(folder, name), { recursive: true });
  const file = join(copy, 'offers.json');
  const rule = JSON.parse(readFileSync(file, 'utf8'))['person-born'];
  const findings = async (changed: object) => {
    writeFileSync(file, JSON.stringify(changed));
    return (await checkService(copy)).map(({ problem }) => problem).join('; ');
  };
  expect(await findings({ 'person-born': rule })).toBe('');
  expect(await findings({ 'person-flew': rule })).toContain("'person-flew' is no type of event");
  expect(await findings({ 'person-born': { ...rule, fills: { declaration: 'born_on' } } })).toContain(
    'only the person answers',
  );
  expect(await findings({ 'person-born': { ...rule, fills: { born: 'born_on' } } })).toContain('which the form lacks');
  expect(await findings({ 'person-born': { ...rule, fills: { child_name: 'born_on' } } })).toContain(
    'are not both dates',
  );
  expect(await findings({ 'person-born': { ...rule, againAfterDays: 180, forDays: 90 } })).toContain(
    'before it comes back',
  );
  expect(await findings({ 'person-born': { ...rule, contact: { email: 'child_name' } } })).toContain(
    'no question for an e-mail',
  );
  rmSync(folder, { recursive: true });
});
