import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { decodeJws, signJws } from '#kernel/jws';
import { memoryKeys, type Signer } from '#kernel/keys';
import { evidenceRequesterMark } from '#protocol/trust-marks';
import { manageFederation } from '../../apps/cli/federation.ts';
import {
  findFlaws,
  findLatinWords,
  findSidewaysScroll,
  findViolations,
  launchBrowser,
  readAxe,
} from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

// A ministry's own software at its own address: nothing of it runs on a node, and no node was told of it beforehand.

const http = createHttpClient({ timeoutMs: 30_000 });
const grant = { purpose: 'degree-recognition', evidence_type: 'degree-record', fields: ['degree_level'] };
const others = ['bh', 'kw'];
let federation: TestFederation;
let server: Server;
let signer: Signer;
let serviceId: string;
let state: string;
let marks: object[] = [];

const seconds = () => Math.floor(systemClock.now().getTime() / 1_000);
const sign = (claims: object, typ: string, header: object = {}) =>
  signJws(signer, { iss: serviceId, iat: seconds(), exp: seconds() + 240, ...claims }, { typ, ...header });

const configuration = (claims: object = {}) => {
  const jwks = { keys: [signer.publicJwk] };
  const party = { client_name: 'Permits', redirect_uris: [`${serviceId}/callback`], jwks };
  const said = { sub: serviceId, jwks, authority_hints: [state], metadata: { openid_relying_party: party } };
  return sign({ ...said, ...(marks.length > 0 ? { trust_marks: marks } : {}), ...claims }, 'entity-statement+jwt');
};

beforeAll(async () => {
  federation = await startTestFederation([...others, 'sa']);
  state = federation.url('sa');
  signer = await memoryKeys().signer('service');
  server = createServer(async (_request, response) => {
    response.setHeader('content-type', 'application/entity-statement+jwt');
    response.end(await configuration());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  serviceId = `http://permits.sa.localhost:${(server.address() as { port: number }).port}`;
});
afterAll(async () => {
  server?.close();
  await federation?.stop();
  await http.close();
});

const join_ = async (grants: object[]) => {
  const names = { ar: 'خدمة التصاريح', en: 'Permits service' };
  const answer = await http.request({
    method: 'POST',
    url: `${state}/federation/join`,
    headers: { 'content-type': 'application/jwt' },
    body: await sign({ aud: state, names, grants }, 'jisr-join-request+jwt'),
  });
  return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) };
};

/** A pushed request for evidence at the sign-in service of another state: automatic registration. */
const push = async (holder: string, fields: string[], header: object = {}) => {
  const provider = `${federation.url(holder)}/eid`;
  const detail = {
    type: 'evidence',
    ...grant,
    fields,
    case_id: 'SA-1',
    requester: serviceId,
    retention: 'P1Y',
    until: new Date(systemClock.now().getTime() + 3_600_000).toISOString(),
    use: 'once',
  };
  const form = new URLSearchParams({
    client_id: serviceId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await sign({ sub: serviceId, aud: provider, jti: newId() }, 'JWT', header),
    response_type: 'code',
    redirect_uri: `${serviceId}/callback`,
    scope: 'openid',
    state: 'state-of-the-service',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify([detail]),
    resource: `${federation.url(holder)}/r1`,
  });
  const answer = await http.request({
    method: 'POST',
    url: `${provider}/request`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) };
};

const readSecret = () => readFileSync(join(federation.config.dataFolder, 'sa', 'operator', 'secret'), 'utf8').trim();

/** As the operator of the state, at the operator's address, in a browser. */
const decide = async (outcome: string) => {
  const url = federation.running.get('sa')!.operatorUrl!;
  const post = (path: string, form: Record<string, string>, cookie = '') =>
    http.request({
      method: 'POST',
      url: url + path,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'text/html',
        'accept-language': 'en',
        cookie,
      },
      body: new URLSearchParams(form).toString(),
    });
  const cookie = (await post('/enter', { secret: readSecret() })).headers['set-cookie']!.split(';')[0]!;
  const done = await post('/members', { entityId: serviceId, outcome, reason: 'letter of 22 November' }, cookie);
  expect([done.status, done.headers['location']]).toEqual([303, '/members']);
  const shown = await http.request({
    method: 'GET',
    url: `${url}/members`,
    headers: { accept: 'text/html', 'accept-language': 'en', cookie },
  });
  return shown.body.toString('utf8');
};

/** What is wrong with the operator's page for people who read it differently, in both languages. */
const flawsOfPage = async (): Promise<string[]> => {
  const [browser, axe] = await Promise.all([launchBrowser(), readAxe()]);
  const url = federation.running.get('sa')!.operatorUrl!;
  const found: string[] = [];
  try {
    const page = await browser.newPage();
    await page.goto(`${url}/enter`);
    await page.fill('#secret', readSecret());
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/`);
    for (const language of ['ar', 'en']) {
      await page.goto(`${url}/members?lang=${language}`);
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        for (const { rule, target } of await findViolations(page, axe)) found.push(`${language}: ${rule} ${target}`);
      }
      found.push(...(await findFlaws(page)), ...(await findSidewaysScroll(page)));
      if (language === 'ar') found.push(...(await findLatinWords(page)));
    }
  } finally {
    await browser.close();
  }
  return found;
};

const show = async (language: 'ar' | 'en') => {
  const lines: string[] = [];
  const spy = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)));
  const config = { root: '', dataFolder: federation.config.dataFolder, nodeUrl: undefined, language };
  const code = await manageFederation(config, ['show', serviceId, '--node', 'bh']).finally(() => spy.mockRestore());
  return { code, text: lines.join('\n') };
};

test('a service joins, asks other states within its trust mark, and is out everywhere within a minute of its suspension', async () => {
  expect(await join_([{ ...grant, fields: ['degree_level', 'no_such_field'] }])).toMatchObject({
    status: 403,
    json: { code: 'grant-not-offered' },
  });
  expect(await join_([grant])).toMatchObject({ status: 200, json: { decision: 'waiting' } });
  expect(await push('bh', grant.fields)).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  const before = await show('en');
  expect([before.code, before.text]).toEqual([
    1,
    expect.stringContaining('Result: not trusted. A superior does not know'),
  ]);

  expect(await flawsOfPage()).toEqual([]);
  expect(await decide('admit')).toContain('admitted');
  const type = evidenceRequesterMark(federation.running.get('sa')!.doors.anchorId);
  const query = new URLSearchParams({ trust_mark_type: type, sub: serviceId });
  const mark = await http.request({ method: 'GET', url: `${state}/federation/trust-mark?${query}` });
  marks = [{ trust_mark_type: type, trust_mark: mark.body.toString('utf8') }];

  for (const holder of others) {
    // A refusal is remembered for a moment.
    await vi.waitFor(async () => expect(await push(holder, grant.fields)).toMatchObject({ status: 201 }), {
      timeout: 60_000,
      interval: 500,
    });
    expect(await push(holder, ['degree_level', 'gpa'])).toMatchObject({
      status: 400,
      json: { error: 'invalid_authorization_details' },
    });
  }
  // The service can hand its chain over with its request, and register explicitly with the same provider.
  const { federation: door } = federation.running.get('bh')!.doors;
  const { chain } = await door.resolve(serviceId);
  const { chain: peer } = await door.resolve(`${federation.url('bh')}/eid`);
  expect(await push('bh', grant.fields, { trust_chain: chain, peer_trust_chain: peer })).toMatchObject({ status: 201 });
  expect(await push('bh', grant.fields, { trust_chain: chain, peer_trust_chain: chain })).toMatchObject({
    status: 401,
    json: { error: 'invalid_client' },
  });
  const { metadata } = await door.resolve(`${federation.url('bh')}/eid`);
  expect(metadata['openid_provider']).toMatchObject({ client_registration_types_supported: ['automatic', 'explicit'] });
  const registered = await http.request({
    method: 'POST',
    url: metadata['openid_provider']!['federation_registration_endpoint'],
    headers: { 'content-type': 'application/entity-statement+jwt' },
    body: await configuration({ aud: `${federation.url('bh')}/eid` }),
  });
  expect([registered.status, decodeJws(registered.body.toString('utf8')).payload['metadata']]).toMatchObject([
    200,
    { openid_relying_party: { client_id: serviceId, token_endpoint_auth_method: 'private_key_jwt' } },
  ]);
  const trusted = await show('en');
  expect(trusted.code).toBe(0);
  for (const part of [
    `${serviceId} says of itself`,
    `${state} vouches for ${serviceId}`,
    'is the trust anchor, known by its configured key',
    'openid_relying_party.token_endpoint_auth_method: – → "private_key_jwt"',
    'status: active',
    'Result: trusted until',
  ])
    expect(trusted.text).toContain(part);
  expect((await show('ar')).text).toContain('النتيجة: موثوق حتى');

  expect(await decide('suspend')).toContain('suspended');
  for (const holder of others)
    await vi.waitFor(
      async () =>
        expect(await push(holder, grant.fields)).toMatchObject({ status: 401, json: { error: 'invalid_client' } }),
      { timeout: 60_000, interval: 1_000 },
    );
  expect(await show('en')).toMatchObject({ code: 1 });
});
