import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { createLog, silentLog } from '#kernel/log';
import { casesMigrations, createCases } from '#modules/cases';
import { type Catalogue, catalogueMigrations, createCatalogue } from '#modules/catalogue';
import { openTestDatabase } from '#tests/support/database';
import { createOffers, type Offers, offersMigrations } from '../index.ts';

const serviceId = 'newborn-cover';
const reason = { ar: 'لم يبدأ الموسم.', en: 'The season has not begun.' };
const hourMs = 3_600_000;

const clock = fixedClock('2027-01-10T08:00:00Z');
type Told = { personId: string; kind: string; source: string; link: string; values: { fact?: Text; until?: Text } };
let told: Told[] = [];
let failing: string | undefined;
let logged = '';
let database: Database;
let catalogue: Catalogue;
let offers: Offers;
let other: Offers;

beforeAll(async () => {
  database = await openTestDatabase(catalogueMigrations, casesMigrations, offersMigrations);
  const state = { code: 'BH', names: { ar: 'البحرين', en: 'Bahrain' }, currency: { code: 'BHD', decimals: 3 } };
  const servicesDir = join(import.meta.dirname, '..', '..', '..', 'services');
  const tools = { database, clock, log: silentLog };
  catalogue = createCatalogue({ ...tools, state, publicUrl: 'http://x', servicesDir, keys: memoryKeys() });
  await catalogue.start();
  const ledger = { append: async () => ({}) as never };
  const jobs = { queue: () => undefined, send: async () => undefined };
  const calendar = { weekend: [5, 6], holidays: [], timeZone: 'Asia/Bahrain' };
  const cases = createCases({ ...tools, ledger, jobs, catalogue, state: 'BH', calendar, roles: () => [] });
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      logged += String(chunk);
      done();
    },
  });
  const open = () =>
    createOffers({
      ...tools,
      log: createLog({ name: 'test', level: 'trace', destination }),
      ...{ ledger, jobs, catalogue, cases, state: 'BH', timeZone: 'Asia/Bahrain' },
      listGuardians: async () => [],
      findEmail: async () => undefined,
      tell: async (tx, message) => {
        // As the mailbox does it, in the transaction.
        await sql`select 1`.execute(tx);
        if (message.personId === failing) throw new Error('no mailbox');
        told.push(message);
      },
    });
  offers = open();
  other = open();
});
afterAll(() => database?.close());
beforeEach(async () => {
  told = [];
  await sql`delete from offers.openings`.execute(database.db);
  await sql`delete from catalogue.pauses`.execute(database.db);
});

const pause = (startsAt: Date, endsAt?: Date) =>
  database.transaction((tx) => catalogue.pause(tx, { serviceId, reason, startsAt, ...(endsAt ? { endsAt } : {}) }));
const later = (ms: number) => new Date(clock.now().getTime() + ms);
const kept = async () => (await sql`select * from offers.openings`.execute(database.db)).rows.length;

test('asked twice is kept once, shown with when it opens, and gone when it is not wanted any more', async () => {
  const [me, somebody] = [newId(), newId()];
  const startsAt = clock.now();
  await pause(startsAt, later(hourMs));
  await offers.awaitOpening(me, serviceId);
  clock.advance(1_000);
  await offers.awaitOpening(me, serviceId);
  expect(await offers.listOpenings(me)).toEqual([
    {
      serviceId,
      serviceTitle: (await catalogue.getService(serviceId)).definition.title,
      askedAt: startsAt.toISOString(),
      keptUntil: new Date(startsAt.getTime() + 732 * 24 * hourMs).toISOString(),
      opensAt: new Date(startsAt.getTime() + hourMs).toISOString(),
    },
  ]);
  expect(await offers.listOpenings(somebody)).toEqual([]);
  await offers.dropOpening(somebody, serviceId);
  expect(await kept()).toBe(1);
  await offers.dropOpening(me, serviceId);
  await offers.dropOpening(me, serviceId);
  expect(await kept()).toBe(0);
});

test('a service that takes applications, or that nobody gives here, is not waited for', async () => {
  await pause(later(hourMs));
  await expect(offers.awaitOpening(newId(), serviceId)).rejects.toMatchObject({ code: 'service-open' });
  await expect(offers.awaitOpening(newId(), 'fishing-licence')).rejects.toMatchObject({ code: 'service-unknown' });
  await expect(offers.awaitOpening(newId(), "x' or 1=1")).rejects.toMatchObject({ code: 'service-unknown' });
  expect(await kept()).toBe(0);
});

test('at the planned moment everybody who waits is told once, by whichever process, until when they can begin', async () => {
  const people = [newId(), newId(), newId()];
  await pause(clock.now(), later(hourMs));
  await pause(later(48 * hourMs));
  for (const personId of people) await offers.awaitOpening(personId, serviceId);
  expect(await offers.tellOpened()).toBe(0);
  clock.advance(hourMs);
  const counts = await Promise.all([offers.tellOpened(), other.tellOpened(), offers.tellOpened()]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(3);
  expect(told.map(({ personId }) => personId).sort()).toEqual(people.toSorted());
  expect(told[0]).toMatchObject({ kind: 'service-opened', link: `/services/${serviceId}` });
  expect(told[0]!.values.until).toEqual({
    ar: expect.stringMatching(/^ويمكن بدء الطلب حتى ١٢ يناير ٢٠٢٧/),
    en: expect.stringMatching(/^You can begin an application until 12 January 2027 at 11:00/),
  });
  expect(await kept()).toBe(0);
  expect(await offers.tellOpened()).toBe(0);
});

test('opened earlier by its office it is told then, and a later season is told anew', async () => {
  const me = newId();
  const startsAt = clock.now();
  await pause(startsAt);
  await offers.awaitOpening(me, serviceId);
  await database.transaction((tx) => catalogue.endPause(tx, serviceId, startsAt));
  expect(await offers.tellOpened()).toBe(1);
  expect(told[0]!.values.until!.en).toBe('No day on which it closes has been said.');
  clock.advance(hourMs);
  await pause(clock.now(), later(hourMs));
  await offers.awaitOpening(me, serviceId);
  clock.advance(2 * hourMs);
  expect(await offers.tellOpened()).toBe(1);
  expect(new Set(told.map(({ source }) => source)).size).toBe(2);
});

test('a telling that breaks off loses nobody, keeps nobody else waiting, and writes no person into the log', async () => {
  const [first, second] = [newId(), newId()];
  await pause(clock.now(), later(hourMs));
  await offers.awaitOpening(first, serviceId);
  await offers.awaitOpening(second, serviceId);
  clock.advance(hourMs);
  failing = first;
  logged = '';
  expect(await offers.tellOpened()).toBe(1);
  expect(await kept()).toBe(1);
  expect(logged).toContain(serviceId);
  expect(logged).not.toContain(first);
  failing = undefined;
  expect(await offers.tellOpened()).toBe(1);
  expect(told.map(({ personId }) => personId)).toEqual([second, first]);
});

test('what is kept ends with the person, with the service, and after two years', async () => {
  const [dead, alive] = [newId(), newId()];
  await pause(clock.now());
  await offers.awaitOpening(dead, serviceId);
  await offers.awaitOpening(alive, serviceId);
  const died = { type: 'person-died', isOwnPerson: true, publisher: 'http://x', data: { died_on: '2027-01-01' } };
  await database.transaction((tx) => offers.noteEvent(tx, { ...died, personId: dead }));
  expect(await offers.listOpenings(dead)).toEqual([]);
  await sql`insert into offers.openings values ('gone-service', ${alive}, ${clock.now()})`.execute(database.db);
  await offers.tellOpened();
  expect(await kept()).toBe(1);
  clock.advance(733 * 24 * hourMs);
  await offers.tellOpened();
  expect(await kept()).toBe(0);
  expect(told).toEqual([]);
});
