import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { memoryKeys, type Signer, verifySignature } from '#kernel/keys';
import { openBatch } from '#protocol/batch-signatures';
import { questionComponents, questionLabel } from '#protocol/exchange-message';
import { type RequestMessage, readSignature } from '#protocol/http-signatures';
import { signQuestion } from '../messages.ts';
import { createMessageSigning, createSignatureChecking } from '../signing.ts';
import { startTwoStates, type TwoStates } from './two-states.ts';

const algorithmOf = (headers: Record<string, string>) => /;alg="([^"]+)"/.exec(headers['signature-input'] ?? '')?.[1];

describe('a signature shared by messages that leave together', () => {
  let signer: Signer;
  let signings = 0;
  const sign = createMessageSigning();
  beforeAll(async () => {
    const key = await memoryKeys().signer('office');
    signer = {
      ...key,
      sign: (data) => {
        signings += 1;
        return key.sign(data);
      },
    };
  });

  const question = (number: number, mayShare = true): Promise<RequestMessage> =>
    signQuestion(
      {
        url: 'https://bh.example/r1/BH/GOV/moe/registry/degree-record',
        body: `{"number":${number}}`,
        questionId: '019ab0c0-7c00-7000-8000-000000000002',
        requester: 'https://sa.example/offices/moe',
        xRoadClient: 'SA/GOV/moe',
        accessToken: 'a.b.c',
      },
      { sign, signer, mayShare, clock: systemClock },
    );
  const read = (message: RequestMessage) => readSignature(message, questionLabel, questionComponents);

  test('is one signature, and each message is verified by itself', async () => {
    for (const count of [2, 3, 7, 32]) {
      signings = 0;
      const messages = await Promise.all(Array.from({ length: count }, (_, number) => question(number)));
      expect(signings).toBe(1);
      for (const message of messages) {
        expect(algorithmOf(message.headers)).toBe('jisr-es256-batch');
        // By somebody who has seen none of the others.
        expect(createSignatureChecking()(read(message), signer.publicJwk)).toBe(true);
        const { es256, signed } = openBatch(read(message).signature, read(message).base)!;
        expect(verifySignature(signer.publicJwk, 'ES256', signed, es256)).toBe(true);
      }
    }
  });

  test('is not made for a message alone, nor towards an office that does not take it', async () => {
    expect(algorithmOf((await question(1)).headers)).toBe('ecdsa-p256-sha256');
    const mixed = await Promise.all([question(1, false), question(2), question(3, false)]);
    expect(mixed.map(({ headers }) => algorithmOf(headers))).toEqual(Array(3).fill('ecdsa-p256-sha256'));
  });

  test('does not hold for another message, another place, another key, or with any byte changed', async () => {
    const check = createSignatureChecking();
    const [first, second] = await Promise.all([question(1), question(2), question(3)]);
    const good = read(first);
    expect(check(good, signer.publicJwk)).toBe(true);
    expect(check({ ...good, signature: read(second).signature }, signer.publicJwk)).toBe(false);
    expect(check(good, (await memoryKeys().signer('other')).publicJwk)).toBe(false);
    expect(check({ ...good, params: { ...good.params, alg: 'ecdsa-p256-sha256' } }, signer.publicJwk)).toBe(false);
    for (let at = 0; at < good.signature.length; at += 1) {
      const signature = Buffer.from(good.signature);
      signature[at]! ^= 1;
      expect(check({ ...good, signature }, signer.publicJwk), `byte ${at}`).toBe(false);
    }
    for (const length of [0, 63, 64, 71, 72, good.signature.length - 1, good.signature.length - 32])
      expect(check({ ...good, signature: good.signature.subarray(0, length) }, signer.publicJwk)).toBe(false);
    expect(check({ ...good, signature: Buffer.concat([good.signature, Buffer.alloc(32)]) }, signer.publicJwk)).toBe(
      false,
    );
  });
});

describe('between two nodes', () => {
  let world: TwoStates;
  beforeAll(async () => {
    world = await startTwoStates();
  });
  afterAll(() => world.close());

  const algorithmsOf = async (asks: number) => {
    const consents = await Promise.all(Array.from({ length: asks }, () => world.consentTo()));
    const evidence = await Promise.all(consents.map(({ ask }) => world.asking.exchange.ask(ask)));
    return evidence.map(({ signatures }) => [algorithmOf(signatures.question), algorithmOf(signatures.answer)]);
  };

  test('a lone question and its answer are signed plainly', async () => {
    expect(await algorithmsOf(1)).toEqual([['ecdsa-p256-sha256', 'ecdsa-p256-sha256']]);
  });

  test('questions that leave together share a signature, their answers too, and each is received as evidence', async () => {
    const algorithms = (await algorithmsOf(8)).flat();
    expect(algorithms).toContain('jisr-es256-batch');
    expect(new Set(algorithms.filter((_, at) => at % 2 === 0))).toEqual(new Set(['jisr-es256-batch']));
  });
});
