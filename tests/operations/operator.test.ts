import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '#apps/state-node';
import type { Contract, Endpoint } from '#kernel/contract';
import { createHttpClient } from '#kernel/http-client';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

let federation: TestFederation;
let node: RunningNode;
let secret: string;
const http = createHttpClient();
beforeAll(async () => {
  federation = await startTestFederation(['bh']);
  node = federation.running.get('bh')!;
  secret = readFileSync(join(federation.config.dataFolder, 'bh', 'operator', 'secret'), 'utf8').trim();
}, 120_000);
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
    for (const path of paths) {
      for (const headers of wrong) {
        const answer = await ask(node.operatorUrl + path, headers);
        expect([path, headers, answer.status]).toEqual([path, headers, 401]);
        expect(JSON.parse(answer.body.toString('utf8')).code).toBe('operator-needed');
      }
      expect([path, (await ask(node.operatorUrl + path, right())).status]).toEqual([path, 200]);
    }
  });

  test('is not the public address: there its endpoints do not exist, not even for the operator', async () => {
    for (const { path } of endpointsOf('operator')) {
      const answer = await ask(node.publicUrl + path, right());
      expect([path, answer.status, JSON.parse(answer.body.toString('utf8')).code]).toEqual([path, 404, 'not-found']);
    }
    for (const { path, method } of [...endpointsOf('anyone'), ...endpointsOf('officer')])
      expect([path, (await ask(node.operatorUrl + path, right(), method)).status]).toEqual([path, 404]);
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
      'jisr_ledger_pending{state="BH"} 0',
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
});
