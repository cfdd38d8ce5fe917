import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createJobs, type Jobs } from '#kernel/jobs';
import { silentLog } from '#kernel/log';
import { createInsights, type Insights, insightsMigrations } from '#modules/insights';
import { openTestDatabase } from '#tests/support/database';
import { unobserved } from './support.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const clock = fixedClock('2026-11-29T10:02:00Z');
const title = { ar: 'خدمة', en: 'A service' };
const degree = {
  title,
  version: '1',
  serviceId: 'degree-recognition',
  officeId: 'moe',
  evidenceTypes: ['degree-record', 'person-identity'],
};
const plain = { title, version: '1', serviceId: 'good-conduct', officeId: 'moi', evidenceTypes: [] };

type Asked = { at: Date; officeId: string; evidenceType: string; isSilent: boolean };
let asked: Asked[] = [];
let database: Database;
let jobs: Jobs;
let insights: Insights;
beforeAll(async () => {
  database = await openTestDatabase(insightsMigrations);
  jobs = createJobs(database, { log: silentLog });
  insights = createInsights({
    ...unobserved(database),
    database,
    clock,
    jobs,
    publicUrl: 'https://sa.example',
    state: { code: 'SA', names: { ar: 'السعودية', en: 'Saudi Arabia' } },
    ledger: { append: () => Promise.reject(new Error('no round is opened here')) },
    listOfficers: () => [],
    measureFacts: async () => [],
    listServices: () => [degree, plain],
    listAsked: async ({ since, until }) => asked.filter(({ at }) => at >= since && at < until),
    measureDecided: async () => [
      { serviceId: degree.serviceId, decided: 12, atOncePercent: 75, medianWorkingDays: 0, p90WorkingDays: 3 },
    ],
  });
  await jobs.start();
});
afterAll(async () => {
  await insights?.stop();
  await jobs?.stop();
  await database?.close();
});

/** The node lives on for some minutes, and is seen once in each interval. */
async function live(minutes: number): Promise<void> {
  for (let left = minutes; left > 0; left -= 5) {
    await insights.observe();
    clock.advance(5 * minuteMs);
  }
}
const away = (minutes: number) => clock.advance(minutes * minuteMs);
const ask = (evidenceType: string, isSilent: boolean, officeId = 'moe') =>
  asked.push({ at: new Date(Math.floor(clock.now().getTime() / 300_000) * 300_000), officeId, evidenceType, isSilent });
const measured = async (serviceId: string) => {
  clock.advance(minuteMs);
  const found = (await insights.measureServices()).find((one) => one.serviceId === serviceId)?.availability;
  clock.advance(-minuteMs);
  return found;
};

describe('availability', () => {
  test('is observed through the job queue, by a row a day', async () => {
    insights.start();
    const rows = async () =>
      (await sql<{ up: string }>`select up::text as up from insights.up_days`.execute(database.db)).rows;
    await expect.poll(async () => (await rows()).length).toBe(1);
    const [day] = await rows();
    // 10:00 is the 120th interval of the day.
    expect([day!.up.length, day!.up.indexOf('1'), day!.up.lastIndexOf('1')]).toEqual([288, 120, 120]);
    await insights.stop();
  });

  test('is told once a whole day was observed, and an interval that nobody saw counts against it', async () => {
    await live(23 * 60);
    expect(await measured(plain.serviceId)).toBeUndefined();
    // Not observed for half an hour.
    away(30);
    await live(90);
    // From 10:00 to 10:55 of the next day: what ended less than five minutes ago is not counted yet.
    expect(await measured(plain.serviceId)).toEqual({
      percent: 97.9,
      nodePercent: 97.9,
      from: '2026-11-29',
      intervals: 299,
      askedIntervals: 0,
    });
  });

  test('of a service ends where a source was asked for it and was silent; a source that answered or was not asked takes nothing', async () => {
    const before = await measured(plain.serviceId);
    for (let count = 0; count < 9; count += 1) {
      ask('degree-record', count < 3);
      ask('person-identity', count === 0);
      // Another office's question is not about this service, and neither is another kind of evidence.
      ask('degree-record', true, 'other-office');
      ask('vehicle-record', true);
      await live(5);
    }
    await live(10);
    const lost = await measured(degree.serviceId);
    expect(lost).toMatchObject({ intervals: 310 });
    // 304 of 310 seen, three of them with a silent source. Nine intervals with questions are too few to be told.
    expect(lost).toMatchObject({ percent: 97, nodePercent: 98 });
    expect(lost!.askedIntervals).toBeUndefined();
    expect((await measured(plain.serviceId))!.percent).toBe(lost!.nodePercent);
    expect(before!.intervals).toBe(299);
    ask('degree-record', false);
    await live(20);
    const [again, same] = [await measured(degree.serviceId), (await insights.measureServices())[0]];
    expect(again!.askedIntervals).toBe(10);
    // Beside what its cases showed.
    expect(same).toMatchObject({ serviceId: degree.serviceId, decided: 12 });
  });

  test('counted again, says the same', async () => {
    const rows = async () => (await sql`select * from insights.asked_days order by 1, 2, 3`.execute(database.db)).rows;
    const before = await rows();
    await insights.observe();
    await insights.observe();
    expect([before.length, await rows()]).toEqual([4, before]);
  });

  test('is of the last twelve months, whose rows alone are kept, and a year without a beat is no year of service', async () => {
    asked = [];
    clock.advance(400 * dayMs);
    await insights.observe();
    const rows = await sql<{ up: number; asked: number }>`select (select count(*)::int from insights.up_days) as up,
      (select count(*)::int from insights.asked_days) as asked`.execute(database.db);
    expect(rows.rows).toEqual([{ up: 1, asked: 0 }]);
    const now = await measured(plain.serviceId);
    expect([now!.percent, now!.nodePercent]).toEqual([0, 0]);
    expect(now!.intervals).toBeGreaterThan(365 * 288);
  });
});
