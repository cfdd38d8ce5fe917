import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { apply, degreeAnswers, signIn, waitForDocument } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { createRememberingClient, findLeaks, namesOf } from './leaks.ts';

type Span = { traceId: string; spanId: string; parentSpanId?: string; name: string; kind: number; attributes: unknown };

const received: Array<Span & { state: string }> = [];
const collector = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { resourceSpans } = JSON.parse(Buffer.concat(parts).toString('utf8'));
    for (const { resource, scopeSpans } of resourceSpans) {
      const state = resource.attributes.find(({ key }: { key: string }) => key === 'service.namespace').value
        .stringValue;
      for (const { spans } of scopeSpans) for (const span of spans) received.push({ ...span, state });
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
const client = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as { port: number };
  federation = await startTestFederation(['bh', 'sa'], { tracing: { url: `http://127.0.0.1:${port}/v1/traces` } });
});
afterAll(async () => {
  await client.close();
  collector.close();
});

test('one journey can be followed through both nodes, and no span tells who made it', async () => {
  const { http, secrets } = createRememberingClient(client);
  const visitor = createVisitor(http, 'en');
  const person = federation.person('fatima');
  const serviceUrl = federation.url('sa');
  const needs = {
    visitor,
    person,
    homeUrl: federation.url('bh'),
    serviceUrl,
    homeState: 'BH',
    serviceId: 'degree-recognition',
  };
  await signIn(needs, serviceUrl, '/services/degree-recognition');
  const caseUrl = (await apply(needs, degreeAnswers)).url;
  await waitForDocument(visitor, caseUrl);
  const answered = (await federation.running.get('bh')!.doors.exchange.monitoring.list({})).records;
  await federation.stop();

  const asked = received.filter(({ name, state }) => state === 'SA' && name === 'ask for evidence');
  expect(asked.length).toBeGreaterThanOrEqual(answered.length);
  expect(answered.length).toBeGreaterThan(0);
  for (const question of asked) {
    const trace = received.filter(({ traceId }) => traceId === question.traceId);
    const sending = trace.filter(({ name, parentSpanId }) => name === 'POST' && parentSpanId === question.spanId);
    const answer = trace.find(({ parentSpanId }) => sending.some(({ spanId }) => spanId === parentSpanId));
    expect(answer).toMatchObject({ state: 'BH', name: expect.stringMatching(/^POST \/r1\/:instance/) });
    const below = trace.filter(({ parentSpanId }) => parentSpanId === answer?.spanId).map(({ name }) => name);
    // The commit is not among them: it is one for all questions that end together.
    expect(below).toContain('read a registry');
    expect(JSON.stringify(answer?.attributes)).toContain('"jisr.exchange.evidence_type"');
    expect(JSON.stringify(question.attributes)).toContain('"jisr.exchange.side","value":{"stringValue":"asking"}');
  }

  const personal = [
    ...namesOf(person.names),
    { what: 'national number', text: person.nationalId },
    { what: 'password', text: person.password },
    { what: 'email', text: degreeAnswers['contact']!['email']! },
  ];
  const caseId = new URL(caseUrl).pathname.split('/').at(-1)!;
  const text = JSON.stringify(received);
  expect(received.length).toBeGreaterThan(200);
  expect(findLeaks(text, [...personal, ...secrets, { what: 'case', text: caseId }])).toEqual([]);
  // Trace and span ids are hexadecimal without dashes: an id of anything else would show.
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|\?|national_id/);
});
