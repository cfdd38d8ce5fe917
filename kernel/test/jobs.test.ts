import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#kernel/database';
import { createJobs, type Jobs } from '#kernel/jobs';
import { silentLog } from '#kernel/log';
import { openTestDatabase } from '#tests/support/database';

let database: Database;
let jobs: Jobs;
const heard: unknown[] = [];
beforeAll(async () => {
  database = await openTestDatabase();
  jobs = createJobs(database, { log: silentLog });
  jobs.queue('never-heard');
  jobs.work('letters', async (data) => {
    heard.push(data);
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
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual([{ to: 'muscat' }]);
});
