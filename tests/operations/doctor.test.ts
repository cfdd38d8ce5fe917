import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RunningNode, readNodeConfig } from '#apps/state-node';
import { openDatabase, sql } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import { memoryKeys } from '#kernel/keys';
import { createLedger, openTileFolder } from '#modules/ledger';
import { prepareTimeStamping } from '#modules/signatures';
import { doctor } from '../../apps/cli/doctor/doctor.ts';
import { diagnose } from '../../apps/state-node/operator/diagnosis.ts';
import type { Finding } from '../../apps/state-node/operator/findings.ts';
import type { OperatorNeeds } from '../../apps/state-node/operator/needs.ts';
import { openScanner } from '../../modules/cases/files/scanner.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

let federation: TestFederation;
let node: RunningNode;
let folder: string;
const lines: string[] = [];
beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
  node = federation.running.get('bh')!;
  folder = join(federation.config.dataFolder, 'bh');
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line));
  // Every link has to hold first: both logs have a checkpoint, and each has seen the other's.
  const everyLinkHolds = async () => expect(brokenIn(await findingsOf())).toEqual([]);
  await vi.waitFor(everyLinkHolds, { timeout: 60_000, interval: 500 });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await federation?.stop();
});
afterEach(() => {
  lines.length = 0;
});

const config = (language: 'ar' | 'en' = 'en') => ({
  root: '',
  dataFolder: federation.config.dataFolder,
  nodeUrl: undefined,
  language,
});
const look = async (options: Partial<Parameters<typeof doctor>[1]> = {}, language: 'ar' | 'en' = 'en') => {
  lines.length = 0;
  const code = await doctor(config(language), { node: node.publicUrl, all: false, json: false, ...options });
  return { code, text: lines.join('\n') };
};
const findingsOf = async (changes: Partial<OperatorNeeds> = {}): Promise<Finding[]> =>
  (await diagnose({ ...node.operatorNeeds, ...changes })).findings;
const brokenIn = (findings: Finding[]) =>
  findings.filter(({ state }) => state === 'broken').map(({ code, link, subject }) => [link, subject, code]);
const firstBreak = async (changes: Partial<OperatorNeeds>) =>
  (await findingsOf(changes)).find(({ state }) => state === 'broken');

describe('jisr doctor on the machine of the node', () => {
  test('names a way on which notices cannot be handed over, without which messages are in the mailboxes all the same', async () => {
    const { http, notifications } = node.operatorNeeds;
    const check = async () => void (await http.request({ method: 'HEAD', url: 'http://127.0.0.1:1/' }));
    const checks = [{ way: 'email' as const, check }];
    expect(await firstBreak({ notifications: { ...notifications, checks } })).toMatchObject({
      link: 'notices',
      subject: 'email',
      code: 'notices-refused',
      finding: { en: expect.stringContaining('nothing listens there: ECONNREFUSED') },
    });
  });

  test('says of every link that it holds, and ends with 0', async () => {
    const { code, text } = await look();
    expect(text).not.toContain('BROKEN');
    expect(code).toBe(0);
    for (const named of ['node:', 'operator address:', 'disk:', 'database:', 'clock:', 'keys federation:', 'anchor:'])
      expect(text).toContain(`ok       ${named}`);
    for (const named of [
      'trust chain http',
      'neighbour sa.localhost',
      'log:',
      'witness sa.localhost',
      'time-stamping authority development:',
      'time-stamps:',
      'registry:',
      'jobs:',
    ])
      expect(text).toContain(`ok       ${named}`);
    expect(text).toContain('Every link holds.');
    // What is said of keys are names, ids and ages.
    expect(text).not.toContain(readFileSync(join(folder, 'keys', 'federation.es256.pem'), 'utf8').split('\n')[1]);
  });

  test('stops at the first break, says how to mend it, and ends with 1; with --all it goes on to what does not hang on it', async () => {
    const file = join(folder, 'keys', 'federation.es256.pem');
    const saved = readFileSync(file);
    writeFileSync(file, 'damaged');
    try {
      const first = await look();
      expect(first.code).toBe(1);
      expect(first.text).toMatch(
        /BROKEN {3}keys federation: The key federation cannot sign \(\w+\)\.\n\s+What to do: Put/,
      );
      expect(first.text).not.toContain('neighbour');
      const all = await look({ all: true });
      expect(all.text).toMatch(/skipped {2}anchor: hangs on: keys/);
      expect(all.text).toContain('ok       neighbour sa.localhost');
      expect(all.text).toContain('ok       registry:');
    } finally {
      writeFileSync(file, saved, { mode: 0o600 });
    }
  });

  test('asks inside when nobody answers outside: what is broken there is why, and comes first', async () => {
    const file = join(federation.config.dataFolder, 'silent.json');
    const { publicUrl: _own, ...rest } = JSON.parse(readFileSync(join(folder, 'node.json'), 'utf8'));
    writeFileSync(file, JSON.stringify({ ...rest, publicUrl: `http://bh.localhost:${await findClosedPort()}` }));
    expect((await look({ node: file })).text).toMatch(/^ {2}BROKEN {3}node: No node answers at/);
    chmodSync(join(folder, 'keys', 'portal.es256.pem'), 0o644);
    try {
      const { code, text } = await look({ node: file });
      expect(code).toBe(1);
      expect(text).toContain('BROKEN   keys portal:');
      expect(text).not.toContain('No node answers');
    } finally {
      chmodSync(join(folder, 'keys', 'portal.es256.pem'), 0o600);
    }
  });

  test('speaks Arabic, and JSON to programs', async () => {
    chmodSync(join(folder, 'keys', 'portal.es256.pem'), 0o644);
    try {
      const { code, text } = await look({}, 'ar');
      expect(code).toBe(1);
      expect(text).toContain('مكسور');
      expect(text).toContain('يمكن لحسابات أخرى على هذا الجهاز قراءة المفتاح portal.');
      const json = JSON.parse((await look({ json: true, all: true })).text);
      expect(json).toMatchObject({ node: node.publicUrl, isInside: true, ok: false });
      expect(brokenIn(json.findings)).toEqual([['keys', 'portal', 'key-exposed']]);
    } finally {
      chmodSync(join(folder, 'keys', 'portal.es256.pem'), 0o600);
    }
  });

  test('says when the node does not answer, when the secret is another one, and when no node is known', async () => {
    const silent = await look({ node: `http://bh.localhost:${await findClosedPort()}` });
    expect(silent.code).toBe(1);
    expect(silent.text).toMatch(/BROKEN {3}node: No node answers at .* \(nothing listens there: ECONNREFUSED\)\./);
    const file = join(folder, 'operator', 'secret');
    const saved = readFileSync(file);
    writeFileSync(file, 'x'.repeat(43));
    expect((await look()).text).toContain('BROKEN   operator address: The operator address refuses the secret');
    writeFileSync(file, saved);
    lines.length = 0;
    expect(await doctor({ ...config(), dataFolder: join(folder, 'none') }, { all: false, json: false })).toBe(2);
    expect(lines.join('')).toContain('No node is known here');
  });
});

describe('jisr doctor from outside', () => {
  test('looks at what anybody can see, and says that it saw no more', async () => {
    lines.length = 0;
    const elsewhere = { ...config(), dataFolder: join(folder, 'none') };
    expect(await doctor(elsewhere, { node: node.publicUrl, all: false, json: false })).toBe(0);
    const text = lines.join('\n');
    for (const named of ['node', 'clock', 'anchor', 'log', 'witness', 'registry', 'sign-in'])
      expect(text).toContain(`ok       ${named}:`);
    expect(text).toContain('Seen from outside only.');
    expect(text).not.toContain('disk:');
  });
});

describe('each link, broken once', () => {
  test('an eID of the state that does not answer, beside which the other ways work', async () => {
    const { identity } = node.operatorNeeds;
    const away = {
      id: 'ekey',
      check: () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })),
    };
    const there = { id: 'other', check: async () => undefined };
    const findings = await findingsOf({ identity: { outcomes: identity.outcomes, upstreamChecks: [away, there] } });
    expect(brokenIn(findings)).toEqual([['eid', 'ekey', 'eid-silent']]);
    expect(findings.find(({ link, subject }) => link === 'eid' && subject === 'other')?.state).toBe('ok');
  });

  test('virus scanner: named and not there', async () => {
    const scanner = openScanner(`tcp://127.0.0.1:${await findClosedPort()}`);
    expect(brokenIn(await findingsOf({ cases: { readScannerVersion: scanner.readVersion } }))).toEqual([
      ['scanner', undefined, 'scanner-silent'],
    ]);
    const [named] = (await findingsOf()).filter(({ link }) => link === 'scanner');
    expect(named).toMatchObject({ state: 'ok', finding: { en: 'none is named' } });
  });

  test('disk: cannot be written, and nearly full', async () => {
    const inTheWay = join(folder, 'operator', `disk-check.${process.pid}`);
    mkdirSync(inTheWay);
    expect(await firstBreak({})).toMatchObject({
      code: 'disk-unwritable',
      finding: { en: expect.stringContaining('EISDIR') },
    });
    rmSync(inTheWay, { recursive: true });
    expect(await firstBreak({ freeBytesMin: 2 ** 60 })).toMatchObject({ link: 'disk', code: 'disk-low' });
  });

  test('database: away, read-only, and with another clock', async () => {
    const away = await openDatabase({ url: `postgres://nobody@127.0.0.1:${await findClosedPort()}/none` });
    expect(await firstBreak({ database: away })).toMatchObject({
      code: 'database-silent',
      finding: { en: 'The database does not answer (nothing listens there: ECONNREFUSED).' },
    });
    await away.close();
    const { database } = node.operatorNeeds;
    const asIf = (from: string, to: string) => ({
      ...database,
      execute: (text: string) => database.execute(text.replace(from, to)),
    });
    expect(await firstBreak({ database: asIf('pg_is_in_recovery()', 'true') })).toMatchObject({
      code: 'database-read-only',
    });
    const later = asIf('clock_timestamp()', "clock_timestamp() + interval '2 minutes'");
    expect(await firstBreak({ database: later })).toMatchObject({ link: 'clock', code: 'database-clock-off' });
  });

  test('clock: this one, and that of a neighbour', async () => {
    const { clock, http } = node.operatorNeeds;
    const fast = { now: () => new Date(clock.now().getTime() + 300_000) };
    expect(await firstBreak({ clock: fast })).toMatchObject({
      code: 'clock-off',
      finding: { en: expect.stringMatching(/differs by (299|300|301) s/) },
    });
    const slowNeighbour: HttpClient = {
      ...http,
      request: async (request) => {
        const answer = await http.request(request);
        if (!request.url.startsWith(federation.url('sa'))) return answer;
        const date = new Date(Date.parse(answer.headers['date']!) - 600_000).toUTCString();
        return { ...answer, headers: { ...answer.headers, date } };
      },
    };
    // Of two clocks nobody can tell which is right; of three, the one that is alone is wrong.
    const broken = brokenIn(await findingsOf({ http: slowNeighbour }));
    expect(broken.length).toBeGreaterThan(0);
    expect(['clock', 'neighbour']).toContain(broken[0]![0]);
  });

  test('anchor: away, with another key, without this node, and with another key for it', async () => {
    const { anchor, federation: trusting } = node.operatorNeeds;
    const closed = `http://gcc.localhost:${await findClosedPort()}`;
    const other = (await memoryKeys().signer('federation')).publicJwk;
    expect(await firstBreak({ anchor: { ...anchor, entityId: closed } })).toMatchObject({ code: 'anchor-silent' });
    const listAnchorKeys = async () => ({ live: [other], former: [] });
    expect(await firstBreak({ federation: { ...trusting, listAnchorKeys } })).toMatchObject({
      code: 'anchor-key-differs',
    });
    expect(await firstBreak({ publicUrl: 'http://xx.localhost:9' })).toMatchObject({ code: 'not-enrolled' });
    expect(await firstBreak({ keys: memoryKeys() })).toMatchObject({ code: 'enrolled-key-differs' });
  });

  test('a peer over TLS: with a certificate from nobody, and without TLS at all, in words and both languages', async () => {
    const { anchor } = node.operatorNeeds;
    for (const [server, said] of [
      [createTlsServer(await selfSigned()), 'its TLS certificate is from nobody whom this machine trusts'],
      [createServer((socket) => socket.end('hello\r\n')), 'it does not speak TLS'],
    ] as const) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      try {
        const entityId = `https://localhost:${port}`;
        const broken = await firstBreak({ anchor: { ...anchor, entityId } });
        expect(broken).toMatchObject({ code: 'anchor-silent', finding: { en: expect.stringContaining(said) } });
        expect(broken!.finding.ar).toContain('TLS');
      } finally {
        server.close();
      }
    }
  });

  test('trust chain: an office that nobody vouches for', async () => {
    const entityId = `${node.publicUrl}/offices/nobody`;
    expect(await firstBreak({ officeEntityIds: [entityId] })).toMatchObject({
      code: 'chain-invalid',
      subject: entityId,
    });
  });

  test('neighbour: its log signed two histories', async () => {
    const { database } = node.operatorNeeds;
    const origin = `${new URL(federation.url('sa')).host}/ledger`;
    await sql`insert into ledger.breaches
      (breach_id, origin, kind, state, seen_size, seen_note, witnessed_size, witnessed_note, seen_at)
      values (gen_random_uuid(), ${origin}, 'fork', 'proven', 1, 'a', 1, 'b', now())`.execute(database.db);
    expect(await firstBreak({})).toMatchObject({ link: 'neighbour', code: 'neighbour-forked' });
    await sql`delete from ledger.breaches`.execute(database.db);
  });

  test('neighbour: its log lost entries, with which nothing is exchanged; a suspicion, and what is over, break nothing', async () => {
    const { database } = node.operatorNeeds;
    const origin = `${new URL(federation.url('sa')).host}/ledger`;
    await sql`insert into ledger.breaches
      (breach_id, origin, kind, state, seen_size, seen_note, witnessed_size, witnessed_note, seen_at)
      values (gen_random_uuid(), ${origin}, 'rewind', 'confirmed', 3, 'a', 12, 'b', now())`.execute(database.db);
    const found = await firstBreak({});
    expect(found).toMatchObject({ link: 'neighbour', code: 'neighbour-rewound' });
    expect(found!.finding.en).toContain('publishes 3 entries; this witness has cosigned 12');
    await sql`update ledger.breaches set ended_at = now()`.execute(database.db);
    expect(await firstBreak({})).toBeUndefined();
    await sql`update ledger.breaches set ended_at = null, state = 'suspected'`.execute(database.db);
    expect(await firstBreak({})).toBeUndefined();
    await sql`delete from ledger.breaches`.execute(database.db);
  });

  test('log and witness: no checkpoint, a dispute, a witness that knows another key', async () => {
    const { ledger } = node.operatorNeeds;
    const status = await ledger.statusOf();
    const lastCheckpointAt = new Date(status.lastCheckpointAt!.getTime() - 3_600_000);
    const stuck = { ...ledger, statusOf: async () => ({ ...status, pending: 3, lastCheckpointAt }) };
    expect(await firstBreak({ ledger: stuck })).toMatchObject({ link: 'log', code: 'log-stuck' });
    const disputed = { ...ledger, statusOf: async () => ({ ...status, disputedBy: ['sa.example/witness'] }) };
    expect(await firstBreak({ ledger: disputed })).toMatchObject({ link: 'log', code: 'log-disputed' });
    const putBack = { ...ledger, findLostEntries: async () => ({ size: 3, seen: 5, by: 'tiles' as const }) };
    expect(await firstBreak({ ledger: putBack })).toMatchObject({
      code: 'log-put-back',
      finding: { en: expect.stringContaining('has 3 entries of the log, which has published 5') },
      fix: { en: expect.stringContaining('Stop the node now') },
    });
    const { http } = node.operatorNeeds;
    const ahead: HttpClient = {
      ...http,
      request: async (request) =>
        request.url.endsWith('/add-checkpoint')
          ? { status: 409, headers: { 'content-type': 'text/x.tlog.size' }, body: Buffer.from('1000000\n') }
          : http.request(request),
    };
    expect(await firstBreak({ http: ahead })).toMatchObject({ link: 'witness', code: 'witness-ahead' });
    const text = (await ledger.readCheckpointText())!;
    // The log's own signature, with one character changed: a checkpoint that the log never signed.
    const own = /^— \S+ (\S+)$/m.exec(text)![1]!;
    const at = 40;
    const forged = own.slice(0, at) + (own[at] === 'A' ? 'B' : 'A') + own.slice(at + 1);
    const other = { ...ledger, readCheckpointText: async () => text.replace(own, forged) };
    expect(await firstBreak({ ledger: other })).toMatchObject({
      link: 'witness',
      code: 'witness-refuses',
      finding: { en: expect.stringContaining('refuses this log (it knows another key of it: 403)') },
    });
  });

  test('time-stamping authority: one is away, and one stamps under another certificate than was named', async () => {
    const { ledger, database, clock, http, log } = node.operatorNeeds;
    const { timeStampAuthorities: [own] = [] } = readNodeConfig(
      federation.nodes.find(({ id }) => id === 'bh')!.configFile,
    );
    const names = { ar: 'جهة أخرى', en: 'Another' };
    const stranger = await prepareTimeStamping({ keys: memoryKeys(), clock, state: 'XX', names });
    const signer = await memoryKeys().signer('log', 'Ed25519');
    // Authorities alone are asked of this ledger: it never writes.
    const { listAuthorities, checkAuthority } = createLedger({
      ...{ database, clock, http, log, origin: 'x/ledger', witnessName: 'x/witness', quorum: 0 },
      ...{ logSigner: signer, witnessSigner: signer, tiles: openTileFolder(folder), neighbours: async () => [] },
      timeStampAuthorities: [
        own!,
        { ...own!, name: 'away', url: 'http://127.0.0.1:9/' },
        { ...own!, name: 'misnamed', certificates: [stranger.ca] },
      ],
    });
    const found = (await findingsOf({ ledger: { ...ledger, listAuthorities, checkAuthority } })).filter(
      ({ link }) => link === 'authority',
    );
    expect(found.map(({ subject, state, code }) => [subject, state, code])).toEqual([
      ['development', 'ok', undefined],
      ['away', 'broken', 'authority-broken'],
      ['misnamed', 'broken', 'authority-broken'],
    ]);
    expect(found.map(({ finding }) => finding.en)).toEqual([
      'gave a valid token',
      'The time-stamping authority away gave no valid token (nothing listens there: ECONNREFUSED).',
      'The time-stamping authority misnamed gave no valid token (its certificate leads to none of those that node.json names for it: untrusted).',
    ]);
  });

  test('time-stamps: a class of evidence is refused, or warned of, because an entry has waited too long', async () => {
    const { exchange } = node.operatorNeeds;
    const judged = (after: 'warn' | 'refuse') => ({
      ...exchange,
      assuranceStatus: async () => [
        { classId: 'high', evidenceTypes: ['person-identity'], after, leftMs: -1, mayGoOn: after === 'warn' },
      ],
    });
    expect(await firstBreak({ exchange: judged('warn') })).toMatchObject({ link: 'stamps', code: 'stamps-late' });
    expect(await firstBreak({ exchange: judged('refuse') })).toMatchObject({
      link: 'stamps',
      code: 'stamps-overdue',
      finding: { en: expect.stringMatching(/questions for person-identity are refused/) },
    });
  });

  test('registry: its tables are gone', async () => {
    const { database, exchange } = node.operatorNeeds;
    const { rows } = await sql<{ name: string }>`select nspname as name from pg_catalog.pg_namespace
      where nspname like 'registry_%' order by 1 limit 1`.execute(database.db);
    const { name } = rows[0]!;
    await sql`alter schema ${sql.id(name)} rename to away`.execute(database.db);
    expect(await firstBreak({})).toMatchObject({ link: 'registry', code: 'registry-broken' });
    await sql`alter schema away rename to ${sql.id(name)}`.execute(database.db);
    expect((await exchange.checkRegistries({ isNow: true })).every(({ isHealthy }) => isHealthy)).toBe(true);
  });

  test('jobs: some failed at every try', async () => {
    const jobs = { status: async () => [{ queue: 'case-decided', waiting: 0, active: 0, dead: 2 }] };
    expect(await firstBreak({ jobs })).toMatchObject({
      finding: { en: '2 jobs in the queue case-decided failed at every try.' },
    });
  });

  test('sign-in: the provider is not where it says it is', async () => {
    const { http, publicUrl } = node.operatorNeeds;
    const lost: HttpClient = {
      ...http,
      request: (request) =>
        http.request(request.url.startsWith(`${publicUrl}/eid`) ? { ...request, url: `${publicUrl}/gone` } : request),
    };
    expect(await firstBreak({ http: lost })).toMatchObject({ link: 'sign-in', code: 'sign-in-silent' });
  });

  test('neighbour and its witness: stopped', async () => {
    await federation.running.get('sa')!.stop();
    federation.running.delete('sa');
    const host = new URL(federation.url('sa')).host;
    expect(brokenIn(await findingsOf())).toEqual([
      ['neighbour', host, 'neighbour-silent'],
      ['witness', host, 'witness-silent'],
    ]);
    // A neighbour that is away hides nothing that is broken here.
    const jobs = { status: async () => [{ queue: 'case-decided', waiting: 0, active: 0, dead: 2 }] };
    expect(await firstBreak({ jobs })).toMatchObject({ link: 'jobs' });
    expect((await look()).text).toMatch(
      /BROKEN {3}neighbour .* does not answer \(nothing listens there: ECONNREFUSED\)\.\n\s+What to do/,
    );
  });
});

/** A certificate that its own key signed, as on many a test server. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const alg = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(alg, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: alg,
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { cert: made.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----` };
}

async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
