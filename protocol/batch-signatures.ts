import { batchAlgorithm, batchSizeMax, batchText, plainAlgorithm, readBatchForm } from './batch-form.ts';
import type { MessageSignature } from './http-signatures.ts';
import { buildTree, hashLeaf, hashNode } from './merkle-tree.ts';

export { batchAlgorithm, batchSizeMax, plainAlgorithm } from './batch-form.ts';

/** A batch about to be signed: sign `toSign` with ES256, then take each message's signature. Two to 256 signature bases. */
export function prepareBatch(bases: readonly Uint8Array[]): {
  toSign: Uint8Array;
  signatureOf(index: number, es256: Uint8Array): Buffer;
} {
  if (bases.length < 2 || bases.length > batchSizeMax) throw new RangeError('a batch has 2 to 256 messages');
  const { head, paths } = buildTree(bases.map(hashLeaf));
  return {
    toSign: batchText(bases.length, head),
    signatureOf: (index, es256) => {
      const place = Buffer.alloc(8);
      place.writeUInt32BE(bases.length, 0);
      place.writeUInt32BE(index, 4);
      return Buffer.concat([es256, place, ...paths[index]!]);
    },
  };
}

/**
 * What an ES256 key has to have signed for a message signature to hold, alone or shared; undefined for another algorithm, and
 * for a shared one that has not its form.
 */
export function openSignature({
  params,
  signature,
  base,
}: Pick<MessageSignature, 'params' | 'signature' | 'base'>): { es256: Uint8Array; signed: Uint8Array } | undefined {
  if (params.alg === plainAlgorithm) return { es256: signature, signed: base };
  return params.alg === batchAlgorithm ? openBatch(signature, base) : undefined;
}

/**
 * Takes a batch signature apart for one signature base: the ES256 signature and the bytes it has to hold for. Undefined when
 * it has not the form of one, or its path does not fit its place.
 */
export function openBatch(
  signature: Uint8Array,
  base: Uint8Array,
): { es256: Uint8Array; signed: Uint8Array } | undefined {
  const form = readBatchForm(signature);
  if (!form) return undefined;
  let head = hashLeaf(base);
  for (const { hash, isLeft } of form.path) head = isLeft ? hashNode(hash, head) : hashNode(head, hash);
  return { es256: form.es256, signed: batchText(form.size, head) };
}
