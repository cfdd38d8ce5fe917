import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { openTestDatabase } from '../../../tests/support/database.ts';
import { appsMigrations } from '../index.ts';
import type { AppsNeeds } from '../needs.ts';
import { createVisits } from '../visits/service.ts';

const appId = 'https://app.example';
const back = `${appId}/back`;
const mark = { names: { ar: 'تطبيق', en: 'App' }, tier: 'x', scopes: ['payments:begin'] };
const limits = { callsPerMinute: 1, callsPerDay: 1, daysMax: 1 };
const clock = fixedClock('2026-11-29T10:00:00Z');
let database: Database;
let visits: ReturnType<typeof createVisits>;
let redirectUris = [back];
let isDue = true;
const fatima = {
  ...{ kind: 'person' as const, sessionId: newId(), personId: newId(), homeState: 'BH' },
  app: { appId, authorisationId: newId(), scopes: ['payments:begin'] },
} as Parameters<typeof visits.begin>[0];
const caseId = newId();

beforeAll(async () => {
  database = await openTestDatabase(appsMigrations);
  const claims = { jisr_app: { ...mark, ...limits } };
  const resolved = () => ({
    metadata: { oauth_client: { redirect_uris: redirectUris, jwks: { keys: [] } } },
    trustMarks: [{ type: 'marks/app', issuer: 'https://kw.example', claims }],
  });
  visits = createVisits({
    ...{ database, clock, log: silentLog, keys: memoryKeys(), publicUrl: 'https://kw.example', markType: 'marks/app' },
    federation: { resolve: async () => resolved() },
    hasCase: async (_person: unknown, asked: string) => asked === caseId,
    hasFeeDue: async () => isDue,
  } as unknown as AppsNeeds);
});
afterAll(() => database?.close());

const begin = (changes: object = {}) =>
  visits.begin(fatima, { caseId, returnUri: back, state: 's1', ...changes }, 'payment');

test('a visit to pay is begun for an own application with a fee that is due, and leads back to an address of the app alone', async () => {
  for (const [changes, code] of [
    [{ returnUri: 'https://elsewhere.example/back' }, 'return-address-refused'],
    [{ returnUri: `${back}?more` }, 'return-address-refused'],
    [{ returnUri: `${appId}/other` }, 'return-address-refused'],
    [{ caseId: newId() }, 'case-not-found'],
  ] as const)
    await expect(begin(changes)).rejects.toMatchObject({ code });
  isDue = false;
  await expect(begin()).rejects.toMatchObject({ code: 'no-fee-due' });
  isDue = true;
  const { visitId, personUrl } = await begin();
  expect(personUrl).toBe(`https://kw.example/app-visits/${visitId}`);
  const returnUrl = `${back}?visit=${visitId}&state=s1`;
  expect(await visits.get(fatima.personId, visitId)).toMatchObject({ purpose: 'payment', returnUrl });
  await expect(visits.get(newId(), visitId)).rejects.toMatchObject({ code: 'visit-unknown' });
});

test('only whoever went to pay from it is led back by it, once, within the hour, and while the app has the address', async () => {
  const { visitId } = await begin();
  const find = (personId = fatima.personId) => visits.findPaying(personId, caseId);
  expect(await find()).toBeUndefined();
  await visits.goPaying(visitId);
  expect(await find()).toMatchObject({ visitId });
  expect(await find(newId())).toBeUndefined();
  expect(await visits.findPaying(fatima.personId, newId())).toBeUndefined();
  redirectUris = [];
  expect(await find()).toBeUndefined();
  redirectUris = [back];
  await visits.endPaying(fatima.personId, caseId);
  expect(await find()).toBeUndefined();
  await visits.goPaying(visitId);
  clock.advance(3_600_001);
  expect(await find()).toBeUndefined();
  // A visit for consent is never one to pay.
  const consent = await visits.begin(fatima, { caseId, returnUri: back }, 'evidence');
  await visits.goPaying(consent.visitId);
  expect(await find()).toBeUndefined();
});
