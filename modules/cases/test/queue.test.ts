import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referencesOf } from '../queue/rules.ts';
import { degree, fillCase, identity, officerAt, openSaudiCases, type SaudiCases, somebody } from './support.ts';

describe('the queue of an office', () => {
  let world: SaudiCases;
  const officer = officerAt();
  const ids: string[] = [];
  beforeAll(async () => {
    world = await openSaudiCases();
    for (let at = 0; at < 27; at += 1) {
      const person = somebody();
      const caseId = await fillCase(world.cases, person, [identity, degree({ study_mode: 'distance' })]);
      await world.cases.submitCase(person, caseId);
      ids.push(caseId);
      world.clock.advance(60_000);
    }
  });
  afterAll(() => world.database.close());

  test('is had a page at a time, the most urgent first, and no case is on two pages', async () => {
    const first = await world.cases.listQueue(officer);
    const second = await world.cases.listQueue(officer, { page: 2 });
    expect([first.total, first.pages, first.page, second.page]).toEqual([27, 2, 1, 2]);
    expect([...first.cases, ...second.cases].map(({ id }) => id)).toEqual(ids);
    expect(first.cases[0]).toMatchObject({
      applicant: { en: 'Fatima Ahmed Ali Alhaddad' },
      why: { en: expect.stringContaining('distance') },
    });
    // A page that is no longer there shows the last one.
    expect((await world.cases.listQueue(officer, { page: 9 })).page).toBe(2);
  });

  test('goes on behind any of its cases, whatever becomes of that one, and never behind one of another office', async () => {
    const { cases } = world;
    const first = await cases.listQueue(officer);
    expect(first.next).toBe(ids[24]);
    const further = await cases.listQueue(officer, { after: first.next! });
    expect(further.cases.map(({ id }) => id)).toEqual(ids.slice(25));
    expect(further).not.toHaveProperty('next');
    expect((await cases.listQueue(officer, { page: 2 })).next).toBeUndefined();
    // Everything that was sent at the very same moment, by the same day, is told apart by its number.
    await world.database.execute(`update cases.cases set submitted_at = '2026-11-22T05:39:00.000001Z'`);
    const all: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await cases.listQueue(officer, after ? { after } : {});
      all.push(...page.cases.map(({ id }) => id));
      after = page.next;
      if (!after) break;
    }
    expect([...all].sort()).toEqual([...ids].sort());
    expect(all).toHaveLength(27);
    await world.database.execute(`update cases.cases set state = 'approved', decided_at = submitted_at`);
    const decided = await cases.listQueue(officer, { state: 'decided' });
    const rest = await cases.listQueue(officer, { state: 'decided', after: decided.next! });
    expect(new Set([...decided.cases, ...rest.cases].map(({ id }) => id)).size).toBe(27);
    expect(rest).not.toHaveProperty('next');
    await world.database.execute(`update cases.cases set state = 'submitted', decided_at = null`);
    expect((await cases.listQueue(officerAt('customs'), { after: ids[0]! })).cases).toEqual([]);
    for (const [at, id] of ids.entries())
      await world.database.execute(
        `update cases.cases set submitted_at = timestamptz '2026-11-22T05:39:00Z' + interval '${at} minutes' where id = '${id}'`,
      );
  });

  test('finds a case by what stands on the letter, in any digits, and guesses nothing', async () => {
    const { reference } = (await world.cases.listQueue(officer)).cases[2]!;
    for (const typed of [reference, reference.toLowerCase(), reference.slice(3), reference.slice(8), '٣'])
      expect(
        (await world.cases.listQueue(officer, { reference: typed })).cases.map((one) => one.reference),
        typed,
      ).toEqual([reference]);
    for (const typed of ['99999', 'SA-2026', "' or true --", '%'])
      expect((await world.cases.listQueue(officer, { reference: typed })).cases, typed).toEqual([]);
  });

  test('counts what is open, mine, overdue and taken by nobody', async () => {
    await world.cases.takeCase(officer, ids[0]!);
    expect(await world.cases.countQueue(officer)).toEqual({ waiting: 27, mine: 1, overdue: 0, escalated: 0 });
    expect((await world.cases.listQueue(officer, { unassigned: true })).total).toBe(26);
    expect((await world.cases.listQueue(officer, { mine: true })).cases.map(({ id }) => id)).toEqual([ids[0]]);
    world.clock.advance(30 * 86_400_000);
    expect((await world.cases.countQueue(officer)).overdue).toBe(27);
    expect(await world.cases.countQueue(officerAt('customs'))).toEqual({
      waiting: 0,
      mine: 0,
      overdue: 0,
      escalated: 0,
    });
  });
});

test('whatever is typed, only references of the form of a reference are looked for', () => {
  const typed = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.stringMatching(/^[a-z]{2}-\d{4}-\d{1,6}$/),
    fc.nat().map(String),
  );
  fc.assert(
    fc.property(typed, (text) => {
      for (const reference of referencesOf(text, 'SA', 2026)) expect(reference).toMatch(/^[A-Z]{2}-\d{4}-\d{5,}$/);
    }),
  );
});
