import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { verifyInclusionProof } from '#modules/ledger';
import type { ExchangeReceipt } from '#protocol/exchange-message';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { restartDelayMs } from '../../apps/state-node/workers.ts';
import { call } from '../../modules/exchange/test/system-caller.ts';
import { leafHashOf, readPublishedLog, rootOver } from '../faults/public-log.ts';
import { prepareTestFederation } from '../support/federation.ts';
import { type Ministry, secretIn, startMinistry } from '../support/ministry.ts';
import { pause, type Several, startSeveral } from './several.ts';

const root = join(import.meta.dirname, '..', '..');
const takeOverMsMax = 2_000;

describe('a node on an embedded database', () => {
  const run = (file: string, ...args: string[]) =>
    new Promise<{ code: unknown; said: string }>((resolve) => {
      const { DATABASE_URL: _server, ...env } = process.env;
      execFile(process.execPath, [join(root, file), ...args], { cwd: root, env }, (error, _out, said) =>
        resolve({ code: error?.code, said }),
      );
    });

  test('refuses to be several processes, with a code and what to do, and says how it is started', async () => {
    const { nodes, clear } = await prepareTestFederation(['bh']);
    const { configFile } = nodes.find(({ id }) => id === 'bh')!;
    const { databaseUrl: _server, ...config } = JSON.parse(readFileSync(configFile, 'utf8'));
    writeFileSync(configFile, JSON.stringify({ ...config, workers: 2 }));
    for (const { code, said } of [
      await run('apps/state-node/main.ts', configFile),
      await run('apps/federation/start.ts', '--workers', '2'),
    ]) {
      expect(code).toBe(1);
      expect(said).toMatch(/^A node of 2 processes needs PostgreSQL, .* \(workers-need-server\)\n$/);
    }
    expect(await run('apps/federation/start.ts', '--workers', 'many')).toMatchObject({
      code: 2,
      said: expect.stringContaining('npm start [-- --workers'),
    });
    await clear();
  });
});

test('a process that dies again and again is waited with, longer each time and never longer than half a minute', () => {
  expect([1, 2, 3, 4, 8, 100].map(restartDelayMs)).toEqual([250, 500, 1_000, 2_000, 30_000, 30_000]);
});

describe.runIf(process.env['DATABASE_URL'])('a node of two processes on one PostgreSQL', () => {
  const degree = '/r1/BH/GOV/moe/registry/degree-record';
  const lines: string[] = [];
  let several: Several;
  let ministry: Ministry;
  let consentId: string;

  const ask = (xRoadId: string, secret = ministry.secret!) =>
    call(several.url('sa'), degree, {
      headers: {
        'X-Road-Client': 'SA/GOV/moe/records',
        'X-Road-Id': xRoadId,
        'Jisr-Consent': consentId,
        Authorization: `Bearer ${secret}`,
        connection: 'close',
      },
    });

  beforeAll(async () => {
    several = await startSeveral(['bh', 'sa'], (id, line) => line.trim() && lines.push(`${id} ${line}`));
    ministry = await startMinistry(several, 'SA/GOV/moe/records');
  });
  afterAll(async () => {
    await ministry?.stop();
    await several?.stop();
  });

  test('signs a person in, takes her consent and asks on it, whichever process each step comes to', async () => {
    const { json } = await call(several.url('sa'), '/api/consent-requests', {
      method: 'POST',
      headers: {
        'X-Road-Client': 'SA/GOV/moe/records',
        'Content-Type': 'application/json',
        Authorization: `Bearer ${ministry.secret}`,
      },
      body: JSON.stringify(ministry.wanted('SA-WORKERS-1')),
    });
    const visitor = createVisitor(several.http, 'en');
    const heard = await ministry.decide('fatima', json.personUrl, 'allow', [], visitor);
    consentId = heard.get('consent')!;
    const answer = await ask(newId());
    expect(answer.status, answer.text).toBe(200);
    const metrics = await several.readMetrics('bh');
    const answered = (worker: number) =>
      [...metrics].filter(([name]) => name.includes(`worker="${worker}"`) && /_count\{.*route="\/eid/.test(name));
    expect(answered(1).length, 'the provider in one process').toBeGreaterThan(0);
    expect(answered(2).length, 'and in the other').toBeGreaterThan(0);
  });

  test('answers a question that comes to both processes at once with one answer, and counts it once', async () => {
    const xRoadId = newId();
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask(xRoadId)));
    for (const answer of answers) expect(answer.status, answer.text).toBe(200);
    expect(new Set(answers.map(({ json }) => json.receipt.leafHash)).size).toBe(1);
    const { questionId } = answers[0]!.json;
    const [counted] = await several.query<object>(
      'bh',
      `select (select count(*)::int from exchange.uses where question_id = '${questionId}') as uses,
        (select count(*)::int from consent.uses where question_id = '${questionId}') as counted,
        (select count(*)::int from ledger.entries where record->>'questionId' = '${questionId}') as entries`,
    );
    expect(counted).toEqual({ uses: 1, counted: 1, entries: 1 });
    const asked = await several.query<object>(
      'sa',
      `select kind, count(*)::int as entries from ledger.entries where record->>'questionId' = '${questionId}'
      group by kind order by kind`,
    );
    expect(asked).toEqual([
      { kind: 'evidence-received', entries: 1 },
      { kind: 'question-asked', entries: 1 },
    ]);
  });

  test('gives a system its calls a minute once, and not once for each process', async () => {
    const said = await ministry.jisr('add', 'moe', 'SA/GOV/moe/small', 'Small', '--calls', '5');
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        call(several.url('sa'), '/r1/BH/GOV/moe/registry/listMethods', {
          headers: {
            'X-Road-Client': 'SA/GOV/moe/small',
            Authorization: `Bearer ${secretIn(said)}`,
            connection: 'close',
          },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  });

  test('slows guessing down as one: the sixth wrong password waits, whichever process it comes to', async () => {
    const visitor = createVisitor(several.http, 'en');
    await visitor.open(`${several.url('bh')}/signin?returnTo=/`);
    await visitor.submit('/signin', { state: 'BH' });
    const { nationalId } = several.person('maryam');
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1)
      statuses.push((await visitor.submit(/interaction\/[^/]+$/, { nationalId, password: 'wrong-guess-0' })).status);
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses.slice(5)).toContain(429);
  });

  test('shows its metrics as one node: no counter goes down from one process to the next, and what they share is there once', async () => {
    let before = await several.readMetrics('bh');
    for (let scrape = 0; scrape < 6; scrape += 1) {
      const now = await several.readMetrics('bh');
      for (const [name, value] of before)
        if (/^(jisr_.*_(total|count|bucket|sum)|process_cpu_.*_total)\{/.test(name))
          expect(now.get(name), name).toBeGreaterThanOrEqual(value);
      before = now;
    }
    const named = (name: string) => [...before.keys()].filter((one) => one.startsWith(`${name}{`));
    expect(named('jisr_ledger_entries')).toEqual(['jisr_ledger_entries{state="BH"}']);
    expect(named('process_resident_memory_bytes')).toHaveLength(2);
    expect(
      named('jisr_ledger_integrator')
        .map((name) => before.get(name))
        .sort(),
    ).toEqual([0, 1]);
  });

  test('goes on when the process that grows the log is killed under load, or stands still: nothing is lost or double', async () => {
    const acknowledged = new Map<string, ExchangeReceipt>();
    const failed: Record<string, number> = {};
    let isOver = false;
    const load = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        // Processes that start beside this load need the machine too.
        await pause(20);
        const xRoadId = newId();
        // A call that a killed process had is made again under its number, as software of a ministry does.
        for (let attempt = 0; ; attempt += 1) {
          const answer = await ask(xRoadId).catch((error) => ({
            status: 0,
            text: String(error.code),
            json: undefined,
          }));
          if (answer.status === 200) {
            acknowledged.set(answer.json.questionId, answer.json.receipt);
            break;
          }
          const why = answer.json?.type ?? answer.text;
          failed[why] = (failed[why] ?? 0) + 1;
          expect(attempt, `a call that is not answered: ${answer.text}`).toBeLessThan(60);
          await pause(150);
        }
      }
    });
    const seen = watchCheckpoints(() => isOver);
    const takeOvers: number[] = [];
    for (const id of ['bh', 'sa']) {
      await pause(1_000);
      const victim = (await several.findIntegrator(id))!;
      process.kill(victim, 'SIGKILL');
      takeOvers.push(await waitForAnother(id, victim));
    }
    await several.waitUntilReady('bh', 1);
    const still = (await several.findIntegrator('bh'))!;
    process.kill(still, 'SIGSTOP');
    await waitForAnother('bh', still, 60_000);
    isOver = true;
    await Promise.all(load);
    const checkpoints = await seen;
    console.log(
      `workers: taken over after ${takeOvers.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}; ` +
        `${acknowledged.size} calls answered, tried again: ${JSON.stringify(failed)}`,
    );
    expect(acknowledged.size).toBeGreaterThan(50);
    // On a machine that others load, one of the two may come late.
    expect(Math.min(...takeOvers)).toBeLessThan(takeOverMsMax);

    await Promise.all(['bh', 'sa'].map(waitUntilSettled));
    const logs = await readLogs();
    for (const id of ['bh', 'sa']) {
      const own = logs.find(({ state }) => state === id.toUpperCase())!;
      const other = logs.find(({ state }) => state !== id.toUpperCase())!;
      const log = await readPublishedLog(several.http, several.url(id), [other.witnessKey]);
      expect(log.leaves).toHaveLength(log.size);
      expect(rootOver(log.leaves, log.size)).toBe(log.root);
      expect(new Set(log.leaves.map(leafHashOf)).size, `${id}: no leaf twice`).toBe(log.size);
      for (const { size, root: then } of checkpoints[id]!)
        expect(rootOver(log.leaves, size), `${id}: what was shown at ${size} is a beginning of the last`).toBe(then);
      if (id === 'sa') continue;
      const leaves = new Set(log.leaves.map(leafHashOf));
      const policy = { logKey: own.ledgerKey, witnesses: [other.witnessKey], quorum: 1 };
      for (const { leafHash } of acknowledged.values()) expect(leaves.has(leafHash)).toBe(true);
      for (const { leafHash, salt, record, commitment } of [...acknowledged.values()].slice(-20)) {
        const answer = await several.http.request({
          method: 'GET',
          url: `${several.url('bh')}/ledger/proof/${leafHash}`,
        });
        const proof = { ...JSON.parse(answer.body.toString('utf8')), opening: { salt, record, commitment } };
        expect(await verifyInclusionProof(proof, policy)).toMatchObject({ ok: true });
      }
    }
    const ids = [...acknowledged.keys()].map((questionId) => `'${questionId}'`).join(',');
    const [counted] = await several.query<object>(
      'bh',
      `select (select count(*)::int from exchange.uses where question_id in (${ids})) as uses,
        (select count(*)::int from consent.uses where question_id in (${ids})) as counted,
        (select count(*)::int from ledger.entries where kind = 'evidence-answered'
          and record->>'questionId' in (${ids})) as entries`,
    );
    const each = acknowledged.size;
    expect(counted).toEqual({ uses: each, counted: each, entries: each });
    const [asked] = await several.query<object>(
      'sa',
      `select (select count(*)::int from exchange.questions where question_id in (${ids}) and state = 'received') as questions,
        (select count(*)::int from ledger.entries where kind = 'evidence-received'
          and record->>'questionId' in (${ids})) as entries`,
    );
    expect(asked).toEqual({ questions: each, entries: each });
  });

  test('ends all its processes in order when it is told to stop', async () => {
    const child = several.running.children.get('bh')!;
    const end = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGTERM');
    expect(await end).toBe(0);
    const [left] = await several.query<{ count: number }>(
      'bh',
      `select count(*)::int as count from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
    );
    expect(left!.count).toBe(0);
    expect(lines.filter((line) => !line.endsWith('ended by itself with 0'))).toEqual([]);
  });

  async function waitForAnother(id: string, than: number, msMax = 10_000): Promise<number> {
    const startedAt = performance.now();
    while (performance.now() - startedAt < msMax) {
      const integrator = await several.findIntegrator(id);
      if (integrator !== undefined && integrator !== than) return performance.now() - startedAt;
      await pause(20);
    }
    throw new Error(`nobody took over at ${id} within ${msMax} ms`);
  }

  async function readLogs() {
    const answer = await several.http.request({ method: 'GET', url: `${several.url('bh')}/api/federation/logs` });
    return (
      JSON.parse(answer.body.toString('utf8')) as {
        logs: Array<{ state: string; ledgerKey: string; witnessKey: string }>;
      }
    ).logs;
  }

  /** Nothing pending, and the other state has cosigned the last checkpoint. */
  async function waitUntilSettled(id: string): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const { body } = await several.http.request({ method: 'GET', url: `${several.url(id)}/api/health` });
      const { log } = JSON.parse(body.toString('utf8'));
      if (log.pending === 0 && log.cosignedBy.length === 1) return;
      await pause(100);
    }
    throw new Error(`the log of ${id} does not come to rest`);
  }

  /** Every checkpoint that either node shows, as a monitor of the logs would collect them. */
  async function watchCheckpoints(isOver: () => boolean) {
    const shown: Record<string, Array<{ size: number; root: string }>> = { bh: [], sa: [] };
    while (!isOver()) {
      for (const id of ['bh', 'sa']) {
        const request = { method: 'GET', url: `${several.url(id)}/ledger/checkpoint`, timeoutMs: 2_000 };
        // A process that was just killed shows nothing.
        const answer = await several.http.request(request).catch(() => undefined);
        if (answer?.status !== 200) continue;
        const [, size, rootHash] = answer.body.toString('utf8').split('\n');
        if (shown[id]!.at(-1)?.size !== Number(size)) shown[id]!.push({ size: Number(size), root: rootHash! });
      }
      await pause(100);
    }
    return shown;
  }
});
