import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { Pool } from 'undici';
import { drive, type Order } from './load.ts';

// The yardstick: consumer -> provider -> registry over kept-alive HTTP, with bodies of the size of a question and an answer,
// and nothing else: no signature, no log, no framework. With a key in BENCH_KEY (PEM, P-256) question and answer are signed and
// checked by ES256 over a digest of the body, which is the least that plain RFC 9421 asks for: what is left when everything but
// HTTP and cryptography costs nothing. One process per role: `node bare.ts <role> [address]`.

const [role, address] = process.argv.slice(2);
const pem = process.env['BENCH_KEY'];
const key = pem ? { private: createPrivateKey(pem), public: createPublicKey(pem) } : undefined;

/** Of the length of what a signature of an exchange covers. */
const covered = (body: string) => Buffer.from(`"content-digest": ${hash('sha256', body, 'base64')}\n`.padEnd(700, 'x'));

function signatureOf(body: string): Record<string, string> {
  return key ? { signature: sign('sha256', covered(body), key.private).toString('base64') } : {};
}

function check(body: string, headers: Record<string, string | string[] | undefined>): void {
  if (key && !verify('sha256', covered(body), key.public, Buffer.from(String(headers['signature']), 'base64')))
    throw new Error('a signature does not hold');
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function serve(answer: (body: string) => Promise<string>, isSigned = false): void {
  const server = createServer(async (request, response) => {
    const body = (await readAll(request)).toString('utf8');
    if (isSigned) check(body, request.headers);
    const text = await answer(body);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...(isSigned ? signatureOf(text) : {}),
    });
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
function post(pool: Pool, isSigned = false) {
  return async (body: string): Promise<unknown> => {
    const answer = await pool.request({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/json', ...(isSigned ? signatureOf(body) : {}) },
      body,
    });
    const text = await answer.body.text();
    if (isSigned) check(text, answer.headers);
    return JSON.parse(text);
  };
}

if (role === 'registry') {
  const record = JSON.parse(process.env['BENCH_RECORD'] ?? '{}');
  serve(async (body) => {
    JSON.parse(body);
    return JSON.stringify(record);
  });
} else if (role === 'provider') {
  const ask = post(new Pool(address!, { connections: 32 }));
  serve(async (body) => {
    const { evidenceType } = JSON.parse(body);
    return JSON.stringify({ evidenceType, fields: await ask(body) });
  }, true);
} else {
  const ask = post(new Pool(address!, { connections: 32 }), true);
  process.on('message', async (order: Order) => process.send!({ figures: await drive(order, () => ask(question)) }));
  process.send!({ ready: 'consumer' });
}
process.on('disconnect', () => process.exit(0));
