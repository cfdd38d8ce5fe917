import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { agreedStates } from '#protocol/states';
import { openTestDatabase } from '#tests/support/database';
import { checkRegistryConfig, exchangeMigrations, importRegistry } from '../index.ts';
import { createRegistries } from '../registries/lookup.ts';
import { openSecretFolder } from '../registries/secrets.ts';

// The registers of addresses as the states' folders describe them: no state is named here.

const folder = join(import.meta.dirname, '..', '..', '..', 'states');
const read = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const described = readdirSync(folder).filter((id) => existsSync(join(folder, id, 'registries', 'addresses.json')));
const clock = fixedClock('2026-11-22T12:00:00Z');
const http = createHttpClient();
let database: Database;
beforeAll(async () => {
  database = await openTestDatabase(exchangeMigrations);
});
afterAll(async () => {
  await http.close();
  await database.close();
});

/** Loads the sample of a state, and answers its rows and the column of their codes. */
async function load(id: string): Promise<{ rows: Array<Record<string, string>>; key: string }> {
  const [{ name, columns, primaryKey: key }] = read(id, 'registries', 'addresses.json').tables;
  const rows = read(id, 'registries', 'addresses.rows.json').tables[name];
  await importRegistry({ database, clock }, { id: 'addresses', tables: [{ name, columns, key: [key], rows }] });
  return { rows, key };
}

const open = (...registries: object[]) =>
  createRegistries({
    ...{ database, http, clock, log: silentLog, folder: '/nowhere', secrets: openSecretFolder('/nowhere') },
    registries,
  }).lookUps;

describe.each(described)('the register of addresses of %s', (id) => {
  const { code: state } = read(id, 'state.json');
  const form = agreedStates.find(({ code }) => code === state)!.address;
  const { tables, ...description } = read(id, 'registries', 'addresses.json');
  const { rows } = { rows: read(id, 'registries', 'addresses.rows.json').tables.addresses };
  const registers = () => open(description);
  const [first] = rows;
  const codeOf = (row: Record<string, string>) => row[tables[0].primaryKey]!;

  beforeAll(async () => {
    await load(id);
  });

  test('fills in every part that has to be there, in both languages, in the form of the state', async () => {
    for (const row of [first, rows.at(-1)]) {
      const entry = await registers().find('addresses', codeOf(row), { isNow: true });
      for (const { id: part, digits, optional } of form) {
        const text = entry!.parts![part];
        if (text === undefined) expect(optional, part).toBe(true);
        else if (digits === undefined) expect(`${text.ar} ${text.en}`).toMatch(/\S/);
        else expect(text.ar, part).toMatch(new RegExp(`^\\d{1,${digits}}$`));
      }
      expect(await registers().find('addresses', codeOf(row))).toEqual(entry);
    }
    expect(registers().findAddressRegister()).toMatchObject({ name: 'addresses', names: { ar: expect.any(String) } });
    expect((await registers().checkHealth())[0]).not.toHaveProperty('reason');
  });

  test('finds an address by its code as people type it, and by the first words of it in either language', async () => {
    const find = async (words: string) =>
      (await registers().search('addresses', { words, language: 'en' })).entries.map(({ code }) => code);
    const code = codeOf(first);
    const spaced = `${code.slice(0, 4)} ${code.slice(4)}`.toLowerCase();
    expect(await find(spaced)).toEqual([code]);
    for (const line of [first.line_ar, first.line_en]) expect(await find(line.replace(/[،,()]/g, ' '))).toContain(code);
    // What the description tells people to type finds something.
    const [example] = /[A-Z]{4}\d{4}|\d+( \d+)+/.exec(description.lookUps[0].address.hint.en) ?? [];
    if (example) expect(await find(example)).not.toEqual([]);
  });
});

test('every state that people of the sample live in has one', () => {
  expect(described.length).toBe(agreedStates.length);
});

describe('a description', () => {
  const { tables: _, ...sound } = read(described[0]!, 'registries', 'addresses.json');
  const [lookUp] = sound.lookUps;
  const withAddress = (address: object) => ({ ...sound, lookUps: [{ ...lookUp, address }] });

  test('of parts that no state’s addresses are made of, or of what is no column, is refused', () => {
    expect(() => checkRegistryConfig(sound)).not.toThrow();
    const { hint, parts } = lookUp.address;
    for (const wrong of [{ planet: 'planet' }, {}, { ...parts, planet: 'planet' }, { area: 'a"; drop table x' }])
      expect(() => checkRegistryConfig(withAddress({ hint, parts: wrong }))).toThrow();
  });

  test('of a second register of addresses is refused', () => {
    const second = {
      ...sound,
      id: 'other',
      schema: 'registry_other',
      lookUps: [{ ...lookUp, name: 'other-addresses' }],
    };
    expect(() => open(sound, second)).toThrow(/one register of addresses/);
  });
});

test('an address with a part missing is found, and that part is left to the person', async () => {
  const table = sql.id('registry_addresses', 'addresses');
  const { tables: _, ...description } = read(described[0]!, 'registries', 'addresses.json');
  const { rows, key } = await load(described[0]!);
  const [part, column] = Object.entries(description.lookUps[0].address.parts).find(
    ([, named]) => typeof named === 'string' && named !== key,
  ) as [string, string];
  await sql`update ${table} set ${sql.id(column)} = ' ' where ${sql.id(key)} = ${rows[0]![key]}`.execute(database.db);
  const entry = await open(description).find('addresses', rows[0]![key]!, { isNow: true });
  expect(entry?.parts).not.toHaveProperty(part);
  expect(Object.keys(entry!.parts!).length).toBeGreaterThan(1);
});
