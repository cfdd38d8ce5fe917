import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
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

let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases();
});
afterAll(() => room.database.close());

const refused = (code: string) => expect.objectContaining({ code });
const day = 86_400_000;
const [noura, salem, huda] = ['Noura', 'Salem', 'Huda'].map((name) => officerAt('moe', name)) as [
  ReturnType<typeof officerAt>,
  ReturnType<typeof officerAt>,
  ReturnType<typeof officerAt>,
];
const approval = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'] };
const refusal = { outcome: 'refuse' as const, reasonIds: ['university-not-accredited'] };
const words = { ownWordsAr: 'كلماتنا الخاصة', ownWordsEn: 'Our own words' };
const conditions = { conditionIds: ['supervised-year'] };

async function taken() {
  const person = somebody();
  const caseId = await fillCase(room.cases, person, [identity, degree({ degree_level: 'doctorate' })]);
  await room.cases.submitCase(person, caseId);
  const { version } = await room.cases.takeCase(noura, caseId);
  await checkAll(room.cases, noura, caseId);
  return { person, caseId, version };
}
async function decidedAs(outcome: 'approve' | 'refuse') {
  const { person, caseId, version } = await taken();
  const decision = outcome === 'approve' ? approval : refusal;
  const seen = await room.cases.decideCase(noura, caseId, { ...decision, expectedVersion: version });
  return { person, caseId, version: seen.version };
}
const told = (caseId: string) =>
  room.facts.filter(({ data }) => (data as { caseId: string }).caseId === caseId).map(({ name }) => name);

describe('a condition, and the second officer whom it needs', () => {
  test('counts once somebody else has confirmed it; the person learns of neither officer, nor of it before', async () => {
    const { cases } = room;
    const { person, caseId, version } = await taken();
    const decide = { ...approval, ...conditions, ...words, expectedVersion: version };
    const proposed = await cases.decideCase(noura, caseId, decide);
    expect(proposed).toMatchObject({ state: 'to-confirm', hadAHand: true, proposal: { proposedBy: 'Noura' } });
    const waiting = await cases.getMyCase(person, caseId);
    expect(waiting.stateText.en).toBe('Being reviewed');
    expect(JSON.stringify(waiting)).not.toMatch(/Noura|Our own words|supervised-year|decision-proposed/);
    expect(waiting.decision).toBeUndefined();

    const confirm = { confirms: true, expectedVersion: proposed.version };
    await expect(cases.confirmDecision(noura, caseId, confirm)).rejects.toEqual(refused('own-decision'));
    const own = { ...officerAt(), personId: person.personId };
    await expect(cases.confirmDecision(own, caseId, confirm)).rejects.toEqual(refused('own-case'));
    const stale = { ...confirm, expectedVersion: version };
    await expect(cases.confirmDecision(salem, caseId, stale)).rejects.toEqual(refused('case-changed-since'));
    await expect(cases.confirmDecision(salem, caseId, { ...confirm, confirms: false })).rejects.toEqual(
      refused('note-missing'),
    );
    const back = { confirms: false, note: 'Name the member', expectedVersion: proposed.version };
    const sent = await cases.confirmDecision(salem, caseId, back);
    expect(sent.state).toBe('in-review');
    expect((await cases.getCaseForOfficer(noura, caseId)).notes).toMatchObject([
      { name: 'Salem', text: 'Name the member' },
    ]);
    const again = await cases.decideCase(noura, caseId, { ...decide, expectedVersion: sent.version });
    await cases.confirmDecision(salem, caseId, { confirms: true, expectedVersion: again.version });

    const view = await cases.getMyCase(person, caseId);
    expect(view.decision).toMatchObject({ outcome: 'approved', conditions: [{ id: 'supervised-year' }] });
    expect(JSON.stringify(view)).not.toMatch(/Noura|Salem|Name the member/);
    const { history } = await cases.getCaseForOfficer(huda, caseId);
    expect(history.find(({ kind }) => kind === 'case-approved')).toMatchObject({ who: 'Noura', confirmedBy: 'Salem' });
    const { document } = await cases.getDecidedCase(caseId);
    expect(document.reasons.map(({ en }) => en)).toContainEqual(expect.stringMatching(/^On condition: You work/));
    const entry = room.entries.find(({ kind, record }) => kind === 'case-decided' && record['caseId'] === caseId);
    expect(entry?.record).toMatchObject({ conditions: 1 });
    expect(JSON.stringify(room.entries)).not.toMatch(/Our own words|Noura|Name the member/);
  });

  test('belongs to an approval, and to the list of the service', async () => {
    const { cases } = room;
    const { caseId, version } = await taken();
    const decide = (changes: object) =>
      cases.decideCase(noura, caseId, { ...approval, ...changes, expectedVersion: version });
    await expect(decide({ conditionIds: ['dance'] })).rejects.toEqual(refused('condition-not-offered'));
    await expect(decide({ conditionIds: ['toString'] })).rejects.toEqual(refused('condition-not-offered'));
    await expect(decide({ ...refusal, ...conditions })).rejects.toEqual(refused('condition-not-offered'));
    await expect(decide({ reasonIds: ['toString'] })).rejects.toEqual(refused('reasons-missing'));
  });
});

describe('an appeal', () => {
  test('is decided by somebody else, and a new decision takes the place of the refusal', async () => {
    const { cases, ended } = room;
    const { person, caseId, version } = await decidedAs('refuse');
    await room.database.transaction((tx) =>
      cases.attachDocument(tx, caseId, {
        kind: 'pdf',
        id: 'old',
        mediaType: 'application/pdf',
        bytes: Buffer.from('1'),
      }),
    );
    const before = await cases.getMyCase(person, caseId);
    // Thirty Saudi working days from Sunday 22 November.
    expect(before).toMatchObject({ appealUntil: '2027-01-03', isAppealOpen: true });
    const file = { words: 'الجامعة كانت معتمدة عند تخرجي', expectedVersion: version };
    await expect(cases.appeal(person, caseId, { ...file, words: '  ' })).rejects.toEqual(refused('message-empty'));
    await expect(cases.appeal(somebody(), caseId, file)).rejects.toEqual(refused('case-unknown'));
    await expect(cases.appeal(person, caseId, { ...file, expectedVersion: 1 })).rejects.toEqual(
      refused('case-changed-since'),
    );
    const filed = await cases.appeal(person, caseId, file);
    expect(filed.state).toBe('under-appeal');
    expect((await cases.listQueue(salem, { state: 'appeals' })).cases.map(({ id }) => id)).toContain(caseId);
    expect(await cases.getMyCase(person, caseId)).toMatchObject({ whoseTurn: 'office', dueOn: '2026-12-06' });

    await expect(cases.takeCase(noura, caseId)).rejects.toEqual(refused('own-decision'));
    const seen = await cases.takeCase(salem, caseId);
    expect(seen.appeals).toMatchObject([{ words: file.words }]);
    const decision = { ...approval, outcome: 'approve' as const, ...words, expectedVersion: seen.version };
    await expect(cases.decideAppeal(noura, caseId, decision)).rejects.toEqual(refused('own-decision'));
    await expect(cases.decideAppeal(huda, caseId, decision)).rejects.toEqual(refused('case-taken'));
    await expect(
      cases.decideAppeal(salem, caseId, { outcome: 'uphold', expectedVersion: seen.version }),
    ).rejects.toEqual(refused('reasons-missing'));
    const replacing = { ...decision, ...conditions };
    // Other eyes: what was checked for the refusal does not count for what takes its place.
    await expect(cases.decideAppeal(salem, caseId, replacing)).rejects.toEqual(refused('points-open'));
    await checkAll(cases, salem, caseId);
    const decided = await cases.decideAppeal(salem, caseId, replacing);
    expect(decided.state).toBe('approved');
    const view = await cases.getMyCase(person, caseId);
    expect(view.decision).toMatchObject({
      number: `${view.reference}-D2`,
      replaces: `${view.reference}-D`,
      because: 'appeal',
      outcome: 'approved',
    });
    expect(view.earlierDecisions).toMatchObject([{ outcome: 'refused', endedAs: 'superseded' }]);
    expect(view.appeals).toMatchObject([{ outcome: 'replaced', ownWords: { en: words.ownWordsEn } }]);
    expect(view.appealUntil).toBeUndefined();
    expect(ended).toContainEqual({ decisionId: caseId, as: 'superseded' });
    // The old document is no document of the decision that counts.
    expect(view.documents).toEqual([]);
    await expect(cases.readDocument(person, caseId, 'pdf')).rejects.toEqual(refused('document-unknown'));
    const { decisionId } = await cases.getDecidedCase(caseId);
    expect(decisionId).not.toBe(caseId);
    await room.database.transaction(async (tx) => {
      expect(await cases.holdDecision(tx, caseId, caseId)).toBe(false);
      expect(await cases.holdDecision(tx, caseId, decisionId)).toBe(true);
    });
    await expect(cases.appeal(person, caseId, { ...file, expectedVersion: decided.version })).rejects.toEqual(
      refused('appeal-not-possible'),
    );
    // The room writes down what it is told though it is rolled back, as the first try was.
    expect([...new Set(told(caseId).slice(3))]).toEqual(['case-appealed', 'case-appeal-decided', 'case-decided']);
    expect(JSON.stringify([room.entries, room.facts])).not.toContain('معتمدة عند');
  });

  test('upheld leaves the decision, and is the last word of the office', async () => {
    const { cases } = room;
    const { person, caseId, version } = await decidedAs('refuse');
    await cases.appeal(person, caseId, { words: 'Please', expectedVersion: version });
    const seen = await cases.takeCase(salem, caseId);
    const upheld = await cases.decideAppeal(salem, caseId, {
      outcome: 'uphold',
      ...words,
      expectedVersion: seen.version,
    });
    expect(upheld.state).toBe('refused');
    const view = await cases.getMyCase(person, caseId);
    expect(view).toMatchObject({ appeals: [{ outcome: 'upheld' }], earlierDecisions: [] });
    expect(view.appealWords?.afterwards.en).toContain('court');
    await expect(cases.appeal(person, caseId, { words: 'Again', expectedVersion: upheld.version })).rejects.toEqual(
      refused('appeal-not-possible'),
    );
  });

  test('is for a refusal or a condition, and ends on its day', async () => {
    const { cases, clock } = room;
    const good = await decidedAs('approve');
    await expect(
      cases.appeal(good.person, good.caseId, { words: 'More', expectedVersion: good.version }),
    ).rejects.toEqual(refused('appeal-not-possible'));
    const bad = await decidedAs('refuse');
    clock.advance(60 * day);
    expect(await cases.getMyCase(bad.person, bad.caseId)).toMatchObject({ isAppealOpen: false });
    await expect(
      cases.appeal(bad.person, bad.caseId, { words: 'Late', expectedVersion: bad.version }),
    ).rejects.toMatchObject({ code: 'appeal-too-late', params: { until: expect.stringMatching(/^20/) } });
    clock.advance(-60 * day);
  });
});

describe('the office changes what it decided', () => {
  const name = 'evidence.person-identity.full_name_latin';

  test('a wrong name: the document is made anew, the old one is superseded, and the person reads why', async () => {
    const { cases, ended } = room;
    const { person, caseId, version } = await decidedAs('approve');
    const correct = (changes: object = {}) =>
      cases.correctDecision(huda, caseId, {
        reasonId: 'name-misspelt',
        fields: { [name]: 'Fatimah Ahmed Al Haddad' },
        expectedVersion: version,
        ...changes,
      });
    const { changeChoices } = await cases.getCaseForOfficer(huda, caseId);
    const labels = changeChoices!.fields.map(({ label }) => label.en);
    expect(labels).toEqual(expect.arrayContaining(['Name (in Arabic)', 'Name (in Latin letters)']));
    expect(new Set(labels).size).toBe(labels.length);
    await expect(correct({ reasonId: 'whim' })).rejects.toEqual(refused('change-not-offered'));
    await expect(correct({ fields: { 'evidence.degree-record.gpa': '4' } })).rejects.toEqual(
      refused('change-not-offered'),
    );
    await expect(correct({ fields: {} })).rejects.toEqual(refused('correction-empty'));
    await expect(correct({ fields: { [name]: 'Fatima Ahmed Ali Alhaddad' } })).rejects.toEqual(
      refused('correction-empty'),
    );
    await expect(correct({ expectedVersion: version - 1 })).rejects.toEqual(refused('case-changed-since'));
    expect((await correct(words)).state).toBe('approved');
    const { document, decision, credential } = await cases.getDecidedCase(caseId);
    expect(document.facts[0]?.value.en).toBe('Fatimah Ahmed Al Haddad');
    expect(JSON.stringify(credential)).not.toContain('Alhaddad');
    expect(decision).toMatchObject({ because: 'correction', outcome: 'approved' });
    expect(document.reasons.at(-1)?.en).toContain(`${decision.replaces}`);
    expect(ended).toContainEqual({ decisionId: caseId, as: 'superseded' });
    const view = await cases.getMyCase(person, caseId);
    expect(view.changes).toMatchObject([{ kind: 'corrected', ownWords: { en: words.ownWordsEn } }]);
    const entries = room.entries.filter(({ record }) => record['caseId'] === caseId);
    expect(entries.map(({ kind }) => kind).slice(-2)).toEqual(['case-corrected', 'case-decided']);
    expect(JSON.stringify(entries)).not.toMatch(/Fatimah|Our own/);
  });

  test('a cancelled approval counts no more, and nothing is issued for it', async () => {
    const { cases, ended } = room;
    const { person, caseId, version } = await decidedAs('approve');
    const cancelled = await cases.cancelDecision(huda, caseId, {
      reasonId: 'degree-withdrawn',
      expectedVersion: version,
    });
    expect(cancelled.state).toBe('cancelled');
    expect(ended).toContainEqual({ decisionId: caseId, as: 'cancelled' });
    const view = await cases.getMyCase(person, caseId);
    expect(view).toMatchObject({ decision: { endedAs: 'cancelled' }, changes: [{ kind: 'cancelled' }] });
    expect(view.changes[0]?.reason.ar).toContain('سحبت الجامعة');
    await room.database.transaction(async (tx) => {
      expect(await cases.holdDecision(tx, caseId, caseId)).toBe(false);
    });
    const refusedCase = await decidedAs('refuse');
    await expect(
      cases.cancelDecision(huda, refusedCase.caseId, {
        reasonId: 'degree-withdrawn',
        expectedVersion: refusedCase.version,
      }),
    ).rejects.toEqual(refused('case-step-refused'));
  });

  test('a reopened case keeps its decision until another takes its place', async () => {
    const { cases } = room;
    const { person, caseId, version } = await decidedAs('refuse');
    const open = { reasonId: 'new-facts', expectedVersion: version };
    const reopened = await cases.reopenCase(huda, caseId, open);
    expect(reopened.state).toBe('in-review');
    const between = await cases.getMyCase(person, caseId);
    expect(between).toMatchObject({ mayWithdraw: false, decision: { outcome: 'refused' }, whoseTurn: 'office' });
    await expect(cases.withdrawCase(person, caseId)).rejects.toEqual(refused('case-step-refused'));
    // The document of a decision that was reopened at once still arrives.
    await room.database.transaction((tx) =>
      cases.attachDocument(tx, caseId, { kind: 'pdf', id: newId(), mediaType: 'application/pdf' }),
    );
    const { version: now } = await cases.getCaseForOfficer(huda, caseId);
    const anew = { ...approval, expectedVersion: now };
    await expect(cases.decideCase(huda, caseId, anew)).rejects.toEqual(refused('points-open'));
    await checkAll(cases, huda, caseId);
    await cases.decideCase(huda, caseId, anew);
    expect(await cases.getMyCase(person, caseId)).toMatchObject({
      state: 'approved',
      decision: { because: 'reopening' },
      earlierDecisions: [{ outcome: 'refused', endedAs: 'superseded' }],
    });
  });
});

describe('words on a case', () => {
  test('messages reach the other side with the time; notes stay in the office', async () => {
    const { cases } = room;
    const { person, caseId } = await taken();
    await cases.writeMessage(person, caseId, 'متى يصدر القرار؟');
    await cases.writeToPerson(salem, caseId, 'خلال يومين');
    await cases.writeNote(salem, caseId, 'Ask the university again');
    const mine = await cases.getMyCase(person, caseId);
    expect(mine.messages).toMatchObject([
      { writtenBy: 'person', text: 'متى يصدر القرار؟', writtenAt: expect.any(String) },
      { writtenBy: 'officer', text: 'خلال يومين' },
    ]);
    expect(JSON.stringify(mine)).not.toMatch(/Salem|Ask the university/);
    const theirs = await cases.getCaseForOfficer(noura, caseId);
    expect(theirs.messages[1]).toMatchObject({ name: 'Salem' });
    expect(theirs.notes).toMatchObject([{ name: 'Salem', text: 'Ask the university again' }]);
    expect(told(caseId).filter((name) => name === 'case-message-written')).toHaveLength(1);
    expect(JSON.stringify([room.entries, room.facts])).not.toMatch(/university again|متى يصدر|خلال يومين/);

    await expect(cases.writeMessage(somebody(), caseId, 'x')).rejects.toEqual(refused('case-unknown'));
    await expect(cases.writeNote(officerAt('customs'), caseId, 'x')).rejects.toEqual(refused('case-unknown'));
    await expect(cases.writeMessage(person, caseId, ' \n ')).rejects.toEqual(refused('message-empty'));
    await expect(cases.writeMessage(person, caseId, 'x'.repeat(2001))).rejects.toEqual(refused('text-too-long'));
    const own = { ...officerAt(), personId: person.personId };
    expect(JSON.stringify(await cases.getCaseForOfficer(own, caseId))).not.toMatch(/Ask the university|Salem/);
    await expect(cases.writeNote(own, caseId, 'x')).rejects.toEqual(refused('own-case'));
    const draft = await cases.startCase(somebody(), 'degree-recognition');
    await expect(cases.writeToPerson(salem, draft.id, 'x')).rejects.toEqual(refused('case-unknown'));
  });

  test('an officer sees what others did since the last visit, on the page and in the queue', async () => {
    const { cases } = room;
    const { person, caseId } = await taken();
    const queued = async (officer: typeof noura) =>
      (await cases.listQueue(officer)).cases.find(({ id }) => id === caseId)?.hasNews;
    expect(await queued(noura)).toBe(false);
    await cases.visitCase(noura, caseId);
    expect(await queued(noura)).toBe(false);
    await cases.writeMessage(person, caseId, 'Something new');
    await cases.writeNote(noura, caseId, 'My own note is no news to me');
    expect(await queued(noura)).toBe(true);
    const changed = async () => (await cases.listQueue(noura, { news: true })).cases.map(({ id }) => id);
    expect(await changed()).toEqual([caseId]);
    const view = await cases.visitCase(noura, caseId);
    expect(view.history.filter(({ isNew }) => isNew).map(({ kind }) => kind)).toEqual(['message-to-office']);
    expect((await cases.visitCase(noura, caseId)).history.some(({ isNew }) => isNew)).toBe(false);
    expect(await queued(noura)).toBe(false);
    expect(await changed()).toEqual([]);
  });

  test('a decision that is being written goes on with whoever has the case next, and with the decision it is gone', async () => {
    const { cases, database } = room;
    const { person, caseId } = await taken();
    const posted = { outcome: 'refuse', reasons: ['study-mode-not-accepted'], 'words-ar': 'نصف كلمة' };
    const { version } = await cases.getCaseForOfficer(noura, caseId);
    await cases.saveDrafted(noura, caseId, { outcome: 'refuse' });
    await cases.saveDrafted(noura, caseId, posted);
    expect(await cases.findDrafted(noura, caseId)).toMatchObject({ posted, officerId: noura.personId });
    // It is no step, and nobody's but theirs who have the case in hand.
    expect((await cases.getCaseForOfficer(noura, caseId)).version).toBe(version);
    expect(await cases.findDrafted(salem, caseId)).toBeUndefined();
    await expect(cases.saveDrafted(salem, caseId, posted)).rejects.toMatchObject({ code: 'case-taken' });
    await expect(cases.findDrafted(officerAt('customs'), caseId)).rejects.toEqual(refused('case-unknown'));
    await expect(cases.saveDrafted(noura, caseId, { 'words-ar': 'x'.repeat(40_000) })).rejects.toEqual(
      refused('text-too-long'),
    );
    expect(JSON.stringify([await cases.getMyCase(person, caseId), room.entries, room.facts])).not.toContain('نصف كلمة');
    await cases.takeCase(salem, caseId, { takeOver: true });
    expect(await cases.findDrafted(salem, caseId)).toMatchObject({ posted, officerName: 'Noura' });
    await checkAll(cases, salem, caseId);
    const { version: now } = await cases.getCaseForOfficer(salem, caseId);
    const why = { outcome: 'refuse' as const, reasonIds: ['study-mode-not-accepted'], expectedVersion: now };
    await cases.decideCase(salem, caseId, why);
    expect((await database.execute('select 1 from cases.drafted_decisions')).rows).toEqual([]);
  });

  test('who has a case in hand is told what its applicant did, and of more of the same once they have looked', async () => {
    const { cases } = room;
    const { person, caseId } = await taken();
    const news = () =>
      room.facts.flatMap(({ name, data }) =>
        name === 'case-applicant-acted' && (data as { caseId: string }).caseId === caseId ? [data] : [],
      ) as Array<{ officerId: string; news: string; seen: number }>;
    await cases.writeMessage(person, caseId, 'One');
    await cases.writeMessage(person, caseId, 'Two');
    const [first, second] = news();
    expect(first).toMatchObject({ officerId: noura.personId, news: 'wrote' });
    expect(second).toEqual(first);
    await cases.visitCase(noura, caseId);
    await cases.writeMessage(person, caseId, 'Three');
    expect(news()[2]!.seen).toBeGreaterThan(first!.seen);
    await cases.withdrawCase(person, caseId);
    expect(news()[3]).toMatchObject({ officerId: noura.personId, news: 'withdrew' });

    // What nobody has in hand is told to nobody.
    const free = await fillCase(cases, person, [identity, degree({ degree_level: 'doctorate' })]);
    await cases.submitCase(person, free);
    await cases.writeMessage(person, free, 'Hello');
    expect(room.facts.filter(({ data }) => (data as { caseId: string }).caseId === free)).not.toContainEqual(
      expect.objectContaining({ name: 'case-applicant-acted' }),
    );
  });
});
