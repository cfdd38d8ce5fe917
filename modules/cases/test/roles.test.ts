import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import type { HttpServer } from '#kernel/http';
import { newId } from '#kernel/ids';
import type { CaseRole, Officer, Person } from '#modules/cases';
import {
  checkAll,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  type SaudiCases,
  serveCases,
  somebody,
} from './support.ts';

// Who may do what with which case is data. Here it is read a second time, in the simplest words, and held against every address of the desk.

type Case = { id: string; serviceId: string; state: string; officeId: string };
type Asked = { method: 'GET' | 'POST' | 'PUT'; path: string; body?: object };
let world: SaudiCases;
let server: HttpServer;
let known: CaseRole[] = [];
let cases: Case[] = [];
/** Whom somebody acts for, as a register would say. */
const actingFor = new Map<string, string>();

beforeAll(async () => {
  world = await openSaudiCases('2026-11-29T08:00:00Z', {
    roles: () => known,
    actsFor: async (_db, representativeId, personId) => actingFor.get(representativeId) === personId,
  });
  server = serveCases(world);
  const conduct = async (homeState: string, officeId: string): Promise<Case> => {
    const person = somebody('SA');
    const { id } = await world.cases.startCase(person, 'good-conduct-certificate');
    const record = {
      evidenceType: 'conviction-record',
      providerState: 'SA',
      values: { convictions: 'recorded', checked_on: '2026-11-29' },
    };
    await world.cases.recordEvidence(person, id, [identity, record]);
    await world.cases.saveAnswers(person, id, 'use', { use: 'work', destination: 'QA', addressee: 'وزارة العمل' });
    await world.cases.saveAnswers(person, id, 'declaration', { declaration: 'yes' });
    await world.cases.submitCase(person, id);
    // So that one office has cases of two services, and each has people of two states.
    await sql`update cases.cases set office_id = ${officeId}, home_state = ${homeState} where id = ${id}`.execute(
      world.database.db,
    );
    return { id, serviceId: 'good-conduct-certificate', state: homeState, officeId };
  };
  const recognition = async (homeState: string): Promise<Case> => {
    const id = await sendDegree(somebody(homeState));
    return { id, serviceId: 'degree-recognition', state: homeState, officeId: 'moe' };
  };
  cases = [
    await recognition('BH'),
    await recognition('KW'),
    await conduct('BH', 'moe'),
    await conduct('KW', 'interior'),
  ];
});
afterAll(async () => {
  await server.close();
  await world.database.close();
});

async function sendDegree(person: Person): Promise<string> {
  const id = await fillCase(world.cases, person, [identity, degree({ study_mode: 'distance' })]);
  await world.cases.submitCase(person, id);
  return id;
}

const callAs = async ({ personId, officeId, roles = [] }: Officer, { method, path, body }: Asked) => {
  const caller = { kind: 'person', sessionId: newId(), personId, homeState: 'SA', officer: { officeId, roles } };
  const answer = await server.fastify.inject({
    method,
    url: path,
    headers: { 'x-caller': JSON.stringify(caller) },
    ...(body ? { payload: body } : {}),
  });
  return { status: answer.statusCode, body: answer.body.startsWith('{') ? answer.json() : {} };
};

const old = { expectedVersion: 999 };
const ownWords = { ownWordsAr: 'سبب', ownWordsEn: 'Why' };
/** Every address about one case: what it takes, and how it is called. Versions are old, so that nothing is decided on the way. */
const ofCase: Record<string, [CaseRole['may'][number], object?]> = {
  getCaseForOfficer: ['read'],
  visitCase: ['read'],
  listComparables: ['read'],
  readFileForOfficer: ['read'],
  takeCase: ['work', { takeOver: true }],
  assignCase: ['supervise', { officerId: newId() }],
  keepLonger: ['supervise', { reason: 'x', untilOn: '2027-01-01' }],
  endHold: ['supervise'],
  releaseCase: ['work'],
  markPoint: ['work', { mark: 'done', seen: 0 }],
  askForMore: ['work', { thingIds: ['thesis'], ...old }],
  writeToPerson: ['work', { text: 'x' }],
  writeNote: ['work', { text: 'x' }],
  decideCase: ['decide', { outcome: 'approve', reasonIds: ['confirmed-after-review'], ...old }],
  decideAppeal: ['decide', { outcome: 'uphold', ...ownWords, ...old }],
  correctDecision: ['decide', { reasonId: 'name-misspelt', fields: {}, ...old }],
  reopenCase: ['decide', { reasonId: 'procedure', ...old }],
  cancelDecision: ['decide', { reasonId: 'issued-by-mistake', ...old }],
  confirmDecision: ['confirm', { confirms: true, ...old }],
};
/** What is asked for without naming a case. */
const ofOffice: Record<string, [CaseRole['may'][number] | 'anything', Asked]> = {
  listQueue: ['read', { method: 'GET', path: '/api/office/cases' }],
  searchQueue: ['read', { method: 'POST', path: '/api/office/cases/search', body: { find: 'fatima' } }],
  countQueue: ['read', { method: 'GET', path: '/api/office/counts' }],
  stepMany: ['read', { method: 'POST', path: '/api/office/cases/bulk', body: { step: 'release', caseIds: [newId()] } }],
  readWorkload: ['supervise', { method: 'GET', path: '/api/office/workload' }],
  enterAbsence: [
    'supervise',
    {
      method: 'POST',
      path: '/api/office/absences',
      body: { officerId: newId(), fromOn: '2027-01-01', untilOn: '2027-01-02' },
    },
  ],
  listOfficerSteps: ['audit', { method: 'GET', path: '/api/office/audit' }],
  // Of the officer themselves, and the names of colleagues: no case is in them.
  listViews: ['anything', { method: 'GET', path: '/api/office/views' }],
  keepView: ['anything', { method: 'POST', path: '/api/office/views', body: { name: 'x', filters: { show: 'mine' } } }],
  dropView: ['anything', { method: 'POST', path: `/api/office/views/${newId()}/remove` }],
  listColleagues: ['anything', { method: 'GET', path: '/api/office/colleagues' }],
  listAbsences: ['anything', { method: 'GET', path: '/api/office/absences' }],
  endAbsence: ['anything', { method: 'POST', path: `/api/office/absences/${newId()}/end` }],
};
const duties = ['read', 'work', 'decide', 'confirm', 'refund', 'answer', 'supervise', 'audit'] as const;

const anyRole = fc.record(
  {
    id: fc.constantFrom('clerk', 'chief', 'eye'),
    names: fc.constant({ ar: 'دور', en: 'Role' }),
    may: fc.subarray([...duties]),
    services: fc.subarray(['degree-recognition', 'good-conduct-certificate'], { minLength: 1, maxLength: 1 }),
    states: fc.subarray(['BH', 'KW'], { minLength: 1, maxLength: 1 }),
  },
  { requiredKeys: ['id', 'names', 'may'] },
) as fc.Arbitrary<CaseRole>;

test('the tables of this test name every address of an officer', () => {
  const endpoints = Object.entries(world.cases.contract.endpoints).filter(([, { access }]) => access === 'officer');
  expect(Object.keys({ ...ofCase, ...ofOffice }).sort()).toEqual(endpoints.map(([name]) => name).sort());
});

test('whatever roles, services, states and offices the data names: exactly what it allows is reached, and the rest is refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anyRole, { selector: ({ id }) => id, minLength: 1, maxLength: 3 }),
      fc.subarray(['clerk', 'chief', 'eye', 'unheard-of']),
      fc.constantFrom('moe', 'interior'),
      async (roles, held, officeId) => {
        known = roles;
        const officer = { ...officerAt(officeId), roles: held };
        const able = (duty: string, one?: Case) =>
          roles.some((role) => {
            if (!held.includes(role.id) || !role.may.includes(duty as never)) return false;
            const isOfService = !role.services || !one || role.services.includes(one.serviceId);
            const isOfState = !role.states || !one || role.states.includes(one.state);
            return isOfService && isOfState;
          });
        for (const [name, [duty, body]] of Object.entries(ofCase))
          for (const one of cases) {
            const { method, path } = world.cases.contract.endpoints[name as 'takeCase'];
            const url = path.replace(':caseId', one.id).replace(':pointId', 'x').replace(':fileId', newId());
            const { status, body: said } = await callAs(officer, {
              method: method as 'GET',
              path: url,
              ...(body ? { body } : {}),
            });
            const sees = able('read', one) && one.officeId === officeId;
            const note = JSON.stringify({ name, one, roles, held, officeId, said });
            if (!able('read')) expect([status, said.code], note).toEqual([403, 'role-needed']);
            else if (!sees) expect([status, said.code], note).toEqual([404, 'case-unknown']);
            else if (!able(duty, one)) expect([status, said.code], note).toEqual([403, 'role-needed']);
            else {
              expect(status, note).not.toBe(403);
              expect(said.code, note).not.toBe('case-unknown');
            }
          }
        for (const [name, [duty, asked]] of Object.entries(ofOffice)) {
          const { status, body: said } = await callAs(officer, asked);
          const isRefused = duty !== 'anything' && !able(duty);
          expect(said.code === 'role-needed', JSON.stringify({ name, roles, held, officeId, status, said })).toBe(
            isRefused,
          );
        }
        if (!able('read')) return;
        const seen = cases
          .filter((one) => one.officeId === officeId && able('read', one))
          .map(({ id }) => id)
          .sort();
        const listed = await callAs(officer, ofOffice['listQueue']![1]);
        expect(listed.body.cases.map(({ id }: Case) => id).sort()).toEqual(seen);
        const found = await callAs(officer, ofOffice['searchQueue']![1]);
        // A case that was moved by hand above is not found by name, whoever looks.
        const byName = seen.filter((id) => cases.findIndex((one) => one.id === id) !== 2);
        expect(found.body.cases.map(({ id }: Case) => id).sort()).toEqual(byName);
        expect((await callAs(officer, ofOffice['countQueue']![1])).body.waiting).toBe(seen.length);
        for (const one of seen) {
          const alike = await callAs(officer, { method: 'GET', path: `/api/office/cases/${one}/comparables` });
          for (const { caseId } of alike.body.cases) expect(seen).toContain(caseId);
        }
        if (able('audit'))
          for (const { caseId } of (await callAs(officer, ofOffice['listOfficerSteps']![1])).body.steps)
            expect(able('audit', cases.find(({ id }) => id === caseId)!)).toBe(true);
        if (able('supervise')) {
          const { services } = (await callAs(officer, ofOffice['readWorkload']![1])).body;
          const open = cases.filter((one) => one.officeId === officeId && able('supervise', one));
          const total = services.reduce((sum: number, { open: n }: { open: number }) => sum + n, 0);
          expect(total).toBe(open.length);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('whoever acts through a system of the office has exactly the duties that both have in a case, and a system alone those of its own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anyRole, { selector: ({ id }) => id, minLength: 1, maxLength: 3 }),
      fc.subarray(['clerk', 'chief', 'eye', 'unheard-of']),
      fc.subarray(['clerk', 'chief', 'eye', 'unheard-of']),
      async (roles, held, ofSystem) => {
        known = roles;
        const officer = { ...officerAt('moe'), roles: held };
        const through = { systemId: newId(), name: 'Records', roles: ofSystem };
        const alone = { ...officer, personId: through.systemId, roles: ofSystem, through };
        for (const one of cases) {
          const dutiesOf = async (who: Officer) =>
            (await world.cases.describeStanding(who, one.id))?.duties ?? ('unseen' as const);
          const [own, its] = [await dutiesOf(officer), await dutiesOf({ ...officer, roles: ofSystem })];
          const both = own === 'unseen' || its === 'unseen' ? 'unseen' : own.filter((duty) => its.includes(duty));
          expect(await dutiesOf({ ...officer, through })).toEqual(both);
          expect(await dutiesOf(alone)).toEqual(its);
        }
      },
    ),
    { numRuns: 30 },
  );
});

describe('a role', () => {
  const role = (id: string, may: CaseRole['may'], names: CaseRole['names'], services?: string[]): CaseRole => ({
    ...{ id, names, may },
    ...(services ? { services } : {}),
  });
  const reviewer = role('reviewer', ['read', 'work', 'decide'], { ar: 'مراجع الشهادات', en: 'Reviewer of degrees' }, [
    'degree-recognition',
  ]);
  const reader = role('reader', ['read'], { ar: 'قارئ', en: 'Reader' });
  const conduct = role('conduct', ['read', 'decide'], { ar: 'مراجع السيرة', en: 'Reviewer of conduct' }, [
    'good-conduct-certificate',
  ]);

  test('that is missing is named in both languages, and only what would do for this case', async () => {
    known = [reviewer, reader, conduct];
    const id = cases[0]!.id;
    const asked = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'], expectedVersion: 1 };
    const refused = world.cases.decideCase(officerAt('moe', 'Huda', ['reader']), id, asked);
    await expect(refused).rejects.toMatchObject({
      code: 'role-needed',
      status: 403,
      messages: {
        en: 'Your roles do not allow deciding cases. You would need one of these roles: Reviewer of degrees. Ask your supervisor.',
        ar: expect.stringContaining('مراجع الشهادات'),
      },
    });
  });

  test('that is taken away, or changed in what it may, counts with the next step, and what was in hand goes back', async () => {
    known = [reviewer, reader];
    const huda = officerAt('moe', 'Huda', ['reviewer']);
    const one = await openSaudiCases('2026-11-29T08:00:00Z', { officers: [huda], roles: () => known });
    const person = somebody();
    const id = await fillCase(one.cases, person, [identity, degree({ study_mode: 'distance' })]);
    await one.cases.submitCase(person, id);
    await one.cases.takeCase(huda, id);
    expect(await one.cases.returnCases()).toBe(0);
    known = [{ ...reviewer, may: ['read'] }, reader];
    await expect(one.cases.releaseCase(huda, id)).rejects.toMatchObject({ code: 'role-needed' });
    expect(await one.cases.returnCases()).toBe(1);
    const { history, assignment, duties: left } = await one.cases.getCaseForOfficer(huda, id);
    expect({ assignment, left }).toEqual({ assignment: undefined, left: ['read'] });
    expect(history.at(-1)).toMatchObject({ kind: 'case-returned' });
    await one.database.close();
  });
});

describe('whoever is a party to a case', () => {
  const everything: CaseRole = {
    ...{ id: 'everything', names: { ar: 'كل شيء', en: 'Everything' } },
    may: [...duties],
  };
  const officers = (personId: string): Officer => ({ ...officerAt('moe', 'Party', ['everything']), personId });

  /** The kinds of part somebody can have, each with the case in which they have it. */
  const parts: Array<[string, (officerId: string) => Promise<string>]> = [
    ['applied for themselves', (officerId) => sendDegree({ ...somebody('SA'), personId: officerId })],
    [
      'began it as a guardian',
      (officerId) => sendDegree({ ...somebody('SA'), representative: { personId: officerId, kind: 'guardian' } }),
    ],
    [
      'began it as a helper',
      (officerId) => sendDegree({ ...somebody('SA'), representative: { personId: officerId, kind: 'agent' } }),
    ],
    [
      'signed it for a company',
      (officerId) => sendDegree({ ...somebody('SA'), representative: { personId: officerId, kind: 'signatory' } }),
    ],
    [
      'only wrote in it for somebody who had begun it',
      async (officerId) => {
        const person = somebody('SA');
        const id = await sendDegree(person);
        await world.cases.writeMessage(
          { ...person, representative: { personId: officerId, kind: 'guardian' } },
          id,
          'Please',
        );
        return id;
      },
    ],
    [
      'acts for the applicant, who applied alone',
      async (officerId) => {
        const person = somebody('SA');
        actingFor.set(officerId, person.personId);
        return sendDegree(person);
      },
    ],
  ];

  test.each(parts)(
    '%s: takes no step in it, and reads nothing that the office keeps to itself',
    async (_part, begin) => {
      known = [everything];
      const officer = officers(newId());
      const id = await begin(officer.personId);
      const colleague = officers(newId());
      await world.cases.takeCase(colleague, id);
      await world.cases.writeNote(colleague, id, 'Doubtful, ask the university');
      for (const [name, [duty, body]] of Object.entries(ofCase)) {
        if (duty === 'read') continue;
        const { method, path } = world.cases.contract.endpoints[name as 'takeCase'];
        const url = path.replace(':caseId', id).replace(':pointId', 'x');
        const answer = await callAs(officer, { method: method as 'POST', path: url, ...(body ? { body } : {}) });
        expect([answer.status, answer.body.code], name).toEqual([403, 'own-case']);
      }
      const seen = await world.cases.getCaseForOfficer(officer, id);
      expect(seen).toMatchObject({
        isParty: true,
        duties: ['read'],
        notes: [],
        history: [],
        checklist: [],
        mayCheck: false,
      });
      expect(JSON.stringify(seen)).not.toContain('Doubtful');
      // A colleague without any part decides.
      await checkAll(world.cases, colleague, id);
      const { version } = await world.cases.getCaseForOfficer(colleague, id);
      const why = { outcome: 'approve' as const, reasonIds: ['confirmed-after-review'], expectedVersion: version };
      expect((await world.cases.decideCase(colleague, id, why)).state).toBe('approved');
    },
  );
});
