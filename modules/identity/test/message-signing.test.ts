import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { decodeJws } from '#kernel/jws';
import { purposes } from '#protocol/catalogue';
import { nationalIdSchemes } from '#protocol/national-ids';
import type { SignIn } from '../signin/service.ts';
import {
  addPerson,
  codeAt,
  createBrowser,
  createRegistry,
  type Node,
  signInAt,
  startHttp,
  startNode,
} from './federation-in-a-box.ts';

// A purpose that wants its requests and its answers signed: FAPI 2.0 Message Signing, by RFC 9101 and JARM.

let http: HttpClient;
let home: Node;
let visited: Node;
const clock = fixedClock(new Date());
const pushed: URLSearchParams[] = [];

beforeAll(async () => {
  http = startHttp();
  const watched: HttpClient = {
    ...http,
    request: (request) => {
      if (request.url.endsWith('/eid/request')) pushed.push(new URLSearchParams(String(request.body)));
      return http.request(request);
    },
  };
  const registry = createRegistry();
  home = await startNode(registry, http, { state: 'BH', clock });
  visited = await startNode(registry, watched, { state: 'SA', clock });
});
afterAll(async () => {
  await home?.close();
  await visited?.close();
  await http?.close();
});

const signedPurpose = purposes.find(({ messageSigning }) => messageSigning)!.id;
const detailOf = (purpose: string) => ({
  type: 'evidence' as const,
  evidence_type: 'person-identity',
  purpose,
  case: 'c-1',
  fields: ['full_name_ar'],
});
const start = (purpose = signedPurpose, extra: Partial<Parameters<SignIn['start']>[0]> = {}) =>
  visited.identity.signin.start({
    client: visited.office,
    providerEntityId: home.identity.issuer,
    redirectUri: `${visited.publicUrl}/sign-in/callback`,
    returnTo: '/services/school',
    language: 'ar',
    authorizationDetails: [detailOf(purpose)],
    resource: `${home.publicUrl}/r1`,
    ...extra,
  });
const complete = (callbackUrl: string, stateCookieValue: string) =>
  visited.identity.signin.complete({ client: visited.office, callbackUrl, stateCookieValue });
const approve = (browser: ReturnType<typeof createBrowser>, url: string, purpose = signedPurpose) =>
  browser.post(`${url}/approve`, {
    consentId: newId(),
    details: JSON.stringify([detailOf(purpose)]),
    until: new Date(clock.now().getTime() + 60_000).toISOString(),
  });
let serial = 0;
function newPerson() {
  for (;;) {
    const nationalId = nationalIdSchemes['bh-cpr'].complete(`9202${String(serial++).padStart(4, '0')}`);
    if (nationalId !== undefined) return addPerson(home, nationalId);
  }
}
async function reachAnswer(purpose = signedPurpose) {
  const person = await newPerson();
  const browser = createBrowser(http);
  const flow = await start(purpose);
  const page = await signInAt(browser, await browser.get(flow.redirectUrl), person.nationalId, codeAt(clock.now()));
  return { flow, browser, page, end: await approve(browser, page.url, purpose) };
}

test('the request is one signed object, the answer another, and both can be shown to a third party', async () => {
  const { flow, end } = await reachAnswer();
  const form = pushed.at(-1)!;
  expect([...form.keys()].sort()).toEqual(['client_assertion', 'client_assertion_type', 'client_id', 'request']);
  const { payload: asked } = await jwtVerify(
    form.get('request')!,
    createLocalJWKSet({ keys: [visited.office.signer.publicJwk] }),
    {
      issuer: visited.office.entityId,
      audience: home.identity.issuer,
    },
  );
  expect(asked).toMatchObject({ response_type: 'code', response_mode: 'jwt' });
  expect(JSON.stringify(asked['authorization_details'])).toContain(signedPurpose);

  const answer = new URL(end.url);
  expect([...answer.searchParams.keys()]).toEqual(['response']);
  const { keys } = home.identity.providerMetadata({ ar: '', en: '' })['jwks'] as { keys: object[] };
  const { payload: said } = await jwtVerify(answer.searchParams.get('response')!, createLocalJWKSet({ keys }), {
    issuer: home.identity.issuer,
    audience: visited.office.entityId,
  });
  expect(said['code']).toEqual(expect.any(String));
  const signedIn = await complete(end.url, flow.stateCookieValue);
  expect(signedIn.authorizationDetails).toMatchObject([detailOf(signedPurpose)]);
});

test('a purpose that does not want it is asked for as before', async () => {
  const { flow, end } = await reachAnswer('degree-recognition');
  expect(pushed.at(-1)!.has('request')).toBe(false);
  expect(new URL(end.url).searchParams.has('code')).toBe(true);
  await complete(end.url, flow.stateCookieValue);
});

test('an answer that is not signed, or changed on its way, lets nobody in', async () => {
  const { flow, end } = await reachAnswer();
  const response = new URL(end.url).searchParams.get('response')!;
  const { code, state, iss } = decodeJws(response).payload as Record<string, string>;
  const bare = new URL(`${visited.publicUrl}/sign-in/callback`);
  bare.search = new URLSearchParams({ code: code!, state: state!, iss: iss! }).toString();
  await expect(complete(bare.href, flow.stateCookieValue)).rejects.toMatchObject({ code: 'sign-in-refused' });

  const other = await reachAnswer();
  const [head, body, signature] = new URL(other.end.url).searchParams.get('response')!.split('.');
  const changed = `${head}.${body}.${signature!.startsWith('A') ? 'B' : 'A'}${signature!.slice(1)}`;
  await expect(
    complete(`${visited.publicUrl}/sign-in/callback?response=${changed}`, other.flow.stateCookieValue),
  ).rejects.toMatchObject({ code: 'sign-in-refused' });
});

test.each([
  '',
  '?code=x',
  '?code=%20',
  '?code=x&state=y&code=%5B%5D',
  '?response=',
  '?response=a.b.c',
  '?response=x&response=y',
])('an answer that is none of ours is refused: %s', async (query) => {
  for (const purpose of [signedPurpose, 'degree-recognition']) {
    const { stateCookieValue } = await start(purpose);
    await expect(complete(`${visited.publicUrl}/sign-in/callback${query}`, stateCookieValue)).rejects.toMatchObject({
      code: 'sign-in-expired',
    });
  }
});

test('a refusal comes back signed too, as itself', async () => {
  const browser = createBrowser(http);
  const flow = await start();
  const page = await browser.get(flow.redirectUrl);
  const back = await browser.post(`${page.url}/refuse`, { reason: 'user_cancelled' });
  expect([...new URL(back.url).searchParams.keys()]).toEqual(['response']);
  await expect(complete(back.url, flow.stateCookieValue)).rejects.toMatchObject({ code: 'sign-in-cancelled' });
});

describe('a request under such a purpose', () => {
  type Change = {
    claims?: Record<string, unknown>;
    key?: CryptoKey;
    isSigned?: boolean;
  };
  async function push({ claims = {}, key, isSigned = true }: Change) {
    const pair = await visited.keys.cryptoKeyPair(visited.office.signer.name);
    const configuration = new oidc.Configuration(
      home.identity.providerMetadata({ ar: '', en: '' }) as unknown as oidc.ServerMetadata,
      visited.office.entityId,
      {},
      oidc.PrivateKeyJwt({ key: pair.privateKey, kid: visited.office.signer.kid }),
    );
    configuration[oidc.customFetch] = (url, init) => http.fetch(url, init as RequestInit);
    oidc.allowInsecureRequests(configuration);
    const nowSeconds = Math.floor(clock.now().getTime() / 1_000);
    const all: Record<string, unknown> = {
      redirect_uri: `${visited.publicUrl}/sign-in/callback`,
      response_type: 'code',
      response_mode: 'jwt',
      scope: 'openid',
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
      resource: `${home.publicUrl}/r1`,
      authorization_details: JSON.stringify([detailOf(signedPurpose)]),
      ...claims,
    };
    const request = await new SignJWT({
      iss: visited.office.entityId,
      aud: home.identity.issuer,
      client_id: visited.office.entityId,
      nbf: nowSeconds,
      exp: nowSeconds + 300,
      ...all,
    })
      .setProtectedHeader({ alg: 'ES256', kid: visited.office.signer.kid, typ: 'oauth-authz-req+jwt' })
      .sign(key ?? pair.privateKey);
    return oidc.buildAuthorizationUrlWithPAR(configuration, isSigned ? { request } : (all as Record<string, string>), {
      DPoP: oidc.getDPoPHandle(configuration, pair),
    });
  }

  test('is taken when it is whole', async () => {
    expect((await push({})).searchParams.has('request_uri')).toBe(true);
  });

  test.each<[string, () => Promise<Change>, string]>([
    ['without a signature', async () => ({ isSigned: false }), 'invalid_request'],
    ['that would have its answer unsigned', async () => ({ claims: { response_mode: 'query' } }), 'invalid_request'],
    [
      'signed with the key of another client',
      async () => ({ key: (await visited.keys.cryptoKeyPair(visited.portal.signer.name)).privateKey }),
      'invalid_request_object',
    ],
    [
      'meant for another provider',
      async () => ({ claims: { aud: 'https://other.example/eid' } }),
      'invalid_request_object',
    ],
    ['of another issuer', async () => ({ claims: { iss: visited.portal.entityId } }), 'invalid_request_object'],
    ['that never ends', async () => ({ claims: { exp: undefined } }), 'invalid_request_object'],
    ['that has ended', async () => ({ claims: { nbf: 1_600_000_000, exp: 1_600_000_100 } }), 'invalid_request_object'],
    ['with a request in the request', async () => ({ claims: { request: 'x' } }), 'invalid_request_object'],
  ])('%s is refused before anybody is asked', async (_how, change, error) => {
    await expect(push(await change())).rejects.toMatchObject({ error });
  });
});
