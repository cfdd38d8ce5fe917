import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as oidc from 'openid-client';
import { generate } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { createVisitor, titleOf, type Visitor } from '../../apps/federation/visitor.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

// The judge is openid-client, a relying party certified by the OpenID Foundation, FAPI 2.0 included. Here it is used as a
// ministry's developers would use it: the address of the provider, a client name and a key, and nothing of ours around it.

const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
let provider: string;
let callback: string;
let configuration: oidc.Configuration;
let keyPair: CryptoKeyPair;
let visitor: Visitor;
let arrived: string | undefined;

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
  provider = `${federation.url('bh')}/eid`;
  callback = `${federation.url('sa')}/signin/callback`;
  keyPair = await readKeyPair(join(federation.config.dataFolder, 'sa', 'keys', 'portal.es256.pem'));
  configuration = await discover(keyPair.privateKey);
  visitor = createVisitor(
    {
      ...http,
      // The node never sees the answer that is meant for the judge.
      request: async (request) => {
        if (!request.url.startsWith(`${callback}?`)) return http.request(request);
        arrived = request.url;
        return { status: 200, headers: {}, body: Buffer.alloc(0) };
      },
    },
    'en',
  );
});
afterAll(async () => {
  await federation?.stop();
  await http.close();
});

test('a certified relying party discovers the provider and signs a person in under the FAPI 2.0 profile', async () => {
  expect(configuration.serverMetadata()).toMatchObject({
    issuer: provider,
    require_pushed_authorization_requests: true,
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ['S256'],
  });
  const dpop = oidc.getDPoPHandle(configuration, keyPair);
  const { url, checks } = await pushRequest(dpop);
  arrived = undefined;
  await visitor.open(url.href);
  const { nationalId, password, totpSecret } = federation.person('fatima');
  await visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, { nationalId, password });
  const page = await visitor.submit(/\/code$/, { code: await generate({ secret: totpSecret }) });
  if (arrived === undefined) throw new Error(`no answer for the relying party: ${page.status} ${titleOf(page)}`);

  const tokens = await oidc.authorizationCodeGrant(configuration, new URL(arrived), checks, undefined, { DPoP: dpop });
  expect(tokens.token_type).toBe('dpop');
  expect(tokens.claims()).toMatchObject({ iss: provider, acr: 'substantial' });
  const { sub } = tokens.claims()!;
  expect(await oidc.fetchUserInfo(configuration, tokens.access_token, sub, { DPoP: dpop })).toMatchObject({ sub });
  const again = oidc.authorizationCodeGrant(configuration, new URL(arrived), checks, undefined, { DPoP: dpop });
  await expect(again).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('the same relying party is refused when its key is not the one the federation vouches for', async () => {
  const strange = await oidc.randomDPoPKeyPair('ES256');
  configuration = await discover(strange.privateKey);
  await expect(pushRequest(oidc.getDPoPHandle(configuration, strange))).rejects.toMatchObject({
    error: 'invalid_client',
  });
});

async function pushRequest(dpop: oidc.DPoPHandle) {
  const checks = {
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    idTokenExpected: true,
  };
  const parameters = {
    redirect_uri: callback,
    scope: 'openid',
    acr_values: 'substantial',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
  };
  return { url: await oidc.buildAuthorizationUrlWithPAR(configuration, parameters, { DPoP: dpop }), checks };
}

function discover(privateKey: CryptoKey): Promise<oidc.Configuration> {
  const metadata = { id_token_signed_response_alg: 'ES256' };
  return oidc.discovery(
    new URL(provider),
    `${federation.url('sa')}/portal`,
    metadata,
    oidc.PrivateKeyJwt(privateKey),
    // The sample federation speaks http on loopback, under names that not every resolver knows.
    { execute: [oidc.allowInsecureRequests], [oidc.customFetch]: http.fetch as oidc.CustomFetch },
  );
}

async function readKeyPair(file: string): Promise<CryptoKeyPair> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = createPrivateKey(readFileSync(file));
  const pkcs8 = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
  const spki = new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}
