import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openBatch } from '#protocol/batch-signatures';

type Vector = { why: string; base: string; signature: string };
const vectors = JSON.parse(readFileSync(new URL('../vectors/batch-signatures.json', import.meta.url), 'utf8')) as {
  key: JsonWebKey;
  valid: Vector[];
  invalid: Vector[];
};
const key = createPublicKey({ key: vectors.key, format: 'jwk' });

function holds({ base, signature }: Vector): boolean {
  const opened = openBatch(Buffer.from(signature, 'base64'), Buffer.from(base));
  return opened !== undefined && verify('sha256', opened.signed, { key, dsaEncoding: 'ieee-p1363' }, opened.es256);
}

test.each(vectors.valid)('the published batch signature of $why holds', (vector) => {
  expect(holds(vector)).toBe(true);
});

test.each(vectors.invalid)('with $why it does not hold', (vector) => {
  expect(holds(vector)).toBe(false);
});
