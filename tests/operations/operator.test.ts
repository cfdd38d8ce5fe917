import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { RunningNode } from '#apps/state-node';
import type { Contract, Endpoint } from '#kernel/contract';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { operateEvents } from '../../apps/cli/events.ts';
import { explain } from '../../apps/cli/explain.ts';
import { operateJobs } from '../../apps/cli/jobs.ts';
import { operateLetters } from '../../apps/cli/letters.ts';
import { manageRules } from '../../apps/cli/rules.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

let federation: TestFederation;
let node: RunningNode;
let secret: string;
const http = createHttpClient();
beforeAll(async () => {
  federation = await startTestFederation(['bh']);
  node = federation.running.get('bh')!;
  secret = readFileSync(join(federation.config.dataFolder, 'bh', 'operator', 'secret'), 'utf8').trim();
});
afterAll(async () => {
  await federation?.stop();
  await http.close();
});

const ask = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  http.request({ method, url, headers: { accept: 'application/json', ...headers } });
const endpointsOf = (access: string): Endpoint[] =>
  node.contracts.flatMap(({ endpoints }: Contract) => Object.values(endpoints)).filter((one) => one.access === access);
const right = () => ({ authorization: `Bearer ${secret}` });

describe('the operator address', () => {
  test('listens on loopback, and serves the operator alone', async () => {
    expect(node.operatorUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const paths = endpointsOf('operator').map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['/operator/diagnosis', '/metrics', '/operator/exchanges']));
    const wrong: Array<Record<string, string>> = [
      {},
      { authorization: 'Bearer ' },
      { authorization: `Bearer ${secret}x` },
      { authorization: `Basic ${Buffer.from(`operator:${secret}`).toString('base64')}` },
      { cookie: `jisr_operator=9999999999.${'A'.repeat(43)}` },
      { cookie: `jisr_operator=${secret}` },
    ];
    for (const { path, method } of endpointsOf('operator')) {
      for (const headers of wrong) {
        const answer = await ask(node.operatorUrl + path, headers, method);
        expect([path, headers, answer.status]).toEqual([path, headers, 401]);
        expect(JSON.parse(answer.body.toString('utf8')).code).toBe('operator-needed');
      }
      // Without the ids, days and bodies that some of them want, the operator is told that they are missing, and no more.
      const isPlain = method === 'GET' && !path.includes(':') && path !== '/operator/payments/reconciliation';
      const answer = await ask(node.operatorUrl + path, right(), method);
      const expected = isPlain ? [200] : path.includes(':') ? [400, 404] : [400];
      expect(expected, `${method} ${path}`).toContain(answer.status);
    }
  });

  test('is not the public address: there its endpoints do not exist, not even for the operator', async () => {
    for (const { path, method } of endpointsOf('operator')) {
      const answer = await ask(node.publicUrl + path, right(), method);
      expect([path, answer.status, JSON.parse(answer.body.toString('utf8')).code]).toEqual([path, 404, 'not-found']);
    }
    for (const { path, method } of [...endpointsOf('anyone'), ...endpointsOf('officer')])
      expect([path, (await ask(node.operatorUrl + path, right(), method)).status]).toEqual([path, 404]);
  });
});

describe("the operator's page", () => {
  const asBrowser = (path: string, headers: Record<string, string> = {}, body?: string) =>
    http.request({
      method: body === undefined ? 'GET' : 'POST',
      url: node.operatorUrl + path,
      headers: {
        accept: 'text/html',
        'accept-language': 'en',
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
  const enter = async () => {
    const entered = await asBrowser('/enter', {}, `secret=${secret}`);
    expect([entered.status, entered.headers['location']]).toEqual([303, '/']);
    expect(entered.headers['set-cookie']).toMatch(/^jisr_operator=.+; HttpOnly; SameSite=Strict$/);
    return entered.headers['set-cookie']!.split(';')[0]!;
  };

  test('is shown after the secret was, and names no secret itself', async () => {
    const led = await asBrowser('/');
    expect([led.status, led.headers['location']]).toEqual([303, '/enter']);
    expect((await asBrowser('/enter')).status).toBe(200);
    const refused = await asBrowser('/enter', {}, 'secret=guess');
    expect([refused.status, refused.headers['set-cookie']]).toEqual([403, undefined]);
    expect(refused.body.toString('utf8')).toContain('This is not the secret of this node.');

    const cookie = await enter();
    const page = await asBrowser('/', { cookie });
    const html = page.body.toString('utf8');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    for (const part of ['Exchanges of the last hour', 'Neighbours', 'Log and witnesses', 'Jobs', 'Keys', 'Registries'])
      expect(html).toContain(part);
    expect(html).toContain('degree-record');
    for (const leak of [secret, cookie.split('=')[1]!, 'PRIVATE']) expect(html).not.toContain(leak);
    const inArabic = (await asBrowser('/', { cookie: `${cookie}; lang=ar` })).body.toString('utf8');
    expect(inArabic).toContain('<html lang="ar" dir="rtl">');
    expect(inArabic).toContain('تبادلات الساعة الأخيرة');
    const [style] = /\/assets\/[^"]+\.css/.exec(html)!;
    expect((await asBrowser(style)).status).toBe(200);
  });

  test('ends when it is left, and cannot be used by another site or with a cookie of another making', async () => {
    const cookie = await enter();
    expect((await asBrowser('/leave', { cookie, origin: 'http://evil.example' }, '')).status).toBe(403);
    expect((await asBrowser('/enter', { 'sec-fetch-site': 'cross-site' }, `secret=${secret}`)).status).toBe(403);
    const left = await asBrowser('/leave', { cookie }, '');
    expect(left.headers['set-cookie']).toContain('Max-Age=0');
    const [name, value] = cookie.split('=');
    const [until, seal] = value!.split('.');
    for (const forged of [`${Number(until) + 1}.${seal}`, `${until}.${seal!.slice(1)}`, `1000000000.${seal}`, ''])
      expect((await asBrowser('/', { cookie: `${name}=${forged}` })).status).toBe(303);
  });
});

const root = join(import.meta.dirname, '..', '..');
const commands = { rules: manageRules, explain, events: operateEvents, letters: operateLetters, jobs: operateJobs };
const jisr = async (command: keyof typeof commands, ...words: string[]) => {
  const said = { stdout: '', stderr: '' };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => {
      said.stdout += `${line}\n`;
    }),
    vi.spyOn(console, 'error').mockImplementation((line) => {
      said.stderr += `${line}\n`;
    }),
  ];
  const config = { root, dataFolder: federation.config.dataFolder, nodeUrl: undefined, language: 'en' as const };
  try {
    const code = await commands[command](config, words);
    return { code, ...said };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: 1, stdout: said.stdout, stderr: error.messages.en };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
};

describe('the command line of the operator', () => {
  test('changes the rules of access of a running node, and shows their versions and differences', async () => {
    const shown = await jisr('rules', 'show', '--node', 'bh');
    const rules = JSON.parse(shown.stdout);
    expect(rules).toEqual(JSON.parse(readFileSync(join(root, 'states', 'bh', 'access.json'), 'utf8')));
    const draft = join(federation.config.dataFolder, 'draft.json');
    const [first, ...rest] = rules.rules;
    writeFileSync(draft, JSON.stringify({ ...rules, rules: [{ ...first, fields: ['gpa'] }, ...rest] }, null, 2));
    const reason = 'fewer fields, agreed in December';
    const published = await jisr('rules', 'publish', draft, '--reason', reason, '--node', 'bh');
    expect(published.stdout).toMatch(/^changed: rule degrees-for-recognition\n {4}fields: -degree_level/);
    expect(published.stdout).toContain('version 2 is in force');
    expect((await jisr('rules', 'publish', draft, '--reason', reason, '--node', 'bh')).stdout).toContain(
      'No difference.',
    );
    const listed = (await jisr('rules', 'list', '--node', 'bh')).stdout.trim().split('\n');
    expect(listed).toHaveLength(2);
    expect(listed[0]).toMatch(new RegExp(`^version 2 .*operator.*${reason}.*in force$`));
    expect(listed[1]).toMatch(/^version 1 .*state-folder/);
    expect((await jisr('rules', 'diff', '1', '--node', 'bh')).stdout).toContain('fields: +degree_level');
    expect(await jisr('rules', 'show', '9', '--node', 'bh')).toMatchObject({ code: 1, stdout: '' });
  });

  test('explains a question, by its id and by the rules in force, while the node runs', async () => {
    const howTo = readFileSync(join(root, 'docs', 'how-to', 'allow-an-office.md'), 'utf8');
    const example = JSON.parse(/```json\n([^`]+)```/.exec(howTo)![1]!);
    const questionId = newId();
    const asked = { ...example.question, ground: 'gcc-insurance-extension' };
    await sql`insert into exchange.refusals values (${newId()}, now(), 'requester-not-entitled', 'caller',
      'https://sa.example/offices/tax', ${questionId}, 'BH/GOV/interior/registry/person-identity',
      ${JSON.stringify(asked)}::jsonb)`.execute(node.operatorNeeds.database.db);
    const byId = await jisr('explain', questionId, '--node', 'bh');
    expect(byId.code).toBe(1);
    expect(byId.stdout).toContain('✗ trust mark');
    expect(byId.stdout).toContain('has to certify it in its trust mark for: person-identity');
    const unknown = await jisr('explain', newId(), '--node', 'bh');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no such exchange')]);

    const file = join(federation.config.dataFolder, 'question.json');
    writeFileSync(file, JSON.stringify(example));
    const inForce = await jisr('explain', file);
    expect([inForce.code, inForce.stdout]).toEqual([0, expect.stringContaining('(version 2)')]);
  });

  test('lists events that are stuck, and is told when there is none of that number', async () => {
    expect(await jisr('events', 'bh', 'list')).toMatchObject({ code: 0, stdout: '0 waiting; 0 dead; 0 unheard\n' });
    const retried = await jisr('events', 'bh', 'retry', newId());
    expect([retried.code, retried.stderr]).toEqual([1, expect.stringContaining('no dead letter with this number')]);
    expect((await jisr('events', 'bh', 'drop', newId())).code).toBe(2);
    expect((await jisr('events', 'nowhere', 'list')).code).toBe(2);
  });

  test('lists letters about shared cases that were given up, and is told when there is none of that number', async () => {
    expect(await jisr('letters', 'bh', 'list')).toMatchObject({ code: 0, stdout: '0 given up\n' });
    const retried = await jisr('letters', 'bh', 'retry', newId());
    expect([retried.code, retried.stderr]).toEqual([1, expect.stringContaining('no letter with this number')]);
    expect((await jisr('letters', 'bh', 'retry')).code).toBe(2);
    expect((await jisr('letters', 'nowhere', 'list')).code).toBe(2);
  });
});

describe('jobs that failed at every try', () => {
  test('are listed, tried again and given up by command and by page; the reason of giving up is in the ledger', async () => {
    const { database } = node.operatorNeeds;
    const die = async () => {
      const jobId = newId();
      await sql`insert into jobs.job (id, name, state, data, retry_limit, retry_count, completed_on, output)
        values (${jobId}, 'case-decided', 'failed', '{"caseId":"of-nobody"}', 8, 8, now(), '{"code":"ECONNREFUSED"}')`.execute(
        database.db,
      );
      return jobId;
    };
    const [one, other] = [await die(), await die()];
    expect(await jisr('jobs', 'bh', 'list')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`${one}  case-decided  ECONNREFUSED  after tries: 9`)),
    });
    expect(await jisr('jobs', 'bh', 'drop', one)).toMatchObject({ code: 2 });
    expect(await jisr('jobs', 'bh', 'retry', 'nothing')).toMatchObject({ code: 2 });
    expect(await jisr('jobs', 'bh', 'drop', one, 'done', 'by', 'hand')).toMatchObject({ code: 0 });
    expect(await jisr('jobs', 'bh', 'drop', one, 'once', 'more')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no dead job with this number'),
    });
    const { rows } = await sql<{
      record: object;
    }>`select record from ledger.entries where kind = 'job-dropped'`.execute(database.db);
    expect(rows).toEqual([{ record: { kind: 'job-dropped', queue: 'case-decided', reason: 'done by hand' } }]);

    const page = (form?: Record<string, string>) =>
      http.request({
        method: form ? 'POST' : 'GET',
        url: `${node.operatorUrl}/stuck`,
        headers: {
          ...right(),
          accept: 'text/html',
          cookie: 'lang=ar',
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(form ? { body: new URLSearchParams(form).toString() } : {}),
      });
    const shown = (await page()).body.toString('utf8');
    expect(shown).toContain('أعمال فشلت في كل محاولة');
    expect(shown).toContain(other);
    expect(shown).not.toContain('of-nobody');
    const refused = await page({ part: 'jobs', id: one, outcome: 'retry' });
    expect([refused.status, refused.body.toString('utf8')]).toEqual([
      404,
      expect.stringContaining('لا يوجد عمل متروك'),
    ]);
    expect((await page({ part: 'jobs', id: 'x', outcome: 'retry' })).status).toBe(400);
    expect((await page({ part: 'jobs', id: other, outcome: 'retry' })).status).toBe(303);
    const tries = async () =>
      (await sql<{ limit: number }>`select retry_limit as limit from jobs.job where id = ${other}`.execute(database.db))
        .rows;
    expect(await tries()).not.toEqual([{ limit: 8 }]);
    await sql`delete from jobs.job where id = ${other}`.execute(database.db);
  });
});

describe('the metrics', () => {
  test('are text that Prometheus reads, and count requests by route, never by address', async () => {
    const id = '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e';
    await ask(`${node.publicUrl}/api/consents/${id}?q=secret-word`);
    await ask(`${node.publicUrl}/no/such/place/970412045`);
    const answer = await ask(`${node.operatorUrl}/metrics`, right());
    const text = answer.body.toString('utf8');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    // The exposition format: a comment, or a name with labels in braces and a number (Go reads `Nan` as it reads `NaN`).
    const line = /^(#( HELP| TYPE)? .*|[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="[^"]*",?)*\})? (-?[\d.e+-]+|[+-]Inf|Nan))$/;
    expect(text.split('\n').filter((one) => one !== '' && !line.test(one))).toEqual([]);
    const counted = text.split('\n').filter((one) => one.startsWith('jisr_http_request_duration_seconds_count{'));
    const find = (...labels: string[]) => counted.find((one) => labels.every((label) => one.includes(label)));
    expect(find('method="GET"', 'route="/api/consents/:consentId"', 'status_class="4xx"')).toMatch(/ 1$/);
    expect(find('route="none"', 'status_class="4xx"', 'state="BH"')).toBeDefined();
    for (const leak of [id, 'secret-word', '970412045', secret]) expect(text).not.toContain(leak);
    for (const name of [
      'jisr_ledger_entries{state="BH"}',
      'jisr_ledger_pending{state="BH"} ',
      'jisr_ledger_unstamped_seconds{state="BH"}',
      'jisr_ledger_authorities_failing{state="BH"} 0',
      'jisr_jobs{queue="case-decided",stage="waiting",state="BH"} 0',
      'jisr_trust_chain_expiry_seconds{host="bh.localhost',
      'jisr_trust_chains{stale="false",state="BH"}',
      'jisr_monitoring_dropped{state="BH"} 0',
      'nodejs_eventloop_lag_p99_seconds{state="BH"}',
      'process_resident_memory_bytes{state="BH"}',
    ])
      expect(text).toContain(name);
    expect(text.includes('jisr_database_connections{is="open"')).toBe(process.env['DATABASE_URL'] !== undefined);
  });

  test('have every name that the alerting rules watch, and each rule says in both languages what is wrong', async () => {
    const { groups } = parseYaml(readFileSync(join(root, 'docs', 'alerts.yml'), 'utf8')) as {
      groups: Array<{ rules: Array<{ alert: string; expr: string; annotations: Record<string, string> }> }>;
    };
    const text = (await ask(`${node.operatorUrl}/metrics`, right())).body.toString('utf8');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(10);
    const watched = rules.flatMap(({ expr }) => expr.match(/\b(?:jisr|nodejs|process)_\w+/g) ?? []);
    expect(
      watched
        .map((name) => name.replace(/_(count|sum|bucket)$/, ''))
        .filter((name) => !text.includes(`# TYPE ${name} `)),
    ).toEqual([]);
    for (const { alert, annotations } of rules)
      expect([alert, annotations['summary'], annotations['summary_ar']]).toEqual([
        alert,
        expect.stringMatching(/^[^\u0600-\u06ff]{20,}\.$/),
        expect.stringMatching(/[\u0600-\u06ff].{10,}\.$/),
      ]);
  });
});
