import { createServer } from 'node:http';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { defineContract } from '#kernel/contract';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { kernelProblem } from '#kernel/problem';
import { noTracing, startTracing, type Tracing } from '#kernel/tracing';

type SentSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  state: string;
  attributes: Record<string, unknown>;
};
type Otlp = {
  resourceSpans: Array<{
    resource: { attributes: Attribute[] };
    scopeSpans: Array<{ spans: Array<Omit<SentSpan, 'attributes' | 'state'> & { attributes: Attribute[] }> }>;
  }>;
};
type Attribute = { key: string; value: Record<string, unknown> };

const contract = defineContract({
  module: 'dates',
  title: { ar: 'تمور', en: 'Dates' },
  problems: kernelProblem,
  endpoints: {
    pass: {
      method: 'POST',
      path: '/pass/:name',
      summary: 'Asks the next one',
      access: 'anyone',
      params: Type.Object({ name: Type.String() }),
      body: Type.Object({}),
      answer: Type.Object({}),
      refusals: [],
    },
  },
});

const sent: SentSpan[] = [];
let isAway = false;
/** A collector as OTLP over HTTP describes it: JSON by POST, one list of spans per resource. */
const collector = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (isAway) return void response.writeHead(400).end();
    const { resourceSpans } = JSON.parse(Buffer.concat(parts).toString('utf8')) as Otlp;
    const valuesOf = (attributes: Attribute[]) =>
      Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
    for (const { resource, scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans)
        for (const span of spans)
          sent.push({
            ...span,
            attributes: valuesOf(span.attributes),
            state: String(valuesOf(resource.attributes)['service.namespace']),
          });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});

const closers: Array<() => Promise<unknown>> = [];
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(collector.address() as { port: number }).port}/v1/traces`;
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  collector.close();
});

async function startNode(state: string, options: { next?: string; sampleRatio?: number } = {}) {
  const tracing = await startTracing({ url, state, log: silentLog, ...options });
  const http = tracing.watchClient(createHttpClient());
  const server: HttpServer = createHttpServer({
    publicUrl: 'http://x.localhost',
    log: silentLog,
    clock: systemClock,
    identify: async () => ({ kind: 'anyone' }),
  });
  tracing.watchServer(server.fastify);
  mountContract(server, contract, { pass: async () => tracing.span('work', {}, () => passOn(http, options.next)) });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  closers.push(
    () => server.close(),
    () => http.close(),
  );
  return { tracing, address: `http://127.0.0.1:${port}/pass/970412045?q=secret-word` };
}

async function passOn(http: HttpClient, next: string | undefined): Promise<object> {
  if (next) await post(http, next);
  return {};
}

const post = (http: HttpClient, to: string, headers: Record<string, string> = {}) =>
  http.request({ method: 'POST', url: to, headers: { 'content-type': 'application/json', ...headers }, body: '{}' });

test('one trace goes through both nodes, each span below the one that caused it, and names routes only', async () => {
  const holding = await startNode('BH');
  const asking = await startNode('SA', { next: holding.address });
  const plain = createHttpClient();
  closers.push(() => plain.close());
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await post(plain, asking.address, {
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    tracestate: 'vendor=970412045',
  });
  await Promise.all([holding.tracing.stop(), asking.tracing.stop()]);

  expect(new Set(sent.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const path: string[] = [];
  for (let parent = '00f067aa0ba902b7', at = 0; at < 10; at += 1) {
    const span = sent.find(({ parentSpanId }) => parentSpanId === parent);
    if (!span) break;
    path.push(`${span.state} ${span.name}`);
    parent = span.spanId;
  }
  expect(path).toEqual(['SA POST /pass/:name', 'SA work', 'SA POST', 'BH POST /pass/:name', 'BH work']);
  expect(sent.find(({ name }) => name === 'POST /pass/:name')?.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/pass/:name',
    'http.response.status_code': 200,
  });
  const text = JSON.stringify(sent);
  for (const leak of ['970412045', 'secret-word', 'vendor']) expect(text).not.toContain(leak);
});

test('the share that is sent depends on the trace alone, whatever a caller asks for', async () => {
  sent.length = 0;
  const node = await startNode('BH', { sampleRatio: 0 });
  const plain = createHttpClient();
  closers.push(() => plain.close());
  await post(plain, node.address, { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });
  await post(plain, node.address, { traceparent: 'rubbish' });
  await node.tracing.stop();
  expect(sent).toEqual([]);
});

test('a collector that takes nothing costs spans and a line in the log, and no request', async () => {
  const lines: object[] = [];
  const log = Object.assign(Object.create(silentLog), { warn: (line: object) => void lines.push(line) });
  isAway = true;
  const tracing = await startTracing({ url, state: 'BH', log });
  expect(await tracing.span('work', {}, async () => 7)).toBe(7);
  await expect(tracing.span('work', {}, async () => Promise.reject(kernelProblem('not-found')))).rejects.toThrow();
  await tracing.stop();
  isAway = false;
  expect(lines).toEqual([{ err: expect.anything(), spans: 2 }]);
});

test('without a collector a span costs next to nothing', async () => {
  const cost = async (tracing: Tracing) => {
    const startedAt = performance.now();
    for (let n = 0; n < 20_000; n += 1) await tracing.span('work', {}, async () => n);
    return performance.now() - startedAt;
  };
  const tracing = await startTracing({ url, state: 'BH', log: silentLog });
  // In turns, and the best of them: whatever else the machine does is no cost of a span.
  const ratios: number[] = [];
  for (let round = 0; round < 5; round += 1) ratios.push((await cost(noTracing)) / (await cost(tracing)));
  await tracing.stop();
  console.log(`a span without a collector takes ${Math.min(...ratios).toFixed(2)} of one with it`);
  expect(Math.min(...ratios)).toBeLessThan(0.5);
});
