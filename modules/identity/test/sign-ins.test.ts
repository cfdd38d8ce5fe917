import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { nationalIdSchemes } from '#protocol/national-ids';
import type { PersonImport } from '../index.ts';
import { deviceOf } from '../sessions/devices.ts';
import { createAuthenticator } from './authenticator.ts';
import {
  addPerson,
  arriveAt,
  type Browser,
  behindProxy,
  codeAt,
  createBrowser,
  createRegistry,
  type Node,
  password,
  startHttp,
  startNode,
} from './federation-in-a-box.ts';

let http: HttpClient;
let home: Node;
let visited: Node;
let serial = 0;
/** Visitors whom the visited state holds for suspended by their own. */
const suspended: string[] = [];
const clock = fixedClock(new Date());

beforeAll(async () => {
  http = startHttp();
  const registry = createRegistry();
  const listStates = async () => [{ entityId: visited.publicUrl }];
  home = await startNode(registry, http, { state: 'BH', clock, listStates });
  visited = await startNode(registry, http, {
    state: 'SA',
    clock,
    onSuspendedAtHome: async (_tx, personId) => void suspended.push(personId),
  });
  home.identity.start();
});
afterAll(async () => {
  await home?.close();
  await visited?.close();
  await http?.close();
});

const newPerson = () => {
  for (;;) {
    const nationalId = nationalIdSchemes['bh-cpr'].complete(`9301${String(serial++).padStart(4, '0')}`);
    if (nationalId !== undefined) return addPerson(home, nationalId);
  }
};

/** Signs in at a node's portal, by the password where the eID asks; answers what the browser then has there. */
async function enter(node: Node, browser: Browser, person: PersonImport) {
  const flow = await node.identity.signin.start({
    client: node.portal,
    providerEntityId: home.identity.issuer,
    redirectUri: `${node.publicUrl}/sign-in/callback`,
    returnTo: '/',
    language: 'en',
    level: 'low',
  });
  const page = await browser.get(flow.redirectUrl);
  const end = /\/sign-in\/callback/.test(page.url)
    ? page
    : await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
  const signedIn = await node.identity.signin.complete({
    client: node.portal,
    callbackUrl: end.url,
    stateCookieValue: flow.stateCookieValue,
  });
  const device = deviceOf('Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', '203.0.113.77');
  const { caller, cookie } = await node.identity.sessions.start(signedIn, {}, device);
  const [name, value] = cookie.split(';')[0]!.split('=') as [string, string];
  const isSignedIn = async () =>
    (await node.identity.sessions.identify({ headers: {}, cookies: { [name]: value } })).kind === 'person';
  return { caller, isSignedIn };
}

test('two browsers of a person are two sign-ins; one is ended in both states, and the other goes on', async () => {
  const person = await newPerson();
  const [phone, desk] = [createBrowser(http), createBrowser(http)];
  const atHome = await enter(home, phone, person);
  const abroad = await enter(visited, phone, person);
  const other = await enter(visited, desk, person);
  const list = await home.identity.sessions.listSignIns(atHome.caller);
  expect(list).toMatchObject([{ kind: 'eid' }, { kind: 'eid' }]);
  const mine = list.find(({ isCurrent }) => isCurrent)!;
  expect(mine.clients.sort()).toEqual([home.portal.entityId, visited.portal.entityId].sort());
  expect(mine).toMatchObject({ level: 'low', network: '127.0.0.0/24' });
  expect(await home.identity.sessions.endSignIn(atHome.caller, mine.signInId)).toBe(true);
  expect([await atHome.isSignedIn(), await abroad.isSignedIn(), await other.isSignedIn()]).toEqual([
    false,
    false,
    true,
  ]);
  expect(await home.identity.sessions.endSignIn(atHome.caller, mine.signInId)).toBe(false);
});

test('everywhere means every browser and every state', async () => {
  const person = await newPerson();
  const entered = [
    await enter(home, createBrowser(http), person),
    await enter(visited, createBrowser(http), person),
    await enter(visited, createBrowser(http), person),
  ];
  await home.identity.sessions.endSignIn(entered[0]!.caller, 'all');
  expect(await Promise.all(entered.map(({ isSignedIn }) => isSignedIn()))).toEqual([false, false, false]);
});

test('whoever removes a way to sign in stays, and everybody else who is signed in as them does not', async () => {
  const person = await newPerson();
  const own = await enter(home, createBrowser(http), person);
  const { methods } = home.identity;
  const at = { sessionId: own.caller.sessionId, personId: person.personId, address: '203.0.113.9', agent: '' };
  await methods.confirmByPassword(at, { password, code: codeAt(clock.now()) });
  const device = createAuthenticator(home.publicUrl);
  const challenge = (await methods.askToAddPasskey(at)) as Parameters<typeof device.add>[0];
  await methods.addPasskey(at, { answer: device.add(challenge), name: 'Lost' });
  const stranger = createBrowser(http);
  const theirs = await enter(home, stranger, person);
  const abroad = await enter(visited, stranger, person);
  await methods.removePasskey(at, device.credentialId);
  expect(await own.isSignedIn()).toBe(true);
  expect(await theirs.isSignedIn()).toBe(false);
  expect(await abroad.isSignedIn()).toBe(false);
  expect(await home.identity.sessions.listSignIns(own.caller)).toMatchObject([{ isCurrent: true }]);
});

test('a passkey that was copied ends every sign-in, also that of whoever holds the copy', async () => {
  const person = await newPerson();
  const own = await enter(home, createBrowser(http), person);
  const { methods } = home.identity;
  const at = { sessionId: own.caller.sessionId, personId: person.personId, address: '203.0.113.10', agent: '' };
  await methods.confirmByPassword(at, { password, code: codeAt(clock.now()) });
  const device = createAuthenticator(home.publicUrl);
  type Challenge = Parameters<typeof device.add>[0];
  await methods.addPasskey(at, { answer: device.add((await methods.askToAddPasskey(at)) as Challenge), name: 'Key' });
  const other = await enter(home, createBrowser(http), person);
  const confirm = async () =>
    methods.confirmByPasskey(at, device.answer((await methods.askToConfirm(at)) as Challenge, { counter: 9 }));
  await confirm();
  await expect(confirm()).rejects.toMatchObject({ code: 'passkey-copied' });
  expect([await own.isSignedIn(), await other.isSignedIn()]).toEqual([false, false]);
});

test('a suspended person is signed out in other states at once', async () => {
  const person = await newPerson();
  const abroad = await enter(visited, createBrowser(http), person);
  await home.identity.suspendPerson(person.personId);
  expect(await abroad.isSignedIn()).toBe(false);
  await expect.poll(() => suspended).toContain(abroad.caller.personId);
  // Told after it that a passkey of theirs was removed: what that person allowed apps and offices there stands.
  expect(suspended).toHaveLength(1);
});

test('a visitor sees and ends what is open here, by the device, and nothing else', async () => {
  const person = await newPerson();
  const abroad = await enter(visited, createBrowser(http), person);
  const list = await visited.identity.sessions.listSignIns(abroad.caller);
  expect(list).toMatchObject([
    { kind: 'session', browser: 'Firefox', system: 'Android', network: '203.0.113.0/24', isCurrent: true },
  ]);
  await visited.identity.sessions.endSignIn(abroad.caller, list[0]!.signInId);
  expect(await abroad.isSignedIn()).toBe(false);
});

test('nobody ends the sign-in of another, at home or abroad', async () => {
  const [victim, attacker] = [await newPerson(), await newPerson()];
  const theirs = [await enter(home, createBrowser(http), victim), await enter(visited, createBrowser(http), victim)];
  const own = [await enter(home, createBrowser(http), attacker), await enter(visited, createBrowser(http), attacker)];
  for (const [index, node] of [home, visited].entries())
    for (const { signInId } of await node.identity.sessions.listSignIns(theirs[index]!.caller))
      expect(await node.identity.sessions.endSignIn(own[index]!.caller, signInId)).toBe(false);
  expect(await Promise.all(theirs.map(({ isSignedIn }) => isSignedIn()))).toEqual([true, true]);
});

test('a session cookie that was planted before the sign-in names nobody after it', async () => {
  const person = await newPerson();
  const [attacker, victim] = [createBrowser(http), createBrowser(http)];
  const cookieOf = (browser: Browser) =>
    [...browser.cookies.values()].find(({ name }) => name === 'eid_session')?.value;
  // The attacker begins a sign-in and gives its cookies to the victim, who then signs in with them.
  const flow = await visited.identity.signin.start({
    client: visited.portal,
    providerEntityId: home.identity.issuer,
    redirectUri: `${visited.publicUrl}/sign-in/callback`,
    returnTo: '/',
    language: 'en',
    level: 'low',
  });
  const page = await attacker.get(flow.redirectUrl);
  for (const [key, cookie] of attacker.cookies) victim.cookies.set(key, cookie);
  const planted = cookieOf(victim);
  await victim.post(`${page.url}/login`, { nationalId: person.nationalId, password });
  expect(cookieOf(victim)).toBeDefined();
  expect(cookieOf(victim)).not.toBe(planted);
  // The old cookies lead to the password again.
  const again = await visited.identity.signin.start({
    client: visited.portal,
    providerEntityId: home.identity.issuer,
    redirectUri: `${visited.publicUrl}/sign-in/callback`,
    returnTo: '/',
    language: 'en',
    level: 'low',
  });
  expect((await attacker.get(again.redirectUrl)).json()['prompt']).toBe('login');
});

test.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge',
    'Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604.1',
    'Safari',
    'iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 SamsungBrowser/29.0 Chrome/130.0 Mobile Safari/537',
    'Samsung Internet',
    'Android',
  ],
  ['curl/8.0', null, null],
  [`${'x'.repeat(100_000)} Firefox/1`, null, null],
])('a device is named by its kind: %s', (userAgent, browser, system) => {
  expect(deviceOf(userAgent, '2001:db8:1:2::7')).toEqual({ browser, system, network: '2001:db8:1::/48' });
});

test('over HTTPS the cookies of sessions are this host’s alone: what another host planted names nobody', async () => {
  const proxied = behindProxy(http);
  const own = await startNode(createRegistry(), proxied, { state: 'KW', isBehindProxy: true });
  const nationalId = '970412045';
  const browser = createBrowser(proxied);
  const signIn = async () => {
    const { page, stateCookieValue } = await arriveAt(own, browser, 'low');
    const isAsked = page.url.includes('/eid-pages/');
    const end = isAsked ? await browser.post(`${page.url}/login`, { nationalId, password }) : page;
    const answer = { client: own.portal, callbackUrl: end.url, stateCookieValue };
    return { isAsked, signedIn: await own.identity.signin.complete(answer) };
  };
  await addPerson(own, nationalId);
  const { signedIn, isAsked } = await signIn();
  const { cookie } = await own.identity.sessions.start(signedIn);
  expect(cookie).toMatch(/^__Host-jisr_session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
  const value = /=([^;]+)/.exec(cookie)![1]!;
  const kindOf = async (name: string) =>
    (await own.identity.sessions.identify({ headers: {}, cookies: { [name]: value } })).kind;
  expect([await kindOf('__Host-jisr_session'), await kindOf('jisr_session')]).toEqual(['person', 'anyone']);
  // So it is with the session at the eID, which is known again by its name alone.
  const kept = [...browser.cookies.values()].filter(({ path }) => path === '/').map(({ name }) => name);
  expect(kept.sort()).toEqual(['__Host-eid_session', '__Host-eid_session.sig']);
  expect([isAsked, (await signIn()).isAsked]).toEqual([true, false]);
  for (const [key, one] of browser.cookies) browser.cookies.set(key, { ...one, name: one.name.replace('__Host-', '') });
  expect((await signIn()).isAsked).toBe(true);
  await own.close();
});

// The last: the clock runs on, away from the machine's, which the library reads.
test('a suspension is heeded where the person comes no more: days after the last session from their state is gone', async () => {
  const person = await newPerson();
  const abroad = await enter(visited, createBrowser(http), person);
  await visited.identity.sessions.endAllOf(abroad.caller.personId);
  clock.advance(3 * 86_400_000);
  await visited.identity.sessions.purge();
  expect(await visited.identity.sessions.listSignIns(abroad.caller)).toEqual([]);
  await home.identity.suspendPerson(person.personId);
  // What they allowed apps and offices there ends with it.
  await expect.poll(() => suspended).toContain(abroad.caller.personId);
});
