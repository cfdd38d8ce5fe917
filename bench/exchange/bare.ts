import { createServer, type IncomingMessage } from 'node:http';
import { Pool } from 'undici';
import { drive, type Order } from './load.ts';

// The yardstick: consumer -> provider -> registry over kept-alive HTTP, with bodies of the size of a question and an answer,
// and nothing else: no signature, no log, no framework. One process per role: `node bare.ts <role> [address]`.

const [role, address] = process.argv.slice(2);

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function serve(answer: (body: Buffer) => Promise<string>): void {
  const server = createServer(async (request, response) => {
    const text = await answer(await readAll(request));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1', () =>
    process.send!({ ready: `http://127.0.0.1:${(server.address() as { port: number }).port}` }),
  );
}

const question = JSON.stringify({
  evidenceType: 'degree-record',
  fields: ['degree_level', 'field_of_study', 'university_en', 'graduation_year'],
  purpose: 'degree-recognition',
  caseId: 'SA-2026-000123',
  consentId: '019ab0c0-7c00-7000-8000-000000000001',
});

/** JSON in, JSON out, as both sides of an exchange have to do at the least. */
function post(pool: Pool) {
  return async (body: string): Promise<unknown> => {
    const answer = await pool.request({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return answer.body.json();
  };
}

if (role === 'registry') {
  const record = JSON.parse(process.env['BENCH_RECORD'] ?? '{}');
  serve(async (body) => {
    JSON.parse(body.toString('utf8'));
    return JSON.stringify(record);
  });
} else if (role === 'provider') {
  const ask = post(new Pool(address!, { connections: 32 }));
  serve(async (body) => {
    const { evidenceType } = JSON.parse(body.toString('utf8'));
    return JSON.stringify({ evidenceType, fields: await ask(body.toString('utf8')) });
  });
} else {
  const ask = post(new Pool(address!, { connections: 32 }));
  process.on('message', async (order: Order) => process.send!({ figures: await drive(order, () => ask(question)) }));
  process.send!({ ready: 'consumer' });
}
process.on('disconnect', () => process.exit(0));
