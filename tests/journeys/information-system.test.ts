import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { identifyAtHome } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { call } from '../../modules/exchange/test/system-caller.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

const root = join(import.meta.dirname, '..', '..');
const degree = '/r1/BH/GOV/moe/registry/degree-record';
let federation: TestFederation;
let http: HttpClient;
/** The records software of the ministry: it hears where a person comes back. */
let ministry: Server;
let returned: URLSearchParams[];
let secret: string;

const jisr = async (...args: string[]) => {
  const { configFile } = federation.nodes.find(({ id }) => id === 'sa')!;
  const run = promisify(execFile);
  const command = [join(root, 'apps', 'cli', 'main.ts'), ...args, '--config', configFile];
  return (await run(process.execPath, command, { cwd: root })).stdout;
};
const headers = (extra: Record<string, string> = {}) => ({
  'X-Road-Client': 'SA/GOV/moe/records',
  Authorization: `Bearer ${secret}`,
  ...extra,
});
const wanted = (caseId: string) => ({
  homeState: 'BH',
  caseId,
  purpose: 'degree-recognition',
  evidence: [
    { type: 'degree-record', fields: ['degree_level', 'university_en', 'gpa'], essentialFields: ['degree_level'] },
  ],
  until: new Date(systemClock.now().getTime() + 86_400_000).toISOString(),
  use: 'until',
  retention: 'P1Y',
});
const post = (path: string, body: object, extra: Record<string, string> = {}) =>
  call(federation.url('sa'), path, {
    method: 'POST',
    headers: headers({ 'Content-Type': 'application/json', ...extra }),
    body: JSON.stringify(body),
  });

/** The person opens the link, signs in at home and decides; answers with what the ministry heard. */
const decide = async (key: string, personUrl: string, decision: 'allow' | 'deny', leaveOut: string[] = []) => {
  const visitor = createVisitor(http, 'en');
  const person = federation.person(key);
  const needs = {
    visitor,
    person,
    homeUrl: federation.url('bh'),
    serviceUrl: federation.url('sa'),
    homeState: 'BH',
    serviceId: '',
  };
  await visitor.open(personUrl);
  let page = await identifyAtHome(needs);
  const boxes = page.html.querySelectorAll('input[name=field]').map((box) => box.getAttribute('value') ?? '');
  page = await visitor.submit('/consent', { decision, field: boxes.filter((box) => !leaveOut.includes(box)) });
  const onward = page.html.querySelectorAll('a').find((link) => /\/eid\/auth\//.test(link.getAttribute('href') ?? ''));
  if (onward) await visitor.open(onward.getAttribute('href')!);
  return returned.at(-1)!;
};

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
  http = createHttpClient({ timeoutMs: 30_000 });
  returned = [];
  ministry = createServer((request, response) => {
    returned.push(new URL(request.url!, 'http://ministry.localhost').searchParams);
    response.setHeader('content-type', 'text/html').end('<h1>Back at the ministry</h1>');
  });
  await new Promise<void>((resolve) => ministry.listen(0, '127.0.0.1', resolve));
  const { port } = ministry.address() as { port: number };
  const returnUrl = `http://ministry.localhost:${port}/consents`;
  const said = await jisr('systems', 'add', 'moe', 'SA/GOV/moe/records', 'Student records', '--return', returnUrl);
  secret = /^ {2}([A-Za-z0-9_-]{43})$/m.exec(said)![1]!;
}, 120_000);
afterAll(async () => {
  ministry?.close();
  await http?.close();
  await federation?.stop();
});

describe('software of a ministry', () => {
  test('has a person allow evidence at home, and then asks for it in X-Road’s form, twice', async () => {
    const { status, json, text } = await post('/api/consent-requests', wanted('SA-RECORDS-1'));
    expect(status, text).toBe(201);
    const heard = await decide('fatima', json.personUrl, 'allow', ['degree-record/gpa']);
    expect(heard.get('case')).toBe('SA-RECORDS-1');
    const consent = heard.get('consent')!;
    const grounds: Array<Record<string, string>> = [{ 'Jisr-Consent': consent }, { 'X-Road-Issue': 'SA-RECORDS-1' }];
    for (const ground of grounds) {
      const answer = await call(federation.url('sa'), degree, { headers: headers(ground) });
      expect(answer.status, answer.text).toBe(200);
      expect(Object.keys(answer.json.fields)).toEqual(['degree_level', 'university_en']);
    }
    const more = await call(federation.url('sa'), `${degree}?fields=gpa`, {
      headers: headers({ 'Jisr-Consent': consent }),
    });
    expect([more.status, more.headers['x-road-error']]).toEqual([500, 'Server.ServerProxy.AccessDenied']);
    const again = await http.request({ method: 'GET', url: json.personUrl, headers: { accept: 'application/json' } });
    expect([again.status, JSON.parse(again.body.toString('utf8')).code]).toEqual([404, 'consent-request-ended']);
  }, 90_000);

  test('hears that the person said no, and holds nothing', async () => {
    const { json } = await post('/api/consent-requests', wanted('SA-RECORDS-2'));
    const heard = await decide('maryam', json.personUrl, 'deny');
    expect(heard.get('consent')).toBeNull();
    expect(heard.get('refusal')).toMatch(/^[a-z-]+$/);
    const answer = await call(federation.url('sa'), degree, { headers: headers({ 'X-Road-Issue': 'SA-RECORDS-2' }) });
    expect(answer.json.type).toBe('Server.ClientProxy.AccessDenied');
  }, 90_000);

  test('cannot bother a person with what its office is not certified to ask, nor without saying who it is', async () => {
    const over = { ...wanted('SA-RECORDS-3'), purpose: 'no-such-purpose' };
    expect((await post('/api/consent-requests', over)).json.code).toBe('purpose-unknown');
    const without = await call(federation.url('sa'), '/api/consent-requests', {
      method: 'POST',
      headers: { 'X-Road-Client': 'SA/GOV/moe/records', 'Content-Type': 'application/json' },
      body: JSON.stringify(wanted('SA-RECORDS-3')),
    });
    expect([without.status, without.json.code]).toEqual([401, 'caller-not-recognised']);
  });
});

describe('the command line', () => {
  test('lists a system without its secret, gives it a new one, and removes it', async () => {
    const listed = await jisr('systems', 'list');
    expect(listed).toContain('SA/GOV/moe/records  Student records');
    expect(listed).not.toContain(secret);
    const rotated = await jisr('systems', 'rotate', 'SA/GOV/moe/records', '--overlap', '0');
    const statusOf = async () =>
      (await call(federation.url('sa'), '/r1/BH/GOV/moe/registry/listMethods', { headers: headers() })).status;
    expect(await statusOf()).toBe(500);
    secret = /^ {2}([A-Za-z0-9_-]{43})$/m.exec(rotated)![1]!;
    expect(await statusOf()).toBe(200);
    await jisr('systems', 'remove', 'SA/GOV/moe/records');
    expect(await statusOf()).toBe(500);
    await expect(jisr('systems', 'remove', 'SA/GOV/moe/records')).rejects.toMatchObject({ code: 1 });
  }, 60_000);
});
