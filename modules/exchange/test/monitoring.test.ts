import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, sql } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { silentLog } from '#kernel/log';
import type { Problem } from '#kernel/problem';
import { createExchange } from '../index.ts';
import { createMonitoring } from '../monitoring/service.ts';
import { noura, personalValues, startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: Problem) => error.code,
  );
const allOf = async (node: 'asking' | 'holding') => (await world[node].exchange.monitoring.list({})).records;

describe('the monitoring of exchanges', () => {
  test('says on both sides when a question came, was sent on, was answered and went back, and how large it was', async () => {
    const { ask } = await world.consentTo();
    const clock = world.clock;
    // Time passes on the way of the question and its answer, so that the four moments can be told apart.
    world.asking.http.change = (request) => {
      if (request.headers?.['x-road-id']) clock.advance(5);
      return request;
    };
    world.asking.http.after = (answer) => {
      if (answer.headers['x-road-id']) clock.advance(7);
      return answer;
    };
    const { questionId } = await world.asking.exchange.ask(ask);
    world.asking.http.change = undefined;
    world.asking.http.after = undefined;

    const [asked] = (await allOf('asking')).filter(({ messageId }) => messageId === questionId);
    const [answered] = (await allOf('holding')).filter(({ messageId }) => messageId === questionId);
    expect(asked).toMatchObject({
      securityServerType: 'Client',
      clientXRoadInstance: 'SA',
      clientMemberClass: 'GOV',
      clientMemberCode: 'moe',
      serviceXRoadInstance: 'BH',
      serviceMemberCode: 'moe',
      serviceSubsystemCode: 'registry',
      serviceCode: 'degree-record',
      serviceSecurityServerAddress: new URL(world.holding.url).host,
      succeeded: true,
      statusCode: 200,
    });
    expect(answered).toMatchObject({
      securityServerType: 'Producer',
      clientMemberCode: 'moe',
      clientSecurityServerAddress: new URL(world.asking.url).host,
      serviceCode: 'degree-record',
      succeeded: true,
      jisr: { officeId: 'moe' },
    });
    expect(asked!.responseInTs! - asked!.requestOutTs!).toBe(12);
    for (const seen of [asked!, answered!]) {
      const moments = [seen.requestInTs, seen.requestOutTs!, seen.responseInTs!, seen.responseOutTs];
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      expect(seen.jisr.totalMs).toBeGreaterThan(0);
      expect(seen.requestSize).toBeGreaterThan(50);
      expect(seen.responseSize).toBeGreaterThan(200);
    }
    expect(answered!.requestSize).toBe(asked!.requestSize);
    expect(answered!.responseSize).toBe(asked!.responseSize);
  });

  test('says by code who failed: the caller, the other node or nobody at all', async () => {
    const { ask, given } = await world.consentTo();
    await world.holding.consent.withdraw(noura.personId, given.consentId);
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('consent-withdrawn');
    const { ask: lost } = await world.consentTo();
    world.asking.http.after = () => {
      throw new (class extends Error {})('the line is cut');
    };
    await codeOf(world.asking.exchange.ask(lost));
    world.asking.http.after = undefined;
    expect(await codeOf(world.asking.exchange.ask({ ...lost, providerState: 'KW' }))).toBe('evidence-provider-unknown');

    const summary = await world.asking.exchange.monitoring.summarise({});
    expect(summary.refusals).toEqual(
      expect.arrayContaining([
        { side: 'asking', code: 'consent-withdrawn', origin: 'caller', count: 1 },
        { side: 'asking', code: 'internal-error', origin: 'own-node', count: 1 },
        { side: 'asking', code: 'evidence-provider-unknown', origin: 'other-node', count: 1 },
      ]),
    );
    const [flow] = summary.flows;
    expect(flow).toMatchObject({ side: 'asking', evidenceType: 'degree-record', count: 4, given: 1 });
    expect(flow!.p50Ms).toBeLessThanOrEqual(flow!.p99Ms);
    expect(flow!.p99Ms).toBeLessThanOrEqual(flow!.maxMs);
    const refused = await world.holding.exchange.monitoring.list({ code: 'consent-withdrawn' });
    expect(refused.records).toMatchObject([{ succeeded: false, statusCode: 403, faultCode: 'consent-withdrawn' }]);
    expect((await world.holding.exchange.monitoring.list({ given: 'no', peer: 'elsewhere:1' })).records).toEqual([]);
    expect((await world.holding.exchange.monitoring.list({ office: 'civil' })).records).toEqual([]);
    expect((await world.holding.exchange.monitoring.list({ side: 'asking' })).records).toEqual([]);
  });

  test('says in which interval a source was asked and stayed silent: a refusal is an answer, and who answers does not speak for another', async () => {
    const { clock, asking } = world;
    const intervalMs = 300_000;
    const { ask } = await world.consentTo();
    const since = Math.ceil(clock.now().getTime() / intervalMs) * intervalMs;
    const start = (interval: number) => new Date(since + interval * intervalMs);
    const goTo = (interval: number) => clock.advance(start(interval).getTime() - clock.now().getTime());
    goTo(0);
    await asking.exchange.ask(ask);
    goTo(1);
    expect(await codeOf(asking.exchange.ask(ask))).toBe('token-invalid');
    goTo(2);
    expect(await codeOf(asking.exchange.ask(ask))).toBe('token-invalid');
    expect(await codeOf(asking.exchange.ask({ ...ask, providerState: 'KW' }))).toBe('evidence-provider-unknown');
    await asking.exchange.monitoring.list({});
    const seen = (until: Date) => asking.exchange.monitoring.listSources({ since: start(0), until, intervalMs });
    const of = (interval: number, isSilent: boolean) => ({
      at: start(interval),
      officeId: 'moe',
      evidenceType: 'degree-record',
      isSilent,
    });
    const inOrder = (sources: Array<{ at: Date }>) => sources.toSorted((one, other) => +one.at - +other.at);
    expect(inOrder(await seen(start(2)))).toEqual([of(0, false), of(1, false)]);
    expect(inOrder(await seen(start(3)))).toEqual([of(0, false), of(1, false), of(2, true)]);
  });

  test('keeps nothing that says whose exchange it was, and nothing of what a stranger writes into a question', async () => {
    const stranger = await world.asking.http.request({
      method: 'POST',
      url: `${world.holding.url}/r1/BH/GOV/moe/registry/${noura.nationalId}`,
      headers: {
        'content-type': 'application/json',
        'x-road-client': `SA/GOV/${noura.nationalId}/x/y`,
        'x-road-id': noura.nationalId,
        'jisr-requester': `not an address ${noura.nationalId}`,
      },
      body: JSON.stringify({ nationalId: noura.nationalId }),
    });
    expect(stranger.status).toBe(400);
    for (const node of ['asking', 'holding'] as const) {
      await world[node].exchange.monitoring.list({});
      const { rows } = await sql<{ row: object }>`select to_jsonb(m) as row from exchange.monitoring m`.execute(
        world[node].database.db,
      );
      expect(rows.length).toBeGreaterThan(0);
      const text = JSON.stringify(rows);
      expect(personalValues.filter((value) => text.includes(value))).toEqual([]);
    }
    const [seen] = await allOf('holding');
    expect(seen).toMatchObject({ succeeded: false, faultCode: 'question-malformed', serviceMemberCode: 'moe' });
    expect([seen!.messageId, seen!.clientMemberCode, seen!.serviceCode, seen!.clientSecurityServerAddress]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('costs an exchange no statement of its own, and is written in one round trip for many', async () => {
    let roundTrips = 0;
    const { database } = world.holding;
    const watched: Database = {
      ...database,
      get db(): never {
        throw new Error('a statement of its own');
      },
      writeTogether: (...round) => {
        roundTrips += 1;
        return database.writeTogether(...round);
      },
    };
    const monitoring = createMonitoring({ ...world.holding.needs, database: watched });
    for (let n = 0; n < 250; n += 1)
      await monitoring.asking({ officeId: 'moe', evidenceType: 'degree-record' }, async () => n);
    expect(roundTrips).toBe(0);
    expect(monitoring.status()).toEqual({ waiting: 250, dropped: 0 });
    await monitoring.flush();
    expect(roundTrips).toBe(1);
    expect(monitoring.status()).toEqual({ waiting: 0, dropped: 0 });
  });

  test('goes on when the database is away, keeps a bounded number, and counts what it had to let go', async () => {
    let isAway = true;
    const { database } = world.holding;
    const broken: Database = {
      ...database,
      writeTogether: async (...round) => {
        if (isAway) throw new Error('the database is away');
        return database.writeTogether(...round);
      },
    };
    const monitoring = createMonitoring({ ...world.holding.needs, database: broken });
    for (let n = 0; n < 20_010; n += 1)
      await monitoring.asking({ officeId: 'moe', evidenceType: 'degree-record' }, async () => n);
    await expect(monitoring.flush()).rejects.toThrow('away');
    expect(monitoring.status()).toEqual({ waiting: 20_000, dropped: 10 });
    isAway = false;
    await monitoring.flush();
    expect(monitoring.status()).toEqual({ waiting: 0, dropped: 10 });
  });

  test('drops what is older than it may be', async () => {
    const { holding, clock } = world;
    const exchange = createExchange({ ...holding.needs, monitoringKeptDays: 2 });
    const before = (await exchange.monitoring.list({ limit: 10_000 })).records.length;
    expect(before).toBeGreaterThan(0);
    clock.advance(3 * 86_400_000);
    exchange.start();
    const left = async () =>
      (await sql<{ n: number }>`select count(*)::int as n from exchange.monitoring`.execute(holding.database.db))
        .rows[0]!.n;
    await expect.poll(left, { interval: 200 }).toBe(0);
    await exchange.stop();
  });

  test('is shown to an officer of that office and to the operator, each on their own address, and to nobody else', async () => {
    const { holding, asking } = world;
    const { ask } = await world.consentTo();
    await asking.exchange.ask(ask);
    const serve = async (isOperator: boolean) => {
      const server = createHttpServer({
        publicUrl: 'http://x.localhost',
        log: silentLog,
        clock: world.clock,
        identify: async ({ headers }) =>
          headers['x-test-office']
            ? {
                kind: 'person',
                sessionId: 's',
                personId: noura.personId,
                homeState: 'BH',
                officer: { officeId: headers['x-test-office'], roles: [] },
              }
            : { kind: 'anyone' },
        ...(isOperator ? { isOperator: ({ headers }) => headers['authorization'] === 'Bearer right' } : {}),
      });
      mountContract(server, holding.exchange.contract, holding.exchange.handlers);
      const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
      const get = async (path: string, headers: Record<string, string> = {}) => {
        const answer = await holding.http.request({ method: 'GET', url: `http://127.0.0.1:${port}${path}`, headers });
        return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) };
      };
      return { get, close: () => server.close() };
    };
    const open = await serve(false);
    const operators = await serve(true);
    const right = { authorization: 'Bearer right' };

    expect((await open.get('/operator/exchanges', right)).status).toBe(404);
    expect((await open.get('/api/office/exchanges')).status).toBe(401);
    const own = await open.get('/api/office/exchanges?limit=5', { 'x-test-office': 'moe' });
    expect(own.json.records).toMatchObject([{ jisr: { officeId: 'moe' } }]);
    expect((await open.get('/api/office/exchanges', { 'x-test-office': 'civil' })).json.records).toEqual([]);
    expect((await open.get('/api/office/exchanges?limit=0', { 'x-test-office': 'moe' })).json.code).toBe(
      'request-malformed',
    );
    // What an officer may not choose is not a parameter, and adds nothing.
    const others = await open.get('/api/office/exchanges?office=moe', { 'x-test-office': 'civil' });
    expect(others.json.records).toEqual([]);

    const strangers: Array<Record<string, string>> = [{}, { authorization: 'Bearer wrong' }];
    for (const headers of strangers)
      expect(await operators.get('/operator/exchanges', headers)).toMatchObject({
        status: 401,
        json: { code: 'operator-needed' },
      });
    expect((await operators.get('/api/office/exchanges', { 'x-test-office': 'moe' })).status).toBe(404);
    expect((await operators.get('/operator/exchanges', right)).json.records).toHaveLength(1);
    expect((await operators.get('/operator/exchanges/summary', right)).json.flows).toMatchObject([{ count: 1 }]);
    await open.close();
    await operators.close();
  });
});
