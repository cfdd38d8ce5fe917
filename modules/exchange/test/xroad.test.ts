import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { kernelProblem } from '#kernel/problem';
import type { EvidenceDetail } from '#protocol/evidence-detail';
import { call, type Reply } from './system-caller.ts';
import { ali, operatorHeaders, startTwoStates, type TwoStates } from './two-states.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
const schema = (name: string) =>
  ajv.compile(JSON.parse(readFileSync(new URL(`./schemas/xroad-${name}.json`, import.meta.url), 'utf8')));
const isError = schema('error');
const isClientList = schema('client-list');
const isMethodList = schema('method-list');

let world: TwoStates;
const secrets: Record<string, string> = {};
beforeAll(async () => {
  world = await startTwoStates();
  for (const officeId of ['moe', 'parks']) {
    const body = JSON.stringify({ officeId, name: 'Records', clientId: `SA/GOV/${officeId}/records` });
    const headers = { ...operatorHeaders, 'content-type': 'application/json' };
    const added = await call(world.asking.operatorUrl, '/operator/systems', { method: 'POST', headers, body });
    secrets[officeId] = added.json.secret;
  }
});
afterAll(() => world.close());

const degree = '/r1/BH/GOV/moe/registry/degree-record';
type Sent = { method?: string; headers?: Record<string, string>; body?: string; officeId?: string };
const xroad = (path: string, { officeId = 'moe', headers, ...rest }: Sent = {}): Promise<Reply> =>
  call(world.asking.url, path, {
    ...rest,
    headers: {
      'X-Road-Client': `SA/GOV/${officeId}/records`,
      Authorization: `Bearer ${secrets[officeId]}`,
      ...headers,
    },
  });
const hold = async (
  changes: Partial<EvidenceDetail> = {},
  options: { officeId?: string; person?: typeof ali } = {},
) => {
  const { given, ask } = await world.consentTo(changes, options);
  const consentId = await world.asking.exchange.holdConsent({
    officeId: ask.officeId,
    providerState: 'BH',
    accessToken: ask.accessToken,
    details: given.grantedDetails,
  });
  return { consentId, caseId: ask.caseId, ask };
};
/** The X-Road error of a reply, once it is one in form: header, body and status agree. */
const errorOf = (reply: Reply): string => {
  expect(isError(reply.json), `${reply.status} ${reply.text}`).toBe(true);
  expect(reply.headers['content-type']).toBe('application/json;charset=utf-8');
  expect(reply.headers['x-road-error']).toBe(reply.json.type);
  return `${reply.status} ${reply.json.type}`;
};
const countUses = async (consentId: string) => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from exchange.uses where outcome = 'given'
    and consent_id = ${consentId}`.execute(world.holding.database.db);
  return rows[0]!.n;
};

describe('software that knows only X-Road', () => {
  test('reads evidence on the ground of a consent, with the header fields that X-Road promises', async () => {
    const { consentId, caseId } = await hold();
    const reply = await xroad(`${degree}?fields=degree_level,gpa`, {
      headers: { 'Jisr-Consent': consentId, 'X-Road-Id': 'call-1', 'X-Road-Issue': caseId, 'X-Road-UserId': 'SA1010' },
    });
    expect(reply.status, reply.text).toBe(200);
    expect(reply.json).toMatchObject({
      evidenceType: 'degree-record',
      fields: { degree_level: 'bachelor', gpa: 3.7146 },
    });
    expect(Object.keys(reply.json.fields)).toEqual(['degree_level', 'gpa']);
    expect(reply.headers).toMatchObject({
      'x-road-client': 'SA/GOV/moe/records',
      'x-road-service': 'BH/GOV/moe/registry/degree-record',
      'x-road-id': 'call-1',
      'x-road-request-id': reply.json.questionId,
    });
    expect(reply.headers['x-road-error']).toBeUndefined();
    expect(reply.headers['x-powered-by'] ?? reply.headers['server']).toBeUndefined();
    const head = [
      `GET ${degree}?fields=degree_level,gpa`,
      'x-road-client:SA/GOV/moe/records',
      'x-road-id:call-1',
      `x-road-issue:${caseId}`,
      'x-road-userid:SA1010',
    ];
    const hash = createHash('sha512')
      .update(head.map((line) => `${line}\r\n`).join(''))
      .digest('base64');
    expect(reply.headers['x-road-request-hash']).toBe(hash);
  });

  test('posts JSON, names the case in place of the consent, and is given an id when it brings none', async () => {
    const { caseId } = await hold();
    const body = JSON.stringify({ fields: ['university_en'] });
    const headers = { 'X-Road-Issue': caseId, 'Content-Type': 'application/json' };
    const reply = await xroad(degree, { method: 'POST', headers, body });
    expect(reply.status, reply.text).toBe(200);
    expect(reply.json.fields).toEqual({ university_en: 'University of Bahrain' });
    expect(reply.headers['x-road-id']).toMatch(/^[0-9a-f-]{36}$/);
    const sha = (data: string | Buffer) => createHash('sha512').update(data).digest();
    const head = `POST ${degree}\r\ncontent-type:application/json\r\nx-road-client:SA/GOV/moe/records\r\nx-road-issue:${caseId}\r\n`;
    expect(reply.headers['x-road-request-hash']).toBe(sha(Buffer.concat([sha(head), sha(body)])).toString('base64'));
  });

  test('may leave the subsystem out, and gets every consented field when it names none', async () => {
    const { consentId } = await hold({ use: 'until' });
    for (const sent of [{}, { method: 'POST' }]) {
      const reply = await xroad('/r1/BH/GOV/moe/degree-record', { ...sent, headers: { 'Jisr-Consent': consentId } });
      expect(reply.status, reply.text).toBe(200);
      expect(Object.keys(reply.json.fields)).toEqual(['degree_level', 'university_en', 'gpa']);
    }
  });

  test('calls the same again and counts once; with other content under that id it is refused', async () => {
    const { consentId } = await hold();
    const headers = { 'Jisr-Consent': consentId, 'X-Road-Id': 'call-again' };
    const [first, second] = [await xroad(degree, { headers }), await xroad(degree, { headers })];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(first.text);
    expect(await countUses(consentId)).toBe(1);
    expect(errorOf(await xroad(`${degree}?fields=gpa`, { headers }))).toBe('400 Client.InvalidRequest');
    expect(errorOf(await xroad(degree, { headers: { 'Jisr-Consent': consentId } }))).toBe(
      '500 Server.ServerProxy.AccessDenied',
    );
    // Another system's ids are its own.
    expect(errorOf(await xroad(degree, { headers, officeId: 'parks' }))).toBe('500 Server.ClientProxy.AccessDenied');
  });

  test('has who was behind a call kept at the own node, and nowhere else', async () => {
    const { consentId } = await hold();
    const headers = {
      'Jisr-Consent': consentId,
      'X-Road-UserId': 'SA-officer-77',
      'X-Road-Represented-Party': 'COM/1234',
    };
    const reply = await xroad(degree, { headers });
    const { rows } =
      await sql`select * from exchange.system_calls where question_id = ${reply.json.questionId}`.execute(
        world.asking.database.db,
      );
    expect(rows).toMatchObject([{ user_id: 'SA-officer-77', represented_party: 'COM/1234' }]);
    expect(JSON.stringify(world.asking.http.sent.at(-1))).not.toContain('SA-officer-77');
  });

  test('is handed a registry that has no such record as an answer of the provider, as it is', async () => {
    const nobody = { ...ali, personId: ali.personId };
    const { consentId } = await hold(
      { evidence_type: 'person-identity', fields: ['full_name_ar'], essential_fields: [] },
      { person: nobody },
    );
    const reply = await xroad('/r1/BH/GOV/civil/registry/person-identity', { headers: { 'Jisr-Consent': consentId } });
    expect([reply.status, reply.json.code]).toEqual([404, 'evidence-not-found']);
    expect(reply.headers['x-road-error']).toBeUndefined();
    expect(reply.headers['x-road-service']).toBe('BH/GOV/civil/registry/person-identity');
  });
});

describe('an X-Road error', () => {
  test('says Client for what the caller did wrong', async () => {
    const { consentId } = await hold();
    const of = async (path: string, sent: Sent = {}) =>
      errorOf(await xroad(path, { ...sent, headers: { 'Jisr-Consent': consentId, ...sent.headers } }));
    const bad = '400 Client.BadRequest';
    expect(await of(`${degree}?fields=degree_level&fields=gpa`)).toBe(bad);
    expect(await of(`${degree}?nationalId=900101233`)).toBe(bad);
    expect(await of(`${degree}?fields=`)).toBe(bad);
    expect(await of(degree, { method: 'POST', body: '{' })).toBe(bad);
    expect(await of(degree, { method: 'POST', body: '{"fields":["gpa"],"purpose":"x"}' })).toBe(bad);
    expect(await of(degree, { method: 'POST', body: JSON.stringify({ fields: ['x'.repeat(20_000)] }) })).toBe(bad);
    expect(await of(degree, { headers: { 'Jisr-Consent': 'x' } })).toBe(bad);
    expect(await of(degree, { headers: { 'X-Road-Id': 'x'.repeat(300) } })).toBe(bad);
    expect(await of(degree, { headers: { 'X-Road-Issue': 'a b' } })).toBe(bad);
    expect(await of('/r1/BH/GOV')).toBe(bad);
    expect(await of("/r1/BH/GOV/moe/registry/x'y")).toBe(bad);
    expect(errorOf(await xroad(degree))).toBe(bad);
  });

  test('says who has no such service, member or state', async () => {
    const { consentId } = await hold();
    const of = async (path: string) => errorOf(await xroad(path, { headers: { 'Jisr-Consent': consentId } }));
    expect(await of('/r1/BH/GOV/moe/registry/person-identity')).toBe('500 Server.ServerProxy.UnknownService');
    expect(await of('/r1/BH/GOV/moe/registry/no-such-thing')).toBe('500 Server.ServerProxy.UnknownService');
    expect(await of('/r1/BH/GOV/moe/other/degree-record')).toBe('500 Server.ServerProxy.UnknownService');
    expect(await of(`${degree}/v1/students`)).toBe('500 Server.ServerProxy.UnknownService');
    expect(await of('/r1/BH/COM/moe/registry/degree-record')).toBe('500 Server.ClientProxy.UnknownMember');
    expect(await of('/r1/KW/GOV/moe/registry/degree-record')).toBe('500 Server.ClientProxy.UnknownMember');
  });

  test('names the member or subsystem that nobody has, also to who only looks around', async () => {
    for (const name of ['BH/GOV/nobody', 'KW/GOV/moe', 'BH/GOV/moe/other']) {
      const reply = await xroad(`/r1/${name}${name.split('/').length === 4 ? '' : '/registry'}/listMethods`);
      expect(errorOf(reply)).toBe('500 Server.ClientProxy.UnknownMember');
      expect(reply.json.message).toContain(`Nobody in the federation is known as ${name}. Ask listClients`);
    }
    const arabic = await xroad('/r1/BH/GOV/nobody/registry/listMethods', { headers: { 'Accept-Language': 'ar' } });
    expect(arabic.json.message).toMatch(/^لا أحد في الاتحاد معروف باسم BH\/GOV\/nobody/);
    const listed = await call(world.asking.url, '/listClients?xRoadInstance=KW');
    expect([listed.status, listed.json.code, listed.json.params]).toEqual([404, 'member-unknown', { member: 'KW' }]);
    const head = await xroad('/r1/BH/GOV/moe/registry/listMethods', { method: 'HEAD' });
    expect(head.status).toBe(200);
  });

  test('says that the office holds no consent, also for one that another office holds or that has ended', async () => {
    const denied = '500 Server.ClientProxy.AccessDenied';
    const { consentId, caseId } = await hold();
    const of = async (headers: Record<string, string>, officeId?: string) =>
      errorOf(await xroad(degree, { headers, ...(officeId ? { officeId } : {}) }));
    expect(await of({ 'Jisr-Consent': consentId }, 'parks')).toBe(denied);
    expect(await of({ 'X-Road-Issue': caseId }, 'parks')).toBe(denied);
    expect(await of({ 'X-Road-Issue': 'SA-other' })).toBe(denied);
    expect(await of({ 'Jisr-Consent': consentId, 'X-Road-Issue': 'SA-other' })).toBe(denied);
    expect(await of({ 'Jisr-Consent': '00000000-0000-7000-8000-000000000000' })).toBe(denied);
    world.clock.advance(3_601_000);
    expect(await of({ 'Jisr-Consent': consentId })).toBe(denied);
  });

  test('asks nothing more under the consents of a case that is erased, and under those of others as before', async () => {
    const [erased, other] = [await hold(), await hold()];
    const { caseId } = erased;
    expect(caseId).not.toBe(other.caseId);
    const { database, exchange } = world.asking;
    await database.transaction((tx) => exchange.forgetConsentsOf(tx, { officeId: 'moe', caseId }));
    const of = (consentId: string) => xroad(degree, { headers: { 'Jisr-Consent': consentId } });
    expect(errorOf(await of(erased.consentId))).toBe('500 Server.ClientProxy.AccessDenied');
    expect((await of(other.consentId)).status).toBe(200);
  });

  test('tells a withdrawn consent as a refusal of the provider, after which the token is not kept', async () => {
    const { consentId, ask } = await hold();
    const { rows: grants } = await sql<{ person_id: string }>`select person_id from consent.grants
      where consent_id = ${consentId}`.execute(world.holding.database.db);
    await world.holding.consent.withdraw(grants[0]!.person_id, ask.consentId);
    expect(errorOf(await xroad(degree, { headers: { 'Jisr-Consent': consentId } }))).toBe(
      '500 Server.ServerProxy.AccessDenied',
    );
    const { rows } = await sql`select 1 from exchange.held_consents where consent_id = ${consentId}`.execute(
      world.asking.database.db,
    );
    expect(rows).toEqual([]);
  });

  test('tells a node that is down from one whose registry is, and the same call goes through afterwards', async () => {
    const { consentId } = await hold();
    const headers = { 'Jisr-Consent': consentId, 'X-Road-Id': 'call-when-down' };
    const lost = kernelProblem('peer-timeout', { host: 'bh.example' });
    world.asking.http.after = () => Promise.reject(lost);
    expect(errorOf(await xroad(degree, { headers }))).toBe('500 Server.ClientProxy.NetworkError');
    world.asking.http.after = (answer) => ({ ...answer, body: Buffer.from('{}') });
    expect(errorOf(await xroad(degree, { headers }))).toBe('500 Server.ClientProxy.InconsistentResponse');
    world.asking.http.after = undefined;
    expect((await xroad(degree, { headers })).status).toBe(200);
    expect(await countUses(consentId)).toBe(1);

    const { db } = world.holding.database;
    const later = await hold();
    await sql`alter table registry_education.graduates rename to hidden`.execute(db);
    const reply = await xroad(degree, { headers: { 'Jisr-Consent': later.consentId } });
    await sql`alter table registry_education.hidden rename to graduates`.execute(db);
    expect(errorOf(reply)).toBe('500 Server.ServerProxy.ServiceFailed');
  });

  test('speaks Arabic to whoever asks for it, and is problem+json for whoever does not speak X-Road', async () => {
    const arabic = await xroad(degree, { headers: { 'Accept-Language': 'ar' } });
    expect(arabic.json.message).toMatch(/\p{Script=Arabic}/u);
    const problem = await xroad(degree, { headers: { Accept: 'application/json, application/problem+json' } });
    expect([problem.status, problem.json.code]).toEqual([400, 'call-malformed']);
    expect(problem.json.messages.ar).toMatch(/\p{Script=Arabic}/u);
    const stranger = await call(world.asking.url, degree);
    expect([stranger.status, stranger.json.code]).toEqual([400, 'call-malformed']);
    const { detail } = arabic.json;
    const audit = await world.asking.exchange.listRefusals(20);
    expect(audit.find((row) => row.refusal_id === detail)).toMatchObject({ code: 'call-malformed' });
  });

  test('does not go to another node: a question without its signature is still refused in the words of nodes', async () => {
    const headers = { 'X-Road-Client': 'SA/GOV/moe', 'Jisr-Requester': `${world.asking.url}/offices/moe` };
    const reply = await call(world.holding.url, degree, { method: 'POST', headers, body: '{}' });
    expect(reply.json.code).toBe('question-malformed');
    expect(reply.headers['signature']).toContain('answer=');
  });
});

describe('the metaservices', () => {
  test('list members and subsystems of the own state and of others, as JSON or as XML', async () => {
    const own = await call(world.asking.url, '/listClients');
    expect(isClientList(own.json), own.text).toBe(true);
    expect(own.json.member).toHaveLength(3);
    const { json } = await call(world.asking.url, '/listClients?xRoadInstance=BH');
    expect(isClientList(json)).toBe(true);
    expect(json.member).toContainEqual({
      id: {
        object_type: 'SUBSYSTEM',
        xroad_instance: 'BH',
        member_class: 'GOV',
        member_code: 'moe',
        subsystem_code: 'registry',
      },
      name: 'Office moe',
    });
    const xml = await call(world.asking.url, '/listClients', { headers: { accept: '*/*' } });
    expect(xml.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(xml.text).toContain('<ns2:member><ns2:id ns1:objectType="MEMBER"><ns1:xRoadInstance>SA</ns1:xRoadInstance>');
    expect((await call(world.asking.url, '/listClients?xRoadInstance=KW')).status).toBe(404);
  });

  test('list the services of a producer, and of those what the office of the caller may ask', async () => {
    const list = async (service: string, officeId: string) => {
      const { json, text } = await xroad(`/r1/BH/GOV/moe/registry/${service}`, { officeId });
      expect(isMethodList(json), text).toBe(true);
      return json.service.map((one: { service_code: string }) => one.service_code);
    };
    expect(await list('listMethods', 'moe')).toEqual(['degree-record']);
    expect(await list('allowedMethods', 'moe')).toEqual(['degree-record']);
    expect(await list('listMethods', 'parks')).toEqual(['degree-record']);
    expect(await list('allowedMethods', 'parks')).toEqual([]);
    const reply = await xroad('/r1/BH/GOV/moe/registry/listMethods', { headers: { 'X-Road-Id': 'm1' } });
    expect(reply.headers).toMatchObject({ 'x-road-id': 'm1', 'x-road-service': 'BH/GOV/moe/registry/listMethods' });
    const unsigned = await call(world.asking.url, '/r1/BH/GOV/moe/registry/listMethods', {
      headers: { 'X-Road-Client': 'SA/GOV/moe/records' },
    });
    expect(errorOf(unsigned)).toBe('500 Server.ClientProxy.SslAuthenticationFailed');
  });

  test('describe a service so that somebody else’s validator accepts it as OpenAPI 3.1', async () => {
    const { json } = await xroad('/r1/BH/GOV/moe/registry/getOpenAPI?serviceCode=degree-record');
    const { valid, errors } = await new Validator().validate(structuredClone(json));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    const content = json.paths['/'].get.responses['200'].content['application/json'];
    const isAnswer = ajv.compile(content.schema);
    const { consentId } = await hold();
    const answer = await xroad(new URL(json.servers[0].url).pathname, { headers: { 'Jisr-Consent': consentId } });
    expect(isAnswer(answer.json), JSON.stringify(isAnswer.errors)).toBe(true);
    expect(isAnswer({ ...answer.json, fields: { degree_level: 'certificate' } })).toBe(false);
    const none = await xroad('/r1/BH/GOV/moe/registry/getOpenAPI?serviceCode=person-identity');
    expect(errorOf(none)).toBe('500 Server.ServerProxy.UnknownService');
  });
});

describe('the evidence broker', () => {
  test('shows who gives what proves a requirement in each state, and where nobody does', async () => {
    const { json } = await call(world.asking.url, '/api/evidence');
    const statusOf = (requirement: string, state: string) =>
      json
        .find((one: { requirement: string }) => one.requirement === requirement)
        .states.find((one: { state: string }) => one.state === state);
    expect(statusOf('proof-of-degree', 'BH')).toMatchObject({
      status: 'given',
      evidence: [{ type: 'degree-record', offices: [{ xRoadClient: 'BH/GOV/moe' }] }],
    });
    expect(statusOf('proof-of-identity', 'SA')).toMatchObject({ status: 'no-registry', evidence: [{ offices: [] }] });
    expect(json[0].version).toMatch(/^\d+\.\d+$/);
  });
});
