import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { createInsights, type Insights, insightsMigrations, type NodeFact } from '#modules/insights';
import { createLedger, ledgerMigrations, openTileFolder } from '#modules/ledger';
import { openTestDatabase } from '#tests/support/database';
import { type AnswerValue, acts, type Role, type Side } from '../assessment/contract.ts';
import { type Actor, isEvidenceLink, mayDo, type RoundFacts, roleIn, whoSettles } from '../assessment/rules.ts';
import { readSheet, sheetCsv } from '../assessment/sheets.ts';
import { unobserved } from './support.ts';

const clock = fixedClock('2026-11-29T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'jisr-rounds-'));
const publicUrl = 'https://sa.example';
const officer = (...roles: string[]): Actor => ({ personId: newId(), roles });
const people = {
  aisha: officer('index-assessor'),
  badr: officer('index-assessor', 'auditor'),
  reem: officer('index-reviewer'),
  // Holds every role in the state's folder, and still one in a round at most.
  saud: officer('index-senior-reviewer', 'index-reviewer', 'index-assessor'),
  clerk: officer('auditor'),
  dana: officer('index-assessor'),
  hala: officer('index-reviewer', 'index-assessor'),
  layla: officer('index-senior-reviewer'),
};
const { aisha, badr, reem, saud, clerk, dana, hala, layla } = people;
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const link = 'https://my.gov.sa/en/services';

/** Whose roles were taken away in the state's folder. */
const gone = new Set<Actor>();
let database: Database;
let http: HttpClient;
let insights: Insights;
let facts: NodeFact[] = [];
beforeAll(async () => {
  database = await openTestDatabase(ledgerMigrations, insightsMigrations);
  http = createHttpClient();
  const keys = memoryKeys();
  insights = createInsights({
    database,
    clock,
    publicUrl,
    state: { code: 'SA', names: { ar: 'السعودية', en: 'Saudi Arabia' } },
    ...unobserved(database),
    listOfficers: () => Object.values(people).map((one) => (gone.has(one) ? { ...one, roles: [] } : one)),
    measureFacts: async () => facts,
    ledger: createLedger({
      database,
      clock,
      http,
      log: silentLog,
      logSigner: await keys.signer('log', 'Ed25519'),
      witnessSigner: await keys.signer('witness', 'Ed25519'),
      origin: 'sa.example/ledger',
      witnessName: 'sa.example/witness',
      tiles: openTileFolder(join(folder, 'tiles')),
      neighbours: async () => [],
      quorum: 0,
      timeStampAuthorities: [],
    }),
  });
});
afterAll(async () => {
  await http?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

const codes = () => insights.assessments.codes();
const open = async (year = 2026) =>
  (
    await insights.assessments.openRound(saud, {
      year,
      assessors: [aisha.personId, badr.personId],
      reviewer: reem.personId,
    })
  ).roundId;
/** A whole sheet: yes to all but what is named. */
const sheet = (others: Record<string, AnswerValue> = {}, note = '') =>
  sheetCsv(
    codes().map((code) => {
      const answer = others[code.id] ?? 'yes';
      return { code, answer, links: answer === 'yes' ? [link] : [], notes: note ? [note] : [] };
    }),
  );
const fill = async (roundId: string, who: Actor, others?: Record<string, AnswerValue>) => {
  await insights.assessments.importAnswers(who, roundId, sheet(others));
  await insights.assessments.handIn(who, roundId);
};
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? error,
  );

describe('who may do what', () => {
  const roles: Role[] = ['first-assessor', 'second-assessor', 'reviewer', 'senior-reviewer'];
  const officerRole = fc.constantFrom('index-assessor', 'index-reviewer', 'index-senior-reviewer', 'auditor');
  const facts = fc.record({
    state: fc.constantFrom('answering', 'settling', 'approving', 'approved'),
    settledBy: fc.constantFrom(undefined, 'assessors', 'reviewer'),
    people: fc
      .array(fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5'), { minLength: 4, maxLength: 4 })
      .map((ids) => Object.fromEntries(roles.map((role, at) => [role, ids[at]]))),
    handedIn: fc.subarray<Side>(['first', 'second']),
  }) as unknown as fc.Arbitrary<RoundFacts>;

  test('nobody without a role of the round does anything, nor whoever would hold two, nor one whose role was taken away', () => {
    fc.assert(
      fc.property(
        facts,
        fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5', 'p6'),
        fc.array(officerRole),
        (round, id, held) => {
          const role = roleIn(round, { personId: id, roles: held });
          const named = roles.filter((one) => round.people[one] === id);
          if (named.length !== 1) expect(role).toBeUndefined();
          if (role) expect(held).toContain(`index-${role.replace(/^(first|second)-/, '')}`);
          else for (const act of acts) expect(mayDo(act, role, round)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('sheets are closed to all until both have handed in, an approved round changes for nobody, and no act is of two kinds of role', () => {
    fc.assert(
      fc.property(facts, (round) => {
        for (const role of roles) {
          if (round.state === 'answering') expect(mayDo('see-everything', role, round)).toBe(false);
          const changing = acts.filter((act) => act !== 'see-everything' && mayDo(act, role, round));
          if (round.state === 'approved') expect(changing).toEqual([]);
          if (role === 'senior-reviewer')
            expect(changing.filter((act) => ['answer', 'hand-in', 'settle', 'pass-on'].includes(act))).toEqual([]);
          if (role === 'reviewer') expect(changing.every((act) => act === 'settle' || act === 'pass-on')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
    expect([whoSettles(9, 183), whoSettles(10, 183)]).toEqual(['assessors', 'reviewer']);
  });

  test('a round has four different people with their roles, for a year that can be prepared', async () => {
    const { assessments } = insights;
    const named = { year: 2026, assessors: [aisha.personId, badr.personId], reviewer: reem.personId };
    expect(await refused(assessments.openRound(reem, named))).toBe('not-permitted');
    for (const wrong of [
      { assessors: [aisha.personId, aisha.personId] },
      { assessors: [aisha.personId, saud.personId] },
      { assessors: [aisha.personId, clerk.personId] },
      { reviewer: saud.personId },
      { reviewer: newId() },
    ])
      expect(await refused(assessments.openRound(saud, { ...named, ...wrong }))).toBe('round-people-wrong');
    expect(await refused(assessments.openRound(saud, { ...named, year: 2040 }))).toBe('round-year-unknown');
    // The table itself refuses too.
    const id = newId();
    await expect(
      sql`insert into insights.rounds (round_id, survey_year, number, state, first_assessor, second_assessor, reviewer,
        senior_reviewer, opened_at) values (${newId()}, 2026, 99, 'answering', ${id}, ${newId()}, ${id}, ${newId()}, now())`.execute(
        database.db,
      ),
    ).rejects.toThrow();
  });
});

test('two assessors work blind, save question by question, and hand in only what is complete', async () => {
  const { assessments } = insights;
  const roundId = await open();
  await assessments.saveAnswer(aisha, roundId, 'if-010', { answer: 'yes', link, note: 'الصفحة الرئيسة' }, png);
  await assessments.saveAnswer(badr, roundId, 'if-010', { answer: 'not-found' });
  const hers = await assessments.listAnswers(aisha, roundId);
  expect(hers.first).toMatchObject([{ code: 'if-010', answer: 'yes', note: 'الصفحة الرئيسة', hasPicture: true }]);
  expect(hers.second).toBeUndefined();
  const his = await assessments.listAnswers(badr, roundId);
  expect([his.first, his.second?.[0]?.answer]).toEqual([undefined, 'not-found']);
  // Nothing of it reaches the reviewers, by any door.
  for (const who of [reem, saud]) {
    expect(await assessments.listAnswers(who, roundId)).toMatchObject({ settlements: [], proposals: [] });
    expect((await assessments.listHistory(who, roundId)).map(({ kind }) => kind)).toEqual(['opened']);
    expect(await refused(assessments.listSheet(who, roundId))).toBe('round-step-refused');
    expect(await refused(assessments.readPicture(who, roundId, 'first', 'if-010'))).toBe('round-unknown');
  }
  expect(await refused(assessments.scoreRound(badr, roundId))).toBe('round-step-refused');
  expect(await refused(assessments.readPicture(badr, roundId, 'first', 'if-010'))).toBe('round-unknown');
  expect((await assessments.listHistory(badr, roundId)).map(({ by }) => by)).not.toContain(aisha.personId);
  expect((await assessments.readPicture(aisha, roundId, 'first', 'if-010')).bytes.equals(png)).toBe(true);
  // Strangers and officers without a role in it see no round at all.
  for (const who of [clerk, { ...aisha, roles: [] }, officer('index-assessor')])
    expect(await refused(assessments.getRound(who, roundId))).toBe('round-unknown');

  const save = (given: { answer: AnswerValue; link?: string }, picture?: Buffer) =>
    refused(assessments.saveAnswer(aisha, roundId, 'if-011', given, picture));
  expect(await save({ answer: 'yes' })).toBe('link-needed');
  for (const wrong of ['http://my.gov.sa', 'javascript:alert(1)', 'https://u:p@my.gov.sa/', 'my.gov.sa', 'https://x'])
    expect(await save({ answer: 'no', link: wrong }), wrong).toBe('link-wrong');
  expect(await save({ answer: 'no' }, Buffer.from('<svg onload=alert(1)>'))).toBe('picture-wrong');
  expect(await save({ answer: 'no' }, Buffer.concat([png, Buffer.alloc(1024 * 1024)]))).toBe('picture-wrong');
  expect(await refused(assessments.saveAnswer(aisha, roundId, 'xx-999', { answer: 'no' }))).toBe('question-unknown');
  expect(await refused(assessments.saveAnswer(reem, roundId, 'if-011', { answer: 'no' }))).toBe('not-permitted');
  expect(await refused(assessments.handIn(aisha, roundId))).toBe('round-incomplete');
  expect(await refused(assessments.importAnswers(aisha, roundId, sheet({}, 'a\0b')))).toBe('answers-file-wrong');

  // An answer that changes nothing is no step; one that does keeps what was there before.
  const steps = async () => (await assessments.listHistory(aisha, roundId)).filter(({ kind }) => kind === 'answered');
  await assessments.saveAnswer(aisha, roundId, 'if-010', { answer: 'yes', link, note: 'الصفحة الرئيسة' });
  expect(await steps()).toHaveLength(1);
  await assessments.saveAnswer(aisha, roundId, 'if-010', { answer: 'no' }, 'none');
  expect((await steps())[0]).toMatchObject({ before: { answer: 'yes', link }, after: { answer: 'no', link: null } });

  await fill(roundId, aisha);
  expect(await refused(assessments.saveAnswer(aisha, roundId, 'if-010', { answer: 'no' }))).toBe('round-step-refused');
  expect((await assessments.listAnswers(aisha, roundId)).second).toBeUndefined();
  expect((await assessments.getRound(badr, roundId)).state).toBe('answering');
});

test('up to 5 % of differences are settled by the two together: one proposes, the other agrees', async () => {
  const { assessments } = insights;
  const roundId = await open();
  await fill(roundId, aisha, { 'cp-015': 'no', 'tec-002': 'no' });
  await fill(roundId, badr, { 'tec-002': 'not-found', 'sp-029': 'no' });
  // No and not found are alike: two codes differ.
  expect(await assessments.getRound(reem, roundId)).toMatchObject({
    state: 'settling',
    settledBy: 'assessors',
    differences: 2,
  });
  const why = 'Seen together on the portal.';
  expect(await refused(assessments.settle(reem, roundId, 'cp-015', { answer: 'yes', why }))).toBe('round-step-refused');
  expect(await refused(assessments.settle(aisha, roundId, 'if-010', { answer: 'no', why }))).toBe(
    'question-not-different',
  );
  expect(await refused(assessments.settle(aisha, roundId, 'cp-015', { answer: 'no', why: ' ' }))).toBe('why-needed');
  const stateOf = async (code: string) =>
    (await assessments.listAnswers(badr, roundId)).settlements.find((one) => one.code === code)!.state;
  await assessments.settle(aisha, roundId, 'cp-015', { answer: 'yes', why });
  await assessments.settle(aisha, roundId, 'cp-015', { answer: 'yes', why });
  expect(await stateOf('cp-015')).toBe('proposed');
  await assessments.settle(badr, roundId, 'cp-015', { answer: 'no', why });
  expect(await stateOf('cp-015')).toBe('proposed');
  await assessments.settle(aisha, roundId, 'cp-015', { answer: 'no', why });
  expect(await stateOf('cp-015')).toBe('settled');
  expect(await refused(assessments.passOn(reem, roundId))).toBe('differences-open');
  await assessments.settle(badr, roundId, 'sp-029', { answer: 'yes', why });
  await assessments.settle(aisha, roundId, 'sp-029', { answer: 'yes', why });
  expect(await refused(assessments.passOn(aisha, roundId))).toBe('not-permitted');
  await assessments.passOn(reem, roundId);
  const row = (await assessments.listSheet(saud, roundId)).find(({ code }) => code.id === 'sp-029');
  expect(row).toMatchObject({ answer: 'yes', links: [link] });
});

test('beyond 5 % the reviewer settles question by question, the senior reviewer sends back and approves, and all of it stays', async () => {
  const { assessments } = insights;
  const roundId = await open(2024);
  const differing = codes()
    .slice(0, 10)
    .map(({ id }) => id);
  await fill(roundId, aisha);
  await fill(roundId, badr, Object.fromEntries(differing.map((code) => [code, 'not-found'])));
  expect(await assessments.getRound(saud, roundId)).toMatchObject({ settledBy: 'reviewer', openDifferences: 10 });
  const why = 'Found under the ministry.';
  expect(await refused(assessments.settle(aisha, roundId, differing[0]!, { answer: 'yes', why }))).toBe(
    'round-step-refused',
  );
  for (const code of differing) await assessments.settle(reem, roundId, code, { answer: 'yes', why });
  expect(await refused(assessments.approve(saud, roundId))).toBe('round-step-refused');
  await assessments.passOn(reem, roundId);
  expect(await refused(assessments.approve(reem, roundId))).toBe('not-permitted');
  // One on which both agreed can go back as well.
  await assessments.sendBack(saud, roundId, [differing[0]!, 'egl-017'], 'The page is gone.');
  expect(await assessments.getRound(reem, roundId)).toMatchObject({ state: 'settling', openDifferences: 2 });
  await assessments.settle(reem, roundId, differing[0]!, { answer: 'no', why: 'It is gone.' });
  await assessments.settle(reem, roundId, 'egl-017', { answer: 'yes', why: 'Still there.' });
  await assessments.passOn(reem, roundId);
  await assessments.approve(saud, roundId);
  expect(await refused(assessments.settle(reem, roundId, 'egl-017', { answer: 'no', why }))).toBe('round-step-refused');

  // Whole of the index but one of 26 codes of a part that weighs a tenth.
  const score = await assessments.scoreRound(badr, roundId);
  expect(score).toMatchObject({ isApproved: true, methodYear: 2024 });
  expect(score.osi).toBeCloseTo(1 - 0.1 / 26, 12);
  expect(score.parts.map(({ id, yes, codes: all }) => [id, all - yes])).toEqual([
    ['if', 1],
    ['cp', 0],
    ['sp', 0],
    ['epi', 0],
    ['tec', 0],
    ['egl', 0],
  ]);
  const { osi, epi, difference } = score.published!;
  expect([osi, epi]).toEqual([0.98995, 0.9589]);
  expect(difference.epi! + difference.rest!).toBeCloseTo(difference.osi, 12);
  expect(difference.epi).toBeCloseTo(0.35 * (1 - 0.9589), 12);
  const { before, frozen, full } = score.outcome!;
  expect([before.rank, before.egdi]).toEqual([6, 0.96022]);
  expect(frozen.egdi).toBeCloseTo(0.96022 + (score.osi - osi) / 3, 6);
  expect(full.rank).toBeLessThanOrEqual(before.rank);
  expect(score.best).toMatchObject([{ part: 'if', codes: [differing[0]] }]);
  expect(score.best[0]!.osi).toBeCloseTo(0.1 / 26, 12);

  const history = await assessments.listHistory(saud, roundId);
  const counts = new Map([...Map.groupBy(history, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]));
  expect(Object.fromEntries(counts)).toEqual({
    opened: 1,
    answered: 366,
    'handed-in': 2,
    compared: 1,
    settled: 12,
    'passed-on': 2,
    'sent-back': 2,
    approved: 1,
  });
  for (const statement of [sql`update insights.history set why = ''`, sql`delete from insights.history`])
    await expect(statement.execute(database.db)).rejects.toThrow(/only appended/);
  // The ledger holds steps and digests, and neither people nor answers.
  const { rows } = await sql<{ record: string }>`select record::text as record from ledger.entries
    where kind like 'assessment-%' and record::text like ${`%${roundId}%`}`.execute(database.db);
  expect(rows).toHaveLength(7);
  for (const { record } of rows)
    expect(record).not.toMatch(
      new RegExp(
        `${Object.values(people)
          .map(({ personId }) => personId)
          .join('|')}|yes|if-0`,
      ),
    );
});

describe('somebody of a round who cannot go on', () => {
  const why = 'Works elsewhere now.';
  const replace = (
    roundId: string,
    role: 'first-assessor' | 'second-assessor' | 'reviewer',
    { personId }: Actor,
    by = saud,
  ) => insights.assessments.replace(by, roundId, { role, successor: personId, why });

  test('is replaced with a reason by an officer who never was in it and begins with nothing; the old answers stay in the history alone', async () => {
    const { assessments } = insights;
    const roundId = await open();
    await assessments.saveAnswer(aisha, roundId, 'if-010', { answer: 'yes', link, note: 'Seen at home.' }, png);
    await assessments.saveAnswer(aisha, roundId, 'if-011', { answer: 'no' });
    await assessments.importAnswers(badr, roundId, sheet());

    for (const wrong of [badr, aisha, saud, clerk, reem])
      expect(await refused(replace(roundId, 'first-assessor', wrong))).toBe('successor-wrong');
    expect(await refused(replace(roundId, 'first-assessor', dana, reem))).toBe('not-permitted');
    expect(await refused(replace(roundId, 'first-assessor', dana, clerk))).toBe('round-unknown');
    expect(
      await refused(assessments.replace(saud, roundId, { role: 'reviewer', successor: hala.personId, why: ' ' })),
    ).toBe('why-needed');
    expect(await assessments.listSuccessors(saud, roundId)).toEqual([
      { role: 'first-assessor', personIds: [dana.personId, hala.personId] },
      { role: 'second-assessor', personIds: [dana.personId, hala.personId] },
      { role: 'reviewer', personIds: [hala.personId] },
    ]);
    expect(await assessments.listSuccessors(reem, roundId)).toEqual([]);
    await replace(roundId, 'first-assessor', dana);

    for (const step of [
      () => assessments.getRound(aisha, roundId),
      () => assessments.listAnswers(aisha, roundId),
      () => assessments.saveAnswer(aisha, roundId, 'if-010', { answer: 'no' }),
      () => assessments.handIn(aisha, roundId),
      () => assessments.listHistory(aisha, roundId),
      () => assessments.readPicture(aisha, roundId, 'first', 'if-010'),
    ])
      expect(await refused(step())).toBe('round-unknown');
    expect((await assessments.listAnswers(dana, roundId)).first).toEqual([]);
    expect(await refused(assessments.readPicture(dana, roundId, 'first', 'if-010'))).toBe('question-unknown');
    expect((await assessments.getRound(badr, roundId)).progress.map(({ answered }) => answered)).toEqual([0, 183]);
    // Nobody comes back, in no role; the table itself refuses too.
    expect(await refused(replace(roundId, 'second-assessor', aisha))).toBe('successor-wrong');
    await expect(
      sql`update insights.rounds set reviewer = ${aisha.personId} where round_id = ${roundId}`.execute(database.db),
    ).rejects.toThrow(/does not come back/);

    const toldTo = async (who: Actor) => JSON.stringify(await assessments.listHistory(who, roundId));
    for (const who of [dana, badr, reem, saud]) expect(await toldTo(who)).not.toContain('Seen at home.');
    expect((await assessments.listHistory(badr, roundId)).find(({ kind }) => kind === 'replaced')).toMatchObject({
      before: { role: 'first-assessor', personId: aisha.personId, answered: 2 },
      after: { personId: dana.personId },
      why,
      leafHash: expect.any(String),
    });
    await fill(roundId, dana, { 'if-010': 'no' });
    await assessments.handIn(badr, roundId);
    // What counts is what the two of now have said, and what was answered before is shown to the reviewers alone.
    expect(await assessments.getRound(dana, roundId)).toMatchObject({ state: 'settling', differences: 1 });
    for (const who of [dana, badr]) expect(await toldTo(who)).not.toContain('Seen at home.');
    for (const who of [reem, saud]) expect(await toldTo(who)).toContain('Seen at home.');
    const { rows } = await sql<{ record: string }>`select record::text as record from ledger.entries
      where kind = 'assessment-replaced' and record::text like ${`%${roundId}%`}`.execute(database.db);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.record).not.toMatch(new RegExp(`${aisha.personId}|${dana.personId}|elsewhere`));
  });

  test('who has handed in is not replaced; where the two cannot settle together any more, the reviewer settles, and can be another one', async () => {
    const { assessments } = insights;
    const roundId = await open();
    await fill(roundId, aisha, { 'cp-015': 'no' });
    expect(await refused(replace(roundId, 'first-assessor', dana))).toBe('sheet-handed-in');
    expect(await refused(assessments.letReviewerSettle(saud, roundId, why))).toBe('round-step-refused');
    await fill(roundId, badr);
    expect(await refused(replace(roundId, 'second-assessor', dana))).toBe('sheet-handed-in');
    await assessments.settle(badr, roundId, 'cp-015', { answer: 'yes', why });
    expect(await refused(assessments.letReviewerSettle(badr, roundId, why))).toBe('not-permitted');
    expect(await refused(assessments.letReviewerSettle(saud, roundId, ' '))).toBe('why-needed');
    await assessments.letReviewerSettle(saud, roundId, why);
    expect(await refused(assessments.settle(aisha, roundId, 'cp-015', { answer: 'yes', why }))).toBe(
      'round-step-refused',
    );
    await replace(roundId, 'reviewer', hala);
    expect(await refused(assessments.settle(reem, roundId, 'cp-015', { answer: 'yes', why }))).toBe('round-unknown');
    await assessments.settle(hala, roundId, 'cp-015', { answer: 'yes', why });
    await assessments.passOn(hala, roundId);
    await assessments.approve(saud, roundId);
    expect(await refused(replace(roundId, 'reviewer', reem))).toBe('round-step-refused');
    expect(
      (await assessments.listHistory(saud, roundId)).map(({ kind }) => kind).filter((kind) => kind !== 'answered'),
    ).toEqual([
      'approved',
      'passed-on',
      'settled',
      'replaced',
      'left-to-reviewer',
      'proposed',
      'compared',
      'handed-in',
      'handed-in',
      'opened',
    ]);
  });

  test('a round whose senior reviewer has lost the role is taken over by another one, who saw nothing of it before', async () => {
    const { assessments } = insights;
    const roundId = await open();
    const isLeft = async (who: Actor) => (await assessments.listLeft(who)).some((one) => one.roundId === roundId);
    expect(await isLeft(layla)).toBe(false);
    expect(await refused(assessments.takeOver(layla, roundId, why))).toBe('round-unknown');
    gone.add(saud);
    try {
      expect([await isLeft(layla), await isLeft(reem), await isLeft(clerk)]).toEqual([true, false, false]);
      expect(await refused(assessments.getRound(layla, roundId))).toBe('round-unknown');
      expect(await refused(assessments.takeOver(reem, roundId, why))).toBe('not-permitted');
      expect(await refused(assessments.takeOver(layla, roundId, ' '))).toBe('why-needed');
      const both = await Promise.all([1, 2].map(() => refused(assessments.takeOver(layla, roundId, why))));
      expect(both.toSorted()).toEqual(['done', 'round-unknown']);
    } finally {
      gone.delete(saud);
    }
    expect(await assessments.getRound(layla, roundId)).toMatchObject({ role: 'senior-reviewer', state: 'answering' });
    // Back in office, the one before is a stranger to it.
    expect(await refused(assessments.getRound(saud, roundId))).toBe('round-unknown');
    expect(await isLeft(saud)).toBe(false);
    expect((await assessments.listHistory(layla, roundId))[0]).toMatchObject({
      kind: 'replaced',
      by: layla.personId,
      before: { role: 'senior-reviewer', personId: saud.personId },
    });
    await replace(roundId, 'reviewer', hala, layla);
  });

  test.each(['hand-in first', 'replaced first'])(
    'of handing in and being replaced at the same time one happens, and the other is refused (%s)',
    async (order) => {
      const { assessments } = insights;
      const roundId = await open();
      await assessments.importAnswers(aisha, roundId, sheet());
      const handIn = () => refused(assessments.handIn(aisha, roundId));
      const replaced = () => refused(replace(roundId, 'first-assessor', dana));
      const both =
        order === 'hand-in first'
          ? await Promise.all([handIn(), replaced()])
          : (await Promise.all([replaced(), handIn()])).toReversed();
      const round = await assessments.getRound(badr, roundId);
      const [first] = round.progress;
      if (first!.handedInAt) {
        expect(both).toEqual(['done', 'sheet-handed-in']);
        expect([round.people['first-assessor'], first!.answered]).toEqual([aisha.personId, 183]);
      } else {
        expect(both).toEqual(['round-unknown', 'done']);
        expect([round.people['first-assessor'], first!.answered]).toEqual([dana.personId, 0]);
      }
    },
  );

  test('an answer that is saved while its assessor is replaced is not there for the successor', async () => {
    const { assessments } = insights;
    const roundId = await open();
    const saving = codes()
      .slice(0, 12)
      .map(({ id }) => refused(assessments.saveAnswer(aisha, roundId, id, { answer: 'no' })));
    const ends = await Promise.all([
      ...saving.slice(0, 6),
      replace(roundId, 'first-assessor', dana),
      ...saving.slice(6),
    ]);
    expect(new Set(ends.filter((end) => typeof end === 'string'))).toEqual(
      new Set(ends.some((end) => end === 'round-unknown') ? ['done', 'round-unknown'] : ['done']),
    );
    expect((await assessments.listAnswers(dana, roundId)).first).toEqual([]);
  });
});

test('what the platform shows of itself is proposed with its figure, and a fact that does not hold proposes nothing', async () => {
  const { assessments } = insights;
  const roundId = await open();
  const fact = (id: string, figure = 3, at = `${publicUrl}/services`): NodeFact => ({
    id,
    figure,
    words: { ar: 'خدمات', en: 'services' },
    link: at,
  });
  facts = [
    fact('two-languages', 57),
    fact('service:birth-registration'),
    fact('service:death-registration'),
    fact('https', 0),
    fact('services-searched', 5, 'http://elsewhere.example/'),
  ];
  const proposed = async () => (await assessments.listAnswers(aisha, roundId)).proposals.map(({ code }) => code);
  // Two of three services prove no question that asks for three.
  expect(await proposed()).toEqual(['cp-015']);
  facts.push(fact('service:marriage-registration'));
  expect(await proposed()).toEqual(['cp-015', 'sp-050', 'sp-051', 'sp-052']);
  expect((await assessments.listAnswers(reem, roundId)).proposals).toEqual([]);
  // Nothing is answered by itself.
  expect((await assessments.getRound(aisha, roundId)).progress[0]!.answered).toBe(0);
  await assessments.confirmProposal(aisha, roundId, 'cp-015');
  expect((await assessments.listAnswers(aisha, roundId)).first).toMatchObject([
    { code: 'cp-015', answer: 'yes', link: `${publicUrl}/services`, fact: { id: 'two-languages', figure: 57 } },
  ]);
  facts = [];
  expect(await refused(assessments.confirmProposal(badr, roundId, 'cp-015'))).toBe('fact-gone');
  // Every rule is about a code that exists, and every question has an Arabic name.
  const known = new Set(codes().map(({ id }) => id));
  expect(known.size).toBe(183);
  expect(insights.figures().factRules.filter(({ code }) => !known.has(code))).toEqual([]);
  expect(codes().filter(({ title }) => !/[\u0600-\u06ff]/.test(title.ar))).toEqual([]);
});

test('a sheet comes back as it went out, runs nothing in a spreadsheet, and is refused whole with each bad line', () => {
  const [first, second] = codes();
  const csv = sheetCsv([
    { code: first!, answer: 'yes', links: [link], notes: ['=HYPERLINK("x")', 'نعم، "هنا"'] },
    { code: second!, links: [], notes: [] },
  ]);
  expect(csv).toContain("'=HYPERLINK");
  expect(readSheet(csv, codes(), publicUrl)).toEqual({
    answers: [{ code: 'if-010', given: { answer: 'yes', link, note: '=HYPERLINK("x") | نعم، "هنا"' } }],
    faults: [],
  });
  const bad = `code,answer,evidence\nif-010,maybe,\nif-010,no,\nzz-1,no,\nif-011,yes,http://x.example\nif-012,"no`;
  expect(readSheet(bad, codes(), publicUrl).faults).toHaveLength(1);
  expect(readSheet(bad.slice(0, -10), codes(), publicUrl).faults.map((fault) => fault.slice(0, 2))).toEqual([
    '2:',
    '3:',
    '4:',
    '5:',
  ]);
  for (const broken of ['{"a":{"b":1}}', '', '"', 'code,answer\nif-010\n'])
    expect(readSheet(broken, codes(), publicUrl).faults).toHaveLength(1);
  expect(isEvidenceLink('http://sa.localhost:4005/services', 'http://sa.localhost:4005')).toBe(true);
});
