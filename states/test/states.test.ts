import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { evidenceSchema, findEvidence, findEvidenceType, findPurpose, requirements } from '#protocol/catalogue';
import { findEventType } from '#protocol/event-types';
import { nationalIdSchemes } from '#protocol/national-ids';
import { findAgreedState } from '#protocol/states';
import { generateState, hashSamplePassword, listSampleStates } from '../generate.ts';

const folder = join(import.meta.dirname, '..');
const read = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));

type Account = {
  personId: string;
  nationalId: string;
  names: { ar: string; en: string };
  birthDate: string;
  nationality: string;
  password: string;
  passwordHash: string;
  totpSecret: string;
  key?: string;
};
type Row = Record<string, string | number>;
type Registry = {
  id: string;
  officeId: string;
  schema: string;
  tables: Array<{ name: string; columns: Record<string, string>; primaryKey: string }>;
  evidence: Array<{ type: string; query: string; map: Record<string, unknown> }>;
};

const accountsOf = (id: string): Account[] => read(id, 'people.json').people;
const registriesOf = (id: string): Registry[] =>
  readdirSync(join(folder, id, 'registries'))
    .filter((file) => /(?<!\.rows)\.json$/.test(file))
    .map((file) => read(id, 'registries', file));
const tablesOf = (id: string, registry: Registry) => {
  const rows: Record<string, Row[]> = read(id, 'registries', `${registry.id}.rows.json`).tables;
  return registry.tables.map((table) => ({ ...table, rows: rows[table.name]! }));
};
/** One record as the registry would give it, in the words of the evidence type. */
const recordsOf = (id: string, type: string) =>
  registriesOf(id).flatMap((registry) => {
    const evidence = registry.evidence.find((one) => one.type === type);
    if (evidence === undefined) return [];
    return tablesOf(id, registry)[0]!.rows.map((row) => ({
      nationalId: String(row[Object.keys(row).find((column) => evidence.query.includes(`${column} = :nationalId`))!]),
      record: Object.fromEntries(
        Object.entries(evidence.map).flatMap(([field, column]) =>
          typeof column === 'string' ? [[field, row[column]]] : [],
        ),
      ),
    }));
  });

test('the sample federation has an anchor and six states', () => {
  expect(listSampleStates()).toEqual(['ae', 'bh', 'kw', 'om', 'qa', 'sa']);
  expect(read('gcc', 'state.json').isAnchor).toBe(true);
});

describe.each(listSampleStates())('the folder of %s', (id) => {
  test('holds exactly what a fresh run of the generator makes', () => {
    const committed = new Map(accountsOf(id).map((account) => [account.personId, account.passwordHash]));
    // Hashing everybody again would take seconds a state; the next test makes hashes from scratch.
    const fresh = generateState(id, (_, personId) => committed.get(personId) ?? 'missing');
    for (const [path, content] of fresh)
      expect(
        readFileSync(join(folder, id, path)).equals(Buffer.from(content)),
        `run node states/generate.ts ${id}: ${path}`,
      ).toBe(true);
  });

  test('lets its people sign in with the passwords it names', () => {
    const people = accountsOf(id);
    for (const person of [...people.filter(({ key }) => key !== undefined), people.at(-1)!])
      expect(hashSamplePassword(person.password, person.personId), person.names.en).toBe(person.passwordHash);
  });

  test('has sixty people and more, each with a number that its scheme accepts, and several nationalities', () => {
    const people = accountsOf(id);
    const scheme = nationalIdSchemes[read(id, 'state.json').nationalIdScheme as keyof typeof nationalIdSchemes];
    expect(people.length).toBeGreaterThanOrEqual(60);
    for (const { nationalId, names } of people)
      expect(scheme.isValid(nationalId), `${names.en} ${nationalId}`).toBe(true);
    for (const key of ['personId', 'nationalId', 'totpSecret'] as const)
      expect(new Set(people.map((person) => person[key])).size).toBe(people.length);
    expect(new Set(people.map(({ nationality }) => nationality)).size).toBeGreaterThan(3);
    for (const { names } of people) {
      expect(names.ar).toMatch(/^[\p{Script=Arabic} ]+$/u);
      expect(names.en).toMatch(/^[A-Za-z' -]+$/);
    }
  });

  test.each(['person-identity', 'degree-record'])(
    'keeps %s records that keep to the published evidence type',
    (type) => {
      const ajv = new Ajv2020({ strict: false });
      addFormats.default(ajv);
      const isValid = ajv.compile(evidenceSchema(findEvidenceType(type)!));
      const records = recordsOf(id, type);
      expect(records.length).toBeGreaterThan(20);
      for (const { record } of records) expect(isValid(record), ajv.errorsText(isValid.errors)).toBe(true);
    },
  );

  test('knows everybody who holds an eID in its civil registry, and every graduate and guardian too', () => {
    const known = new Set(recordsOf(id, 'person-identity').map(({ nationalId }) => nationalId));
    for (const { nationalId } of accountsOf(id)) expect(known).toContain(nationalId);
    for (const { nationalId } of recordsOf(id, 'degree-record')) expect(known).toContain(nationalId);
    const civil = registriesOf(id).find((registry) => registry.id === 'civil')!;
    const guardians = tablesOf(id, civil).find(({ name }) => name === 'guardians')!.rows;
    expect(guardians.length).toBeGreaterThan(5);
    for (const row of guardians)
      expect(known.has(String(row['child_id'])) && known.has(String(row['guardian_id']))).toBe(true);
  });

  test('has degrees for which rules say yes at once and degrees that an officer must see', () => {
    const degrees = recordsOf(id, 'degree-record').map(({ record }) => record);
    const isRegulated = ({ field_code: code }: Record<string, unknown>) => String(code).startsWith('09');
    expect(degrees.some((degree) => degree['study_mode'] === 'full-time' && !isRegulated(degree))).toBe(true);
    expect(degrees.some((degree) => degree['study_mode'] === 'part-time')).toBe(true);
    expect(degrees.some(isRegulated)).toBe(true);
    expect(new Set(degrees.map((degree) => degree['degree_level'])).size).toBeGreaterThanOrEqual(3);
  });

  test('names universities that exist, under the web domain by which the world knows them', () => {
    const domains = new Set(read('gulf-universities.json').map(({ domain }: { domain: string }) => domain));
    for (const university of read(id, 'universities.json'))
      expect(domains, university.names.en).toContain(university.id);
  });

  test('gives its offices only what the protocol knows: purposes, evidence types and fields', () => {
    const offices = read(id, 'offices.json');
    expect(offices.map((office: { id: string }) => office.id)).toEqual(expect.arrayContaining(['interior', 'moe']));
    for (const office of offices) {
      expect(office.xRoadClient).toBe(`${read(id, 'state.json').code}/GOV/${office.id}`);
      for (const grant of office.grants) {
        expect(findPurpose(grant.purpose), grant.purpose).toBeDefined();
        const known = Object.keys(findEvidenceType(grant.evidence_type)!.fields);
        expect(known).toEqual(expect.arrayContaining(grant.fields));
      }
      for (const announced of office.announces ?? []) expect(findEventType(announced), announced).toBeDefined();
      for (const grant of office.eventGrants ?? []) {
        const type = findEventType(grant.event_type)!;
        expect(type.purposes).toContain(grant.purpose);
        expect(Object.keys(type.fields)).toEqual(expect.arrayContaining(grant.fields));
      }
      for (const type of office.provides)
        expect(
          registriesOf(id).some(
            (registry) => registry.officeId === office.id && registry.evidence.some((one) => one.type === type),
          ),
        ).toBe(true);
    }
  });

  test('asks its registries only for columns they have, in their own schema', () => {
    for (const registry of registriesOf(id)) {
      const tables = tablesOf(id, registry);
      for (const { name, columns, primaryKey, rows } of tables) {
        const keys = rows.map((row) => row[primaryKey]);
        expect(new Set(keys).size, `${name}.${primaryKey} is unique`).toBe(keys.length);
        for (const row of rows) expect(Object.keys(row).sort()).toEqual(Object.keys(columns).sort());
      }
      for (const { type, query, map } of registry.evidence) {
        expect(query).toContain(':nationalId');
        const own = tables.map(({ name }) => ` from ${registry.schema}.${name} `);
        expect(
          own.filter((from) => query.includes(from)),
          query,
        ).not.toEqual([]);
        expect(Object.keys(map).sort()).toEqual(Object.keys(findEvidenceType(type)!.fields).sort());
      }
    }
  });

  test('has one office for each evidence that proves a requirement here', () => {
    const provided = read(id, 'offices.json').flatMap(({ provides }: { provides: string[] }) => provides);
    const code = read(id, 'state.json').code;
    for (const requirement of requirements)
      for (const { type } of findEvidence(requirement.id, code))
        expect(
          provided.filter((one: string) => one === type),
          type,
        ).toHaveLength(1);
  });

  test('has an officer who reviews for the ministry of education and is one of its people', () => {
    const officers = read(id, 'officers.json');
    const people = new Set(accountsOf(id).map(({ personId }) => personId));
    expect(
      officers.some(
        (officer: { officeId: string; roles: string[] }) =>
          officer.officeId === 'moe' && officer.roles.includes('reviewer'),
      ),
    ).toBe(true);
    for (const officer of officers) expect(people).toContain(officer.personId);
  });

  test('has two officers for each of its services who may decide and confirm: a second one, and one for an appeal', () => {
    const roles = read(id, 'roles.json') as Array<{ id: string; may: string[]; services?: string[] }>;
    const officers = read(id, 'officers.json') as Array<{ officeId: string; roles: string[] }>;
    const services = readdirSync(join(folder, '..', 'services'), { withFileTypes: true })
      .filter((entry) => existsSync(join(folder, '..', 'services', entry.name, 'service.json')))
      .map(({ name }) => read('..', 'services', name, 'service.json'));
    const offered = services.flatMap((service) =>
      service.offeredBy.flatMap(({ state, office }: { state: string; office: string }) =>
        state === id.toUpperCase() ? [{ serviceId: service.id, office }] : [],
      ),
    );
    for (const { serviceId, office } of offered) {
      const able = (duty: string) =>
        officers.filter(
          (officer) =>
            officer.officeId === office &&
            roles.some(
              (role) =>
                officer.roles.includes(role.id) &&
                role.may.includes(duty) &&
                (role.services?.includes(serviceId) ?? true),
            ),
        ).length;
      expect(able('decide'), `${serviceId} at ${office}`).toBeGreaterThan(1);
      expect(able('confirm'), `${serviceId} at ${office}`).toBeGreaterThan(1);
    }
    for (const { services: named = [] } of roles)
      for (const one of named) expect(offered.map(({ serviceId }) => serviceId)).toContain(one);
  });

  test('has two people at the counter of its civil authority, so that none of them restores access or answers an appeal alone', () => {
    const atCounter = read(id, 'officers.json').filter(
      ({ officeId, roles }: { officeId: string; roles: string[] }) =>
        officeId === 'interior' && roles.includes('identity-desk') && roles.includes('reviewer'),
    );
    expect(new Set(atCounter.map(({ personId }: { personId: string }) => personId)).size).toBe(2);
  });

  test('shows life events that the services know, and names its holidays in both languages', () => {
    const known = read('..', 'services', 'vocabulary.json').lifeEvents.map((event: { id: string }) => event.id);
    expect(known).toEqual(expect.arrayContaining(read(id, 'life-events.json')));
    for (const { names } of read(id, 'state.json').holidays) {
      expect(names.ar).toMatch(/\p{Script=Arabic}/u);
      expect(names.en).toMatch(/[a-z]/i);
    }
  });
});

test('Fatima of Bahrain holds a full-time degree in computer engineering of the University of Bahrain', () => {
  const fatima = accountsOf('bh').find(({ key }) => key === 'fatima')!;
  const { record } = recordsOf('bh', 'degree-record').find(({ nationalId }) => nationalId === fatima.nationalId)!;
  expect(fatima.names).toEqual({ ar: 'فاطمة أحمد علي الحداد', en: 'Fatima Ahmed Ali Alhaddad' });
  expect(record).toMatchObject({
    degree_level: 'bachelor',
    university_id: 'uob.edu.bh',
    graduation_year: 2019,
    gpa: 3.61,
    gpa_scale: 4,
    study_mode: 'full-time',
  });
});

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test.each(readdirSync(folder).filter((id) => existsSync(join(folder, id, 'look.json'))))(
  'the colours of %s can be read',
  (id) => {
    const look = read(id, 'look.json');
    for (const [front, back, least] of [
      [look.onBrand, look.brand, 4.5],
      [look.onBrand, look.brand2, 4.5],
      [look.brand, look.tint, 4.5],
      [look.brand, '#ffffff', 4.5],
      [look.sand, '#ffffff', 3],
      ['#10231f', look.sandTint, 4.5],
    ])
      expect(contrast(front, back), `${front} on ${back}`).toBeGreaterThanOrEqual(least);
  },
);

test('every sample state says of itself what the protocol says of it', () => {
  for (const id of listSampleStates()) {
    const { code, currency, nationalIdScheme } = read(id, 'state.json');
    expect(findAgreedState(code), id).toMatchObject({ code, currency, nationalIdScheme });
  }
});
