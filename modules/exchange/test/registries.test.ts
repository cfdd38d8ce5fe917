import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { openTestDatabase } from '#tests/support/database';
import { checkRegistryConfig, exchangeMigrations, importRegistry } from '../index.ts';
import { createRegistries } from '../registries/lookup.ts';
import { splitQuery } from '../registries/query.ts';
import { openSecretFolder } from '../registries/secrets.ts';

const tables = {
  id: 'people',
  tables: [
    {
      name: 'persons',
      columns: { id: 'text', name_ar: 'text', name_en: 'text', born: 'date', nat: 'text', n: 'numeric' },
      key: ['id'],
      rows: [
        { id: '1', name_ar: 'سارة', name_en: 'Sara', born: '2000-02-29', nat: 'KW', n: 3.5 },
        { id: '2', name_ar: 'علي', name_en: 'Ali', born: null, nat: 'KW', n: null },
        { id: "x' or '1'='1", name_ar: 'ليلى', name_en: 'Layla', born: '1990-01-01', nat: 'KW', n: 1 },
      ],
    },
  ],
} as Parameters<typeof importRegistry>[1];
const config = (query: string, changes: object = {}) => ({
  id: 'people',
  officeId: 'civil',
  names: { ar: 'سجل', en: 'Register' },
  adapter: 'sql',
  schema: 'registry_people',
  evidence: [
    {
      type: 'person-identity',
      query,
      map: { full_name_ar: 'name_ar', full_name_latin: 'name_en', birth_date: 'born', nationality: 'nat' },
    },
  ],
  ...changes,
});
const good = 'select * from persons where id = :nationalId';

let database: Database;
const http = createHttpClient();
beforeAll(async () => {
  database = await openTestDatabase(exchangeMigrations);
  expect(await importRegistry({ database, clock: fixedClock('2026-11-22T12:00:00Z') }, tables)).toBe(true);
  await sql`create table public.secrets (id text)`.execute(database.db);
  await sql`insert into public.secrets values ('1')`.execute(database.db);
});
afterAll(async () => {
  await http.close();
  await database.close();
});

const registriesWith = (query: string, changes: object = {}) =>
  createRegistries({
    database,
    http,
    clock: fixedClock('2026-11-22T12:00:00Z'),
    log: silentLog,
    folder: import.meta.dirname,
    secrets: openSecretFolder(import.meta.dirname),
    registries: [config(query, changes)],
  });
const lookUp = (query: string, nationalId = '1') =>
  registriesWith(query)
    .lookUp('civil', 'person-identity', { nationalId })
    .catch((error) => error.code);

describe('a registry', () => {
  test('answers with the published fields, dates as they are written', async () => {
    expect(await lookUp(good)).toEqual({
      full_name_ar: 'سارة',
      full_name_latin: 'Sara',
      birth_date: '2000-02-29',
      nationality: 'KW',
    });
  });

  test('takes an identifier as a value, never as text of the query', async () => {
    expect(await lookUp(good, "1' or '1'='1")).toBe('evidence-not-found');
    expect(await lookUp(good, "x' or '1'='1")).toMatchObject({ full_name_latin: 'Layla' });
  });

  test('gives nothing that does not fit the published form', async () => {
    expect(await lookUp(good, '2')).toBe('registry-answer-invalid');
    expect(await lookUp('select * from persons')).toBe('registry-answer-invalid');
  });

  test('cannot write, whatever its query says', async () => {
    const query = 'with gone as (delete from persons where id = :nationalId returning *) select * from gone';
    expect(await lookUp(query)).toBe('registry-unavailable');
    expect(await lookUp(good)).toMatchObject({ full_name_latin: 'Sara' });
  });

  test('does not find tables of others, and health names a query that reaches for them', async () => {
    expect(await lookUp('select * from secrets where id = :nationalId')).toBe('registry-unavailable');
    const [reaching] = await registriesWith(
      'select s.id, p.* from persons p, public.secrets s where p.id = :nationalId',
    ).checkHealth();
    expect(reaching).toMatchObject({ isHealthy: false, reason: { en: expect.stringContaining('public') } });
    const [broken] = await registriesWith('select * from nowhere where id = :nationalId').checkHealth();
    expect(broken).toMatchObject({ isHealthy: false, reason: { en: expect.stringContaining('nowhere') } });
    expect(await registriesWith(good).checkHealth()).toEqual([
      { registryId: 'people', evidenceType: 'person-identity', isHealthy: true },
    ]);
  });

  test('finds residents by birth day and by number, and gives none of them when one row is not as described', async () => {
    const columns = `id as number, name_ar, name_en as name_latin, null as sex, nat as nationality, null as merged_into`;
    const population = {
      calendar: 'gregorian',
      born: `select ${columns}, born as birth_date from persons where born = any(string_to_array(:days, ',')::date[])`,
      one: `select ${columns}, born as birth_date from persons where id = :number`,
    };
    const found = registriesWith(good, { population }).population!;
    expect(found).toMatchObject({ officeId: 'civil', calendar: 'gregorian' });
    const born = await found.listBorn(['1990-01-01', '2000-02-29', '2001-01-01']);
    expect(born.map(({ number }) => number).sort()).toEqual(['1', "x' or '1'='1"]);
    expect(await found.find('1')).toMatchObject({ number: '1', birth_date: '2000-02-29', name_latin: 'Sara' });
    for (const nobody of ["1' or '1'='1", '', '\u0000', 'x'.repeat(65), '9'])
      expect(await found.find(nobody)).toBeUndefined();
    // The record without a birth day is no row of a population.
    expect(await found.find('2').catch((error) => error.code)).toBe('registry-answer-invalid');
    expect(await found.listBorn(['no day']).catch((error) => error.code)).toBe('registry-unavailable');
    for (const query of ['delete from persons', 'select 1; select 2', 'select * from persons where id = :nationalId'])
      expect(() => checkRegistryConfig(config(good, { population: { ...population, one: query } }))).toThrow(
        /query for/,
      );
    expect(registriesWith(good).population).toBeUndefined();
  });

  test('is loaded once: the same content is left alone, other content takes its place', async () => {
    const clock = fixedClock('2026-11-22T12:00:00Z');
    expect(await importRegistry({ database, clock }, tables)).toBe(false);
    const changed = structuredClone(tables);
    changed.tables[0]!.rows[0]!['name_en'] = 'Sarah';
    expect(await importRegistry({ database, clock }, changed)).toBe(true);
    expect(await lookUp(good)).toMatchObject({ full_name_latin: 'Sarah' });
    await expect(importRegistry({ database, clock }, { ...tables, id: 'x"; drop' })).rejects.toThrow('does not fit');
  });

  test.each([
    ['schema', config(good, { schema: 'public' })],
    ['one SELECT', config('delete from persons')],
    ['one SELECT', config(`${good}; drop table persons`)],
    ['unknown parameter :personId', config('select * from persons where id = :personId')],
    ['no field', config(good, { evidence: [{ type: 'person-identity', query: good, map: { shoe_size: 'n' } }] })],
    ['needs the field', config(good, { evidence: [{ type: 'person-identity', query: good, map: {} }] })],
    ['catalogue', config(good, { evidence: [{ type: 'tax-record', query: good, map: {} }] })],
    ['adapter', config(good, { adapter: 'carrier-pigeon' })],
  ])('is refused at start with a word about its %s', (word, description) => {
    expect(() => checkRegistryConfig(description)).toThrow(word);
  });

  test('leaves casts in a query alone', () => {
    expect(splitQuery('select a::text, b from t where c = :nationalId::text and d = :nationalId')).toEqual({
      texts: ['select a::text, b from t where c = ', '::text and d = ', ''],
      names: ['nationalId', 'nationalId'],
    });
  });
});
