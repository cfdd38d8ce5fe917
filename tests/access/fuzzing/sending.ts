import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Malformed } from './malforming.ts';

export type Answered = { status: number; headers: Record<string, string>; body: Buffer };

/** Sends over few kept connections; what an HTTP client refuses to send goes out as bare bytes. */
export function createSender(connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    send: async (origin: string, asked: Malformed): Promise<Answered | undefined> => {
      try {
        return await sendThrough(agent, origin, asked);
      } catch (error) {
        const { code } = error as { code?: string };
        if (/^ERR_(INVALID|UNESCAPED|HTTP)/.test(code ?? '')) return sendBytes(origin, bytesOf(origin, asked));
        // The node ended the connection over an earlier request, while this one was already on it.
        if (code === 'ECONNRESET' || code === 'EPIPE') return sendThrough(agent, origin, asked);
        // Refused before it was read that this was a HEAD: the refusal then has a body, which is no answer to one.
        if (asked.method === 'HEAD' && code?.startsWith('HPE_')) return undefined;
        throw error;
      }
    },
    sendBytes,
    close: () => agent.destroy(),
  };
}

function sendThrough(agent: Agent, origin: string, { method, target, headers, body }: Malformed): Promise<Answered> {
  const { host, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const lines: Record<string, string[]> = Object.create(null);
    for (const [name, value] of headers) lines[name] = [...(lines[name] ?? []), value];
    if (body) lines['content-length'] = [String(body.length)];
    const sent = request(
      { agent, host: '127.0.0.1', port, path: target, method, headers: { host, ...lines }, timeout: 60_000 },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: flatten(answer.headers), body: Buffer.concat(parts) }),
        );
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('nothing came within a minute')));
    sent.on('error', reject);
    sent.end(body);
  });
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** The request line, header lines and body as they are, whatever HTTP says about them. */
function bytesOf(origin: string, { method, target, headers, body }: Malformed): Buffer {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(headers.some(([name]) => name === 'host') ? [] : [`host: ${new URL(origin).host}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body ? [`content-length: ${body.length}`] : []),
    'connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]);
}

/** Resolves with what came back; undefined when the node closed the connection without a word, or waits for more. */
export function sendBytes(origin: string, bytes: Buffer): Promise<Answered | undefined> {
  const { port } = new URL(origin);
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    const end = () => {
      socket.destroy();
      resolve(readAnswer(Buffer.concat(parts)));
    };
    socket.on('data', (part) => parts.push(part));
    socket.on('close', end);
    socket.on('error', () => undefined);
    socket.setTimeout(1_500, end);
  });
}

function readAnswer(bytes: Buffer): Answered | undefined {
  const head = bytes.indexOf('\r\n\r\n');
  const text = bytes.subarray(0, Math.max(0, head)).toString('latin1');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  if (status === undefined) return undefined;
  const headers = Object.fromEntries(
    text
      .split('\r\n')
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(status), headers, body: bytes.subarray(head + 4) };
}

/** What is no HTTP, or only nearly. */
export const brokenHttp = (host: string): string[] => [
  '\r\n\r\n\r\n',
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET /\r\n',
  `get / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  `GET  /  HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost : ${host}\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: ${host}\r\n folded\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: ${host}\r\nhost: other\r\nconnection: close\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: ${host}\r\na\u0000b: c\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: ${host}\r\na: b\u0000c\r\n\r\n`,
  `GET /\u0000 HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  `GET /\u0001\u007f HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  `GET * HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  `GET http://elsewhere.example/api/health HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  `GET http:// HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  `OPTIONS * HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  `CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: ${host}\r\nupgrade: websocket\r\nconnection: upgrade, close\r\n\r\n`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ncontent-length: x\r\n\r\n`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ncontent-length: -1\r\n\r\n`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: gzip\r\n\r\nx`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 99999999999999999999\r\n\r\nx`,
  `POST /api/verify HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 99999999999\r\n\r\nx`,
  `GET / HTTP/1.1\r\nhost: ${host}\r\n${'a: b\r\n'.repeat(4_000)}\r\n`,
  `GET /${'x'.repeat(30_000)} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  `BREW / HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: ${host}\r\nexpect: 100-continue\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx`,
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
];
