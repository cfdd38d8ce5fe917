import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clamd, startClamdDouble } from './clamd.ts';
import { jpegWith, pdfWith } from './samples.ts';
import {
  childBorn,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  pages,
  type SaudiCases,
  servicesDir,
  somebody,
} from './support.ts';

let room: SaudiCases;
let scanner: Clamd & { port: number };
const folder = mkdtempSync(join(tmpdir(), 'again-'));
beforeAll(async () => {
  cpSync(servicesDir, folder, { recursive: true });
  scanner = await startClamdDouble();
  room = await openSaudiCases(undefined, { folder, virusScanner: scanner.address });
});
afterAll(async () => {
  await room.database.close();
  await scanner.stop();
  rmSync(folder, { recursive: true });
});

const refused = (code: string) => expect.objectContaining({ code });
const wordsOf = (answers: Array<{ questionId: string; value: { en: string } }>, id: string) =>
  answers.find(({ questionId }) => questionId === id)?.value.en;

async function refusedCase() {
  const { cases } = room;
  const [person, officer] = [somebody(), officerAt()];
  const caseId = await fillCase(cases, person, [identity, degree({ study_mode: 'distance' })]);
  await cases.submitCase(person, caseId);
  const { checklist } = await cases.takeCase(officer, caseId);
  for (const { id, sequence } of checklist)
    await cases.markPoint(officer, caseId, id, { mark: 'done', seen: sequence });
  const { version: expectedVersion } = await cases.getCaseForOfficer(officer, caseId);
  await cases.decideCase(officer, caseId, {
    ...{ outcome: 'refuse', reasonIds: ['university-not-accredited'], expectedVersion },
  });
  return { person, caseId };
}

describe('applying again', () => {
  test('after a refusal begins a draft with the earlier answers, without evidence and without what is declared', async () => {
    const { cases } = room;
    const { person, caseId } = await refusedCase();
    expect(await cases.getMyCase(person, caseId)).toMatchObject({ state: 'refused', mayApplyAgain: true });
    await expect(cases.applyAgain(somebody(), caseId)).rejects.toEqual(refused('case-unknown'));
    const draft = await cases.applyAgain(person, caseId);
    expect(draft.id).not.toBe(caseId);
    expect(draft).toMatchObject({ state: 'draft', evidence: [], begunFrom: { caseId } });
    expect(draft.begunFrom?.left.map(({ why }) => why)).toEqual(['anew']);
    expect(wordsOf(draft.answers, 'email')).toBe('fatima@example.com');
    expect(wordsOf(draft.answers, 'declaration')).toBeUndefined();
    expect(draft.tasks.filter(({ status }) => status !== 'done').map(({ id }) => id)).toEqual([
      'evidence',
      'page-declaration',
      'check',
    ]);
    await expect(cases.submitCase(person, draft.id)).rejects.toEqual(refused('evidence-missing'));
    await cases.recordEvidence(person, draft.id, [identity, degree()]);
    await cases.saveAnswers(person, draft.id, 'declaration', pages['declaration']!);
    const sent = await cases.submitCase(person, draft.id);
    expect(sent).toMatchObject({ state: 'approved', mayApplyAgain: false });
    expect(sent).not.toHaveProperty('begunFrom');
    await expect(cases.applyAgain(person, draft.id)).rejects.toEqual(refused('case-step-refused'));
  });

  test('is for what came to nothing, and writes over no draft that was begun already', async () => {
    const { cases } = room;
    const person = somebody();
    const caseId = await fillCase(cases, person, [identity, degree({ study_mode: 'distance' })]);
    await expect(cases.applyAgain(person, caseId)).rejects.toEqual(refused('case-step-refused'));
    await cases.submitCase(person, caseId);
    await expect(cases.applyAgain(person, caseId)).rejects.toEqual(refused('case-step-refused'));
    await cases.withdrawCase(person, caseId);
    const begun = await cases.startCase(person, 'degree-recognition');
    await cases.saveAnswers(person, begun.id, 'contact', { ...pages['contact'], email: 'other@example.com' });
    const again = await cases.applyAgain(person, caseId);
    expect(again.id).toBe(begun.id);
    expect(wordsOf(again.answers, 'email')).toBe('other@example.com');
    expect(again).not.toHaveProperty('begunFrom');
    // What was discarded left nothing behind, and so nothing is said to be filled in.
    await cases.withdrawCase(person, again.id);
    const blank = await cases.applyAgain(person, again.id);
    expect(blank.answers).toEqual([]);
    expect(blank).not.toHaveProperty('begunFrom');
  });

  test('brings along files that were scanned, on the newest form, and names what fits it no more', async () => {
    const { cases, catalogue } = room;
    const child = somebody();
    const service = 'gcc-school-enrolment';
    const { id } = await cases.startCase(child, service);
    await cases.recordEvidence(child, id, childBorn('2010-03-14'));
    await cases.saveAnswers(child, id, 'stage', { stage: 'primary', city: 'الرياض' });
    const sibling = { name: 'Ali', school: 'School 12', stage: 'primary' };
    await cases.saveAnswers(child, id, 'siblings', { siblings: [sibling] });
    const attach = (bytes: Buffer, name: string) => cases.attachFile(child, id, 'reports', { name, bytes });
    await attach(pdfWith(), 'report.pdf');
    await attach(jpegWith(), 'photo.jpg');
    await cases.saveAnswers(child, id, 'reports', {});
    await cases.saveAnswers(child, id, 'contact', { email: 'a@example.com', mobile: '+97336000000' });
    await cases.saveAnswers(child, id, 'declaration', { declaration: 'yes' });
    expect((await cases.submitCase(child, id)).state).toBe('submitted');
    // Once a year for a child: while it is open, nothing is begun beside it.
    await cases.withdrawCase(child, id);

    const at = join(folder, service, 'form.json');
    const form = JSON.parse(readFileSync(at, 'utf8'));
    form.questions.reports.files.accept = ['application/pdf'];
    form.schema.properties.city.maxLength = 3;
    writeFileSync(at, JSON.stringify(form));
    await catalogue.start();
    const draft = await cases.applyAgain(child, id);
    expect(draft.serviceVersion).not.toBe((await cases.getMyCase(child, id)).serviceVersion);
    expect(draft.begunFrom?.left.map(({ label, why }) => [label.en, why])).toEqual([
      ['I declare that what I wrote is true.', 'anew'],
      ['In which city is the school to be?', 'does-not-fit'],
      ["The child's last school report", 'file'],
    ]);
    expect(draft.answers.filter(({ file }) => file).map(({ value }) => value.en)).toEqual(['report.pdf']);
    expect(wordsOf(draft.answers, 'stage')).toBe('Primary');
    expect(draft.answers.some(({ value }) => value.en === 'Ali')).toBe(true);
    const [own] = draft.answers.flatMap(({ file }) => (file ? [file] : []));
    expect((await cases.readFile(child, draft.id, own!.id)).bytes.equals(pdfWith())).toBe(true);

    await cases.saveAnswers(child, draft.id, 'declaration', { declaration: 'yes' });
    await cases.saveAnswers(child, draft.id, 'reports', {});
    await cases.recordEvidence(child, draft.id, childBorn('2010-03-14'));
    const sent = await cases.submitCase(child, draft.id);
    // Given once: the one that is open leads there, and a case that came to nothing before begins nothing beside it.
    await expect(cases.applyAgain(child, id)).rejects.toMatchObject({
      code: 'application-repeated',
      params: { caseId: sent.id },
    });
  });
});
