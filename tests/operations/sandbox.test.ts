import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { refuseMovedTime } from '#apps/state-node';
import { createHttpClient } from '#kernel/http-client';
import { identifyAtHome, type JourneyNeeds, signIn } from '../../apps/federation/journey.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { stepsTo, targetOf, travelMsMax } from '../../apps/federation/sandbox/rules.ts';
import { createVisitor, type Page, type Visitor } from '../../apps/federation/visitor.ts';
import { findPortOffset } from '../support/ports.ts';

const root = join(import.meta.dirname, '..', '..');
const http = createHttpClient({ timeoutMs: 30_000 });
const people = samplePeople(join(root, 'states'));
const personOf = (key: string) => people.find((person) => person.key === key)!;
const dayMs = 86_400_000;

const good = {
  movedTime: { file: '/x' },
  publicUrl: 'http://sa.localhost:4005',
  anchorId: 'http://gcc.localhost:4000',
  listen: { host: '127.0.0.1' },
  isMadeUp: true,
};

test('a clock that can be moved is refused wherever one thing says that this is no sandbox', () => {
  expect(() => refuseMovedTime(good, true)).not.toThrow();
  const { movedTime: _, ...still } = good;
  expect(() => refuseMovedTime({ ...still, publicUrl: 'https://gov.example' }, false)).not.toThrow();
  const others: Array<[object, boolean]> = [
    [{}, false],
    [{ isMadeUp: false }, true],
    [{ publicUrl: 'https://sa.gov.example' }, true],
    [{ publicUrl: 'http://sa.localhost.example' }, true],
    [{ anchorId: 'https://gcc.example' }, true],
    [{ listen: { host: '0.0.0.0' } }, true],
    [{ databaseUrl: 'postgres://x@127.0.0.1/x' }, true],
  ];
  for (const [change, isSandbox] of others)
    expect(() => refuseMovedTime({ ...good, ...change }, isSandbox), JSON.stringify(change)).toThrow(
      expect.objectContaining({ code: 'moved-time-refused' }),
    );
});

test('time goes forward a day at a time, and nowhere else', () => {
  const now = Date.parse('2026-11-30T04:00:00Z');
  expect(targetOf({ by: '30d' }, now)).toBe(now + 30 * dayMs);
  expect(targetOf({ to: '2027-03-01' }, now)).toBe(Date.parse('2027-03-01T00:00:00Z'));
  for (const asked of [
    {},
    { by: '0d' },
    { by: '1y' },
    { by: '401d' },
    { to: '2026-01-01' },
    { by: '1d', to: '2027-03-01' },
    { to: 'soon' },
  ])
    expect(() => targetOf(asked, now), JSON.stringify(asked)).toThrow(
      expect.objectContaining({ code: 'time-goes-on' }),
    );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: travelMsMax }), (length) => {
      const steps = [now, ...stepsTo(now + length, now)];
      expect(steps.at(-1)).toBe(now + length);
      for (const [at, step] of steps.slice(1).entries()) {
        expect(step).toBeGreaterThan(steps[at]!);
        expect(step - steps[at]!).toBeLessThanOrEqual(dayMs);
      }
    }),
  );
});

let folder: string;
let offset: number;
const programs: ChildProcess[] = [];
const said = new Map<ChildProcess, string>();
const url = (name: string, port: number) => `http://${name}.localhost:${port + offset}`;

function run(words: string[], environment: Record<string, string> = {}): ChildProcess {
  const env = { ...process.env, JISR_DATA: folder, JISR_PORT_OFFSET: String(offset), ...environment };
  const child = spawn(process.execPath, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  programs.push(child);
  said.set(child, '');
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (part: string) => void said.set(child, said.get(child)! + part));
  return child;
}
const hears = (child: ChildProcess, words: string | RegExp, timeout = 120_000) =>
  vi.waitFor(() => expect(said.get(child)).toMatch(words), { timeout, interval: 200 });
async function order(...words: string[]): Promise<{ code: number | null; words: string }> {
  const child = run(['apps/cli/main.ts', 'sandbox', ...words]);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, words: said.get(child)! };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-sandbox-'));
  offset = await findPortOffset('127.0.0.1', [4_007, 4_008, 4_009, 4_100]);
  await hears(run(['apps/cli/main.ts', 'sandbox', '--states', 'bh,sa']), /sandbox travel 30d/);
}, 180_000);
afterAll(async () => {
  for (const child of programs.reverse()) {
    if (child.exitCode !== null) continue;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  await http.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const linkOn = (page: Page, wanted: RegExp) =>
  page.html
    .querySelectorAll('a')
    .map((link) => link.getAttribute('href') ?? '')
    .find((href) => wanted.test(href))!;

/** Yousif studied at a distance, so that an officer has to look: he applies by an app of somebody outside. */
async function applyByApp(visitor: Visitor, app: string): Promise<void> {
  const needs: JourneyNeeds = {
    visitor,
    person: personOf('yousif'),
    homeUrl: url('bh', 4_001),
    serviceUrl: url('sa', 4_005),
    homeState: 'BH',
    serviceId: 'degree-recognition',
  };
  await visitor.open(`${app}/`);
  await visitor.submit('/start');
  await visitor.submit('/signin', { state: 'BH' });
  await identifyAtHome(needs);
  await visitor.submit(/\/apps\/allow\//, { decision: 'all', days: '30' });
  await visitor.submit('/consent');
  let page = await visitor.submit('/evidence');
  const fields = page.html.querySelectorAll('input[name=field]').map((box) => box.getAttribute('value') ?? '');
  page = await visitor.submit('/consent', { decision: 'allow', field: fields });
  page = await visitor.open(linkOn(page, /\/eid\/auth\//));
  page = await visitor.open(linkOn(page, /\/app-visits\//));
  const answers: Record<string, Record<string, string>> = {
    purpose: { purpose: 'work' },
    profession: { profession: 'مهندس', sector: 'private' },
    contact: { email: 'sample.person@example.com', mobile: '+97333123456', language: 'ar' },
    declaration: { declaration: 'yes' },
  };
  page = await visitor.open(linkOn(page, /^\/form\//));
  for (let at = 0; at < 8 && page.url.includes('/form/'); at += 1)
    page = await visitor.submit(/\/form\//, answers[page.url.split('/').at(-1)!] ?? {});
  await visitor.submit('/submit');
}

test('an app applies, an officer asks, the time to answer passes, and the webhook comes; a reset gives back the first state', async () => {
  const app = run(
    [
      ...['--import', join(root, 'apps/federation/sandbox/follow.ts')],
      ...['examples/degree-app/main.ts', url('sa', 4_005), url('gcc', 4_000), String(4_100 + offset)],
    ],
    { JISR_SANDBOX_TIME: join(folder, 'time.json') },
  );
  await hears(app, /My Degree is at/);
  await applyByApp(createVisitor(http), url('my-degree.sa', 4_100));

  const officer = createVisitor(http, 'en');
  const desk = {
    visitor: officer,
    person: personOf('noura'),
    homeUrl: url('sa', 4_005),
    serviceUrl: url('sa', 4_005),
    homeState: 'SA',
    serviceId: '',
  };
  let page = await signIn(desk, url('sa', 4_005), '/office');
  page = await officer.open(linkOn(page, /^\/office\/cases\//));
  const casePath = new URL(page.url).pathname;
  await officer.submit('/take');
  await officer.open(`${casePath}/ask`);
  await officer.submit('/ask', { things: 'profession-in-detail' });

  const before = JSON.parse((await officer.fetchJson(`${url('sandbox', 4_009)}/api/clock`)).body.toString('utf8'));
  expect(before).toMatchObject({ state: 'ready', movedSeconds: 0, nodes: [{ id: 'gcc' }, { id: 'bh' }, { id: 'sa' }] });
  expect(await order('travel', '16d')).toMatchObject({
    code: 0,
    words: expect.stringContaining('16 days ahead  ready'),
  });
  // Reminded first, and then over: a day at a time, both in their order, and the signature is of the moved time.
  await hears(app, /told: case-information-reminded[\s\S]*told: case-information-not-given/, 60_000);
  expect(said.get(app)).not.toContain('failed:');
  expect(await order('travel', '--to', '2026-01-01')).toMatchObject({ code: 1 });
  expect((await order('people')).words).toContain(personOf('yousif').nationalId);

  expect(await order('reset')).toMatchObject({ code: 0, words: expect.stringContaining('0 days ahead  ready') });
  const fresh = createVisitor(http, 'en');
  page = await signIn({ ...desk, visitor: fresh }, url('sa', 4_005), '/office');
  expect(linkOn(page, /^\/office\/cases\//)).toBeUndefined();
}, 400_000);
