import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import {
  type Fault,
  ownDescriptions,
  type RunningSimulator,
  startSimulator,
} from '../../../apps/eid-simulators/index.ts';
import { checkFramework, EidFramework } from '../index.ts';
import {
  addPerson,
  arriveAt,
  createBrowser,
  createRegistry,
  type Node,
  startHttp,
  startNode,
} from './federation-in-a-box.ts';

const eids = [
  { id: 'nafath', state: 'SA', scheme: 'sa-national-id', strong: 'biometric', weak: 'absher' },
  { id: 'mobile-id', state: 'KW', scheme: 'kw-civil-id', strong: 'selfie', weak: 'sms' },
] as const;

describe.each(eids)('a person of $state approves in the app of $id', ({ id, state, scheme, strong, weak }) => {
  const eid = JSON.parse(readFileSync(`states/${state.toLowerCase()}/eid.json`, 'utf8')) as EidFramework;
  const description = ownDescriptions().find((one) => one.id === id)!;
  const [client] = description.clients;
  const push = description.push!;
  const clock = fixedClock(new Date());
  const waitMs = push.seconds * 1_000;
  let http: HttpClient;
  let simulator: RunningSimulator;
  let node: Node;
  let accounts: Array<{ nationalId: string; proofing: string; isStranger?: true }>;
  let taken = 0;

  beforeAll(async () => {
    http = startHttp();
    simulator = await startSimulator(
      { ...description, delaysMs: { usual: 0, slow: 100 } },
      { statesFolder: 'states', host: '127.0.0.1', portOf: () => 0, clock, log: silentLog, allowedReturns: [] },
    );
    const connection = { id, issuer: simulator.url, clientId: client!.id, clientSecret: client!.secret };
    node = await startNode(createRegistry(), http, { state, eid, clock, upstreams: [connection] });
    await http.fetch(`${simulator.url}/simulator/callback`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        [push.headers.clientId]: client!.id,
        [push.headers.secret]: client!.secret,
      },
      body: JSON.stringify({ url: `${node.publicUrl}/api/upstreams/${id}/answers` }),
    });
    accounts = ((await http.fetch(`${simulator.url}/simulator`).then((answer) => answer.json())) as never)['accounts'];
    for (const { nationalId, proofing, isStranger } of accounts)
      if (!isStranger) await addPerson(node, nationalId, { scheme, proofing });
  });
  afterEach(() => simulator.clearFaults());
  afterAll(async () => {
    await node?.close();
    await simulator?.stop();
    await http?.close();
  });

  /** Somebody else for each test: an app asks each person once at a time. */
  const somebody = (proofing: string = strong) => {
    const able = accounts.filter((one) => one.proofing === proofing && !one.isStranger);
    taken += 1;
    return able[taken % able.length]!.nationalId;
  };

  async function arrive(level: 'low' | 'substantial' | 'high' = 'substantial') {
    const browser = createBrowser(http);
    return { browser, ...(await arriveAt(node, browser, level)) };
  }
  type There = Awaited<ReturnType<typeof arrive>>;

  const ask = ({ browser, page }: There, nationalId: string) =>
    browser.post(`${page.url}/ask-upstream`, { id, nationalId });
  /** What the person does in the app; the number that the page shows is picked there. */
  async function answer(shown: string | undefined, decision = 'approve', method = 'app') {
    const app = await http.fetch(`${simulator.url}/app`).then((got) => got.text());
    const [, request] = /action="\/app\/([^"]+)"/.exec(app) ?? [];
    if (request === undefined) return false;
    const form = new URLSearchParams({ decision, method, ...(shown === undefined ? {} : { number: shown }) });
    await http.fetch(`${simulator.url}/app/${request}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: simulator.url },
      body: form.toString(),
    });
    return true;
  }
  const numberOf = async ({ browser, page }: There) =>
    ((await browser.get(page.url)).json()['pushed'] as unknown as { number?: string }).number;
  const peek = async ({ browser, page }: There) => {
    clock.advance(2_100);
    return (await browser.post(`${page.url}/peek-push`, {})).json()['state'];
  };
  const finish = ({ browser, page }: There) => browser.post(`${page.url}/finish-push`, {});
  const complete = ({ stateCookieValue }: There, callbackUrl: string) =>
    node.identity.signin.complete({ client: node.portal, callbackUrl, stateCookieValue });
  const count = async (reason: string) =>
    (await node.identity.outcomes.summarise(1))
      .filter((row) => row.side === 'provider' && row.outcome === reason)
      .reduce((sum, row) => sum + Number(row.count), 0);

  test('what the data of the state says is whole, and names what its simulator gives', async () => {
    expect([...Compile(EidFramework).Errors(eid)]).toEqual([]);
    expect(checkFramework(eid)).toEqual([]);
    await node.identity.upstreamChecks[0]!.check();
    const [upstream] = eid.upstreams!;
    expect(Object.keys(upstream!.proofings).sort()).toEqual(
      Object.values(description.proofings)
        .map(({ value }) => value)
        .sort(),
    );
  });

  test('and is signed in as strongly as the proof says, once', async () => {
    const there = await arrive('high');
    const nationalId = somebody();
    expect(there.page.json()['upstreams']).toMatchObject([{ id, asksNumber: true }]);
    await ask(there, nationalId);
    const number = await numberOf(there);
    expect(number === undefined).toBe(push.numberMatching === undefined);
    expect(await peek(there)).toBe('waiting');
    expect((await finish(there)).json()).toEqual({ state: 'waiting' });
    expect(await answer(number)).toBe(true);
    expect(await peek(there)).toBe('answered');
    const signedIn = await complete(there, (await finish(there)).url);
    expect(signedIn).toMatchObject({ acr: 'high', homeState: state });
    const personId = await node.identity.findPersonOfSubject(signedIn.subject);
    expect((await node.identity.persons.findByNationalId(nationalId))!.personId).toBe(personId);
  });

  test('weakly proofed there, nobody reaches a level above it', async () => {
    const there = await arrive();
    await ask(there, somebody(weak));
    await answer(await numberOf(there));
    // The app itself refuses what it was asked for and cannot give.
    expect(await peek(there)).toBe('answered');
    expect((await finish(there)).json()['ended']).toMatchObject({ reason: 'user_cancelled' });
    const again = await arrive('low');
    await ask(again, somebody(weak));
    await answer(await numberOf(again));
    expect(await peek(again)).toBe('answered');
    expect((await complete(again, (await finish(again)).url)).acr).toBe('low');
  });

  test.each([
    ['rejected', 'user_cancelled', 'sign-in-cancelled'],
    ['expired', 'timeout', 'sign-in-timed-out'],
    ['unknown-person', 'not_matched', 'person-not-matched'],
    // No eID tells a wrong number from a refusal, so nobody here can.
    ...(push.numberMatching ? [['number-mismatch', 'user_cancelled', 'sign-in-cancelled'] as const] : []),
  ] as const)('%s is %s to the person, the relying party and the operator', async (fault, reason, code) => {
    const there = await arrive();
    simulator.setFault({ fault: fault as Fault });
    await ask(there, somebody());
    if (fault !== 'expired') await answer(await numberOf(there));
    expect(await peek(there)).toBe('answered');
    const ended = await finish(there);
    expect(ended.json()['ended']).toMatchObject({ reason });
    const before = await count(reason);
    const back = await there.browser.post(`${ended.url}/refuse`, { reason: 'user_cancelled' });
    expect(new URL(back.url).searchParams.get('error_description')).toBe(reason);
    await expect(complete(there, back.url)).rejects.toMatchObject({ code });
    expect(await count(reason)).toBe(before + 1);
  });

  test('a number that is unknown there, or suspended, is told by nothing but that nobody answers', async () => {
    const pages: unknown[] = [];
    for (const kind of ['known', 'unknown', 'suspended'] as const) {
      const there = await arrive();
      if (kind === 'suspended') simulator.setFault({ fault: 'suspended' });
      const asked = await ask(there, kind === 'unknown' ? '1999999999' : somebody());
      const shown = (await there.browser.get(there.page.url)).json()['pushed'] as unknown as { number?: string };
      pages.push({ status: asked.status, digits: shown.number?.length, state: await peek(there) });
      clock.advance(waitMs);
      expect(await peek(there)).toBe('answered');
      expect((await finish(there)).json()['ended']).toMatchObject({ reason: 'timeout' });
      simulator.clearFaults();
    }
    expect(new Set(pages.map((page) => JSON.stringify(page))).size).toBe(1);
    expect(await count('suspended')).toBeGreaterThan(0);
  });

  test.each(['wrong-signature', 'server-error'] as const)(
    '%s signs nobody in, and another try goes through',
    async (fault) => {
      const there = await arrive();
      const nationalId = somebody();
      simulator.setFault({ fault, nationalId, times: 1 });
      const asked = await ask(there, nationalId);
      if (fault === 'server-error') expect(asked.json()['code']).toBe('upstream-failed');
      else {
        await answer(await numberOf(there));
        // A proof that is sent is judged when it comes, one that is fetched when it is used.
        const isTaken = push.proofIn === 'status';
        expect(await peek(there)).toBe(isTaken ? 'answered' : 'waiting');
        if (isTaken) expect((await finish(there)).json()['code']).toBe('upstream-failed');
      }
      clock.advance(waitMs);
      const again = await arrive();
      await ask(again, nationalId);
      await answer(await numberOf(again));
      await peek(again);
      expect((await complete(again, (await finish(again)).url)).acr).toBe('high');
    },
  );

  test('one request at a time for a person, waited longer for each time, from wherever they are asked', async () => {
    const nationalId = somebody();
    const there = await arrive();
    await ask(there, nationalId);
    expect((await ask(await arrive(), nationalId)).json()['code']).toBe('too-many-attempts');
    // The page itself may ask again once it has called its request off, until the waits begin.
    const codes: unknown[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await there.browser.post(`${there.page.url}/stop-push`, {});
      clock.advance(1_000);
      codes.push((await ask(there, nationalId)).json()['code']);
    }
    expect(codes.at(-1)).toBe('too-many-attempts');
    clock.advance(waitMs);
  });

  test('whoever has signed in from an address is not kept waiting there by what strangers ask', async () => {
    const nationalId = somebody();
    // Beyond what strangers together are let ask: each of these is a success of the person's own.
    for (let turn = 0; turn < 5; turn += 1) {
      const there = await arrive();
      expect((await ask(there, nationalId)).json()['code']).toBeUndefined();
      await answer(await numberOf(there));
      await peek(there);
      expect((await finish(there)).url).toContain('/sign-in/callback?code=');
    }
  });

  test('the page of another browser gets nothing of it, and a proof is of its request alone', async () => {
    const [mine, theirs] = [await arrive(), await arrive()];
    const nationalId = somebody();
    await ask(mine, nationalId);
    const number = await numberOf(mine);
    expect((await theirs.browser.post(`${mine.page.url}/finish-push`, {})).json()['code']).toBe('interaction-expired');
    await answer(number);
    expect(await peek(mine)).toBe('answered');
    expect((await finish(theirs)).json()['ended']).toMatchObject({ reason: 'timeout' });
    expect((await finish(mine)).url).toContain('/sign-in/callback?code=');
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['no request of this node', JSON.stringify({ transId: 'x', requestId: 'x', token: 'a.b.c', assertion: 'a.b.c' })],
    ['a proof of the wrong kind', JSON.stringify({ transId: 'x', requestId: 'x', token: 7, assertion: 7 })],
  ])('%s is not taken for an answer', async (_what, body) => {
    const address = `${node.publicUrl}/api/upstreams/${id}/answers`;
    const headers = { 'content-type': 'application/json' };
    const told = await http.fetch(address, { method: 'POST', headers, body });
    expect(told.status).toBe(400);
    expect(((await told.json()) as { code: string }).code).toBe('upstream-answer-invalid');
    const elsewhere = address.replace(id, 'ekey');
    expect((await http.fetch(elsewhere, { method: 'POST', headers, body })).status).toBe(404);
  });
});
