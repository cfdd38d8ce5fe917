import { createServer } from 'node:http';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId, sha256 } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import type { Problem } from '#kernel/problem';
import { readWebhook } from '../../../examples/degree-app/webhooks.ts';
import { openTestDatabase } from '../../../tests/support/database.ts';
import { createAllowed } from '../allowed/service.ts';
import { insertAuthorisation } from '../allowed/store.ts';
import { checkProof, quotaHeaders, quotasLeft, windowsAt } from '../calls/rules.ts';
import { takeCall } from '../calls/store.ts';
import { appsMigrations } from '../index.ts';
import { nextTry } from '../webhooks/rules.ts';
import { createWebhooks } from '../webhooks/service.ts';

const now = new Date('2026-11-29T10:00:30Z');
const token = 'a-token-of-twenty-characters-or-more';
const url = 'http://sa.localhost:4005/api/cases';
let database: Database;
beforeAll(async () => {
  database = await openTestDatabase(appsMigrations);
});
afterAll(() => database?.close());

describe('a proof', () => {
  const sound = { jti: 'proof-0001', htm: 'GET', htu: url, iat: now.getTime() / 1_000 };
  const prove = async (changes: JWTPayload = {}, header: object = {}) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const ath = sha256(token).toString('base64url');
    return new SignJWT({ ...sound, ath, ...changes })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey), ...header })
      .sign(privateKey);
  };
  const check = (dpop: string, at = now) =>
    checkProof({ method: 'GET', url: `${url}?a=1`, headers: { dpop } }, token, at);

  test('of this request, this token and now is taken, whatever is asked for behind the question mark', async () => {
    expect(check(await prove()).keyThumbprint).toMatch(/^[\w-]{43}$/);
  });

  test.each([
    ['another method', { htm: 'POST' }, {}],
    ['another address', { htu: 'http://sa.localhost:4005/api/app' }, {}],
    ['another token', { ath: 'x' }, {}],
    ['another time', { iat: now.getTime() / 1_000 - 61 }, {}],
    ['a time to come', { iat: now.getTime() / 1_000 + 61 }, {}],
    ['no name', { jti: '' }, {}],
    ['another kind', {}, { typ: 'JWT' }],
    ['a key that is none', {}, { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }],
  ])('of %s is refused', async (_of, changes, header) => {
    const proof = await prove(changes, header);
    expect(() => check(proof)).toThrow(expect.objectContaining({ code: 'app-proof-invalid' }));
  });

  test('of another time is told to be one, and that the token is as good as before', async () => {
    const proof = await prove({ iat: now.getTime() / 1_000 - 400 });
    const refused = (() => {
      try {
        return void check(proof);
      } catch (error) {
        return error as Problem;
      }
    })();
    expect(refused).toMatchObject({ params: { reason: 'proof-outdated' } });
    expect(refused?.challenge).toContain('error="invalid_dpop_proof"');
    expect(refused?.messages.en).toContain('Set the clock of the app');
    expect(refused?.messages.ar).toContain('اضبط ساعة التطبيق');
  });

  test('with any character changed is refused', async () => {
    const proof = await prove();
    fc.assert(
      fc.property(fc.nat(proof.length - 1), fc.constantFrom('A', 'b', '9', '_'), (at, character) => {
        fc.pre(proof[at] !== character && at !== proof.length - 1 && proof[at] !== '.');
        expect(() => check(proof.slice(0, at) + character + proof.slice(at + 1))).toThrow();
      }),
      { numRuns: 60 },
    );
  });
});

describe('quotas', () => {
  const limits = { callsPerMinute: 5, callsPerDay: 1_000 };
  const call = (appId: string, proofId: string, at = now) =>
    takeCall(database.db, { appId, proofId, seenUntil: new Date(at.getTime() + 120_000), now: at }, windowsAt(at));

  test('count each of many at once, once, and say what is left', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, (_, index) => call('http://a.example', `p${index}`)));
    expect(made.map((one) => one!.get(60)).sort((a, b) => a! - b!)).toEqual(
      Array.from({ length: 12 }, (_, n) => n + 1),
    );
    const quotas = quotasLeft(limits, made.at(-1)!, now);
    expect(quotas[0]).toEqual({ quota: 'minute', calls: 5, left: 0, secondsLeft: 30 });
    expect(quotaHeaders(quotas)).toEqual({
      'ratelimit-policy': '"minute";q=5;w=60, "day";q=1000;w=86400',
      ratelimit: expect.stringMatching(/^"minute";r=0;t=30, "day";r=9\d\d;t=50370$/),
    });
  });

  test('begin anew with the window, and a proof that was shown counts nothing', async () => {
    expect((await call('http://b.example', 'once'))!.get(60)).toBe(1);
    expect(await call('http://b.example', 'once')).toBeUndefined();
    const later = new Date(now.getTime() + 60_000);
    expect((await call('http://b.example', 'twice', later))!.get(60)).toBe(1);
    expect((await call('http://b.example', 'thrice', later))!.get(86_400)).toBe(3);
  });
});

test('a button that is pressed twice leaves one authorisation, and nothing of the other', async () => {
  const ended: string[] = [];
  const needs = { database, clock: fixedClock(now), ledger: { append: async () => ({}) } } as never;
  const allowed = createAllowed(needs, async (_tx, { grant_id: grantId }) => void ended.push(grantId));
  const person = { personId: newId(), homeState: 'BH' };
  const app = { appId: 'http://twice.example', names: { ar: 'ت', en: 'A' } } as never;
  const press = (grantId: string) => allowed.allow(person, app, { grantId, scopes: ['cases:read'], days: 1 });
  await Promise.all([press('first'), press('second')]);
  const list = await allowed.list(person.personId);
  expect(list.filter(({ endedAt }) => endedAt === undefined)).toHaveLength(1);
  expect(list).toHaveLength(2);
  expect(ended).toHaveLength(1);
});

describe('webhooks', () => {
  test('are tried again, verified by the keys of the state alone, and dead after three days', async () => {
    const heard: Array<{ headers: Record<string, string>; body: Buffer }> = [];
    let status = 500;
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      heard.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(parts) });
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const appId = `http://app.localhost:${(server.address() as { port: number }).port}`;
    const clock = fixedClock(new Date());
    const jisrApp = {
      names: { ar: 'ت', en: 'A' },
      tier: 't',
      scopes: [],
      callsPerMinute: 1,
      callsPerDay: 1,
      daysMax: 1,
    };
    const http = createHttpClient();
    const signer = await memoryKeys().signer('webhooks');
    const oauthClient = { redirect_uris: [], jwks: { keys: [] }, jisr_webhook_uri: `${appId}/hook` };
    const webhooks = createWebhooks(
      {
        database,
        clock,
        http,
        log: silentLog,
        publicUrl: 'http://sa.localhost',
        markType: 'mark',
        federation: {
          resolve: async () => ({
            metadata: { oauth_client: oauthClient },
            trustMarks: [{ type: 'mark', issuer: 'http://sa.localhost', claims: { jisr_app: jisrApp }, token: '' }],
          }),
        },
      } as never,
      signer,
    );
    const row = {
      authorisation_id: newId(),
      app_id: appId,
      names: jisrApp.names,
      person_id: newId(),
      home_state: 'BH',
      level: null,
      grant_id: 'grant',
      scopes: ['cases:read'],
      allowed_at: clock.now(),
      until: new Date(clock.now().getTime() + 3_600_000),
      last_used_on: null,
      ended_at: null,
      ended_by: null,
    };
    const caseId = newId();
    await database.transaction(async (tx) => {
      await insertAuthorisation(tx, row);
      for (const source of ['one', 'one'])
        await webhooks.tell(tx, row, { fact: 'case-decided', caseId, source, at: clock.now() });
    });
    webhooks.start();
    try {
      await expect
        .poll(() => webhooks.list(appId))
        .toEqual([expect.objectContaining({ attempts: 1, lastOutcome: '500' })]);
      status = 204;
      clock.advance(11_000);
      const deliveryId = (await webhooks.list(appId))[0]!.deliveryId;
      await webhooks.replay(appId, deliveryId);
      await expect.poll(() => webhooks.list(appId)).toMatchObject([{ state: 'delivered' }]);

      // What waits, what was taken and what is told under way: none of it goes out once the person has taken it back.
      status = 500;
      await database.transaction((tx) =>
        webhooks.tell(tx, row, { fact: 'case-note', caseId, source: 'two', at: clock.now() }),
      );
      await expect.poll(() => heard.at(-1)!.body.toString('utf8')).toContain('case-note');
      status = 204;
      const needs = { database, clock, ledger: { append: async () => ({}) } } as never;
      const allowed = createAllowed(needs, webhooks.end);
      const before = heard.length;
      await allowed.withdraw(row.person_id, row.authorisation_id);
      clock.advance(86_400_000);
      await expect(webhooks.replay(appId, deliveryId)).rejects.toMatchObject({ code: 'delivery-taken-back' });
      const delivered = async () => (await webhooks.list(appId, 'delivered')).map(({ type }) => type).sort();
      await expect.poll(delivered).toEqual(['authorisation-ended', 'case-decided']);
      expect((await webhooks.list(appId, 'dropped')).map(({ type }) => type)).toEqual(['case-note']);
      expect(heard.slice(before).map(({ body }) => JSON.parse(body.toString('utf8')).type)).toEqual([
        'authorisation-ended',
      ]);
      // That it ended, the app can have told again.
      const [ended] = (await webhooks.list(appId)).filter(({ type }) => type === 'authorisation-ended');
      await webhooks.replay(appId, ended!.deliveryId);
      await expect.poll(() => heard.length).toBe(before + 2);
      heard.splice(before - 1);
    } finally {
      await webhooks.stop();
      await http.close();
      server.close();
    }
    const last = { ...heard.at(-1)!, url: `${appId}/hook` };
    const keys = webhooks.keys as JsonWebKey[];
    expect(readWebhook(last, keys)).toMatchObject({ type: 'case-decided', data: { caseId } });
    expect(last.body.toString('utf8')).not.toContain(row.person_id);
    const stranger = await memoryKeys().signer('stranger');
    expect(readWebhook(last, [{ ...stranger.publicJwk, kid: signer.kid } as JsonWebKey])).toBeUndefined();
    expect(readWebhook({ ...last, body: Buffer.from(`${last.body} `) }, keys)).toBeUndefined();
    expect(readWebhook({ ...last, url: `${appId}/other` }, keys)).toBeUndefined();
  });

  test('are given up when the next try would be later than three days', () => {
    let at = now;
    let attempts = 0;
    for (let next: Date | undefined = now; next; next = nextTry(attempts, now, at)) {
      at = next;
      attempts += 1;
    }
    expect(at.getTime() - now.getTime()).toBeGreaterThan(2 * 86_400_000);
    expect(at.getTime() - now.getTime()).toBeLessThanOrEqual(3 * 86_400_000);
  });

  test('reach no address within the walls, under whatever name, when people are real', async () => {
    let visits = 0;
    const server = createServer((_request, response) => {
      visits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const [http, open] = [createHttpClient({ isPublicOnly: true }), createHttpClient()];
    const hosts = ['127.0.0.1', 'localhost', 'sa.localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'];
    for (const host of hosts) {
      const request = { method: 'GET', url: `http://${host}:${port}/`, timeoutMs: 2_000 };
      await expect(http.request(request), host).rejects.toMatchObject({ code: 'peer-unreachable' });
    }
    expect(visits).toBe(0);
    await open.request({ method: 'GET', url: `http://sa.localhost:${port}/` });
    expect(visits).toBe(1);
    for (const host of ['10.0.0.1', '169.254.169.254', '[::1]', '[fe80::1]', '[fd00::1]'])
      await expect(http.request({ method: 'GET', url: `http://${host}/`, timeoutMs: 500 }), host).rejects.toMatchObject(
        {
          code: 'peer-unreachable',
        },
      );
    await open.close();
    server.close();
    await http.close();
  });
});
