import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { refuseMovedTime } from '#apps/state-node';
import { createHttpClient } from '#kernel/http-client';
import {
  apply,
  degreeAnswers,
  giveEvidence,
  identifyAtHome,
  type JourneyNeeds,
  signIn,
} from '../../apps/federation/journey.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { inOrder, nextMsMax, stepsTo, targetOf, travelMsMax } from '../../apps/federation/sandbox/rules.ts';
import { createVisitor, type Page } from '../../apps/federation/visitor.ts';
import { makeNodesFolder } from '../support/folders.ts';
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
  expect(targetOf({ to: 'next' }, now)).toBe(now + nextMsMax);
  for (const asked of [
    {},
    { by: '0d' },
    { by: '1y' },
    { by: '401d' },
    { to: '2026-01-01' },
    { by: '1d', to: '2027-03-01' },
    { by: '1d', to: 'next' },
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

test('what comes on one day is told in one order, however fast the nodes were', () => {
  const one = { at: '2026-12-01T00:00:00Z', caseId: 'c', serviceId: 's' };
  const day = [
    { ...one, state: 'BH', reference: 'BH-2026-00002', fact: 'case-renewal-due', sequence: 4 },
    { ...one, state: 'KW', reference: 'KW-2026-00001', fact: 'case-escalated', sequence: 1 },
    { ...one, state: 'KW', reference: 'KW-2026-00001', fact: 'case-decided', sequence: 2 },
    { ...one, state: 'KW', reference: 'KW-2026-00001', fact: 'payment-refunded', sequence: 3 },
    { ...one, state: 'KW', reference: 'KW-2026-00002', fact: 'case-draft-ending', sequence: 5 },
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(day, { minLength: day.length }), (heard) => {
      expect(inOrder(heard)).toEqual(day);
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
  folder = makeNodesFolder('sandbox');
  offset = await findPortOffset('127.0.0.1', [4_007, 4_008, 4_009, 4_100]);
  await hears(run(['apps/cli/main.ts', 'sandbox', '--states', 'bh,kw']), /sandbox travel 30d/);
});
afterAll(async () => {
  for (const child of programs.reverse()) {
    if (child.exitCode !== null) continue;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

const linkOn = (page: Page, wanted: RegExp) =>
  page.html
    .querySelectorAll('a')
    .map((link) => link.getAttribute('href') ?? '')
    .find((href) => wanted.test(href))!;

const kw = () => url('kw', 4_002);
const appUrl = () => url('my-degree.kw', 4_100);
type Clock = { now: string; state: string; movedSeconds: number; happened: Array<Record<string, string>> };
const readClock = async (): Promise<Clock> => {
  const { body } = await http.request({ method: 'GET', url: `${url('sandbox', 4_009)}/api/clock` });
  return JSON.parse(body.toString('utf8'));
};

/** Somebody of Bahrain, signed in at a portal. */
const journeyOf = (key: string, serviceId: string, serviceUrl = kw()): JourneyNeeds => ({
  ...{ visitor: createVisitor(http, 'en'), person: personOf(key) },
  ...{ homeUrl: url('bh', 4_001), serviceUrl, homeState: 'BH', serviceId },
});

/** Allows the app of somebody outside what it asks for, for as long as one may. */
async function allow(needs: JourneyNeeds): Promise<void> {
  const { visitor } = needs;
  await visitor.open(`${appUrl()}/`);
  await visitor.submit('/start');
  await visitor.submit('/signin', { state: 'BH' });
  await identifyAtHome(needs);
  await visitor.submit(/\/apps\/allow\//, { decision: 'all', days: '30' });
}

/** Applies by the app, up to the fee, which is paid on the page of the provider. Answers the app's page. */
async function applyByApp(needs: JourneyNeeds): Promise<Page> {
  const { visitor } = needs;
  await allow(needs);
  await visitor.submit('/consent');
  let page = await visitor.submit('/evidence');
  const fields = page.html.querySelectorAll('input[name=field]').map((box) => box.getAttribute('value') ?? '');
  page = await visitor.submit('/consent', { decision: 'allow', field: fields });
  page = await visitor.open(linkOn(page, /\/eid\/auth\//));
  page = await visitor.open(linkOn(page, /\/app-visits\//));
  page = await visitor.open(linkOn(page, /^\/form\//));
  for (let at = 0; at < 8 && page.url.includes('/form/'); at += 1)
    page = await visitor.submit(/\/form\//, degreeAnswers[page.url.split('/').at(-1)!] ?? {});
  await visitor.submit('/pay');
  await visitor.submit(/\/app-visits\/[^/]+\/pay$/);
  return visitor.submit(/\/pay\/|\//, { do: 'pay' });
}

/** An adult wants a place in a primary school: an officer has to look, and after the legal time silence approves. */
async function enrol(needs: JourneyNeeds): Promise<void> {
  const { visitor } = needs;
  await signIn(needs, kw());
  await visitor.open(`${kw()}/services/${needs.serviceId}`);
  const caseId = (await visitor.submit('/start')).url.split('/').at(-1)!;
  await giveEvidence(needs);
  const post = async (path: string, body: object) => {
    const answer = await visitor.fetchJson(`${kw()}/api/cases/${caseId}${path}`, body);
    return { status: answer.status, ...JSON.parse(answer.body.toString('utf8')) };
  };
  const read = JSON.parse((await visitor.fetchJson(`${kw()}/api/cases/${caseId}/draft`)).body.toString('utf8'));
  const answers = { stage: 'primary', email: 'sample.person@example.com', mobile: '+97333123456', declaration: true };
  expect(await post('/draft', { answers, expectedVersion: read.version })).toMatchObject({ saved: true });
  expect(await post('/submit', {})).toMatchObject({ state: 'submitted' });
}

test('cases go through all their deadlines, one after another, with their webhooks; a reset gives back the first state', async () => {
  const app = run(
    [
      ...['--import', join(root, 'apps/federation/sandbox/follow.ts')],
      ...['examples/degree-app/main.ts', kw(), url('gcc', 4_000), String(4_100 + offset)],
    ],
    { JISR_SANDBOX_TIME: join(folder, 'time.json') },
  );
  await hears(app, /My Degree is at/);
  // Yousif studied at a distance, so that an officer has to look; Fatima pays and never sends.
  const yousif = journeyOf('yousif', 'degree-recognition');
  await applyByApp(yousif);
  await yousif.visitor.submit('/submit');
  await applyByApp(journeyOf('fatima', 'degree-recognition'));
  await enrol(journeyOf('maryam', 'gcc-school-enrolment'));
  const fatima = journeyOf('fatima', 'good-conduct-certificate', url('bh', 4_001));
  await signIn(fatima, fatima.serviceUrl);
  await apply(fatima, {
    use: { use: 'study', destination: 'KW', addressee: 'Kuwait University' },
    declaration: { declaration: 'yes' },
  });

  const desk = { ...journeyOf('ghada', ''), homeUrl: kw(), homeState: 'KW' };
  let page = await signIn(desk, kw(), '/office');
  const officer = desk.visitor;
  page = await officer.open(linkOn(page, /^\/office\/cases\//));
  const casePath = new URL(page.url).pathname;
  await officer.submit('/take');
  await officer.open(`${casePath}/ask`);
  await officer.submit('/ask', { things: 'profession-in-detail' });

  expect(await readClock()).toMatchObject({
    ...{ state: 'ready', movedSeconds: 0, happened: [] },
    nodes: [{ id: 'gcc' }, { id: 'bh' }, { id: 'kw' }],
  });
  const told: Array<Record<string, string>> = [];
  /** To what happens next, again and again, until this has happened so often. */
  const goUntil = async (fact: string, times = 1) => {
    for (let hop = 0; hop < 12 && told.filter((one) => one['fact'] === fact).length < times; hop += 1) {
      const { code, words } = await order('travel', 'next');
      const { happened, now } = await readClock();
      expect({ code, days: [...new Set(happened.map(({ at }) => at!.slice(0, 10)))] }, words).toEqual({
        code: 0,
        days: [now.slice(0, 10)],
      });
      for (const { reference, serviceId, fact } of happened)
        expect(words).toContain(`${reference}  ${serviceId}  ${fact}`);
      told.push(...happened);
    }
  };
  // Both cases of the office are late, and the one that nobody looked at has been decided by silence.
  await goUntil('case-escalated', 4);
  const quiet = await order('travel', '40d');
  expect(quiet).toMatchObject({ code: 0, words: expect.stringMatching(/^\S+ {2}\d+ days ahead {2}ready\s*$/) });
  // What she allowed has ended, as in life. She allows it again, and the app hears of the draft's end.
  const { movedSeconds } = await readClock();
  const clock = { now: () => new Date(Date.now() + movedSeconds * 1_000) };
  await allow({ ...journeyOf('fatima', 'degree-recognition'), clock });
  await goUntil('payment-refunded');

  const cases = Map.groupBy(told, ({ serviceId, reference }) => `${serviceId} ${reference}`);
  const seen = [...cases].map(([of, facts]) => [
    of.split(' ')[0],
    ...facts.map(({ fact }) => fact!.replace(/^case-/, '')),
  ]);
  expect(seen.sort()).toEqual([
    ['degree-recognition', 'draft-ending', 'expired', 'payment-refunded'],
    ['degree-recognition', 'information-reminded', 'information-not-given', 'escalated', 'escalated'],
    ['gcc-school-enrolment', 'escalated', 'escalated', 'decided'],
    ['good-conduct-certificate', 'renewal-due'],
  ]);
  await hears(app, /told: payment-refunded/);
  const webhooks = [...said.get(app)!.matchAll(/told: (\S+)/g)].map(([, type]) => type);
  expect(webhooks.slice(webhooks.indexOf('case-information-reminded'))).toEqual([
    ...['case-information-reminded', 'case-information-not-given'],
    ...['authorisation-ended', 'case-draft-ending', 'case-expired', 'payment-refunded'],
  ]);
  expect(said.get(app)).not.toContain('failed:');

  expect(await order('travel', '--to', '2026-01-01')).toMatchObject({ code: 1 });
  expect((await order('people')).words).toContain(personOf('yousif').nationalId);
  expect(await order('reset')).toMatchObject({ code: 0, words: expect.stringContaining('0 days ahead  ready') });
  expect(await readClock()).toMatchObject({ movedSeconds: 0, happened: [] });
  page = await signIn({ ...desk, visitor: createVisitor(http, 'en') }, kw(), '/office');
  expect(linkOn(page, /^\/office\/cases\//)).toBeUndefined();
}, 600_000);
