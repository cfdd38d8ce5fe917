import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import pino from 'pino';
import { Compile } from 'typebox/compile';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { type Log, silentLog } from '#kernel/log';
import {
  type Fault,
  ownDescriptions,
  type RunningSimulator,
  startSimulator,
} from '../../../apps/eid-simulators/index.ts';
import { NodeConfig } from '../../../apps/state-node/config.ts';
import { checkFramework, createIdentity, EidFramework } from '../index.ts';
import { createUpstreamChecks } from '../upstream/checking.ts';
import type { OpenidUpstream } from '../upstream/contract.ts';
import { acrValuesFor, readProof, reasonOfError, weakerProofing } from '../upstream/rules.ts';
import {
  addPerson,
  arriveAt,
  type Browser,
  createBrowser,
  createRegistry,
  type Node,
  type Page,
  password,
  sampleEid,
  startHttp,
  startNode,
} from './federation-in-a-box.ts';

const eidOf = (state: string) => JSON.parse(readFileSync(`states/${state}/eid.json`, 'utf8')) as EidFramework;
const [ekey] = sampleEid.upstreams!;

describe('what the data of the states says', () => {
  test.each(['bh', 'ae', 'qa'])('of %s is whole, and names what its simulator gives', (state) => {
    const framework = eidOf(state);
    expect([...Compile(EidFramework).Errors(framework)]).toEqual([]);
    expect(checkFramework(framework)).toEqual([]);
    const [upstream] = framework.upstreams!;
    const description = ownDescriptions().find(({ id }) => id === upstream!.id)!;
    const values = (named: Record<string, { value: string }>) =>
      [...new Set(Object.values(named).map(({ value }) => value))].sort();
    expect(Object.keys(upstream!.proofings).sort()).toEqual(values(description.proofings));
    for (const fault of ['rejected', 'expired', 'suspended', 'levelUnmet'] as const) {
      const { error, description: words } = description.openid!.errors[fault];
      const reasons = {
        rejected: 'user_cancelled',
        expired: 'timeout',
        suspended: 'suspended',
        levelUnmet: 'loa_unmet',
      };
      expect(reasonOfError(upstream as OpenidUpstream, error, words), fault).toBe(reasons[fault]);
    }
    for (const { error, description: words } of description.openid!.rejectedToo ?? [])
      expect(reasonOfError(upstream as OpenidUpstream, error, words), error).toBe('user_cancelled');
  });

  test('what the how-to shows is taken', () => {
    const howTo = readFileSync('docs/how-to/connect-an-eid.md', 'utf8');
    const [upstream, connections] = [...howTo.matchAll(/```json\n([^`]+)```/g)].map(([, json]) => JSON.parse(json!));
    const framework = { ...sampleEid, upstreams: [upstream] };
    expect([...Compile(EidFramework).Errors(framework)]).toEqual([]);
    expect(checkFramework(framework)).toEqual([]);
    expect([...Compile(NodeConfig.properties.eidUpstreams).Errors(connections)]).toEqual([]);
  });

  test('a framework whose eID names what is not described is not taken', () => {
    const broken = structuredClone(sampleEid);
    broken.upstreams![0]!.methods['Password'] = 'telepathy';
    broken.upstreams![0]!.proofings['Standard'] = 'rumour';
    expect(checkFramework(broken)).toEqual([
      "ekey names the proofing 'rumour', not described",
      "ekey names the method 'telepathy', not described",
    ]);
  });

  test('a proof is read by it, and nothing that it does not name', () => {
    const idToken = { cpr: '1', eKeyLevel: 'Advanced', authenticationMethod: 'eKey2' };
    const read = (change: object) => readProof(ekey!, { 'id-token': { ...idToken, ...change } });
    expect(read({})).toEqual({ nationalId: '1', proofing: 'advanced', method: 'app' });
    expect(read({ cpr: undefined })).toBe('nobody');
    for (const odd of ['Gold', 'constructor', ['Advanced', 'Standard'], { a: 1 }, undefined])
      expect(read({ eKeyLevel: odd })).toBe('unknown');
    const [uaepass] = eidOf('ae').upstreams!;
    const proof = { 'id-token': { amr: ['swk', 'face', 'mfa'] }, userinfo: { idn: '2', userType: 'SOP3' } };
    expect(readProof(uaepass!, proof)).toMatchObject({ method: 'face', proofing: 'emirates-id-biometric' });
  });

  test('of two proofings the weaker one counts, whichever side knows it', () => {
    const shown = (proofing: string) => ({ nationalId: '1', method: 'app', proofing });
    expect(weakerProofing(sampleEid, 'advanced', shown('standard'))).toBe('standard');
    expect(weakerProofing(sampleEid, 'standard', shown('advanced'))).toBe('standard');
    expect(acrValuesFor(ekey!, 'substantial')).toBe('simulator:ekey:advanced');
    expect(acrValuesFor(eidOf('ae').upstreams![0]!, 'high')).toBeUndefined();
  });
});

describe('a person of Bahrain signs in with eKey', () => {
  let http: HttpClient;
  let simulator: RunningSimulator;
  let bh: Node;
  const description = ownDescriptions().find(({ id }) => id === 'ekey')!;
  const people = JSON.parse(readFileSync('states/bh/people.json', 'utf8')).people as Array<{
    key?: string;
    nationalId: string;
  }>;
  const named = people.filter(({ key }) => key !== undefined).map(({ nationalId }) => nationalId);
  const [advanced, other, suspendedOne] = named as [string, string, string];
  const standard = Object.keys(description.people.proofings)[0]!;

  beforeAll(async () => {
    http = startHttp();
    simulator = await startSimulator(
      { ...description, delaysMs: { usual: 0, slow: 100 } },
      {
        statesFolder: 'states',
        host: '127.0.0.1',
        portOf: () => 0,
        clock: systemClock,
        log: silentLog,
        allowedReturns: [],
      },
    );
    const [client] = description.clients;
    const upstreams = [{ id: 'ekey', issuer: simulator.url, clientId: client!.id, clientSecret: client!.secret }];
    bh = await startNode(createRegistry(), http, { state: 'BH', upstreams });
    for (const nationalId of [advanced, other]) await addPerson(bh, nationalId);
    await addPerson(bh, standard, { proofing: 'standard' });
    const { personId } = await addPerson(bh, suspendedOne);
    await bh.identity.suspendPerson(personId);
  });
  afterEach(() => simulator.clearFaults());
  afterAll(async () => {
    await bh?.close();
    await simulator?.stop();
    await http?.close();
  });

  const arrive = (browser: Browser, level?: 'low' | 'substantial' | 'high') => arriveAt(bh, browser, level);
  /** From there to the page of eKey, and back with what is chosen on it. */
  async function goThrough(browser: Browser, page: Page, chosen: Record<string, string>): Promise<Page> {
    const at = await browser.post(`${page.url}/ask-upstream`, { id: 'ekey' });
    expect(at.url).toContain(simulator.url);
    const [, action] = /action="([^"]+)"/.exec(at.text)!;
    return browser.post(new URL(action!, at.url).href, { decision: 'approve', ...chosen });
  }
  const complete = (back: Page, stateCookieValue: string) =>
    bh.identity.signin.complete({ client: bh.portal, callbackUrl: back.url, stateCookieValue });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'signed in',
      (error: { code: string }) => error.code,
    );

  test.each([
    ['high', 'app', 'high'],
    ['substantial', 'password-otp', 'substantial'],
    ['low', 'password', 'low'],
  ] as const)('where %s is needed, by %s, as %s', async (needed, method, level) => {
    const browser = createBrowser(http);
    const { page, stateCookieValue } = await arrive(browser, needed);
    expect(page.json()['upstreams']).toEqual([{ id: 'ekey', names: ekey!.names, asksNumber: false }]);
    const signedIn = await complete(await goThrough(browser, page, { nationalId: advanced, method }), stateCookieValue);
    expect(signedIn).toMatchObject({ acr: level, homeState: 'BH' });
    const personId = await bh.identity.findPersonOfSubject(signedIn.subject);
    expect((await bh.identity.persons.findByNationalId(advanced))!.personId).toBe(personId);
  });

  test.each([
    ['rejected', 'user_cancelled', 'sign-in-cancelled'],
    ['expired', 'timeout', 'sign-in-timed-out'],
    ['suspended', 'suspended', 'person-suspended'],
    ['level-lower', 'loa_unmet', 'acr-not-met'],
    ['unknown-person', 'not_matched', 'person-not-matched'],
  ] as const)('%s at eKey is %s to the person, the relying party and the operator', async (fault, reason, code) => {
    const browser = createBrowser(http);
    const { page, stateCookieValue } = await arrive(browser);
    simulator.setFault({ fault: fault as Fault });
    const ended = await goThrough(browser, page, { nationalId: advanced, method: 'app' });
    expect(ended.json()['ended']).toMatchObject({ reason });
    const count = async () =>
      (await bh.identity.outcomes.summarise(1))
        .filter((row) => row.side === 'provider' && row.outcome === reason)
        .reduce((sum, row) => sum + Number(row.count), 0);
    const before = await count();
    const back = await browser.post(`${ended.url}/refuse`, { reason: 'user_cancelled' });
    expect(new URL(back.url).searchParams.get('error_description')).toBe(reason);
    expect(await codeOf(complete(back, stateCookieValue))).toBe(code);
    expect(await count()).toBe(before + 1);
  });

  test.each(['wrong-signature', 'clock-skew', 'server-error'] as const)(
    '%s signs nobody in, says so on the sign-in page, and another try goes through',
    async (fault) => {
      const browser = createBrowser(http);
      const { page, stateCookieValue } = await arrive(browser);
      simulator.setFault({ fault, times: 1 });
      const refused = await goThrough(browser, page, { nationalId: advanced, method: 'app' });
      expect(refused.status).toBe(502);
      expect(refused.json()['code']).toBe('upstream-failed');
      const again = await goThrough(browser, page, { nationalId: advanced, method: 'app' });
      expect((await complete(again, stateCookieValue)).acr).toBe('high');
      const { outcome } = (await bh.identity.outcomes.summarise(1)).find((row) => row.outcome === 'upstream-failed')!;
      expect(outcome).toBe('upstream-failed');
    },
  );

  test('offers those ways alone that can be enough, and leads from one that was too weak to one that is not', async () => {
    const browser = createBrowser(http);
    const { page, stateCookieValue } = await arrive(browser, 'high');
    expect(page.json()).toMatchObject({
      ways: { password: false, passkey: false, phone: false, onlyFor: 'high' },
      upstreams: [{ id: 'ekey' }],
    });
    // eKey by password and code is less than was asked of it; of whom, eKey does not say.
    const weak = await goThrough(browser, page, { nationalId: advanced, method: 'password-otp' });
    expect(weak.json()['ended']).toEqual({ reason: 'loa_unmet', mayTryAgain: true });
    await browser.post(`${page.url}/again`, {});
    // Whoever posts what the page does not offer is told what this person can do instead.
    await browser.post(`${page.url}/login`, { nationalId: advanced, password });
    expect((await browser.get(page.url)).json()['ended']).toMatchObject({
      reason: 'loa_unmet',
      mayTryAgain: true,
      unmet: { needed: 'high', reached: 'substantial', ways: [sampleEid.methods['app']!.names] },
    });
    await browser.post(`${page.url}/again`, {});
    expect((await browser.get(page.url)).json()['ended']).toBeUndefined();
    const strong = await goThrough(browser, page, { nationalId: advanced, method: 'app' });
    expect((await complete(strong, stateCookieValue)).acr).toBe('high');
    // Where the account itself is too weak no way is enough, and there is no other try.
    const other = createBrowser(http);
    const there = await arrive(other, 'substantial');
    expect(there.page.json()['ways']).toEqual({ password: true, passkey: true, phone: true });
    await other.post(`${there.page.url}/login`, { nationalId: standard, password });
    const ended = (await other.get(there.page.url)).json()['ended'] as unknown as {
      mayTryAgain?: true;
      unmet?: object;
    };
    expect(ended).toMatchObject({ unmet: { ways: [] } });
    expect(ended.mayTryAgain).toBeUndefined();
    expect((await other.post(`${there.page.url}/again`, {})).json()['code']).toBe('interaction-expired');
  });

  test('who is suspended here, or proofed too weakly, or refused a level there, does not get in', async () => {
    const attempt = async (nationalId: string, method: string) => {
      const browser = createBrowser(http);
      const { page } = await arrive(browser);
      return (await goThrough(browser, page, { nationalId, method })).json()['ended'];
    };
    expect(await attempt(suspendedOne, 'app')).toMatchObject({ reason: 'suspended' });
    expect(await attempt(standard, 'app')).toMatchObject({ reason: 'loa_unmet' });
  });

  test('an answer counts once, and in the browser that went', async () => {
    const mine = createBrowser(http, /\/eid-pages\/upstream\?/);
    const { page } = await arrive(mine);
    const returned = await goThrough(mine, page, { nationalId: advanced, method: 'app' });
    // Somebody else is led to the address: their browser has no part in this sign-in, nor in another one of theirs.
    const theirs = createBrowser(http);
    const victim = await arrive(theirs);
    expect((await theirs.get(returned.url)).json()['code']).toBe('interaction-expired');
    expect((await theirs.get(victim.page.url)).json()['ended']).toBeUndefined();
    const swapped = new URL(returned.url);
    swapped.pathname = `${new URL(victim.page.url).pathname}/upstream`;
    expect((await theirs.get(swapped.href)).json()['code']).toBe('interaction-expired');
    const onwards = createBrowser(http);
    for (const [key, cookie] of mine.cookies) onwards.cookies.set(key, cookie);
    expect((await onwards.get(returned.url)).url).toContain('/sign-in/callback?code=');
    expect((await onwards.get(returned.url)).json()['code']).toBe('interaction-expired');
  });

  test('is asked whether it is there, and found away, or to be another one', async () => {
    expect(bh.identity.upstreamChecks.map(({ id }) => id)).toEqual(['ekey']);
    await bh.identity.upstreamChecks[0]!.check();
    const [connection] = bh.identityNeeds.upstreams!;
    const checkAt = async (issuer: string) =>
      createUpstreamChecks({ ...bh.identityNeeds, upstreams: [{ ...connection!, issuer }] })[0]!.check();
    await expect(checkAt('http://ekey.localhost:1')).rejects.toThrow();
    await expect(checkAt(bh.identity.issuer.replace('/eid', ''))).rejects.toThrow();
    await expect(checkAt(simulator.url.replace('ekey.', 'other.'))).rejects.toThrow();
  });

  test('an eID that is not connected is not offered, and one that is not described cannot be connected', async () => {
    const browser = createBrowser(http);
    const { page } = await arrive(browser);
    expect((await browser.post(`${page.url}/ask-upstream`, { id: 'nas' })).json()['code']).toBe('upstream-unknown');
    const stranger = { id: 'nas', issuer: simulator.url, clientId: 'x', clientSecret: 'x' };
    await expect(createIdentity({ ...bh.identityNeeds, upstreams: [stranger] })).rejects.toThrow(/nas/);
  });
});

describe('a person of the Emirates signs in with UAE PASS, which publishes no discovery', () => {
  const description = ownDescriptions().find(({ id }) => id === 'uaepass')!;
  const [client] = description.clients;
  const logged: string[] = [];
  let http: HttpClient;
  let simulator: RunningSimulator;
  let ae: Node;
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
    const { authorize, token, userinfo, jwks } = description.openid!.paths;
    const at = (path: string) => simulator.url + path;
    const endpoints = { authorization: at(authorize), token: at(token), userinfo: at(userinfo), jwks: at(jwks) };
    const upstreams = [
      { id: 'uaepass', issuer: simulator.url, clientId: client!.id, clientSecret: client!.secret, endpoints },
    ];
    const sink = new Writable({ write: (chunk, _encoding, done) => done(void logged.push(String(chunk)) as never) });
    const log = pino({ level: 'trace' }, sink) as unknown as Log;
    ae = await startNode(createRegistry(), http, { state: 'AE', eid: eidOf('ae'), upstreams, log });
    accounts = ((await http.fetch(`${simulator.url}/simulator`).then((answer) => answer.json())) as never)['accounts'];
    for (const { nationalId, proofing, isStranger } of accounts)
      if (!isStranger) await addPerson(ae, nationalId, { scheme: 'ae-emirates-id', proofing });
  });
  afterEach(() => simulator.clearFaults());
  afterAll(async () => {
    await ae?.close();
    await simulator?.stop();
    await http?.close();
  });

  const able = (proofing: string) => accounts.filter((one) => one.proofing === proofing).map((one) => one.nationalId);
  const go = (browser: Browser, there: Page, nationalId: string, method: string) => {
    const [, action] = /action="([^"]+)"/.exec(there.text)!;
    return browser.post(new URL(action!, there.url).href, { decision: 'approve', method, nationalId });
  };
  async function begin(level: 'substantial' | 'high') {
    const browser = createBrowser(http);
    const { page, stateCookieValue } = await arriveAt(ae, browser, level);
    const there = await browser.post(`${page.url}/ask-upstream`, { id: 'uaepass' });
    const complete = (back: Page) =>
      ae.identity.signin.complete({ client: ae.portal, callbackUrl: back.url, stateCookieValue });
    return { browser, there, complete };
  }

  test('whose userinfo says who it is', async () => {
    await ae.identity.upstreamChecks[0]!.check();
    const [sop3] = able('emirates-id-biometric') as [string];
    const { browser, there, complete } = await begin('substantial');
    expect(await complete(await go(browser, there, sop3, 'app'))).toMatchObject({ acr: 'high', homeState: 'AE' });
  });

  test('an account of telephone and e-mail names nobody, and nor does a visitor’s, as strong as its level is', async () => {
    for (const proofing of ['contact', 'visitor']) {
      const { browser, there } = await begin('substantial');
      const ended = await go(browser, there, able(proofing)[0]!, 'app');
      expect(ended.json()['ended'], proofing).toMatchObject({ reason: 'not_matched' });
    }
  });

  test('where the app is not enough, the face of the same person confirms it, in the same visit', async () => {
    const [sop2] = able('emirates-id') as [string];
    const plain = await begin('substantial');
    expect(await plain.complete(await go(plain.browser, plain.there, sop2, 'app'))).toMatchObject({
      acr: 'substantial',
    });
    const { browser, there, complete } = await begin('high');
    expect(there.text).not.toContain('value="face"');
    const again = await go(browser, there, sop2, 'app');
    expect(new URL(again.url).searchParams.get('username')).toBe(sop2);
    expect(again.text).toContain('value="face"');
    const signedIn = await complete(await go(browser, again, sop2, 'face'));
    expect(signedIn).toMatchObject({ acr: 'high', claims: { amr: ['swk', 'face', 'mfa'] } });
    // Their number went to their own eID, and into nothing that this node writes down.
    expect(logged.join('')).toContain('"request"');
    expect(logged.join('')).not.toContain(sop2);
  });

  test('the face of somebody else confirms nobody, and who does not show theirs is not signed in', async () => {
    const [sop2, other] = able('emirates-id') as [string, string];
    const first = await begin('high');
    const again = await go(first.browser, first.there, sop2, 'app');
    const ended = await go(first.browser, again, other, 'face');
    expect(ended.json()['ended']).toMatchObject({ reason: 'not_matched' });
    const second = await begin('high');
    const asked = await go(second.browser, second.there, sop2, 'app');
    simulator.setFault({ fault: 'rejected', times: 1 });
    const cancelled = await go(second.browser, asked, sop2, 'face');
    expect(cancelled.json()['ended']).toMatchObject({ reason: 'user_cancelled' });
    // By the app a second time it is what it was: too weak, and asked no third time.
    const third = await begin('high');
    const once = await go(third.browser, third.there, sop2, 'app');
    const weak = await go(third.browser, once, sop2, 'app');
    expect(weak.json()['ended']).toMatchObject({ reason: 'loa_unmet', mayTryAgain: true });
  });
});
