import { type IncomingMessage, request as plain } from 'node:http';
import { request as encrypted } from 'node:https';

export type Sent = { method: string; url: string; headers: Record<string, string>; body?: string };
export type Got = { status: number; headers: Record<string, string>; bytes: Buffer; body: string };

/** The largest file that a case can hold, and more than any answer besides. */
const bytesMax = 11_000_000;

/** One request and its answer, within `timeoutMs`. Redirects are not followed. Rejects when there is no answer to read. */
export async function send(sent: Sent, timeoutMs: number): Promise<Got> {
  return readWhole(await open(sent, AbortSignal.timeout(timeoutMs)));
}

/** The answer to a request, its body still to be read: as slowly as the reader likes, until the signal ends it. */
export function open({ method, url, headers, body }: Sent, signal: AbortSignal): Promise<IncomingMessage> {
  const { protocol, hostname } = new URL(url);
  const isLoopback = hostname === 'localhost' || hostname.endsWith('.localhost');
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https:' ? encrypted : plain)(
      url,
      {
        method,
        headers,
        signal,
        // Resolvers differ on names under `.localhost`; RFC 6761 section 6.3 says that they are loopback.
        ...(isLoopback ? { lookup: lookUpLoopback as never } : {}),
      },
      resolve,
    );
    request.on('error', reject);
    request.end(body);
  });
}

export async function readWhole(answer: IncomingMessage): Promise<Got> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer) {
    length += (part as Buffer).length;
    if (length > bytesMax) throw new Error('the answer is too large');
    parts.push(part as Buffer);
  }
  const fields = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
  const bytes = Buffer.concat(parts);
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(fields),
    bytes,
    body: bytes.toString('utf8'),
  };
}

function lookUpLoopback(
  _host: string,
  options: { all?: boolean },
  callback: (error: Error | null, address: unknown, family?: number) => void,
): void {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
}
