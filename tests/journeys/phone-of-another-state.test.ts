import { createServer, type Server } from 'node:http';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { signJws } from '#kernel/jws';
import { memoryKeys } from '#kernel/keys';
import { takeOneTimeCode } from '../../apps/federation/one-time-codes.ts';
import { createAuthenticator } from '../../modules/identity/test/authenticator.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

// Services of Saudi Arabia, at their own addresses, ask the phones of people of Bahrain (OpenID Connect CIBA Core 1.0). Bahrain's node knows them
// by the trust chain alone: service, Saudi Arabia, secretariat. The judge on the side of the services is openid-client.

const http = createHttpClient({ timeoutMs: 30_000 });
const grantType = 'urn:openid:params:grant-type:ciba';
const names = ['clinic', 'desk', 'unnamed', 'outsider'] as const;
type Name = (typeof names)[number];

let federation: TestFederation;
let server: Server;
let port: number;
const keys = memoryKeys();
const pings: Array<{ host: string | undefined; authorization: string | undefined; body: string }> = [];
const idOf = (name: Name) => `http://${name}.sa.localhost:${port}`;
const seconds = () => Math.floor(systemClock.now().getTime() / 1_000);
const sign = async (name: Name, claims: object, typ: string) =>
  signJws(await keys.signer(name), { iss: idOf(name), iat: seconds(), exp: seconds() + 240, ...claims }, { typ });

async function describeItself(name: Name): Promise<string> {
  const jwks = { keys: [(await keys.signer(name)).publicJwk] };
  const party = {
    client_name: 'At the counter',
    redirect_uris: [`${idOf(name)}/callback`],
    jwks,
    grant_types: ['authorization_code', grantType],
    ...(name === 'desk'
      ? { backchannel_token_delivery_mode: 'ping', backchannel_client_notification_endpoint: `${idOf(name)}/ping` }
      : { backchannel_token_delivery_mode: 'poll' }),
  };
  const metadata = { openid_relying_party: party };
  const said = { sub: idOf(name), jwks, authority_hints: [federation.url('sa')], metadata };
  return sign(name, said, 'entity-statement+jwt');
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host, authorization } = request.headers;
    if (request.url === '/ping') {
      pings.push({ host, authorization, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(204).end();
      return;
    }
    response.setHeader('content-type', 'application/entity-statement+jwt');
    response.end(await describeItself(host!.split('.')[0] as Name));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
  const decoupledClients = (['clinic', 'desk', 'outsider'] as const).map(idOf);
  federation = await startTestFederation(['bh', 'sa'], (id) => (id === 'bh' ? { decoupledClients } : {}));
  const state = federation.url('sa');
  for (const name of ['clinic', 'desk', 'unnamed'] as const) {
    const grants = [{ purpose: 'degree-recognition', evidence_type: 'degree-record', fields: ['degree_level'] }];
    const asked = { aud: state, names: { ar: 'خدمة على الشباك', en: 'At the counter' }, grants };
    const answer = await http.request({
      method: 'POST',
      url: `${state}/federation/join`,
      headers: { 'content-type': 'application/jwt' },
      body: await sign(name, asked, 'jisr-join-request+jwt'),
    });
    expect([answer.status, answer.status === 200 || answer.body.toString()]).toEqual([200, true]);
    const order = { entityId: idOf(name), outcome: 'admit', reason: 'letter of 22 November' } as const;
    await federation.running.get('sa')!.doors.federation.decideMember(order);
  }
});
afterAll(async () => {
  await federation?.stop();
  server?.close();
  await http.close();
});

async function enter(name: Name) {
  const pair = await keys.cryptoKeyPair(name);
  const { kid } = await keys.signer(name);
  const client = await oidc.discovery(
    new URL(`${federation.url('bh')}/eid`),
    idOf(name),
    { id_token_signed_response_alg: 'ES256' },
    oidc.PrivateKeyJwt({ key: pair.privateKey, kid }),
    { execute: [oidc.allowInsecureRequests], [oidc.customFetch]: http.fetch as oidc.CustomFetch },
  );
  return { client, DPoP: oidc.getDPoPHandle(client, pair) };
}
type Party = Awaited<ReturnType<typeof enter>>;

const begin = ({ client }: Party, loginHint: string, more: Record<string, string> = {}) =>
  oidc.initiateBackchannelAuthentication(client, {
    scope: 'openid',
    login_hint: loginHint,
    binding_message: '47',
    acr_values: 'substantial',
    ...more,
  });
const redeem = ({ client, DPoP }: Party, started: { auth_req_id: string }) =>
  oidc.genericGrantRequest(client, grantType, { auth_req_id: started.auth_req_id }, { DPoP });
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => ({ error: 'none', words: undefined }),
    (failure: { error?: string; error_description?: string }) => ({
      error: failure.error,
      words: failure.error_description,
    }),
  );

type Challenge = { challenge: string; user: { id: string } };
/** The phone of somebody of Bahrain, set up as on the page of their ways, which approves sign-ins. */
async function phoneOf(key: string) {
  const { methods, phone, persons } = federation.running.get('bh')!.doors.identity;
  const { nationalId, password, totpSecret } = federation.person(key);
  const { personId } = (await persons.findByNationalId(nationalId))!;
  const at = { sessionId: newId(), personId, address: '127.0.0.1', agent: '' };
  await methods.confirmByPassword(at, { password, code: await takeOneTimeCode(federation.url('bh'), totpSecret) });
  const device = createAuthenticator(federation.url('bh'));
  await methods.addPasskey(at, { answer: device.add((await methods.askToAddPasskey(at)) as Challenge), name: 'Phone' });
  const { cookie } = await methods.addPhone(at, device.answer((await methods.askToAddPhone(at)) as Challenge));
  const handle = /^jisr_phone=([^;]+)/.exec(cookie)![1]!;
  const first = async () => (await phone.list(handle))[0]!;
  return {
    nationalId,
    personId,
    first,
    typeNumber: async (number: string) => phone.enterNumber(handle, (await first()).requestId, number),
    refuse: async () => phone.refuse(handle, (await first()).requestId),
    approve: async () => {
      const { requestId } = await first();
      const answer = device.answer((await phone.askForKey(handle, requestId)) as Challenge);
      await phone.approve(handle, requestId, { answer, address: '127.0.0.1' });
    },
  };
}

test('a service of another state that polls gets who it is, as its own state would know the person, and its level', async () => {
  const party = await enter('clinic');
  const fatima = await phoneOf('fatima');
  const started = await begin(party, fatima.nationalId);
  expect(await errorOf(redeem(party, started))).toMatchObject({ error: 'authorization_pending' });
  expect(await fatima.first()).toMatchObject({ clientId: idOf('clinic'), isByService: true });
  await fatima.typeNumber('47');
  await fatima.approve();
  const polled = { ...started, interval: 0.01 };
  const tokens = await oidc.pollBackchannelAuthenticationGrant(party.client, polled, undefined, { DPoP: party.DPoP });
  const claims = tokens.claims()!;
  expect(claims).toMatchObject({ iss: `${federation.url('bh')}/eid`, aud: idOf('clinic'), acr: 'substantial' });
  const { identity } = federation.running.get('bh')!.doors;
  expect(await identity.findPersonOfSubject(claims.sub)).toBe(fatima.personId);
  // Nothing of the person is in what was said over the border: a subject for this sector, and no number.
  expect(JSON.stringify(claims)).not.toContain(fatima.nationalId);
  expect(await errorOf(redeem(party, started))).toMatchObject({ error: 'invalid_grant' });
});

test('one that wants to be pinged is told at the address of its trust chain, and the reason reaches it as itself', async () => {
  const party = await enter('desk');
  const maryam = await phoneOf('maryam');
  const token = 'secret-of-the-desk';
  const started = await begin(party, maryam.nationalId, { client_notification_token: token });
  await maryam.typeNumber('47');
  await maryam.approve();
  const body = JSON.stringify({ auth_req_id: started.auth_req_id });
  expect(pings).toEqual([{ host: new URL(idOf('desk')).host, authorization: `Bearer ${token}`, body }]);
  expect((await redeem(party, started)).claims()!['acr']).toBe('substantial');

  const refused = await phoneOf('yousif');
  const second = await begin(party, refused.nationalId, { client_notification_token: token });
  await refused.refuse();
  expect(pings).toHaveLength(2);
  expect(await errorOf(redeem(party, second))).toEqual({ error: 'access_denied', words: 'user_cancelled' });
});

test('a wrong number, nobody who answers, and a level that is not reached are told apart', async () => {
  const party = await enter('clinic');
  const hasan = await phoneOf('hasan');
  const wrong = await begin(party, hasan.nationalId);
  await hasan.typeNumber('74').catch(() => undefined);
  expect(await errorOf(redeem(party, wrong))).toEqual({ error: 'access_denied', words: 'number_mismatch' });

  const { db } = federation.running.get('bh')!.operatorNeeds.database;
  const essential = (level: string) => ({
    claims: JSON.stringify({ id_token: { acr: { essential: true, values: [level] } } }),
    acr_values: level,
  });
  const noor = await phoneOf('noor');
  // What nobody of that state reaches is refused before anybody is asked; what this person does not reach, when she has answered.
  const never = await errorOf(begin(party, noor.nationalId, essential('high')));
  expect(never).toEqual({ error: 'unmet_authentication_requirements', words: 'loa_unmet' });
  expect(await noor.first()).toBeUndefined();
  await sql`update identity.persons set proofing = 'standard' where person_id = ${noor.personId}`.execute(db);
  const started = await begin(party, noor.nationalId, essential('substantial'));
  await noor.typeNumber('47');
  await noor.approve();
  const unmet = await errorOf(redeem(party, started));
  expect(unmet).toEqual({ error: 'unmet_authentication_requirements', words: 'loa_unmet' });

  const layla = await phoneOf('layla');
  const late = await begin(party, layla.nationalId);
  // Three minutes are over.
  await sql`update identity.oidc_payloads set payload = jsonb_set(payload::jsonb, '{exp}', to_jsonb(${seconds() - 30}::int))
    where model = 'BackchannelAuthenticationRequest' and payload::text like ${`%${layla.personId}%`}`.execute(db);
  expect((await errorOf(redeem(party, late))).error).toBe('expired_token');
});

test('a service that its state has not admitted, and one that the home state has not named, make no phone ask', async () => {
  const salman = await phoneOf('salman');
  expect(await errorOf(begin(await enter('outsider'), salman.nationalId))).toMatchObject({ error: 'invalid_client' });
  expect(await errorOf(begin(await enter('unnamed'), salman.nationalId))).toEqual({
    error: 'invalid_request',
    words: `${grantType} is not allowed for this client`,
  });
  expect(await salman.first()).toBeUndefined();
});
