import { expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { degree, fillCase, identity, officerAt, openSaudiCases, somebody } from './support.ts';

test('what was typed is kept for half a day, for its person and its page, and not for a case that is none of theirs', async () => {
  const { cases, clock, database } = await openSaudiCases();
  const person = somebody();
  const { id: caseId } = await cases.startCase(person, 'degree-recognition');
  const place = { caseId, pageId: 'purpose' };
  const posted = { purpose: 'work' };
  const token = (await cases.keepForm(person.personId, place, posted))!;
  expect(await cases.findForm(person.personId, place, token)).toEqual(posted);
  expect(await cases.findForm(newId(), place, token)).toBeUndefined();
  expect(await cases.findForm(person.personId, { ...place, pageId: 'contact' }, token)).toBeUndefined();
  expect(await cases.findForm(person.personId, place, `${token.slice(0, -1)}_`)).toBeUndefined();
  expect(await cases.keepForm(newId(), place, posted)).toBeUndefined();
  expect(await cases.keepForm(person.personId, { ...place, caseId: newId() }, posted)).toBeUndefined();
  // The latest counts.
  const later = (await cases.keepForm(person.personId, place, { purpose: 'study' }))!;
  expect(await cases.findForm(person.personId, place, token)).toBeUndefined();
  expect(await cases.findForm(person.personId, place, later)).toEqual({ purpose: 'study' });
  clock.advance(12 * 3_600_000 + 1);
  expect(await cases.findForm(person.personId, place, later)).toBeUndefined();
  await cases.forgetForms();
  expect((await database.execute('select 1 from cases.kept_forms')).rows).toEqual([]);
  await database.close();
});

test('so is what is written to the office, as long as the case is at that', async () => {
  const { cases, database } = await openSaudiCases();
  const person = somebody();
  const caseId = await fillCase(cases, person, [identity, degree({ degree_level: 'doctorate' })]);
  const keep = (step: 'answer' | 'appeal' | 'message') =>
    cases.keepForm(person.personId, { caseId, step }, { text: 'In own words' });
  for (const step of ['answer', 'appeal', 'message'] as const) expect(await keep(step)).toBeUndefined();
  await cases.submitCase(person, caseId);
  expect(await keep('answer')).toBeUndefined();
  const token = (await keep('message'))!;
  expect(await cases.findForm(person.personId, { caseId, step: 'message' }, token)).toEqual({ text: 'In own words' });
  // Of a message nothing comes to stand in an appeal, and of neither in a page of the form.
  expect(await cases.findForm(person.personId, { caseId, step: 'appeal' }, token)).toBeUndefined();
  expect(await cases.findForm(person.personId, { caseId, pageId: 'message' }, token)).toBeUndefined();
  const noura = officerAt();
  const { version } = await cases.takeCase(noura, caseId);
  await cases.askForMore(noura, caseId, { thingIds: ['profession-in-detail'], expectedVersion: version });
  expect(await keep('answer')).toMatch(/^[\w-]{43}$/);
  expect(await keep('appeal')).toBeUndefined();
  await database.close();
});

test('and what an officer writes for a step, where they see the case', async () => {
  const { cases, database } = await openSaudiCases();
  const person = somebody();
  const caseId = await fillCase(cases, person, [identity, degree({ degree_level: 'doctorate' })]);
  const officer = officerAt('moe');
  const place = { caseId, officeStep: 'ask' };
  const keep = (by: typeof officer) => cases.keepFormOfOfficer(by, place, { 'words-en': 'In own words' });
  // A draft is nobody's but its person's.
  await expect(keep(officer)).rejects.toMatchObject({ code: 'case-unknown' });
  await cases.submitCase(person, caseId);
  await expect(keep(officerAt('customs'))).rejects.toMatchObject({ code: 'case-unknown' });
  const token = await keep(officer);
  expect(await cases.findForm(officer.personId, place, token)).toEqual({ 'words-en': 'In own words' });
  for (const other of [
    { caseId, officeStep: 'appeal' },
    { caseId, step: 'message' as const },
    { caseId, pageId: 'ask' },
  ])
    expect(await cases.findForm(officer.personId, other, token)).toBeUndefined();
  expect(await cases.findForm(person.personId, place, token)).toBeUndefined();
  await database.close();
});
