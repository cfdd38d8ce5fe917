import { createServer } from 'node:http';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { decodeJws, verifyJws } from '#kernel/jws';
import { jwkThumbprint } from '#kernel/keys';
import { nationalIdSchemes } from '#protocol/national-ids';
import { type PersonImport, sessionCookie } from '../index.ts';
import {
  addPerson,
  type Browser,
  codeAt,
  createBrowser,
  createRegistry,
  type Node,
  password,
  type Registry,
  signInAt,
  startHttp,
  startNode,
} from './federation-in-a-box.ts';

let http: HttpClient;
let registry: Registry;
let home: Node;
let visited: Node;
// The library that is the provider reads the machine's own time, so the clock starts there and is only ever advanced.
const clock = fixedClock(new Date());

beforeAll(async () => {
  http = startHttp();
  registry = createRegistry();
  home = await startNode(registry, http, {
    state: 'BH',
    clock,
    officerOf: async (personId) => (personId === officerId ? { officeId: 'moe', roles: ['case-officer'] } : undefined),
  });
  visited = await startNode(registry, http, { state: 'SA', clock });
});
afterAll(async () => {
  await home?.close();
  await visited?.close();
  await http?.close();
});

let officerId = '';
let serial = 0;

/** A fresh person each time: a code may be used once, and time does not move between tests. */
async function newPerson(): Promise<PersonImport> {
  for (;;) {
    const nationalId = nationalIdSchemes['bh-cpr'].complete(`9001${String(serial++).padStart(4, '0')}`);
    if (nationalId !== undefined) return addPerson(home, nationalId);
  }
}

const detail = (fields: string[]) => ({
  type: 'evidence' as const,
  evidence_type: 'degree',
  fields,
  purpose: 'degree-recognition',
  case: 'c-1',
});

async function startAt(node: Node, party: Node['portal'], extra: object = {}) {
  return node.identity.signin.start({
    client: party,
    providerEntityId: home.identity.issuer,
    redirectUri: `${node.publicUrl}/sign-in/callback`,
    returnTo: '/services/degree',
    language: 'ar',
    ...extra,
  });
}

async function completeAt(node: Node, party: Node['portal'], callbackUrl: string, stateCookieValue: string) {
  return node.identity.signin.complete({ client: party, callbackUrl, stateCookieValue });
}

async function signIn(node: Node, browser: Browser, person: PersonImport) {
  const flow = await startAt(node, node.portal);
  const page = await browser.get(flow.redirectUrl);
  const end = await signInAt(browser, page, person.nationalId, codeAt(clock.now()));
  return completeAt(node, node.portal, end.url, flow.stateCookieValue);
}

const evidenceRequest = (fields: string[]) => ({
  authorizationDetails: [detail(fields)],
  resource: `${home.publicUrl}/r1`,
});

describe('signing in with a foreign identity', () => {
  test('a person signs in with password and code and is known by a pairwise subject', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const flow = await startAt(visited, visited.portal);
    expect(flow.redirectUrl).toContain(`${home.identity.issuer}/auth?`);
    expect(flow.redirectUrl).not.toContain('redirect_uri');
    const page = await browser.get(flow.redirectUrl);
    expect(page.json()).toMatchObject({
      prompt: 'login',
      clientId: visited.portal.entityId,
      clientNames: { ar: 'البوابة', en: 'Portal' },
      isCodeAwaited: false,
      language: 'ar',
      authorizationDetails: [],
    });
    const end = await signInAt(browser, page, person.nationalId, codeAt(clock.now()));
    expect(new URL(end.url).searchParams.get('iss')).toBe(home.identity.issuer);
    const signedIn = await completeAt(visited, visited.portal, end.url, flow.stateCookieValue);
    expect(signedIn).toMatchObject({
      issuer: home.identity.issuer,
      homeState: 'BH',
      acr: 'substantial',
      returnTo: '/services/degree',
    });
    expect(signedIn.subject).not.toContain(person.personId);
    expect(await home.identity.findPersonOfSubject(signedIn.subject)).toBe(person.personId);
    expect(signedIn.claims).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], acr: 'substantial' });
  });

  test('the second sign-in of the same browser asks nothing, and two states see two subjects', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const abroad = await signIn(visited, browser, person);
    const flow = await startAt(home, home.portal);
    const end = await browser.get(flow.redirectUrl);
    const atHome = await completeAt(home, home.portal, end.url, flow.stateCookieValue);
    expect(atHome.subject).not.toBe(abroad.subject);
    expect(await home.identity.findPersonOfSubject(atHome.subject)).toBe(person.personId);
  });

  test('a wrong password and an unknown number get the same answer', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const page = await browser.get((await startAt(visited, visited.portal)).redirectUrl);
    const wrong = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password: 'nope' });
    const unknown = await browser.post(`${page.url}/login`, { nationalId: '520202236', password: 'nope' });
    expect([wrong.status, wrong.json()['code']]).toEqual([401, 'sign-in-failed']);
    expect(withoutId(unknown.json())).toEqual(withoutId(wrong.json()));
  });

  test('a code before the password, or after the marker is gone, leads nowhere', async () => {
    const browser = createBrowser(http);
    const page = await browser.get((await startAt(visited, visited.portal)).redirectUrl);
    const early = await browser.post(`${page.url}/code`, { code: codeAt(clock.now()) });
    expect(early.json()['code']).toBe('interaction-expired');
  });

  test('after five wrong codes the password is asked again', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const page = await browser.get((await startAt(visited, visited.portal)).redirectUrl);
    await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
    expect((await browser.get(page.url)).json()['isCodeAwaited']).toBe(true);
    for (let n = 0; n < 5; n++) await browser.post(`${page.url}/code`, { code: '000000' });
    expect((await browser.get(page.url)).json()['isCodeAwaited']).toBe(false);
  });

  test('a suspended person is told so only after the right password, and has no session left', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const signedIn = await signIn(home, browser, person);
    const { cookie } = await home.identity.sessions.start(signedIn);
    await home.identity.suspendPerson(person.personId);
    expect((await home.identity.sessions.identify({ headers: {}, cookies: cookieOf(cookie) })).kind).toBe('anyone');
    const page = await browser.get((await startAt(visited, visited.portal)).redirectUrl);
    expect(page.json()['prompt']).toBe('login');
    const wrong = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password: 'nope' });
    expect(wrong.json()['code']).toBe('sign-in-failed');
    const right = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
    expect(right.json()['code']).toBe('person-suspended');
  });
});

test('a suspension holds at once, also where a session is still on record', async () => {
  const person = await newPerson();
  const browser = createBrowser(http);
  const { cookie } = await home.identity.sessions.start(await signIn(home, browser, person));
  await home.identity.persons.suspend(person.personId);
  const identify = () => home.identity.sessions.identify({ headers: {}, cookies: cookieOf(cookie) });
  expect((await identify()).kind).toBe('anyone');
  const flow = await startAt(visited, visited.portal);
  const end = await browser.get(flow.redirectUrl);
  expect(new URL(end.url).searchParams.get('error')).toBe('access_denied');
  await home.identity.persons.reinstate(person.personId);
  expect((await identify()).kind).toBe('person');
});

describe('evidence requests', () => {
  test('the token carries what was granted, the consent, and the key of the office', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const flow = await startAt(visited, visited.office, evidenceRequest(['name', 'degree']));
    const login = await browser.get(flow.redirectUrl);
    const consent = await signInAt(browser, login, person.nationalId, codeAt(clock.now()));
    expect(consent.json()).toMatchObject({
      prompt: 'consent',
      personId: person.personId,
      clientNames: { en: 'Ministry of Education' },
      authorizationDetails: [detail(['name', 'degree'])],
    });
    const until = new Date(clock.now().getTime() + 30 * 86_400_000);
    const end = await browser.post(`${consent.url}/approve`, {
      consentId: 'consent-1',
      details: JSON.stringify([detail(['degree'])]),
      until: until.toISOString(),
    });
    const given = await completeAt(visited, visited.office, end.url, flow.stateCookieValue);
    expect(given.authorizationDetails).toEqual([detail(['degree'])]);
    const keys = home.identity.providerMetadata({ ar: '', en: '' })['jwks'] as { keys: [] };
    const { payload } = verifyJws(given.accessToken!, keys.keys, { typ: 'at+jwt' });
    expect(payload).toMatchObject({
      iss: home.identity.issuer,
      aud: `${home.publicUrl}/r1`,
      client_id: visited.office.entityId,
      sub: given.subject,
      consent_id: 'consent-1',
      authorization_details: [detail(['degree'])],
      cnf: { jkt: jwkThumbprint(visited.office.signer.publicJwk) },
    });
    // The library counts from the machine's time, which runs on beside the test's clock.
    expect(Math.abs(payload['exp'] - until.getTime() / 1000)).toBeLessThan(120);
    expect(await home.identity.findPersonOfSubject(given.subject)).toBe(person.personId);
  });

  test('consent is asked each time, also in a browser that is signed in and consented before', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    await signIn(visited, browser, person);
    for (const consentId of ['a', 'b']) {
      const flow = await startAt(visited, visited.office, evidenceRequest(['name']));
      const consent = await browser.get(flow.redirectUrl);
      expect(consent.json()['prompt']).toBe('consent');
      const end = await browser.post(`${consent.url}/approve`, {
        consentId,
        details: JSON.stringify([detail(['name'])]),
        until: new Date(clock.now().getTime() + 60_000).toISOString(),
      });
      const given = await completeAt(visited, visited.office, end.url, flow.stateCookieValue);
      expect(decodeJws(given.accessToken!).payload).toMatchObject({
        consent_id: consentId,
        authorization_details: [detail(['name'])],
      });
    }
  });

  test('an old consent gives nothing to a plain sign-in of the same office', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    await signIn(visited, browser, person);
    const first = await startAt(visited, visited.office, evidenceRequest(['name']));
    const consent = await browser.get(first.redirectUrl);
    await browser.post(`${consent.url}/approve`, {
      consentId: 'x',
      details: JSON.stringify([detail(['name'])]),
      until: new Date(clock.now().getTime() + 60_000).toISOString(),
    });
    const flow = await startAt(visited, visited.office);
    const end = await browser.get(flow.redirectUrl);
    const plain = await completeAt(visited, visited.office, end.url, flow.stateCookieValue);
    expect(plain.authorizationDetails).toBeUndefined();
  });

  test('more than was asked cannot be granted', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    await signIn(visited, browser, person);
    const flow = await startAt(visited, visited.office, evidenceRequest(['name']));
    const consent = await browser.get(flow.redirectUrl);
    for (const wider of [
      [detail(['name', 'degree'])],
      [{ ...detail(['name']), purpose: 'other' }],
      [detail(['name']), detail(['name'])],
      [],
    ]) {
      const answer = await browser.post(`${consent.url}/approve`, {
        consentId: 'x',
        details: JSON.stringify(wider),
        until: new Date(clock.now().getTime() + 60_000).toISOString(),
      });
      expect(answer.json()['code']).toBe('grant-too-wide');
    }
  });

  test('a request beyond the trust mark is refused before any person is asked', async () => {
    const refused = startAt(visited, visited.office, evidenceRequest(['name', 'salary']));
    await expect(refused).rejects.toMatchObject({ code: 'request-not-permitted' });
  });

  test.each([
    ['of an unknown type', [{ type: 'payment', fields: ['name'] }]],
    ['without a purpose', [{ type: 'evidence', evidence_type: 'degree', fields: ['name'] }]],
    ['that are too many', Array.from({ length: 11 }, () => detail(['name']))],
  ])('details %s are refused', async (_title, details) => {
    const refused = startAt(visited, visited.office, {
      authorizationDetails: details,
      resource: `${home.publicUrl}/r1`,
    });
    await expect(refused).rejects.toMatchObject({ code: 'request-not-permitted' });
  });

  test('a token for somewhere else cannot be had', async () => {
    const refused = startAt(visited, visited.office, {
      authorizationDetails: [detail(['name'])],
      resource: 'https://elsewhere.example/r1',
    });
    await expect(refused).rejects.toMatchObject({ code: 'sign-in-refused', params: { reason: 'invalid_target' } });
  });
});

describe('what an attacker tries', () => {
  test('an answer is taken once, by the browser that asked, with the state that was sent', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const flow = await startAt(visited, visited.portal);
    const other = await startAt(visited, visited.portal);
    const end = await signInAt(browser, await browser.get(flow.redirectUrl), person.nationalId, codeAt(clock.now()));
    // A victim's browser with a flow of its own is handed the attacker's answer.
    await expect(completeAt(visited, visited.portal, end.url, other.stateCookieValue)).rejects.toMatchObject({
      code: 'sign-in-expired',
    });
    await expect(completeAt(visited, visited.portal, end.url, 'guess')).rejects.toMatchObject({
      code: 'sign-in-expired',
    });
    await expect(completeAt(visited, visited.office, end.url, flow.stateCookieValue)).rejects.toMatchObject({
      code: 'sign-in-expired',
    });
    await completeAt(visited, visited.portal, end.url, flow.stateCookieValue);
    await expect(completeAt(visited, visited.portal, end.url, flow.stateCookieValue)).rejects.toMatchObject({
      code: 'sign-in-expired',
    });
  });

  test('an answer of another provider is not mixed up with ours', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const flow = await startAt(visited, visited.portal);
    const end = await signInAt(browser, await browser.get(flow.redirectUrl), person.nationalId, codeAt(clock.now()));
    const mixed = new URL(end.url);
    mixed.searchParams.set('iss', 'https://evil.example/eid');
    await expect(completeAt(visited, visited.portal, mixed.href, flow.stateCookieValue)).rejects.toMatchObject({
      code: 'sign-in-refused',
    });
  });

  test('a stolen code is worth nothing to another client, without the verifier, or a second time', async () => {
    const person = await newPerson();
    const flow = await rawFlow(visited, visited.portal);
    const thief = await rawFlow(visited, visited.office);
    const browser = createBrowser(http);
    const end = await signInAt(browser, await browser.get(flow.url), person.nationalId, codeAt(clock.now()));
    const answer = new URL(end.url);
    const redeem = (by: typeof flow, verifier: string) =>
      oidc.authorizationCodeGrant(
        by.configuration,
        answer,
        { expectedState: flow.state, expectedNonce: flow.nonce, pkceCodeVerifier: verifier },
        undefined,
        { DPoP: by.dpop },
      );
    await expect(redeem(thief, flow.verifier)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(redeem(flow, oidc.randomPKCECodeVerifier())).rejects.toMatchObject({ error: 'invalid_grant' });
    const tokens = await redeem(flow, flow.verifier);
    const info = await oidc.fetchUserInfo(flow.configuration, tokens.access_token, tokens.claims()!.sub, {
      DPoP: flow.dpop,
    });
    expect(info.sub).toBe(tokens.claims()!.sub);
    await expect(redeem(flow, flow.verifier)).rejects.toMatchObject({ error: 'invalid_grant' });
    // The second use ends what the first one gave (RFC 6749 section 4.1.2).
    const after = oidc.fetchUserInfo(flow.configuration, tokens.access_token, info.sub, { DPoP: flow.dpop });
    await expect(after).rejects.toThrow();
  });

  test('a client assertion is accepted once', async () => {
    const sent: Array<{ url: string; init: RequestInit }> = [];
    const flow = await rawFlow(visited, visited.portal, (url, init) => sent.push({ url, init }));
    expect(flow.url).toContain('request_uri');
    const { url, init } = sent.at(-1)!;
    const again = await http.fetch(url, init);
    expect(again.status).toBe(401);
    expect(await again.json()).toMatchObject({ error: 'invalid_client' });
  });

  test('a DPoP proof is accepted once, and a stolen token is worth nothing without its key', async () => {
    const person = await newPerson();
    const sent: Array<{ url: string; init: RequestInit }> = [];
    const flow = await rawFlow(visited, visited.portal, (url, init) => sent.push({ url, init }));
    const browser = createBrowser(http);
    const end = await signInAt(browser, await browser.get(flow.url), person.nationalId, codeAt(clock.now()));
    const tokens = await oidc.authorizationCodeGrant(
      flow.configuration,
      new URL(end.url),
      { expectedState: flow.state, expectedNonce: flow.nonce, pkceCodeVerifier: flow.verifier },
      undefined,
      { DPoP: flow.dpop },
    );
    const subject = tokens.claims()!.sub;
    await oidc.fetchUserInfo(flow.configuration, tokens.access_token, subject, { DPoP: flow.dpop });
    const { url, init } = sent.at(-1)!;
    expect((await http.fetch(url, init)).status).toBe(401);
    const thief = oidc.getDPoPHandle(flow.configuration, await oidc.randomDPoPKeyPair('ES256'));
    const stolen = oidc.fetchUserInfo(flow.configuration, tokens.access_token, subject, { DPoP: thief });
    await expect(stolen).rejects.toMatchObject({ status: 401 });
  });

  test('an authorization request that was not pushed is refused', async () => {
    const url = new URL(`${home.identity.issuer}/auth`);
    url.search = new URLSearchParams({
      client_id: visited.portal.entityId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${visited.publicUrl}/sign-in/callback`,
    }).toString();
    const end = await createBrowser(http).get(url.href);
    expect(new URL(end.url).searchParams.get('error')).toBe('invalid_request');
  });

  test('a client outside the federation is unknown, and a foreign redirect address is refused', async () => {
    const stranger = { entityId: `${visited.publicUrl}/stranger`, signer: visited.portal.signer };
    await expect(startAt(visited, stranger)).rejects.toMatchObject({ code: 'sign-in-refused' });
    await expect(
      startAt(visited, visited.portal, { redirectUri: 'https://evil.example/callback' }),
    ).rejects.toMatchObject({ code: 'sign-in-refused' });
  });

  test('a key that the federation does not name signs nobody in as that client', async () => {
    const impostor = { entityId: visited.portal.entityId, signer: visited.office.signer };
    await expect(startAt(visited, impostor)).rejects.toMatchObject({ code: 'sign-in-refused' });
  });

  test('a provider outside the federation is not gone to', async () => {
    const refused = startAt(visited, visited.portal, { providerEntityId: 'http://evil.localhost:1/eid' });
    await expect(refused).rejects.toMatchObject({ code: 'trust-chain-invalid' });
  });

  test('a provider that is out of reach, or answers with too much, is a refusal that says so', async () => {
    const flood = createServer((_request, response) => response.end('x'.repeat(400_000)));
    await new Promise<void>((resolve) => flood.listen(0, '127.0.0.1', resolve));
    const { port } = flood.address() as { port: number };
    for (const [at, code] of [
      ['http://qa.localhost:1', 'peer-unreachable'],
      [`http://om.localhost:${port}`, 'peer-answer-too-large'],
    ] as const) {
      const { metadata, ...rest } = registry.entries.get(home.identity.issuer)!;
      const moved = JSON.parse(JSON.stringify(metadata).replaceAll(home.publicUrl, at));
      registry.entries.set(`${at}/eid`, { ...rest, metadata: moved });
      const refused = startAt(visited, visited.portal, { providerEntityId: `${at}/eid` });
      await expect(refused).rejects.toMatchObject({ code });
    }
    await new Promise((resolve) => flood.close(resolve));
  });

  test('an interaction belongs to one browser, one address and this site', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const page = await browser.get((await startAt(visited, visited.portal)).redirectUrl);
    const form = { nationalId: person.nationalId, password };
    const stranger = await createBrowser(http).post(`${page.url}/login`, form);
    expect(stranger.json()['code']).toBe('interaction-expired');
    const foreign: Array<Record<string, string>> = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ];
    for (const headers of foreign) {
      const forged = await browser.post(`${page.url}/login`, form, headers);
      expect(forged.json()['code']).toBe('cross-site-request');
    }
    const elsewhere = [...browser.cookies.values()].find((cookie) => cookie.name === 'eid_interaction')!;
    const moved = await http.request({
      method: 'POST',
      url: `${home.publicUrl}/eid-pages/interaction/another/login`,
      headers: {
        cookie: [...browser.cookies.values()]
          .filter((cookie) => cookie.path === elsewhere.path)
          .map(({ name, value }) => `${name}=${value}`)
          .join('; '),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
    });
    expect(JSON.parse(moved.body.toString())['code']).toBe('interaction-expired');
    expect((await browser.post(`${page.url}/login`, form, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', ''])(
    'nobody is sent back to %s',
    async (returnTo) => {
      await expect(startAt(visited, visited.portal, { returnTo })).rejects.toMatchObject({
        code: 'return-address-invalid',
      });
    },
  );

  test('a malformed or oversize request is a coded refusal', async () => {
    for (const body of ['%%%', 'client_id=', 'x'.repeat(100_000), '{"a":1}']) {
      const answer = await http.request({
        method: 'POST',
        url: `${home.identity.issuer}/request`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.toString()).not.toMatch(/\.js:\d+/);
    }
  });
});

describe('sessions', () => {
  test('a visitor gets one id of this state for good, and a home person the id of the person store', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const first = await visited.identity.sessions.start(await signIn(visited, browser, person));
    expect(first.caller).toMatchObject({ kind: 'person', homeState: 'BH' });
    expect(first.caller.personId).not.toBe(person.personId);
    const again = await startAt(visited, visited.portal);
    const end = await browser.get(again.redirectUrl);
    const second = await visited.identity.sessions.start(
      await completeAt(visited, visited.portal, end.url, again.stateCookieValue),
    );
    expect(second.caller.personId).toBe(first.caller.personId);
    expect(await visited.identity.sessions.findVisitor(first.caller.personId)).toMatchObject({ homeState: 'BH' });

    const atHome = await startAt(home, home.portal);
    const homeEnd = await browser.get(atHome.redirectUrl);
    officerId = person.personId;
    const session = await home.identity.sessions.start(
      await completeAt(home, home.portal, homeEnd.url, atHome.stateCookieValue),
    );
    expect(session.caller).toMatchObject({
      personId: person.personId,
      homeState: 'BH',
      officer: { officeId: 'moe', roles: ['case-officer'] },
    });
    const me = await http.request({
      method: 'GET',
      url: `${home.publicUrl}/api/me`,
      headers: { cookie: session.cookie.split(';')[0]! },
    });
    expect(JSON.parse(me.body.toString())).toMatchObject({ isSignedIn: true, names: person.names });
    officerId = '';
  });

  test('a sign-in makes a new handle and ends the old one, so a planted cookie is worth nothing', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const signedIn = await signIn(visited, browser, person);
    const planted = await visited.identity.sessions.start(signedIn, { [sessionCookie]: 'planted' });
    const identify = (cookies: Record<string, string>) => visited.identity.sessions.identify({ headers: {}, cookies });
    expect((await identify({ [sessionCookie]: 'planted' })).kind).toBe('anyone');
    const renewed = await visited.identity.sessions.start(signedIn, cookieOf(planted.cookie));
    expect((await identify(cookieOf(planted.cookie))).kind).toBe('anyone');
    expect((await identify(cookieOf(renewed.cookie))).kind).toBe('person');
    expect(renewed.cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
  });

  test('signing out ends the session here, at home, and at every other service', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const abroad = await visited.identity.sessions.start(await signIn(visited, browser, person));
    const flow = await startAt(home, home.portal);
    const end = await browser.get(flow.redirectUrl);
    const atHome = await home.identity.sessions.start(
      await completeAt(home, home.portal, end.url, flow.stateCookieValue),
    );
    const out = await visited.identity.sessions.end(cookieOf(abroad.cookie), `${visited.publicUrl}/signed-out`);
    expect(out.cookie).toMatch(/^jisr_session=; .*Max-Age=0/);
    const ask = await browser.get(out.signOutUrl!);
    expect(ask.text).toContain('name="logout" value="yes"');
    const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(ask.text)!;
    const done = await browser.post(`${home.identity.issuer}/session/end/confirm`, { xsrf: xsrf!, logout: 'yes' });
    expect(done.url).toBe(`${visited.publicUrl}/signed-out`);
    const identified = await home.identity.sessions.identify({ headers: {}, cookies: cookieOf(atHome.cookie) });
    expect(identified.kind).toBe('anyone');
    const next = await browser.get((await startAt(visited, visited.portal)).redirectUrl);
    expect(next.json()['prompt']).toBe('login');
  });

  test('a logout token that nobody of ours signed changes nothing', async () => {
    const person = await newPerson();
    const session = await visited.identity.sessions.start(await signIn(visited, createBrowser(http), person));
    const { signJws } = await import('#kernel/jws');
    const claims = {
      iss: home.identity.issuer,
      aud: visited.portal.entityId,
      iat: Math.floor(clock.now().getTime() / 1000),
      jti: 'x',
      sub: 'anybody',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    };
    const post = (token: string) =>
      http.request({
        method: 'POST',
        url: `${visited.publicUrl}/api/sign-in/backchannel-logout`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ logout_token: token }).toString(),
      });
    const forged = await signJws(visited.portal.signer, claims, { typ: 'logout+jwt' });
    const foreign = await signJws(visited.portal.signer, { ...claims, iss: 'http://evil.localhost:1' });
    for (const token of [forged, foreign, 'garbage', '']) {
      const answer = await post(token);
      expect([answer.status, JSON.parse(answer.body.toString())['code']]).toEqual([400, 'logout-token-invalid']);
    }
    const identified = await visited.identity.sessions.identify({ headers: {}, cookies: cookieOf(session.cookie) });
    expect(identified.kind).toBe('person');
  });
});

test('the metadata for the federation says what discovery says', async () => {
  const answer = await http.request({
    method: 'GET',
    url: `${home.identity.issuer}/.well-known/openid-configuration`,
  });
  const discovered = JSON.parse(answer.body.toString());
  const { jwks, ...metadata } = home.identity.providerMetadata({ ar: 'هوية', en: 'Identity' });
  // The secret of an older client is no method of the federation.
  expect(discovered['token_endpoint_auth_methods_supported']).toContain('private_key_jwt');
  // Discovery names every way of answering that the library has; no client is let to use more than these.
  expect(discovered['response_modes_supported']).toEqual(
    expect.arrayContaining(metadata['response_modes_supported'] as string[]),
  );
  const federationOnly = [
    'token_endpoint_auth_methods_supported',
    'response_modes_supported',
    'organization_name',
    'organization_name#ar',
    'client_registration_types_supported',
    'request_authentication_methods_supported',
    'request_authentication_signing_alg_values_supported',
  ];
  for (const [name, value] of Object.entries(metadata))
    if (!federationOnly.includes(name)) expect({ [name]: discovered[name] }).toEqual({ [name]: value });
  const served = await http.request({ method: 'GET', url: discovered.jwks_uri });
  const [key] = (jwks as { keys: [{ kid: string; x: string }] }).keys;
  expect(JSON.parse(served.body.toString()).keys).toMatchObject([{ kid: key.kid, x: key.x }]);
  expect(served.body.toString()).not.toContain('"d"');
});

test('idle for half an hour, or twelve hours old, a session ends', async () => {
  const person = await newPerson();
  const signedIn = await signIn(visited, createBrowser(http), person);
  const { cookie } = await visited.identity.sessions.start(signedIn);
  const kind = async () => (await visited.identity.sessions.identify({ headers: {}, cookies: cookieOf(cookie) })).kind;
  for (let hours = 0; hours < 11.9; hours += 0.4) {
    expect(await kind()).toBe('person');
    clock.advance(0.4 * 3_600_000);
  }
  expect(await kind()).toBe('anyone');
  const fresh = await visited.identity.sessions.start(signedIn);
  clock.advance(30 * 60_000);
  const identified = await visited.identity.sessions.identify({ headers: {}, cookies: cookieOf(fresh.cookie) });
  expect(identified.kind).toBe('anyone');
});

function cookieOf(setCookie: string): Record<string, string> {
  const [name, value] = setCookie.split(';')[0]!.split('=');
  return { [name!]: value! };
}

function withoutId(json: Record<string, unknown>): Record<string, unknown> {
  const { instance: _instance, ...rest } = json;
  return rest;
}

/** The flow as an independent client drives it, so that a test can misuse its parts. */
async function rawFlow(node: Node, party: Node['portal'], watch?: (url: string, init: RequestInit) => void) {
  const metadata = home.identity.providerMetadata({ ar: '', en: '' });
  const pair = await node.keys.cryptoKeyPair(party.signer.name);
  const configuration = new oidc.Configuration(
    metadata as unknown as oidc.ServerMetadata,
    party.entityId,
    { id_token_signed_response_alg: 'ES256' },
    oidc.PrivateKeyJwt({ key: pair.privateKey, kid: party.signer.kid }),
  );
  configuration[oidc.customFetch] = (url, init) => {
    watch?.(url, init as RequestInit);
    return http.fetch(url, init as RequestInit);
  };
  oidc.allowInsecureRequests(configuration);
  const dpop = oidc.getDPoPHandle(configuration, pair);
  const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
  const url = await oidc.buildAuthorizationUrlWithPAR(
    configuration,
    {
      redirect_uri: `${node.publicUrl}/sign-in/callback`,
      scope: 'openid',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    },
    { DPoP: dpop },
  );
  return { configuration, dpop, state, nonce, verifier, url: url.href };
}
