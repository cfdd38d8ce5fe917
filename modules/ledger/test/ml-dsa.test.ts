import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { memoryKeys, verifySignature } from '#kernel/keys';
import {
  describeCheckpoint,
  groupByWitness,
  type InclusionProof,
  type Neighbour,
  requireAnyOf,
  verifyInclusionProof,
} from '../index.ts';
import { checkNoteSignature, mlDsaCosignatureMessage, parseNote, parseVerifierKey } from '../note.ts';
import { openTestState, type TestState } from './states.ts';

const neighbours: Neighbour[] = [];
let bh: TestState;
let kw: TestState;
let proof: InclusionProof;
let policy: { logKey: string; witnesses: string[]; quorum: number };
const keyOf = (state: TestState) => state.ledger.keys.moreWitnessKeys[0]!;

beforeAll(async () => {
  bh = await openTestState('bh', neighbours, { quorum: 1 });
  const signer = await memoryKeys().signer('witness', 'ML-DSA-44');
  kw = await openTestState('kw', neighbours, { moreWitnessSigners: [signer] });
  neighbours.push(bh.neighbour, kw.neighbour);
  const { entryId } = await bh.append({ purpose: 'degree-recognition' });
  await bh.ledger.integrate();
  await bh.ledger.gatherCosignatures();
  proof = (await bh.ledger.findProof(entryId))!;
  policy = { logKey: bh.ledger.keys.ledgerKey, witnesses: [keyOf(kw)], quorum: 1 };
});
afterAll(() => Promise.all([bh, kw].map((state) => state.close())));
afterEach(() => {
  vi.restoreAllMocks();
});

/** The checkpoint with one character of the ML-DSA-44 signature changed. */
async function withWrongSignature(): Promise<string> {
  const { keyId } = (await parseVerifierKey(keyOf(kw)))!;
  const lines = proof.checkpoint.split('\n').map((line) => {
    const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64');
    if (!line.startsWith('— ') || !bytes.subarray(0, 4).equals(keyId)) return line;
    bytes[1_000]! ^= 1;
    return `${line.split(' ').slice(0, 2).join(' ')} ${bytes.toString('base64')}`;
  });
  return lines.join('\n');
}

describe('a witness with an Ed25519 and an ML-DSA-44 key', () => {
  test('cosigns with both, each counts alone, and both together are one witness', async () => {
    expect(proof.checkpoint.match(/^— kw\.example\/witness /gm)).toHaveLength(2);
    expect((await bh.ledger.statusOf()).cosignedBy).toEqual(['kw.example/witness']);
    expect(await verifyInclusionProof(proof, policy)).toMatchObject({ ok: true, cosignedBy: ['kw.example/witness'] });
    const ed25519 = { ...policy, witnesses: [kw.ledger.keys.witnessKey] };
    expect(await verifyInclusionProof(proof, ed25519)).toMatchObject({ ok: true });
    const both = { ...policy, witnesses: [kw.ledger.keys.witnessKey, keyOf(kw)] };
    expect(await verifyInclusionProof(proof, both)).toMatchObject({ ok: true, cosignedBy: ['kw.example/witness'] });
    expect(await verifyInclusionProof(proof, { ...both, quorum: 2 })).toEqual({ ok: false, reason: 'quorum-missed' });
    const described = await describeCheckpoint(proof.checkpoint, [keyOf(kw)]);
    expect(described!.cosignatures).toMatchObject([{ name: 'kw.example/witness' }]);
  });

  test('has a wrong signature refused, and another key is not its own', async () => {
    const checkpoint = await withWrongSignature();
    expect(checkpoint).not.toBe(proof.checkpoint);
    expect(await verifyInclusionProof({ ...proof, checkpoint }, policy)).toEqual({
      ok: false,
      reason: 'quorum-missed',
    });
    const key = (await parseVerifierKey(keyOf(kw)))!;
    expect(await checkNoteSignature(parseNote(checkpoint)!, key)).toEqual({ state: 'invalid' });
    const stranger = await memoryKeys().signer('other', 'ML-DSA-44');
    const publicKey = new Uint8Array(Buffer.from(stranger.publicJwk.pub!, 'base64url'));
    expect(await checkNoteSignature(parseNote(proof.checkpoint)!, { ...key, publicKey })).toEqual({ state: 'invalid' });
  });

  test('is verified by a library that nobody here wrote, over the message of the specification', async () => {
    const key = (await parseVerifierKey(keyOf(kw)))!;
    const note = parseNote(proof.checkpoint)!;
    const [line] = note.signatures.filter(({ keyId }) => Buffer.from(keyId).equals(Buffer.from(key.keyId)));
    const signature = line!.signature;
    const time = Buffer.from(signature.subarray(0, 8));
    const [origin, size, root] = note.text.split('\n') as [string, string, string];
    // C2SP tlog-cosignature, cosigned_message, written down again field by field.
    const sized = (text: string) => Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
    const end = Buffer.alloc(8);
    end.writeBigUInt64BE(BigInt(size));
    const message = Buffer.concat([
      Buffer.from('subtree/v1\n\0', 'latin1'),
      sized('kw.example/witness'),
      time,
      sized(origin),
      Buffer.alloc(8),
      end,
      Buffer.from(root, 'base64'),
    ]);
    expect(Buffer.from(mlDsaCosignatureMessage(note.text, key.name, Number(time.readBigUInt64BE()))!)).toEqual(message);
    expect(ml_dsa44.verify(signature.slice(8), new Uint8Array(message), key.publicKey)).toBe(true);
    message[message.length - 1]! ^= 1;
    expect(ml_dsa44.verify(signature.slice(8), new Uint8Array(message), key.publicKey)).toBe(false);
  });

  test('counts by its other key in a browser that lacks ML-DSA, and its signature is not called wrong there', async () => {
    const { subtle } = globalThis.crypto;
    const complete = subtle.importKey.bind(subtle) as (...args: unknown[]) => unknown;
    vi.spyOn(subtle, 'importKey').mockImplementation(withoutMlDsa(complete));
    const key = (await parseVerifierKey(keyOf(kw)))!;
    expect(await checkNoteSignature(parseNote(proof.checkpoint)!, key)).toMatchObject({ state: 'unsupported' });
    const described = await describeCheckpoint(proof.checkpoint, [keyOf(kw)]);
    expect(described).toMatchObject({ cosignatures: [], unchecked: [{ name: 'kw.example/witness', key: keyOf(kw) }] });
    expect(await verifyInclusionProof(proof, policy)).toEqual({ ok: false, reason: 'quorum-missed' });
    const both = { ...policy, witnesses: [keyOf(kw), kw.ledger.keys.witnessKey] };
    expect(await verifyInclusionProof(proof, both)).toMatchObject({ ok: true });
    const witnesses = (await groupByWitness(both.witnesses))!;
    const asFile = requireAnyOf({ logKeys: [policy.logKey], witnesses, atLeast: 1 });
    expect(await verifyInclusionProof(proof, asFile)).toMatchObject({ ok: true });
  });
});

function withoutMlDsa(importKey: (...args: unknown[]) => unknown) {
  return (async (...args: unknown[]) => {
    if ((args[2] as { name?: string }).name === 'ML-DSA-44')
      throw new DOMException('Unrecognized name.', 'NotSupportedError');
    return importKey(...args);
  }) as never;
}

test('a key of ML-DSA-44 verifies its own signatures only, and never stands for another algorithm', async () => {
  const keys = memoryKeys();
  const [signer, again] = [await keys.signer('one', 'ML-DSA-44'), await keys.signer('one', 'ML-DSA-44')];
  const data = Buffer.from('a message');
  const signature = await signer.sign(data);
  expect(again.kid).toBe(signer.kid);
  expect(verifySignature(signer.publicJwk, 'ML-DSA-44', data, signature)).toBe(true);
  expect(verifySignature(again.publicKey, 'ML-DSA-44', data, signature)).toBe(true);
  expect(verifySignature(signer.publicJwk, 'ML-DSA-44', Buffer.from('another'), signature)).toBe(false);
  expect(verifySignature(signer.publicJwk, 'Ed25519', data, signature)).toBe(false);
  expect(verifySignature((await keys.signer('two', 'ES256')).publicJwk, 'ML-DSA-44', data, signature)).toBe(false);
});
