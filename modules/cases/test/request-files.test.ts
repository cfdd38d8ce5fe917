import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '#kernel/contract';
import { tablesOf } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import { digestOf } from '../files/answers.ts';
import type { AskForMore } from '../index.ts';
import { jpegWith, pdfWith, pngWith } from './samples.ts';
import { childBorn, officerAt, openSaudiCases, type SaudiCases, serveCases, somebody } from './support.ts';

let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases();
});
afterAll(() => room.database.close());

const refused = (code: string) => expect.objectContaining({ code });
const huda = officerAt('moe', 'Huda');
const contract = { nameAr: 'عقد العمل', nameEn: 'The contract of work', filesMax: 2 };
const licence = { nameAr: 'الترخيص المهني', nameEn: 'The licence', accept: ['application/pdf' as const] };

/** A school enrolment with one report, taken by an officer. */
async function taken() {
  const { cases } = room;
  const person = somebody();
  const { id: caseId } = await cases.startCase(person, 'gcc-school-enrolment');
  await cases.recordEvidence(person, caseId, childBorn('2010-03-14'));
  await cases.saveAnswers(person, caseId, 'stage', { stage: 'primary' });
  const report = await cases.attachFile(person, caseId, 'reports', { name: 'report.pdf', bytes: pdfWith() });
  for (const pageId of ['siblings', 'reports']) await cases.saveAnswers(person, caseId, pageId, {});
  await cases.saveAnswers(person, caseId, 'contact', { email: 'a@example.com', mobile: '+97336000000' });
  await cases.saveAnswers(person, caseId, 'declaration', { declaration: 'yes' });
  await cases.submitCase(person, caseId);
  await cases.takeCase(huda, caseId);
  return { person, caseId, report };
}
const versionOf = async (caseId: string) => (await room.cases.getCaseForOfficer(huda, caseId)).version;
const ask = async (caseId: string, asked: Partial<AskForMore>) =>
  room.cases.askForMore(huda, caseId, { thingIds: [], ...asked, expectedVersion: await versionOf(caseId) });
const openIn = async (caseId: string, person: Awaited<ReturnType<typeof taken>>['person']) =>
  (await room.cases.getMyCase(person, caseId)).requests.at(-1)!;
const rowsOf = (caseId: string) =>
  tablesOf<{ files: { id: string; case_id: string } }>(room.database.db, 'cases')
    .selectFrom('files')
    .selectAll()
    .where('case_id', '=', caseId)
    .execute();

describe('papers that an officer asks for by name', () => {
  test('are sent one by one, are seen by the office once the answer is given, and are sealed with it', async () => {
    const { cases } = room;
    const { person, caseId } = await taken();
    const attach = (questionId: string, bytes: Buffer, name = 'paper.pdf') =>
      cases.attachFile(person, caseId, questionId, { name, bytes });
    await expect(attach('request.1', pdfWith())).rejects.toEqual(refused('case-not-open'));
    await ask(caseId, { files: [contract, licence] });
    expect((await openIn(caseId, person)).files).toMatchObject([
      { id: 'request.1', names: { ar: contract.nameAr, en: contract.nameEn }, filesMax: 2, attached: [] },
      { id: 'request.2', filesMax: 1, accept: ['application/pdf'] },
    ]);
    // What was not asked for is closed: another paper, and the questions of the form.
    await expect(attach('request.3', pdfWith())).rejects.toEqual(refused('question-unknown'));
    await expect(attach('reports', pngWith('x'))).rejects.toEqual(refused('page-not-opened'));
    await expect(attach('request.2', jpegWith())).rejects.toEqual(refused('file-type-refused'));
    await expect(cases.attachFile(somebody(), caseId, 'request.1', { name: '', bytes: pdfWith() })).rejects.toEqual(
      refused('case-unknown'),
    );
    const first = await attach('request.1', pdfWith('/A 1'));
    expect((await attach('request.1', pdfWith('/A 1'))).id).toBe(first.id);
    const second = await attach('request.1', jpegWith(), 'عقد.jpg');
    await expect(attach('request.1', pdfWith('/A 2'))).rejects.toEqual(refused('files-too-many'));
    await cases.removeFile(person, caseId, second.id);
    const third = await attach('request.1', pdfWith('/A 3'));
    const bytes = await cases.readFile(person, caseId, first.id);
    expect(sha256(bytes.bytes).toString('hex')).toBe(first.sha256);
    // The office sees nothing of it before it is given.
    const before = await cases.getCaseForOfficer(huda, caseId);
    expect(before.requests[0]).toMatchObject({ isOpen: true, files: [{ attached: [] }, { attached: [] }] });
    await expect(cases.readFileForOfficer(huda, caseId, first.id)).rejects.toEqual(refused('file-unknown'));

    await cases.answerRequest(person, caseId, { expectedVersion: before.version });
    const seen = await cases.getCaseForOfficer(huda, caseId);
    expect(seen).toMatchObject({ state: 'in-review', requests: [{ outcome: 'answered', changes: [] }] });
    expect(seen.requests[0]!.files[0]!.attached.map(({ id }) => id)).toEqual([first.id, third.id]);
    expect((await cases.readFileForOfficer(huda, caseId, third.id)).sha256).toBe(third.sha256);
    // They are no answers of the form.
    expect(seen.answers.filter(({ file }) => file).map(({ questionId }) => questionId)).toEqual(['reports']);
    const { record } = room.entries.filter(({ kind }) => kind === 'case-information-given').at(-1)!;
    const sent = [first, third].map(({ id, sha256: hash }) => ({ id, questionId: 'request.1', sha256: hash }));
    expect(record).toMatchObject({ files: 2, filesDigest: digestOf(sent) });

    // What was given is closed, and the same bytes may be asked for again.
    await expect(cases.removeFile(person, caseId, first.id)).rejects.toEqual(refused('case-not-open'));
    await ask(caseId, { files: [contract] });
    const again = await attach('request.1', pdfWith('/A 1'));
    expect(again.id).not.toBe(first.id);
    await expect(cases.removeFile(person, caseId, first.id)).rejects.toEqual(refused('file-unknown'));
    expect((await openIn(caseId, person)).files[0]!.attached.map(({ id }) => id)).toEqual([again.id]);
  });

  test('have names in both languages and a number of files, or nothing is asked', async () => {
    const { caseId } = await taken();
    await expect(ask(caseId, { files: [] })).rejects.toEqual(refused('request-empty'));
    await expect(ask(caseId, { files: [{ ...contract, nameEn: ' ' }] })).rejects.toEqual(
      refused('request-names-missing'),
    );
    await expect(ask(caseId, { files: [{ ...contract, filesMax: 6 }] })).rejects.toEqual(
      refused('request-files-wrong'),
    );
  });

  test('that were not given when the time ended are erased', async () => {
    const { cases } = room;
    const { person, caseId, report } = await taken();
    await ask(caseId, { files: [contract], pageIds: ['reports'] });
    await cases.attachFile(person, caseId, 'request.1', { name: 'a.pdf', bytes: pdfWith('/B 1') });
    await cases.removeFile(person, caseId, report.id);
    expect((await rowsOf(caseId)).length).toBe(2);
    await cases.withdrawCase(person, caseId);
    expect((await rowsOf(caseId)).map(({ id }) => id)).toEqual([report.id]);
    expect((await cases.getMyCase(person, caseId)).answers.some(({ file }) => file?.id === report.id)).toBe(true);
  });
});

describe('pages with lists, once they are open again', () => {
  test('take another file in place of one that the office has, and the office reads both before and after', async () => {
    const { cases } = room;
    const { person, caseId, report } = await taken();
    await ask(caseId, {
      pageIds: ['reports'],
      ownWordsAr: 'الشهادة غير واضحة',
      ownWordsEn: 'The report is unreadable',
    });
    const page = async () => (await cases.openPage(person, caseId, 'reports', 'en')).questions[0]!.files!.attached;
    expect((await page()).map(({ id }) => id)).toEqual([report.id]);
    await cases.removeFile(person, caseId, report.id);
    expect(await page()).toEqual([]);
    // Laid back by sending the same bytes, and taken away again.
    const same = await cases.attachFile(person, caseId, 'reports', { name: 'report.pdf', bytes: pdfWith() });
    expect(same.id).toBe(report.id);
    await cases.removeFile(person, caseId, report.id);
    const better = await cases.attachFile(person, caseId, 'reports', { name: 'better.png', bytes: pngWith() });
    const { version, answers } = await cases.getCaseForOfficer(huda, caseId);
    expect(answers.flatMap(({ file }) => (file ? [file.id] : []))).toEqual([report.id]);
    expect((await cases.readFileForOfficer(huda, caseId, report.id)).id).toBe(report.id);
    // Going on from the page saves nothing that would be older than what lies there.
    expect(await cases.saveAnswers(person, caseId, 'reports', {})).toMatchObject({ saved: true });
    await cases.answerRequest(person, caseId, { expectedVersion: version });
    const after = await cases.getCaseForOfficer(huda, caseId);
    expect(after.answers.flatMap(({ file }) => (file ? [file.id] : []))).toEqual([better.id]);
    expect(after.requests[0]!.changes).toMatchObject([{ before: { en: 'report.pdf' }, after: { en: 'better.png' } }]);
    // What it decided on before stays where it was.
    expect((await cases.readFileForOfficer(huda, caseId, report.id)).sha256).toBe(report.sha256);
    expect((await cases.readFileForOfficer(huda, caseId, better.id)).sha256).toBe(better.sha256);
  });

  test('take entries of a group one by one, and the office sees them once they are given', async () => {
    const { cases } = room;
    const { person, caseId } = await taken();
    const child = (name: string) => ({ name, school: 'School 12', stage: 'primary' });
    const place = { pageId: 'siblings' };
    await expect(cases.saveEntry(person, caseId, place, child('Huda'))).rejects.toEqual(refused('case-not-open'));
    await ask(caseId, { pageIds: ['siblings'], ownWordsAr: 'اذكر إخوته', ownWordsEn: 'Name the siblings' });
    expect(await cases.saveEntry(person, caseId, place, child('Huda'))).toMatchObject({ saved: true });
    expect(await cases.saveEntry(person, caseId, place, child('Sara'))).toMatchObject({ saved: true });
    const first = await cases.openEntry(person, caseId, { ...place, number: 1 }, 'en');
    await cases.removeEntry(person, caseId, { ...place, number: 1, seen: first.seen });
    await expect(cases.openEntry(person, caseId, { pageId: 'stage' }, 'en')).rejects.toEqual(
      refused('page-not-opened'),
    );
    const { version, answers } = await cases.getCaseForOfficer(huda, caseId);
    expect(JSON.stringify(answers)).not.toContain('Sara');
    await cases.answerRequest(person, caseId, { expectedVersion: version });
    const after = JSON.stringify((await cases.getCaseForOfficer(huda, caseId)).answers);
    expect(after).toContain('Sara');
    expect(after).not.toContain('Huda');
  });
});

test('programs ask, send, answer and read over the JSON API alike', async () => {
  const { person, caseId } = await taken();
  const server = serveCases(room);
  const caller = (personId: string, officer?: { officeId: string; roles: string[] }): Caller => ({
    ...{ kind: 'person', sessionId: newId(), personId, homeState: 'BH', level: 'substantial' },
    ...(officer ? { officer } : {}),
  });
  const [he, she] = [caller(person.personId), caller(huda.personId, { officeId: 'moe', roles: ['reviewer'] })];
  const call = async (as: Caller, method: 'GET' | 'POST', url: string, payload?: object | Buffer) => {
    const raw = Buffer.isBuffer(payload) ? { 'content-type': 'application/octet-stream' } : {};
    const headers = { 'x-caller': JSON.stringify(as), ...raw };
    const answer = await server.fastify.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    return { status: answer.statusCode, bytes: answer.rawPayload, json: () => answer.json() };
  };
  const asked = { thingIds: [], files: [licence], expectedVersion: await versionOf(caseId) };
  const { version } = (await call(she, 'POST', `/api/office/cases/${caseId}/requests`, asked)).json();
  const sent = await call(he, 'POST', `/api/cases/${caseId}/questions/request.1/files`, pdfWith());
  expect(sent.status).toBe(201);
  const [file] = (await call(he, 'GET', `/api/cases/${caseId}`)).json().requests[0].files;
  expect(file).toMatchObject({ id: 'request.1', names: { en: licence.nameEn }, attached: [{ id: sent.json().id }] });
  const office = `/api/office/cases/${caseId}/files/${sent.json().id}`;
  expect((await call(she, 'GET', office)).json()).toMatchObject({ code: 'file-unknown' });
  expect((await call(he, 'POST', `/api/cases/${caseId}/request`, { expectedVersion: version })).status).toBe(200);
  expect((await call(she, 'GET', office)).bytes.equals(pdfWith())).toBe(true);
  await server.close();
});
