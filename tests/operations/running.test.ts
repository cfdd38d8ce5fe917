import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNodeConfig } from '#apps/state-node';
import { openDatabase } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { apply, degreeAnswers, type JourneyNeeds, signIn, waitForDocument } from '../../apps/federation/journey.ts';
import {
  type RunningFederation,
  type SampleNode,
  spawnNodes,
  waitForHealth,
  waitUntilAcquainted,
} from '../../apps/federation/launcher.ts';
import type { SamplePerson } from '../../apps/federation/phone.ts';
import { createVisitor, everyPointDone, titleOf } from '../../apps/federation/visitor.ts';
import { leafHashOf, readPublishedLog, rootOver } from '../faults/public-log.ts';
import { prepareTestFederation } from '../support/federation.ts';
import { createRememberingClient, findLeaks, namesOf, type Secret } from './leaks.ts';

const serviceId = 'degree-recognition';
const onServer = process.env['DATABASE_URL'] !== undefined;
/** Resident memory, and of it what is the process's own: the rest are pages of the Node binary that all processes share. */
const memoryMaxMb = onServer ? { resident: 200, own: 135 } : { resident: 400, own: 330 };
const stopMaxMs = 10_000;

type FilePerson = SamplePerson & { personId: string; birthDate: string; passwordHash: string };

const lines: string[] = [];
const client = createHttpClient({ timeoutMs: 30_000 });
const { http, urls, secrets } = createRememberingClient(client);
const visitor = createVisitor(http, 'en');
let prepared: Awaited<ReturnType<typeof prepareTestFederation>>;
let running: RunningFederation;
let personal: Secret[];
let caseUrl: string;
let published: Record<string, Buffer[]>;

const find = (id: string): SampleNode => prepared.nodes.find((node) => node.id === id)!;
const url = (id: string) => find(id).publicUrl;
const states = () => prepared.nodes.filter(({ role }) => role === 'state');

/** The whole main journey, and one that an officer decides, on real processes that log everything they can. */
beforeAll(async () => {
  prepared = await prepareTestFederation(['bh', 'sa']);
  for (const { configFile } of prepared.nodes)
    writeFileSync(configFile, JSON.stringify({ ...JSON.parse(readFileSync(configFile, 'utf8')), logLevel: 'trace' }));
  await start();
  const fatima = readPerson('bh', ({ key }) => key === 'fatima');
  const yousif = readPerson('bh', ({ key }) => key === 'yousif');
  const [first] = readJson<Array<{ personId: string }>>('sa', 'officers.json');
  const officer = readPerson('sa', ({ personId }) => personId === first!.personId);
  personal = [fatima, yousif, officer].flatMap(secretsOf);

  await strayAbout(fatima);
  await journeyOf(fatima);
  await decidedByOfficer(yousif, officer);
});

afterAll(async () => {
  await running?.stop();
  await prepared?.clear();
  await client.close();
});

describe('what a node tells about people', () => {
  test('no log line at any level holds personal data, a secret or a key to a session', () => {
    const requests = lines.filter((line) => line.includes('"msg":"request"'));
    expect(requests.length).toBeGreaterThan(100);
    expect(secrets.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['code', 'state', 'one-time code', 'cookie jisr_session']),
    );
    const leaks = lines.flatMap((line) =>
      findLeaks(line, [...personal, ...secrets]).map((what) => `${what} in ${line.slice(0, 300)}`),
    );
    expect(leaks).toEqual([]);
    // The search itself finds what it is for.
    expect(findLeaks('{"time":1,"q":"الحداد"} gpa 3.61, 970412045', personal)).toEqual(
      expect.arrayContaining(['name', 'gpa', 'national number']),
    );
  });

  test('a request is logged by its route and never by its address', () => {
    for (const line of lines.filter((text) => text.includes('"msg":"request"'))) {
      const { route, url: address, headers, query } = JSON.parse(line);
      expect([address, headers, query]).toEqual([undefined, undefined, undefined]);
      expect(route).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|\?|=/);
    }
  });

  test('no address of the journey holds personal data', () => {
    const typed = `${url('sa')}/services?q=`;
    const own = [...urls].filter((address) => !address.startsWith(typed) && !address.includes('/stray/'));
    expect(own.length).toBeGreaterThan(40);
    expect(
      own.flatMap((address) => findLeaks(decodeURIComponent(address), personal).map((what) => [what, address])),
    ).toEqual([]);
  });

  test('the public log holds nothing but 32-byte commitments, and the records behind them name no person', async () => {
    published = {};
    for (const { id, publicUrl } of states()) {
      const { leaves, size } = await readPublishedLog(client, publicUrl, []);
      expect(size).toBeGreaterThan(2);
      expect(new Set(leaves.map((leaf) => leaf.length))).toEqual(new Set([32]));
      expect(leaves.flatMap((leaf) => findLeaks(leaf.toString('latin1'), personal))).toEqual([]);
      published[id] = leaves;
    }
  });
});

describe('what a node keeps', () => {
  test('key files are readable by their account alone, and nothing secret stands in node.json', () => {
    for (const { id, configFile } of prepared.nodes) {
      const folder = join(prepared.config.dataFolder, id);
      const keys = readdirSync(join(folder, 'keys'));
      expect(keys.length).toBeGreaterThan(0);
      for (const name of keys) expect([name, modeOf(join(folder, 'keys', name))]).toEqual([name, '600']);
      expect(modeOf(join(folder, 'keys'))).toBe('700');
      expect(modeOf(folder)).toBe('700');
      expect(modeOf(configFile)).toBe('600');
      const config = readFileSync(configFile, 'utf8');
      expect(config).not.toMatch(/"d"\s*:|PRIVATE KEY|\bsecret\b|password/i);
      expect(findLeaks(config, personal)).toEqual([]);
      for (const name of keys) {
        const secret = readFileSync(join(folder, 'keys', name), 'utf8').split('\n')[name.endsWith('.pem') ? 1 : 0]!;
        expect([name, config.includes(secret)]).toEqual([name, false]);
        expect(lines.some((line) => line.includes(secret))).toBe(false);
      }
    }
  });

  test(`a node stays under ${memoryMaxMb.own} MB of its own after the journey, ${memoryMaxMb.resident} MB with what it shares`, async () => {
    for (const { id } of states()) {
      const megabytes = (name: string) => {
        const status = readFileSync(`/proc/${running.children.get(id)!.pid}/status`, 'utf8');
        return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)![1]) / 1024;
      };
      const [resident, own, most] = [megabytes('VmRSS'), megabytes('RssAnon'), megabytes('VmHWM')];
      console.log(
        `memory: ${id} ${resident.toFixed(0)} MB, ${own.toFixed(0)} MB its own, at most ${most.toFixed(0)} MB`,
      );
      // What it keeps: a moment just before the garbage collector comes is not that.
      const within = { interval: 500 };
      await expect.poll(() => megabytes('VmRSS'), within).toBeLessThan(memoryMaxMb.resident);
      await expect.poll(() => megabytes('RssAnon'), within).toBeLessThan(memoryMaxMb.own);
    }
  });

  test('SIGTERM ends every node in time and in order, and after a start everything goes on where it was', async () => {
    for (const [id, child] of [...running.children]) {
      const { code, ms } = await endWithTerm(child);
      console.log(`stop: ${id} in ${ms.toFixed(0)} ms`);
      expect([id, code]).toEqual([id, 0]);
      expect(ms).toBeLessThan(stopMaxMs);
    }
    for (const { id, configFile } of states()) await judgeRecords(id, configFile);
    await start();
    const page = await visitor.open(caseUrl);
    expect([page.status, page.url]).toEqual([200, caseUrl]);
    expect(page.html.querySelector('a[href$="/document.pdf"]')).not.toBeNull();
    for (const { id, publicUrl } of states()) {
      const log = await readPublishedLog(client, publicUrl, []);
      const before = published[id]!;
      expect(log.leaves.slice(0, before.length).map(leafHashOf)).toEqual(before.map(leafHashOf));
      expect(rootOver(log.leaves, log.size)).toBe(log.root);
    }
  });
});

async function start(): Promise<void> {
  running = spawnNodes(
    prepared.nodes,
    prepared.config,
    (_id, line) => lines.push(line),
    () => undefined,
  );
  for (const node of prepared.nodes)
    if (!(await waitForHealth(node, client, 60_000)))
      throw new Error(`${node.id} does not answer; last words: ${lines.slice(-8).join('\n')}`);
  await waitUntilAcquainted(states(), client, 60_000);
}

/** What people and programs get wrong, with personal data where it does not belong. */
async function strayAbout({ nationalId, names, password }: FilePerson): Promise<void> {
  const sa = url('sa');
  await visitor.open(`${sa}/services?q=${encodeURIComponent(names.ar)}`);
  for (const path of ['cases', 'my-data/uses', 'stray'])
    await visitor.open(`${sa}/${path}/${encodeURIComponent(names.en)}/stray/?q=${nationalId}`);
  await http.request({ method: 'GET', url: `${sa}/ledger/proof/stray/${nationalId}` });
  await http.request({
    method: 'POST',
    url: `${sa}/r1/SA/GOV/moe/registry/degree-record?about=/stray/${nationalId}`,
    headers: { 'content-type': 'application/json' },
    body: `{"nationalId":"${nationalId}", "names": "${names.ar}"`,
  });
  await visitor.open(`${sa}/signin?returnTo=/`);
  await visitor.submit('/signin', { state: 'BH' });
  await visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, { nationalId, password: `${password}-wrong` });
  await visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, { nationalId, password });
  await visitor.submit(/\/code$/, { code: '000000' });
}

async function journeyOf(person: FilePerson): Promise<void> {
  const needs = needsOf(person, visitor);
  await signIn(needs, url('sa'), `/services/${serviceId}`);
  caseUrl = (await apply(needs, degreeAnswers)).url;
  await waitForDocument(visitor, caseUrl);
  const pdf = (await visitor.open(`${caseUrl}/document.pdf`)).body;
  const verified = await http.request({
    method: 'POST',
    url: `${url('bh')}/api/verify`,
    headers: { 'content-type': 'application/octet-stream' },
    body: pdf,
  });
  expect(JSON.parse(verified.body.toString('utf8'))).toMatchObject({ ok: true });
  await visitor.open(caseUrl);
  await visitor.submit('/wallet');
  if (visitor.current().url.includes('/signin')) await visitor.submit('/signin', { state: 'BH' });
  expect((await visitor.submit('/wallet/offer')).status).toBe(200);
  const mine = await visitor.open(`${url('bh')}/my-data`);
  await visitor.open(mine.html.querySelector('a[href*="/proof"]')!.getAttribute('href')!);
  await visitor.open(`${url('bh')}/my-data`);
  const withdraw = visitor.current().html.querySelector('a[href$="/withdraw"]');
  if (withdraw) {
    await visitor.open(withdraw.getAttribute('href')!);
    await visitor.submit('/withdraw');
  }
}

async function decidedByOfficer(person: FilePerson, officer: FilePerson): Promise<void> {
  const applicant = createVisitor(http, 'ar');
  const needs = needsOf(person, applicant);
  await signIn(needs, url('sa'), `/services/${serviceId}`);
  const applied = (await apply(needs, degreeAnswers)).url;
  const atDesk = createVisitor(http, 'en');
  await signIn({ ...needsOf(officer, atDesk), homeUrl: url('sa'), homeState: 'SA' }, url('sa'), '/office');
  const caseId = new URL(applied).pathname.split('/').at(-1);
  await atDesk.open(`${url('sa')}/office/cases/${caseId}`);
  const points = everyPointDone(await atDesk.submit('/take'));
  const decided = await atDesk.submit('/decide', {
    ...points,
    outcome: 'approve',
    reasons: ['confirmed-after-review'],
    'words-ar': `راجعنا شهادة ${person.names.ar}.`,
    'words-en': `We reviewed the degree of ${person.names.en}.`,
  });
  if (decided.status !== 200) throw new Error(`not decided: ${titleOf(decided)}`);
  await waitForDocument(applicant, applied);
}

function needsOf(person: FilePerson, by: JourneyNeeds['visitor']): JourneyNeeds {
  return { visitor: by, person, homeUrl: url('bh'), serviceUrl: url('sa'), homeState: 'BH', serviceId };
}

function secretsOf(person: FilePerson): Secret[] {
  const degrees = readJson<{ tables: Record<string, Array<Record<string, unknown>>> }>(
    person.state,
    'registries/education.rows.json',
  );
  const records = Object.values(degrees.tables)
    .flat()
    .filter((row) => row['national_id'] === person.nationalId);
  return [
    ...namesOf(person.names),
    { what: 'national number', text: person.nationalId },
    { what: 'birth date', text: person.birthDate },
    { what: 'password', text: person.password },
    { what: 'password hash', text: person.passwordHash },
    { what: 'one-time secret', text: person.totpSecret },
    { what: 'person id', text: person.personId },
    { what: 'email', text: degreeAnswers['contact']!['email']! },
    { what: 'phone', text: degreeAnswers['contact']!['mobile']!.replace('+', '') },
    ...records.flatMap((row) => [
      { what: 'gpa', text: String(row['gpa']) },
      { what: 'field of study', text: String(row['field_of_study']) },
    ]),
  ];
}

/** The openings behind the leaves; readable only to the state itself, and still without a person. */
async function judgeRecords(id: string, configFile: string): Promise<void> {
  const { databaseUrl, dataFolder } = readNodeConfig(configFile);
  const database = await openDatabase(databaseUrl ? { url: databaseUrl } : { dataDir: dataFolder });
  const { rows } = await database.execute('select record::text as record from ledger.entries');
  await database.close();
  expect(rows.length).toBeGreaterThan(2);
  for (const { record } of rows as Array<{ record: string }>)
    expect([id, findLeaks(record, personal), record]).toEqual([id, [], record]);
}

function readPerson(state: string, is: (person: FilePerson) => boolean): FilePerson {
  return { ...readJson<{ people: FilePerson[] }>(state, 'people.json').people.find(is)!, state };
}

function readJson<Content>(state: string, file: string): Content {
  return JSON.parse(readFileSync(join(prepared.config.statesFolder, state, file), 'utf8')) as Content;
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

async function endWithTerm(child: ChildProcess): Promise<{ code: number | null; ms: number }> {
  const startedAt = performance.now();
  const end = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const code = await end;
  return { code, ms: performance.now() - startedAt };
}
