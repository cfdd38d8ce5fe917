import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { up } from '../migrations/0017-names.ts';
import { askedWords, keptWords } from '../names/words.ts';
import {
  checkAll,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  type SaudiCases,
  somebody,
} from './support.ts';

const people: Array<[ar: string, en: string]> = [
  ['فاطمة أحمد علي الحداد', 'Fatima Ahmed Ali Alhaddad'],
  ['عبدالله بن يوسف آل خليفة', 'Abdulla bin Yousif Al Khalifa'],
  ['عبد الرحمن الأنصاري', 'Abdul Rahman Al-Ansari'],
  ['هدى إبراهيم الدوسري', 'Huda Ibrahim Aldosari'],
  ['أحمد حدّاد', 'Ahmed Haddad'],
  ['زُهَيْر', 'Zuhair O’Connor Müller'],
];

describe('a case is found by the name of its applicant', () => {
  let world: SaudiCases;
  const officer = officerAt();
  const caseIds: string[] = [];
  beforeAll(async () => {
    world = await openSaudiCases();
    for (const [full_name_ar, full_name_latin] of people) {
      const person = somebody();
      const named = { ...identity, values: { ...identity.values, full_name_ar, full_name_latin } };
      const caseId = await fillCase(world.cases, person, [named, degree({ study_mode: 'distance' })]);
      await world.cases.submitCase(person, caseId);
      caseIds.push(caseId);
    }
  });
  afterAll(() => world.database.close());

  const found = async (find: string, who = officer, more: object = {}) => {
    const { cases, total } = await world.cases.searchQueue(who, { find, ...more });
    expect(total).toBe(cases.length);
    return cases.map(({ id }) => caseIds.indexOf(id)).sort();
  };

  test('in Arabic or Latin letters, by the beginnings of its words in any order and spelling', async () => {
    const asked: Array<[string, number[]]> = [
      ['فاطمه', [0]],
      ['FATIMA', [0]],
      ['fat alhad', [0]],
      ['احمد', [0, 4]],
      ['أحمد الحداد', [0, 4]],
      ['حداد', [0, 4]],
      ['haddad', [0, 4]],
      ['عبد الله', [1]],
      ['عبدالله', [1]],
      ['الله', [1]],
      ['khalifa abdulla', [1]],
      ['بن يوسف', [1]],
      ['عبدالرحمن', [2]],
      ['rahman', [2]],
      ['alansari', [2]],
      ['الانصاري', [2]],
      ['الدوسري هدى', [3]],
      ['زهير', [5]],
      ['oconnor', [5]],
      ["o'con mull", [5]],
      ['a', []],
      ['بن', []],
      ['fatima zuhair', []],
      ['atima', []],
      ['%', []],
      ["' or true --", []],
      ['f1', []],
    ];
    for (const [typed, expected] of asked) expect(await found(typed), typed).toEqual(expected);
    const { reference } = (await world.cases.listQueue(officer)).cases.find(({ id }) => id === caseIds[3])!;
    for (const typed of [reference, reference.slice(8)]) expect(await found(typed)).toEqual([3]);
    expect(await found('huda', officer, { state: 'decided' })).toEqual([]);
    expect(await found('huda', officer, { serviceId: 'gcc-school-enrolment' })).toEqual([]);
    // A reference in an address is looked for as one, and never as a name.
    expect((await world.cases.listQueue(officer, { reference: 'huda' })).cases).toEqual([]);
  });

  test('only among cases that this officer may see: whatever is typed, no case of another office and no draft', async () => {
    const { cases, database } = world;
    const draft = somebody();
    await fillCase(cases, draft, [{ ...identity, values: { ...identity.values, full_name_latin: 'Fatima Draft' } }]);
    await sql`update cases.cases set office_id = 'customs' where id = any(${caseIds.slice(3)}::uuid[])`.execute(
      database.db,
    );
    const customs = officerAt('customs');
    const words = [...new Set(people.flatMap(([ar, en]) => [...keptWords(ar), ...keptWords(en)]))];
    const typed = fc.array(
      fc
        .tuple(fc.constantFrom(...words), fc.integer({ min: 1, max: 9 }))
        .map(([word, length]) => word.slice(0, length)),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(typed, async (parts) => {
        const find = parts.join(' ');
        const asked = askedWords(find);
        const fits = people.flatMap(([ar, en], at) => {
          const kept = [...keptWords(ar), ...keptWords(en)];
          return asked.length > 0 && asked.every((word) => kept.some((one) => one.startsWith(word))) ? [at] : [];
        });
        expect(await found(find)).toEqual(fits.filter((at) => at < 3));
        expect(await found(find, officerAt('nowhere'))).toEqual([]);
        // The words are kept under the office that was in charge: a case that moved is found by nobody rather than by the wrong one.
        expect(await found(find, customs)).toEqual([]);
      }),
      { numRuns: 40 },
    );
    await sql`update cases.cases set office_id = 'moe' where id = any(${caseIds}::uuid[])`.execute(database.db);
    expect(await found('fatima')).toEqual([0]);
    await cases.withdrawCase(draft, (await cases.listMyCases(draft))[0]!.id);
    const { rows } = await sql`select word from cases.applicant_words where word = 'draft'`.execute(database.db);
    expect(rows).toEqual([]);
  });

  test('also by a corrected name, and cases from before there was such a search', async () => {
    const { cases, database } = world;
    const caseId = caseIds[3]!;
    const { version } = await cases.takeCase(officer, caseId);
    await checkAll(cases, officer, caseId);
    const approval = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'], expectedVersion: version };
    const decided = await cases.decideCase(officer, caseId, approval);
    const fields = { 'evidence.person-identity.full_name_latin': 'Houda Ibrahim Aldosari' };
    await cases.correctDecision(officer, caseId, {
      reasonId: 'name-misspelt',
      fields,
      expectedVersion: decided.version,
    });
    for (const typed of ['houda', 'huda']) expect(await found(typed, officer, { state: 'decided' })).toEqual([3]);
    await sql`drop table cases.applicant_words`.execute(database.db);
    await database.transaction(up);
    expect(await found('حداد')).toEqual([0, 4]);
    expect(await found('huda', officer, { state: 'decided' })).toEqual([3]);
  });
});
