import { request as plain } from 'node:http';
import { request as encrypted } from 'node:https';

export type Sent = { method: string; url: string; headers: Record<string, string>; body?: string };
export type Got = { status: number; headers: Record<string, string>; body: string };

const bytesMax = 2_097_152;

/** One request and its answer, within `timeoutMs`. Redirects are not followed. Rejects when there is no answer to read. */
export function send({ method, url, headers, body }: Sent, timeoutMs: number): Promise<Got> {
  const { protocol, hostname } = new URL(url);
  const isLoopback = hostname === 'localhost' || hostname.endsWith('.localhost');
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https:' ? encrypted : plain)(
      url,
      {
        method,
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        // Resolvers differ on names under `.localhost`; RFC 6761 section 6.3 says that they are loopback.
        ...(isLoopback ? { lookup: lookUpLoopback as never } : {}),
      },
      (answer) => {
        const parts: Buffer[] = [];
        let length = 0;
        answer.on('data', (part: Buffer) => {
          length += part.length;
          if (length > bytesMax) answer.destroy(new Error('the answer is too large'));
          else parts.push(part);
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const fields = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
          resolve({
            status: answer.statusCode ?? 0,
            headers: Object.fromEntries(fields),
            body: Buffer.concat(parts).toString('utf8'),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function lookUpLoopback(
  _host: string,
  options: { all?: boolean },
  callback: (error: Error | null, address: unknown, family?: number) => void,
): void {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
}
