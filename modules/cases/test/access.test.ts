import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '#kernel/contract';
import type { HttpServer } from '#kernel/http';
import { newId } from '#kernel/ids';
import type { CaseState } from '#modules/cases';
import { caseChart, mayTake, type Step, stepTo } from '../chart.ts';
import { mayReadAsPerson } from '../rules.ts';
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

const ids = fc.constantFrom(...Array.from({ length: 6 }, () => newId()));
const offices = fc.constantFrom('moe', 'customs', 'health', '');

describe('who may read a case', () => {
  test('a person reads exactly the own cases', () => {
    fc.assert(
      fc.property(ids, ids, offices, fc.boolean(), (personId, reader, officeId, isSent) => {
        const owned = { personId, officeId, submittedAt: isSent ? new Date(0) : undefined };
        expect(mayReadAsPerson(owned, { personId: reader })).toBe(personId === reader);
      }),
    );
  });
});

test('the chart lets nothing happen to a case that is over, and decides nothing without somebody who may', () => {
  const states = Object.keys(caseChart.config.states!) as CaseState[];
  const steps = [
    ...new Set(Object.values(caseChart.config.states!).flatMap((state) => Object.keys(state?.on ?? {}))),
  ] as Step[];
  fc.assert(
    fc.property(fc.constantFrom(...states), fc.array(fc.constantFrom(...steps), { maxLength: 30 }), (start, path) => {
      let state = start;
      for (const step of path) {
        if (!mayTake(state, step)) {
          expect(() => stepTo(state, step)).toThrow();
          continue;
        }
        const next = stepTo(state, step);
        expect(['withdrawn', 'expired', 'cancelled', 'stopped']).not.toContain(state);
        // A decision is changed by an appeal, a correction, a reopening or its cancellation, and by nothing else.
        if (state === 'approved' || state === 'refused')
          expect(['attach-document', 'appeal', 'correct', 'reopen', 'cancel']).toContain(step);
        if (state === 'draft' && step !== 'submit')
          expect(['draft', 'withdrawn', 'expired', 'stopped']).toContain(next);
        state = next;
      }
    }),
  );
});

describe('over HTTP', () => {
  let room: SaudiCases;
  let server: HttpServer;
  beforeAll(async () => {
    room = await openSaudiCases();
    server = serveCases(room);
  });
  afterAll(async () => {
    await server.close();
    await room.database.close();
  });

  const call = async (method: 'GET' | 'POST' | 'PUT', url: string, caller?: Caller, body?: object) => {
    const answer = await server.fastify.inject({
      method,
      url,
      headers: caller ? { 'x-caller': JSON.stringify(caller) } : {},
      ...(body ? { payload: body } : {}),
    });
    const challenge = answer.headers['www-authenticate'];
    return { status: answer.statusCode, challenge, body: answer.body === '' ? undefined : answer.json() };
  };
  const asPerson = (personId: string, officer?: { officeId: string; roles: string[] }): Caller => ({
    kind: 'person',
    sessionId: newId(),
    personId,
    homeState: 'BH',
    level: 'substantial',
    ...(officer ? { officer } : {}),
  });

  test('every endpoint turns away a stranger, another person, an officer of another office and one whose role is none', async () => {
    const person = somebody();
    const caseId = await fillCase(room.cases, person, [identity, degree({ study_mode: 'distance' })]);
    await room.cases.submitCase(person, caseId);
    const before = await room.cases.getMyCase(person, caseId);
    const bodies: Record<string, object> = {
      startCase: { serviceId: 'degree-recognition' },
      saveAnswers: { purpose: 'study' },
      saveDraft: { answers: { purpose: 'study' }, expectedVersion: 1 },
      searchLookUp: { words: 'x' },
      rateService: { stars: 5 },
      takeCase: {},
      assignCase: { officerId: newId() },
      searchQueue: { find: 'x' },
      stepMany: { step: 'take', caseIds: [caseId] },
      keepView: { name: 'x', filters: {} },
      enterAbsence: { fromOn: '2027-01-01', untilOn: '2027-01-02' },
      decideCase: { outcome: 'approve', reasonIds: ['confirmed-after-review'], expectedVersion: 1 },
      markPoint: { mark: 'done', seen: 0 },
      confirmDecision: { confirms: true, expectedVersion: 1 },
      askForMore: { thingIds: ['thesis'], expectedVersion: 1 },
      answerRequest: { text: 'x', expectedVersion: 1 },
      appeal: { words: 'x', expectedVersion: 1 },
      decideAppeal: { outcome: 'uphold', ownWordsAr: 'س', ownWordsEn: 'x', expectedVersion: 1 },
      correctDecision: { reasonId: 'name-misspelt', fields: {}, expectedVersion: 1 },
      reopenCase: { reasonId: 'procedure', expectedVersion: 1 },
      cancelDecision: { reasonId: 'issued-by-mistake', expectedVersion: 1 },
      keepLonger: { reason: 'x', untilOn: '2027-01-01' },
      writeMessage: { text: 'x' },
      writeToPerson: { text: 'x' },
      writeNote: { text: 'x' },
    };
    for (const [name, endpoint] of Object.entries(room.cases.contract.endpoints)) {
      // What systems may have is in `systems.test.ts`: whoever shows a session there is nobody.
      if (endpoint.access === 'anyone' || endpoint.access === 'signed-message') continue;
      const url = endpoint.path
        .replace(':caseId', caseId)
        .replace(':pageId', 'purpose')
        .replace(':pointId', 'same-person')
        .replace(/:(?:absenceId|viewId)/, newId())
        .replace(':kind', 'pdf')
        .replace(':questionId', 'reports')
        .replace(':fileId', newId())
        .replace(/$/, name === 'discardDraft' ? '?expectedVersion=1' : '');
      const method = endpoint.method as 'GET' | 'POST' | 'PUT';
      expect((await call(method, url, undefined, bodies[name])).status, name).toBe(401);
      if (!url.includes(caseId)) continue;
      const other = await call(method, url, asPerson(newId()), bodies[name]);
      expect(other.status, name).toBe(endpoint.access === 'officer' ? 403 : 404);
      if (endpoint.access !== 'officer') continue;
      const reviewer = { officeId: 'customs', roles: ['reviewer'] };
      const elsewhere = await call(method, url, asPerson(newId(), reviewer), bodies[name]);
      expect(elsewhere, name).toMatchObject({ status: 404, body: { code: 'case-unknown' } });
      const invented = await call(
        method,
        url,
        asPerson(newId(), { officeId: 'moe', roles: ['case-worker'] }),
        bodies[name],
      );
      expect(invented, name).toMatchObject({ status: 403, body: { code: 'role-needed' } });
    }
    expect(await room.cases.getMyCase(person, caseId)).toEqual(before);
  });

  test('a session too weak for the service begins nothing, and is told which level is needed (RFC 9470)', async () => {
    for (const level of [undefined, 'low']) {
      const caller = JSON.parse(JSON.stringify({ ...asPerson(newId()), level })) as Caller;
      const refused = await call('POST', '/api/cases', caller, { serviceId: 'degree-recognition' });
      expect(refused).toMatchObject({
        status: 401,
        body: { code: 'stronger-sign-in-needed', params: { acr_values: 'substantial high' } },
      });
      expect(refused.challenge).toContain('error="insufficient_user_authentication", acr_values="substantial high"');
    }
    const person = somebody();
    const caseId = await fillCase(room.cases, person, [identity, degree()]);
    const weaker = { ...person, level: 'low' };
    await expect(room.cases.submitCase(weaker, caseId)).rejects.toMatchObject({ code: 'stronger-sign-in-needed' });
    await expect(room.cases.describeNeeds(weaker, caseId)).rejects.toMatchObject({ code: 'stronger-sign-in-needed' });
  });

  test('a whole case runs through the contract', async () => {
    const person = somebody();
    const me = asPerson(person.personId);
    const started = await call('POST', '/api/cases', me, { serviceId: 'degree-recognition' });
    expect(started.status).toBe(201);
    const url = `/api/cases/${started.body.id}`;
    const wrong = await call('PUT', `${url}/answers/purpose`, me, { purpose: 'no such' });
    expect(wrong.body).toMatchObject({ saved: false, errors: [{ code: 'not-an-option' }] });
    expect((await call('POST', `${url}/submit`, me)).body).toMatchObject({ code: 'evidence-missing' });
    const caseId = await fillCase(room.cases, person, [identity, degree({ study_mode: 'distance' })]);
    expect(caseId).toBe(started.body.id);
    expect((await call('POST', `${url}/submit`, me)).body.state).toBe('submitted');
    const officer = officerAt();
    const desk = asPerson(officer.personId, { officeId: 'moe', roles: ['reviewer'] });
    const queue = await call('GET', '/api/office/cases?state=open', desk);
    expect(queue.body.cases.map(({ id }: { id: string }) => id)).toContain(caseId);
    const taken = await call('POST', `/api/office/cases/${caseId}/take`, desk, {});
    const decision = { outcome: 'approve', reasonIds: ['confirmed-after-review'], expectedVersion: taken.body.version };
    const decide = () => call('POST', `/api/office/cases/${caseId}/decide`, desk, decision);
    const open = (await decide()).body;
    expect(open).toMatchObject({ code: 'points-open', status: 409, params: { pointIds: expect.any(String) } });
    for (const pointId of open.params.pointIds.split(' ')) {
      const mark = { mark: 'done', seen: 0 };
      const marked = await call('PUT', `/api/office/cases/${caseId}/checklist/${pointId}`, desk, mark);
      expect(marked.body.points.find(({ id }: { id: string }) => id === pointId)).toMatchObject({ mark: 'done' });
    }
    expect((await decide()).body.state).toBe('approved');
    expect((await call('GET', url, me)).body.decision.decidedBy).toBe('officer');
    expect((await call('GET', `${url}/documents/pdf`, me)).body.code).toBe('document-unknown');
    expect((await call('GET', '/api/cases/not-a-uuid', me)).status).toBe(400);
    expect((await call('GET', `/api/cases/${newId()}`, me)).status).toBe(404);
  });
});

describe('where a form says that its person is told', () => {
  const contact = { email: 'fatima@example.com', mobile: '+97336000000', language: 'ar' };

  test('is known from the draft on, until a week after the end and the last day for an appeal', async () => {
    const { cases, clock, database } = await openSaudiCases();
    const person = somebody();
    const caseId = await fillCase(cases, person, [identity, degree({ study_mode: 'distance' })]);
    expect(await cases.findContact(caseId)).toMatchObject(contact);
    await cases.submitCase(person, caseId);
    await cases.withdrawCase(person, caseId);
    const { reference } = await cases.getToldCase(caseId);
    expect(await cases.findContact(caseId)).toEqual({ reference, ...contact });
    clock.advance(8 * 86_400_000);
    expect(await cases.findContact(caseId)).toBeUndefined();
    const refused = await fillCase(cases, person, [identity, degree({ study_mode: 'distance' })]);
    await cases.submitCase(person, refused);
    const officer = officerAt();
    const { version } = await cases.takeCase(officer, refused);
    await checkAll(cases, officer, refused);
    await cases.decideCase(officer, refused, {
      outcome: 'refuse',
      reasonIds: ['university-not-accredited'],
      expectedVersion: version,
    });
    clock.advance(9 * 86_400_000);
    expect((await cases.getMyCase(person, refused)).isAppealOpen).toBe(true);
    expect(await cases.findContact(refused)).toMatchObject(contact);
    clock.advance(120 * 86_400_000);
    expect(await cases.findContact(refused)).toBeUndefined();
    await database.close();
  });
});
