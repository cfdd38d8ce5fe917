import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  checkAll,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  type SaudiCases,
  servicesDir,
  somebody,
} from './support.ts';

let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases();
});
afterAll(() => room.database.close());

test('what can still be changed follows the case: by asking, in an open request until its day, and not after the decision', async () => {
  const { cases } = room;
  const [person, officer] = [somebody(), officerAt()];
  const caseId = await fillCase(cases, person, [identity, degree({ study_mode: 'distance' })]);
  const open = async () => (await cases.getMyCase(person, caseId)).stillOpen;
  expect(await open()).toBeUndefined();
  await cases.submitCase(person, caseId);
  const byDecision = {
    answers: { how: 'when-asked', names: [] },
    papers: { how: 'when-asked', names: [] },
    withdrawal: { how: 'now', until: '2026-11-29' },
    workingDays: 10,
  };
  expect(await open()).toEqual(byDecision);
  const { version } = await cases.takeCase(officer, caseId);
  const names = { ar: 'صورة العقد', en: 'A copy of the contract' };
  const asked = await cases.askForMore(officer, caseId, {
    thingIds: [],
    pageIds: ['profession'],
    files: [{ nameAr: names.ar, nameEn: names.en, filesMax: 1, accept: ['application/pdf'] }],
    expectedVersion: version,
  });
  const until = (await cases.getMyCase(person, caseId)).requests[0]!.answerBy;
  // The office's clock stands still, so that no day is said for the decision.
  expect(await open()).toEqual({
    answers: { how: 'now', until, names: [expect.objectContaining({ en: 'Profession and sector' })] },
    papers: { how: 'now', until, names: [names] },
    withdrawal: { how: 'now' },
    workingDays: 10,
  });
  await cases.answerRequest(person, caseId, { text: 'There is none', expectedVersion: asked.version });
  expect(await open()).toMatchObject({ answers: { how: 'when-asked' }, papers: { how: 'when-asked' } });

  await checkAll(cases, officer, caseId);
  const { version: seen } = await cases.getCaseForOfficer(officer, caseId);
  const approval = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'] };
  const decided = await cases.decideCase(officer, caseId, { ...approval, expectedVersion: seen });
  expect(await open()).toBeUndefined();
  await cases.reopenCase(officer, caseId, { reasonId: 'new-facts', expectedVersion: decided.version });
  expect(await open()).toMatchObject({ answers: { how: 'when-asked' }, withdrawal: { how: 'no' } });
});

test('a service without requests says that nothing is asked for or corrected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterwards-'));
  cpSync(servicesDir, folder, { recursive: true });
  const service = 'good-conduct-certificate';
  const at = join(folder, service, 'casework.json');
  const { requests: _, ...casework } = JSON.parse(readFileSync(at, 'utf8'));
  writeFileSync(at, JSON.stringify(casework));
  const world = await openSaudiCases(undefined, { folder });
  const { cases } = world;
  const person = somebody('SA');
  const { id } = await cases.startCase(person, service);
  const record = { evidenceType: 'conviction-record', providerState: 'SA' };
  const values = { convictions: 'recorded', checked_on: '2026-11-22' };
  await cases.recordEvidence(person, id, [identity, { ...record, values }]);
  await cases.saveAnswers(person, id, 'use', { use: 'work', destination: 'BH', addressee: 'Bank of Manama' });
  await cases.saveAnswers(person, id, 'declaration', { declaration: 'yes' });
  await cases.submitCase(person, id);
  const { stillOpen } = await cases.getMyCase(person, id);
  expect(stillOpen).toMatchObject({ answers: { how: 'no' }, papers: { how: 'no' }, withdrawal: { how: 'now' } });
  expect(stillOpen).not.toHaveProperty('workingDays');
  await world.database.close();
  rmSync(folder, { recursive: true });
});
