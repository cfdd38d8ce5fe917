import { argon2Sync, createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AddressInputs, addressRows } from './addresses.ts';
import { birthRow, schoolYearRow } from './childhood.ts';
import { type Company, companyRows } from './companies.ts';
import { drawDiploma } from './diploma.ts';
import { type Conviction, type Person, planPeople, type StateInputs, sampleYear } from './population.ts';
import { type RegisterInputs, registerRows } from './registers.ts';

// Makes the sample people and registries of every state from the data in its folder: `node states/generate.ts`.
// The same data gives the same files on every machine, and a test holds the committed files to that.

type Table = { name: string; columns: Record<string, string>; primaryKey: string };
type Registry = { id: string; evidence: Array<{ type: string; map: Record<string, unknown> }>; tables: Table[] };
type Row = Record<string, string | number | boolean | null>;

const folder = import.meta.dirname;
const notice = 'Invented sample people. Any likeness to a living person is chance; no number here was ever issued.';

/** Cost of the OWASP password storage guidance: 19 MiB, two passes, one lane. */
const argon2Cost = { memory: 19456, passes: 2, parallelism: 1, tagLength: 32 };

function readJson<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as T;
}

/** The ids of the states that have people: every folder that names them. */
export function listSampleStates(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).includes('naming.json'))
    .map((entry) => entry.name)
    .sort();
}

function digest(purpose: string, id: string): Buffer {
  return createHash('sha256').update(`jisr-sample:${purpose}:${id}`).digest();
}

/** PHC string format, as every argon2 library reads it. The salt is fixed because the data must be repeatable. */
export function hashSamplePassword(password: string, personId: string): string {
  const salt = digest('salt', personId).subarray(0, 16);
  const { memory, passes, parallelism } = argon2Cost;
  const tag = argon2Sync('argon2id', { message: password, nonce: salt, ...argon2Cost });
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** RFC 4648 section 6, unpadded, as authenticator apps take it. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)])
    .join('');
}

function makeAccount(person: Person, words: string[], hashPassword: typeof hashSamplePassword) {
  const bytes = digest('password', person.personId);
  const word = (at: number) => words[bytes[at]! % words.length];
  const password = person.password ?? `${word(0)}-${word(1)}-${1000 + (bytes.readUInt16BE(2) % 9000)}`;
  return {
    sample: true,
    personId: person.personId,
    nationalId: person.nationalId,
    names: person.names,
    birthDate: person.birthDate,
    sex: person.sex,
    nationality: person.nationality,
    password,
    passwordHash: hashPassword(password, person.personId),
    totpSecret: base32(digest('totp', person.personId).subarray(0, 20)),
    ...(person.key === undefined ? {} : { key: person.key, shows: person.shows }),
  };
}

/** The registry's own column names come from its field map, so a registry with other columns needs no code. */
function toRow(registry: Registry, evidenceType: string, fields: Row, extra: Row): [string, Row] | undefined {
  const evidence = registry.evidence.find(({ type }) => type === evidenceType);
  const table = registry.tables[0];
  if (evidence === undefined || table === undefined) return undefined;
  const row: Row = { ...extra };
  for (const [field, column] of Object.entries(evidence.map)) {
    // A document stands in a table of its own.
    if (typeof column !== 'string') continue;
    const value = fields[field];
    if (value === undefined) throw new Error(`${registry.id}: evidence field ${field} is unknown to the generator`);
    row[column] = value;
  }
  return [table.name, row];
}

function makeIdentityRow(registry: Registry, person: Person) {
  return toRow(
    registry,
    'person-identity',
    {
      national_id: person.nationalId,
      full_name_ar: person.names.ar,
      full_name_latin: person.names.en,
      birth_date: person.birthDate,
      nationality: person.nationality,
      sex: person.sex,
    },
    {},
  );
}

function makeDegreeRows(registry: Registry, person: Person) {
  const idColumn = Object.keys(registry.tables[0]?.columns ?? {})[1] ?? 'national_id';
  return person.degrees.map((degree, index) =>
    toRow(
      registry,
      'degree-record',
      {
        degree_level: degree.level,
        field_of_study: `${degree.field.ar} (${degree.field.en})`,
        field_code: degree.fieldCode,
        university_ar: degree.university.names.ar,
        university_en: degree.university.names.en,
        university_id: degree.university.id,
        graduation_year: degree.year,
        gpa: degree.gpa,
        gpa_scale: degree.university.gpaScale,
        study_mode: degree.studyMode,
      },
      { record_id: recordId(person, index), [idColumn]: person.nationalId },
    ),
  );
}

const degreeWords: Record<string, string> = {
  diploma: 'Diploma',
  bachelor: 'Bachelor',
  master: 'Master',
  doctorate: 'Doctor of Philosophy',
};

/** The drawn diplomas of the people that the sample is about, by the number of their record. */
function drawDiplomas(people: Person[]): Map<string, Buffer> {
  return new Map(
    people
      .filter(({ key }) => key !== undefined)
      .flatMap((person) =>
        person.degrees.map((degree, index): [string, Buffer] => {
          const number = recordId(person, index);
          const { level, field, university, year } = degree;
          const facts = { name: person.names.en, field: field.en, university: university.names.en, year, number };
          return [number, drawDiploma({ ...facts, degree: degreeWords[level] ?? level })];
        }),
      ),
  );
}

/** One adult in forty, and those of the journeys who are about it. Drawn from the number alone, so that nothing else changes with it. */
function drawConviction(person: Person): Conviction | undefined {
  if (person.key !== undefined) return person.conviction;
  const bytes = digest('conviction', person.personId);
  const year = Number(person.birthDate.slice(0, 4)) + 20 + (bytes[1]! % 5);
  if (bytes[0]! % 40 !== 0 || year >= sampleYear) return undefined;
  const month = String(1 + (bytes[2]! % 12)).padStart(2, '0');
  return {
    decidedOn: `${year}-${month}-${String(1 + (bytes[3]! % 28)).padStart(2, '0')}`,
    isSpent: bytes[4]! % 2 === 0,
  };
}

/** How a citizen stands with the fund: nearly all who are of age to work are insured. Drawn from the number alone, as above. */
function drawMembership(person: Person, state: string): { standing: string; months: number } | undefined {
  const age = sampleYear - Number(person.birthDate.slice(0, 4));
  if (person.nationality !== state || age < 21) return undefined;
  const bytes = digest('pension', person.personId);
  const months = 6 + (bytes[1]! % Math.max(1, 12 * (age - 20)));
  if (person.key !== undefined) return { standing: person.membership ?? 'active', months };
  if (age > 60) return { standing: 'pensioner', months: 240 + (bytes[1]! % 120) };
  if (bytes[0]! % 8 === 0) return undefined;
  return { standing: bytes[0]! % 8 === 1 ? 'suspended' : 'active', months };
}

const recordId = (person: Person, index: number) => `${person.personId.slice(0, 8)}-${index + 1}`;

type Residents = { residents: Row[]; contracts: Row[] };

/** People of other states who live here, and their work: written by hand, spelt as a register of another state spells them. */
function readResidents(id: string): Residents {
  if (!existsSync(join(folder, id, 'residents.json'))) return { residents: [], contracts: [] };
  return readJson<Residents>(id, 'residents.json');
}

type Written = Residents & { companies: Company[]; registers: Record<string, Row[]> };

/** Public registers of the state, which hold nobody. */
function makeRegisters(id: string, companies: Company[], contracts: Row[]): Record<string, Row[]> {
  const employers = new Map(contracts.map((row) => [String(row['employer_ar']), String(row['employer_en'])]));
  const inputs = {
    schools: readJson<RegisterInputs['schools']>('vocabulary', 'schools.json'),
    employers: readJson<RegisterInputs['employers']>('vocabulary', 'employers.json'),
    universities: listSampleStates().flatMap((other) => {
      const { names: state } = readJson<{ names: { ar: string; en: string } }>(other, 'state.json');
      return readJson<Array<{ id: string; names: { ar: string; en: string } }>>(other, 'universities.json').map(
        (university) => ({ ...university, state }),
      );
    }),
  };
  const others = [...employers].map(([ar, en]) => ({ ar, en }));
  const addresses: Row[] = existsSync(join(folder, id, 'addresses.json'))
    ? addressRows(readJson<AddressInputs>(id, 'addresses.json'))
    : [];
  return { ...registerRows(id, inputs, { companies, others }), addresses };
}

function makeRows(
  registry: Registry,
  people: Person[],
  { residents, contracts, companies, registers }: Written,
  { state, cities }: { state: string; cities: RegisterInputs['schools']['cities'][string] },
): Record<string, Row[]> {
  const tables: Record<string, Row[]> = Object.fromEntries(registry.tables.map(({ name }) => [name, []]));
  if (tables['residents'] !== undefined) tables['residents'].push(...residents);
  if (tables['contracts'] !== undefined) tables['contracts'].push(...contracts);
  for (const [table, rows] of Object.entries({ ...companyRows(companies, people), ...registers }))
    tables[table]?.push(...rows);
  for (const person of people) {
    for (const made of [makeIdentityRow(registry, person), ...makeDegreeRows(registry, person)])
      if (made !== undefined) tables[made[0]]!.push(made[1]);
    const conviction = tables['convictions'] && drawConviction(person);
    if (conviction)
      tables['convictions']!.push({
        judgment_number: `${conviction.decidedOn.slice(0, 4)}/${person.personId.slice(0, 8)}`,
        national_id: person.nationalId,
        decided_on: conviction.decidedOn,
        is_spent: conviction.isSpent,
      });
    const membership = tables['members'] && drawMembership(person, state);
    if (membership) {
      const [memberId, number, standing, months] = Object.keys(registry.tables[0]!.columns) as [
        string,
        string,
        string,
        string,
      ];
      tables['members']!.push({
        [memberId]: `M-${person.personId.slice(0, 8)}`,
        [number]: person.nationalId,
        [standing]: membership.standing,
        [months]: membership.months,
      });
    }
    for (const [table, row] of [
      ['births', birthRow(person, state, cities, digest)],
      ['school_years', schoolYearRow(person, registers['schools'] as Parameters<typeof schoolYearRow>[1], digest)],
    ] as const)
      if (row !== undefined) tables[table]?.push(row);
    if (tables['guardians'] !== undefined)
      for (const { guardianId, relation } of person.guardians)
        tables['guardians'].push({
          guardianship_id: `${person.nationalId}-${relation}`,
          child_id: person.nationalId,
          guardian_id: guardianId,
          relation,
        });
  }
  if (tables['scans'] !== undefined)
    for (const [number, bytes] of drawDiplomas(people))
      tables['scans'].push({
        record_id: number,
        file: `${number}.pdf`,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
  return tables;
}

/** One record a line: a changed person is one changed line in review. */
function printRows(rows: unknown[], indent: string): string {
  return rows.length === 0
    ? '[]'
    : `[\n${rows.map((row) => `${indent}  ${JSON.stringify(row)}`).join(',\n')}\n${indent}]`;
}

/**
 * All generated files of one state, as path (inside its folder) -> content.
 * `hashPassword` may be replaced where only the rest is compared: the real one costs about 25 ms a person.
 */
export function generateState(id: string, hashPassword = hashSamplePassword): Map<string, string | Buffer> {
  const inputs: StateInputs = {
    state: readJson(id, 'state.json'),
    naming: readJson(id, 'naming.json'),
    universities: readJson(id, 'universities.json'),
    mainPeople: readJson(id, 'main-people.json'),
    arabicNames: readJson('vocabulary', 'arabic-names.json'),
    residentNames: readJson('vocabulary', 'resident-names.json'),
    countries: readJson('vocabulary', 'countries.json'),
    fieldsOfStudy: readJson('vocabulary', 'fields-of-study.json'),
    namingOf: (state) => readJson(state, 'naming.json'),
  };
  const people = planPeople(inputs);
  const words = readJson<string[]>('vocabulary', 'password-words.json');
  const accounts = people.filter(({ hasEid }) => hasEid).map((person) => makeAccount(person, words, hashPassword));
  const residents = readResidents(id);
  const { companies } = readJson<{ companies: Company[] }>(id, 'companies.json');
  const written = { ...residents, companies, registers: makeRegisters(id, companies, residents.contracts) };
  const cities = readJson<RegisterInputs['schools']>('vocabulary', 'schools.json').cities[id]!;
  const files = new Map<string, string | Buffer>();
  for (const [number, bytes] of drawDiplomas(people)) files.set(`registries/diplomas/${number}.pdf`, bytes);
  files.set(
    'people.json',
    `{\n  "sample": true,\n  "notice": ${JSON.stringify(notice)},\n  "people": ${printRows(accounts, '  ')}\n}\n`,
  );
  const officers = people.flatMap(({ officer, ...person }) =>
    officer === undefined ? [] : [{ personId: person.personId, nationalId: person.nationalId, ...officer }],
  );
  files.set(
    'officers.json',
    `${JSON.stringify(officers, null, 2).replace(/\[\s+("[^\]]*?")\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`)}\n`,
  );
  for (const name of readdirSync(join(folder, id, 'registries')).filter((file) => /(?<!\.rows)\.json$/.test(file))) {
    const registry = readJson<Registry>(id, 'registries', name);
    const tables = Object.entries(makeRows(registry, people, written, { state: inputs.state.code, cities }));
    const printed = tables.map(([table, rows]) => `    ${JSON.stringify(table)}: ${printRows(rows, '    ')}`);
    files.set(
      `registries/${registry.id}.rows.json`,
      `{\n  "sample": true,\n  "tables": {\n${printed.join(',\n')}\n  }\n}\n`,
    );
  }
  return files;
}

if (import.meta.main) {
  const { positionals } = parseArgs({ allowPositionals: true });
  for (const id of positionals.length > 0 ? positionals : listSampleStates())
    for (const [path, content] of generateState(id)) {
      mkdirSync(dirname(join(folder, id, path)), { recursive: true });
      writeFileSync(join(folder, id, path), content);
    }
}
