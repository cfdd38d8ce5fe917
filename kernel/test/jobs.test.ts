import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#kernel/database';
import { createJobs, type Jobs } from '#kernel/jobs';
import { silentLog } from '#kernel/log';
import { openTestDatabase } from '#tests/support/database';

let database: Database;
let jobs: Jobs;
const heard: unknown[] = [];
const dueWhileHeard: number[] = [];
const heardBeside: unknown[] = [];
const mended: unknown[] = [];
let isBroken = true;
beforeAll(async () => {
  database = await openTestDatabase();
  jobs = createJobs(database, { log: silentLog });
  jobs.queue('never-heard');
  jobs.queue('given-up');
  jobs.work('letters', async (data) => {
    heard.push(data);
    dueWhileHeard.push(await jobs.countDue());
  });
  jobs.hear('letters', 'archive', async (data, jobId) => {
    heardBeside.push({ ...data, hasId: jobId.length === 36 });
  });
  jobs.work('fragile', async ({ at }) => {
    if (isBroken) throw Object.assign(new Error(`about ${at}`), { code: 'ECONNREFUSED' });
    mended.push(at);
  });
  await jobs.start();
});
afterAll(async () => {
  await jobs.stop();
  await database.close();
});

test('a queue that nobody hears can be sent to inside the first transaction', async () => {
  await database.transaction((tx) => jobs.send(tx, 'never-heard', {}, { key: 'one' }));
});

test('a job exists exactly when the transaction that sent it commits', async () => {
  await database
    .transaction(async (tx) => {
      await jobs.send(tx, 'letters', { to: 'nobody' });
      throw new Error('never mind');
    })
    .catch(() => undefined);
  await database.transaction((tx) => jobs.send(tx, 'letters', { to: 'muscat' }));
  await expect.poll(() => heard).toEqual([{ to: 'muscat' }]);
});

test('whoever hears beside another hears every job too', async () => {
  await expect.poll(() => heardBeside).toEqual([{ to: 'muscat', hasId: true }]);
  expect(heard).toHaveLength(1);
});

test('what is due now is told: not what waits for later, is done, or has nobody to hear it', async () => {
  await expect.poll(() => jobs.countDue()).toBe(0);
  const later = new Date(Date.now() + 3_600_000);
  await database.transaction((tx) => jobs.send(tx, 'letters', { to: 'doha' }, { startAfter: later }));
  expect(await jobs.countDue()).toBe(0);
  await database.transaction(async (tx) => {
    await jobs.send(tx, 'never-heard', {});
    await jobs.send(tx, 'letters', { to: 'manama' });
  });
  await expect.poll(() => heard).toEqual([{ to: 'muscat' }, { to: 'manama' }]);
  await expect.poll(() => jobs.countDue()).toBe(0);
  expect(dueWhileHeard.every((due) => due > 0)).toBe(true);
});

test('many at once are heard one after the other without a pause, and one for later when its time has come', async () => {
  const all = Array.from({ length: 12 }, (_, at) => ({ to: `oasis ${at}` }));
  const before = heard.length;
  const laterAt = Date.now() + 3_000;
  await database.transaction(async (tx) => {
    for (const one of all) await jobs.send(tx, 'letters', one);
    await jobs.send(tx, 'letters', { to: 'later' }, { startAfter: new Date(laterAt) });
  });
  const since = () => heard.slice(before);
  // With the two seconds between it would be 24.
  await expect.poll(() => since().length, { timeout: 12_000 }).toBeGreaterThanOrEqual(all.length);
  const heardSoFar = since();
  if (Date.now() < laterAt) expect(heardSoFar).toEqual(all);
  await expect.poll(since).toEqual([...all, { to: 'later' }]);
});

test('a queue tells how many wait and how many failed at every try', async () => {
  await database.transaction((tx) => jobs.send(tx, 'given-up', {}, { key: 'two' }));
  await database.execute("update jobs.job set state = 'failed' where name = 'given-up'");
  const status = await jobs.status();
  expect(status).toContainEqual({ queue: 'never-heard', waiting: 2, active: 0, dead: 0 });
  expect(status).toContainEqual({ queue: 'given-up', waiting: 0, active: 0, dead: 1 });
});

test('a dead job is listed with its reason and nothing of what it was about, tried once more, or given up in one transaction', async () => {
  await database.transaction(async (tx) => {
    await jobs.send(tx, 'fragile', { at: 'Fatima' });
    await jobs.send(tx, 'fragile', { at: 'Yousif' });
  });
  const failed = async () =>
    (await database.execute("select id from jobs.job where name = 'fragile' and state = 'retry'")).rows.length;
  await expect.poll(failed).toBe(2);
  // As after the last of its tries, which would take minutes.
  await database.execute("update jobs.job set state = 'failed', completed_on = now() where name = 'fragile'");
  const dead = (await jobs.listDead()).filter(({ queue }) => queue === 'fragile');
  expect(dead).toMatchObject([{ reason: 'ECONNREFUSED' }, { reason: 'ECONNREFUSED' }]);
  expect(JSON.stringify(dead)).not.toMatch(/Fatima|Yousif|about/);

  const [first, second] = dead.map(({ jobId }) => jobId);
  await expect(
    database.transaction(async (tx) => {
      expect(await jobs.dropDead(tx, second!)).toBe('fragile');
      throw new Error('never mind');
    }),
  ).rejects.toThrow('never mind');
  isBroken = false;
  expect(await jobs.retryDead(first!)).toBe(true);
  await expect.poll(() => mended).toHaveLength(1);
  expect(await jobs.retryDead(first!)).toBe(false);
  expect(await database.transaction((tx) => jobs.dropDead(tx, second!))).toBe('fragile');
  expect(await database.transaction((tx) => jobs.dropDead(tx, second!))).toBeUndefined();
  expect((await jobs.listDead()).filter(({ queue }) => queue === 'fragile')).toEqual([]);
});
