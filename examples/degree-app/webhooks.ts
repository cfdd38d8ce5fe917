import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { parseDictionary, serializeInnerList } from 'structured-headers';

/** What the state told, once its signature holds: ids and nothing of a person. */
export type Told = { id: string; type: string; at: string; data: { authorisationId: string; caseId?: string } };

const secondsMax = 300;
const covered = ['@method', '@target-uri', 'content-type', 'content-digest'];

/**
 * Checks a webhook (RFC 9421, RFC 9530): the digest covers the body, the signature covers method, address, type and digest, one of
 * `keys` made it, and just now. Undefined for anything else; nothing of it may be believed then.
 */
export function readWebhook(
  request: { url: string; headers: Record<string, string | undefined>; body: Buffer },
  keys: readonly JsonWebKey[],
): Told | undefined {
  const { headers, body, url } = request;
  try {
    const digest = createHash('sha256').update(body).digest();
    const said = parseDictionary(headers['content-digest'] ?? '').get('sha-256')?.[0];
    if (!(said instanceof ArrayBuffer) || !timingSafeEqual(Buffer.from(said), digest)) return undefined;
    const input = parseDictionary(headers['signature-input'] ?? '').get('webhook');
    const signature = parseDictionary(headers['signature'] ?? '').get('webhook')?.[0];
    if (!input || !Array.isArray(input[0]) || !(signature instanceof ArrayBuffer)) return undefined;
    const params = input[1];
    const age = Date.now() / 1_000 - Number(params.get('created'));
    if (Math.abs(age) > secondsMax || params.get('tag') !== 'jisr-webhook') return undefined;
    const components = input[0].map(([name]) => String(name));
    if (!covered.every((name) => components.includes(name))) return undefined;
    const values: Record<string, string | undefined> = { '@method': 'POST', '@target-uri': url };
    const lines = components.map((name) => `"${name}": ${values[name] ?? headers[name] ?? ''}`);
    const base = [...lines, `"@signature-params": ${serializeInnerList(input as never)}`].join('\n');
    const jwk = keys.find((key) => (key as { kid?: string }).kid === params.get('keyid'));
    if (!jwk) return undefined;
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    const isGood = verify('sha256', Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature));
    return isGood ? (JSON.parse(body.toString('utf8')) as Told) : undefined;
  } catch {
    // What cannot be read was not sent by the state.
    return undefined;
  }
}
