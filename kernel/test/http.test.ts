import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '#kernel/client';
import { systemClock } from '#kernel/clock';
import { bytes, defineContract, type Handlers, personOf } from '#kernel/contract';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import { createHttpClient } from '#kernel/http-client';
import { createLog } from '#kernel/log';
import { defineProblems } from '#kernel/problem';

const problem = defineProblems({ 'date-missing': { status: 404, en: 'No such date.', ar: 'لا يوجد هذا التاريخ.' } });
const contract = defineContract({
  module: 'dates',
  title: { ar: 'تمور', en: 'Dates' },
  problems: problem,
  endpoints: {
    getDate: {
      method: 'GET',
      path: '/api/dates/:name',
      summary: 'One kind of date',
      access: 'anyone',
      params: Type.Object({ name: Type.String({ maxLength: 20 }) }),
      answer: Type.Object({ name: Type.String() }),
      refusals: ['date-missing'],
    },
    weigh: {
      method: 'POST',
      path: '/api/dates/weigh',
      summary: 'How many bytes',
      access: 'anyone',
      raw: true,
      bodyBytesMax: 100,
      answer: bytes('text/plain'),
      refusals: [],
    },
    rename: {
      method: 'POST',
      path: '/api/dates/rename',
      summary: 'For its owner',
      access: 'person',
      scope: 'dates:write',
      body: Type.Object({ name: Type.String() }, { additionalProperties: false }),
      answer: Type.Object({ by: Type.String() }),
      refusals: [],
    },
    burn: {
      method: 'POST',
      path: '/api/dates/burn',
      summary: 'Fails with a bug',
      access: 'anyone',
      answer: Type.Object({}),
      refusals: [],
    },
  },
});
const handlers: Handlers<typeof contract> = {
  getDate: async ({ params }) => {
    if (params.name === 'none') throw problem('date-missing');
    return { name: params.name };
  },
  weigh: async ({ body }) => ({ bytes: String(body.length) }),
  rename: async ({ caller }) => ({ by: personOf(caller).personId }),
  burn: async () => {
    throw new Error('secret 850101123 leaked');
  },
};

describe('the HTTP server', () => {
  let server: HttpServer;
  let url: string;
  const lines: string[] = [];
  const http = createHttpClient({ timeoutMs: 2_000, bodyBytesMax: 1_000 });
  beforeAll(async () => {
    server = createHttpServer({
      publicUrl: 'http://test.localhost:1',
      clock: systemClock,
      log: createLog({ name: 'test', destination: { write: (line) => void lines.push(line) } }),
      identify: async ({ cookies }) =>
        cookies['who']
          ? { kind: 'person', sessionId: 's', personId: cookies['who'], homeState: 'BH' }
          : { kind: 'anyone' },
    });
    mountContract(server, contract, handlers);
    const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
    url = `http://test.localhost:${port}`;
  });
  afterAll(async () => {
    await http.close();
    await server.close();
  });

  test('says to a program that sends no token, or one of another scheme, how an app shows who it is', async () => {
    for (const shown of ['', 'Bearer x']) {
      const sent = { 'content-type': 'application/json', authorization: shown };
      const address = `${url}/api/dates/rename`;
      const answer = await http.request({ method: 'POST', url: address, headers: sent, body: '{"name":"x"}' });
      expect(JSON.parse(answer.body.toString())).toMatchObject({ status: 401, code: 'sign-in-needed' });
      expect(answer.headers['www-authenticate']).toBe('DPoP algs="ES256", scope="dates:write"');
    }
  });

  test('answers through the typed client, and throws the other side’s refusal with both languages', async () => {
    const dates = createClient(contract, { baseUrl: url, http });
    await expect(dates.getDate({ params: { name: 'khalas' } })).resolves.toEqual({ name: 'khalas' });
    await expect(dates.getDate({ params: { name: 'none' } })).rejects.toMatchObject({
      code: 'date-missing',
      status: 404,
      messages: { ar: 'لا يوجد هذا التاريخ.', en: 'No such date.' },
    });
  });

  test('hands raw bytes over as they came and refuses more than the limit', async () => {
    const send = (body: string) => http.request({ method: 'POST', url: `${url}/api/dates/weigh`, body });
    expect((await send('x'.repeat(99))).body.toString()).toBe('99');
    const refused = await send('x'.repeat(101));
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 'request-too-large' });
  });

  test('refuses a stranger before looking at the body, and a person’s form that another site sends', async () => {
    const post = (headers: Record<string, string>) =>
      http.request({
        method: 'POST',
        url: `${url}/api/dates/rename`,
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"name":"a"}',
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ cookie: 'who=p1' })).status).toBe(200);
    expect((await post({ cookie: 'who=p1', origin: 'http://evil.localhost' })).status).toBe(403);
    expect((await post({ cookie: 'who=p1', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  test('tells malformed JSON, extra members and wrong types apart from bugs', async () => {
    const post = (body: string) =>
      http.request({
        method: 'POST',
        url: `${url}/api/dates/rename`,
        headers: { 'content-type': 'application/json', cookie: 'who=p1' },
        body,
      });
    for (const body of ['{', '{"name":1,"more":2}', '{"name":{}}', '{"__proto__":{"a":1},"name":"x"}', '']) {
      const answer = await post(body);
      expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
    }
  });

  test('a bug is answered with a reference and no word about it, and the log holds neither text nor address', async () => {
    const answer = await http.request({ method: 'POST', url: `${url}/api/dates/burn?id=850101123` });
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).not.toContain('850101123');
    expect(JSON.parse(answer.body.toString()).instance).toMatch(/^urn:uuid:/);
    expect(lines.join('')).toContain('request failed');
    expect(lines.join('')).not.toContain('850101123');
  });

  test('the client gives up on a large answer and on a closed port with a coded refusal', async () => {
    await expect(http.request({ method: 'GET', url: `${url}/api/dates/x`, bodyBytesMax: 3 })).rejects.toMatchObject({
      code: 'peer-answer-too-large',
    });
    await expect(http.request({ method: 'GET', url: 'http://nobody.localhost:9/' })).rejects.toMatchObject({
      code: 'peer-unreachable',
    });
  });
});

test('a server that closes answers what is under way, and then nothing holds it up', async () => {
  let release!: () => void;
  let arrived!: () => void;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const isThere = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const server = createHttpServer({
    publicUrl: 'http://test.localhost:1',
    clock: systemClock,
    log: createLog({ name: 'test', destination: { write: () => undefined } }),
    identify: async () => ({ kind: 'anyone' }),
  });
  mountContract(server, contract, {
    ...handlers,
    getDate: async ({ params }) => {
      arrived();
      await held;
      return { name: params.name };
    },
  });
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
  const http = createHttpClient();
  const get = () => http.request({ method: 'GET', url: `http://test.localhost:${port}/api/dates/khalas` });
  const answer = get();
  await isThere;
  const closing = server.close();
  const startedAt = performance.now();
  setTimeout(release, 100);
  expect((await answer).status).toBe(200);
  // The client keeps its connection, which rests now: it is not waited for as long as it could be kept.
  await closing;
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  await expect(get()).rejects.toMatchObject({ code: 'peer-unreachable' });
  await http.close();
});
