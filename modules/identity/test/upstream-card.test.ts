import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
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

describe('a person of Oman signs in with the card', () => {
  const eid = JSON.parse(readFileSync('states/om/eid.json', 'utf8')) as EidFramework;
  const description = ownDescriptions().find(({ id }) => id === 'oman-pki')!;
  const [client] = description.clients;
  let http: HttpClient;
  let simulator: RunningSimulator;
  let node: Node;
  let accounts: Array<{ nationalId: string; proofing: string; isStranger?: true }>;

  beforeAll(async () => {
    http = startHttp();
    simulator = await startSimulator(description, {
      statesFolder: 'states',
      host: '127.0.0.1',
      portOf: () => 0,
      clock: systemClock,
      log: silentLog,
      allowedReturns: [],
    });
    const connection = { id: 'oman-pki', issuer: simulator.url, clientId: client!.id, clientSecret: client!.secret };
    node = await startNode(createRegistry(), http, { state: 'OM', eid, upstreams: [connection] });
    accounts = ((await http.fetch(`${simulator.url}/simulator`).then((answer) => answer.json())) as never)['accounts'];
    for (const { nationalId, proofing, isStranger } of accounts)
      if (!isStranger) await addPerson(node, nationalId, { scheme: 'om-civil-number', proofing });
  });
  afterEach(() => simulator.clearFaults());
  afterAll(async () => {
    await node?.close();
    await simulator?.stop();
    await http?.close();
  });
  const somebody = (proofing: string) =>
    accounts.find((one) => one.proofing === proofing && !one.isStranger)!.nationalId;

  async function arrive(level: 'low' | 'substantial' | 'high' = 'substantial', stopAt?: RegExp) {
    const browser = createBrowser(http, stopAt);
    return { browser, ...(await arriveAt(node, browser, level)) };
  }
  type There = Awaited<ReturnType<typeof arrive>>;
  /** To the page of the eID, and back with what is chosen on it. */
  async function goThrough({ browser, page }: There, chosen: Record<string, string>) {
    const at = await browser.post(`${page.url}/ask-upstream`, { id: 'oman-pki' });
    expect(at.url).toContain(simulator.url);
    const [, action] = /action="([^"]+)"/.exec(at.text)!;
    return browser.post(new URL(action!, at.url).href, { decision: 'approve', pin: '1970', ...chosen });
  }
  const complete = ({ stateCookieValue }: There, callbackUrl: string) =>
    node.identity.signin.complete({ client: node.portal, callbackUrl, stateCookieValue });

  test('what the data of the state says is whole', async () => {
    expect([...Compile(EidFramework).Errors(eid)]).toEqual([]);
    expect(checkFramework(eid)).toEqual([]);
    await node.identity.upstreamChecks[0]!.check();
  });

  test.each([
    ['civil-card', 'card', 'high'],
    ['civil-card', 'mobile', 'high'],
    ['sim', 'mobile', 'substantial'],
  ] as const)('proofed by %s, by %s, as %s', async (proofing, method, level) => {
    const there = await arrive(level);
    const nationalId = somebody(proofing);
    const signedIn = await complete(there, (await goThrough(there, { nationalId, method })).url);
    expect(signedIn).toMatchObject({ acr: level, homeState: 'OM' });
    const personId = await node.identity.findPersonOfSubject(signedIn.subject);
    expect((await node.identity.persons.findByNationalId(nationalId))!.personId).toBe(personId);
  });

  test.each([
    ['rejected', 'user_cancelled'],
    ['expired', 'timeout'],
    ['suspended', 'suspended'],
    ['unknown-person', 'not_matched'],
    ['level-lower', 'loa_unmet'],
  ] as const)('%s at the eID ends as %s', async (fault, reason) => {
    const there = await arrive('high');
    simulator.setFault({ fault: fault as Fault });
    const ended = await goThrough(there, { nationalId: somebody('civil-card'), method: 'card' });
    expect(ended.json()['ended']).toMatchObject({ reason });
  });

  test.each(['wrong-signature', 'clock-skew', 'server-error'] as const)(
    '%s signs nobody in, and another try goes through',
    async (fault) => {
      const there = await arrive();
      simulator.setFault({ fault, times: 1 });
      const chosen = { nationalId: somebody('civil-card'), method: 'card' };
      const refused =
        fault === 'server-error'
          ? await there.browser.post(`${there.page.url}/ask-upstream`, { id: 'oman-pki' })
          : await goThrough(there, chosen);
      expect(refused.status).toBe(502);
      expect(refused.json()['code']).toBe('upstream-failed');
      expect((await complete(there, (await goThrough(there, chosen)).url)).acr).toBe('high');
    },
  );

  test('whoever began a session and led somebody else through it gets nothing of it', async () => {
    const attacker = await arrive();
    const at = await attacker.browser.post(`${attacker.page.url}/ask-upstream`, { id: 'oman-pki' });
    // The link goes to somebody who answers in their own browser.
    const victim = createBrowser(http, /\/eid-pages\/upstream\?/);
    const page = await victim.get(at.url);
    const [, action] = /action="([^"]+)"/.exec(page.text)!;
    const chosen = { decision: 'approve', pin: '1970', nationalId: somebody('civil-card'), method: 'card' };
    const back = await victim.post(new URL(action!, at.url).href, chosen);
    expect((await createBrowser(http).get(back.url)).json()['code']).toBe('interaction-expired');
    // The attacker knows the session, and not the code that came back with the other browser.
    const guess = new URL(back.url);
    guess.searchParams.set('code', 'A'.repeat(32));
    const stolen = await attacker.browser.get(guess.href);
    expect(stolen.json()['code']).toBe('upstream-failed');
  });
});
