import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { readSignature } from '#protocol/http-signatures';
import { callComponents, callLabel, questionIdOf, signCall } from '#protocol/system-call';

test('a call becomes one question: its id is made from client and X-Road-Id, as openssl dgst -sha256 says', () => {
  // printf 'jisr/question-id/v1\nSA/GOV/moe/records\ncall-1' | openssl dgst -sha256
  const digest = '73a323925fe7cbe1bc7aa2b09524d1b664a9c8c385150e51a6b37a3f33c39921';
  const id = questionIdOf('SA/GOV/moe/records', 'call-1');
  expect(id).toBe('73a32392-5fe7-8be1-bc7a-a2b09524d1b6');
  const free = (text: string) => text.replaceAll('-', '').replace(/^(.{12}).(.{3}).(.{15}).*/, '$1$2$3');
  expect(free(id)).toBe(free(digest));
  expect(questionIdOf('SA/GOV/moe/records', 'call-2')).not.toBe(id);
  expect(questionIdOf('SA/GOV/moe/other', 'call-1')).not.toBe(id);
});

test('a signature covers method, address, body and every header that means something, and only those', () => {
  const headers = { 'x-road-client': 'SA/GOV/moe/records', 'jisr-consent': 'x', 'user-agent': 'y' };
  expect(callComponents(headers, false)).toEqual(['"@method"', '"@target-uri"', '"x-road-client"', '"jisr-consent"']);
  expect(callComponents(headers, true)).toContain('"content-digest"');
});

test('a signed call verifies with the public key alone, by other software than signed it', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const call = {
    method: 'POST',
    url: 'https://sa.example/r1/BH/GOV/moe/registry/degree-record',
    headers: { 'x-road-client': 'SA/GOV/moe/records', 'content-type': 'application/json' },
    body: '{"fields":["gpa"]}',
  };
  const signer = { keyId: 'k', alg: 'ed25519' as const, sign: (base: Uint8Array) => sign(null, base, privateKey) };
  const headers = await signCall(call, signer, { seconds: 1_795_348_800, nonce: 'a-nonce-of-sixteen' });
  const { base, signature, params } = readSignature({ ...call, headers }, callLabel, callComponents(headers, true));
  expect(params).toMatchObject({ created: 1_795_348_800, keyid: 'k', tag: 'jisr-call', nonce: 'a-nonce-of-sixteen' });
  expect(verify(null, base, publicKey, signature)).toBe(true);
  const changed = { ...call, url: `${call.url}?x=1`, headers };
  expect(verify(null, readSignature(changed, callLabel, []).base, publicKey, signature)).toBe(false);
});
