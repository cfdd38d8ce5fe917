import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import type { Officer } from '#modules/cases';
import { pngWith } from './samples.ts';
import {
  childBorn,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  type SaudiCases,
  somebody,
} from './support.ts';

let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases();
});
afterAll(() => room.database.close());

const minute = 60_000;
const auditor = officerAt('moe', 'Auditor', ['auditor']);
async function sent() {
  const person = somebody();
  const caseId = await fillCase(room.cases, person, [identity, degree({ study_mode: 'distance' })]);
  await room.cases.submitCase(person, caseId);
  return { person, caseId };
}
const readingsIn = async (caseId: string, of?: Officer) =>
  (await room.cases.listOfficerSteps(auditor, of ? { officerId: of.personId } : {})).steps
    .filter((step) => step.caseId === caseId && step.kind === 'case-read')
    .map(({ officerId, at }) => [officerId, at.toISOString()]);

describe('whoever reads a case', () => {
  test('stands in the audit of the office with name and time, and with the person as office and time; once for as long as they read', async () => {
    const { cases, clock } = room;
    const { person, caseId } = await sent();
    const [noura, majid] = [officerAt('moe', 'Noura'), officerAt('moe', 'Majid')];
    const began = clock.now().toISOString();
    await cases.visitCase(noura, caseId);
    await Promise.all([cases.getCaseForOfficer(noura, caseId), cases.getCaseForOfficer(noura, caseId)]);
    // Nine minutes on, and nine more: still the same reading.
    for (const _ of [1, 2]) {
      clock.advance(9 * minute);
      await cases.getCaseForOfficer(noura, caseId);
    }
    expect(await readingsIn(caseId)).toEqual([[noura.personId, began]]);
    clock.advance(11 * minute);
    const again = clock.now().toISOString();
    await cases.getCaseForOfficer(noura, caseId);
    await cases.getCaseForOfficer(majid, caseId);
    expect((await readingsIn(caseId)).sort()).toEqual(
      [
        [noura.personId, began],
        [noura.personId, again],
        [majid.personId, again],
      ].sort(),
    );
    expect(await readingsIn(caseId, majid)).toEqual([[majid.personId, again]]);
    const mine = await cases.listReadings(person.personId);
    expect(mine.map(({ at }) => at.toISOString())).toEqual([again, again, began]);
    expect(mine[0]).toMatchObject({ caseId, officeNames: { en: 'Ministry of Education, Kingdom of Saudi Arabia' } });
    expect(JSON.stringify(mine)).not.toMatch(new RegExp(`Noura|Majid|${noura.personId}|${majid.personId}`));
    expect(await cases.listReadings(newId())).toEqual([]);
  });

  test('is not who only sees it in the queue, takes it among many, or has a page open that asks for news', async () => {
    const { cases } = room;
    const { person, caseId } = await sent();
    const noura = officerAt('moe', 'Noura');
    await cases.listQueue(noura);
    await cases.searchQueue(noura, { find: 'fatima' });
    await cases.stepMany(noura, { step: 'take', caseIds: [caseId] });
    await cases.watchCase(noura, caseId);
    expect(await readingsIn(caseId)).toEqual([]);
    // What is refused was not read either.
    await expect(cases.getCaseForOfficer(officerAt('customs'), caseId)).rejects.toThrow();
    await expect(cases.getCaseForOfficer(officerAt('moe', 'X', []), caseId)).rejects.toThrow();
    expect(await cases.listReadings(person.personId)).toEqual([]);
  });

  test('a file of it too; the audit leafs through steps and readings without losing or doubling one', async () => {
    const { cases, clock } = room;
    const person = somebody();
    const { id } = await cases.startCase(person, 'gcc-school-enrolment');
    await cases.recordEvidence(person, id, childBorn('2010-01-01'));
    await cases.saveAnswers(person, id, 'stage', { stage: 'primary', city: 'الرياض' });
    await cases.saveAnswers(person, id, 'contact', { email: 'a@example.com', mobile: '+97336000000' });
    await cases.saveAnswers(person, id, 'declaration', { declaration: 'yes' });
    const file = await cases.attachFile(person, id, 'reports', { name: 'report.png', bytes: pngWith() });
    await cases.submitCase(person, id);
    const noura = officerAt('moe', 'Noura');
    await cases.readFileForOfficer(noura, id, file.id);
    expect(await readingsIn(id)).toHaveLength(1);
    for (let at = 0; at < 60; at += 1) {
      clock.advance(11 * minute);
      await cases.getCaseForOfficer(noura, id);
      if (at % 3 === 0) await cases.writeNote(noura, id, `Note ${at}`);
    }
    const found: string[] = [];
    let before: string | undefined;
    do {
      const page = await cases.listOfficerSteps(auditor, { before, officerId: noura.personId });
      found.push(...page.steps.map(({ at, kind }) => `${at.toISOString()} ${kind}`));
      before = page.next;
    } while (before);
    expect(found).toHaveLength(61 + 20);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(found.toSorted((one, other) => other.slice(0, 24).localeCompare(one.slice(0, 24))));
  });
});
