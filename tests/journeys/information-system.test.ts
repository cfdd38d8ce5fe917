import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../modules/exchange/test/system-caller.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { type Ministry, secretIn, startMinistry } from '../support/ministry.ts';

const root = join(import.meta.dirname, '..', '..');
const degree = '/r1/BH/GOV/moe/registry/degree-record';
let federation: TestFederation;
let ministry: Ministry;
let secret: string;

const get = (path: string, extra: Record<string, string> = {}) =>
  call(federation.url('sa'), path, {
    headers: { 'X-Road-Client': 'SA/GOV/moe/records', Authorization: `Bearer ${secret}`, ...extra },
  });
const request = (body: object, extra: Record<string, string> = { Authorization: `Bearer ${secret}` }) =>
  call(federation.url('sa'), '/api/consent-requests', {
    method: 'POST',
    headers: { 'X-Road-Client': 'SA/GOV/moe/records', 'Content-Type': 'application/json', ...extra },
    body: JSON.stringify(body),
  });

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
  ministry = await startMinistry(federation, 'SA/GOV/moe/records');
  secret = ministry.secret!;
});
afterAll(async () => {
  await ministry?.stop();
  await federation?.stop();
});

describe('software of a ministry', () => {
  test('has a person allow evidence at home, and then asks for it in X-Road’s form, twice', async () => {
    const { status, json, text } = await request(ministry.wanted('SA-RECORDS-1'));
    expect(status, text).toBe(201);
    const heard = await ministry.decide('fatima', json.personUrl, 'allow', ['degree-record/gpa']);
    expect(heard.get('case')).toBe('SA-RECORDS-1');
    const consent = heard.get('consent')!;
    const grounds: Array<Record<string, string>> = [{ 'Jisr-Consent': consent }, { 'X-Road-Issue': 'SA-RECORDS-1' }];
    for (const ground of grounds) {
      const answer = await get(degree, ground);
      expect(answer.status, answer.text).toBe(200);
      expect(Object.keys(answer.json.fields)).toEqual(['degree_level', 'university_en', 'diploma_scan']);
    }
    const more = await get(`${degree}?fields=gpa`, { 'Jisr-Consent': consent });
    expect([more.status, more.headers['x-road-error']]).toEqual([500, 'Server.ServerProxy.AccessDenied']);
    const again = await get(new URL(json.personUrl).pathname);
    expect([again.status, again.json.code]).toEqual([404, 'consent-request-ended']);
  });

  test('hears that the person said no, and holds nothing', async () => {
    const { json } = await request(ministry.wanted('SA-RECORDS-2'));
    const heard = await ministry.decide('maryam', json.personUrl, 'deny');
    expect(heard.get('consent')).toBeNull();
    expect(heard.get('refusal')).toMatch(/^[a-z-]+$/);
    const answer = await get(degree, { 'X-Road-Issue': 'SA-RECORDS-2' });
    expect(answer.json.type).toBe('Server.ClientProxy.AccessDenied');
  });

  test('cannot bother a person with what its office is not certified to ask, nor without saying who it is', async () => {
    const wanted = ministry.wanted('SA-RECORDS-3');
    expect((await request({ ...wanted, purpose: 'no-such-purpose' })).json.code).toBe('purpose-unknown');
    const stranger = await request(wanted, {});
    expect([stranger.status, stranger.json.code]).toEqual([401, 'caller-not-recognised']);
  });
});

describe('the command line', () => {
  test('shows what proves what in each state and who gives it, as the federation says now', async () => {
    const command = [join(root, 'apps', 'cli', 'main.ts'), 'evidence', federation.url('sa')];
    // Exit code 1 says that there are gaps: of these two, Saudi Arabia alone has registers of residents and of their work.
    const { code, stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: root,
      env: { LANG: 'en' },
    }).catch((error) => error);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^proof-of-degree 1\.0 +degree-record: BH\/GOV\/moe +degree-record: SA\/GOV\/moe$/m);
    const [, gaps] = stdout.split('Gaps:\n');
    expect(gaps.trim().split(/\n */)).toEqual([
      'Proof of residence in this state, Bahrain: the catalogue names no evidence of this state.',
      'Proof of employment in this state, Bahrain: the catalogue names no evidence of this state.',
    ]);
  });

  test('lists a system without its secret, gives it a new one, and removes it', async () => {
    const listed = await ministry.jisr('list');
    expect(listed).toContain('SA/GOV/moe/records  Student records');
    expect(listed).not.toContain(secret);
    const statusOf = async () => (await get('/r1/BH/GOV/moe/registry/listMethods')).status;
    const rotated = await ministry.jisr('rotate', 'SA/GOV/moe/records', '--overlap', '0');
    expect(await statusOf()).toBe(500);
    secret = secretIn(rotated)!;
    expect(await statusOf()).toBe(200);
    await ministry.jisr('remove', 'SA/GOV/moe/records');
    expect(await statusOf()).toBe(500);
    await expect(ministry.jisr('remove', 'SA/GOV/moe/records')).rejects.toMatchObject({ code: 1 });
  });
});
