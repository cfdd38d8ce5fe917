import { request } from 'node:http';
import { randomToken } from '#kernel/ids';
import type { Signer } from '#kernel/keys';
import { contentDigest, signMessage } from '#protocol/http-signatures';
import { callComponents, callLabel, callTag } from '#protocol/system-call';

export type Reply = {
  status: number;
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what came
  json: any;
};

/** Plain HTTP and nothing else: what software sends that knows X-Road's protocol and has never heard of Jisr. */
export function call(
  base: string,
  path: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: string } = {},
): Promise<Reply> {
  const { host, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: options.method ?? 'GET',
        headers: { host, accept: 'application/json', ...options.headers },
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          const isJson = /json/.test(answer.headers['content-type'] ?? '');
          const headers = Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
          );
          resolve({
            status: answer.statusCode!,
            headers,
            text,
            json: isJson && text !== '' ? JSON.parse(text) : undefined,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

/** Header fields with the signature that a system puts on a call. */
export async function signCall(
  signer: Signer,
  of: {
    method: string;
    url: string;
    headers?: Record<string, string>;
    body?: string;
    atSeconds: number;
    lifeSeconds?: number;
    nonce?: string;
    components?: string[];
  },
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...of.headers,
    ...(of.body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-digest': contentDigest(Buffer.from(of.body)) }),
  };
  const signed = await signMessage({
    message: { method: of.method, url: of.url, headers },
    label: callLabel,
    components: of.components ?? callComponents(headers, of.body !== undefined),
    params: {
      created: of.atSeconds,
      expires: of.atSeconds + (of.lifeSeconds ?? 60),
      nonce: of.nonce ?? randomToken(16),
      keyid: signer.kid,
      alg: signer.alg === 'ES256' ? 'ecdsa-p256-sha256' : 'ed25519',
      tag: callTag,
    },
    sign: (base) => signer.sign(base),
  });
  return { ...headers, ...signed };
}
