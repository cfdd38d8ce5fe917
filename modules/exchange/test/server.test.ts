// @peculiar/x509 asks for the metadata reflection API to be there before it loads.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { createLog } from '#kernel/log';
import { checkRegistryConfig } from '../index.ts';
import { createRegistries } from '../registries/lookup.ts';
import { openSecretFolder } from '../registries/secrets.ts';
import { graduate, type Ministry, startMinistry } from './ministry.ts';

// How a ministry's server knows the node: tokens of a token server that nobody here wrote (oidc-provider), and certificates.

const folder = mkdtempSync(join(tmpdir(), 'jisr-server-'));
const http = createHttpClient();
let logged = '';
const log = createLog({
  name: 'test',
  destination: {
    write: (line) => {
      logged += line;
    },
  },
});
afterAll(async () => {
  await http.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  logged = '';
});

const keep = (name: string, value: string) => writeFileSync(join(folder, name), value, { mode: 0o600 });
const describeRegistry = (server: string, access: object) => ({
  id: 'graduates',
  officeId: 'moe',
  names: { ar: 'سجل الخريجين', en: 'Graduates' },
  adapter: 'openapi',
  document: `${server}/openapi.json`,
  server,
  ...access,
  evidence: [
    {
      type: 'degree-record',
      operationId: 'getGraduate',
      person: { in: 'path', name: 'civilNo' },
      noRecord: ['404'],
      map: {
        degree_level: { constant: 'bachelor' },
        field_of_study: '/award/major',
        field_code: { from: '/award/code', text: true },
        university_ar: '/uniAr',
        university_en: '/uniEn',
        university_id: '/uniId',
        graduation_year: { from: '/awardedIn', number: '.' },
      },
    },
  ],
});
const open = (server: string, access: object) => {
  const registries = createRegistries({
    http,
    // Certificates end by the clock of TLS itself.
    clock: systemClock,
    log,
    folder,
    secrets: openSecretFolder(folder),
    registries: [describeRegistry(server, access)],
  });
  return {
    stop: registries.stop,
    ask: (nationalId = graduate.civilNo) =>
      registries.lookUp('moe', 'degree-record', { nationalId }).then(
        ({ university_id: id }) => id,
        (error) => error.code,
      ),
    health: async () => (await registries.checkHealth({ isNow: true }))[0]!,
  };
};

describe('a server that wants tokens of OAuth 2.0', () => {
  const password = randomBytes(24).toString('base64');
  let ministry: Ministry;
  let provider: Provider;
  let tokenUrl: string;
  let given: string[] = [];
  const server = createServer((request, response) => void provider.callback()(request, response));

  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'], scope: 'graduates' };
    const methods = { header: 'client_secret_basic', body: 'client_secret_post' } as const;
    provider = new Provider(issuer, {
      clients: Object.entries(methods).map(([name, method]) => ({
        ...client,
        client_id: `node of ${name}`,
        client_secret: password,
        token_endpoint_auth_method: method,
      })),
      scopes: ['graduates'],
      features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
      ttl: { ClientCredentials: 600 },
    });
    provider.on('client_credentials.saved', (token) => void given.push(String(token.jti)));
    tokenUrl = `${issuer}/token`;
    for (const name of Object.keys(methods)) keep(name, `node of ${name}:${password}`);
    keep('wrong', 'node of header:no such word');
    ministry = await startMinistry([graduate], {
      accepts: async (authorization) => {
        const token = await provider.ClientCredentials.find(String(authorization).replace('Bearer ', ''));
        return token?.scope === 'graduates' && !token.isExpired;
      },
    });
  });
  afterAll(async () => {
    await ministry.stop();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    given = [];
  });
  const oauth = (changes: object = {}) => ({
    authentication: { kind: 'oauth', tokenUrl, secret: 'header', scope: 'graduates', ...changes },
  });

  test.each([{}, { secret: 'body', sentIn: 'body' }])(
    'is shown one token for many lookups, had with %j',
    async (changes) => {
      const registry = open(ministry.url, oauth(changes));
      expect(await Promise.all(Array.from({ length: 8 }, () => registry.ask()))).toEqual(Array(8).fill('uob'));
      expect(await registry.ask('2')).toBe('evidence-not-found');
      expect((await registry.health()).isHealthy).toBe(true);
      expect(given).toHaveLength(1);
    },
  );

  test('is shown another one when the first was called back, in the same lookup', async () => {
    const registry = open(ministry.url, oauth());
    expect(await registry.ask()).toBe('uob');
    await (await provider.ClientCredentials.find(given[0]!))?.destroy();
    expect(await registry.ask()).toBe('uob');
    expect(given).toHaveLength(2);
  });

  test.each([
    ['the secret is refused', { secret: 'wrong' }, 'gives no token for the secret wrong (invalid_client)'],
    ['the scope is not the one it wants', { scope: 'everything' }, 'Correct scope or audience'],
    ['the token server is away', { tokenUrl: 'http://127.0.0.1:9/token' }, 'gives no answer (peer-unreachable)'],
    ['that is no token server', { tokenUrl: 'TOKENS/nothing' }, 'gives no token'],
  ])('health says that %s, and neither it nor the log holds the secret', async (_, changes, sentence) => {
    const own = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [name, value.replace('TOKENS', tokenUrl)]),
    );
    const registry = open(ministry.url, oauth(own));
    expect(await registry.ask()).toBe('registry-unavailable');
    const health = await registry.health();
    expect(health).toMatchObject({
      isHealthy: false,
      reason: { en: expect.stringContaining(sentence), ar: expect.stringMatching(/\p{Script=Arabic}/u) },
    });
    for (const hidden of [password, 'no such word', btoa('node of header:no such word')])
      expect(logged + JSON.stringify(health)).not.toContain(hidden);
  });

  test('gets a secret that was put right without a restart', async () => {
    keep('changing', 'node of header:old');
    const registry = open(ministry.url, oauth({ secret: 'changing' }));
    expect(await registry.ask()).toBe('registry-unavailable');
    keep('changing', `node of header:${password}`);
    await registry.health();
    expect(await registry.ask()).toBe('uob');
  });

  test('has its tokens asked for over https://, or is refused at start', () => {
    const description = describeRegistry(ministry.url, oauth({ tokenUrl: 'http://login.example/token' }));
    expect(() => checkRegistryConfig(description)).toThrow('tokenUrl must begin with https://');
  });
});

describe('a server that wants a certificate, and has one of an authority of its own', () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const dayMs = 86_400_000;
  let ministry: Ministry;

  const makeKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const pemOf = async (key: CryptoKey) =>
    `-----BEGIN PRIVATE KEY-----\n${Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')}\n-----END PRIVATE KEY-----\n`;
  const makeAuthority = async (name: string) => {
    const keys = await makeKeys();
    const made = await X509CertificateGenerator.createSelfSigned({
      keys,
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - 40 * dayMs),
      notAfter: new Date(Date.now() + 40 * dayMs),
      signingAlgorithm: algorithm,
      extensions: [new BasicConstraintsExtension(true, 1, true)],
    });
    return {
      pem: made.toString('pem'),
      issue: async (subject: string, days = 10) => {
        const own = await makeKeys();
        const issued = await X509CertificateGenerator.create({
          issuer: made.subject,
          subject: `CN=${subject}`,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          notBefore: new Date(Date.now() - 20 * dayMs),
          notAfter: new Date(Date.now() + days * dayMs),
          signingAlgorithm: algorithm,
          extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
        });
        return { cert: issued.toString('pem'), key: await pemOf(own.privateKey) };
      },
    };
  };
  const put = ({ cert, key }: { cert: string; key: string }, name: string) => keep(name, `${cert}\n${key}`);

  beforeAll(async () => {
    const [own, other] = [await makeAuthority('Ministry'), await makeAuthority('Somebody else')];
    writeFileSync(join(folder, 'ministry.pem'), own.pem);
    writeFileSync(join(folder, 'other.pem'), other.pem);
    writeFileSync(join(folder, 'empty.pem'), '');
    put(await own.issue('node'), 'node');
    put(await own.issue('node', -1), 'ended');
    put(await other.issue('node'), 'stranger');
    keep('half', (await own.issue('node')).cert);
    ministry = await startMinistry([graduate], {
      accepts: async () => true,
      tls: { ...(await own.issue('localhost')), ca: own.pem },
    });
  });
  afterAll(() => ministry.stop());
  const tls = (changes: object = {}) => ({ tls: { certificate: 'node', authorities: 'ministry.pem', ...changes } });

  test('answers whoever has one, and is believed by its authority', async () => {
    const registry = open(ministry.url, tls());
    expect(await registry.ask()).toBe('uob');
    expect(await registry.health()).toMatchObject({ isHealthy: true });
    await registry.stop();
  });

  test.each([
    ['an authority that is not the one of the server', { authorities: 'other.pem' }, 'is not trusted'],
    ['the authorities of this machine', { authorities: undefined }, 'Name the file of the authority'],
    ['a file without authorities', { authorities: 'empty.pem' }, 'holds no certificate'],
    ['a certificate of another authority', { certificate: 'stranger' }, 'certificate of the secret stranger'],
    ['no certificate', { certificate: undefined }, 'name its secret under tls'],
    ['a certificate that has ended', { certificate: 'ended' }, 'holds a certificate that ended on 20'],
    ['a certificate without its key', { certificate: 'half' }, 'holds no key'],
    ['a secret that is not there', { certificate: 'absent' }, 'Put it into'],
  ])('is not asked with %s, and health says what to do', async (_, changes, sentence) => {
    const own = JSON.parse(JSON.stringify(tls(changes)));
    const registry = open(ministry.url, own);
    expect(await registry.ask()).toBe('registry-unavailable');
    const health = await registry.health();
    expect(health).toMatchObject({
      isHealthy: false,
      reason: { en: expect.stringContaining(sentence), ar: expect.stringMatching(/\p{Script=Arabic}/u) },
    });
    expect(logged + JSON.stringify(health)).not.toContain('PRIVATE KEY');
    await registry.stop();
  });

  test('is asked with a certificate that was put right, without a restart', async () => {
    keep('rolled', 'nothing');
    const registry = open(ministry.url, tls({ certificate: 'rolled' }));
    expect(await registry.ask()).toBe('registry-unavailable');
    keep('rolled', readFileSync(join(folder, 'stranger'), 'utf8'));
    await registry.health();
    expect(await registry.ask()).toBe('registry-unavailable');
    keep('rolled', readFileSync(join(folder, 'node'), 'utf8'));
    await registry.health();
    expect(await registry.ask()).toBe('uob');
    await registry.stop();
  });
});
