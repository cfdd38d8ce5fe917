import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { createLog } from '#kernel/log';
import { createRegistries } from '../registries/lookup.ts';
import { openSecretFolder } from '../registries/secrets.ts';
import { tryRegistry } from '../registries/try.ts';

const server = process.env['DATABASE_URL'];
if (server === undefined) console.log('No PostgreSQL server in DATABASE_URL: registries on one are not tried here.');

const name = `ministry_${newId().replaceAll('-', '')}`;
const reader = `${name}_reader`;
const folder = mkdtempSync(join(tmpdir(), 'jisr-registries-'));
const http = createHttpClient();
const clock = fixedClock('2026-11-22T12:00:00Z');
let logged = '';
const log = createLog({
  name: 'test',
  destination: {
    write: (line) => {
      logged += line;
    },
  },
});
const addressOf = (role?: string) => {
  const url = new URL(server ?? 'postgres://nowhere');
  url.pathname = `/${name}`;
  if (role) {
    url.username = role;
    url.password = 'word-of-the-reader';
  }
  return url.href;
};
const onServer = async (url: string, ...statements: string[]) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
};
const asOwner = (...statements: string[]) => onServer(addressOf(), ...statements);
const secret = (at: string, value: string) => writeFileSync(join(folder, at), value, { mode: 0o600 });

const good = 'select * from students where civil_no = :nationalId';
const map = {
  full_name_ar: 'name ar',
  full_name_latin: 'name_en',
  birth_date: 'born',
  nationality: { from: 'nat', values: { Kuwaiti: 'KW' } },
};
const opened: Array<{ stop(): Promise<void> }> = [];
const open = (query = good, changes: object = {}) => {
  const registries = createRegistries({
    http,
    clock,
    log,
    folder,
    secrets: openSecretFolder(folder),
    registries: [
      {
        id: 'students',
        officeId: 'moe',
        names: { ar: 'سجل الطلاب', en: 'Students' },
        adapter: 'postgres',
        secret: 'reader',
        evidence: [{ type: 'person-identity', query, map }],
        ...changes,
      },
    ],
  });
  opened.push(registries);
  return {
    population: registries.population,
    ask: (nationalId = '1') => registries.lookUp('moe', 'person-identity', { nationalId }).catch((error) => error.code),
    health: async () => {
      clock.advance(10_000);
      return (await registries.checkHealth())[0]!;
    },
  };
};
const sara = { full_name_ar: 'سارة', full_name_latin: 'Sara', birth_date: '2000-02-29', nationality: 'KW' };

describe.skipIf(server === undefined)("a registry on the ministry's PostgreSQL server", () => {
  beforeAll(async () => {
    await onServer(server!, `create role ${reader} login password 'word-of-the-reader'`, `create database ${name}`);
    await asOwner(
      'create table students (civil_no text, "name ar" text, name_en text, born date, nat text)',
      `insert into students values ('1', 'سارة', 'Sara', '2000-02-29', 'Kuwaiti'),
        ('2', 'علي', 'Ali', '1999-01-01', 'Stateless'), ('twice', 'ب', 'B', '1999-01-01', 'Kuwaiti'),
        ('twice', 'ج', 'C', '1999-01-01', 'Kuwaiti')`,
      'revoke create on schema public from public',
      `grant select on students to ${reader}`,
    );
    secret('reader', addressOf(reader));
    secret('owner', addressOf());
    secret('insisting', `${addressOf()}?options=-c%20default_transaction_read_only%3Doff&statement_timeout=0`);
  });
  afterAll(async () => {
    await Promise.all(opened.map((one) => one.stop()));
    await http.close();
    await onServer(server!, `drop database ${name} with (force)`, `drop role ${reader}`);
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    logged = '';
  });

  test('answers in the published form and is healthy', async () => {
    const registry = open();
    expect(await registry.ask()).toEqual(sara);
    expect(await registry.ask('unknown')).toBe('evidence-not-found');
    expect(await registry.health()).toEqual({
      registryId: 'students',
      evidenceType: 'person-identity',
      isHealthy: true,
    });
  });

  test('takes a hostile number as a value, and gives nothing for a number with two records', async () => {
    const registry = open();
    for (const nationalId of ["1' or '1'='1", "'; drop table students; --", '$1', ':nationalId'])
      expect(await registry.ask(nationalId)).toBe('evidence-not-found');
    expect(await registry.ask('twice')).toBe('registry-answer-invalid');
    expect(await registry.ask()).toEqual(sara);
  });

  test('finds residents by birth day, under the same limits', async () => {
    const columns = `civil_no as number, "name ar" as name_ar, name_en as name_latin, born as birth_date, null as sex,
      null as nationality, null as merged_into`;
    const population = {
      calendar: 'gregorian',
      born: `select ${columns} from students where born = any(string_to_array(:days, ',')::date[])`,
      one: `select ${columns} from students where civil_no = :number`,
    };
    const found = open(good, { population }).population!;
    expect((await found.listBorn(['2000-02-29', '2000-03-01'])).map(({ number }) => number)).toEqual(['1']);
    expect(await found.find('1')).toMatchObject({ name_ar: 'سارة', birth_date: '2000-02-29' });
    expect(await found.find("1' or '1'='1")).toBeUndefined();
  });

  test('cannot write, even under a role that may, with an address that insists on it', async () => {
    await asOwner(
      `create function take(no text) returns setof students language sql as 'delete from students where civil_no = no returning *'`,
    );
    const query = 'select * from take(:nationalId)';
    for (const from of ['owner', 'insisting'])
      expect(await open(query, { secret: from }).ask()).toBe('registry-unavailable');
    expect(logged).toContain('"code":"25006"');
    expect(await open().ask()).toEqual(sara);
  });

  test('reports a role that can write', async () => {
    expect((await open(good, { secret: 'owner' }).health()).reason?.en).toMatch(/owner (is a superuser|can change)/);
    await asOwner(`grant update on students to ${reader}`);
    expect(await open().health()).toMatchObject({
      isHealthy: false,
      reason: { en: expect.stringContaining('can change the table students') },
    });
    await asOwner(`revoke update on students from ${reader}`);
    expect(await open().health()).toMatchObject({ isHealthy: true });
  });

  test('prepares its statement once per connection and asks in one statement', async () => {
    const query = `select s.*, (select count(*) from pg_prepared_statements) as n,
      (select statement from pg_prepared_statements limit 1) as nat from students s where civil_no = :nationalId`;
    const registry = open(query);
    await registry.ask();
    await registry.ask();
    const [drift] = (await registry.health()).drift ?? [];
    // The text of the statement stands where the nationality was, so the record is refused and the drift says why.
    expect(drift).toMatchObject({ field: 'nationality', kind: 'value-unknown', count: 2 });
  });

  test.each([
    ['slow', 'select s.* from students s, pg_sleep(30) where civil_no = :nationalId'],
    [
      'slow whatever its address says',
      'select s.* from students s, pg_sleep(30) where civil_no = :nationalId',
      'insisting',
    ],
  ])('gives up after three seconds when it is %s', async (_, query, from = 'reader') => {
    const start = performance.now();
    expect(await open(query, { secret: from }).ask()).toBe('registry-unavailable');
    expect(performance.now() - start).toBeLessThan(15_000);
    // Nor does the server go on with it.
    await vi.waitFor(async () => {
      const client = new pg.Client({ connectionString: addressOf() });
      await client.connect();
      const { rows } = await client.query(
        "select 1 from pg_stat_activity where datname = current_database() and state = 'active' and query ~ '[p]g_sleep'",
      );
      await client.end();
      expect(rows).toEqual([]);
    }, 60_000);
  });

  test('keeps its secret and the values out of log, errors and health, and says what to do', async () => {
    secret('down', 'postgres://jisr:word-of-the-reader@127.0.0.1:9/ministry');
    secret('stranger', addressOf('no_such_role'));
    secret('nonsense', 'word-of-the-reader');
    const told: string[] = [];
    for (const [from, sentence] of [
      ['down', 'does not answer'],
      ['stranger', 'refuses the role in the secret stranger'],
      ['nonsense', 'is not an address'],
      ['absent', 'Put it into'],
    ] as const) {
      const registry = open(good, { secret: from });
      expect(await registry.ask('784-1990')).toBe('registry-unavailable');
      const { reason } = await registry.health();
      expect(reason?.en).toContain(sentence);
      told.push(JSON.stringify(reason));
    }
    const failing = open("select *, (name_en::text || 'x')::int from students where civil_no = :nationalId");
    expect(await failing.ask()).toBe('registry-unavailable');
    expect(told.join() + logged).not.toMatch(/word-of-the-reader|784-1990|Sara/);
  });

  test('takes an address that was put right without a restart', async () => {
    secret('changing', addressOf('no_such_role'));
    const registry = open(good, { secret: 'changing' });
    expect(await registry.ask()).toBe('registry-unavailable');
    secret('changing', addressOf(reader));
    expect(await registry.ask()).toEqual(sara);
  });

  test('reports a column that is gone or has another type, and a value its table does not name', async () => {
    const registry = open();
    expect(await registry.ask('2')).toBe('registry-answer-invalid');
    expect((await registry.health()).drift).toMatchObject([{ field: 'nationality', kind: 'value-unknown' }]);
    await asOwner(
      'alter table students rename name_en to latin',
      'alter table students alter "name ar" type int using 1',
    );
    const { isHealthy, reason, drift } = await registry.health();
    expect(isHealthy).toBe(false);
    expect(reason?.en).toContain('full_name_');
    expect(drift).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ field: 'full_name_latin', kind: 'field-gone' }),
        expect.objectContaining({ field: 'full_name_ar', kind: 'type-changed' }),
      ]),
    );
    expect(await registry.ask()).toBe('registry-answer-invalid');
    await asOwner('alter table students rename latin to name_en');
    expect(logged).not.toMatch(/Stateless/);
  });

  describe('that offers a public register', () => {
    const lookUps = [
      {
        name: 'banks',
        names: { ar: 'المصارف', en: 'Banks' },
        public: true,
        query: 'select bank_no as code, "name ar" as ar, name_en as en, null as note_ar, null as note_en from banks',
      },
    ];
    const description = (changes: object = {}) => ({
      id: 'central_bank',
      officeId: 'moe',
      names: { ar: 'سجل المصارف', en: 'Banks' },
      adapter: 'postgres',
      secret: 'reader',
      evidence: [],
      lookUps,
      ...changes,
    });
    const tools = { http, clock, log, folder, secrets: openSecretFolder(folder) };
    beforeAll(async () => {
      await asOwner(
        'create table banks (bank_no integer, "name ar" text, name_en text)',
        `insert into banks values (10, 'مصرف الخليج', 'Gulf Bank'), (20, 'مصرف الساحل', 'Coast Bank')`,
        `grant select on banks to ${reader}`,
      );
    });

    test('shows the engineer how many entries forms will offer, and the first of them', async () => {
      expect(await tryRegistry(tools, description())).toEqual([
        {
          register: {
            total: 2,
            entries: [
              { code: '20', ar: 'مصرف الساحل', en: 'Coast Bank' },
              { code: '10', ar: 'مصرف الخليج', en: 'Gulf Bank' },
            ],
          },
          health: { registryId: 'central_bank', evidenceType: 'look-up:banks', isHealthy: true },
        },
      ]);
      const [broken] = await tryRegistry(
        tools,
        description({
          lookUps: [{ ...lookUps[0]!, query: lookUps[0]!.query.replace('bank_no as code', 'no as code') }],
        }),
      );
      expect(broken?.register).toBeUndefined();
      expect(broken?.health).toMatchObject({ isHealthy: false });
      const [writer] = await tryRegistry(tools, description({ secret: 'owner' }));
      expect(writer?.health.reason?.en).toContain('may only SELECT');
    });

    test('is no register of people, whatever it says', async () => {
      const query =
        'select civil_no as code, "name ar" as ar, name_en as en, null as note_ar, null as note_en from students';
      const [, trial] = await tryRegistry(
        tools,
        description({
          evidence: [{ type: 'person-identity', query: good, map }],
          lookUps: [{ ...lookUps[0]!, query }],
        }),
      );
      expect(trial?.register).toBeUndefined();
      expect(trial?.health.reason?.en).toContain('from which evidence about people is given');
    });
  });
});
