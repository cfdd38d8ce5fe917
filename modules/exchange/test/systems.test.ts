import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { call, type Reply, signCall } from './system-caller.ts';
import { operatorHeaders, startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

const order = (method: string, path: string, body?: object, headers: object = operatorHeaders): Promise<Reply> =>
  call(world.asking.operatorUrl, path, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const recordsOffice = { officeId: 'moe', name: 'Student records', clientId: 'SA/GOV/moe/records' };
const ask = (secret: string, client = 'SA/GOV/moe/records') =>
  call(world.asking.url, '/r1/BH/GOV/moe/registry/listMethods', {
    headers: { 'x-road-client': client, authorization: `Bearer ${secret}` },
  });
const isRecognised = async (secret: string, client?: string) => (await ask(secret, client)).status === 200;

describe('the operator of a node', () => {
  test('registers a system, is shown its secret once, and the database does not hold it', async () => {
    const added = await order('POST', '/operator/systems', recordsOffice);
    expect(added.status).toBe(201);
    const { secret, system } = added.json;
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await isRecognised(secret)).toBe(true);
    const listed = await order('GET', '/operator/systems');
    expect(listed.json).toMatchObject([{ clientId: 'SA/GOV/moe/records', credentials: [{ kind: 'secret' }] }]);
    expect(listed.text).not.toContain(secret);
    const { rows } = await sql`select * from exchange.system_credentials`.execute(world.asking.database.db);
    expect(JSON.stringify(rows)).not.toContain(secret);
    await order('DELETE', `/operator/systems/${system.systemId}`);
  });

  test('gives a new secret while the old one still works for a day, and then no longer', async () => {
    const { secret, system } = (await order('POST', '/operator/systems', recordsOffice)).json;
    const rotated = await order('POST', `/operator/systems/${system.systemId}/credentials`, {});
    expect(rotated.status).toBe(201);
    expect([await isRecognised(secret), await isRecognised(rotated.json.secret)]).toEqual([true, true]);
    world.clock.advance(24 * 3_600_000 + 1_000);
    expect([await isRecognised(secret), await isRecognised(rotated.json.secret)]).toEqual([false, true]);
    const third = await order('POST', `/operator/systems/${system.systemId}/credentials`, {
      overlapHours: 0,
      daysValid: 1,
    });
    expect([await isRecognised(rotated.json.secret), await isRecognised(third.json.secret)]).toEqual([false, true]);
    world.clock.advance(24 * 3_600_000 + 1_000);
    expect(await isRecognised(third.json.secret)).toBe(false);
    await order('DELETE', `/operator/systems/${system.systemId}`);
  });

  test('removes a system, and its very next call is refused', async () => {
    const { secret, system } = (await order('POST', '/operator/systems', recordsOffice)).json;
    expect(await isRecognised(secret)).toBe(true);
    expect((await order('DELETE', `/operator/systems/${system.systemId}`)).status).toBe(200);
    expect(await isRecognised(secret)).toBe(false);
    expect((await order('DELETE', `/operator/systems/${system.systemId}`)).json.code).toBe('system-unknown');
  });

  test('is told what is wrong with an office, a client id or a key', async () => {
    const codeOf = async (body: object) => (await order('POST', '/operator/systems', body)).json.code;
    expect(await codeOf({ ...recordsOffice, officeId: 'nobody' })).toBe('office-unknown');
    expect(await codeOf({ ...recordsOffice, clientId: 'SA/GOV/parks/records' })).toBe('system-client-not-of-office');
    expect(await codeOf({ ...recordsOffice, clientId: 'SA/GOV/moe/registry' })).toBe('system-client-not-of-office');
    expect(
      await codeOf({ ...recordsOffice, key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }),
    ).toBe('request-malformed');
    expect(await codeOf({ ...recordsOffice, isAdmin: true })).toBe('request-malformed');
    const { system } = (await order('POST', '/operator/systems', recordsOffice)).json;
    expect(await codeOf(recordsOffice)).toBe('system-client-taken');
    await order('DELETE', `/operator/systems/${system.systemId}`);
  });

  test('is nobody else, and orders on the own address alone', async () => {
    const orders: Array<[string, string, object?]> = [
      ['GET', '/operator/systems'],
      ['POST', '/operator/systems', recordsOffice],
      ['POST', '/operator/systems/019ab0c0-7c00-7000-8000-000000000000/credentials', {}],
      ['DELETE', '/operator/systems/019ab0c0-7c00-7000-8000-000000000000'],
    ];
    for (const [method, path, body] of orders) {
      for (const headers of [{}, { authorization: 'Bearer a-guess' }]) {
        const { status, json } = await order(method, path, body, headers);
        expect([status, json.code]).toEqual([401, 'operator-needed']);
      }
      // A page of another site, open in the browser of an operator who is let in.
      if (method !== 'GET') {
        const forged = await order(method, path, body, { ...operatorHeaders, origin: 'http://evil.example' });
        expect([forged.status, forged.json.code]).toEqual([403, 'cross-site-request']);
      }
      const abroad = await call(world.asking.url, path, { method, headers: operatorHeaders });
      expect([abroad.status, abroad.json.code]).toEqual([404, 'not-found']);
    }
    expect((await order('GET', '/operator/systems')).json).toEqual([]);
  });
});

describe('a system of an office', () => {
  test('shows who it is with a secret as bearer or as password, or with a signature, and with nothing less', async () => {
    const { secret } = (await order('POST', '/operator/systems', recordsOffice)).json;
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
    const added = await order('POST', '/operator/systems', { ...recordsOffice, clientId, key });
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
    const stranger = await world.asking.keys.signer('stranger', alg);
    expect(await statusOf(await signCall(stranger, of))).toBe(500);
    expect(await statusOf({ ...(await signCall(signer, of)), 'x-road-userid': 'SA1' })).toBe(500);
    expect(await statusOf({ ...(await signCall(signer, of)), 'x-road-client': 'SA/GOV/moe/records' })).toBe(500);
    expect(await statusOf(await signCall(signer, { ...of, atSeconds: world.seconds() - 400 }))).toBe(500);
    expect(await statusOf(await signCall(signer, { ...of, url: `${of.url}?x=1` }))).toBe(500);
  });

  test('may call as often as was agreed, then is told to wait, and may call again', async () => {
    const added = await order('POST', '/operator/systems', {
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
