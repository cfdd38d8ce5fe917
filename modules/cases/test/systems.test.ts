import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import type { HttpServer } from '#kernel/http';
import { newId } from '#kernel/ids';
import type { CaseRole, Officer } from '#modules/cases';
import { pdfWith } from './samples.ts';
import {
  childBorn,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  type SaudiCases,
  sampleRoles,
  serveCases,
  somebody,
} from './support.ts';

type System = { systemId: string; officeId: string; name: string; roles: string[] };
const systemAt = (officeId = 'moe', roles = ['reviewer']): System => ({
  systemId: newId(),
  officeId,
  name: 'Student records',
  roles,
});
const [noura, majid] = [officerAt('moe', 'Noura'), officerAt('moe', 'Majid')];
const clerk = officerAt('moe', 'Clerk', ['clerk']);
const customs = officerAt('customs', 'Ali');
const auditor = officerAt('moe', 'Auditor', ['auditor']);

let room: SaudiCases;
let server: HttpServer;
let roles: CaseRole[];
let suspended: string[];
let actsFor: string[];
const readingOnly = { id: 'reader', names: { ar: 'قارئ', en: 'Reader' }, may: ['read' as const] };
const working = { id: 'clerk', names: { ar: 'كاتب', en: 'Clerk' }, may: ['read' as const, 'work' as const] };
beforeAll(async () => {
  const systems = new Map<string, System>();
  room = await openSaudiCases(undefined, {
    officers: [noura, majid, clerk, customs, auditor],
    roles: () => roles,
    isSuspended: async (personId) => suspended.includes(personId),
    actsFor: async (_db, personId) => actsFor.includes(personId),
    // Who calls is found out at the edge of this module: here it says so.
    recogniseSystem: async ({ headers }) => {
      const shown = JSON.parse(headers['x-system']!) as System;
      systems.set(shown.systemId, shown);
      return shown;
    },
    proveEvidence: async ({ officeId, questionId, values }) => JSON.stringify({ officeId, questionId, values }),
  });
  server = serveCases(room);
});
beforeEach(() => {
  roles = [...sampleRoles, readingOnly, working];
  suspended = [];
  actsFor = [];
});
afterAll(async () => {
  await server?.close();
  await room?.database.close();
});

async function call(system: System, method: 'GET' | 'POST', url: string, body?: object, id = newId()) {
  const answer = await server.fastify.inject({
    method,
    url: `/api/systems/${url}`,
    headers: { 'x-system': JSON.stringify(system), ...(method === 'POST' ? { 'x-road-id': id } : {}) },
    ...(body ? { payload: body } : {}),
  });
  const isJson = String(answer.headers['content-type']).includes('json');
  return { status: answer.statusCode, body: isJson ? answer.json() : answer.rawPayload, headers: answer.headers };
}
const codeOf = async (asked: ReturnType<typeof call>) => (await asked).body.code;

async function sent(person = somebody(), changes: Record<string, unknown> = { study_mode: 'distance' }) {
  const caseId = await fillCase(room.cases, person, [identity, degree(changes)]);
  await room.cases.submitCase(person, caseId);
  return { person, caseId };
}
const stepIn = async (
  system: System,
  caseId: string,
  step: string,
  body: Record<string, unknown> = {},
  id = newId(),
): ReturnType<typeof call> => {
  const version = await versionOf(caseId);
  return call(system, 'POST', `cases/${caseId}/${step}`, { expectedVersion: version, ...body }, id);
};
const versionOf = async (caseId: string) => (await room.cases.getCaseForOfficer(majid, caseId)).version;
/** Follows to the end, as a program would. */
async function follow(system: System, after = '', limit = 200) {
  const seen: Array<{ caseId: string; version: number; state: string }> = [];
  for (let place = after; ; ) {
    const { body } = await call(system, 'GET', `cases?limit=${limit}${place && `&after=${place}`}`);
    seen.push(...body.cases);
    place = body.next;
    if (!body.hasMore) return { seen, place };
  }
}
async function checkAll(system: System, caseId: string, officerId: string) {
  for (const { id, sequence } of (await call(system, 'GET', `cases/${caseId}`)).body.checklist)
    await stepIn(system, caseId, `checklist/${id}`, { officerId, mark: 'done', seen: sequence });
}
const approval = { outcome: 'approve', reasonIds: ['confirmed-after-review'] };

describe('a system that follows the cases of its office', () => {
  test('is told of each that changed, once and from its place on, whatever the size of the page, and of no draft', async () => {
    const system = systemAt();
    const start = await follow(system);
    const all = [await sent(), await sent(), await sent()];
    await fillCase(room.cases, somebody());
    const first = await follow(system, start.place, 2);
    expect(first.seen.map(({ caseId }) => caseId).sort()).toEqual(all.map(({ caseId }) => caseId).sort());
    expect((await follow(system, first.place)).seen).toEqual([]);
    await room.cases.writeNote(noura, all[1]!.caseId, 'A note alone');
    await room.cases.takeCase(noura, all[0]!.caseId);
    const then = await follow(system, first.place);
    expect(then.seen.map(({ caseId, state }) => [caseId, state]).sort()).toEqual(
      [
        [all[0]!.caseId, 'in-review'],
        [all[1]!.caseId, 'submitted'],
      ].sort(),
    );
    expect(then.seen[0]).not.toHaveProperty('applicant');
    expect((await follow(systemAt('customs'))).seen).toEqual([]);
    const limited = { ...readingOnly, id: 'kuwait', states: ['KW'] };
    roles = [...roles, limited];
    expect((await follow(systemAt('moe', ['kuwait']))).seen).toEqual([]);
    expect(await codeOf(call(system, 'GET', `cases?after=${Number(then.place) + 1}`))).toBe('feed-place-unknown');
  });

  test('misses nothing while officers and persons write at the same time', async () => {
    const system = systemAt();
    const { place: start } = await follow(system);
    let isOver = false;
    const followOn = async () => {
      const held = new Map<string, number>();
      let place = start;
      for (let isLast = false; !isLast; ) {
        isLast = isOver;
        const told = await follow(system, place, 3);
        for (const { caseId, version } of told.seen) held.set(caseId, version);
        place = told.place;
      }
      return held;
    };
    const followers = [followOn(), followOn(), followOn()];
    const cases = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { caseId, person } = await sent();
        await room.cases.takeCase(noura, caseId);
        await Promise.all([room.cases.writeNote(majid, caseId, 'x'), room.cases.writeMessage(person, caseId, 'y')]);
        await room.cases.releaseCase(noura, caseId);
        return caseId;
      }),
    );
    isOver = true;
    for (const held of await Promise.all(followers))
      for (const caseId of cases) expect(held.get(caseId)).toBe(await versionOf(caseId));
  });
});

describe('what is kept of systems', () => {
  test('a follower is told that a case was erased, and the answers to calls go with it, or after thirty days', async () => {
    const { cases, clock, database } = room;
    const system = systemAt();
    const { caseId, person } = await sent();
    const callsOf = async () =>
      (await sql`select from cases.system_calls where case_id = ${caseId}::uuid`.execute(database.db)).rows.length;
    await stepIn(system, caseId, 'notes', { text: 'Seen' });
    expect(await callsOf()).toBe(1);
    const day = 86_400_000;
    clock.advance(29 * day);
    await cases.forgetCalls();
    expect(await callsOf()).toBe(1);
    clock.advance(2 * day);
    await cases.forgetCalls();
    expect(await callsOf()).toBe(0);
    await stepIn(system, caseId, 'notes', { text: 'Seen again' });
    await cases.withdrawCase(person, caseId);
    const { place } = await follow(system);
    clock.advance(20 * 365 * day);
    await cases.eraseEnded();
    expect(await callsOf()).toBe(0);
    expect((await follow(system, place)).seen).toContainEqual(
      expect.objectContaining({ caseId, erasedAt: expect.stringMatching(/^20/) }),
    );
    clock.advance(-(20 * 365 + 31) * day);
  });
});

describe('a system that reads a case', () => {
  test('has what an officer with its roles has, with the proof, and stands by its name in the audit and with the person', async () => {
    const system = systemAt();
    const { caseId, person } = await sent();
    const { status, body } = await call(system, 'GET', `cases/${caseId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: caseId,
      duties: ['read', 'work', 'decide', 'confirm', 'refund', 'answer'],
      applicant: { en: 'Fatima Ahmed Ali Alhaddad' },
      serviceVersion: expect.any(String),
    });
    expect(body.answers.length).toBeGreaterThan(3);
    expect(await room.cases.listReadings(person.personId)).toMatchObject([
      { caseId, system: 'Student records', officeNames: { en: expect.stringContaining('Education') } },
    ]);
    const { steps } = await room.cases.listOfficerSteps(auditor, { officerId: system.systemId });
    expect(steps).toMatchObject([{ kind: 'case-read', through: 'Student records', officerId: system.systemId }]);
    await room.cases.getCaseForOfficer(noura, caseId);
    const mine = await room.cases.listReadings(person.personId);
    expect(mine.filter(({ system: by }) => by === undefined)).toHaveLength(1);
  });

  test('has the files, and evidence with its proof, of that case alone', async () => {
    const system = systemAt();
    const { cases } = room;
    const person = somebody();
    const questionId = newId();
    const { id: caseId } = await cases.startCase(person, 'gcc-school-enrolment');
    const [born, ...rest] = childBorn('2010-03-14');
    await cases.recordEvidence(person, caseId, [{ ...born!, questionId }, ...rest]);
    await cases.saveAnswers(person, caseId, 'stage', { stage: 'primary' });
    const { id: fileId } = await cases.attachFile(person, caseId, 'reports', { name: 'a.pdf', bytes: pdfWith() });
    expect((await call(system, 'GET', `cases/${caseId}/files/${fileId}`)).status).toBe(404);
    for (const pageId of ['siblings', 'reports']) await cases.saveAnswers(person, caseId, pageId, {});
    await cases.saveAnswers(person, caseId, 'contact', { email: 'a@example.com', mobile: '+97336000000' });
    await cases.saveAnswers(person, caseId, 'declaration', { declaration: 'yes' });
    await cases.submitCase(person, caseId);
    const file = await call(system, 'GET', `cases/${caseId}/files/${fileId}`);
    expect([file.status, file.body]).toEqual([200, pdfWith()]);
    const proof = await call(system, 'GET', `cases/${caseId}/questions/${questionId}/proof`);
    expect(proof.body).toMatchObject({ officeId: 'moe', questionId, values: { birth_date: '2010-03-14' } });
    const other = await sent();
    for (const path of [`files/${fileId}`, `questions/${questionId}/proof`, `questions/${questionId}/documents/scan`])
      expect((await call(system, 'GET', `cases/${other.caseId}/${path}`)).status).toBe(404);
    const stranger = systemAt('customs');
    for (const path of ['', `/files/${fileId}`, `/questions/${questionId}/proof`])
      expect(await codeOf(call(stranger, 'GET', `cases/${caseId}${path}`))).toBe('case-unknown');
  });
});

describe('a write of a system', () => {
  test('happens once for its id, also when it comes twice at the same time, and has the same answer after the case went on', async () => {
    const system = systemAt();
    const { caseId, person } = await sent();
    const take = { expectedVersion: await versionOf(caseId) };
    const answers = await Promise.all(
      [1, 2, 3].map(() => call(system, 'POST', `cases/${caseId}/take`, take, 'take-1')),
    );
    const taken = { caseId, state: 'in-review', version: take.expectedVersion + 1 };
    for (const { status, body } of answers) expect([status, body]).toEqual([200, taken]);
    const ask = { thingIds: ['thesis'], expectedVersion: taken.version };
    const asked = await call(system, 'POST', `cases/${caseId}/requests`, ask, 'ask-1');
    expect(asked.body).toEqual({ caseId, state: 'waiting-for-person', version: taken.version + 1 });
    for (const [step, body] of [
      ['notes', { text: 'From the records' }],
      ['messages', { text: 'Please send the thesis' }],
    ] as const) {
      const write = { ...body, expectedVersion: asked.body.version };
      const [once] = (await Promise.all(
        [1, 2, 3, 4].map(() => call(system, 'POST', `cases/${caseId}/${step}`, write, step)),
      )) as [Awaited<ReturnType<typeof call>>];
      expect(once.body).toEqual(asked.body);
      expect((await call(system, 'POST', `cases/${caseId}/${step}`, write, step)).body).toEqual(once.body);
      expect(await codeOf(call(system, 'POST', `cases/${caseId}/${step}`, { ...write, text: 'Else' }, step))).toBe(
        'call-id-used',
      );
    }
    expect((await call(system, 'POST', `cases/${caseId}/take`, take, 'take-1')).body).toEqual(taken);
    expect((await call(system, 'POST', `cases/${caseId}/requests`, ask, 'ask-1')).body).toEqual(asked.body);
    const view = await room.cases.getCaseForOfficer(noura, caseId);
    expect(view.history.map(({ kind, who, through }) => [kind, who, through]).slice(-4)).toEqual([
      ['case-taken', undefined, 'Student records'],
      ['information-requested', undefined, 'Student records'],
      ['note-written', undefined, 'Student records'],
      ['message-to-person', undefined, 'Student records'],
    ]);
    const mine = await room.cases.getMyCase(person, caseId);
    expect(mine.messages).toMatchObject([{ writtenBy: 'officer', text: 'Please send the thesis' }]);
    expect(JSON.stringify(mine)).not.toContain('Student records');
    // Another system may use the same words for its ids.
    const note = { text: 'Mine', expectedVersion: view.version };
    expect((await call(systemAt(), 'POST', `cases/${caseId}/notes`, note, 'notes')).status).toBe(200);
  });

  test('is refused without an id, and on a version that has moved on, and then nothing of it is kept', async () => {
    const system = systemAt();
    const { caseId } = await sent();
    const version = await versionOf(caseId);
    expect(await codeOf(call(system, 'POST', `cases/${caseId}/take`, { expectedVersion: version }, ''))).toBe(
      'call-malformed',
    );
    for (const step of ['take', 'notes', 'messages'])
      expect(
        await codeOf(
          call(system, 'POST', `cases/${caseId}/${step}`, { text: 'x', expectedVersion: version - 1 }, step),
        ),
      ).toBe('case-changed-since');
    expect((await room.cases.getCaseForOfficer(noura, caseId)).notes).toEqual([]);
    // What was refused did not use up its id.
    const take = { expectedVersion: version };
    expect((await call(system, 'POST', `cases/${caseId}/take`, take, 'take')).status).toBe(200);
    // Taken already: nothing is written, and the answer stays.
    const again = { expectedVersion: version + 1 };
    const same = await call(system, 'POST', `cases/${caseId}/take`, again, 'again');
    expect(same.body.version).toBe(version + 1);
    await stepIn(system, caseId, 'release');
    expect((await call(system, 'POST', `cases/${caseId}/take`, again, 'again')).body).toEqual(same.body);
  });

  test('takes no case from an officer, and goes back to the queue when the system has no role for it any more', async () => {
    const system = systemAt();
    const { caseId } = await sent();
    await room.cases.takeCase(noura, caseId);
    expect(await codeOf(stepIn(system, caseId, 'take'))).toBe('case-taken');
    expect(await codeOf(stepIn(system, caseId, 'requests', { thingIds: ['thesis'] }))).toBe('case-taken');
    await room.cases.releaseCase(noura, caseId);
    await stepIn(system, caseId, 'take');
    expect((await room.cases.getCaseForOfficer(majid, caseId)).assignment).toMatchObject({
      officerId: system.systemId,
      officerName: 'Student records',
    });
    // The state knows nothing of this system's roles here.
    expect(await room.cases.returnCases()).toBeGreaterThan(0);
    expect((await room.cases.getCaseForOfficer(majid, caseId)).state).toBe('submitted');
  });
});

describe('a decision that a system brings', () => {
  const taken = async (system: System, person = somebody()) => {
    const { caseId } = await sent(person);
    await stepIn(system, caseId, 'take');
    await checkAll(system, caseId, noura.personId);
    return caseId;
  };
  const decide = (system: System, caseId: string, by: Pick<Officer, 'personId'>, more: object = {}) =>
    stepIn(system, caseId, 'decide', { ...approval, officerId: by.personId, ...more });

  test('is that of the officer named, who stands in it with the system, and arrives with the person once', async () => {
    const system = systemAt();
    const person = somebody();
    const caseId = await taken(system, person);
    const body = { ...approval, officerId: noura.personId, expectedVersion: await versionOf(caseId) };
    const first = await call(system, 'POST', `cases/${caseId}/decide`, body, 'decide');
    expect(first.body).toMatchObject({ caseId, state: 'approved' });
    expect((await call(system, 'POST', `cases/${caseId}/decide`, body, 'decide')).body).toEqual(first.body);
    const decided = room.facts.filter(
      ({ name, data }) => name === 'case-decided' && (data as { caseId: string }).caseId === caseId,
    );
    expect(decided).toHaveLength(1);
    const view = await room.cases.getCaseForOfficer(majid, caseId);
    expect(view.history.at(-1)).toMatchObject({
      kind: 'case-approved',
      officerId: noura.personId,
      who: 'Noura',
      through: 'Student records',
    });
    const { steps } = await room.cases.listOfficerSteps(auditor, { officerId: noura.personId });
    expect(steps[0]).toMatchObject({ kind: 'case-approved', caseId, through: 'Student records' });
    expect((await room.cases.getMyCase(person, caseId)).decision).toMatchObject({ outcome: 'approved' });
  });

  test('needs an officer of the office who may decide, who may sign in, and who has no part in the case', async () => {
    const system = systemAt();
    const person = somebody();
    const caseId = await taken(system, person);
    const version = await versionOf(caseId);
    const nobody = { ...approval, expectedVersion: version };
    expect((await call(system, 'POST', `cases/${caseId}/decide`, nobody)).status).toBe(400);
    const own = { ...approval, officerId: system.systemId, expectedVersion: version };
    expect(await codeOf(call(system, 'POST', `cases/${caseId}/decide`, own))).toBe('officer-unknown');
    expect(await codeOf(decide(system, caseId, customs))).toBe('officer-unknown');
    expect(await codeOf(decide(system, caseId, person))).toBe('officer-unknown');
    expect(await codeOf(decide(system, caseId, clerk))).toBe('role-needed');
    expect(await codeOf(decide(system, caseId, auditor))).toBe('role-needed');
    suspended = [noura.personId];
    expect(await codeOf(decide(system, caseId, noura))).toBe('officer-unknown');
    suspended = [];
    actsFor = [noura.personId];
    expect(await codeOf(decide(system, caseId, noura))).toBe('own-case');
    actsFor = [];
    // Nor can a system bring what it may not do itself, whoever is named.
    expect(await codeOf(decide({ ...system, roles: ['clerk'] }, caseId, noura))).toBe('role-needed');
    expect(await codeOf(decide({ ...system, roles: ['reader'] }, caseId, noura))).toBe('role-needed');
    expect(await codeOf(decide({ ...system, roles: [] }, caseId, noura))).toBe('role-needed');
    expect(await codeOf(stepIn(system, caseId, 'checklist/award', { mark: 'done', seen: 0 }))).toBe(
      'request-malformed',
    );
    // A system alone is nobody, also where a step is asked for in another way than by its endpoint.
    const alone: Officer = {
      personId: system.systemId,
      officeId: 'moe',
      roles: ['reviewer'],
      through: { systemId: system.systemId, name: system.name, roles: ['reviewer'] },
    };
    const posted = { outcome: 'approve' as const, reasonIds: approval.reasonIds, expectedVersion: version };
    await expect(room.cases.decideCase(alone, caseId, posted)).rejects.toMatchObject({ code: 'officer-not-named' });
    expect(await versionOf(caseId)).toBe(version);
    expect((await decide(system, caseId, noura)).body.state).toBe('approved');
  });

  test('waits for a second officer where the service wants one, who confirms at the desk and is not the one named', async () => {
    const system = systemAt();
    const caseId = await taken(system);
    const proposed = await decide(system, caseId, noura, { conditionIds: ['supervised-year'] });
    expect(proposed.body.state).toBe('to-confirm');
    const confirm = { confirms: true, expectedVersion: proposed.body.version };
    await expect(room.cases.confirmDecision(noura, caseId, confirm)).rejects.toMatchObject({ code: 'own-decision' });
    expect(
      (await call(system, 'POST', `cases/${caseId}/confirm`, { ...confirm, officerId: majid.personId })).status,
    ).toBe(404);
    expect((await room.cases.confirmDecision(majid, caseId, confirm)).state).toBe('approved');
    expect((await room.cases.getCaseForOfficer(majid, caseId)).proposal).toBeUndefined();
  });

  test('is brought by the one system that has the case, or for the officer who has it', async () => {
    const [system, other] = [systemAt(), systemAt()];
    const caseId = await taken(system);
    expect(await codeOf(decide(other, caseId, noura))).toBe('case-taken');
    await stepIn(other, caseId, 'take', { takeOver: true, officerId: noura.personId });
    expect(await codeOf(decide(system, caseId, majid))).toBe('case-taken');
    expect((await decide(system, caseId, noura)).body.state).toBe('approved');
  });
});

describe('what no role reaches', () => {
  test.each([
    ['a system of another office', systemAt('customs'), 404, 'case-unknown'],
    ['a system without a role', systemAt('moe', []), 403, 'role-needed'],
    ['a system with a role that the state does not know', systemAt('moe', ['unheard-of']), 403, 'role-needed'],
  ] as const)('does not exist for %s', async (_says, system, status, code) => {
    const { caseId } = await sent();
    const write = { expectedVersion: await versionOf(caseId), officerId: noura.personId, text: 'x', thingIds: [] };
    const point = { ...write, mark: 'done', seen: 0 };
    const decision = { ...approval, ...write };
    for (const asked of [
      call(system, 'GET', `cases/${caseId}`),
      call(system, 'GET', `cases/${caseId}/files/${newId()}`),
      call(system, 'GET', `cases/${caseId}/questions/${newId()}/proof`),
      call(system, 'GET', `cases/${caseId}/questions/${newId()}/documents/x`),
      ...['take', 'release', 'notes', 'messages', 'requests'].map((step) =>
        call(system, 'POST', `cases/${caseId}/${step}`, write),
      ),
      call(system, 'POST', `cases/${caseId}/checklist/x`, point),
      call(system, 'POST', `cases/${caseId}/decide`, decision),
    ]) {
      const answer = await asked;
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
    if (code === 'role-needed')
      for (const path of ['cases', 'officers']) expect(await codeOf(call(system, 'GET', path))).toBe(code);
    expect((await room.cases.getCaseForOfficer(noura, caseId)).history.at(-1)?.kind).toBe('case-submitted');
  });

  test('nor does a session of an officer open what is for systems, and the officers listed are those of the office', async () => {
    const { body } = await call(systemAt(), 'GET', 'officers');
    expect(body.officers.map(({ names }: { names: { en: string } }) => names.en)).toEqual([
      'Noura',
      'Majid',
      'Clerk',
      'Auditor',
    ]);
  });
});
