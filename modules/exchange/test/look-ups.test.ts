import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { openTestDatabase } from '#tests/support/database';
import { checkRegistryConfig, exchangeMigrations, importRegistry } from '../index.ts';
import { createPacking, searchWords } from '../look-ups/packing.ts';
import { createRegistries } from '../registries/lookup.ts';
import { openSecretFolder } from '../registries/secrets.ts';

const schools = [
  { code: 'P-1', ar: 'مدرسة أسماء الابتدائية', en: 'Asma Primary School', city_ar: 'الرياض', city_en: 'Riyadh' },
  { code: 'P-2', ar: 'مدرسة أسماء الابتدائية', en: 'Asma Primary School', city_ar: 'جدة', city_en: 'Jeddah' },
  {
    code: 'S-1',
    ar: 'مدرسة اليمامة الثانوية ١٢',
    en: 'Yamama Secondary School 12',
    city_ar: 'الرياض',
    city_en: 'Riyadh',
  },
  { code: 'S-2', ar: 'مدرسة ١٠٠٪ نجاح', en: '100% Success_School', city_ar: 'أبها', city_en: 'Abha' },
  ...Array.from({ length: 25 }, (_, at) => ({
    code: `K-${100 + at}`,
    ar: `روضة الأمل ${at + 1}`,
    en: `Amal Kindergarten ${at + 1}`,
    city_ar: 'مكة المكرمة',
    city_en: 'Makkah',
  })),
];
const query = 'select code, ar, en, city_ar as note_ar, city_en as note_en from schools';
const lookUp = (changes: object = {}) => ({
  name: 'schools',
  names: { ar: 'مدارس', en: 'Schools' },
  public: true,
  query,
  ...changes,
});
const config = (changes: object = {}) => ({
  id: 'town',
  officeId: 'moe',
  names: { ar: 'سجل', en: 'Register' },
  adapter: 'sql',
  schema: 'registry_town',
  evidence: [],
  lookUps: [lookUp()],
  ...changes,
});

const start = '2026-11-22T12:00:00Z';
const clock = fixedClock(start);
const http = createHttpClient();
let database: Database;
beforeAll(async () => {
  database = await openTestDatabase(exchangeMigrations);
  const columns = { code: 'text', ar: 'text', en: 'text', city_ar: 'text', city_en: 'text' } as const;
  const people = { id: 'text', name_ar: 'text', name_en: 'text', born: 'date', nat: 'text' } as const;
  await importRegistry(
    { database, clock },
    {
      id: 'town',
      tables: [
        { name: 'schools', columns, key: ['code'], rows: schools },
        { name: 'odd', columns, key: ['code'], rows: [] },
        {
          name: 'people',
          columns: people,
          key: ['id'],
          rows: [{ id: '1', name_ar: 'سارة', name_en: 'Sara', born: '2000-02-29', nat: 'KW' }],
        },
      ],
    },
  );
});
afterAll(async () => {
  await http.close();
  await database.close();
});

const open = (changes: object = {}, more: object[] = [], at = clock) =>
  createRegistries({
    ...{ database, http, clock: at, log: silentLog, folder: '/nowhere', secrets: openSecretFolder('/nowhere') },
    registries: [config(changes), ...more],
  });
const opened = (changes: object = {}, at = clock) => open(changes, [], at).lookUps;
const codesOf = async (words: string, changes: object = {}) =>
  (await opened(changes).search('schools', { words, language: 'en' })).entries.map(({ code }) => code);
const refused = (code: string) => expect.objectContaining({ code });
const minutes = (count: number) => count * 60_000;

describe('looking something up in a public register', () => {
  test('finds by the beginnings of words in either language, in any spelling, and tells like-named entries apart', async () => {
    expect(await codesOf('اسما ابتداييه')).toEqual(['P-2', 'P-1']);
    expect(await codesOf('primary ASMA riy')).toEqual(['P-1']);
    expect(await codesOf('يمامه 12')).toEqual(['S-1']);
    expect(await codesOf('الــيَمامَة ۱۲')).toEqual(['S-1']);
    expect(await codesOf('s-2')).toContain('S-2');
    const { entries } = await opened().search('schools', { words: 'asma', language: 'ar' });
    expect(entries.map(({ note }) => note?.ar)).toEqual(['الرياض', 'جدة']);
  });

  test('pages through what is found, best first', async () => {
    const registers = opened();
    const at = (page: number) => registers.search('schools', { words: 'amal', language: 'en', page });
    const [first, third, beyond] = await Promise.all([at(1), at(3), at(1e9)]);
    expect(first).toMatchObject({ total: 25, isMore: false, page: 1, pages: 3, isWhole: false });
    expect(first.entries.map(({ en }) => en).slice(0, 3)).toEqual([
      'Amal Kindergarten 1',
      'Amal Kindergarten 2',
      'Amal Kindergarten 3',
    ]);
    expect(third.entries).toHaveLength(5);
    expect(beyond.page).toBe(3);
    const [exact] = (await registers.search('schools', { words: 'Amal kindergarten 2', language: 'en' })).entries;
    expect(exact?.code).toBe('K-101');
  });

  test('shows a short register whole', async () => {
    const few = { lookUps: [lookUp({ query: `${query} where code like 'P-%' or code like 'S-%'` })] };
    const found = await opened(few).search('schools', { words: '', language: 'ar' });
    expect(found).toMatchObject({ isWhole: true, total: 4 });
    expect(found.entries).toHaveLength(4);
  });

  test('takes wildcards, quotes, marks of direction and ten thousand characters for what they are', async () => {
    expect(await codesOf('%')).toEqual([]);
    expect(await codesOf('_')).toEqual([]);
    expect(await codesOf("' or 1=1 --")).toEqual([]);
    expect(await codesOf('100%')).toContain('S-2');
    expect(await codesOf('\u202easma\u202c riyadh')).toEqual(['P-1']);
    expect(await codesOf('asma '.repeat(2_000))).toEqual(['P-2', 'P-1']);
    expect(await codesOf('\n\t|')).toEqual([]);
    const registers = opened();
    for (const code of ['', '%', "P-1' or '1'='1", 'P-1\t', '\nP-1', 'P', 'x'.repeat(10_000), 'p-1'])
      for (const isNow of [false, true]) expect(await registers.find('schools', code, { isNow })).toBeUndefined();
    expect(await registers.find('schools', 'P-1')).toMatchObject({ code: 'P-1', en: 'Asma Primary School' });
  });

  test('knows no register of another name', async () => {
    await expect(opened().search('banks', { words: 'x', language: 'en' })).rejects.toEqual(refused('look-up-unknown'));
    await expect(opened().find('__proto__', 'P-1')).rejects.toEqual(refused('look-up-unknown'));
    expect(() => open({}, [config({ id: 'other', schema: 'registry_other' })])).toThrow(
      'two registries, town and other',
    );
  });

  test('leaves out what does not fit, and says so to the operator', async () => {
    await sql`insert into registry_town.odd values ('B-1', 'بنك', 'Bank', null, null), ('B 2', 'بنك', 'Bank', null, null),
      ('B-3', 'بنك', '', null, null), ('B-4', ${'بنك\u202e'}, 'Bank', null, null), ('B-5', ${'بنك  ثان\nله'}, 'Bank 5', 'هنا', null)`.execute(
      database.db,
    );
    const odd = { lookUps: [lookUp({ query: query.replace('from schools', 'from odd') })] };
    const registries = open(odd);
    const { entries } = await registries.lookUps.search('schools', { words: '', language: 'en' });
    expect(entries).toEqual([
      { code: 'B-1', ar: 'بنك', en: 'Bank' },
      { code: 'B-5', ar: 'بنك ثان له', en: 'Bank 5' },
    ]);
    const [health] = await registries.checkHealth();
    expect(health).toMatchObject({ evidenceType: 'look-up:schools', isHealthy: false });
    expect(health?.reason?.en).toContain('(3 of the first 5)');
  });
});

describe('what may be looked up', () => {
  const evidence = [
    {
      type: 'person-identity',
      query: 'select * from people where id = :nationalId',
      map: { full_name_ar: 'name_ar', full_name_latin: 'name_en', birth_date: 'born', nationality: 'nat' },
    },
  ];
  const personal = 'select id as code, name_ar as ar, name_en as en, null as note_ar, null as note_en from people';

  test('is what its owner marks as public, by a query of its own', () => {
    const check = (changes: object) => () => checkRegistryConfig(config(changes));
    expect(check({ lookUps: [lookUp({ public: undefined })] })).toThrow(
      'is not offered: its owner has to say "public": true',
    );
    expect(check({ lookUps: [lookUp({ public: false })] })).toThrow('is not offered');
    expect(check({ lookUps: [lookUp(), lookUp()] })).toThrow('two look-ups are called schools');
    expect(check({ lookUps: [lookUp({ query: 'delete from schools' })] })).toThrow('must be one SELECT');
    expect(check({ lookUps: [lookUp({ query: `${query} where code = :nationalId` })] })).toThrow('unknown parameter');
    expect(check({ lookUps: undefined })).toThrow('it gives neither evidence nor look-ups');
    expect(check({})).not.toThrow();
  });

  test('is no table from which evidence about people is given, and nothing outside of the registry', async () => {
    await sql`create table if not exists public.elsewhere (code text)`.execute(database.db);
    const foreign = 'select code, code as ar, code as en, null as note_ar, null as note_en from public.elsewhere';
    for (const [sentence, bad] of [
      ['from which evidence about people is given', personal],
      ["which is not this registry's", foreign],
    ] as const) {
      const registries = open({ evidence, lookUps: [lookUp({ query: bad })] });
      const searching = registries.lookUps.search('schools', { words: 'Sara', language: 'en' });
      await expect(searching).rejects.toEqual(refused('look-up-unavailable'));
      const finding = registries.lookUps.find('schools', '1', { isNow: true });
      await expect(finding).rejects.toEqual(refused('look-up-unavailable'));
      const health = await registries.checkHealth();
      expect(health.find(({ evidenceType }) => evidenceType === 'look-up:schools')?.reason?.en).toContain(sentence);
    }
  });
});

describe('a registry that is down', () => {
  const breaking = async (isDown: boolean) => {
    const [from, to] = isDown ? ['schools', 'schools_away'] : ['schools_away', 'schools'];
    await sql`alter table registry_town.${sql.id(from!)} rename to ${sql.id(to!)}`.execute(database.db);
  };

  test('gives what was last read while that may serve, then a clear refusal, and is asked again when it is back', async () => {
    const clock = fixedClock(start);
    const registers = opened({ lookUps: [lookUp({ keptMinutes: 60, staleHours: 2 })] }, clock);
    const search = () => registers.search('schools', { words: 'yamama', language: 'en' });
    expect((await search()).asOf).toBe('2026-11-22T12:00:00.000Z');
    await breaking(true);
    try {
      expect(await registers.find('schools', 'S-1', { isNow: true })).toMatchObject({ code: 'S-1' });
      clock.advance(minutes(90));
      expect((await search()).asOf).toBe('2026-11-22T12:00:00.000Z');
      clock.advance(minutes(31));
      await expect(search()).rejects.toEqual(refused('look-up-unavailable'));
      await expect(registers.find('schools', 'S-1')).rejects.toEqual(refused('look-up-unavailable'));
    } finally {
      await breaking(false);
    }
    // It is not asked again at every click.
    await expect(search()).rejects.toEqual(refused('look-up-unavailable'));
    clock.advance(10_000);
    expect((await search()).entries).toHaveLength(1);
  });

  test('is read again ahead of time, and what is gone from it is not found when it has to stand', async () => {
    const clock = fixedClock(start);
    const registers = opened({ lookUps: [lookUp({ keptMinutes: 60 })] }, clock);
    expect(await registers.find('schools', 'S-2')).toBeDefined();
    await sql`delete from registry_town.schools where code = 'S-2'`.execute(database.db);
    expect(await registers.find('schools', 'S-2')).toBeDefined();
    expect(await registers.find('schools', 'S-2', { isNow: true })).toBeUndefined();
    clock.advance(minutes(50));
    await registers.find('schools', 'S-1');
    await expect.poll(() => registers.find('schools', 'S-2')).toBeUndefined();
  });
});

describe('the search', () => {
  const marks = fc.constantFrom('\u064b', '\u0651', '\u0640', '\u0670');
  const letters = [...'ابتثجحخدرزسشصضطظعغفقكلمنهوي'];
  const word = fc.array(fc.constantFrom(...letters), { minLength: 2, maxLength: 8 }).map((one) => one.join(''));
  const latin = fc.stringMatching(/^[a-z]{2,9}$/);
  const swaps: Record<string, string[]> = { ا: ['أ', 'إ', 'آ', 'ا'], ي: ['ى', 'ي'], ه: ['ة', 'ه'], و: ['ؤ', 'و'] };

  test('finds an entry by any spelling of the beginnings of some of its words, and nothing that lacks a word', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            ar: fc.array(word, { minLength: 1, maxLength: 4 }),
            en: fc.array(latin, { minLength: 1, maxLength: 4 }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(), marks), { minLength: 8, maxLength: 8 }),
        (made, which, noise) => {
          const entries = made.map(({ ar, en }, at) => ({ code: `C${at}`, ar: ar.join(' '), en: en.join(' ') }));
          const packing = createPacking();
          for (const entry of entries) packing.add(entry);
          const packed = packing.finish();
          const wanted = entries[which % entries.length]!;
          // Spelt otherwise: other seats and endings, marks and capitals in between, cut short.
          const said = `${wanted.ar} ${wanted.en}`
            .split(' ')
            .map((one, at) => {
              const [cut, swap, mark] = noise[at % noise.length]!;
              const kept = [...one].slice(0, Math.max(2, cut % (one.length + 1)));
              return kept
                .map((letter) => (swaps[letter] ?? [letter.toUpperCase()])[swap % (swaps[letter]?.length ?? 1)])
                .join(/\p{Script=Arabic}/u.test(one) ? mark : '');
            })
            .join(' ، ');
          const needed = searchWords(said).slice(0, 8);
          // The article alone says nothing.
          fc.pre(needed.length > 0);
          const found = packed.search(said, 'ar');
          expect(found.total).toBeGreaterThan(0);
          expect(packed.search(said, 'en').entries.map(({ code }) => code)).toContain(wanted.code);
          for (const { ar, en, code } of found.entries) {
            const own = searchWords(`${ar} ${en} ${code}`);
            expect(needed.every((need) => own.some((has) => has.startsWith(need)))).toBe(true);
          }
          for (const entry of entries) expect(packed.find(entry.code)).toEqual(entry);
        },
      ),
      { numRuns: 200 },
    );
  });
});
