import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpServer } from '#kernel/http';
import { newId } from '#kernel/ids';
import type { Officer } from '#modules/cases';
import {
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  type SaudiCases,
  serveCases,
  somebody,
} from './support.ts';

const noura: Officer = { ...officerAt('moe', 'Noura'), roles: ['reviewer'] };
const majid: Officer = { ...officerAt('moe', 'Majid'), roles: ['reviewer', 'supervisor', 'auditor'] };
const ali: Officer = { ...officerAt('customs', 'Ali'), roles: ['reviewer', 'supervisor', 'auditor'] };

let room: SaudiCases;
let server: HttpServer;
const caseIds: string[] = [];
beforeAll(async () => {
  room = await openSaudiCases(undefined, { officers: [noura, majid, ali] });
  server = serveCases(room);
  for (let at = 0; at < 3; at += 1) {
    const person = somebody();
    const caseId = await fillCase(room.cases, person, [identity, degree({ study_mode: 'distance' })]);
    await room.cases.submitCase(person, caseId);
    caseIds.push(caseId);
  }
});
afterAll(async () => {
  await server?.close();
  await room?.database.close();
});

async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, by: Officer, body?: object) {
  const { personId, officeId, roles } = by;
  const caller = { kind: 'person', sessionId: newId(), personId, homeState: 'SA', officer: { officeId, roles } };
  const answer = await server.fastify.inject({
    method,
    url: `/api/office/${url}`,
    headers: { 'x-caller': JSON.stringify(caller) },
    ...(body ? { payload: body } : {}),
  });
  return { status: answer.statusCode, body: answer.json() };
}

test('several cases are taken in one call, each by itself, under the name that colleagues read', async () => {
  const [first, second, third] = caseIds as [string, string, string];
  await call('POST', `cases/${first}/take`, majid, {});
  const taken = await call('POST', 'cases/bulk', noura, { step: 'take', caseIds });
  expect(taken.body).toMatchObject({ done: [second, third], refused: [{ caseId: first, code: 'case-taken' }] });
  expect(taken.body.refused[0].messages.en).toContain('Majid');
  const elsewhere = await call('POST', 'cases/bulk', ali, { step: 'take', caseIds: [third] });
  expect(elsewhere.body).toEqual({
    done: [],
    refused: [{ caseId: third, code: 'case-unknown', messages: expect.any(Object) }],
  });
  for (const wrong of [[], ['x'], Array.from({ length: 26 }, () => newId())])
    expect((await call('POST', 'cases/bulk', noura, { step: 'take', caseIds: wrong })).status).toBe(400);
  const seen = (await call('GET', `cases/${third}`, majid)).body;
  expect(seen.assignment.officerName).toBe('Noura');
  expect(seen.history.at(-1)).toMatchObject({ kind: 'case-taken', who: 'Noura' });
  expect((await call('GET', 'counts', noura)).body).toMatchObject({ waiting: 3, mine: 2 });
  const found = await call('POST', 'cases/search', noura, { find: 'fatima', mine: true });
  expect(found.body.cases.map(({ id }: { id: string }) => id).sort()).toEqual([second, third].sort());
  expect((await call('GET', `cases/${first}/comparables`, noura)).body).toEqual({ cases: [] });
});

test('what an office has beside its cases is had as JSON, by whoever may have it', async () => {
  for (const [address, code] of [
    ['workload', 'role-needed'],
    ['audit', 'role-needed'],
  ] as const)
    expect((await call('GET', address, noura)).body).toMatchObject({ status: 403, code });
  const load = (await call('GET', 'workload', majid)).body;
  expect(load.officers).toMatchObject([
    { names: { en: 'Noura' }, inHand: 2 },
    { names: { en: 'Majid' }, inHand: 1 },
  ]);
  expect(load.services).toMatchObject([{ open: 3, oldestAt: expect.stringMatching(/^2026-/) }]);
  const { steps } = (await call('GET', `audit?officerId=${noura.personId}`, majid)).body;
  expect(steps).toMatchObject([{ kind: 'case-taken' }, { kind: 'case-taken' }]);
  expect((await call('GET', 'audit', ali)).body).toEqual({ steps: [] });

  const view = { name: 'Mine, degrees', filters: { show: 'mine', service: 'degree-recognition' } };
  const kept = await call('POST', 'views', noura, view);
  expect(kept).toMatchObject({ status: 201, body: { views: [view] } });
  const { id } = kept.body.views[0];
  expect((await call('POST', 'views', noura, { ...view, name: ' ' })).body.code).toBe('view-name-wrong');
  expect((await call('DELETE', `views/${id}`, majid)).body.views).toEqual([]);
  expect((await call('GET', 'views', noura)).body.views).toHaveLength(1);
  expect((await call('DELETE', `views/${id}`, noura)).body.views).toEqual([]);
});

test('an absence is entered and ended by whoever may; what is no day is refused', async () => {
  expect((await call('GET', 'colleagues', noura)).body.colleagues).toMatchObject([
    { names: { en: 'Noura' } },
    { names: { en: 'Majid' } },
  ]);
  const days = { fromOn: '2026-12-01', untilOn: '2026-12-03', coverId: majid.personId };
  expect(await call('POST', 'absences', noura, { ...days, untilOn: '2026-02-30' })).toMatchObject({
    status: 422,
    body: { code: 'absence-days-wrong' },
  });
  const others = { ...days, officerId: majid.personId, coverId: noura.personId };
  expect((await call('POST', 'absences', noura, others)).body.code).toBe('role-needed');
  const entered = await call('POST', 'absences', noura, days);
  expect(entered).toMatchObject({ status: 201, body: { absences: [{ officerId: noura.personId, ...days }] } });
  expect((await call('POST', 'absences', noura, days)).body.code).toBe('absence-overlaps');
  expect((await call('GET', 'absences', ali)).body).toEqual({ absences: [] });
  const end = `absences/${entered.body.absences[0].id}/end`;
  expect((await call('POST', end, ali)).body.code).toBe('absence-unknown');
  expect((await call('POST', end, majid)).body).toEqual({ absences: [] });
});
