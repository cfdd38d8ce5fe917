import 'reflect-metadata';
import { createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { CertificatePolicyExtension, X509Certificate, X509Crl } from '@peculiar/x509';
import { createLocalJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { ownDescriptions, type RunningSimulator, shapeOf, startSimulator } from '../index.ts';

const back = 'http://localhost:3999/back';
const descriptions = ownDescriptions().map((one) => ({ ...one, delaysMs: { usual: 0, slow: 300 } }));
const running = new Map<string, RunningSimulator>();
let http: HttpClient;

beforeAll(async () => {
  http = createHttpClient({ timeoutMs: 5_000 });
  for (const description of descriptions)
    running.set(
      description.id,
      await startSimulator(description, {
        statesFolder: 'states',
        host: '127.0.0.1',
        portOf: () => 0,
        clock: systemClock,
        log: silentLog,
        allowedReturns: [],
      }),
    );
});
afterEach(() => {
  for (const one of running.values()) one.clearFaults();
});
afterAll(async () => {
  await Promise.all([...running.values()].map((one) => one.stop()));
  await http.close();
});

const urlOf = (id: string) => running.get(id)!.url;
const send = async (method: string, url: string, body?: object, headers: Record<string, string> = {}) => {
  const answer = await http.request({
    method,
    url,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = answer.body.toString('utf8');
  return { ...answer, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
};
const post = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  http.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  });
const peopleOf = async (id: string) => {
  const { accounts } = (await send('GET', `${urlOf(id)}/simulator`)).json;
  return accounts as Array<{ nationalId: string; proofing: string; isStranger?: true }>;
};
const personOf = async (id: string, proofing: string) =>
  (await peopleOf(id)).find((one) => one.proofing === proofing && !one.isStranger)!.nationalId;

describe('of every eID', () => {
  test.each(descriptions.map(({ id }) => id))(
    '%s says what it is, in both languages, and what it assumes',
    async (id) => {
      const description = descriptions.find((one) => one.id === id)!;
      for (const language of ['ar', 'en'] as const) {
        const page = await send('GET', `${urlOf(id)}/?lang=${language}`);
        expect(page.status).toBe(200);
        expect(page.text).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
        expect(page.text).toContain(description.about[language].slice(0, 40));
        for (const text of description.assumptions) expect(page.text).toContain(text[language].slice(0, 30));
        for (const { nationalId } of await peopleOf(id)) expect(page.text).toContain(nationalId);
      }
    },
  );

  test('faults are turned on and off by page and by HTTP, for one person and so many times', async () => {
    const url = urlOf('ekey');
    expect((await post(`${url}/faults`, { fault: 'slow', to: 'on' })).status).toBe(303);
    expect((await send('GET', `${url}/simulator`)).json.faults).toEqual([{ fault: 'slow' }]);
    await post(`${url}/faults`, { fault: 'slow', to: 'off' });
    expect((await send('GET', `${url}/simulator`)).json.faults).toEqual([]);
    const nationalId = await personOf('ekey', 'advanced');
    const otherId = (await peopleOf('ekey')).find((one) => one.nationalId !== nationalId)!.nationalId;
    const set = await send('PUT', `${url}/simulator/faults/rejected`, { nationalId, times: 2 });
    expect(set.json.faults).toEqual([{ fault: 'rejected', nationalId, times: 2 }]);
    // Another's test sets the same fault beside it.
    const both = await send('PUT', `${url}/simulator/faults/rejected`, { nationalId: otherId });
    expect(both.json.faults).toEqual([
      { fault: 'rejected', nationalId, times: 2 },
      { fault: 'rejected', nationalId: otherId },
    ]);
    expect((await send('PUT', `${url}/simulator/faults/number-mismatch`, {})).status).toBe(404);
    expect((await send('PUT', `${url}/simulator/faults/slow`, { times: 0 })).status).toBe(400);
    expect((await send('PUT', `${url}/simulator/faults/slow`, { nationalId: 'x' })).status).toBe(400);
    // A page elsewhere on the web turns nothing on.
    const foreign = await post(`${url}/faults`, { fault: 'slow', to: 'on' }, { origin: 'https://elsewhere.example' });
    expect(foreign.status).toBe(403);
    expect((await send('DELETE', `${url}/simulator/faults`)).json.faults).toEqual([]);
  });
});

/** Goes through the page of an OpenID Connect simulator as a person does; answers the address that they are led back to. */
async function answerAt(address: string, chosen: Record<string, string>): Promise<URL> {
  const page = await send('GET', address);
  if (page.status !== 200) return new URL(page.headers['location'] ?? `http://status.localhost/${page.status}`);
  const [, action] = /action="([^"]+)"/.exec(page.text)!;
  const done = await post(new URL(action!, address).href, { decision: 'approve', ...chosen });
  return new URL(done.headers['location'] ?? `http://status.localhost/${done.status}`);
}

/** The judge of the code flow: a certified client that knows nothing of simulators. */
async function clientOf(id: string): Promise<oidc.Configuration> {
  const [client] = descriptions.find((one) => one.id === id)!.clients;
  return oidc.discovery(new URL(urlOf(id)), client!.id, client!.secret, oidc.ClientSecretBasic(client!.secret), {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
    [oidc.customFetch]: ((input: string, init: object) => http.fetch(input, init)) as oidc.CustomFetch,
  });
}

async function signIn(id: string, chosen: Record<string, string>, wished: { scope?: string; acr?: string } = {}) {
  const configuration = await clientOf(id);
  const verifier = oidc.randomPKCECodeVerifier();
  const address = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: back,
    scope: wished.scope ?? 'openid',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 's',
    nonce: 'n',
    ...(wished.acr === undefined ? {} : { acr_values: wished.acr }),
  });
  const returned = await answerAt(address.href, chosen);
  const checks = { pkceCodeVerifier: verifier, expectedState: 's', expectedNonce: 'n', idTokenExpected: true };
  const tokens = await oidc.authorizationCodeGrant(configuration, returned, checks);
  const claims = tokens.claims()!;
  return { claims, userinfo: await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub) };
}

describe('the code flow, judged by openid-client', () => {
  test('eKey signs somebody in as strongly as they can, and tells it', async () => {
    const nationalId = await personOf('ekey', 'advanced');
    const { claims, userinfo } = await signIn('ekey', { nationalId, method: 'app' }, { acr: 'simulator:ekey:ekey2' });
    expect(claims).toMatchObject({ acr: 'simulator:ekey:ekey2', cpr: nationalId, eKeyLevel: 'Advanced' });
    expect(userinfo).toMatchObject({ cpr: nationalId, authenticationMethod: 'eKey2' });
    const standard = await personOf('ekey', 'standard');
    const weaker = await signIn('ekey', { nationalId: standard, method: 'app' });
    expect(weaker.claims['acr']).toBe('simulator:ekey:standard');
    expect(weaker.userinfo['birthDate']).toBeUndefined();
    const unmet = signIn('ekey', { nationalId: standard, method: 'app' }, { acr: 'simulator:ekey:advanced' });
    await expect(unmet).rejects.toMatchObject({ error: 'unmet_authentication_requirements' });
  });

  test('UAE PASS gives an unverified account no Emirates ID, and its face method to whoever names the person', async () => {
    const scope = 'openid urn:uae:digitalid:profile:general';
    const sop1 = await signIn(
      'uaepass',
      { nationalId: await personOf('uaepass', 'contact'), method: 'app' },
      { scope },
    );
    expect(sop1.userinfo).toMatchObject({ userType: 'SOP1' });
    expect(Object.keys(sop1.userinfo)).not.toEqual(expect.arrayContaining(['idn']));
    const nationalId = await personOf('uaepass', 'emirates-id-biometric');
    const sop3 = await signIn('uaepass', { nationalId, method: 'app' }, { scope });
    expect(sop3.userinfo).toMatchObject({ userType: 'SOP3', idn: nationalId });
    expect(sop3.claims['idn']).toBeUndefined();
    const query = `response_type=code&client_id=sandbox_stage&scope=urn:uae:digitalid:profile:general&redirect_uri=${back}`;
    const plain = await send('GET', `${urlOf('uaepass')}/idshub/authorize?${query}`);
    expect(plain.text).not.toContain('value="face"');
    const named = await send('GET', `${urlOf('uaepass')}/idshub/authorize?${query}&username=${nationalId}`);
    expect(named.text).toContain('value="face"');
  });

  test('UAE PASS writes names in seven fields, subjects and nationalities as its documents show, and tells a visitor by scope', async () => {
    const general = 'openid urn:uae:digitalid:profile:general';
    const nationalId = await personOf('uaepass', 'emirates-id-biometric');
    const resident = await signIn('uaepass', { nationalId, method: 'app' }, { scope: general });
    expect(resident.userinfo).toMatchObject({
      sub: expect.stringMatching(/^UAEPASS\/[0-9a-f-]{36}$/),
      fullnameEN: 'Maitha,Sultan,Rashid,,Al Ketbi,,',
      fullnameAR: 'ميثاء,سلطان,راشد,,الكتبي,,',
      lastnameEN: 'Al Ketbi',
      nationalityEN: 'ARE',
      nationalityAR: 'إماراتي',
      mobile: expect.stringMatching(/^97151\d{7}$/),
    });
    expect(resident.userinfo).not.toHaveProperty('profileType');
    const scope = `${general} ${general.split(' ')[1]}:profileType ${general.split(' ')[1]}:unifiedId`;
    const asked = await signIn('uaepass', { nationalId, method: 'app' }, { scope });
    expect(asked.userinfo).toMatchObject({ profileType: '1' });
    expect(asked.userinfo).not.toHaveProperty('unifiedID');
    // Strong by its level, and nobody whom the registers know: a service that looks at userType alone is wrong.
    const { nationalId: unifiedId } = (await peopleOf('uaepass')).find(({ proofing }) => proofing === 'visitor')!;
    const visitor = await signIn('uaepass', { nationalId: unifiedId, method: 'app' }, { scope });
    expect(visitor.userinfo).toMatchObject({ userType: 'SOP3', profileType: '2', unifiedID: unifiedId });
    expect(visitor.userinfo).not.toHaveProperty('idn');
    expect(visitor.userinfo['sub']).not.toContain('UAEPASS/');
  });

  test.each(['cancelledOnApp', 'access_denied', 'login_required', 'invalid_request'])(
    'UAE PASS can say %s to a person who cancels, for one person and so many times',
    async (error) => {
      const nationalId = await personOf('uaepass', 'emirates-id');
      const url = `${urlOf('uaepass')}/simulator/faults/rejected`;
      expect((await send('PUT', url, { nationalId, times: 1, error })).status).toBe(200);
      const scope = 'openid urn:uae:digitalid:profile:general';
      const going = () => signIn('uaepass', { nationalId, method: 'app' }, { scope });
      await expect(going()).rejects.toMatchObject({ error });
      expect((await going()).userinfo).toMatchObject({ idn: nationalId });
      expect((await send('PUT', url, { error: 'server_error' })).status).toBe(400);
      expect((await send('PUT', `${urlOf('uaepass')}/simulator/faults/slow`, { error })).status).toBe(400);
    },
  );

  test('UAE PASS leads from an app to its own on the same device, back by the addresses that the app wrote in, and to the code', async () => {
    const nationalId = await personOf('uaepass', 'emirates-id');
    const onDevice = 'urn:digitalid:authentication:flow:mobileondevice';
    const query = `response_type=code&client_id=sandbox_stage&scope=urn:uae:digitalid:profile:general&redirect_uri=${back}&state=7&acr_values=${onDevice}`;
    const open = async () => {
      const webview = await send('GET', `${urlOf('uaepass')}/idshub/authorize?${query}`);
      const link = new URL(webview.headers['refresh']!.replace(/^0;url=/, ''));
      expect(link.protocol).toBe('uaepassstg:');
      return Object.fromEntries(link.searchParams) as Record<'request' | 'successurl' | 'failureurl', string>;
    };
    const inApp = (asked: Awaited<ReturnType<typeof open>>, chosen: Record<string, string>) =>
      post(`${urlOf('uaepass')}/app`, {
        request: asked.request,
        successurl: 'clinic://resume?to=success',
        failureurl: 'clinic://resume?to=failure',
        nationalId,
        method: 'app',
        ...chosen,
      });
    const asked = await open();
    const app = await send(
      'GET',
      `${urlOf('uaepass')}/app?${new URLSearchParams({ ...asked, successurl: 'clinic://a', failureurl: 'clinic://b' })}`,
    );
    expect(app.text).toContain('clinic://a');
    const approved = await inApp(asked, { decision: 'approve' });
    expect(approved.headers['location']).toBe('clinic://resume?to=success');
    const done = await send('GET', asked.successurl);
    const returned = new URL(done.headers['location']!);
    expect([returned.searchParams.get('state'), returned.searchParams.get('code')]).toEqual(['7', expect.any(String)]);
    expect((await send('GET', asked.successurl)).status).toBe(410);

    const refused = await open();
    expect((await inApp(refused, { decision: 'refuse' })).headers['location']).toBe('clinic://resume?to=failure');
    expect((await send('GET', refused.failureurl)).headers['location']).toContain('error=cancelledOnApp');
    // The webview went on before anybody answered.
    const early = await open();
    expect((await send('GET', early.successurl)).headers['location']).toContain('error_description=timeout');
    const elsewhere = await open();
    for (const away of ['https://elsewhere.example/', 'javascript://%0aalert(1)', 'file:///etc/passwd'])
      expect((await inApp(elsewhere, { decision: 'approve', successurl: away })).status, away).toBe(400);
  });

  test('UAE PASS’s documented token call has everything in the address, and a code works once', async () => {
    const nationalId = await personOf('uaepass', 'emirates-id');
    const query = `response_type=code&client_id=sandbox_stage&scope=urn:uae:digitalid:profile:general&redirect_uri=${back}&state=1`;
    const returned = await answerAt(`${urlOf('uaepass')}/idshub/authorize?${query}`, { nationalId, method: 'app' });
    const code = returned.searchParams.get('code');
    const redeem = () =>
      http.request({
        method: 'POST',
        url: `${urlOf('uaepass')}/idshub/token?grant_type=authorization_code&redirect_uri=${back}&code=${code}`,
        headers: {
          authorization: `Basic ${Buffer.from('sandbox_stage:sandbox_stage').toString('base64')}`,
          'content-type': 'multipart/form-data',
        },
      });
    const tokens = JSON.parse((await redeem()).body.toString());
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'urn:uae:digitalid:profile:general' });
    expect(tokens.id_token).toBeUndefined();
    const again = await redeem();
    expect(again.status).toBe(400);
    expect(JSON.parse(again.body.toString())).toEqual({ error: 'invalid_grant', error_description: 'codeNotFound' });
  });

  test('NAS signs in by smart card whoever has one', async () => {
    const nationalId = await personOf('nas', 'smart-card');
    const { claims } = await signIn('nas', { nationalId, method: 'card' }, { acr: 'simulator:nas:smartcard' });
    expect(claims).toMatchObject({ qid: nationalId, acr: 'simulator:nas:smartcard', amr: ['sc', 'pin', 'mfa'] });
  });

  test.each([
    ['ekey', 'rejected', { error: 'access_denied', words: 'user_rejected' }],
    ['ekey', 'expired', { error: 'access_denied', words: 'session_timeout' }],
    ['ekey', 'suspended', { error: 'access_denied', words: 'account_suspended' }],
    ['ekey', 'wrong-signature', { code: 'OAUTH_INVALID_RESPONSE', reason: 'JWT signature verification failed' }],
    ['ekey', 'clock-skew', { code: 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED' }],
    ['ekey', 'server-error', { code: 'OAUTH_RESPONSE_IS_NOT_CONFORM' }],
    ['uaepass', 'rejected', { error: 'cancelledOnApp' }],
    ['nas', 'expired', { error: 'access_denied', words: 'timed_out' }],
  ] as const)('%s with the fault %s fails as openid-client sees it', async (id, fault, expected) => {
    const nationalId = await personOf(id, descriptions.find((one) => one.id === id)!.people.usualProofing);
    const method = id === 'nas' ? 'password-otp' : 'app';
    running.get(id)!.setFault({ fault });
    const failure = await signIn(id, { nationalId, method }).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    const { code, error, error_description: words, cause } = failure as Record<string, unknown>;
    const seen = { code, error, words, reason: (cause as Error)?.message };
    expect(seen).toMatchObject(expected);
  });

  test('lower levels and strangers come without a word, for the service to notice', async () => {
    const nationalId = await personOf('ekey', 'advanced');
    running.get('ekey')!.setFault({ fault: 'level-lower', times: 1 });
    const lower = await signIn('ekey', { nationalId, method: 'app' }, { acr: 'simulator:ekey:ekey2' });
    expect(lower.claims['acr']).toBe('simulator:ekey:standard');
    running.get('ekey')!.setFault({ fault: 'unknown-person', times: 1 });
    const other = await signIn('ekey', { nationalId, method: 'app' });
    expect(other.claims['cpr']).not.toBe(nationalId);
  });

  test('nobody is sent away from this machine, and no unknown client or scope is served', async () => {
    const query = 'response_type=code&client_id=ekey-sandbox&scope=openid&redirect_uri=';
    const at = (rest: string) => send('GET', `${urlOf('ekey')}/oidc/authorize?${rest}`);
    for (const away of ['https://elsewhere.example/', 'http://localhost.elsewhere.example/', 'javascript:alert(1)'])
      expect((await at(query + encodeURIComponent(away))).json).toMatchObject({ code: 'return-not-local' });
    expect((await at(`${query}${back}`.replace('ekey-sandbox', 'x'))).json).toMatchObject({ code: 'client-not-known' });
    expect((await at(`${query}${back}`.replace('openid', 'x'))).headers['location']).toContain('error=invalid_scope');
  });
});

describe('a push to an app', () => {
  const headersOf = (id: string): Record<string, string> =>
    id === 'nafath'
      ? { 'app-id': 'nafath-sandbox', 'app-key': 'nafath-sandbox' }
      : { 'x-service-id': 'mobile-id-sandbox', 'x-service-key': 'mobile-id-sandbox' };
  const nafath = (path: string, body: object) => send('POST', `${urlOf('nafath')}${path}`, body, headersOf('nafath'));
  const ask = (nationalId: string) => nafath('/api/v1/mfa/request', { nationalId, service: 'Login' });
  const look = (nationalId: string, { transId, random }: { transId: string; random: string }) =>
    nafath('/api/v1/mfa/request/status', { nationalId, transId, random });
  const answer = (id: string, request: string, form: Record<string, string>) =>
    post(`${urlOf(id)}/app/${request}`, { decision: 'approve', method: 'app', ...form });

  test('Nafath shows a number, and the right one in the app completes it; the proof comes to the callback', async () => {
    const nationalId = await personOf('nafath', 'biometric');
    const told: Array<Record<string, string>> = [];
    const callback = createServer((request, response) => {
      const parts: Buffer[] = [];
      request
        .on('data', (part) => parts.push(part))
        .on('end', () => {
          told.push(JSON.parse(Buffer.concat(parts).toString()));
          response.end();
        });
    });
    await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = callback.address() as { port: number };
      const url = `http://127.0.0.1:${port}/callback`;
      await send('PUT', `${urlOf('nafath')}/simulator/callback`, { url }, headersOf('nafath'));
      const asked = await ask(nationalId);
      expect(asked.status).toBe(201);
      expect(asked.json.random).toMatch(/^[1-9][0-9]$/);
      expect((await look(nationalId, asked.json)).json).toEqual({ status: 'WAITING' });
      expect((await ask(nationalId)).status).toBe(409);
      expect((await send('GET', `${urlOf('nafath')}/app`)).text).toContain(`value="${asked.json.random}"`);
      await answer('nafath', asked.json.transId, { number: asked.json.random });
      expect((await look(nationalId, asked.json)).json).toEqual({ status: 'COMPLETED' });
      const [{ token, transId }] = told as [{ token: string; transId: string }];
      expect(transId).toBe(asked.json.transId);
      const keys = createLocalJWKSet((await send('GET', `${urlOf('nafath')}/api/v1/mfa/jwk`)).json);
      const { payload } = await jwtVerify(token, keys, { issuer: urlOf('nafath'), audience: 'nafath-sandbox' });
      expect(payload).toMatchObject({ nin: nationalId, acr: 'simulator:nafath:app-biometric', transId });
    } finally {
      callback.close();
    }
  });

  test('a wrong number and a refusal are REJECTED, no answer is EXPIRED', async () => {
    const nationalId = await personOf('nafath', 'biometric');
    const wrong = (await ask(nationalId)).json;
    await answer('nafath', wrong.transId, { number: wrong.random === '99' ? '98' : '99' });
    expect((await look(nationalId, wrong)).json.status).toBe('REJECTED');
    running.get('nafath')!.setFault({ fault: 'number-mismatch' });
    const mismatched = (await ask(nationalId)).json;
    await answer('nafath', mismatched.transId, { number: mismatched.random });
    expect((await look(nationalId, mismatched)).json.status).toBe('REJECTED');
    running.get('nafath')!.setFault({ fault: 'expired' });
    const expired = (await ask(nationalId)).json;
    expect((await look(nationalId, expired)).json.status).toBe('EXPIRED');
    expect((await answer('nafath', expired.transId, { number: expired.random })).status).toBe(410);
  });

  test('strangers to the app, suspended people, unknown clients and broken requests are refused as the data says', async () => {
    const nationalId = await personOf('nafath', 'biometric');
    expect((await ask('1000000000')).json.code).toBe('400-101');
    running.get('nafath')!.setFault({ fault: 'suspended' });
    expect((await ask(nationalId)).json.code).toBe('403-102');
    expect((await nafath('/api/v1/mfa/request', { nationalId })).status).toBe(400);
    const unknown = await send('POST', `${urlOf('nafath')}/api/v1/mfa/request`, { nationalId, service: 'Login' });
    expect(unknown.status).toBe(401);
    running.get('nafath')!.setFault({ fault: 'server-error' });
    expect((await ask(nationalId)).status).toBe(500);
  });

  test('Mobile ID has no number, and its status carries the proof', async () => {
    const civilNo = await personOf('mobile-id', 'selfie');
    const call = (path: string, body: object) =>
      send('POST', `${urlOf('mobile-id')}/api/authentication/${path}`, body, headersOf('mobile-id'));
    const asked = (await call('requests', { civilNo, serviceDescription: 'Login' })).json;
    expect(Object.keys(asked)).toEqual(['requestId']);
    await answer('mobile-id', asked.requestId, {});
    const { result, assertion } = (await call('status', { civilNo, requestId: asked.requestId })).json;
    expect(result).toBe('Approved');
    const keys = createLocalJWKSet((await send('GET', `${urlOf('mobile-id')}/api/authentication/keys`)).json);
    expect((await jwtVerify(assertion, keys)).payload).toMatchObject({ civilNo, identityLevel: 'upgraded' });
  });
});

describe('a card with a PIN', () => {
  const challenge = Buffer.alloc(32, 7);
  const authorization = `Basic ${Buffer.from('oman-pki-sandbox:oman-pki-sandbox').toString('base64')}`;
  const url = () => urlOf('oman-pki');
  const begin = async () =>
    (
      await send(
        'POST',
        `${url()}/sessions`,
        { challenge: challenge.toString('base64url'), returnTo: back },
        { authorization },
      )
    ).json;
  const sign = async (form: Record<string, string>) => {
    const session = await begin();
    const done = await post(session.url, { decision: 'approve', method: 'card', pin: '1970', ...form });
    const code = new URL(done.headers['location']!).searchParams.get('code');
    return {
      done,
      result: (await send('GET', `${session.url}/result?code=${code}`, undefined, { authorization })).json,
    };
  };
  /** What a service has to look at, one by one. */
  const judge = async ({ certificate, signature }: { certificate: string; signature: string }) => {
    const card = new X509Certificate(certificate);
    const authority = new X509Certificate(
      (await http.request({ method: 'GET', url: `${url()}/ca.cer` })).body as never,
    );
    const crl = new X509Crl((await http.request({ method: 'GET', url: `${url()}/ca.crl` })).body as never);
    const key = createPublicKey(card.publicKey.toString('pem'));
    return {
      chain: await card.verify({ publicKey: authority, signatureOnly: true }),
      list: await crl.verify({ publicKey: authority }),
      signature: verify('sha256', challenge, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
      isInTime: card.notAfter > new Date(),
      isRevoked: crl.findRevoked(card.serialNumber) !== null,
      subject: card.subject,
      policies: card.getExtension(CertificatePolicyExtension)!.policies,
    };
  };
  const whole = { chain: true, list: true, signature: true, isInTime: true, isRevoked: false };

  test('signs the challenge, with a certificate that holds', async () => {
    const nationalId = await personOf('oman-pki', 'civil-card');
    const { done, result } = await sign({ nationalId });
    expect(done.headers['location']).toMatch(/^http:\/\/localhost:3999\/back\?session=/);
    expect(await judge(result)).toMatchObject({ ...whole, policies: ['2.999.968.2.2'] });
    expect((await judge(result)).subject).toContain(nationalId);
  });

  test.each([
    ['wrong-signature', { signature: false }],
    ['suspended', { isRevoked: true }],
    ['clock-skew', { isInTime: false }],
    ['level-lower', { policies: ['2.999.968.1.1'] }],
  ] as const)('with the fault %s the service sees it, and nothing else', async (fault, seen) => {
    const nationalId = await personOf('oman-pki', 'civil-card');
    running.get('oman-pki')!.setFault({ fault });
    expect(await judge((await sign({ nationalId })).result)).toMatchObject({ ...whole, ...seen });
  });

  test('three wrong PINs block the card until it is unblocked', async () => {
    const nationalId = await personOf('oman-pki', 'civil-card');
    const { url: page } = await begin();
    const type = (pin: string) => post(page, { nationalId, method: 'card', decision: 'approve', pin });
    expect((await type('0000')).status).toBe(401);
    expect((await type('0000')).status).toBe(401);
    expect((await type('0000')).status).toBe(303);
    expect((await type('1970')).status).toBe(410);
    expect((await sign({ nationalId })).result).toEqual({ state: 'blocked' });
    await send('DELETE', `${url()}/simulator/blocks`);
    expect((await sign({ nationalId })).result.state).toBe('signed');
  });

  test('a refusal, a short challenge and a stranger to the service are told as such', async () => {
    const nationalId = await personOf('oman-pki', 'civil-card');
    expect((await sign({ nationalId, decision: 'refuse' })).result).toEqual({ state: 'rejected' });
    const short = await send('POST', `${url()}/sessions`, { challenge: 'AAAA', returnTo: back }, { authorization });
    expect(short.json.code).toBe('request-not-understood');
    expect((await send('POST', `${url()}/sessions`, {})).json.code).toBe('client-not-known');
  });
});

test('each shape has its simulators', () => {
  expect(Object.fromEntries(descriptions.map((one) => [one.id, shapeOf(one)]))).toEqual({
    ekey: 'openid',
    uaepass: 'openid',
    nas: 'openid',
    nafath: 'push',
    'mobile-id': 'push',
    'oman-pki': 'card',
  });
});
