import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { newId, randomBytes } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { createLedger, type Ledger, ledgerMigrations, openTileFolder } from '#modules/ledger';
import { openTestDatabase } from '#tests/support/database';
import { createMatching, type LocalRecord, type Matching, matchingMigrations } from '../index.ts';

const clock = fixedClock('2026-11-29T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'jisr-matching-'));
const reem = newId();
const saud = newId();
const days = (count: number) => clock.advance(count * 86_400_000);

let database: Database;
let http: HttpClient;
let ledger: Ledger;
let matching: Matching;
let register: LocalRecord[];
let counted: string[];

const fatima = {
  full_name_ar: 'فاطمة أحمد علي الحداد',
  full_name_latin: 'Fatima Ahmed Ali Alhaddad',
  birth_date: '1997-04-12',
  nationality: 'BH',
  sex: 'female',
};
const residence = (number: string, date = '1417-12-04', more: Partial<LocalRecord> = {}): LocalRecord => ({
  number,
  record: {
    nameAr: 'فاطمة بنت أحمد علي حداد',
    nameLatin: 'Fatimah Ahmad Ali Haddad',
    birthDate: { calendar: 'umm-al-qura', date },
    nationality: 'BH',
    sex: 'female',
  },
  ...more,
});
const use = { office: 'moe', purpose: 'school-enrolment', evidenceType: 'residence-record', fields: ['city'] };

beforeAll(async () => {
  database = await openTestDatabase(ledgerMigrations, matchingMigrations);
  http = createHttpClient();
  const keys = memoryKeys();
  ledger = createLedger({
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
  });
});
afterAll(async () => {
  await http?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  register = [];
  counted = [];
  matching = createMatching({
    database,
    clock,
    log: silentLog,
    ledger,
    state: 'SA',
    rules: { office: 'interior', level: 'substantial', uses: [use] },
    population: {
      calendar: 'umm-al-qura',
      listBorn: async (born) => register.filter(({ record }) => born.includes(record.birthDate.date)),
      find: async (number) => register.find((one) => one.number === number),
    },
    key: Buffer.alloc(32, 7),
    readRecord: async (_type, number) =>
      register.some((one) => one.number === number) ? { city: 'Riyadh', residence_number: number } : undefined,
    onCompared: (outcome) => counted.push(outcome),
  });
});

const freshNumber = () => `2${randomBytes(4).readUInt32BE(0)}`;
const visitor = () => ({ personId: newId(), homeState: 'BH' });
async function attempt(person: { personId: string; homeState: string }, given = {}, evidence: object = fatima) {
  const { attemptId } = await matching.begin(person, given);
  return matching.compare(person.personId, attemptId, evidence as Record<string, unknown>);
}
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
const read = (personId: string) => matching.readLinked({ personId, ...use, caseId: 'SA-2026-00001' });
const undoAll = async (personId: string) => {
  const [link] = (await matching.own(personId)).links;
  await matching.removeLink(personId, link!.linkId, 'person');
};

/** Everything that the module keeps, as text, with bytes as they are and as base64 and hex. */
async function everythingKept(): Promise<string> {
  const tables = ['attempts', 'links', 'separations', 'views', 'reads'];
  const rows = await Promise.all(
    tables.map((table) => sql`select to_jsonb(t) as row from ${sql.table(`matching.${table}`)} t`.execute(database.db)),
  );
  const { rows: entries } = await sql`select to_jsonb(t) as row from ledger.entries t`.execute(database.db);
  return JSON.stringify([...rows.map((one) => one.rows), entries]);
}

describe('a record that is certainly the person’s, and the only one near', () => {
  test('is linked at once, read because of the link, and never after it was removed', async () => {
    const person = visitor();
    const number = freshNumber();
    register = [residence(number), residence(freshNumber(), '1412-08-17')];
    expect(await code(read(person.personId))).toBe('record-not-linked');
    expect((await attempt(person)).state).toBe('linked');
    expect((await read(person.personId)).values).toEqual({ city: 'Riyadh' });
    const own = await matching.own(person.personId);
    expect(own.reads[0]).toMatchObject({ office: 'moe', fields: ['city'], caseId: 'SA-2026-00001' });
    // The log holds each step, and its leaf stands in what the person reads.
    expect(await ledger.findByLeaf(own.links[0]!.leafHash)).toBeDefined();
    expect(await ledger.findByLeaf(own.reads[0]!.leafHash)).toBeDefined();
    await undoAll(person.personId);
    expect(await code(read(person.personId))).toBe('record-not-linked');
  });

  test('is read for what the state allows and for nothing else', async () => {
    const person = visitor();
    register = [residence(freshNumber())];
    await attempt(person);
    for (const other of [
      { office: 'interior' },
      { purpose: 'degree-recognition' },
      { evidenceType: 'person-identity' },
      { fields: ['city', 'residence_number'] },
    ])
      expect(await code(matching.readLinked({ personId: person.personId, ...use, caseId: 'x', ...other }))).toBe(
        'linked-use-not-allowed',
      );
  });

  test('is never linked by machine again once the person said that it is not theirs', async () => {
    const person = visitor();
    register = [residence(freshNumber())];
    await attempt(person);
    const [link] = (await matching.own(person.personId)).links;
    await matching.removeLink(person.personId, link!.linkId, 'not-me');
    expect((await attempt(person)).state).toBe('waiting');
    expect((await matching.desk.listTasks(reem)).at(-1)).toMatchObject({ why: 'separated-before' });
  });
});

describe('a record that is not certain', () => {
  test('waits for an officer, who sees both; the person and no one else is told', async () => {
    const person = visitor();
    const number = freshNumber();
    register = [residence(number, '1417-12-05')];
    const begun = await attempt(person);
    expect(begun.state).toBe('waiting');
    expect(JSON.stringify(await matching.own(person.personId))).not.toContain(number);
    expect(JSON.stringify(await matching.desk.listTasks(reem))).not.toMatch(/Haddad|2417/);
    const task = await matching.desk.openTask(reem, begun.attemptId);
    expect(task.candidates).toMatchObject([
      { number, outcome: 'doubtful', reasons: ['birth-date-near', 'names-agree'] },
    ]);
    expect(task.home.nameLatin).toBe('Fatima Ahmed Ali Alhaddad');
    // Two officers at once: one decides.
    const decided = await Promise.all(
      [reem, saud].map((officer) =>
        code(matching.desk.decide(officer, begun.attemptId, { outcome: 'same', key: task.candidates[0]!.key })),
      ),
    );
    expect(decided.sort()).toEqual(['attempt-decided', 'done']);
    expect((await matching.own(person.personId)).links[0]).toMatchObject({ madeBy: 'officer' });
    expect(await code(matching.desk.openTask(reem, begun.attemptId))).toBe('attempt-decided');
  });

  test('is undone by two officers and not by one', async () => {
    const person = visitor();
    register = [residence(freshNumber())];
    await attempt(person);
    const [link] = (await matching.own(person.personId)).links;
    expect(await matching.desk.undo(reem, link!.linkId, { isUndo: true, reason: 'twins' })).toBe('proposed');
    expect(await code(matching.desk.undo(reem, link!.linkId, { isUndo: true }))).toBe('second-officer-needed');
    expect((await read(person.personId)).values).toEqual({ city: 'Riyadh' });
    expect(await matching.desk.undo(saud, link!.linkId, { isUndo: true })).toBe('undone');
    expect(await code(read(person.personId))).toBe('record-not-linked');
    expect((await matching.own(person.personId)).links[0]).toMatchObject({ endedFor: 'officers' });
  });

  test('found not to be theirs is told as not_matched; an objection goes to another officer', async () => {
    const person = visitor();
    register = [residence(freshNumber(), '1417-12-05')];
    const first = await attempt(person);
    await matching.desk.decide(reem, first.attemptId, { outcome: 'not-same' });
    expect(counted).toEqual(['waiting', 'not_matched']);
    expect(await code(read(person.personId))).toBe('not_matched');
    expect(await code(attempt(visitor(), { objectionTo: first.attemptId }))).toBe('attempt-unknown');
    const objection = await attempt(person, { objectionTo: first.attemptId });
    expect(await code(matching.desk.openTask(reem, objection.attemptId))).toBe('second-officer-needed');
    expect(await code(matching.desk.decide(reem, objection.attemptId, { outcome: 'not-same' }))).toBe(
      'second-officer-needed',
    );
    const task = await matching.desk.openTask(saud, objection.attemptId);
    expect(task.why).toBe('objection');
    await matching.desk.decide(saud, objection.attemptId, { outcome: 'same', key: task.candidates[0]!.key });
    expect((await read(person.personId)).values).toEqual({ city: 'Riyadh' });
  });
});

describe('the number of a document', () => {
  test('gets the same answer whatever stands under it, and links nothing by itself', async () => {
    const strangers = residence(freshNumber(), '1399-01-01');
    const near = residence(freshNumber(), '1417-12-04', {
      record: { ...residence('').record, nameAr: 'عائشة سعد', nameLatin: 'Aisha Saad' },
    });
    register = [strangers, near];
    const answers = [];
    for (const number of [strangers.number, near.number, '2000000000', 'nonsense']) {
      const person = visitor();
      const { attemptId: _, reference: __, begunAt: ___, ...rest } = await attempt(person, { number });
      answers.push(rest);
    }
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    const [of, ofNear, ofNone] = (await matching.desk.listTasks(reem)).slice(-4);
    // Of a record with another birth day the officer sees nothing either.
    expect((await matching.desk.openTask(reem, of!.attemptId)).candidates).toMatchObject([
      { isGiven: true, outcome: 'different' },
    ]);
    expect((await matching.desk.openTask(reem, of!.attemptId)).candidates[0]!.record).toBeUndefined();
    expect((await matching.desk.openTask(reem, ofNear!.attemptId)).candidates[0]!.record?.nameLatin).toBe('Aisha Saad');
    expect((await matching.desk.openTask(reem, ofNone!.attemptId)).isNumberUnknown).toBe(true);
  });

  test('is asked for by an officer, three times at most, and compared when it comes', async () => {
    const person = visitor();
    const number = freshNumber();
    register = [residence(number, '1417-12-05')];
    const { attemptId } = await attempt(person);
    expect(await code(matching.giveProof(person.personId, attemptId, number))).toBe('attempt-decided');
    for (let asked = 0; asked < 3; asked += 1) {
      await matching.desk.decide(reem, attemptId, { outcome: 'ask-proof' });
      expect(await code(matching.giveProof(newId(), attemptId, number))).toBe('attempt-unknown');
      expect((await matching.giveProof(person.personId, attemptId, ` ${number} `)).state).toBe('waiting');
    }
    expect(await code(matching.desk.decide(reem, attemptId, { outcome: 'ask-proof' }))).toBe('attempt-decided');
    expect((await matching.desk.openTask(reem, attemptId)).candidates[0]).toMatchObject({ number, isGiven: true });
  });
});

describe('duplicates', () => {
  test('two records for one person go to the desk', async () => {
    const person = visitor();
    register = [residence(freshNumber()), residence(freshNumber())];
    expect((await attempt(person)).state).toBe('waiting');
    expect((await matching.desk.listTasks(reem)).at(-1)!.why).toBe('several-records');
    // One that is certain and one that is near are two all the same.
    register = [residence(freshNumber()), residence(freshNumber(), '1417-12-05')];
    expect((await attempt(visitor())).state).toBe('waiting');
    expect((await matching.desk.listTasks(reem)).at(-1)!.why).toBe('doubtful');
  });

  test('two people for one record are never linked twice, also in a race', async () => {
    const people = [visitor(), visitor(), visitor()];
    register = [residence(freshNumber())];
    const states = await Promise.all(people.map(async (person) => (await attempt(person)).state));
    expect(states.sort()).toEqual(['linked', 'waiting', 'waiting']);
    const task = (await matching.desk.listTasks(reem)).at(-1)!;
    expect(task.why).toBe('record-linked-to-another');
    const { candidates } = await matching.desk.openTask(reem, task.attemptId);
    const own = await Promise.all(people.map((person) => matching.own(person.personId)));
    expect(own.flatMap(({ attempts }) => attempts.map(({ looks }) => looks)).sort()).toEqual([0, 0, 1]);
    expect(candidates[0]!.linkedAs).toMatch(/^SA-M-/);
    expect(await code(matching.desk.decide(reem, task.attemptId, { outcome: 'same', key: candidates[0]!.key }))).toBe(
      'record-linked-already',
    );
  });

  test('a second record for somebody who is linked goes to the desk', async () => {
    const person = visitor();
    register = [residence(freshNumber())];
    await attempt(person);
    register = [residence(freshNumber())];
    expect((await attempt(person)).state).toBe('waiting');
    expect((await matching.desk.listTasks(reem)).at(-1)!.why).toBe('person-linked-to-another');
  });

  test('records that the register merges take the link along, or end it where somebody else is linked', async () => {
    const [one, other] = [visitor(), visitor()];
    const [from, into] = [residence(freshNumber()), residence(freshNumber())];
    register = [from];
    await attempt(one);
    register = [{ ...from, mergedInto: into.number }, into];
    expect((await read(one.personId)).values).toEqual({ city: 'Riyadh' });
    expect((await matching.own(one.personId)).links[0]!.movedAt).toBeDefined();
    // A second old number of the same person is somebody else's link: that one ends.
    const late = residence(freshNumber());
    register = [late];
    await attempt(other);
    register = [{ ...late, mergedInto: into.number }, into];
    expect(await code(read(other.personId))).toBe('record-not-linked');
    expect((await matching.own(other.personId)).links[0]).toMatchObject({ endedFor: 'record-merged' });
    // Gone, and nobody reads: it is seen within a day all the same.
    register = [];
    days(2);
    await matching.tend();
    expect((await matching.own(one.personId)).links[0]).toMatchObject({ endedFor: 'record-gone' });
  });
});

describe('what was compared', () => {
  test('is in no table and no ledger entry once it is decided, taken back, or too old', async () => {
    const secrets = ['فاطمة', 'Fatima', 'Haddad', '1997-04-12', '1417-12-04', '1417-12-05'];
    const [linked, none, late, back, undecided] = [visitor(), visitor(), visitor(), visitor(), visitor()];
    const number = freshNumber();
    register = [residence(number)];
    await attempt(linked);
    register = [];
    expect((await attempt(none)).state).toBe('none');
    expect(counted).toEqual(['linked', 'not_matched']);
    register = [residence(freshNumber(), '1417-12-05')];
    const waiting = await attempt(late);
    const taken = await attempt(back);
    await matching.begin(undecided);
    const sealed = async () =>
      (
        await sql<{ count: string }>`select count(*)::text as count from matching.attempts
          where sealed is not null and person_id = any(${`{${[linked, none, late, back, undecided].map((one) => one.personId).join(',')}}`}::uuid[])`.execute(
          database.db,
        )
      ).rows[0]!.count;
    expect(await sealed()).toBe('3');
    const kept = await everythingKept();
    for (const secret of [...secrets, number])
      for (const written of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')])
        expect(kept).not.toContain(written);
    await matching.takeBack(back.personId, taken.attemptId);
    expect(await sealed()).toBe('2');
    days(15);
    await matching.tend();
    expect(await sealed()).toBe('0');
    expect((await matching.own(late.personId)).attempts[0]!.state).toBe('expired');
    expect(await code(matching.desk.openTask(reem, waiting.attemptId))).toBe('attempt-decided');
    // The number of a link in force is sealed, and gone with the link.
    await undoAll(linked.personId);
    const { rows } = await sql<{ count: string }>`select count(*)::text as count from matching.links
      where ended_at is not null and sealed_number is not null`.execute(database.db);
    expect(rows[0]!.count).toBe('0');
    // After 400 days nothing is left here of what ended; the log keeps its entries.
    const { leafHash } = (await matching.own(linked.personId)).links[0]!;
    days(401);
    await matching.tend();
    expect(await matching.own(linked.personId)).toMatchObject({ links: [], attempts: [], reads: [] });
    expect(await ledger.findByLeaf(leafHash)).toBeDefined();
  });
});

test('nobody looks for more than five times in thirty days, nor while one request waits', async () => {
  const person = visitor();
  for (let times = 0; times < 5; times += 1) await attempt(person);
  expect(await code(matching.begin(person))).toBe('matching-too-often');
  days(31);
  register = [residence(freshNumber(), '1417-12-05')];
  await attempt(person);
  expect(await code(matching.begin(person))).toBe('attempt-waiting');
});

test('a state without rules or without a register looks for nobody', async () => {
  const needs = {
    database,
    clock,
    log: silentLog,
    ledger,
    state: 'SA',
    key: Buffer.alloc(32),
    readRecord: async () => ({}),
  };
  const closed = createMatching(needs);
  expect(closed.isOffered()).toBe(false);
  expect(await code(closed.begin(visitor()))).toBe('matching-not-offered');
  expect(await code(closed.readLinked({ personId: newId(), ...use, caseId: 'x' }))).toBe('linked-use-not-allowed');
});
