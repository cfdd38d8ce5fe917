import { createPublicKey, generateKeyPairSync, sign as nodeSign, verify as nodeVerify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  contentDigest,
  HttpSignatureError,
  type Message,
  type RequestMessage,
  readSignature,
  signMessage,
  verifyContentDigest,
} from '#protocol/http-signatures';
import vectors from '../vectors/rfc9421.json' with { type: 'json' };

type Alg = 'ecdsa-p256-sha256' | 'ed25519';
const keys = Object.fromEntries(Object.entries(vectors.keys).map(([name, pem]) => [name, createPublicKey(pem)]));

function isSigned(message: Message, label: string, alg: Alg): boolean {
  const { base, signature, params } = readSignature(message, label, []);
  const key = keys[params.keyid!]!;
  return alg === 'ed25519'
    ? nodeVerify(null, base, key, signature)
    : nodeVerify('sha256', base, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function withSignature(vector: (typeof vectors.cases)[number]): Message {
  const message = structuredClone(vector.message) as unknown as Message;
  message.headers['signature-input'] = vector.signatureInput;
  message.headers['signature'] = vector.signature;
  return message;
}

describe('the published examples of RFC 9421', () => {
  test.each(vectors.cases.map((vector) => [vector.id, vector] as const))('%s has the published base', (_id, vector) => {
    expect(readSignature(withSignature(vector), vector.label, []).base.toString()).toBe(vector.base);
  });

  const ours = vectors.cases.filter(({ alg }) => alg !== 'rsa-pss-sha512');
  test.each(ours.map((vector) => [vector.id, vector] as const))('%s verifies with its key', (_id, vector) => {
    expect(isSigned(withSignature(vector), vector.label, vector.alg as Alg)).toBe(true);
  });

  test.each(ours.map((vector) => [vector.id, vector] as const))(
    '%s is refused when any covered part changes',
    (_id, vector) => {
      const { components } = readSignature(withSignature(vector), vector.label, []);
      expect(components.length).toBeGreaterThan(3);
      for (const component of components) {
        const changed = withSignature(vector);
        mutate(changed, component);
        expect(isSigned(changed, vector.label, vector.alg as Alg), component).toBe(false);
      }
      const later = withSignature(vector);
      later.headers['signature-input'] = later.headers['signature-input']!.replace('created=16', 'created=17');
      expect(isSigned(later, vector.label, vector.alg as Alg)).toBe(false);
    },
  );

  test('the digests of the example bodies match, and those of other bodies do not', () => {
    for (const { message } of vectors.cases.filter(({ message }) => 'content-digest' in message.headers)) {
      const digest = (message.headers as unknown as Record<string, string>)['content-digest'];
      expect(() => verifyContentDigest(digest, Buffer.from(message.body))).not.toThrow();
      expect(() => verifyContentDigest(digest, Buffer.from(`${message.body} `))).toThrow(HttpSignatureError);
    }
  });
});

function mutate(message: Message, component: string): void {
  const isOfRequest = component.endsWith(';req');
  const target = (isOfRequest ? (message as { request: RequestMessage }).request : message) as Record<
    string,
    unknown
  > & {
    headers: Record<string, string>;
  };
  const name = component.replace(/^"([^"]+)".*/, '$1');
  if (name === '@status') target['status'] = 201;
  else if (name === '@method') target['method'] = 'PUT';
  else if (name === '@path') target['url'] = String(target['url']).replace('/foo', '/bar');
  else if (name === '@query') target['url'] = String(target['url']).replace('dog', 'cat');
  else if (name === '@authority') target['url'] = String(target['url']).replace('example', 'elsewhere');
  else target.headers[name] = `${target.headers[name]}0`;
}

describe('a signature made here', () => {
  const pair = generateKeyPairSync('ed25519');
  const question = async (components: string[]): Promise<RequestMessage> => {
    const message: RequestMessage = {
      method: 'POST',
      url: 'http://bh.example/r1/BH/GOV/moe/registry/degree-record',
      headers: { 'content-digest': contentDigest('{}'), 'content-type': 'application/json' },
    };
    const params = { created: 1_800_000_000, keyid: 'k', alg: 'ed25519', tag: 't' };
    const made = await signMessage({
      message,
      label: 'question',
      components,
      params,
      sign: (base) => nodeSign(null, base, pair.privateKey),
    });
    return { ...message, headers: { ...message.headers, ...made } };
  };
  const reasonOf = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return (error as HttpSignatureError).reason;
    }
    return 'accepted';
  };

  test('is read back with its parameters and verifies', async () => {
    const read = readSignature(await question(['"@method"', '"content-digest"']), 'question', ['"content-digest"']);
    expect(read.params).toEqual({ created: 1_800_000_000, keyid: 'k', alg: 'ed25519', tag: 't' });
    expect(nodeVerify(null, read.base, pair.publicKey, read.signature)).toBe(true);
  });

  test('is refused when it leaves out a required part', async () => {
    const message = await question(['"@method"']);
    expect(reasonOf(() => readSignature(message, 'question', ['"content-digest"']))).toBe('component-not-covered');
  });

  test('is refused when a covered header is gone, covered twice, or named with a parameter we do not take', async () => {
    const message = await question(['"@method"', '"content-digest"']);
    const { 'content-digest': _gone, ...headers } = message.headers;
    expect(reasonOf(() => readSignature({ ...message, headers }, 'question', []))).toBe('component-missing');
    for (const list of ['("@method" "@method")', '("@method";bs)', '(method)', '"@method"', '("@method"']) {
      const changed = { ...message, headers: { ...message.headers, 'signature-input': `question=${list}` } };
      expect(
        reasonOf(() => readSignature(changed, 'question', [])),
        list,
      ).toBe('malformed');
    }
  });

  test('is refused when it is absent or has another label', async () => {
    const message = await question(['"@method"']);
    expect(reasonOf(() => readSignature(message, 'answer', []))).toBe('missing');
    expect(reasonOf(() => readSignature({ ...message, headers: {} }, 'question', []))).toBe('missing');
  });

  test('binds an answer to the very signature of its question', async () => {
    const first = await question(['"@method"']);
    const second = await question(['"content-type"']);
    const answer = { status: 200, headers: {}, request: first };
    const component = '"signature";req;key="question"';
    const made = await signMessage({
      message: answer,
      label: 'answer',
      components: [component],
      params: { created: 1_800_000_001, keyid: 'k' },
      sign: (base) => nodeSign(null, base, pair.privateKey),
    });
    const isFor = (request: RequestMessage) => {
      const read = readSignature({ status: 200, headers: made, request }, 'answer', [component]);
      return nodeVerify(null, read.base, pair.publicKey, read.signature);
    };
    expect(isFor(first)).toBe(true);
    expect(isFor(second)).toBe(false);
  });

  test('a Content-Digest with only unknown or weak algorithms is refused', () => {
    expect(reasonOf(() => verifyContentDigest('md5=:XrY7u+Ae7tCTyyK7j1rNww==:', Buffer.from('{}')))).toBe('malformed');
    expect(reasonOf(() => verifyContentDigest('sha-256=abc', Buffer.from('{}')))).toBe('malformed');
    expect(reasonOf(() => verifyContentDigest(undefined, Buffer.from('{}')))).toBe('missing');
  });
});
