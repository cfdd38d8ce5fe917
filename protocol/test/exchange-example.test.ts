import { createHash, createPublicKey, type JsonWebKey, verify as nodeVerify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import { calculateJwkThumbprint, importJWK, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  answerComponents,
  answerLabel,
  answerTag,
  questionComponents,
  questionLabel,
  questionTag,
} from '#protocol/exchange-message';
import { type RequestMessage, readSignature, verifyContentDigest } from '#protocol/http-signatures';
import example from '../vectors/exchange.json' with { type: 'json' };

const question = example.question as RequestMessage & { body: string };
const answer = { ...example.answer, request: question } as typeof example.answer & { request: RequestMessage };
const isSigned = (read: ReturnType<typeof readSignature>, jwk: object) =>
  nodeVerify(
    'sha256',
    read.base,
    { key: createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    read.signature,
  );

describe('the worked example', () => {
  test('carries a question that its office signed, with a token bound to the same key', async () => {
    const read = readSignature(question, questionLabel, questionComponents);
    expect(read.params.tag).toBe(questionTag);
    expect(read.params.keyid).toBe(await calculateJwkThumbprint(example.keys.requester));
    expect(isSigned(read, example.keys.requester)).toBe(true);
    expect(isSigned(read, example.keys.provider)).toBe(false);
    expect(() => verifyContentDigest(question.headers['content-digest'], Buffer.from(question.body))).not.toThrow();
    // Judged by other software: jose reads the token.
    const { payload } = await jwtVerify(
      question.headers['authorization']!.slice('DPoP '.length),
      await importJWK(example.keys.tokenIssuer),
      { typ: 'at+jwt', audience: 'https://bh.example/r1', currentDate: new Date('2026-11-22T12:00:00Z') },
    );
    expect((payload['cnf'] as { jkt: string }).jkt).toBe(read.params.keyid);
  });

  test('carries an answer that is bound to that question and to no other', () => {
    const read = readSignature(answer, answerLabel, answerComponents);
    expect(read.params.tag).toBe(answerTag);
    expect(isSigned(read, example.keys.provider)).toBe(true);
    expect(() => verifyContentDigest(answer.headers['content-digest'], Buffer.from(answer.body))).not.toThrow();
    const signature = question.headers['signature']!.replace(/=:./, (start) => (start === '=:u' ? '=:v' : '=:u'));
    const other = { ...question, headers: { ...question.headers, signature } };
    expect(signature).not.toBe(question.headers['signature']);
    expect(
      isSigned(readSignature({ ...answer, request: other }, answerLabel, answerComponents), example.keys.provider),
    ).toBe(false);
  });

  test('carries a receipt whose leaf opens to the record, and whose values are those answered', () => {
    const { fields, receipt } = JSON.parse(answer.body);
    const sha256 = (...parts: Array<string | Buffer>) =>
      createHash('sha256')
        .update(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
        .digest();
    const commitment = sha256(
      'jisr/commitment/v1\n',
      Buffer.from(receipt.salt, 'base64'),
      canonicalize(receipt.record)!,
    );
    expect(commitment.toString('base64')).toBe(receipt.commitment);
    expect(sha256(Buffer.of(0), commitment).toString('hex')).toBe(receipt.leafHash);
    const values = sha256(Buffer.from(receipt.valuesSalt, 'base64'), canonicalize(fields)!);
    expect(values.toString('base64')).toBe(receipt.record.valuesCommitment);
    expect(receipt.record.questionDigest).toBe(sha256(`${question.url}\n${question.body}`).toString('hex'));
  });

  test('is the one that the README shows', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    for (const message of [question, answer])
      for (const name of ['content-digest', 'signature-input', 'signature'] as const)
        expect(readme).toContain((message.headers as Record<string, string>)[name]);
    expect(readme).toContain(question.body);
  });
});
