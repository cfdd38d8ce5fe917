import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNodeConfig, startNode } from '#apps/state-node';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId, sha256 } from '#kernel/ids';
import { apply, signIn, waitForDocument } from '../../apps/federation/journey.ts';
import { everyPointDone } from '../../apps/federation/visitor.ts';
import { pdfWith } from '../../modules/cases/test/samples.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { signLetter } from '../support/letters.ts';
import { findMarkers } from '../support/markers.ts';
import { answers, polled, sharedServiceId as serviceId, sharedCasesOf, words } from '../support/shared-cases.ts';

const role = 'home-fund';
const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
const { doorsOf, databaseOf, journeyOf, officerOf, visitorOf, send, seenBy, arrived, shareIn, close } = sharedCasesOf(
  () => federation,
);

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
});
afterAll(async () => {
  await federation?.stop();
  await http.close();
  await close();
});

describe('a case that two states see', () => {
  test('is confirmed by the office of the home state and decided by that of the state of work', async () => {
    const person = await visitorOf('yousif');
    const caseId = await send(person, true);
    const [muneera, abeer] = [await officerOf('bh', 'muneera'), await officerOf('sa', 'abeer')];
    const { sharing } = doorsOf('bh');
    const shareId = await arrived(muneera, caseId);

    const seen = await sharing.openForOfficer(muneera, shareId);
    expect(seen).toMatchObject({ isAnswerDue: true, whoseTurn: 'office', state: 'submitted', decidingState: 'SA' });
    expect(seen.clocks.map(({ state }) => state)).toEqual(['SA', 'BH']);
    expect(seen.facts.map(({ id }) => id)).toEqual([
      'evidence.person-identity.full_name_ar',
      'evidence.person-identity.full_name_latin',
      'evidence.person-identity.birth_date',
      'evidence.pension-record.membership',
      'answers.employer',
      'answers.sector',
      'answers.started',
      'answers.wage',
    ]);
    const [document] = seen.documents;
    const fetched = await sharing.fetchDocument(muneera, shareId, document!.documentId);
    expect(sha256(fetched.bytes).toString('hex')).toBe(document!.sha256);

    // Nobody approves before the answer is there.
    const { cases } = doorsOf('sa');
    let taken = await cases.takeCase(abeer, caseId, {});
    // A better copy that is asked for reaches the partner once it is given; a paper asked for by name is between the person and the office.
    const paper = { nameAr: 'رخصة', nameEn: 'Licence' };
    const asked = { thingIds: [], pageIds: ['contract'], files: [paper], expectedVersion: taken.version };
    const { version: now } = await cases.askForMore(abeer, caseId, asked);
    const better = { name: 'better.pdf', bytes: pdfWith() };
    for (const place of ['contract', 'request.1']) await cases.attachFile(person, caseId, place, better);
    await cases.answerRequest(person, caseId, { expectedVersion: now });
    const names = async () => (await sharing.openForOfficer(muneera, shareId)).documents.map(({ name }) => name);
    await expect.poll(names, polled).toEqual(['contract.png', 'better.pdf']);
    taken = await cases.getCaseForOfficer(abeer, caseId);
    const approval = { outcome: 'approve' as const, reasonIds: ['confirmed-by-home'] };
    await expect(
      cases.decideCase(abeer, caseId, { ...approval, expectedVersion: taken.version }),
    ).rejects.toMatchObject({ code: 'partner-awaited' });

    await doorsOf('sa').sharing.writeToPartner(abeer, caseId, role, 'Is the wage below your ceiling?');
    await expect
      .poll(async () => (await sharing.openForOfficer(muneera, shareId)).notes, polled)
      .toMatchObject([{ isOurs: false, text: 'Is the wage below your ceiling?' }]);
    await sharing.write(muneera, shareId, 'Yes, it is.');
    const confirmed = await sharing.answer(muneera, shareId, {
      outcome: 'confirmed',
      ownWordsAr: 'التغطية مستمرة.',
      ownWordsEn: 'The cover goes on.',
    });
    expect(confirmed).toMatchObject({ isAnswerDue: false, answer: { outcome: 'confirmed' } });
    await expect.poll(async () => (await shareIn(caseId)).answer?.outcome, polled).toBe('confirmed');
    expect(await shareIn(caseId)).toMatchObject({
      answer: { ownWords: { en: 'The cover goes on.' } },
      notes: [{ isOurs: true }, { isOurs: false, text: 'Yes, it is.' }],
    });

    // The person is told where the case is, and not in which words.
    const told = async () =>
      (await doorsOf('sa').notifications.mailbox.list(person.personId)).messages.filter(
        ({ kind }) => kind === 'case-partner-answered',
      );
    await expect.poll(async () => (await told()).length, polled).toBe(1);
    expect(JSON.stringify(await told())).not.toContain('The cover goes on.');

    for (const { id } of taken.checklist) await cases.markPoint(abeer, caseId, id, { mark: 'done', seen: 0 });
    const { version } = await cases.getCaseForOfficer(abeer, caseId);
    await cases.decideCase(abeer, caseId, { ...approval, expectedVersion: version });
    await expect.poll(async () => (await seenBy(muneera, caseId))?.state, polled).toBe('approved');
    // What is decided needs nobody's eyes any more.
    expect(await sharing.openForOfficer(muneera, shareId)).toMatchObject({ facts: [], documents: [] });
  });
});

describe('when its time is over', () => {
  const yearsAgo = (table: 'cases.cases' | 'sharing.shares', column: string, key: string, id: string) =>
    sql`update ${sql.raw(table)} set ${sql.raw(column)} = ${sql.raw(column)} - interval '6 years' where ${sql.raw(key)} = ${id}`;

  test('both states erase it, with what was issued, paid, told and written; what was issued can be verified as before', async () => {
    const marker = `mark${newId().replaceAll('-', '')}`;
    const person = await visitorOf('yousif');
    const caseId = await send(person, true, undefined, marker);
    const [muneera, abeer] = [await officerOf('bh', 'muneera'), await officerOf('sa', 'abeer')];
    const [sa, bh] = [doorsOf('sa'), doorsOf('bh')];
    const shareId = await arrived(muneera, caseId);
    await sa.cases.writeMessage(person, caseId, `message ${marker}`);
    await sa.sharing.writeToPartner(abeer, caseId, role, `note ${marker}`);
    await expect.poll(async () => (await bh.sharing.openForOfficer(muneera, shareId)).notes.length, polled).toBe(1);
    const words = { ownWordsAr: `كلمات ${marker}`, ownWordsEn: `words ${marker}` };
    await bh.sharing.answer(muneera, shareId, { outcome: 'confirmed', ...words });
    await expect.poll(async () => (await shareIn(caseId)).answer?.outcome, polled).toBe('confirmed');
    for (const { id } of (await sa.cases.takeCase(abeer, caseId, {})).checklist)
      await sa.cases.markPoint(abeer, caseId, id, { mark: 'done', seen: 0 });
    const { version } = await sa.cases.getCaseForOfficer(abeer, caseId);
    const approval = { outcome: 'approve' as const, reasonIds: ['confirmed-by-home'], ...words };
    await sa.cases.decideCase(abeer, caseId, { ...approval, expectedVersion: version });
    await expect
      .poll(async () => (await sa.cases.getMyCase(person, caseId)).documents.length, polled)
      .toBeGreaterThan(0);
    await expect.poll(async () => (await seenBy(muneera, caseId))?.state, polled).toBe('approved');
    const { bytes: pdf } = await sa.cases.readDocument(person, caseId, 'pdf');
    const { reference } = (await sa.credentials.findByDecision(caseId))!;
    const before = await sa.credentials.verifyReference(reference);
    expect(await findMarkers(databaseOf('sa'), [marker])).toEqual(
      expect.arrayContaining(['cases.evidence', 'cases.messages', 'credentials.credentials', 'sharing.notes']),
    );
    expect(await findMarkers(databaseOf('bh'), [marker])).toEqual(['sharing.notes', 'sharing.shares']);

    await yearsAgo('cases.cases', 'ended_at', 'id', caseId).execute(databaseOf('sa').db);
    expect(await sa.cases.eraseEnded()).toBe(1);
    expect(await findMarkers(databaseOf('sa'), [marker])).toEqual([]);
    const { rows: left } = await sql`select 1 from cases.documents where case_id = ${caseId} and content is not null
      union all select 1 from notifications.messages where case_id = ${caseId} and body is not null`.execute(
      databaseOf('sa').db,
    );
    expect(left).toEqual([]);
    expect(await sa.credentials.verifyReference(reference)).toEqual({ ...before, ok: true });
    expect(await sa.credentials.verifyAnything(pdf!)).toMatchObject({ ok: true });
    expect((await sa.sharing.listShares(person, caseId))[0]).toMatchObject({ endedBecause: 'time-over' });
    await expect.poll(async () => (await seenBy(muneera, caseId))?.endedBecause, polled).toBe('time-over');
    expect(await findMarkers(databaseOf('bh'), [marker])).toEqual([]);
    const { personId } = (await bh.identity.persons.findByNationalId(federation.person('yousif').nationalId))!;
    await expect
      .poll(async () => (await bh.sharing.listErased(personId)).map((one) => one.caseId), polled)
      .toEqual([caseId]);
    expect(await bh.sharing.openForOfficer(muneera, shareId)).toMatchObject({
      answer: { outcome: 'confirmed' },
      timeline: expect.not.arrayContaining([expect.objectContaining({ state: 'SA' })]),
    });
  });

  test('the home state erases what it saw by its own promise too, and a letter that comes later fills it again', async () => {
    const muneera = await officerOf('bh', 'muneera');
    const { sharing } = doorsOf('bh');
    const seen = (await sharing.listForOfficer(muneera)).find(
      ({ state, isEnded }) => state === 'approved' && !isEnded,
    )!;
    expect(await findMarkers(databaseOf('bh'), ['The cover goes on.', 'Yes, it is.'])).not.toEqual([]);
    expect(await sharing.eraseSeen()).toBe(0);
    await yearsAgo('sharing.shares', 'changed_at', 'share_id', seen.shareId).execute(databaseOf('bh').db);
    expect([await sharing.eraseSeen(), await sharing.eraseSeen()]).toEqual([1, 0]);
    expect(await findMarkers(databaseOf('bh'), ['The cover goes on.', 'Yes, it is.'])).toEqual([]);
    const reopened = { reasonId: 'new-facts', ownWordsAr: 'جديد', ownWordsEn: 'New' };
    const abeer = await officerOf('sa', 'abeer');
    const { version } = await doorsOf('sa').cases.getCaseForOfficer(abeer, seen.caseId);
    await doorsOf('sa').cases.reopenCase(abeer, seen.caseId, { ...reopened, expectedVersion: version });
    await expect
      .poll(async () => (await sharing.openForOfficer(muneera, seen.shareId)).facts.length, polled)
      .toBeGreaterThan(0);
  });
});

/** What the office of the home state took about a case, in the order of its numbers. */
const lettersOf = async (caseId: string) =>
  (
    await sql<{ sequence: number; kind: string }>`
      select l.sequence, l.kind from sharing.letters l join sharing.shares s using (share_id)
      where s.case_id = ${caseId}::uuid and s.role = ${role} and l.direction = 'in' order by 1`.execute(
      databaseOf('bh').db,
    )
  ).rows;

const codeOf = (code: string) => expect.objectContaining({ code });

describe('what keeps it apart', () => {
  let seen: { caseId: string; shareId: string; personId: string } | undefined;
  test('other offices, other people and the office that only takes what people are shown see nothing of it', async () => {
    const person = await visitorOf('maryam');
    const caseId = await send(person);
    const muneera = await officerOf('bh', 'muneera');
    const shareId = await arrived(muneera, caseId);
    const { sharing, identity } = doorsOf('bh');
    for (const [key, officeId] of [
      ['ali', 'moe'],
      ['huda', 'interior'],
    ] as const) {
      const other = await officerOf('bh', key, officeId);
      expect(await sharing.listForOfficer(other)).toEqual([]);
      await expect(sharing.openForOfficer(other, shareId)).rejects.toEqual(codeOf('share-unknown'));
      await expect(sharing.answer(other, shareId, { outcome: 'confirmed' })).rejects.toEqual(codeOf('share-unknown'));
    }
    const personId = async (key: string) =>
      (await identity.persons.findByNationalId(federation.person(key).nationalId))!.personId;
    const mine = { personId: await personId('maryam') };
    await expect.poll(async () => (await sharing.listForPerson(mine)).length, polled).toBe(1);
    const [home] = await sharing.listForPerson(mine);
    expect(await sharing.getForPerson(mine, home!.shareId)).toMatchObject({ decidingState: 'SA', caseId });
    const another = { personId: await personId('fatima') };
    await expect(sharing.getForPerson(another, home!.shareId)).rejects.toEqual(codeOf('share-unknown'));
    // What the office sees is not the person's page, nor the other way round.
    await expect(sharing.getForPerson(mine, shareId)).rejects.toEqual(codeOf('share-unknown'));
    await expect(sharing.openForOfficer(await officerOf('bh', 'huda', 'interior'), home!.shareId)).rejects.toEqual(
      codeOf('share-unknown'),
    );
    // In the deciding state too: another office, another person.
    const noura = await officerOf('sa', 'noura', 'moe');
    await expect(doorsOf('sa').sharing.listSharesForOfficer(noura, caseId)).rejects.toEqual(codeOf('share-unknown'));
    const yousif = await visitorOf('yousif');
    await expect(doorsOf('sa').sharing.listShares(yousif, caseId)).rejects.toEqual(codeOf('share-unknown'));
    await expect(doorsOf('sa').sharing.endSharing(yousif, caseId, role)).rejects.toEqual(codeOf('share-unknown'));
    seen = { caseId, shareId, personId: person.personId };
  });

  test('an officer who acts for the person, or has no role for it, answers nothing and reads no word between the offices', async () => {
    const { caseId, shareId, personId } = seen!;
    const { sharing, mandates, identity } = doorsOf('bh');
    const huda = await officerOf('bh', 'huda');
    const colleague = { ...huda, personId: newId() };
    await sharing.write(colleague, shareId, 'Between the two offices');
    expect((await sharing.openForOfficer(huda, shareId)).notes).toHaveLength(1);
    const maryam = (await identity.persons.findByNationalId(federation.person('maryam').nationalId))!.personId;
    const until = new Date(Date.now() + 86_400_000).toISOString();
    await mandates.accept(huda.personId, (await mandates.give(maryam, { until })).code);
    expect((await sharing.openForOfficer(huda, shareId)).notes).toEqual([]);
    const refused = codeOf('own-case');
    await expect(sharing.answer(huda, shareId, { outcome: 'confirmed' })).rejects.toEqual(refused);
    await expect(sharing.write(huda, shareId, 'As an officer')).rejects.toEqual(refused);
    const auditor = { ...colleague, roles: ['auditor'] };
    for (const step of [
      () => sharing.listForOfficer(auditor),
      () => sharing.openForOfficer(auditor, shareId),
      () => sharing.answer(auditor, shareId, { outcome: 'confirmed' }),
      () => sharing.write(auditor, shareId, 'Without a role'),
    ])
      await expect(step()).rejects.toEqual(codeOf('role-needed'));
    // In the deciding state too: whoever the case is about works there.
    const sa = doorsOf('sa').sharing;
    const party = { ...(await officerOf('sa', 'abeer')), personId };
    expect((await sa.listSharesForOfficer(party, caseId)).map(({ notes }) => notes)).toEqual([[]]);
    await expect(sa.writeToPartner(party, caseId, role, 'As an officer')).rejects.toEqual(refused);
    const newborns = { ...colleague, roles: ['newborn-reviewer'] };
    await expect(sa.listSharesForOfficer(newborns, caseId)).rejects.toEqual(codeOf('share-unknown'));
    await sharing.answer(colleague, shareId, { outcome: 'confirmed' });
  });

  test('a letter that is unsigned, changed, from the wrong office, beyond the service or about nobody changes nothing', async () => {
    const url = `${federation.url('bh')}/shared-cases/BH/GOV/insurance/letters`;
    const bh = doorsOf('bh');
    const { personId } = (await bh.identity.persons.findByNationalId(federation.person('fatima').nationalId))!;
    const subject = await bh.identity.subjectFor(personId, `${federation.url('sa')}/offices/insurance`);
    const at = new Date().toISOString();
    const letter = (changes: object = {}) => ({
      shareId: newId(),
      sequence: 1,
      writtenAt: at,
      kind: 'status',
      role,
      subject,
      ground: { kind: 'consent', givenAt: at },
      calendar: { timeZone: 'Asia/Riyadh', weekend: [5, 6], holidays: [] },
      case: {
        caseId: newId(),
        reference: 'SA-2026-99999',
        serviceId,
        serviceVersion: '1.0.0',
        serviceTitle: { ar: 'مد الحماية', en: 'Extension' },
        state: 'submitted',
        whoseTurn: 'office',
        submittedAt: at,
        timeline: [],
        pageUrl: `${federation.url('sa')}/cases/x`,
      },
      facts: [],
      documents: [],
      ...changes,
    });
    const post = async (body: string, officeId = 'insurance', change?: (headers: Record<string, string>) => object) => {
      const headers = await signLetter(doorsOf('sa'), 'sa', officeId, url, body);
      const reply = await http.request({ method: 'POST', url, headers: { ...headers, ...change?.(headers) }, body });
      return { status: reply.status, json: JSON.parse(reply.body.toString('utf8')) };
    };
    const refusal = async (...of: Parameters<typeof post>) => (await post(...of)).json.code;

    expect(await refusal(JSON.stringify(letter()), 'moe')).toBe('sharing-not-agreed');
    expect(await refusal(JSON.stringify(letter({ role: 'home' })))).toBe('sharing-not-agreed');
    expect(await refusal(JSON.stringify(letter({ ground: { kind: 'law', law: 'gcc-insurance-extension' } })))).toBe(
      'sharing-not-agreed',
    );
    const label = { ar: 'رقم', en: 'Number' };
    const beyond = { id: 'evidence.person-identity.national_id', label, value: label };
    expect(await refusal(JSON.stringify(letter({ facts: [beyond] })))).toBe('sharing-not-agreed');
    expect(await refusal(JSON.stringify(letter({ subject: 'made-up' })))).toBe('subject-unknown');
    expect(await refusal(JSON.stringify(letter({ kind: 'gossip' })))).toBe('message-malformed');
    expect(await refusal('x'.repeat(262_145))).toBe('message-too-large');
    expect(await refusal(JSON.stringify(letter()), 'insurance', () => ({ signature: 'letter=:AAAA:' }))).toBe(
      'signature-invalid',
    );
    expect(await refusal(JSON.stringify(letter({ sequence: 2 })))).toBe('share-unknown');
    const unsigned = await http.request({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(unsigned.status).toBe(400);

    // One that is sound is taken once, however often it comes; with its number used for something else it is refused.
    const sound = letter();
    const first = await post(JSON.stringify(sound));
    expect(first.status).toBe(200);
    expect(await post(JSON.stringify(sound))).toEqual(first);
    expect(await refusal(JSON.stringify({ ...sound, writtenAt: new Date(0).toISOString() }))).toBe('message-replayed');
    expect(await refusal(JSON.stringify({ ...sound, sequence: 3 }))).toBe('letter-out-of-order');
    expect(await refusal(JSON.stringify({ ...sound, sequence: 2 }), 'moe')).toBe('sharing-not-agreed');
    const note = { shareId: sound.shareId, sequence: 2, writtenAt: at, kind: 'note', text: 'x' };
    expect(await refusal(JSON.stringify(note), 'moe')).toBe('share-unknown');
    // The deciding office does not answer its own question.
    const answer = { shareId: sound.shareId, sequence: 2, writtenAt: at, kind: 'answer', outcome: 'confirmed' };
    expect(await refusal(JSON.stringify(answer))).toBe('share-unknown');
    const muneera = await officerOf('bh', 'muneera');
    const seen = (await bh.sharing.listForOfficer(muneera)).filter(({ reference }) => reference === 'SA-2026-99999');
    expect(seen).toHaveLength(1);
  });
});

describe('what may go wrong', () => {
  test('a refusal comes with reasons, and the deciding office reads them', async () => {
    const caseId = await send(await visitorOf('yousif'));
    const muneera = await officerOf('bh', 'muneera');
    const shareId = await arrived(muneera, caseId);
    const { sharing } = doorsOf('bh');
    await expect(sharing.answer(muneera, shareId, { outcome: 'refused' })).rejects.toEqual(
      codeOf('answer-words-missing'),
    );
    const words = { ownWordsAr: 'انتهى الاشتراك.', ownWordsEn: 'The insurance has ended.' };
    await sharing.answer(muneera, shareId, { outcome: 'refused', ...words });
    await expect(sharing.answer(muneera, shareId, { outcome: 'confirmed' })).rejects.toEqual(codeOf('task-not-open'));
    await expect
      .poll(async () => (await shareIn(caseId)).answer, polled)
      .toMatchObject({
        outcome: 'refused',
        ownWords: { en: 'The insurance has ended.' },
      });
    // The person reads that there is an answer, not the words between the offices.
    const told = await doorsOf('sa').sharing.listShares(await visitorOf('yousif'), caseId);
    expect(told.find((share) => share.role === role)?.answer).toEqual({ outcome: 'refused', at: expect.any(String) });
  });

  test('an office reads a document and answers although its first receipt was lost on the other side', async () => {
    const { db } = databaseOf('sa');
    await sql`create function sharing.lose() returns trigger language plpgsql as $$ begin raise 'receipt lost'; end $$`.execute(
      db,
    );
    await sql`create trigger lose before update on sharing.letters for each row
      when (new.state = 'acknowledged' and new.sequence = 1) execute function sharing.lose()`.execute(db);
    const caseId = await send(await visitorOf('maryam'), true);
    const muneera = await officerOf('bh', 'muneera');
    const shareId = await arrived(muneera, caseId);
    const { sharing } = doorsOf('bh');
    const [document] = (await sharing.openForOfficer(muneera, shareId)).documents;
    const { bytes } = await sharing.fetchDocument(muneera, shareId, document!.documentId);
    expect(sha256(bytes).toString('hex')).toBe(document!.sha256);
    await sharing.answer(muneera, shareId, { outcome: 'confirmed' });
    await expect.poll(async () => (await shareIn(caseId)).answer?.outcome, polled).toBe('confirmed');
    await sql`drop trigger lose on sharing.letters`.execute(db);
    await sql`drop function sharing.lose`.execute(db);
    // It is sent again once its time is over, and taken as the one that came before; what closes the question follows it.
    await sql`update sharing.letters l set due_at = now() from sharing.shares s
      where s.share_id = l.share_id and s.case_id = ${caseId}::uuid and l.state = 'waiting'`.execute(db);
    const taken = async () => (await lettersOf(caseId)).map(({ sequence }) => sequence);
    await expect.poll(taken, polled).toEqual([1, 2]);
  });

  test('silence is noted once, told to supervisors, and gives nobody an approval that the service wants confirmed', async () => {
    const caseId = await send(await visitorOf('maryam'));
    const abeer = await officerOf('sa', 'abeer');
    await expect.poll(async () => (await shareIn(caseId)).answerBy, polled).toBeDefined();
    await expect.poll(async () => (await shareIn(caseId)).heardAt, polled).toBeDefined();
    const { sharing, cases } = doorsOf('sa');
    expect(await sharing.passSilence()).toBe(0);
    await sql`update sharing.shares set answer_by = '2026-01-01' where case_id = ${caseId}::uuid and role = ${role}`.execute(
      databaseOf('sa').db,
    );
    expect(await sharing.passSilence()).toBe(1);
    expect(await sharing.passSilence()).toBe(0);
    expect(await shareIn(caseId)).toMatchObject({ isSilent: true });
    const taken = await cases.takeCase(abeer, caseId, {});
    expect(taken.timeline.map(({ kind }) => kind)).toContain('partner-silent');
    const decide = (outcome: 'approve' | 'refuse', reason: string, expectedVersion: number) =>
      cases.decideCase(abeer, caseId, { outcome, reasonIds: [reason], expectedVersion });
    await expect(decide('approve', 'confirmed-by-home', taken.version)).rejects.toEqual(codeOf('partner-awaited'));
    await cases.markPoint(abeer, caseId, 'heard-before-refusal', { mark: 'done', seen: 0 });
    expect((await decide('refuse', 'not-confirmed', taken.version)).decision?.outcome).toBe('refused');
  });

  test('what the person ends is erased in the home state, and nothing is taken from there any more', async () => {
    const person = await visitorOf('fatima');
    const caseId = await send(person, true);
    const muneera = await officerOf('bh', 'muneera');
    const shareId = await arrived(muneera, caseId);
    const { sharing } = doorsOf('bh');
    const document = (await sharing.openForOfficer(muneera, shareId)).documents[0]!;
    await doorsOf('sa').sharing.endSharing(person, caseId, role);
    await doorsOf('sa').sharing.endSharing(person, caseId, role);
    await expect.poll(async () => (await seenBy(muneera, caseId))?.isEnded, polled).toBe(true);
    const seen = await sharing.openForOfficer(muneera, shareId);
    expect(seen).toMatchObject({ facts: [], documents: [], timeline: [], endedBecause: 'consent-withdrawn' });
    await expect(sharing.answer(muneera, shareId, { outcome: 'confirmed' })).rejects.toEqual(codeOf('share-ended'));
    await expect(sharing.fetchDocument(muneera, shareId, document.documentId)).rejects.toEqual(codeOf('share-ended'));
    const kept = await sql<{ status: unknown }>`
      select status from sharing.shares where share_id = ${shareId}::uuid`.execute(databaseOf('bh').db);
    expect(JSON.stringify(kept.rows[0]!.status)).not.toContain('الواحة');
    // The person's own page at home goes on: it was not that which was ended.
    const { personId } = (await doorsOf('bh').identity.persons.findByNationalId(
      federation.person('fatima').nationalId,
    ))!;
    expect((await sharing.listForPerson({ personId })).map((one) => one.caseId)).toContain(caseId);
  });

  test('a consent that is withdrawn at home ends what is seen of the case that stands on it', async () => {
    const [bh, person, muneera] = [doorsOf('bh'), await visitorOf('fatima'), await officerOf('bh', 'muneera')];
    const { personId } = (await bh.identity.persons.findByNationalId(federation.person('fatima').nationalId))!;
    const requester = `${federation.url('sa')}/offices/insurance`;
    const detail = {
      type: 'evidence' as const,
      evidence_type: 'pension-record',
      fields: ['membership'],
      purpose: 'insurance-extension',
      case_id: 'SA-1',
      requester,
      retention: 'P1Y',
      until: new Date(Date.now() + 3_600_000).toISOString(),
      use: 'once' as const,
    };
    const subject = await bh.identity.subjectFor(personId, requester);
    const give = { personId, subject, requester, details: [detail], approvedFields: [['membership']] };
    const { consentId } = await bh.consent.give(give);
    const caseId = await send(person, false, consentId);
    const shareId = await arrived(muneera, caseId);
    const isWatched = async () =>
      (
        await sql<{ count: number }>`select count(*)::int as count from events.watches join events.subscriptions
          using (subscription_id) where event_type = 'consent-withdrawn' and person_id = ${personId}::uuid`.execute(
          databaseOf('bh').db,
        )
      ).rows[0]!.count;
    await expect.poll(isWatched, polled).toBe(1);
    await bh.consent.withdraw(personId, consentId);
    await expect.poll(async () => (await seenBy(muneera, caseId))?.endedBecause, polled).toBe('consent-withdrawn');
    expect(await bh.sharing.openForOfficer(muneera, shareId)).toMatchObject({ facts: [], documents: [] });
    const { timeline } = await doorsOf('sa').cases.getMyCase(person, caseId);
    expect(timeline.filter(({ kind }) => kind === 'consent-gone')).toHaveLength(1);
    // The application itself goes on, and so does the person's own page at home.
    const mine = (await bh.sharing.listForPerson({ personId })).find((one) => one.caseId === caseId);
    expect(mine).toMatchObject({ state: 'submitted' });
  });

  test('a letter that was given up is listed for the operator, sent again, and followed by what has happened since', async () => {
    const person = await visitorOf('maryam');
    const known = (ending: string) =>
      sql`update identity.subjects set subject = ${ending === '' ? sql`rtrim(subject, '~')` : sql`subject || ${ending}`}`.execute(
        databaseOf('bh').db,
      );
    const { sharing, cases } = doorsOf('sa');
    const given = async (caseId: string) =>
      (await sharing.listGivenUp()).filter((one) => one.caseId === caseId && one.role === role);
    let caseId = '';
    await known('~');
    try {
      caseId = await send(person);
      await expect.poll(async () => (await given(caseId)).length, polled).toBe(1);
    } finally {
      await known('');
    }
    const [letter] = await given(caseId);
    expect(letter).toMatchObject({ kind: 'status', code: 'subject-unknown', mayRetry: true });
    expect(JSON.stringify(letter)).not.toContain('Yousif');
    const abeer = await officerOf('sa', 'abeer');
    await cases.writeMessage(person, caseId, 'Hello?');
    await sharing.retryLetter(letter!.letterId);
    await expect(sharing.retryLetter(letter!.letterId)).rejects.toEqual(codeOf('letter-unknown'));
    const muneera = await officerOf('bh', 'muneera');
    const shareId = await arrived(muneera, caseId);
    expect((await doorsOf('bh').sharing.openForOfficer(muneera, shareId)).facts.length).toBeGreaterThan(0);
    await doorsOf('bh').sharing.answer(muneera, shareId, { outcome: 'confirmed' });
    await expect.poll(async () => (await shareIn(caseId)).answer?.outcome, polled).toBe('confirmed');
    expect((await cases.takeCase(abeer, caseId, {})).timeline.map(({ kind }) => kind)).toContain('letter-again');
    expect(await given(caseId)).toEqual([]);
    // What the person has ended is not sent again by anybody.
    const other = await send(await visitorOf('yousif'));
    await arrived(muneera, other);
    await sql`update sharing.letters set state = 'refused' where share_id in (
      select share_id from sharing.shares where case_id = ${other}::uuid and role = ${role})`.execute(
      databaseOf('sa').db,
    );
    await sharing.endSharing(await visitorOf('yousif'), other, role);
    for (const one of await given(other)) {
      expect(one.mayRetry).toBe(false);
      await expect(sharing.retryLetter(one.letterId)).rejects.toEqual(codeOf('share-ended'));
    }
  });

  test('an application that is taken back while the other office works on it ends there, and shows so at home', async () => {
    const person = await visitorOf('yousif');
    const caseId = await send(person);
    const muneera = await officerOf('bh', 'muneera');
    const shareId = await arrived(muneera, caseId);
    await doorsOf('sa').cases.withdrawCase(person, caseId);
    await expect.poll(async () => (await seenBy(muneera, caseId))?.endedBecause, polled).toBe('case-withdrawn');
    await expect(doorsOf('bh').sharing.answer(muneera, shareId, { outcome: 'confirmed' })).rejects.toEqual(
      codeOf('share-ended'),
    );
    const { personId } = (await doorsOf('bh').identity.persons.findByNationalId(
      federation.person('yousif').nationalId,
    ))!;
    const atHome = async () =>
      (await doorsOf('bh').sharing.listForPerson({ personId })).find((one) => one.caseId === caseId)?.state;
    await expect.poll(atHome, polled).toBe('withdrawn');
  });

  test('a change that is told again, as after a crash before it was noted, is told once', async () => {
    const caseId = await send(await visitorOf('maryam'));
    const muneera = await officerOf('bh', 'muneera');
    await arrived(muneera, caseId);
    await expect.poll(async () => (await shareIn(caseId)).heardAt, polled).toBeDefined();
    const before = await lettersOf(caseId);
    await sql`insert into cases.changes (case_id, number) select case_id, max(sequence) from cases.events
      where case_id = ${caseId}::uuid group by case_id on conflict do nothing`.execute(databaseOf('sa').db);
    await doorsOf('sa').sharing.tellChanges();
    await doorsOf('sa').sharing.tellChanges();
    await doorsOf('sa').sharing.deliverDue();
    expect(await lettersOf(caseId)).toEqual(before);
  });

  test('a state that is down is waited for, in so many words, and catches up with nothing done twice', async () => {
    const [person, node] = [await visitorOf('fatima'), federation.nodes.find(({ id }) => id === 'bh')!];
    await federation.running.get('bh')!.stop();
    let caseId = '';
    let rows: Array<{ body: string }> = [];
    try {
      caseId = await send(person);
      await expect.poll(async () => (await shareIn(caseId))?.waitingSince, polled).toBeDefined();
      await doorsOf('sa').sharing.writeToPartner(await officerOf('sa', 'abeer'), caseId, role, 'Are you there?');
      ({ rows } = await sql<{ body: string }>`
      select l.body from sharing.letters l join sharing.shares s using (share_id)
      where s.case_id = ${caseId}::uuid and s.role = ${role} and l.sequence = 1 and l.body is not null`.execute(
        databaseOf('sa').db,
      ));
      expect(rows).toHaveLength(1);
    } finally {
      federation.running.set('bh', await startNode(readNodeConfig(node.configFile)));
    }
    // As a process of Saudi Arabia does that ends before it could note the receipt: the letter is there, and comes again.
    const url = `${federation.url('bh')}/shared-cases/BH/GOV/insurance/letters`;
    for (const { body } of rows) {
      const headers = await signLetter(doorsOf('sa'), 'sa', 'insurance', url, body);
      expect((await http.request({ method: 'POST', url, headers, body })).status).toBe(200);
    }
    await sql`update sharing.shares set due_at = now()`.execute(databaseOf('sa').db);
    const muneera = await officerOf('bh', 'muneera');
    const shareId = await arrived(muneera, caseId);
    const seen = async () => (await doorsOf('bh').sharing.openForOfficer(muneera, shareId)).notes;
    await expect.poll(seen, polled).toMatchObject([{ text: 'Are you there?' }]);
    await expect.poll(async () => (await shareIn(caseId)).waitingSince, polled).toBeUndefined();
    expect(await lettersOf(caseId)).toEqual([
      { sequence: 1, kind: 'status' },
      { sequence: 2, kind: 'note' },
    ]);
  });
});

describe('the pages of both states', () => {
  test('Fatima follows in Arabic at home what she applied for abroad; the officers of both states work in their consoles', async () => {
    const abroad = journeyOf('fatima', 'ar', 'sa');
    await signIn(abroad, abroad.serviceUrl);
    const sent = await apply(abroad, answers);
    const seenAbroad = async () => words(await abroad.visitor.open(sent.url));
    await expect.poll(seenAbroad, polled).toContain('من يطّلع على الطلب في بلدك');
    expect(words(sent)).toContain('طُلب من الجهة المختصة في بلدك أن تؤكد');
    const caseId = sent.url.split('/').at(-1)!;

    const home = journeyOf('fatima', 'ar', 'bh');
    await signIn(home, home.homeUrl);
    const link = async () =>
      (await home.visitor.open(`${home.homeUrl}/cases`)).html
        .querySelectorAll('a[href^="/shared-cases/"]')
        .map((one) => one.getAttribute('href')!);
    const muneera = await officerOf('bh', 'muneera');
    await arrived(muneera, caseId);
    const personId = (await doorsOf('bh').identity.persons.findByNationalId(federation.person('fatima').nationalId))!
      .personId;
    const mine = async () =>
      (await doorsOf('bh').sharing.listForPerson({ personId })).find((one) => one.caseId === caseId)?.shareId;
    await expect.poll(mine, polled).toBeDefined();
    const shareAtHome = (await mine())!;
    expect(await link()).toContain(`/shared-cases/${shareAtHome}`);
    const page = await home.visitor.open(`${home.homeUrl}/shared-cases/${shareAtHome}`);
    expect(page.html.querySelector('html')!.getAttribute('dir')).toBe('rtl');
    expect(words(page)).toContain('الدور على');
    expect(words(page)).toContain('المدة بتقويم الدولتين');
    expect(words(page)).toContain('قدّمت الطلب');
    expect(page.html.querySelector(`a[href="${federation.url('sa')}/cases/${caseId}"]`)).not.toBeNull();

    const office = journeyOf('muneera', 'en', 'bh');
    await signIn(office, office.homeUrl);
    expect(words(await office.visitor.open(`${office.homeUrl}/office`))).toContain('Cases of other states');
    const queue = await office.visitor.open(`${office.homeUrl}/office/shared`);
    const shareId = (await seenBy(muneera, caseId))!.shareId;
    expect(queue.html.querySelector(`a[href="/office/shared/${shareId}"]`)).not.toBeNull();
    const asked = await office.visitor.open(`${office.homeUrl}/office/shared/${shareId}`);
    expect(words(asked)).toContain('Do you confirm that your cover of this citizen goes on');
    expect(words(asked)).toContain('Waha Information Technology Company');
    expect((await office.visitor.submit('/answer')).status).toBe(422);
    const refusedForm = await office.visitor.submit('/answer', { outcome: 'refused' });
    expect(refusedForm.status).toBe(422);
    // Whoever comes too early, or second, has lost nothing of what they wrote.
    const deciding = journeyOf('abeer', 'en', 'sa', 'sa');
    await signIn(deciding, deciding.serviceUrl, `/office/cases/${caseId}`);
    const done = everyPointDone(await deciding.visitor.submit('/take'));
    const approval = { ...done, outcome: 'approve', reasons: ['confirmed-by-home'] };
    const own = { 'words-ar': 'نصف صفحة', 'words-en': 'Half a page' };
    const early = await deciding.visitor.submit('/decide', { ...approval, ...own });
    expect([early.status, early.html.querySelector('[name=words-en]')?.text]).toEqual([422, 'Half a page']);
    expect(words(early)).toContain('was asked and has not answered yet');
    const colleague = journeyOf('muneera', 'en', 'bh');
    await signIn(colleague, colleague.homeUrl, `/office/shared/${shareId}`);
    expect(
      words(await office.visitor.submit('/answer', { outcome: 'confirmed', 'words-ar': '', 'words-en': '' })),
    ).toContain('We confirm that the cover goes on');
    const second = await colleague.visitor.submit('/answer', { outcome: 'refused', ...own });
    expect(second.status).toBe(422);
    expect(words(second)).toMatch(
      /Nothing of what you wrote was recorded.*Nothing is asked of your office.*Half a page/,
    );

    const review = async () => words(await deciding.visitor.open(`${deciding.serviceUrl}/office/cases/${caseId}`));
    await expect.poll(review, polled).toContain('We confirm that the cover goes on');
    await deciding.visitor.submit(`/shares/${role}/notes`, { [`note-${role}`]: 'Thank you.' });
    await expect.poll(review, polled).toContain('Thank you.');
    await deciding.visitor.submit('/decide', { ...approval, 'words-ar': '', 'words-en': '' });
    const decided = await waitForDocument(abroad.visitor, sent.url);
    expect(words(decided)).toContain('صدرت شهادة التغطية');
    const pdf = (await abroad.visitor.open(`${sent.url}/document.pdf`)).body;
    const { body } = await http.request({
      method: 'POST',
      url: `${federation.url('bh')}/api/verify`,
      headers: { 'content-type': 'application/octet-stream' },
      body: pdf,
    });
    expect(JSON.parse(body.toString('utf8'))).toMatchObject({ ok: true });

    const atHome = async () => words(await home.visitor.open(`${home.homeUrl}/shared-cases/${shareAtHome}`));
    await expect.poll(atHome, polled).toContain('صدر القرار: موافقة');
    expect(await atHome()).toContain('اطّلعت الجهة في بلدك على الطلب');
    // Who saw what stands under "my data" in both states, each with the proof of its own log.
    for (const { visitor, homeUrl: url } of [home, { ...abroad, homeUrl: abroad.serviceUrl }]) {
      const data = await visitor.open(`${url}/my-data`);
      expect(words(data)).toContain('طلب تراه الدولتان');
    }
    const [use] = await doorsOf('bh').sharing.listUses(personId);
    expect((await home.visitor.fetchJson(`${home.homeUrl}/my-data/uses/${use!.shareId}/proof`)).status).toBe(200);
  });
});
