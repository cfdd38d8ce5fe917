import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { readOperatorFolder } from '#kernel/operator';
import type { CaseRole } from '#modules/cases';
import { signIn } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { degree, fillCase, identity } from '../../modules/cases/test/support.ts';
import { call } from '../../modules/exchange/test/system-caller.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { deskPages } from './expectations/desk.ts';
import { officePages } from './expectations/pages-office.ts';
import { systemsEndpoints } from './expectations/systems.ts';

// Noura stays signed in, while the files say something else of her roles each time: what she gets follows them with the very next click, on
// each page about a case and at each address of payments and shared cases.

type Duty = CaseRole['may'][number];
type Case = { id: string; serviceId: string; state: string };

const duties: Duty[] = ['read', 'work', 'decide', 'confirm', 'refund', 'answer', 'supervise', 'audit'];
/** What each page about a case takes, by method and path; a page that is not here fails this test. */
const dutyOf: Record<string, Duty> = {
  'GET /office/cases/:caseId': 'read',
  'GET /office/cases/:caseId/told': 'read',
  'GET /office/cases/:caseId/compare': 'read',
  'GET /office/cases/:caseId/mark': 'read',
  'GET /office/cases/:caseId/copy': 'read',
  'GET /office/cases/:caseId/files/:fileId': 'read',
  'GET /office/cases/:caseId/exchanges/:questionId/proof-whole.json': 'read',
  'GET /office/cases/:caseId/exchanges/:questionId/proof-shareable.json': 'read',
  'GET /office/cases/:caseId/exchanges/:questionId/documents/:field': 'read',
  'POST /office/cases/:caseId/read-again': 'read',
  'POST /office/cases/:caseId/take': 'work',
  'POST /office/cases/:caseId/release': 'work',
  'POST /office/cases/:caseId/assign': 'supervise',
  'POST /office/cases/:caseId/checklist': 'work',
  'POST /office/cases/:caseId/messages': 'work',
  'POST /office/cases/:caseId/notes': 'work',
  'POST /office/cases/:caseId/shares/:role/notes': 'work',
  'POST /office/cases/:caseId/decide': 'decide',
  'POST /office/cases/:caseId/kept': 'decide',
  'POST /office/cases/:caseId/draft': 'decide',
  'POST /office/cases/:caseId/confirm': 'confirm',
  'POST /office/cases/:caseId/refund': 'refund',
  'POST /office/cases/:caseId/refunds/:refundId': 'refund',
  'GET /office/cases/:caseId/refund': 'refund',
  'GET /office/cases/:caseId/ask': 'work',
  'POST /office/cases/:caseId/ask': 'work',
  ...Object.fromEntries(
    (['appeal', 'correct', 'reopen', 'cancel', 'hold', 'end-hold'] as const).flatMap((step) =>
      ['GET', 'POST'].map((method) => [
        `${method} /office/cases/:caseId/${step}`,
        step.endsWith('hold') ? ('supervise' as const) : ('decide' as const),
      ]),
    ),
  ),
};
/** Pages that only lead back to the case, and so tell nothing. */
const leadsBack = ['read-again', 'decide', 'draft', 'checklist', 'assign'].map(
  (path) => `GET /office/cases/:caseId/${path}`,
);

let states: string;
let federation: TestFederation;
let cookie: string;
let cases: Case[];
let nouraId: string;
const http: HttpClient = createHttpClient({ timeoutMs: 30_000 });

/** As an operator replaces a file: a finished one over the old one. */
function replace(name: string, content: unknown): void {
  const file = join(states, 'sa', name);
  writeFileSync(`${file}.new`, JSON.stringify(content));
  renameSync(`${file}.new`, file);
}

beforeAll(async () => {
  states = mkdtempSync(join(tmpdir(), 'jisr-states-'));
  cpSync(join(import.meta.dirname, '..', '..', 'states'), states, { recursive: true });
  federation = await startTestFederation(['sa'], (id) => ({ stateFolder: join(states, id) }));
  const watching: HttpClient = {
    ...http,
    request: (asked) => {
      if (asked.headers?.['cookie']) cookie = asked.headers['cookie'];
      return http.request(asked);
    },
  };
  const person = federation.person('noura');
  const url = federation.url('sa');
  const needs = {
    visitor: createVisitor(watching, 'en'),
    person,
    homeUrl: url,
    serviceUrl: url,
    homeState: 'SA',
    serviceId: '',
  };
  await signIn(needs, url, '/office');
  await needs.visitor.open(`${url}/office`);
  const { doors, operatorNeeds } = federation.running.get('sa')!;
  nouraId = (await doors.identity.persons.findByNationalId(person.nationalId))!.personId;
  const send = async (state: string): Promise<Case> => {
    const applicant = { personId: newId(), homeState: state, level: 'substantial' };
    const id = await fillCase(doors.cases as never, applicant, [identity, degree({ study_mode: 'distance' })]);
    await doors.cases.submitCase(applicant, id);
    return { id, serviceId: 'degree-recognition', state };
  };
  cases = [await send('BH'), await send('KW'), await send('OM')];
  // Of another office, which no role of hers reaches.
  await sql`update cases.cases set office_id = 'interior' where id = ${cases[2]!.id}`.execute(
    operatorNeeds.database.db,
  );
});
afterAll(async () => {
  await federation?.stop();
  rmSync(states, { recursive: true, force: true });
  await http.close();
});

async function ask(method: string, path: string, body: Record<string, unknown> = {}, isForm = true) {
  const { status, body: bytes } = await http.request({
    method,
    url: `${federation.url('sa')}${path}`,
    headers: {
      accept: 'application/json',
      cookie,
      ...(method === 'GET'
        ? {}
        : { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' }),
    },
    ...(method === 'GET'
      ? {}
      : { body: isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body) }),
  });
  const text = bytes.toString('utf8');
  const said = text.startsWith('{') ? (JSON.parse(text) as { code?: string }) : {};
  return { status, code: said.code, text };
}

test('the table names every page about a case', () => {
  const known = Object.keys({ ...officePages, ...deskPages }).filter((key) => key.includes('/office/cases/:caseId'));
  expect([...Object.keys(dutyOf), ...leadsBack].sort()).toEqual(known.sort());
});

const anyRole = fc.record(
  {
    id: fc.constantFrom('clerk', 'chief'),
    names: fc.constant({ ar: 'دور', en: 'Role' }),
    may: fc.subarray(duties),
    services: fc.subarray(['degree-recognition', 'gcc-school-enrolment'], { minLength: 1, maxLength: 1 }),
    states: fc.subarray(['BH', 'KW'], { minLength: 1, maxLength: 1 }),
  },
  { requiredKeys: ['id', 'names', 'may'] },
) as fc.Arbitrary<CaseRole>;

test('each page and address follows what the files say of roles, at once and for whoever is signed in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anyRole, { selector: ({ id }) => id, minLength: 1, maxLength: 2 }),
      fc.subarray(['clerk', 'chief', 'unheard-of']),
      async (roles, held) => {
        replace('roles.json', roles);
        replace('officers.json', [{ personId: nouraId, officeId: 'moe', roles: held }]);
        const able = (duty: Duty, one?: Case) =>
          roles.some(
            (role) =>
              held.includes(role.id) &&
              role.may.includes(duty) &&
              (!role.services || !one || role.services.includes(one.serviceId)) &&
              (!role.states || !one || role.states.includes(one.state)),
          );
        for (const [key, duty] of Object.entries(dutyOf))
          for (const one of cases) {
            const [method, pattern] = key.split(' ') as [string, string];
            const path = pattern.replace(':caseId', one.id).replace(':role', 'home-fund').replace(/:\w+/g, newId());
            const sound = { ...officePages, ...deskPages }[key]?.body?.({ caseId: one.id }) as Record<string, string>;
            const { status, code, text } = await ask(method, path, sound);
            const note = JSON.stringify({ key, one, roles, held, status, code });
            const sees = able('read', one) && one !== cases[2];
            // Of a payment that is not there, nobody is told anything else.
            if (!able('read') && pattern.includes('/refund')) expect(status, note).toBe(404);
            else if (!able('read')) expect([status, code], note).toEqual([403, 'role-needed']);
            else if (!sees) expect(status, note).toBe(404);
            // A page that offers a step leads back to the case where the step is not for this officer.
            else if (!able(duty, one)) expect(method === 'GET' ? [302, 303, 404] : [403, 404], note).toContain(status);
            else expect(code, note).not.toBe('role-needed');
            if (!sees) expect(text, note).not.toContain('Fatima');
          }
        const queue = await ask('GET', '/office');
        expect([queue.status, queue.code]).toEqual(able('read') ? [200, undefined] : [403, 'role-needed']);
        const listed = cases.slice(0, 2).filter((one) => able('read', one));
        for (const one of cases) expect(queue.text.includes(one.id)).toBe(listed.includes(one));
        for (const [path, duty] of [
          ['/office/mark', 'read'],
          ['/office/workload', 'supervise'],
          ['/office/audit', 'audit'],
          ['/office/shared', 'answer'],
          ['/api/office/shared-cases', 'answer'],
        ] as const) {
          const { code } = await ask('GET', path);
          expect(code === 'role-needed', JSON.stringify({ path, roles, held, code })).toBe(!able(duty));
        }
        for (const one of cases) {
          const isSeen = able('read', one) && one !== cases[2];
          const shares = await ask('GET', `/api/office/cases/${one.id}/shares`);
          expect(shares.status).toBe(isSeen ? 200 : able('read') ? 404 : 403);
          const payment = await ask('GET', `/api/office/cases/${one.id}/payment`);
          expect(payment.code).toBe('payment-unknown');
        }
      },
    ),
    { numRuns: 12 },
  );
});

const systemId = 'SA/GOV/moe/rolled';
/** What each endpoint about a case takes of a system, and of the officer named where one is. */
const dutyOfSystem: Record<string, Duty> = {
  'cases.getCaseForSystem': 'read',
  'cases.readFileForSystem': 'read',
  'cases.readProofForSystem': 'read',
  'cases.readEvidenceDocumentForSystem': 'read',
  'cases.takeCaseForSystem': 'work',
  'cases.releaseCaseForSystem': 'work',
  'cases.writeNoteForSystem': 'work',
  'cases.writeToPersonForSystem': 'work',
  'cases.askForMoreForSystem': 'work',
  'cases.markPointForSystem': 'work',
  'cases.decideCaseForSystem': 'decide',
};
/** These are about no one case. */
const ofNoCase = ['cases.followCases', 'cases.listOfficersForSystem'];

test('each endpoint of systems follows what the files say of the roles of the system and of the officer named', async () => {
  expect([...Object.keys(dutyOfSystem), ...ofNoCase].sort()).toEqual(Object.keys(systemsEndpoints).sort());
  const { url, secret } = readOperatorFolder(join(federation.config.dataFolder, 'sa'))!;
  const added = await call(url, '/operator/systems', {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ officeId: 'moe', name: 'Rolled', clientId: systemId, callsPerMinute: 60_000 }),
  });
  const headers = { 'x-road-client': systemId, authorization: `Bearer ${added.json.secret}` };
  const endpoints = federation.running.get('sa')!.contracts.find(({ module }) => module === 'cases')!.endpoints;
  const askAs = async (key: string, one: Case | undefined, body: object) => {
    const { method, path } = endpoints[key.replace('cases.', '')]!;
    return call(federation.url('sa'), path.replace(':caseId', one?.id ?? '').replace(/:\w+/g, newId()), {
      method,
      headers: {
        ...headers,
        'x-road-id': newId(),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
  };
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anyRole, { selector: ({ id }) => id, minLength: 1, maxLength: 2 }),
      fc.subarray(['clerk', 'chief', 'unheard-of']),
      fc.subarray(['clerk', 'chief', 'unheard-of']),
      fc.boolean(),
      async (roles, ofSystem, ofOfficer, isNamed) => {
        replace('roles.json', roles);
        replace('officers.json', [{ personId: nouraId, officeId: 'moe', roles: ofOfficer }]);
        replace('systems.json', [{ clientId: systemId, roles: ofSystem }]);
        const able = (held: string[], duty: Duty, one?: Case) =>
          roles.some(
            (role) =>
              held.includes(role.id) &&
              role.may.includes(duty) &&
              (!role.services || !one || role.services.includes(one.serviceId)) &&
              (!role.states || !one || role.states.includes(one.state)),
          );
        for (const [key, duty] of Object.entries(dutyOfSystem))
          for (const one of cases) {
            const names = isNamed || key === 'cases.decideCaseForSystem' || key === 'cases.markPointForSystem';
            const sound = systemsEndpoints[key]?.body?.({});
            const body = {
              ...(sound as object | undefined),
              expectedVersion: 1_000,
              officerId: names ? nouraId : undefined,
            };
            const { status, json } = await askAs(key, one, body);
            const note = JSON.stringify({ key, one, roles, ofSystem, ofOfficer, names, status, code: json?.code });
            const isWrite = duty !== 'read' || endpoints[key.replace('cases.', '')]!.method === 'POST';
            const acting = isWrite && names ? [ofSystem, ofOfficer] : [ofSystem];
            const sees = able(ofSystem, 'read', one) && one !== cases[2];
            if (!able(ofSystem, 'read')) expect([status, json.code], note).toEqual([403, 'role-needed']);
            else if (!sees) expect([status, json.code], note).toEqual([404, 'case-unknown']);
            else if (!acting.every((held) => able(held, 'read'))) expect(json.code, note).toBe('role-needed');
            else if (!acting.every((held) => able(held, 'read', one))) expect(json.code, note).toBe('case-unknown');
            else if (isWrite) {
              const mayAct = acting.every((held) => able(held, duty, one));
              const refusals = mayAct ? ['case-changed-since', 'reasons-missing'] : ['role-needed'];
              expect(refusals, note).toContain(json.code);
            } else expect(json?.code, note).not.toBe('role-needed');
            if (!sees) expect(JSON.stringify(json), note).not.toContain('Fatima');
          }
        const followed = await askAs('cases.followCases', undefined, {});
        expect(followed.status).toBe(able(ofSystem, 'read') ? 200 : 403);
        for (const one of cases)
          expect(followed.text.includes(one.id)).toBe(able(ofSystem, 'read', one) && one !== cases[2]);
      },
    ),
    { numRuns: 12 },
  );
});

test('while the file of roles cannot be read, nobody sees any case', async () => {
  const sample = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'states', 'sa', 'roles.json'), 'utf8'));
  replace('officers.json', [{ personId: nouraId, officeId: 'moe', roles: ['reviewer'] }]);
  replace('roles.json', sample);
  expect((await ask('GET', '/office')).status).toBe(200);
  // A limit that is misspelt would be no limit.
  replace('roles.json', [{ ...sample[0], service: ['degree-recognition'] }]);
  expect(await ask('GET', '/office')).toMatchObject({ status: 403, code: 'role-needed' });
  replace('roles.json', sample);
  expect((await ask('GET', '/office')).status).toBe(200);
});
