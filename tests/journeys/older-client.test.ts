import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { startTestFederation, type TestFederation } from '#tests/support/federation';
import { createVisitor } from '../../apps/federation/visitor.ts';

// The judge is Debian's mod_auth_openidc (2.4.12 in Debian 12), a certified relying party in C that knows neither pushed requests nor
// DPoP: what the plain profile is for. `.ci/run` installs it.

const modules = '/usr/lib/apache2/modules';
const isHere = existsSync(`${modules}/mod_auth_openidc.so`) && existsSync('/usr/sbin/apache2');
if (!isHere)
  console.log('skipped: apache2 with libapache2-mod-auth-openidc is needed for an older client that is not ours');

describe.skipIf(!isHere)('mod_auth_openidc, allowed the plain profile by the operator', () => {
  let federation: TestFederation;
  let http: HttpClient;
  let folder: string;
  let apache: ChildProcess;
  let site: string;
  let client: { clientId: string; clientSecret: string };
  let secret: string;

  const order = async (method: string, path: string, body?: object) => {
    const answer = await http.request({
      method,
      url: `${federation.running.get('bh')!.operatorUrl}${path}`,
      headers: { authorization: `Bearer ${secret}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, json: JSON.parse(answer.body.toString('utf8') || '{}') };
  };
  const allow = (redirectUris: string[]) =>
    order('POST', '/operator/older-clients', {
      names: { ar: 'بوابة الأرشيف', en: 'Archive portal' },
      redirectUris,
      reason: 'It is replaced next year; until then it only shows opening hours.',
    });

  beforeAll(async () => {
    federation = await startTestFederation(['bh'], { operator: { listen: { host: '127.0.0.1', port: 0 } } });
    http = createHttpClient({ timeoutMs: 30_000 });
    secret = readFileSync(join(federation.config.dataFolder, 'bh', 'operator', 'secret'), 'utf8').trim();
    const port = await freePort();
    site = `http://127.0.0.1:${port}`;
    client = (await allow([`${site}/back`])).json;
    folder = mkdtempSync(join(tmpdir(), 'jisr-older-client-'));
    // Started by root, the server serves under an account of its own, which has to read its pages.
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'pages'));
    writeFileSync(join(folder, 'pages', 'index.html'), '<title>Archive</title>');
    writeFileSync(join(folder, 'apache.conf'), configuration(port));
    apache = spawn('/usr/sbin/apache2', ['-d', folder, '-f', join(folder, 'apache.conf'), '-DFOREGROUND'], {
      stdio: 'ignore',
    });
    await waitUntilOpen(() => http.request({ method: 'GET', url: `${site}/open.html` }));
  });
  afterAll(async () => {
    apache?.kill();
    await http?.close();
    await federation?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const configuration = (port: number) => `
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'auth_openidc']
  .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`)
  .join('\n')}
DocumentRoot ${folder}/pages
OIDCProviderMetadataURL ${federation.url('bh')}/eid/.well-known/openid-configuration
OIDCClientID ${client.clientId}
OIDCClientSecret ${client.clientSecret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRedirectURI ${site}/back
OIDCScope openid
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCCryptoPassphrase a-passphrase-of-one-test
OIDCSessionType client-cookie
OIDCCookieSameSite Off
OIDCInfoHook iat id_token
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
`;

  const signIn = async () => {
    const visitor = createVisitor(http, 'en');
    const person = federation.person('fatima');
    const login = await visitor.open(`${site}/index.html`);
    const end =
      login.status === 200 && login.url.includes('/eid-pages/')
        ? await visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, {
            nationalId: person.nationalId,
            password: person.password,
          })
        : login;
    return { visitor, login, end };
  };

  test('signs a person in with code, PKCE and its secret, on the level low and with no claim about the person', async () => {
    const { visitor, login, end } = await signIn();
    expect(login.html.querySelector('main')?.text).toContain('Archive portal');
    expect([end.status, end.url]).toEqual([200, `${site}/index.html`]);
    expect(end.body.toString('utf8')).toBe('<title>Archive</title>');
    const info = await visitor.fetchJson(`${site}/back?info=json`);
    const { id_token: claims } = JSON.parse(info.body.toString('utf8')) as { id_token: Record<string, unknown> };
    expect(claims).toMatchObject({
      iss: `${federation.url('bh')}/eid`,
      aud: client.clientId,
      acr: 'low',
      amr: ['pwd'],
    });
    expect(Object.keys(claims).sort()).toEqual(
      expect.not.arrayContaining(['name', 'verified_claims', 'email', 'given_name', 'birthdate']),
    );
    expect(String(claims['sub'])).not.toContain(federation.person('fatima').nationalId);
  });

  test('is told of a low level also where the person is signed in more strongly', async () => {
    const visitor = createVisitor(http, 'en');
    const person = federation.person('yousif');
    await visitor.open(`${federation.url('bh')}/signin?returnTo=/cases`);
    await visitor.submit('/signin', { state: 'BH' });
    await visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, {
      nationalId: person.nationalId,
      password: person.password,
    });
    await visitor.submit(/\/code$/, { code: await generate({ secret: person.totpSecret }) });
    const page = await visitor.open(`${site}/index.html`);
    expect(page.url).toBe(`${site}/index.html`);
    const info = JSON.parse((await visitor.fetchJson(`${site}/back?info=json`)).body.toString('utf8'));
    expect(info.id_token).toMatchObject({ acr: 'low' });
  });

  test.each([
    ['without PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for evidence', { authorization_details: '[{"type":"evidence"}]' }, /invalid_/],
    ['for a token of the exchange', { resource: 'EXCHANGE' }, 'invalid_target'],
    ['for a token in the address', { response_type: 'id_token' }, /invalid_request|unsupported_response_type/],
  ])('is refused a request %s', async (_title, changes, error) => {
    const url = new URL(`${federation.url('bh')}/eid/auth`);
    const parameters: Record<string, string | undefined> = {
      client_id: client.clientId,
      redirect_uri: `${site}/back`,
      response_type: 'code',
      scope: 'openid',
      state: 'x',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      ...changes,
    };
    if (parameters['resource']) parameters['resource'] = `${federation.url('bh')}/r1`;
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    const answer = await http.request({ method: 'GET', url: url.href });
    const location = new URL(answer.headers['location'] ?? 'http://nowhere.example');
    const params = new URLSearchParams(location.search || location.hash.slice(1));
    expect(params.get('error')).toMatch(error);
  });

  test('no client of the federation may do as it does', async () => {
    const url = new URL(`${federation.url('bh')}/eid/auth`);
    url.search = new URLSearchParams({
      client_id: `${federation.url('bh')}/portal`,
      redirect_uri: `${federation.url('bh')}/signin/callback`,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    }).toString();
    const answer = await http.request({ method: 'GET', url: url.href });
    expect(new URL(answer.headers['location']!).searchParams.get('error')).toBe('invalid_request');
  });

  test('the operator is told what is wrong with an address, reads the list without secrets, and ends a client', async () => {
    for (const bad of [
      ['http://x.example/back'],
      ['https://a.example/x', 'https://b.example/x'],
      ['https://a.example/#x'],
    ])
      expect(await allow(bad)).toMatchObject({ status: 400, json: { code: 'redirect-address-invalid' } });
    const list = await order('GET', '/operator/older-clients');
    expect(list.json.clients).toMatchObject([
      { clientId: client.clientId, reason: expect.stringContaining('replaced') },
    ]);
    expect(JSON.stringify(list.json)).not.toContain(client.clientSecret);
    expect((await order('DELETE', `/operator/older-clients/${client.clientId}`)).status).toBe(200);
    expect((await order('DELETE', `/operator/older-clients/${client.clientId}`)).json.code).toBe(
      'older-client-unknown',
    );
    const { login } = await signIn();
    expect(login.status).toBe(400);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function waitUntilOpen(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      await ask();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('the server of the older client does not open');
}
