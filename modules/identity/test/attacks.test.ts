import { Writable } from 'node:stream';
import * as oidc from 'openid-client';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { signJws } from '#kernel/jws';
import { plainName } from '#kernel/languages';
import type { Log } from '#kernel/log';
import { nationalIdSchemes } from '#protocol/national-ids';
import { hashPassword, type PersonImport } from '../index.ts';
import { isPassword, nobodysPasswordHash } from '../persons/rules.ts';
import {
  addPerson,
  codeAt,
  createBrowser,
  createRegistry,
  type Node,
  password,
  type Registry,
  signInAt,
  startHttp,
  startNode,
  totpSecret,
} from './federation-in-a-box.ts';

// Attacks on signing in, and where each is tried:
//   code injection, mix-up, stolen code, DPoP replay, CSRF, open redirect after sign-in    sign-in.test.ts
//   session fixation, ending the session of another                                       sign-ins.test.ts
//   enumeration by message, TOTP replay, guessing and lock-out of a victim                sign-in.test.ts, persons.test.ts
//   silent downgrade of a level                                                           assurance.test.ts and here, by `prompt`
// and here: replayed assertion, assertion for another, clickjacking, open redirect at sign-out, homograph entity ids, bidi
// characters in names, enumeration by work done, a token without its client's secret, secrets in logs.

let http: HttpClient;
let registry: Registry;
let home: Node;
let visited: Node;
let serial = 0;
const clock = fixedClock(new Date());
const logged: string[] = [];
const sink = new Writable({
  write: (chunk, _encoding, done) => {
    logged.push(String(chunk));
    done();
  },
});

beforeAll(async () => {
  http = startHttp();
  registry = createRegistry();
  // Everything that the code has to say, however small, as it would be written.
  const log = pino({ level: 'trace' }, sink) as unknown as Log;
  home = await startNode(registry, http, { state: 'BH', clock, log });
  visited = await startNode(registry, http, { state: 'SA', clock, log });
});
afterAll(async () => {
  await home?.close();
  await visited?.close();
  await http?.close();
});

const newPerson = (extra: Partial<PersonImport> = {}) => {
  for (;;) {
    const nationalId = nationalIdSchemes['bh-cpr'].complete(`9401${String(serial++).padStart(4, '0')}`);
    if (nationalId !== undefined) return addPerson(home, nationalId, extra);
  }
};
const start = (extra: object = {}) =>
  visited.identity.signin.start({
    client: visited.portal,
    providerEntityId: home.identity.issuer,
    redirectUri: `${visited.publicUrl}/sign-in/callback`,
    returnTo: '/',
    language: 'en',
    ...extra,
  });
const push = async (assertion: string, clientId = visited.portal.entityId, extra: Record<string, string> = {}) => {
  const answer = await http.request({
    method: 'POST',
    url: `${home.identity.issuer}/request`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${visited.publicUrl}/sign-in/callback`,
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      ...extra,
    }).toString(),
  });
  return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) };
};
const assertionOf = (claims: object = {}) => {
  const now = Math.floor(clock.now().getTime() / 1_000);
  const id = visited.portal.entityId;
  const whole = {
    iss: id,
    sub: id,
    aud: home.identity.issuer,
    jti: oidc.randomNonce(),
    iat: now,
    exp: now + 60,
    ...claims,
  };
  return signJws(visited.portal.signer, whole, {});
};

test('a client assertion is taken once', async () => {
  const assertion = await assertionOf();
  expect((await push(assertion)).status).toBe(201);
  expect((await push(assertion)).status).toBeGreaterThanOrEqual(400);
  // Also of two at the same time only one.
  const raced = await assertionOf();
  const both = await Promise.all([push(raced), push(raced)]);
  expect(both.filter(({ status }) => status === 201)).toHaveLength(1);
});

test.each([
  ['made for another provider', { aud: 'https://evil.example/eid' }],
  ['made for an endpoint and not the issuer', { aud: 'TOKEN' }],
  ['that is over', { iat: 1_700_000_000, exp: 1_700_000_060 }],
  ['of another client', { iss: 'https://evil.example/portal', sub: 'https://evil.example/portal' }],
  ['without a number of its own', { jti: undefined }],
])('an assertion %s is refused', async (_title, claims) => {
  const changed = 'aud' in claims && claims.aud === 'TOKEN' ? { aud: `${home.identity.issuer}/token` } : claims;
  expect((await push(await assertionOf(changed))).json.error).toMatch(/^invalid_/);
});

test('whoever wants nobody asked gets nobody asked, and whoever wants to be sure has everybody asked', async () => {
  const person = await newPerson();
  const browser = createBrowser(http);
  const levels = (least: string[]) => JSON.stringify({ id_token: { acr: { essential: true, values: least } } });
  const go = async (extra: Record<string, string>) => {
    const { json } = await push(await assertionOf(), undefined, extra);
    if (json.request_uri === undefined) return json.error;
    const url = new URL(`${home.identity.issuer}/auth`);
    url.search = new URLSearchParams({ client_id: visited.portal.entityId, request_uri: json.request_uri }).toString();
    const page = await browser.get(url.href);
    if (!page.url.includes('/sign-in/callback')) return page.json()['prompt'];
    const { searchParams: answer } = new URL(page.url);
    return answer.has('code') ? 'code' : answer.get('error');
  };
  expect(await go({ prompt: 'none' })).toBe('login_required');
  expect(await go({ prompt: 'none login' })).toBe('invalid_request');
  const low = await start({ level: 'low' });
  const page = await browser.get(low.redirectUrl);
  await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
  expect(await go({ prompt: 'none', claims: levels(['low', 'substantial', 'high']) })).toBe('code');
  expect(await go({ prompt: 'login', claims: levels(['low', 'substantial', 'high']) })).toBe('login');
  // Signed in more weakly than is needed: asked for more, or told so where nobody may be asked.
  const more = { claims: levels(['substantial', 'high']) };
  expect(await go(more)).toBe('login');
  expect(await go({ ...more, prompt: 'none' })).toBe('unmet_authentication_requirements');
  await home.identity.suspendPerson(person.personId);
  expect(await go({ prompt: 'none', claims: levels(['low', 'substantial', 'high']) })).toBe('login_required');
});

test('of sign-ins in several tabs each gets its own answer, and a foreign answer spends none of them', async () => {
  const person = await newPerson();
  const go = async (url: string, browser = createBrowser(http)) =>
    signInAt(browser, await browser.get(url), person.nationalId, codeAt(clock.now()));
  const first = await start({ returnTo: '/one' });
  const second = await start({ returnTo: '/two', level: 'low', begunBefore: first.stateCookieValue });
  const { signin } = visited.identity;
  const { stateCookieValue } = second;
  // The attacker leads the browser to the answer of a sign-in of their own.
  const planted = await start();
  const stranger = createBrowser(http);
  const foreign = await stranger.post(`${(await stranger.get(planted.redirectUrl)).url}/refuse`, {});
  const complete = (callbackUrl: string) => signin.complete({ client: visited.portal, callbackUrl, stateCookieValue });
  await expect(complete(foreign.url)).rejects.toMatchObject({ code: 'sign-in-expired' });
  const end = await go(first.redirectUrl);
  expect(await signin.findFlow(stateCookieValue, end.url)).toEqual({ returnTo: '/one', level: 'substantial' });
  expect(await complete(end.url)).toMatchObject({ returnTo: '/one', acr: 'substantial' });
  await expect(complete(end.url)).rejects.toMatchObject({ code: 'sign-in-expired' });
  expect(await complete((await go(second.redirectUrl)).url)).toMatchObject({ returnTo: '/two', acr: 'low' });
  // The cookie does not grow without end: the oldest of five is gone.
  let value: string | undefined;
  for (let tab = 0; tab < 5; tab += 1) value = (await start({ begunBefore: value })).stateCookieValue;
  expect(value!.split('.')).toHaveLength(4);
  // What was never a handle finds nothing, and is not written into the next cookie.
  expect(await signin.findFlow('x; y', end.url)).toBeUndefined();
  const { stateCookieValue: clean } = await start({ begunBefore: `x; Domain=example\r\n.${value}.` });
  expect(clean).toMatch(/^[\w-]{43}(\.[\w-]{43}){3}$/);
});

test('no page of the provider can be framed, and none is kept by a cache', async () => {
  const pages = [
    (await start()).redirectUrl,
    `${home.identity.issuer}/auth?client_id=nobody`,
    `${home.identity.issuer}/session/end`,
    `${home.identity.issuer}/session/end/success`,
  ];
  for (const url of pages) {
    const { headers } = await http.request({ method: 'GET', url, headers: { accept: 'text/html' } });
    expect(headers['x-frame-options'], url).toBe('DENY');
    expect(headers['cache-control'], url).toContain('no-store');
  }
});

test('nobody is sent to a foreign address after signing out', async () => {
  const browser = createBrowser(http);
  for (const address of ['https://evil.example/', '//evil.example', `${visited.publicUrl}.evil.example/`]) {
    const url = new URL(`${home.identity.issuer}/session/end`);
    url.searchParams.set('client_id', visited.portal.entityId);
    url.searchParams.set('post_logout_redirect_uri', address);
    const page = await browser.get(url.href);
    expect(page.status, address).toBe(400);
    expect(new URL(page.url).host).toBe(new URL(home.publicUrl).host);
  }
});

test.each([
  // Cyrillic letters, a full-width dot, an invisible joiner, another spelling of the same address, and one that hides a host.
  ['http://s\u0430.localhost:1/portal'],
  ['http://sa\uFF0Elocalhost:1/portal'],
  ['http://sa\u200D.localhost:1/portal'],
  ['HTTP://SA.localhost:1/portal'],
  ['http://sa.localhost:1/./portal'],
  ['http://bh.localhost:1\\@sa.localhost:1/portal'],
])(
  'an entity id that only looks like one of ours is nobody, even where the federation was fooled: %s',
  async (entityId) => {
    registry.entries.set(entityId, registry.entries.get(visited.portal.entityId)!);
    const refused = await push(await assertionOf({ iss: entityId, sub: entityId }), entityId);
    expect(refused.json).toMatchObject({ error: 'invalid_client' });
    registry.entries.delete(entityId);
  },
);

test('a name that turns the direction of the text is shown without what turns it', async () => {
  const entry = registry.entries.get(visited.portal.entityId)!;
  const { openid_relying_party: own } = entry.metadata as { openid_relying_party: Record<string, unknown> };
  registry.entries.set(visited.portal.entityId, {
    ...entry,
    metadata: {
      openid_relying_party: {
        ...own,
        client_name: 'Bank \u202Emoc.live\u2066',
        'client_name#ar': '\u200Fبنك\u061C\u0000',
      },
    },
  });
  const page = await createBrowser(http).get((await start()).redirectUrl);
  expect(page.json()['clientNames']).toEqual({ en: 'Bank moc.live', ar: 'بنك' });
  registry.entries.set(visited.portal.entityId, entry);
  expect(plainName(`${'a'.repeat(300)}\n`)).toHaveLength(200);
});

test('an unknown number costs the same work as a wrong password', async () => {
  const costOf = (phc: string) => /^\$argon2id\$v=19\$(m=\d+,t=\d+,p=\d+)\$/.exec(phc)?.[1];
  expect(costOf(nobodysPasswordHash)).toBe(costOf(await hashPassword(password)));
  expect(await isPassword('anything', nobodysPasswordHash)).toBe(false);
});

test('over a whole journey no log has a secret, a name, a number or a subject', async () => {
  logged.length = 0;
  const person = await newPerson();
  const sent: string[] = [];
  const browser = createBrowser(http);
  const flow = await start();
  const page = await browser.get(flow.redirectUrl);
  await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password: 'not-the-password-9917' });
  const code = codeAt(clock.now());
  const end = await signInAt(browser, page, person.nationalId, code);
  const signedIn = await visited.identity.signin.complete({
    client: visited.portal,
    callbackUrl: end.url,
    stateCookieValue: flow.stateCookieValue,
  });
  const { cookie, caller } = await visited.identity.sessions.start(signedIn);
  await visited.identity.sessions.listSignIns(caller);
  const refused = await start();
  const refusedPage = await browser.get(`${refused.redirectUrl}&prompt=login`);
  await browser.post(`${refusedPage.url}/refuse`, { reason: 'user_cancelled' });
  await home.identity.suspendPerson(person.personId);
  sent.push(
    person.nationalId,
    password,
    'not-the-password-9917',
    totpSecret,
    person.names.en,
    person.names.ar,
    signedIn.subject,
    signedIn.accessToken!,
    new URL(end.url).searchParams.get('code')!,
    new URL(flow.redirectUrl).searchParams.get('request_uri')!,
    flow.stateCookieValue,
    cookie.split(';')[0]!.split('=')[1]!,
    ...[...browser.cookies.values()].map(({ value }) => value).filter((value) => value.length > 12),
  );
  const output = logged.join('');
  expect(output).toContain('"request"');
  for (const secret of sent) {
    expect(secret.length).toBeGreaterThan(5);
    expect(output.includes(secret), `the log holds ${secret.slice(0, 6)}…`).toBe(false);
  }
  expect(output).not.toMatch(new RegExp(`"${code}"|code=${code}`));
});
