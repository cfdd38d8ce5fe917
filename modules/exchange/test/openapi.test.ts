import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { createLog } from '#kernel/log';
import { checkRegistryConfig } from '../index.ts';
import { createRegistries } from '../registries/lookup.ts';
import { openSecretFolder } from '../registries/secrets.ts';
import { graduate, type Ministry, startMinistry } from './ministry.ts';

const secret = 'key-of-the-ministry';
const http = createHttpClient();
const clock = fixedClock('2026-11-22T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'jisr-registries-'));
let logged = '';
const log = createLog({
  name: 'test',
  destination: {
    write: (line) => {
      logged += line;
    },
  },
});
let ministry: Ministry;

const hostile = ["x' or '1'='1", '../search', '..%2f', 'a/b?c=d#e', 'ع"}\\', '~0/~1', '__proto__'];
const records = [
  graduate,
  { ...graduate, civilNo: '2', gpa: null },
  { ...graduate, civilNo: '3', award: { ...graduate.award, level: 'Licence' } },
  { ...graduate, civilNo: '4', gpa: 3.5 },
  { ...graduate, civilNo: '5', uniEn: 7 },
  { ...graduate, civilNo: '6', awardedIn: 'last year' },
  { ...graduate, civilNo: 'twice' },
  { ...graduate, civilNo: 'twice' },
  ...hostile.map((civilNo) => ({ ...graduate, civilNo })),
];

beforeAll(async () => {
  ministry = await startMinistry(records);
  for (const [name, value] of [
    ['ministry', secret],
    ['ministry-basic', `jisr:${secret}`],
    ['wrong', 'no-such-key'],
    ['open', secret],
  ] as const)
    writeFileSync(join(folder, name), `${value}\n`, { mode: 0o600 });
  chmodSync(join(folder, 'open'), 0o644);
});
afterAll(async () => {
  await http.close();
  await ministry.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  ministry.behave = undefined;
  logged = '';
});

const map = {
  degree_level: { from: '/award/level', values: { BSc: 'bachelor', MSc: 'master' } },
  field_of_study: '/award/major',
  field_code: { from: '/award/code', text: true },
  university_ar: '/uniAr',
  university_en: '/uniEn',
  university_id: '/uniId',
  graduation_year: { from: '/awardedIn', number: '.' },
  gpa: { from: '/gpa', number: ',' },
  gpa_scale: { constant: 4 },
};
const byPath = { operationId: 'getGraduate', person: { in: 'path', name: 'civilNo' }, noRecord: ['404'] };
const byQuery = {
  operationId: 'findGraduates',
  person: { in: 'query', name: 'civil no' },
  parameters: [{ in: 'query', name: 'year', value: 'any' }],
  noRecord: ['empty-list'],
};
const byHeader = { ...byQuery, person: { in: 'header', name: 'X-Civil-No' } };
const byBody = {
  operationId: 'search',
  person: { in: 'body', pointer: '/criteria/civilNo' },
  body: { criteria: { active: true } },
  records: '/found~1all',
  noRecord: ['empty-list'],
};
const apiKey = { kind: 'apiKey', in: 'header', name: 'X-Api-Key', secret: 'ministry' };
const describeRegistry = (evidence: object = byPath, changes: object = {}) => ({
  id: 'graduates',
  officeId: 'moe',
  names: { ar: 'سجل الخريجين', en: 'Graduates' },
  adapter: 'openapi',
  document: `${ministry.url}/openapi.json`,
  server: ministry.url,
  authentication: apiKey,
  evidence: [{ type: 'degree-record', identifiedBy: '/civilNo', map, ...evidence }],
  ...changes,
});
const open = (evidence?: object, changes?: object) => {
  const registries = createRegistries({
    http,
    clock,
    log,
    folder,
    secrets: openSecretFolder(folder),
    registries: [describeRegistry(evidence, changes)],
  });
  return {
    ...registries,
    ask: (nationalId = graduate.civilNo) =>
      registries.lookUp('moe', 'degree-record', { nationalId }).catch((error) => error.code),
    health: async () => {
      clock.advance(10_000);
      const [health] = await registries.checkHealth();
      return health!;
    },
  };
};

const published = {
  degree_level: 'bachelor',
  field_of_study: 'Computer science',
  field_code: '613',
  university_ar: 'جامعة البحرين',
  university_en: 'University of Bahrain',
  university_id: 'uob',
  graduation_year: 2015,
  gpa: 3.5,
  gpa_scale: 4,
};

describe('a registry behind an OpenAPI service', () => {
  test.each([
    ['path', byPath],
    ['query', byQuery],
    ['header', byHeader],
    ['JSON body', byBody],
  ])('is asked with the number in the %s and answers in the published form', async (_, evidence) => {
    const registry = open(evidence);
    expect(await registry.ask()).toEqual(published);
    expect(await registry.ask('2')).toEqual({ ...published, gpa: undefined });
    expect(await registry.ask('unknown')).toBe('evidence-not-found');
    expect(await registry.health()).toEqual({
      registryId: 'graduates',
      evidenceType: 'degree-record',
      isHealthy: true,
    });
  });

  test.each([
    ['path', byPath],
    ['query', byQuery],
    ['header', byHeader],
    ['JSON body', byBody],
  ])('takes a hostile number in the %s as a number and nothing else', async (place, evidence) => {
    const registry = open(evidence);
    await registry.ask();
    for (const nationalId of hostile) {
      ministry.seen.length = 0;
      const canCarry = place !== 'header' || /^[\x21-\x7e]+$/.test(nationalId);
      expect(await registry.ask(nationalId), nationalId).toEqual(canCarry ? published : 'evidence-not-found');
      for (const { url } of ministry.seen) expect(url).toMatch(/^\/(graduates\/[^/?]+|graduates\?[^/]*|search)$/);
    }
    ministry.seen.length = 0;
    for (const nationalId of ['', '..', '.', 'a\r\nX-Evil: 1', 'a\0', '\ud800'])
      expect(await registry.ask(nationalId), JSON.stringify(nationalId)).toBe('evidence-not-found');
    for (const { headers, url } of ministry.seen) {
      expect(headers).not.toHaveProperty('x-evil');
      expect(url).not.toBe('/');
    }
  });

  test.each([
    ['an API key in a header', apiKey],
    ['an API key in the query', { ...apiKey, in: 'query', name: 'key' }],
    ['a bearer token', { kind: 'bearer', secret: 'ministry' }],
    ['a password', { kind: 'basic', secret: 'ministry-basic' }],
  ])('knows the node by %s, which stays out of log, errors and health', async (_, authentication) => {
    const registry = open(byPath, { authentication });
    expect(await registry.ask()).toEqual(published);
    ministry.behave = (response) => response.writeHead(500).end('{}');
    const error = await registry.lookUp('moe', 'degree-record', { nationalId: '2' }).catch((caught) => caught);
    expect(error.code).toBe('registry-unavailable');
    const told = logged + JSON.stringify([error, String(error.stack), await registry.health()]);
    expect(told).toContain('status-500');
    for (const hidden of [secret, btoa(`jisr:${secret}`), 'civilNo=', graduate.civilNo])
      expect(told).not.toContain(hidden);
  });

  test.each([
    ['refused', 'wrong', 'refuses the secret wrong'],
    ['missing', 'nowhere', 'Put it into'],
    ['open to others', 'open', 'chmod 600'],
  ])('says what to do when its secret is %s', async (_, name, sentence) => {
    const registry = open(byPath, { authentication: { ...apiKey, secret: name } });
    expect(await registry.ask()).toBe('registry-unavailable');
    const { isHealthy, reason } = await registry.health();
    expect({ isHealthy, reason }).toEqual({
      isHealthy: false,
      reason: { en: expect.stringContaining(sentence), ar: expect.stringMatching(/\p{Script=Arabic}/u) },
    });
    expect(JSON.stringify(reason)).not.toContain(secret);
  });

  test('takes a secret that was put right without a restart', async () => {
    writeFileSync(join(folder, 'changing'), 'expired', { mode: 0o600 });
    const registry = open(byPath, { authentication: { ...apiKey, secret: 'changing' } });
    expect(await registry.ask()).toBe('registry-unavailable');
    writeFileSync(join(folder, 'changing'), secret);
    expect(await registry.ask()).toEqual(published);
  });

  test.each<[string, NonNullable<Ministry['behave']>, string]>([
    ['a failure', (response) => response.writeHead(503).end('{}'), 'registry-unavailable'],
    ['a 404 that means a wrong address', (response) => response.writeHead(404).end('{}'), 'registry-unavailable'],
    ['a page', (response) => response.writeHead(200).end('<html>'), 'registry-unavailable'],
    ['too much', (response) => response.writeHead(200).end(`"${'x'.repeat(1_100_000)}"`), 'registry-unavailable'],
    ['a broken line', (response) => response.destroy(), 'registry-unavailable'],
    ['another shape', (response) => response.writeHead(200).end('{"data":[]}'), 'registry-answer-invalid'],
    ['nothing', (response) => response.writeHead(200).end('null'), 'registry-answer-invalid'],
  ])('gives nothing when the service answers with %s', async (_, behave, code) => {
    const registry = open(byBody);
    expect(await registry.ask()).toEqual(published);
    ministry.behave = behave;
    expect(await registry.ask()).toBe(code);
    ministry.behave = undefined;
    expect(await registry.ask()).toEqual(published);
  });

  test('reads an answer in the encoding that it names, and never replaces a letter', async () => {
    const registry = open();
    const inCodePage = Buffer.from(JSON.stringify({ ...graduate, uniAr: '?' }).replace('?', '\xc7\xe1'), 'latin1');
    const answer = (type: string, body: Buffer) => {
      ministry.behave = (response) => response.writeHead(200, { 'content-type': type }).end(body);
      return registry.ask();
    };
    expect(await answer('application/json; charset=windows-1256', inCodePage)).toEqual({
      ...published,
      university_ar: 'ال',
    });
    expect(await answer('application/json', inCodePage)).toBe('registry-answer-invalid');
    expect(await answer('application/json; charset=klingon', inCodePage)).toBe('registry-answer-invalid');
    expect((await registry.health()).drift).toMatchObject([{ field: '*', kind: 'letters-lost' }]);
    const marked = Buffer.from(`\ufeff${JSON.stringify(graduate)}`);
    expect(await answer('application/json', marked)).toEqual(published);
  });

  test('waits three seconds for a slow service and no longer', async () => {
    const registry = open();
    await registry.ask();
    ministry.behave = () => undefined;
    const from = performance.now();
    expect(await registry.ask()).toBe('registry-unavailable');
    expect(performance.now() - from).toBeGreaterThan(2_500);
    expect(performance.now() - from).toBeLessThan(9_000);
    expect(logged).toContain('peer-timeout');
  });

  test('never follows a redirect', async () => {
    const registry = open();
    ministry.behave = (response) => response.writeHead(302, { location: `${ministry.url}/openapi.json` }).end();
    expect(await registry.ask()).toBe('registry-unavailable');
    expect(ministry.seen.at(-1)!.url).toBe(`/graduates/${graduate.civilNo}`);
  });

  test('gives nothing when one number has two records, or the record is of somebody else', async () => {
    expect(await open(byQuery).ask('twice')).toBe('registry-answer-invalid');
    const passedOver = open(byPath);
    await passedOver.ask();
    ministry.behave = (response) => response.writeHead(200).end(JSON.stringify(graduate));
    expect(await passedOver.ask('2')).toBe('registry-answer-invalid');
    expect((await passedOver.health()).drift).toMatchObject([{ field: '*', kind: 'other-person' }]);
  });

  test('keeps its connections: fifty lookups in a row open none', async () => {
    const registry = open();
    await registry.ask();
    const before = ministry.connections();
    for (let count = 0; count < 50; count++) await registry.ask();
    expect(ministry.connections()).toBe(before);
  });

  test('is there again after an outage, its document included', async () => {
    const gone = await startMinistry([graduate]);
    await gone.stop();
    const registry = open(byPath, { server: gone.url, document: `${gone.url}/openapi.json` });
    expect(await registry.ask()).toBe('registry-unavailable');
    expect((await registry.health()).reason?.en).toContain('does not answer');
  });

  test('reports drift with registry, evidence type and field, and never the value', async () => {
    const registry = open();
    for (const nationalId of ['3', '5', '6', '4']) await registry.ask(nationalId);
    const { drift } = await registry.health();
    expect(drift).toMatchObject([
      { field: 'degree_level', kind: 'value-unknown', count: 1 },
      { field: 'graduation_year', kind: 'form-changed', count: 1 },
      { field: 'university_en', kind: 'type-changed', count: 1 },
    ]);
    expect(logged).toContain('"field":"degree_level"');
    expect(logged + JSON.stringify(drift)).not.toMatch(/Licence|last year/);
  });

  test('finds in the served document what is no longer as described', async () => {
    const registry = open();
    expect((await registry.health()).isHealthy).toBe(true);
    const schemas = (ministry.document['components'] as { schemas: Record<string, { properties: object }> }).schemas;
    const kept = structuredClone(ministry.document);
    schemas['Award']!.properties = { level: { type: 'string' }, code: { type: 'integer' } };
    expect(await registry.health()).toMatchObject({
      isHealthy: false,
      reason: { en: expect.stringContaining('field_of_study (/award/major) is gone.') },
    });
    schemas['Graduate']!.properties = { ...schemas['Graduate']!.properties, uniId: { type: 'integer' } };
    expect((await registry.health()).drift).toMatchObject([{ field: 'field_of_study' }, { field: 'university_id' }]);
    schemas['Award']!.properties = { ...schemas['Award']!.properties, majorSubject: { type: 'string' } };
    expect((await registry.health()).reason?.en).toMatch(
      /field_of_study \(\/award\/major\) is gone\. Perhaps it is now \/award\/majorSubject\./,
    );
    ministry.document = { ...kept, paths: {} };
    expect((await registry.health()).reason?.en).toContain('no operation getGraduate');
    ministry.document = kept;
  });

  test('reads a document that stands beside the description, in YAML too', async () => {
    writeFileSync(
      join(folder, 'graduates.yaml'),
      'openapi: 3.0.3\npaths:\n  /graduates/{civilNo}:\n    get:\n      operationId: getGraduate\n      parameters:\n        - { name: civilNo, in: path, required: true }\n',
    );
    expect(await open(byPath, { document: 'graduates.yaml' }).ask()).toEqual(published);
    expect((await open(byPath, { document: 'absent.yaml' }).health()).reason?.en).toContain('cannot be read');
    const paths = {
      '/graduates/{civilNo}': { get: { parameters: [{ name: 'civilNo', in: 'path', required: true }] } },
    };
    writeFileSync(join(folder, 'marked.json'), `\ufeff${JSON.stringify({ openapi: '3.0.0', paths })}`);
    const byName = { ...byPath, operationId: 'GET /graduates/{civilNo}' };
    expect(await open(byName, { document: 'marked.json' }).ask()).toEqual(published);
  });

  test.each([
    ['requires the query parameter year', { ...byQuery, parameters: [] }],
    ['has no query parameter shoe', { ...byPath, parameters: [{ in: 'query', name: 'shoe', value: '1' }] }],
    ['takes no JSON body', { ...byQuery, person: { in: 'body', pointer: '/x' } }],
  ])('health says that the operation %s', async (sentence, evidence) => {
    const registry = open(evidence);
    expect((await registry.health()).reason?.en).toContain(sentence);
  });

  test.each([
    ['https', byPath, { server: 'http://registry.example' }],
    ['secret', byPath, { server: 'https://jisr:word@registry.example' }],
    ['header', { ...byHeader, person: { in: 'header', name: 'Host' } }, {}],
    ['JSON Pointer', { ...byPath, map: { ...map, university_id: 'uniId' } }, {}],
    ['date format', { ...byPath, map: { ...map, university_id: { from: '/uniId', date: 'YYYY-MM' } } }, {}],
    ['/evidence/0', { ...byPath, map: { ...map, university_id: { from: '/uniId', code: 'x => x' } } }, {}],
  ])('is refused at start with a word about its %s', (word, evidence, changes) => {
    expect(() => checkRegistryConfig(describeRegistry(evidence, changes))).toThrow(word);
  });
});
