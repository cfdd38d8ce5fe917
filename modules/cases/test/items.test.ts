import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import type { OfficerDecision, Person, ReceivedEvidence } from '#modules/cases';
import { checkAll, officerAt, openSaudiCases, type SaudiCases } from './support.ts';

let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases('2026-11-29T08:00:00Z', {
    askAgain: async ({ evidenceType }) => evidence.find((one) => one.evidenceType === evidenceType)!,
  });
});
afterAll(() => room.database.close());

const refused = (code: string) => expect.objectContaining({ code });
const [noura, salem, huda] = ['Noura', 'Salem', 'Huda'].map((name) => officerAt('commerce', name)) as [
  ReturnType<typeof officerAt>,
  ReturnType<typeof officerAt>,
  ReturnType<typeof officerAt>,
];
const values = {
  'company-record': {
    company_name_ar: 'مقاهي المنامة',
    company_name_latin: 'Manama Cafes',
    registration_number: '1-1',
    standing: 'active',
    legal_form: 'limited-liability',
    gulf_ownership_percent: 100,
  },
  'insolvency-record': { company_proceedings: 'none', signatory_proceedings: 'none', checked_on: '2026-11-28' },
  'representation-proof': {
    signatory_name_ar: 'سارة',
    signatory_name_latin: 'Sara',
    signatory_nationality: 'BH',
    capacity: 'manager',
    power: 'sole',
    limit_kind: 'none',
  },
};
const evidence: ReceivedEvidence[] = Object.entries(values).map(([evidenceType, held]) => ({
  evidenceType,
  providerState: 'BH',
  consentId: newId(),
  values: held,
}));
const reasonIds = ['confirmed-after-review'];
const words = {
  ownWordsAr: 'لا ترخيص بعد من وزارة الصحة.',
  ownWordsEn: 'There is no licence of the ministry of health yet.',
};
const inPart: OfficerDecision['items'] = [
  { id: 'tourism', outcome: 'approve' },
  { id: 'health', outcome: 'refuse', reasonIds: ['licence-missing'], ...words },
];

async function sent(furtherActivities: string[]) {
  const { cases } = room;
  const person: Person = {
    personId: newId(),
    homeState: 'BH',
    level: 'high',
    representative: { personId: newId(), kind: 'signatory', power: 'sole' },
  };
  const { id } = await cases.startCase(person, 'gcc-commercial-registration');
  await cases.recordEvidence(person, id, evidence);
  const pages: Record<string, Record<string, unknown>> = {
    activity: { activity: 'cafe', furtherActivities, trade_name: 'Dilmun', city: 'الدمام' },
    capital: { capital: '2000' },
    contact: { email: 'office@example.org', mobile: '+97336001234' },
    declaration: { declaration: 'yes' },
  };
  for (const [page, posted] of Object.entries(pages))
    expect(await cases.saveAnswers(person, id, page, posted)).toMatchObject({ errors: [] });
  const { state } = await cases.submitCase(person, id);
  return { person, caseId: id, state };
}
async function taken(officer = noura, furtherActivities = ['tourism', 'health']) {
  const { person, caseId } = await sent(furtherActivities);
  const { version } = await room.cases.takeCase(officer, caseId);
  await checkAll(room.cases, officer, caseId);
  return { person, caseId, version };
}
const decided = async () => {
  const { person, caseId, version: expectedVersion } = await taken();
  const decision = { outcome: 'approve' as const, reasonIds, items: inPart, expectedVersion };
  return { person, caseId, view: await room.cases.decideCase(noura, caseId, decision) };
};

describe('an approval in part', () => {
  test('says of each thing asked for whether it is granted and why not: to the person, in the document, the credential and the ledger', async () => {
    const { cases, entries } = room;
    const { person, caseId, view } = await decided();
    expect(view.itemChoices.map(({ id }) => id)).toEqual(['tourism', 'health']);
    const mine = await cases.getMyCase(person, caseId);
    expect(mine).toMatchObject({ state: 'approved', decidedAs: 'approved-in-part', isAppealOpen: true });
    expect(mine.stateText).toEqual({ ar: 'صدر القرار بالموافقة الجزئية', en: 'Approved in part' });
    expect(mine.timeline.at(-1)?.text.en).toBe('The decision was made: approved in part');
    expect(mine.decision).toMatchObject({
      outcome: 'approved-in-part',
      outcomeText: { en: 'Registered for some of its activities' },
      items: [
        { id: 'tourism', label: { ar: 'سياحة وسفر', en: 'Tourism and travel' }, outcome: 'approved', reasons: [] },
        {
          id: 'health',
          outcome: 'refused',
          reasons: [{ id: 'licence-missing', text: { en: 'There is no licence for the activity.' } }],
          ownWords: { en: words.ownWordsEn },
        },
      ],
    });
    expect((await cases.listMyCases(person))[0]).toMatchObject({ decidedAs: 'approved-in-part' });

    const { document, credential } = await cases.getDecidedCase(caseId);
    expect(document.statement.en).toMatch(/may not carry on those that were not granted/);
    expect(document.items.map(({ isGranted, outcomeText }) => [isGranted, outcomeText.ar])).toEqual([
      [true, 'مُنح'],
      [false, 'لم يُمنح'],
    ]);
    expect(document.items[1]?.reasons.map(({ en }) => en)).toContain(words.ownWordsEn);
    expect(document.facts).toContainEqual({
      label: { ar: 'أنشطة أخرى مقيّدة', en: 'Further activities registered' },
      value: { ar: 'سياحة وسفر', en: 'Tourism and travel' },
    });
    expect(credential?.claims).toMatchObject({
      outcome: 'approved-in-part',
      further_activities_en: 'Tourism and travel',
    });
    expect(await cases.getToldCase(caseId)).toMatchObject({
      inPart: { granted: { ar: 'سياحة وسفر' }, refused: { en: 'Health services' } },
    });
    const entry = entries.find(({ kind, record }) => kind === 'case-decided' && record['caseId'] === caseId);
    expect(entry?.record).toMatchObject({ outcome: 'approved-in-part', granted: 1, asked: 2 });
    expect(JSON.stringify(entry)).not.toMatch(/licence|health/);
  });

  test('needs a word on every item and a reason for each that is refused; a refusal refuses them all, and silence on items grants all', async () => {
    const { cases } = room;
    const { person, caseId, version } = await taken();
    const decide = (changes: Partial<OfficerDecision>) =>
      cases.decideCase(noura, caseId, { outcome: 'approve', reasonIds, expectedVersion: version, ...changes });
    const [tourism, health] = inPart as [NonNullable<typeof inPart>[number], NonNullable<typeof inPart>[number]];
    await expect(decide({ items: [tourism] })).rejects.toEqual(refused('items-not-decided'));
    await expect(decide({ items: [tourism, health, health] })).rejects.toEqual(refused('items-not-decided'));
    await expect(decide({ items: [tourism, { ...health, id: 'finance' }] })).rejects.toEqual(
      refused('items-not-decided'),
    );
    const bare = { id: 'health', outcome: 'refuse' as const };
    await expect(decide({ items: [tourism, bare] })).rejects.toEqual(refused('item-reason-missing'));
    await expect(decide({ items: [tourism, { ...bare, reasonIds: ['toString'] }] })).rejects.toEqual(
      refused('item-reason-missing'),
    );
    await expect(decide({ items: [tourism, { ...bare, reasonIds: ['confirmed-after-review'] }] })).rejects.toEqual(
      refused('item-reason-missing'),
    );
    await expect(decide({ items: [tourism, { ...bare, ownWordsAr: 'لا' }] })).rejects.toEqual(
      refused('reasons-missing'),
    );
    await expect(decide({ outcome: 'refuse', reasonIds: ['licence-missing'], items: inPart })).rejects.toEqual(
      refused('items-not-decided'),
    );
    expect((await cases.getMyCase(person, caseId)).decision).toBeUndefined();
    await decide({});
    const { decision } = await cases.getMyCase(person, caseId);
    expect(decision).toMatchObject({ outcome: 'approved', outcomeText: { en: 'Registered' } });
    expect(decision?.items?.map(({ outcome }) => outcome)).toEqual(['approved', 'approved']);
    expect((await cases.getMyCase(person, caseId)).isAppealOpen).toBeUndefined();
  });

  test('rules grant all of what is clear; of what nobody asked one by one nothing is said', async () => {
    const { person, caseId, state } = await sent(['retail', 'logistics']);
    expect(state).toBe('approved');
    const { decision } = await room.cases.getMyCase(person, caseId);
    expect(decision?.items?.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['retail', 'approved'],
      ['logistics', 'approved'],
    ]);
    const alone = await sent([]);
    expect((await room.cases.getMyCase(alone.person, alone.caseId)).decision).not.toHaveProperty('items');
  });

  test('waits for the second officer where conditions do, who reads each item before it counts', async () => {
    const { cases } = room;
    const { person, caseId, version: expectedVersion } = await taken();
    const conditions = { conditionIds: ['licence-within-months'] };
    const proposed = await cases.decideCase(noura, caseId, {
      ...{ outcome: 'approve', reasonIds, items: inPart, expectedVersion },
      ...conditions,
    });
    expect(proposed).toMatchObject({ state: 'to-confirm', proposal: { items: [{ id: 'tourism' }, { id: 'health' }] } });
    expect(JSON.stringify(await cases.getMyCase(person, caseId))).not.toMatch(/licence of the ministry/);
    await cases.confirmDecision(salem, caseId, { confirms: true, expectedVersion: proposed.version });
    expect((await cases.getMyCase(person, caseId)).decision).toMatchObject({
      outcome: 'approved-in-part',
      conditions: [{ id: 'licence-within-months' }],
    });
  });

  test('is appealed against for what it refused: what was granted stays, and another officer decides on the rest', async () => {
    const { cases } = room;
    const { person, caseId, view } = await decided();
    await cases.appeal(person, caseId, { words: 'الترخيص مرفق', expectedVersion: view.version });
    const seen = await cases.takeCase(salem, caseId);
    expect(seen.itemChoices.map(({ id }) => id)).toEqual(['health']);
    await checkAll(cases, salem, caseId);
    const own = { ownWordsAr: 'صدر الترخيص.', ownWordsEn: 'The licence was issued.' };
    const decide = { reasonIds, ...own, expectedVersion: seen.version };
    await expect(
      cases.decideAppeal(salem, caseId, { ...decide, outcome: 'refuse', reasonIds: ['licence-missing'] }),
    ).rejects.toEqual(refused('appeal-takes-nothing'));
    await expect(cases.decideAppeal(salem, caseId, { ...decide, outcome: 'approve', items: inPart })).rejects.toEqual(
      refused('items-not-decided'),
    );
    await cases.decideAppeal(salem, caseId, {
      ...decide,
      outcome: 'approve',
      items: [{ id: 'health', outcome: 'approve' }],
    });
    const mine = await cases.getMyCase(person, caseId);
    expect(mine).toMatchObject({ state: 'approved', decidedAs: 'approved' });
    expect(mine.decision?.items?.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['tourism', 'approved'],
      ['health', 'approved'],
    ]);
    expect(mine.earlierDecisions.map(({ outcome }) => outcome)).toEqual(['approved-in-part']);
    expect((await cases.getCaseForOfficer(huda, caseId)).history.map(({ text }) => text.en)).toContain(
      'The decision was made: approved in part',
    );
  });

  test('keeps its words whatever is corrected later, and no more than that it was one once the case is erased', async () => {
    const { cases, clock } = room;
    const { person, caseId, view } = await decided();
    await cases.correctDecision(noura, caseId, {
      reasonId: 'name-misspelt',
      fields: { 'evidence.company-record.company_name_latin': 'Manama Cafés' },
      expectedVersion: view.version,
    });
    expect((await cases.getMyCase(person, caseId)).decision).toMatchObject({
      outcome: 'approved-in-part',
      because: 'correction',
      items: [
        { id: 'tourism', outcome: 'approved' },
        { id: 'health', outcome: 'refused' },
      ],
    });
    const now = clock.now();
    clock.advance(366 * 86_400_000 * 12);
    await cases.eraseEnded();
    const gone = await cases.getMyCase(person, caseId);
    clock.advance(now.getTime() - clock.now().getTime());
    expect(gone.erasedAt).toBeDefined();
    expect(gone.decision).toMatchObject({ outcome: 'approved-in-part' });
    expect(gone.decision?.items).toBeUndefined();
  });

  test('is counted as such in what services show', async () => {
    for (let at = 0; at < 10; at += 1) await decided();
    for (let at = 0; at < 10; at += 1) await sent([]);
    room.clock.advance(60_001);
    const shown = (await room.cases.measureServices()).find(({ serviceId }) => serviceId.startsWith('gcc-commercial'))!;
    expect(shown.inPartPercent).toBeGreaterThan(30);
    expect(shown.approvedPercent! + shown.inPartPercent!).toBe(100);
  });
});
