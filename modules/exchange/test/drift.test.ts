import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { openTestDatabase } from '#tests/support/database';
import { exchangeMigrations } from '../index.ts';
import { createRegistries } from '../registries/lookup.ts';
import { openSecretFolder } from '../registries/secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'jisr-drift-'));
const http = createHttpClient();
const clock = fixedClock('2026-11-22T12:00:00Z');
let database: Database;
beforeAll(async () => {
  database = await openTestDatabase(exchangeMigrations);
});
afterAll(async () => {
  await http.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

const header = 'No,Arabic,Latin,Born,Nat';
const put = (...rows: string[]) => {
  writeFileSync(join(folder, 'new'), [header, ...rows].join('\n'));
  renameSync(join(folder, 'new'), join(folder, 'people.csv'));
};
const open = (over: Database = database) =>
  createRegistries({
    database: over,
    http,
    clock,
    log: silentLog,
    folder,
    secrets: openSecretFolder(folder),
    registries: [
      {
        id: 'people',
        officeId: 'civil',
        names: { ar: 'سجل', en: 'Register' },
        adapter: 'csv',
        file: 'people.csv',
        key: 'No',
        evidence: [
          {
            type: 'person-identity',
            map: {
              full_name_ar: 'Arabic',
              full_name_latin: 'Latin',
              birth_date: { from: 'Born', date: 'YYYY-MM-DD' },
              nationality: { from: 'Nat', values: { Kuwaiti: 'KW' } },
            },
          },
        ],
      },
    ],
  });
type Opened = ReturnType<typeof open>;
const ask = (registries: Opened, nationalId = '1') =>
  registries.lookUp('civil', 'person-identity', { nationalId }).catch((error) => error.code);
const seenBy = async (registries: Opened) => (await registries.checkHealth({ isNow: true }))[0]!.drift;

test('what has drifted is known to every process of the node and to the next start, and ends at a right answer', async () => {
  const [here, there] = [open(), open()];
  put('1,سارة,Sara,2000-02-29,Martian', '2,سارة,Sara,2000-02-29,Kuwaiti');
  const since = clock.now().toISOString();
  expect(await ask(here)).toBe('registry-answer-invalid');
  clock.advance(60_000);
  expect(await ask(here)).toBe('registry-answer-invalid');
  await seenBy(here);
  expect(await ask(there)).toBe('registry-answer-invalid');
  const lastSeenAt = clock.now().toISOString();
  const drift = { field: 'nationality', kind: 'value-unknown', count: 3, since, lastSeenAt };
  expect(await seenBy(there)).toEqual([drift]);

  const next = open();
  next.start();
  await expect
    .poll(() => next.listDrifts())
    .toEqual([{ registryId: 'people', evidenceType: 'person-identity', ...drift }]);
  // Of somebody else, and not found, tell nothing of the field.
  expect(await ask(next, '3')).toBe('evidence-not-found');
  expect(await seenBy(next)).toEqual([drift]);

  put('1,سارة,Sara,2000-02-29,Kuwaiti');
  // One right record says little about the others.
  expect(await ask(next)).toMatchObject({ nationality: 'KW' });
  expect(next.listDrifts()).toHaveLength(1);
  clock.advance(600_000);
  expect(await ask(next)).toMatchObject({ nationality: 'KW' });
  expect(next.listDrifts()).toEqual([]);
  await next.stop();
  expect(await seenBy(here)).toBeUndefined();
  expect(await seenBy(there)).toBeUndefined();

  // What comes again has begun again.
  clock.advance(60_000);
  put('1,سارة,Sara,2000-02-29,Martian');
  await ask(there);
  expect(await seenBy(there)).toMatchObject([{ count: 1, since: clock.now().toISOString() }]);
});

test('a lookup of a registry that has drifted costs no statement, and a database that is away costs no drift', async () => {
  await sql`delete from exchange.registry_drifts`.execute(database.db);
  let transactions = 0;
  let isAway = true;
  const counting = {
    ...database,
    transaction: (work: never) => {
      transactions += 1;
      return isAway ? Promise.reject(new Error('away')) : database.transaction(work);
    },
  } as Database;
  const registries = open(counting);
  put('1,سارة,Sara,29 February,Kuwaiti');
  for (let turn = 0; turn < 20; turn += 1) expect(await ask(registries)).toBe('registry-answer-invalid');
  expect(transactions).toBe(0);
  expect(await seenBy(registries)).toMatchObject([{ field: 'birth_date', count: 20 }]);
  expect(transactions).toBe(1);
  await ask(registries);
  isAway = false;
  await registries.stop();
  expect(await seenBy(open())).toMatchObject([{ field: 'birth_date', kind: 'form-changed', count: 21 }]);
});
