import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { findMarkers } from '#tests/support/markers';
import { pngWith } from './samples.ts';
import {
  checkAll,
  childBorn,
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
const day = 86_400_000;
/** One word of letters alone, so that it is found where names are kept word by word. */
const mark = () =>
  `mark${[...newId().replaceAll('-', '')].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join('')}`;
const noura = officerAt('moe', 'Noura', ['reviewer', 'supervisor']);
const huda = officerAt('moe', 'Huda');
const approval = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'] };
const refusal = { outcome: 'refuse' as const, reasonIds: ['university-not-accredited'] };
const decidedOn = '2026-11-22';

type Seeded = Awaited<ReturnType<typeof sent>>;
/** A case that waits for an officer, with a marker wherever its person or an office abroad wrote something. */
async function sent(marker: string) {
  const { cases } = room;
  const person = somebody();
  const named = { ...identity, values: { ...identity.values, full_name_latin: `Fatima ${marker}` } };
  const evidence = { ...degree({ degree_level: 'doctorate', field_of_study: `field ${marker}` }) };
  const caseId = await fillCase(cases, person, [named, evidence]);
  await cases.saveAnswers(person, caseId, 'profession', { ...pages['profession'], profession: `profession ${marker}` });
  await cases.submitCase(person, caseId);
  return { person, caseId, marker };
}
const versionOf = async (caseId: string) => (await room.cases.getCaseForOfficer(noura, caseId)).version;
const wordsWith = (marker: string) => ({ ownWordsAr: `كلمات ${marker}`, ownWordsEn: `words ${marker}` });

const acts: Record<string, (of: Seeded) => Promise<unknown>> = {
  message: ({ person, caseId, marker }) => room.cases.writeMessage(person, caseId, `message ${marker}`),
  note: ({ caseId, marker }) => room.cases.writeNote(noura, caseId, `note ${marker}`),
  request: async ({ person, caseId, marker }) => {
    const files = [{ nameAr: `عقد ${marker}`, nameEn: `contract ${marker}` }];
    const asked = { thingIds: ['profession-in-detail'], files, ...wordsWith(marker) };
    await room.cases.askForMore(noura, caseId, { ...asked, expectedVersion: await versionOf(caseId) });
    await room.cases.saveAnswers(person, caseId, 'profession', { profession: `again ${marker}`, sector: 'private' });
    const paper = { name: `${marker}.png`, bytes: pngWith(newId()) };
    await room.cases.attachFile(person, caseId, 'request.1', paper);
    const answer = { text: `answer ${marker}`, expectedVersion: await versionOf(caseId) };
    await room.cases.answerRequest(person, caseId, answer);
  },
};

async function decide({ caseId, marker }: Seeded, decision: typeof approval | typeof refusal = approval) {
  await checkAll(room.cases, noura, caseId);
  const expectedVersion = await versionOf(caseId);
  return room.cases.decideCase(noura, caseId, { ...decision, ...wordsWith(marker), expectedVersion });
}
async function decided(marker = mark(), decision?: typeof approval | typeof refusal) {
  const seeded = await sent(marker);
  await room.cases.takeCase(noura, seeded.caseId);
  await decide(seeded, decision);
  const pdf = { kind: 'pdf' as const, id: newId(), mediaType: 'application/pdf', bytes: Buffer.from(`pdf ${marker}`) };
  await room.database.transaction((tx) => room.cases.attachDocument(tx, seeded.caseId, pdf));
  return seeded;
}
/** To noon of a day in Riyadh. */
const goTo = (on: string) => room.clock.advance(Date.parse(`${on}T09:00:00Z`) - room.clock.now().getTime());
/** The last day for which a case that ended today is kept: the promise of the service is a year. */
const yearFromNow = () => {
  const now = new Date(room.clock.now().getTime() + 3 * 3_600_000);
  return new Date(Date.UTC(now.getUTCFullYear() + 1, now.getUTCMonth(), now.getUTCDate())).toISOString().slice(0, 10);
};
const dayAfter = (on: string) => new Date(Date.parse(on) + day).toISOString().slice(0, 10);

describe('what an ended case holds', () => {
  test('is erased on the day after its time, counted in the days of the state, and not before; what stays says so', async () => {
    const { cases, clock } = room;
    const seeded = await decided();
    const { person, caseId, marker } = seeded;
    const before = await cases.getMyCase(person, caseId);
    expect(before).toMatchObject({ keptUntil: '2027-11-22', state: 'approved', documents: [{ kind: 'pdf' }] });
    expect(await findMarkers(room.database, [marker])).toEqual(
      expect.arrayContaining([
        'cases.answers',
        'cases.applicant_words',
        'cases.documents',
        'cases.events',
        'cases.evidence',
      ]),
    );
    const found = { state: 'decided' as const, find: `Fatima ${marker}` };
    expect((await cases.searchQueue(huda, found)).total).toBe(1);
    const measured = await cases.measureServices();

    // 23:59 of the last day in Riyadh, where it is UTC+3.
    clock.advance(Date.parse('2027-11-22T20:59:00Z') - clock.now().getTime());
    expect(await cases.eraseEnded()).toBe(0);
    clock.advance(60_000);
    expect(await cases.eraseEnded()).toBe(1);
    expect(await cases.eraseEnded()).toBe(0);
    expect(await findMarkers(room.database, [marker])).toEqual([]);

    const after = await cases.getMyCase(person, caseId);
    expect(after).toMatchObject({
      reference: before.reference,
      state: 'approved',
      submittedAt: before.submittedAt,
      erasedAt: clock.now().toISOString(),
      decision: {
        outcome: 'approved',
        number: before.decision!.number,
        decidedAt: before.decision!.decidedAt,
        reasons: [],
      },
      ...{ answers: [], evidence: [], documents: [], findings: [], messages: [], tasks: [] },
    });
    expect(after.keptUntil).toBeUndefined();
    // The story is told from the same events as before, and continues.
    expect(after.timeline).toEqual([...before.timeline, expect.objectContaining({ kind: 'case-erased' })]);
    expect((await cases.listMyCases(person))[0]).toMatchObject({ erasedAt: clock.now().toISOString() });
    const seen = await cases.getCaseForOfficer(huda, caseId);
    expect(seen).toMatchObject({ erasedAt: clock.now().toISOString(), notes: [] });
    expect(seen.applicant).toBeUndefined();
    expect(seen.history.find(({ kind }) => kind === 'case-approved')).toMatchObject({ who: 'Noura' });
    expect((await cases.searchQueue(huda, found)).total).toBe(0);
    // The year over which services are measured has moved on; the case itself still counts.
    expect(measured.length).toBe((await cases.measureServices()).length);

    const entry = room.entries.filter(({ kind }) => kind === 'case-erased').at(-1)!;
    expect(entry).toMatchObject({
      personId: person.personId,
      record: { endedOn: decidedOn, keptUntil: '2027-11-22', caseId },
    });
    expect(JSON.stringify(entry)).not.toContain(marker);
  });

  test('nothing is added to it afterwards; only what was issued can still be taken back', async () => {
    const { cases } = room;
    const { person, caseId, marker } = await decided();
    goTo(dayAfter(yearFromNow()));
    expect(await cases.eraseEnded()).toBe(1);
    const expectedVersion = await versionOf(caseId);
    const posted = { reasonId: 'new-facts', ...wordsWith(marker), expectedVersion };
    await expect(cases.writeMessage(person, caseId, 'hello')).rejects.toEqual(refused('case-erased'));
    await expect(cases.writeToPerson(noura, caseId, 'hello')).rejects.toEqual(refused('case-erased'));
    await expect(cases.writeNote(noura, caseId, 'hello')).rejects.toEqual(refused('case-erased'));
    await expect(cases.reopenCase(noura, caseId, posted)).rejects.toEqual(refused('case-erased'));
    await expect(cases.readDocument(person, caseId, 'pdf')).rejects.toEqual(refused('case-erased'));
    expect(await room.database.transaction((tx) => cases.holdDecision(tx, caseId, caseId))).toBe(false);

    room.clock.advance(60_000);
    const cancelled = { ...posted, reasonId: 'degree-withdrawn' };
    expect((await cases.cancelDecision(noura, caseId, cancelled)).state).toBe('cancelled');
    expect(room.ended.at(-1)).toMatchObject({ decisionId: caseId, as: 'cancelled' });
    // The words of that step have a time of their own.
    expect((await cases.getMyCase(person, caseId)).keptUntil).toBe(yearFromNow());
    goTo(dayAfter(yearFromNow()));
    expect(await cases.eraseEnded()).toBe(1);
    expect(await findMarkers(room.database, [marker])).toEqual([]);
    expect((await cases.getMyCase(person, caseId)).state).toBe('cancelled');
  });

  test('the story is only ever continued: a body that says something else, or loses nothing, is refused', async () => {
    const { caseId } = await sent(mark());
    const { db } = room.database;
    const refusal = /only added to/;
    for (const change of [
      sql`update cases.events set body = '{"outcome": "approve"}' where case_id = ${caseId}`,
      sql`update cases.events set body = '{"erased": true, "outcome": "another"}' where case_id = ${caseId} and kind = 'case-submitted'`,
      sql`update cases.events set body = '{"erased": true}', kind = 'other' where case_id = ${caseId}`,
      sql`update cases.events set body = '{"erased": true}', happened_at = now() where case_id = ${caseId}`,
      sql`delete from cases.events where case_id = ${caseId}`,
    ])
      await expect(change.execute(db)).rejects.toThrow(refusal);
  });

  test('a withdrawn case and one that nobody decided in time are kept as long as a decided one, and a draft is not their business', async () => {
    const { cases } = room;
    const { person, caseId, marker } = await sent(mark());
    const other = await sent(mark());
    // An officer was at the decision that was never made.
    await cases.takeCase(noura, caseId);
    await cases.saveDrafted(noura, caseId, { outcome: 'refuse', 'words-ar': `كلمات ${marker}` });
    expect(await findMarkers(room.database, [marker])).toContain('cases.drafted_decisions');
    await cases.withdrawCase(person, caseId);
    const until = yearFromNow();
    expect((await cases.getMyCase(person, caseId)).keptUntil).toBe(until);
    goTo(dayAfter(until));
    expect(await cases.eraseEnded()).toBe(1);
    expect(await findMarkers(room.database, [marker])).toEqual([]);
    expect((await cases.getMyCase(other.person, other.caseId)).erasedAt).toBeUndefined();
    expect(await findMarkers(room.database, [other.marker])).not.toEqual([]);
  });

  test('files go with it, with their names and their bytes', async () => {
    const { cases } = room;
    const [person, marker] = [somebody(), mark()];
    const { id } = await cases.startCase(person, 'gcc-school-enrolment');
    await cases.recordEvidence(person, id, childBorn('2010-03-14'));
    await cases.saveAnswers(person, id, 'stage', { stage: 'primary' });
    await cases.attachFile(person, id, 'reports', { name: `report ${marker}.png`, bytes: pngWith(newId()) });
    for (const page of ['siblings', 'reports']) await cases.saveAnswers(person, id, page, {});
    await cases.saveAnswers(person, id, 'contact', { email: 'a@example.com', mobile: '+97336000000' });
    await cases.saveAnswers(person, id, 'declaration', { declaration: 'yes' });
    await cases.submitCase(person, id);
    await cases.withdrawCase(person, id);
    expect(await findMarkers(room.database, [marker])).toEqual(['cases.files']);
    goTo(dayAfter(yearFromNow()));
    expect(await cases.eraseEnded()).toBe(1);
    const { rows } = await sql`select 1 from cases.files where case_id = ${id}`.execute(room.database.db);
    expect(rows).toEqual([]);
  });
});

describe('what keeps a case beyond its time', () => {
  test('an appeal, until it is decided and its own time is over', async () => {
    const { cases } = room;
    const one = await decided(mark(), refusal);
    const { person, caseId, marker } = one;
    const version = await versionOf(caseId);
    await cases.appeal(person, caseId, { words: `appeal ${marker}`, expectedVersion: version });
    goTo(dayAfter(yearFromNow()));
    expect(await cases.eraseEnded()).toBe(0);
    await cases.takeCase(huda, caseId);
    const upheld = { outcome: 'uphold' as const, ...wordsWith(marker), expectedVersion: await versionOf(caseId) };
    await cases.decideAppeal(huda, caseId, upheld);
    const until = yearFromNow();
    expect((await cases.getMyCase(person, caseId)).keptUntil).toBe(until);
    goTo(until);
    expect(await cases.eraseEnded()).toBe(0);
    goTo(dayAfter(until));
    expect(await cases.eraseEnded()).toBe(1);
    expect(await findMarkers(room.database, [marker])).toEqual([]);
    expect((await cases.getMyCase(person, caseId)).appeals).toMatchObject([{ words: '', outcome: 'upheld' }]);
  });

  test('a hold that a supervisor sets for a law, until its day or until it is ended', async () => {
    const { cases } = room;
    const { person, caseId, marker } = await decided();
    const until = yearFromNow();
    const untilOn = dayAfter(dayAfter(until));
    const hold = { reason: `A court asks ${marker}`, untilOn };
    await expect(cases.keepLonger(huda, caseId, hold)).rejects.toEqual(refused('role-needed'));
    await expect(cases.keepLonger({ ...noura, officeId: 'gosi' }, caseId, hold)).rejects.toEqual(
      refused('case-unknown'),
    );
    for (const wrong of ['', '2026-02-30', '2026-01-01', '2099-01-01'])
      await expect(cases.keepLonger(noura, caseId, { ...hold, untilOn: wrong })).rejects.toEqual(
        refused('hold-days-wrong'),
      );
    await expect(cases.keepLonger(noura, caseId, { ...hold, reason: ' ' })).rejects.toEqual(
      refused('hold-reason-missing'),
    );
    await cases.keepLonger(noura, caseId, hold);
    expect(await cases.getCaseForOfficer(huda, caseId)).toMatchObject({
      hold: { untilOn, setBy: 'Noura' },
      mayHold: false,
    });
    const mine = await cases.getMyCase(person, caseId);
    expect(mine.keptUntil).toBe(untilOn);
    expect(JSON.stringify(mine)).not.toContain('A court asks');
    expect(mine).not.toHaveProperty('hold');
    goTo(dayAfter(until));
    expect(await cases.eraseEnded()).toBe(0);
    expect(await cases.endHold(noura, caseId)).toBe(true);
    expect(await cases.endHold(noura, caseId)).toBe(false);
    expect(await cases.eraseEnded()).toBe(1);
    expect(await findMarkers(room.database, [marker])).toEqual([]);
    await expect(cases.keepLonger(noura, caseId, hold)).rejects.toEqual(refused('case-erased'));
  });
});

describe('what stands beside an ended case', () => {
  test('keeps it: an application that renews it while that is under way, and whatever another module says is not over', async () => {
    const { cases } = room;
    const [person, use] = [somebody('SA'), { use: 'work', destination: 'BH', addressee: mark() }];
    const { id } = await cases.startCase(person, 'good-conduct-certificate');
    const record = { convictions: 'none', checked_on: '2026-11-22' };
    await cases.recordEvidence(person, id, [
      identity,
      { evidenceType: 'conviction-record', providerState: 'SA', values: record },
    ]);
    await cases.saveAnswers(person, id, 'use', use);
    await cases.saveAnswers(person, id, 'declaration', { declaration: 'yes' });
    expect((await cases.submitCase(person, id)).state).toBe('approved');
    // Kept for half a year, valid for three months, and renewed after its end.
    const { keptUntil } = await cases.getMyCase(person, id);
    goTo(keptUntil!);
    const renewal = await cases.renewCase(person, id);
    goTo(dayAfter(keptUntil!));
    expect(await cases.eraseEnded()).toBe(0);
    await cases.withdrawCase(person, renewal.id);
    room.unsettled.add(id);
    expect(await cases.eraseEnded()).toBe(0);
    room.unsettled.clear();
    expect(await cases.eraseEnded()).toBe(1);
    expect(await findMarkers(room.database, [use.addressee])).toEqual([]);
    expect(room.erased.at(-1)).toMatchObject({ caseId: id, decisionIds: [id], officeId: 'interior' });
  });
});

describe('however a case went', () => {
  test('nothing that was written in it stands in any table after its time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(Object.keys(acts)), fc.constantFrom(approval, refusal), async (chosen, decision) => {
        const { cases } = room;
        const seeded = await sent(mark());
        await cases.takeCase(noura, seeded.caseId);
        for (const act of chosen) await acts[act]!(seeded);
        await decide(seeded, decision);
        expect(await findMarkers(room.database, [seeded.marker])).not.toEqual([]);
        goTo(dayAfter(yearFromNow()));
        expect(await cases.eraseEnded()).toBe(1);
        expect(await findMarkers(room.database, [seeded.marker])).toEqual([]);
        const { timeline, decision: last } = await cases.getMyCase(seeded.person, seeded.caseId);
        expect(timeline.at(-1)?.kind).toBe('case-erased');
        expect(last?.outcome).toBe(decision.outcome === 'approve' ? 'approved' : 'refused');
      }),
      { numRuns: 8, seed: 4, examples: [[Object.keys(acts), approval]] },
    );
  });

  test('a round does no more than it may, and the next goes on', async () => {
    const { cases } = room;
    for (const _ of [1, 2, 3, 4, 5]) await decided();
    goTo(dayAfter(yearFromNow()));
    expect(await cases.eraseEnded(2)).toBe(2);
    // Two at the same moment find each case once.
    const [one, other] = await Promise.all([cases.eraseEnded(), cases.eraseEnded()]);
    expect(one + other).toBe(3);
    expect(room.entries.filter(({ kind }) => kind === 'case-erased').length).toBe(
      new Set(room.entries.flatMap(({ kind, record }) => (kind === 'case-erased' ? [JSON.stringify(record)] : [])))
        .size,
    );
  });
});
