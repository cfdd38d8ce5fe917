import { join } from 'node:path';
import * as oidc from 'openid-client';
import { describe, expect, test } from 'vitest';
import { openKeyFolder } from '#kernel/keys';
import { changesBetween, faultsOf } from './attack.ts';
import { askByHand } from './states.ts';
import type { World } from './world.ts';

const preAuthorizedCode = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

export function attackWithReplays(worldOf: () => World): void {
  describe('a replay', () => {
    test('of a question under the same number with other content is refused, and not counted', async () => {
      const world = worldOf();
      const before = await world.digestOf('bh');
      const answer = await askByHand(world, { from: ['sa', 'moe'], questionId: await degreeQuestion(world) });
      expect([answer.status, answer.code]).toEqual([409, 'question-replayed']);
      expect(faultsOf(world, answer)).toEqual([]);
      expect(changesBetween(before, await world.digestOf('bh'))).toEqual([]);
    });

    test('of an authorization request, of its answer at the portal, and of the answer of a consent leads nowhere', async () => {
      const world = worldOf();
      const before = [await world.digestOf('bh'), await world.digestOf('sa')];
      const sent = world.browsers.fatima.sent;
      const requests = sent.filter(({ url }) => url.includes('/eid/auth?') && url.includes('request_uri='));
      const answers = sent.filter(({ url }) => /\/(signin|evidence)\/callback\?/.test(url));
      expect(requests.length).toBeGreaterThan(1);
      expect(new Set(answers.map(({ url }) => new URL(url).pathname)).size).toBe(2);
      const cookies = [undefined, world.browsers.yousif.cookieAt(world.url('sa'))];
      for (const { url, headers } of [...requests, ...answers])
        for (const cookie of [...cookies, headers?.['cookie']]) {
          const answer = await world.http.request({
            method: 'GET',
            url,
            headers: { accept: 'text/html', ...(cookie ? { cookie } : {}) },
          });
          expect(faultsOf(world, answer, cookie === headers?.['cookie']), new URL(url).pathname).toEqual([]);
          const { pathname } = new URL(url);
          // Whoever has no session is led to sign in; nobody is led on.
          const isLed = (answer.headers['location'] ?? '').startsWith('/signin?');
          const place = `${pathname} ${answer.status} ${answer.headers['location']}`;
          if (isLed) expect(answer.headers['set-cookie'] ?? '', place).not.toContain('jisr_session=');
          else if (pathname !== '/evidence/callback' || cookie !== headers?.['cookie'])
            expect(answer.status, place).toBeGreaterThanOrEqual(400);
          expect(answer.headers['set-cookie'] ?? '', place).not.toMatch(/jisr_session=[^;]/);
        }
      expect(changesBetween(before[0]!, await world.digestOf('bh'))).toEqual([]);
      expect(changesBetween(before[1]!, await world.digestOf('sa'))).toEqual([]);
    });

    test('of an authorization code at the provider is refused, even from the client it was made for', async () => {
      const world = worldOf();
      const client = `${world.url('sa')}/portal`;
      const keys = openKeyFolder(join(world.federation.config.dataFolder, 'sa', 'keys'));
      const pair = await keys.cryptoKeyPair('portal');
      const signer = await keys.signer('portal');
      const bh = world.federation.running.get('bh')!;
      const configuration = new oidc.Configuration(
        bh.doors.identity.providerMetadata(bh.state.names) as unknown as oidc.ServerMetadata,
        client,
        { id_token_signed_response_alg: 'ES256' },
        oidc.PrivateKeyJwt({ key: pair.privateKey, kid: signer.kid }),
      );
      configuration[oidc.customFetch] = world.http.fetch as unknown as oidc.CustomFetch;
      oidc.allowInsecureRequests(configuration);
      const verifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const options = { DPoP: oidc.getDPoPHandle(configuration, pair) };
      const start = await oidc.buildAuthorizationUrlWithPAR(
        configuration,
        {
          redirect_uri: `${world.url('sa')}/signin/callback`,
          scope: 'openid',
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        },
        options,
      );
      const browser = world.browsers.maryam;
      await browser.visitor.open(start.href);
      const callback = browser.sent.findLast(({ url }) => url.includes('/signin/callback?'))!.url;
      const exchange = () =>
        oidc.authorizationCodeGrant(
          configuration,
          new URL(callback),
          { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
          undefined,
          options,
        );
      expect((await exchange()).access_token).toBeTruthy();
      await expect(exchange()).rejects.toMatchObject({ error: 'invalid_grant' });
    });

    test('of a one-time code is refused, although it is still on the phone', async () => {
      const world = worldOf();
      const first = world.newBrowser();
      await world.signIn(first, 'dana', 'kw');
      const body = first.sent.findLast(({ url }) => url.endsWith('/code'))!.body!;
      const code = new URLSearchParams(String(body)).get('code')!;
      const { visitor } = world.newBrowser();
      const dana = world.federation.person('dana');
      await visitor.open(`${world.url('kw')}/signin?returnTo=/`);
      await visitor.submit('/signin', { state: 'KW' });
      await visitor.submit(/interaction\/[^/]+$/, { nationalId: dana.nationalId, password: dana.password });
      const page = await visitor.submit(/\/code$/, { code });
      expect(page.status).toBe(401);
      expect(page.html.querySelector('[role=alert]')?.text ?? '').not.toBe('');
    });

    test('of a credential offer brings no second credential, to whomever', async () => {
      const world = worldOf();
      const { url, http } = { url: world.url('sa'), http: world.http };
      const { cases, credentials } = world.federation.running.get('sa')!.doors;
      const row = await http.request({
        method: 'GET',
        url: `${url}/api/cases/${world.ids.sa['caseId']}`,
        headers: { cookie: world.browsers.fatima.cookieAt(url)! },
      });
      const view: Awaited<ReturnType<typeof cases.getMyCase>> = JSON.parse(row.body.toString('utf8'));
      const offer = await credentials.createOffer(view.documents.find(({ kind }) => kind === 'credential')!.id);
      const read = async () => http.request({ method: 'GET', url: offer.httpsOfferUrl });
      const { grants } = JSON.parse((await read()).body.toString('utf8'));
      const take = async () =>
        http.request({
          method: 'POST',
          url: `${url}/credentials/issuer/token`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            grant_type: preAuthorizedCode,
            'pre-authorized_code': grants[preAuthorizedCode]['pre-authorized_code'],
          }).toString(),
        });
      expect((await take()).status).toBe(200);
      const before = await world.digestOf('sa');
      const again = await take();
      expect([again.status, JSON.parse(again.body.toString('utf8')).error]).toEqual([400, 'invalid_grant']);
      const gone = await read();
      expect([gone.status, JSON.parse(gone.body.toString('utf8')).code]).toEqual([404, 'offer-unknown']);
      const atHome = await http.request({
        method: 'POST',
        url: `${world.url('bh')}/api/wallet/offers`,
        headers: { 'content-type': 'application/json', cookie: world.browsers.fatima.cookieAt(world.url('bh'))! },
        body: JSON.stringify({ credentialOfferUrl: world.ids.bh['offerUrl'] }),
      });
      expect([atHome.status, JSON.parse(atHome.body.toString('utf8')).code]).toEqual([404, 'offer-unknown']);
      expect(changesBetween(before, await world.digestOf('sa'))).toEqual([]);
    });
  });
}

/** The number of the question for Fatima's degree, for her list of uses holds one for each kind of evidence. */
async function degreeQuestion(world: World): Promise<string> {
  const url = `${world.url('bh')}/api/uses`;
  const headers = { cookie: world.browsers.fatima.cookieAt(url)! };
  const uses = JSON.parse((await world.http.request({ method: 'GET', url, headers })).body.toString('utf8'));
  return uses.find((use: { evidenceType: string }) => use.evidenceType === 'degree-record').questionId;
}
