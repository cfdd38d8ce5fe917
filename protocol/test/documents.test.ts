import { createHash, createPublicKey, type JsonWebKey, verify as nodeVerify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evidenceTypes } from '#protocol/catalogue';
import {
  documentComponents,
  documentLabel,
  documentRule,
  documentSchema,
  documentTag,
  documentUrl,
  fetchComponents,
  fetchLabel,
  isFetchCurrent,
} from '#protocol/document';
import { readSignature } from '#protocol/http-signatures';
import { callComponents } from '#protocol/system-call';
import vector from '../vectors/document.json' with { type: 'json' };
import question from '../vectors/exchange.json' with { type: 'json' };

const { fetch, reference } = vector;
const document = { ...vector.document, request: fetch };
const isSigned = (read: ReturnType<typeof readSignature>, jwk: object) =>
  nodeVerify(
    'sha256',
    read.base,
    { key: createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    read.signature,
  );

describe('the example of a document', () => {
  test('is fetched by the office that asked, below the address of its question, by the digest it was promised', () => {
    expect(fetch.url).toBe(documentUrl(question.question.url, question.question.headers['x-road-id'], 'diploma_scan'));
    const read = readSignature(fetch, fetchLabel, fetchComponents);
    expect(isSigned(read, vector.keys.requester)).toBe(true);
    expect(isFetchCurrent(read.params, new Date('2026-11-22T12:02:00Z'))).toBe(true);
    expect(isFetchCurrent(read.params, new Date('2026-11-22T12:08:00Z'))).toBe(false);
    expect(isFetchCurrent({ ...read.params, tag: 'jisr-question' }, new Date('2026-11-22T12:02:00Z'))).toBe(false);
    const other = { ...fetch, headers: { ...fetch.headers, 'jisr-document-digest': 'sha-256=:AAAA:' } };
    expect(isSigned(readSignature(other, fetchLabel, fetchComponents), vector.keys.requester)).toBe(false);
  });

  test('is given by the office that answered, for that fetch and no other', () => {
    const read = readSignature(document, documentLabel, documentComponents);
    expect(read.params.tag).toBe(documentTag);
    expect(isSigned(read, vector.keys.provider)).toBe(true);
    const url = fetch.url.replace('diploma_scan', 'other_scan');
    const elsewhere = { ...document, request: { ...fetch, url } };
    expect(isSigned(readSignature(elsewhere, documentLabel, documentComponents), vector.keys.provider)).toBe(false);
  });

  test('has the bytes that the answer named', () => {
    const digest = createHash('sha256').update(document.body).digest('base64');
    expect(reference.digest).toBe(`sha-256=:${digest}:`);
    expect(reference.size).toBe(Buffer.byteLength(document.body));
    expect(document.headers['content-digest']).toBe(reference.digest);
    expect(fetch.headers['jisr-document-digest']).toBe(reference.digest);
  });

  test('is the one that the README shows', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    for (const { headers } of [fetch, document])
      for (const name of ['signature-input', 'signature'] as const) expect(readme).toContain(headers[name]);
    expect(readme).toContain(reference.digest);
  });
});

test('a field that holds an object is a document, written as every document is', () => {
  const objects = evidenceTypes
    .flatMap(({ fields }) => Object.values(fields))
    .filter(({ schema }) => schema['type'] === 'object');
  expect(objects.length).toBeGreaterThan(0);
  for (const { schema } of objects) {
    const rule = documentRule({ schema })!;
    expect(schema).toEqual(documentSchema(rule));
    // A browser that is handed one of these runs nothing of it.
    for (const mediaType of rule.mediaTypes) expect(mediaType).toMatch(/^(application\/pdf|image\/(jpeg|png|tiff))$/);
  }
  expect(documentRule(evidenceTypes[0]!.fields['full_name_ar'])).toBeUndefined();
});

test("a system's call for a document signs which one it means", () => {
  const headers = { 'x-road-client': 'SA/GOV/moe/x', 'x-road-id': '1', 'jisr-document-digest': reference.digest };
  expect(callComponents(headers, false)).toContain('"jisr-document-digest"');
});
