import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import type { Signer } from '#kernel/keys';
import { call, type Reply, signCall } from './system-caller.ts';
import { startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
let operator: Signer;
beforeAll(async () => {
  world = await startTwoStates();
  operator = await world.asking.keys.signer('operator');
});
afterAll(() => world.close());

const order = async (
  method: string,
  path: string,
  body?: object,
  changes: Partial<Parameters<typeof signCall>[1]> & { signer?: Signer; sentBody?: string } = {},
): Promise<Reply> => {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = await signCall(changes.signer ?? operator, {
    method,
    url: `${world.asking.url}${path}`,
    atSeconds: world.seconds(),
    ...(text === undefined ? {} : { body: text }),
    ...changes,
  });
  const sent = changes.sentBody ?? text;
  return call(world.asking.url, path, { method, headers, ...(sent === undefined ? {} : { body: sent }) });
};
const recordsOffice = { officeId: 'moe', name: 'Student records', clientId: 'SA/GOV/moe/records' };
const ask = (secret: string, client = 'SA/GOV/moe/records') =>
  call(world.asking.url, '/r1/BH/GOV/moe/registry/listMethods', {
    headers: { 'x-road-client': client, authorization: `Bearer ${secret}` },
  });
const isRecognised = async (secret: string, client?: string) => (await ask(secret, client)).status === 200;

describe('the operator of a node', () => {
  test('registers a system, is shown its secret once, and the database does not hold it', async () => {
    const added = await order('POST', '/api/systems', recordsOffice);
    expect(added.status).toBe(201);
    const { secret, system } = added.json;
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await isRecognised(secret)).toBe(true);
    const listed = await order('GET', '/api/systems');
    expect(listed.json).toMatchObject([{ clientId: 'SA/GOV/moe/records', credentials: [{ kind: 'secret' }] }]);
    expect(listed.text).not.toContain(secret);
    const { rows } = await sql`select * from exchange.system_credentials`.execute(world.asking.database.db);
    expect(JSON.stringify(rows)).not.toContain(secret);
    await order('DELETE', `/api/systems/${system.systemId}`);
  });

  test('gives a new secret while the old one still works for a day, and then no longer', async () => {
    const { secret, system } = (await order('POST', '/api/systems', recordsOffice)).json;
    const rotated = await order('POST', `/api/systems/${system.systemId}/credentials`, {});
    expect(rotated.status).toBe(201);
    expect([await isRecognised(secret), await isRecognised(rotated.json.secret)]).toEqual([true, true]);
    world.clock.advance(24 * 3_600_000 + 1_000);
    expect([await isRecognised(secret), await isRecognised(rotated.json.secret)]).toEqual([false, true]);
    const third = await order('POST', `/api/systems/${system.systemId}/credentials`, { overlapHours: 0, daysValid: 1 });
    expect([await isRecognised(rotated.json.secret), await isRecognised(third.json.secret)]).toEqual([false, true]);
    world.clock.advance(24 * 3_600_000 + 1_000);
    expect(await isRecognised(third.json.secret)).toBe(false);
    await order('DELETE', `/api/systems/${system.systemId}`);
  });

  test('removes a system, and its very next call is refused', async () => {
    const { secret, system } = (await order('POST', '/api/systems', recordsOffice)).json;
    expect(await isRecognised(secret)).toBe(true);
    expect((await order('DELETE', `/api/systems/${system.systemId}`)).status).toBe(200);
    expect(await isRecognised(secret)).toBe(false);
    expect((await order('DELETE', `/api/systems/${system.systemId}`)).json.code).toBe('system-unknown');
  });

  test('is told what is wrong with an office, a client id or a key', async () => {
    const codeOf = async (body: object) => (await order('POST', '/api/systems', body)).json.code;
    expect(await codeOf({ ...recordsOffice, officeId: 'nobody' })).toBe('office-unknown');
    expect(await codeOf({ ...recordsOffice, clientId: 'SA/GOV/parks/records' })).toBe('system-client-not-of-office');
    expect(await codeOf({ ...recordsOffice, clientId: 'SA/GOV/moe/registry' })).toBe('system-client-not-of-office');
    expect(
      await codeOf({ ...recordsOffice, key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }),
    ).toBe('request-malformed');
    expect(await codeOf({ ...recordsOffice, isAdmin: true })).toBe('request-malformed');
    const { system } = (await order('POST', '/api/systems', recordsOffice)).json;
    expect(await codeOf(recordsOffice)).toBe('system-client-taken');
    await order('DELETE', `/api/systems/${system.systemId}`);
  });

  test('is nobody else: not without a signature, not with another key, body, time or an order played back', async () => {
    const codeOf = async (reply: Promise<Reply>) => {
      const { status, json } = await reply;
      return `${status} ${json.code}`;
    };
    const no = '401 operator-not-recognised';
    expect(await codeOf(call(world.asking.url, '/api/systems'))).toBe(no);
    const stranger = await world.holding.keys.signer('operator');
    expect(await codeOf(order('GET', '/api/systems', undefined, { signer: stranger }))).toBe(no);
    const sentBody = JSON.stringify({ ...recordsOffice, clientId: 'SA/GOV/moe/other' });
    expect(await codeOf(order('POST', '/api/systems', recordsOffice, { sentBody }))).toBe(no);
    expect(await codeOf(order('GET', '/api/systems', undefined, { atSeconds: world.seconds() - 600 }))).toBe(no);
    expect(await codeOf(order('GET', '/api/systems', undefined, { lifeSeconds: 86_400 }))).toBe(no);
    expect(
      await codeOf(order('POST', '/api/systems', recordsOffice, { components: ['"@method"', '"@target-uri"'] })),
    ).toBe(no);

    const text = JSON.stringify(recordsOffice);
    const headers = await signCall(operator, {
      method: 'POST',
      url: `${world.asking.url}/api/systems`,
      body: text,
      atSeconds: world.seconds(),
    });
    const post = () => call(world.asking.url, '/api/systems', { method: 'POST', headers, body: text });
    const { json } = await post();
    await order('DELETE', `/api/systems/${json.system.systemId}`);
    expect(await codeOf(post())).toBe(no);
  });
});

describe('a system of an office', () => {
  test('shows who it is with a secret as bearer or as password, or with a signature, and with nothing less', async () => {
    const { secret } = (await order('POST', '/api/systems', recordsOffice)).json;
    const statusOf = async (headers: Record<string, string | string[]>) => {
      const { status, json } = await call(world.asking.url, '/r1/BH/GOV/moe/registry/listMethods', {
        headers: { 'x-road-client': 'SA/GOV/moe/records', ...headers },
      });
      return status === 200 ? 200 : `${status} ${json.type}`;
    };
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(await statusOf({ authorization: `Bearer ${secret}` })).toBe(200);
    expect(await statusOf({ authorization: basic(`SA/GOV/moe/records:${secret}`) })).toBe(200);
    const refused = '500 Server.ClientProxy.SslAuthenticationFailed';
    expect(await statusOf({})).toBe(refused);
    expect(await statusOf({ authorization: `Bearer ${secret.slice(1)}A` })).toBe(refused);
    expect(await statusOf({ authorization: basic(secret) })).toBe(refused);
    expect(await statusOf({ authorization: `Bearer ${secret}`, 'x-road-client': 'SA/GOV/parks/records' })).toBe(
      refused,
    );
    expect(await statusOf({ authorization: `Bearer ${secret}`, 'x-road-client': 'SA/GOV/moe/nothing' })).toBe(refused);
    for (const client of ['SA/GOV/moe', 'records', "SA/GOV/moe/x' or 1", 'SA/GOV/moe/%zz', 'SA/GOV/moe/records/x'])
      expect(await statusOf({ authorization: `Bearer ${secret}`, 'x-road-client': client })).toBe(
        '400 Client.BadRequest',
      );
    const two = ['SA/GOV/moe/records', 'SA/GOV/parks/records'];
    expect(await statusOf({ authorization: `Bearer ${secret}`, 'x-road-client': two })).toBe('400 Client.BadRequest');
    expect(await statusOf({ authorization: `Bearer ${secret}`, 'x-road-client': 'SA/GOV/moe/%72ecords' })).toBe(200);
  });

  test.each(['ES256', 'Ed25519'] as const)('signs with its own %s key, over everything the node heeds', async (alg) => {
    const signer = await world.asking.keys.signer(`system-${alg.toLowerCase()}`, alg);
    const { kty, crv, x, y } = signer.publicJwk;
    const clientId = `SA/GOV/moe/signing-${alg}`;
    const key = { kty, crv, x, ...(y ? { y } : {}) };
    const added = await order('POST', '/api/systems', { ...recordsOffice, clientId, key });
    expect(added.status).toBe(201);
    expect(added.json.secret).toBeUndefined();
    expect(added.json.system.credentials).toMatchObject([{ kind: 'key', id: signer.kid }]);
    const path = '/r1/BH/GOV/moe/registry/listMethods';
    const of = {
      method: 'GET',
      url: `${world.asking.url}${path}`,
      headers: { 'x-road-client': clientId },
      atSeconds: world.seconds(),
    };
    const statusOf = async (headers: Record<string, string>) =>
      (await call(world.asking.url, path, { headers })).status;
    expect(await statusOf(await signCall(signer, of))).toBe(200);
    expect(await statusOf(await signCall(operator, of))).toBe(500);
    expect(await statusOf({ ...(await signCall(signer, of)), 'x-road-userid': 'SA1' })).toBe(500);
    expect(await statusOf({ ...(await signCall(signer, of)), 'x-road-client': 'SA/GOV/moe/records' })).toBe(500);
    expect(await statusOf(await signCall(signer, { ...of, atSeconds: world.seconds() - 400 }))).toBe(500);
    expect(await statusOf(await signCall(signer, { ...of, url: `${of.url}?x=1` }))).toBe(500);
  });

  test('may call as often as was agreed, then is told to wait, and may call again', async () => {
    const added = await order('POST', '/api/systems', {
      ...recordsOffice,
      clientId: 'SA/GOV/moe/eager',
      callsPerMinute: 3,
    });
    const once = async () => ask(added.json.secret, 'SA/GOV/moe/eager');
    const statuses = [await once(), await once(), await once(), await once()].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await once();
    expect(refused.headers).toMatchObject({ 'retry-after': '1', 'x-road-error': 'Client.TooManyRequests' });
    world.clock.advance(21_000);
    expect((await once()).status).toBe(200);
  });
});
