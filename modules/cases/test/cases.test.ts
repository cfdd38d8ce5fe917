import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import {
  checkAll,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  pages,
  type SaudiCases,
  somebody,
} from './support.ts';

let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases();
});
afterAll(() => room.database.close());

const refused = (code: string) => expect.objectContaining({ code });
const status = (view: { tasks: Array<{ id: string; status: string }> }) =>
  Object.fromEntries(view.tasks.map((task) => [task.id, task.status]));

describe('a person with a clear case', () => {
  test('gets from the first click to a decision, with the tasks told in order', async () => {
    const { cases, entries, facts } = room;
    const person = somebody();
    const started = await cases.startCase(person, 'degree-recognition');
    expect(started.reference).toMatch(/^SA-2026-\d{5}$/);
    expect(started.whoseTurn).toBe('person');
    expect(status(started)).toMatchObject({
      'sign-in': 'done',
      evidence: 'next',
      'page-purpose': 'later',
      check: 'later',
    });
    expect(status(started)).not.toHaveProperty('page-profession');

    const again = await cases.startCase(person, 'degree-recognition');
    expect(again.id).toBe(started.id);

    const needs = await cases.describeNeeds(person, started.id);
    expect(needs.purpose).toBe('degree-recognition');
    expect(needs.asked.map((asked) => asked.evidenceType)).toEqual(['person-identity', 'degree-record']);

    await cases.recordEvidence(person, started.id, [identity, degree({ surplus: 'never asked for' })]);
    expect(status(await cases.getMyCase(person, started.id))).toMatchObject({
      evidence: 'done',
      'page-purpose': 'next',
    });

    expect(await cases.saveAnswers(person, started.id, 'purpose', pages['purpose']!)).toEqual({
      saved: true,
      errors: [],
      nextPageId: 'profession',
      version: expect.any(Number),
    });
    for (const page of ['profession', 'contact', 'declaration'])
      expect(await cases.saveAnswers(person, started.id, page, pages[page]!)).toMatchObject({ saved: true });

    const decided = await cases.submitCase(person, started.id);
    expect(decided.state).toBe('approved');
    expect(decided.decision).toMatchObject({
      outcome: 'approved',
      decidedBy: 'rules',
      number: `${started.reference}-D`,
    });
    expect(decided.findings.map(({ reason }) => reason)).toContain('university-listed');
    expect(decided.findings.every(({ text }) => /\p{Script=Arabic}/u.test(text.ar))).toBe(true);
    expect(decided.timeline.map(({ kind }) => kind)).toEqual([
      'case-started',
      'evidence-received',
      'evidence-received',
      'case-submitted',
      'case-approved',
    ]);
    expect(JSON.stringify(decided.evidence)).not.toContain('never asked for');
    expect(decided.answers.find(({ questionId }) => questionId === 'mobile')?.value.en).toBe('+97336000000');

    const told = entries.filter((entry) => entry.record['caseId'] === started.id);
    expect(told.map(({ kind }) => kind)).toEqual(['case-submitted', 'case-decided']);
    expect(JSON.stringify(told.map(({ record }) => record))).not.toMatch(/Fatima|فاطمة|fatima@/);
    expect(JSON.stringify(told.map(({ record }) => record))).not.toContain(person.personId);
    expect(
      facts.filter(({ data }) => (data as { caseId: string }).caseId === started.id).map(({ name }) => name),
    ).toEqual(['case-evidence-received', 'case-submitted', 'case-decided']);
  });

  test('has a document and a credential that say the same', async () => {
    const { cases, database } = room;
    const person = somebody();
    const caseId = await fillCase(cases, person);
    await expect(cases.getDecidedCase(caseId)).rejects.toEqual(refused('case-unknown'));
    await cases.submitCase(person, caseId);
    const decided = await cases.getDecidedCase(caseId);
    expect(decided.document.issuer.ar).toBe('وزارة التعليم، المملكة العربية السعودية');
    expect(decided.document.decidedOn.ar).toEqual({
      gregorian: '٢٢ نوفمبر ٢٠٢٦',
      hijri: expect.stringContaining('١٤٤٨'),
    });
    expect(decided.document.facts[0]?.value).toEqual({ ar: 'فاطمة أحمد علي الحداد', en: 'Fatima Ahmed Ali Alhaddad' });
    expect(decided.document.facts[1]?.value).toEqual({ ar: 'بكالوريوس', en: "Bachelor's degree" });
    expect(decided.credential?.claims).toMatchObject({
      outcome: 'approved',
      decided_on: '2026-11-22',
      degree_level: 'bachelor',
    });
    expect(decided.credential?.disclosable).not.toContain('outcome');

    const pdf = { kind: 'pdf' as const, id: newId(), mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1') };
    await database.transaction((tx) => cases.attachDocument(tx, caseId, pdf));
    await database.transaction((tx) =>
      cases.attachDocument(tx, caseId, { ...pdf, id: newId(), bytes: Buffer.from('other') }),
    );
    const read = await cases.readDocument(person, caseId, 'pdf');
    expect(read.bytes?.toString()).toBe('%PDF-1');
    expect((await cases.getMyCase(person, caseId)).documents).toHaveLength(1);
    await expect(cases.readDocument(somebody(), caseId, 'pdf')).rejects.toEqual(refused('case-unknown'));
    await expect(cases.readDocument(person, caseId, 'credential')).rejects.toEqual(refused('document-unknown'));
    const credential = { kind: 'credential' as const, id: newId(), mediaType: 'application/dc+sd-jwt' };
    await database.transaction((tx) => cases.attachDocument(tx, caseId, credential));
    const { timeline } = await cases.getMyCase(person, caseId);
    expect(timeline.slice(-2).map(({ text }) => text.en)).toEqual([
      'The document was issued',
      'The credential was issued',
    ]);
  });
});

describe('what keeps a case from being sent', () => {
  test('essential evidence, but not the optional average', async () => {
    const { cases } = room;
    const person = somebody();
    const withoutUniversity = await fillCase(cases, person, [identity, degree({ university_id: undefined })]);
    await expect(cases.submitCase(person, withoutUniversity)).rejects.toMatchObject({
      code: 'evidence-missing',
      params: { missing: { en: expect.stringContaining('egree record)'), ar: expect.stringMatching(/^[^a-z_.]+$/) } },
    });
    await cases.recordEvidence(person, withoutUniversity, [degree({ gpa: undefined, gpa_scale: undefined })]);
    expect((await cases.submitCase(person, withoutUniversity)).state).toBe('approved');
    const { credential, document } = await cases.getDecidedCase(withoutUniversity);
    expect(credential?.claims).not.toHaveProperty('gpa');
    expect(document.facts.some(({ label }) => label.en === 'Grade point average')).toBe(false);
  });

  test('an unanswered question, also one that an earlier answer has opened since', async () => {
    const { cases } = room;
    const person = somebody();
    const { id } = await cases.startCase(person, 'degree-recognition');
    await cases.recordEvidence(person, id, [identity, degree()]);
    await cases.saveAnswers(person, id, 'purpose', { purpose: 'study' });
    await cases.saveAnswers(person, id, 'contact', pages['contact']!);
    await cases.saveAnswers(person, id, 'declaration', pages['declaration']!);
    await expect(cases.openPage(person, id, 'profession', 'ar')).rejects.toEqual(refused('page-unknown'));
    await cases.saveAnswers(person, id, 'purpose', { purpose: 'work' });
    const { title } = (await room.catalogue.getService('degree-recognition')).form.definition.pages.find(
      (page) => page.id === 'profession',
    )!;
    await expect(cases.submitCase(person, id)).rejects.toMatchObject({
      code: 'answers-incomplete',
      params: { page: title, pageId: 'profession' },
      messages: { ar: expect.stringContaining(`«${title.ar}»`), en: expect.stringContaining(`“${title.en}”`) },
    });
  });

  test('a page with one wrong answer is not saved at all, and is shown again as typed', async () => {
    const { cases } = room;
    const person = somebody();
    const { id } = await cases.startCase(person, 'degree-recognition');
    const posted = { email: 'no address', mobile: '+97336000000', language: 'en' };
    const result = await cases.saveAnswers(person, id, 'contact', posted);
    expect(result).toMatchObject({ saved: false, errors: [{ field: 'email', code: 'not-an-email' }] });
    const page = await cases.openPage(person, id, 'contact', 'ar', { posted, errors: result.errors });
    expect(page.questions[0]).toMatchObject({
      value: 'no address',
      error: expect.stringMatching(/\p{Script=Arabic}/u),
    });
    expect((await cases.getMyCase(person, id)).answers).toEqual([]);
  });

  test('a case is sent once, and withdrawn only before the decision', async () => {
    const { cases } = room;
    const person = somebody();
    const caseId = await fillCase(cases, person);
    await cases.submitCase(person, caseId);
    await expect(cases.submitCase(person, caseId)).rejects.toEqual(refused('case-not-open'));
    await expect(cases.saveAnswers(person, caseId, 'purpose', { purpose: 'study' })).rejects.toEqual(
      refused('case-not-open'),
    );
    await expect(cases.recordEvidence(person, caseId, [identity])).rejects.toEqual(refused('case-not-open'));
    await expect(cases.withdrawCase(person, caseId)).rejects.toEqual(refused('case-step-refused'));
  });

  test('evidence the service never asked for is refused', async () => {
    const { cases } = room;
    const person = somebody();
    const { id } = await cases.startCase(person, 'degree-recognition');
    const stray = { evidenceType: 'health-record', providerState: 'BH', values: { blood: 'A' } };
    await expect(cases.recordEvidence(person, id, [identity, stray])).rejects.toEqual(refused('evidence-not-asked'));
    expect((await cases.getMyCase(person, id)).evidence).toEqual([]);
  });
});

describe('an officer', () => {
  const queued = async () => {
    const person = somebody();
    const caseId = await fillCase(room.cases, person, [identity, degree({ degree_level: 'doctorate' })]);
    await room.cases.submitCase(person, caseId);
    return { person, caseId };
  };

  test('finds the case with its deadline in Saudi working days, takes it and decides it with reasons', async () => {
    const { cases } = room;
    const { person, caseId } = await queued();
    const officer = officerAt();
    const item = (await cases.listQueue(officer)).cases.find(({ id }) => id === caseId);
    // Sent on Sunday 22 November: Monday to Thursday are four days, and the fifth is the next Sunday.
    expect(item).toMatchObject({ dueOn: '2026-11-29', workingDaysLeft: 5, state: 'submitted' });

    const taken = await cases.takeCase(officer, caseId);
    expect(taken.findings.filter(({ outcome }) => outcome === 'review').map(({ reason }) => reason)).toEqual([
      'doctorate-reviewed',
    ]);
    const reasonIds = ['confirmed-after-review'];
    const words = { ownWordsAr: 'تحققنا من الأطروحة.', ownWordsEn: 'We checked the thesis.' };
    await checkAll(cases, officer, caseId);
    await cases.decideCase(officer, caseId, {
      outcome: 'approve',
      reasonIds,
      ...words,
      expectedVersion: taken.version,
    });
    const view = await cases.getMyCase(person, caseId);
    expect(view.decision).toMatchObject({
      outcome: 'approved',
      decidedBy: 'officer',
      ownWords: { en: 'We checked the thesis.' },
    });
    expect(JSON.stringify(view)).not.toContain('Noura');
    expect(JSON.stringify(view)).not.toContain(officer.personId);
  });

  test('is told who works on a case already, and takes it over only on purpose', async () => {
    const { cases } = room;
    const { caseId } = await queued();
    const first = officerAt('moe', 'Noura');
    const second = officerAt('moe', 'Salem');
    const seen = await cases.takeCase(first, caseId);
    await expect(cases.takeCase(second, caseId)).rejects.toMatchObject({
      code: 'case-taken',
      params: { who: 'Noura' },
    });
    const decision = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'] };
    await expect(cases.decideCase(second, caseId, { ...decision, expectedVersion: seen.version })).rejects.toEqual(
      refused('case-taken'),
    );
    const over = await cases.takeCase(second, caseId, { takeOver: true });
    expect(over.assignment?.officerName).toBe('Salem');
    await expect(cases.decideCase(first, caseId, { ...decision, expectedVersion: seen.version })).rejects.toEqual(
      refused('case-changed-since'),
    );
    await cases.releaseCase(second, caseId);
    await expect(cases.releaseCase(second, caseId)).rejects.toEqual(refused('case-step-refused'));
    expect((await cases.getCaseForOfficer(first, caseId)).assignment).toBeUndefined();
  });

  test('cannot decide on a version that has changed, nor without fitting reasons', async () => {
    const { cases, entries } = room;
    const { person, caseId } = await queued();
    const officer = officerAt();
    const { version } = await cases.takeCase(officer, caseId);
    const decide = (changes: object) =>
      cases.decideCase(officer, caseId, { outcome: 'refuse', reasonIds: [], expectedVersion: version, ...changes });
    await expect(decide({})).rejects.toEqual(refused('reasons-missing'));
    await expect(decide({ reasonIds: ['confirmed-after-review'] })).rejects.toEqual(refused('reasons-missing'));
    await expect(decide({ ownWordsEn: 'In one language only' })).rejects.toEqual(refused('reasons-missing'));
    await expect(decide({ reasonIds: ['university-not-accredited'], expectedVersion: version - 1 })).rejects.toEqual(
      refused('case-changed-since'),
    );
    expect(entries.some(({ kind, record }) => kind === 'case-decided' && record['caseId'] === caseId)).toBe(false);
    await checkAll(cases, officer, caseId);
    await decide({ reasonIds: ['university-not-accredited'] });
    const view = await cases.getMyCase(person, caseId);
    expect(view).toMatchObject({ state: 'refused', decision: { outcome: 'refused' } });
    expect(view.decision?.ifRefused?.ar).toBeTruthy();
    expect((await cases.getDecidedCase(caseId)).credential).toBeUndefined();
    await expect(decide({ reasonIds: ['university-not-accredited'], expectedVersion: version + 1 })).rejects.toEqual(
      refused('case-step-refused'),
    );
  });

  test('never decides the own application', async () => {
    const { cases } = room;
    const { person, caseId } = await queued();
    const officer = { ...officerAt(), personId: person.personId };
    await expect(cases.takeCase(officer, caseId)).rejects.toEqual(refused('own-case'));
  });

  test('sees neither drafts nor the cases of another office', async () => {
    const { cases } = room;
    const draft = await fillCase(cases, somebody());
    await expect(cases.getCaseForOfficer(officerAt(), draft)).rejects.toEqual(refused('case-unknown'));
    const { caseId } = await queued();
    const stranger = officerAt('customs');
    await expect(cases.getCaseForOfficer(stranger, caseId)).rejects.toEqual(refused('case-unknown'));
    await expect(cases.takeCase(stranger, caseId)).rejects.toEqual(refused('case-unknown'));
    expect((await cases.listQueue(stranger)).cases).toEqual([]);
  });
});

describe('the store', () => {
  test('gives one draft and one number to two requests at once', async () => {
    const person = somebody();
    const [one, other] = await Promise.all([
      room.cases.startCase(person, 'degree-recognition'),
      room.cases.startCase(person, 'degree-recognition'),
    ]);
    expect(one!.id).toBe(other!.id);
  });

  test('lets nobody rewrite what happened in a case', async () => {
    const person = somebody();
    const { id } = await room.cases.startCase(person, 'degree-recognition');
    const { db } = room.database;
    await expect(sql`update cases.events set kind = 'nothing' where case_id = ${id}`.execute(db)).rejects.toThrow(
      'only added to',
    );
    await expect(sql`delete from cases.events where case_id = ${id}`.execute(db)).rejects.toThrow('only added to');
  });

  test('a draft says until when it is kept, warns in time, and ends with what it held erased', async () => {
    const person = somebody();
    const left = await room.cases.startCase(person, 'degree-recognition');
    const row = async (caseId: string) => {
      const { rows } = await sql<{ evidence: number; answers: number }>`select
        (select count(*)::int from cases.evidence where case_id = ${caseId}) as evidence,
        (select count(*)::int from cases.answers where case_id = ${caseId}) as answers`.execute(room.database.db);
      return rows[0]!;
    };
    await room.cases.recordEvidence(person, left.id, [identity, degree()]);
    const held = await room.cases.getMyCase(person, left.id);
    expect(held).toMatchObject({ state: 'draft', isEndingSoon: false, keptUntil: expect.stringMatching(/^\d{4}-/) });
    expect((await row(left.id)).evidence).toBe(2);

    room.clock.advance(80 * 86_400_000);
    expect(await room.cases.getMyCase(person, left.id)).toMatchObject({
      isEndingSoon: true,
      keptUntil: held.keptUntil,
    });
    // Announced once for its end, however often one looks.
    const endings = () =>
      room.facts.filter(
        ({ name, data }) => name === 'case-draft-ending' && 'caseId' in data && data.caseId === left.id,
      );
    await room.cases.announceEnding();
    await room.cases.announceEnding();
    expect(endings().map(({ data }) => data)).toEqual([{ caseId: left.id, keptUntil: held.keptUntil }]);
    // Whoever goes on has ninety days again.
    const other = await room.cases.startCase(somebody(), 'degree-recognition');
    room.clock.advance(11 * 86_400_000);
    expect(await room.cases.expireDrafts()).toBeGreaterThan(0);
    expect(await room.cases.expireDrafts()).toBe(0);
    const ended = await room.cases.getMyCase(person, left.id);
    expect([ended.state, ended.whoseTurn, ended.evidence, ended.answers]).toEqual(['expired', 'nobody', [], []]);
    expect(ended.timeline.map(({ kind }) => kind)).toContain('case-expired');
    expect(await row(left.id)).toEqual({ evidence: 0, answers: 0 });
    await expect(room.cases.submitCase(person, left.id)).rejects.toEqual(refused('case-not-open'));
    expect((await room.cases.startCase(person, 'degree-recognition')).id).not.toBe(left.id);
    expect((await row(other.id)).evidence).toBe(0);
  });

  test('withdrawing ends a draft, and the next start is a new case', async () => {
    const person = somebody();
    const first = await room.cases.startCase(person, 'degree-recognition');
    expect((await room.cases.withdrawCase(person, first.id)).state).toBe('withdrawn');
    expect((await room.cases.startCase(person, 'degree-recognition')).id).not.toBe(first.id);
    expect(await room.cases.listMyCases(person)).toHaveLength(2);
  });

  test('refuses a service that this state does not offer', async () => {
    await expect(room.cases.startCase(somebody(), 'no-such-service')).rejects.toEqual(refused('service-unknown'));
  });
});
