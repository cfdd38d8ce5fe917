import { createHash } from 'node:crypto';
import { type NationalIdSchemeId, nationalIdSchemes } from '#protocol/national-ids';

export type Name = { ar: string; en: string };
type Sex = 'female' | 'male';
type University = {
  id: string;
  names: Name;
  founded: number;
  weight: number;
  gpaScale: number;
  /** ISCED-F 2013 code beginnings it teaches; all fields when absent. */
  fields?: string[];
  distance: boolean;
};
type Degree = {
  level: 'diploma' | 'bachelor' | 'master' | 'doctorate';
  fieldCode: string;
  field: Name;
  university: University;
  year: number;
  gpa: number;
  studyMode: 'full-time' | 'part-time' | 'distance';
};
type Naming = {
  order: 'four' | 'five' | 'four-bin';
  families: Name[];
  /** The state's own Latin spelling of Arabic given names that differ from the vocabulary's. */
  spelling: Record<string, string>;
  /** Arabic given names of the vocabulary that are not usual in the state. */
  notUsed: string[];
  citizenHouseholds: number;
  residentHouseholds: Record<string, number>;
};
type NamePool = { order: 'three' | 'given-family'; male: Name[]; female: Name[]; families: Name[] };
type MainPerson = {
  key: string;
  names: Name;
  sex: Sex;
  birthDate: string;
  nationality: string;
  serial: number;
  password: string;
  shows: Name;
  degree?: Omit<Degree, 'university'> & { universityId: string };
  officer?: { officeId: string; roles: string[] };
  conviction?: Conviction;
  /** How the person stands with the social insurance fund; insured when absent. */
  membership?: 'suspended' | 'pensioner' | 'none';
};

/** A judgment on the register; one that is spent is told to nobody. */
export type Conviction = { decidedOn: string; isSpent: boolean };

export type StateInputs = {
  state: { id: string; code: string; nationalIdScheme: NationalIdSchemeId; nationalIdTemplate: string };
  naming: Naming;
  universities: University[];
  mainPeople: MainPerson[];
  arabicNames: { male: Name[]; female: Name[] };
  residentNames: Record<string, NamePool>;
  countries: Record<string, { numeric: string }>;
  fieldsOfStudy: Array<{ code: string; names: Name; weight: number }>;
  /** Naming of another member state, for its citizens who live here. */
  namingOf(state: string): Naming;
};

export type Person = {
  personId: string;
  nationalId: string;
  names: Name;
  birthDate: string;
  sex: Sex;
  nationality: string;
  hasEid: boolean;
  degrees: Degree[];
  guardians: Array<{ guardianId: string; relation: 'father' | 'mother' }>;
  key?: string;
  shows?: Name;
  password?: string;
  officer?: { officeId: string; roles: string[] };
  conviction?: Conviction;
  membership?: 'suspended' | 'pensioner' | 'none';
};

/** The year the sample is drawn in: ages follow from it, and never from the clock. */
export const sampleYear = 2026;
const eidAge = 15;

type Dice = {
  next(): number;
  integer(min: number, max: number): number;
  pick<T>(items: T[]): T;
  pickWeighted<T extends { weight: number }>(items: T[]): T;
};

/** Mulberry32: small, seeded, and the same on every machine. */
function createDice(seed: string): Dice {
  let state = createHash('sha256').update(seed).digest().readUInt32BE(0);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => items[Math.floor(next() * items.length)]!,
    pickWeighted: (items) => {
      let left = next() * items.reduce((sum, { weight }) => sum + weight, 0);
      const drawn = items.find(({ weight }) => {
        left -= weight;
        return left < 0;
      });
      return drawn ?? items[items.length - 1]!;
    },
  };
}

/** RFC 9562 section 5.5 in form (name-based), over SHA-256. */
function deriveUuid(name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * A person's name is the given name, the father's, the grandfather's (and his father's where five parts are usual) and
 * the family name. A wife keeps her own father's family; children take their father's.
 */
type Lineage = { given: Name; ancestors: Name[]; family: Name; order: Naming['order'] | NamePool['order'] };

function printName({ given, ancestors, family, order }: Lineage, sex: Sex): Name {
  const depth = { four: 2, 'four-bin': 2, five: 3, three: 1, 'given-family': 0 }[order];
  const chain = ancestors.slice(0, depth);
  const join = (language: 'ar' | 'en') => {
    if (order !== 'four-bin') return [given, ...chain, family].map((name) => name[language]).join(' ');
    const link = { ar: { female: 'بنت', male: 'بن' }, en: { female: 'bint', male: 'bin' } }[language];
    const parts = chain.flatMap((name, index) => [index === 0 ? link[sex] : link.male, name[language]]);
    return [given[language], ...parts, inflectFamily(family[language], sex, language)].join(' ');
  };
  return { ar: join('ar'), en: join('en') };
}

/** In Oman a woman's family name takes the feminine ending in Arabic: الحارثي, الحارثية. */
function inflectFamily(family: string, sex: Sex, language: 'ar' | 'en'): string {
  return language === 'ar' && sex === 'female' && family.endsWith('ي') ? `${family}ة` : family;
}

/** Everybody of the sample, in a fixed order: main people, citizen families, resident families. */
export function planPeople(inputs: StateInputs): Person[] {
  const { state, naming, mainPeople, residentNames, arabicNames } = inputs;
  const dice = createDice(`jisr-sample:${state.id}`);
  const taken = new Set<string>();
  const people: Person[] = mainPeople.map((main) => planMainPerson(inputs, main, taken));

  const spell = (name: Name, rules: Naming) => ({ ar: name.ar, en: rules.spelling[name.ar] ?? name.en });
  const poolOf = (nationality: string) => {
    const foreign = residentNames[nationality];
    if (foreign !== undefined)
      return {
        order: foreign.order,
        families: foreign.families,
        given: (sex: Sex) => dice.pick(foreign[sex]),
      };
    const rules = nationality === state.code ? naming : inputs.namingOf(nationality.toLowerCase());
    const usual = (names: Name[]) => names.filter(({ ar }) => !rules.notUsed.includes(ar));
    const given = { female: usual(arabicNames.female), male: usual(arabicNames.male) };
    return { order: rules.order, families: rules.families, given: (sex: Sex) => spell(dice.pick(given[sex]), rules) };
  };

  const addPerson = (lineage: Lineage, sex: Sex, year: number, nationality: string, guardians: Person['guardians']) => {
    const month = String(dice.integer(1, 12)).padStart(2, '0');
    const birthDate = `${year}-${month}-${String(dice.integer(1, 28)).padStart(2, '0')}`;
    const nationalId = takeNationalId(inputs, birthDate, nationality, () => dice.integer(0, 10 ** 9), taken);
    const person: Person = {
      personId: deriveUuid(`jisr-sample:${state.id}:${nationalId}`),
      nationalId,
      names: printName(lineage, sex),
      birthDate,
      sex,
      nationality,
      hasEid: sampleYear - year > eidAge,
      degrees: planDegrees(inputs, dice, year),
      guardians,
    };
    people.push(person);
    return person;
  };

  const addHousehold = (nationality: string) => {
    const pool = poolOf(nationality);
    const drawLineage = (sex: Sex): Lineage => {
      const chain: Name[] = [pool.given(sex)];
      // A name twice in a row is rare in life; a small pool may still run out of others.
      for (let tries = 0; chain.length < 4; tries += 1) {
        const ancestor = pool.given('male');
        if (tries > 20 || !chain.some(({ ar }) => ar === ancestor.ar)) chain.push(ancestor);
      }
      return { given: chain[0]!, ancestors: chain.slice(1), family: dice.pick(pool.families), order: pool.order };
    };
    const fatherYear = dice.integer(1962, 1990);
    const fatherLineage = drawLineage('male');
    const father = addPerson(fatherLineage, 'male', fatherYear, nationality, []);
    const motherYear = fatherYear + dice.integer(0, 7);
    const motherLineage = drawLineage('female');
    // Outside the Arab naming a wife here carries the husband's family name.
    if (pool.order === 'given-family') motherLineage.family = fatherLineage.family;
    const mother = addPerson(motherLineage, 'female', motherYear, nationality, []);
    let birthYear = motherYear + dice.integer(21, 27);
    const children = dice.integer(1, nationality === state.code ? 4 : 2);
    const given = new Set([fatherLineage.given.ar]);
    for (let child = 0; child < children && birthYear < sampleYear; child += 1, birthYear += dice.integer(2, 4)) {
      const sex: Sex = dice.next() < 0.5 ? 'female' : 'male';
      let name = pool.given(sex);
      for (let tries = 0; given.has(name.ar) && tries < 20; tries += 1) name = pool.given(sex);
      given.add(name.ar);
      const guardians: Person['guardians'] =
        sampleYear - birthYear < 18
          ? [
              { guardianId: father.nationalId, relation: 'father' },
              { guardianId: mother.nationalId, relation: 'mother' },
            ]
          : [];
      const ancestors = [fatherLineage.given, ...fatherLineage.ancestors];
      addPerson({ ...fatherLineage, given: name, ancestors }, sex, birthYear, nationality, guardians);
    }
  };

  for (let household = 0; household < naming.citizenHouseholds; household += 1) addHousehold(state.code);
  for (const [nationality, households] of Object.entries(naming.residentHouseholds))
    for (let household = 0; household < households; household += 1) addHousehold(nationality);
  return people;
}

function planMainPerson(inputs: StateInputs, main: MainPerson, taken: Set<string>): Person {
  let serial = main.serial;
  const nationalId = takeNationalId(inputs, main.birthDate, main.nationality, () => serial++, taken);
  const { degree } = main;
  const university = inputs.universities.find(({ id }) => id === degree?.universityId);
  if (degree !== undefined && university === undefined)
    throw new Error(`${inputs.state.id}/main-people.json: ${main.key} studied at an unknown university`);
  return {
    personId: deriveUuid(`jisr-sample:${inputs.state.id}:${nationalId}`),
    nationalId,
    names: main.names,
    birthDate: main.birthDate,
    sex: main.sex,
    nationality: main.nationality,
    hasEid: true,
    degrees: degree !== undefined && university !== undefined ? [{ ...degree, university }] : [],
    guardians: [],
    key: main.key,
    shows: main.shows,
    password: main.password,
    ...(main.officer === undefined ? {} : { officer: main.officer }),
    ...(main.conviction === undefined ? {} : { conviction: main.conviction }),
    ...(main.membership === undefined ? {} : { membership: main.membership }),
  };
}

/** Fills the state's template and adds the check digit; takes the next serial where the scheme never issues the number. */
function takeNationalId(
  { state, countries }: StateInputs,
  birthDate: string,
  nationality: string,
  nextSerial: () => number,
  taken: Set<string>,
): string {
  const [year, month, day] = birthDate.split('-') as [string, string, string];
  const facts: Record<string, string> = {
    yyyy: year,
    yy: year.slice(2),
    mm: month,
    dd: day,
    century: year.startsWith('19') ? '2' : '3',
    kind: nationality === state.code ? '1' : '2',
    country: countries[nationality]?.numeric ?? '000',
  };
  for (let tries = 0; tries < 1000; tries += 1) {
    const serial = nextSerial();
    const digits = state.nationalIdTemplate.replace(/\{(\w+)(?::(\d+))?\}/g, (_, fact: string, length?: string) =>
      length === undefined ? (facts[fact] ?? '') : String(serial % 10 ** Number(length)).padStart(Number(length), '0'),
    );
    const nationalId = nationalIdSchemes[state.nationalIdScheme].complete(digits);
    if (nationalId === undefined || taken.has(nationalId)) continue;
    taken.add(nationalId);
    return nationalId;
  }
  throw new Error(`${state.id}: no free national id for the template ${state.nationalIdTemplate}`);
}

/** About half of the adults hold a degree; a master's or doctorate stands on a bachelor's of the same field. */
function planDegrees(inputs: StateInputs, dice: Dice, birthYear: number): Degree[] {
  if (birthYear > sampleYear - 23 || dice.next() < 0.5) return [];
  const drawn = dice.next();
  const level = drawn < 0.14 ? 'diploma' : drawn < 0.84 ? 'bachelor' : drawn < 0.96 ? 'master' : 'doctorate';
  const years = level === 'diploma' ? [20] : level === 'bachelor' ? [22] : level === 'master' ? [22, 25] : [22, 25, 29];
  const levels: Degree['level'][] = level === 'diploma' ? ['diploma'] : ['bachelor', 'master', 'doctorate'];
  const field = dice.pickWeighted(inputs.fieldsOfStudy);
  const degrees: Degree[] = [];
  for (const [index, age] of years.entries()) {
    const year = birthYear + age + dice.integer(0, 1);
    const open = inputs.universities.filter(
      ({ founded, fields }) =>
        founded + 4 <= year && (fields?.some((beginning) => field.code.startsWith(beginning)) ?? true),
    );
    if (open.length === 0 || year > sampleYear - 1) break;
    const university = dice.pickWeighted(open);
    degrees.push({
      level: levels[index]!,
      fieldCode: field.code,
      field: field.names,
      university,
      year,
      gpa: Math.round((0.55 + dice.next() * 0.43) * university.gpaScale * 100) / 100,
      studyMode: university.distance ? 'distance' : dice.next() < 0.1 ? 'part-time' : 'full-time',
    });
  }
  return degrees;
}
