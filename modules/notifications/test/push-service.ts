import { createDecipheriv, createECDH, type ECDH, hkdfSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { randomBytes } from '#kernel/ids';

/** What a browser keeps of a subscription: the private key and the secret of RFC 8291 section 3. */
export type UserAgent = { ecdh: ECDH; auth: Buffer };

/** Opens a message of one record (RFC 8188 section 2, RFC 8291 section 3.4), with nothing but node:crypto. */
export function decryptPush(body: Buffer, { ecdh, auth }: UserAgent): string {
  const [salt, recordSize, keyLength] = [body.subarray(0, 16), body.readUInt32BE(16), body[20]!];
  const [senderKey, sealed] = [body.subarray(21, 21 + keyLength), body.subarray(21 + keyLength)];
  if (sealed.length > recordSize) throw new Error('more than one record');
  const derive = (secret: Uint8Array, from: Uint8Array, info: Uint8Array, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, from, info, length));
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), senderKey]);
  const input = derive(ecdh.computeSecret(senderKey), auth, keyInfo, 32);
  const key = derive(input, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(input, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new Error('no last record');
  return padded.subarray(0, end).toString('utf8');
}

export function newUserAgent(): UserAgent {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return { ecdh, auth: randomBytes(16) };
}

export type Pushed = { path: string; headers: Record<string, string>; body: Buffer };

/** Somebody's push service (RFC 8030) with browsers of its own. It takes what is signed (RFC 8292) by the key that a browser named. */
export async function startPushService() {
  const got: Pushed[] = [];
  const agents = new Map<string, UserAgent & { serverKey: string }>();
  const statuses = new Map<string, number>();
  let url = '';

  const judge = async ({ path, headers }: Pushed): Promise<number> => {
    const agent = agents.get(path);
    if (!agent) return 404;
    const [, token = '', key = ''] = /^vapid t=([^,]+), k=([\w-]+)$/.exec(headers['authorization'] ?? '') ?? [];
    if (key !== agent.serverKey) return 403;
    const point = Buffer.from(key, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const keys = createLocalJWKSet({ keys: [{ kty: 'EC', crv: 'P-256', x: x!, y: y! }] });
    try {
      const { payload } = await jwtVerify(token, keys, { audience: url, algorithms: ['ES256'], currentDate });
      const isShort = payload.exp! * 1_000 - currentDate.getTime() <= 86_400_000;
      return isShort && String(payload.sub).startsWith('mailto:') ? 201 : 401;
    } catch {
      return 401;
    }
  };
  let currentDate = new Date();

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const pushed = { path: request.url!, headers, body: Buffer.concat(chunks) };
      if (request.method !== 'POST') return response.writeHead(405).end();
      const status = statuses.get(pushed.path) ?? (await judge(pushed));
      if (status === 201) got.push(pushed);
      return response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    got,
    /** Answers one browser's address so from now on; `undefined`: as it judges itself. */
    say: (endpoint: string, status?: number) => {
      const path = new URL(endpoint).pathname;
      if (status === undefined) statuses.delete(path);
      else statuses.set(path, status);
    },
    setNow: (now: Date) => {
      currentDate = now;
    },
    /** A new browser, and what it tells the node that names `serverKey`. */
    subscribe: (serverKey: string) => {
      const agent = newUserAgent();
      const path = `/push/${agent.auth.toString('hex')}`;
      agents.set(path, { ...agent, serverKey });
      const p256dh = agent.ecdh.getPublicKey('base64url');
      return { endpoint: `${url}${path}`, p256dh, auth: agent.auth.toString('base64url') };
    },
    /** What a browser's service worker would be given. */
    read: ({ path, body }: Pushed) => JSON.parse(decryptPush(body, agents.get(path)!)) as Record<string, string>,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
