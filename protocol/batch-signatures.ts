import { buildTree, hashLeaf, headFromPath } from './merkle-tree.ts';

/**
 * One ES256 signature over many messages that leave together, as an algorithm of RFC 9421: each message has its own signature
 * base and its own `Signature`, which carries its path to what was signed, so that each can be verified alone and kept as
 * proof alone. Used only towards an office that lists it among its `signature_algorithms`; a lone message is signed plainly.
 */
export const batchAlgorithm = 'jisr-es256-batch';
export const plainAlgorithm = 'ecdsa-p256-sha256';
export const batchSizeMax = 256;

const prefix = Buffer.from('jisr/batch-signature/v1\n');
const es256Bytes = 64;
const headBytes = es256Bytes + 8;

/** A batch about to be signed: sign `toSign` with ES256, then take each message's signature. Two to 256 signature bases. */
export function prepareBatch(bases: readonly Uint8Array[]): {
  toSign: Buffer;
  signatureOf(index: number, es256: Uint8Array): Buffer;
} {
  if (bases.length < 2 || bases.length > batchSizeMax) throw new RangeError('a batch has 2 to 256 messages');
  const { head, paths } = buildTree(bases.map(hashLeaf));
  return {
    toSign: signedText(bases.length, head),
    signatureOf: (index, es256) => {
      const place = Buffer.alloc(8);
      place.writeUInt32BE(bases.length, 0);
      place.writeUInt32BE(index, 4);
      return Buffer.concat([es256, place, ...paths[index]!]);
    },
  };
}

/**
 * Takes a batch signature apart for one signature base: the ES256 signature and the bytes it has to hold for. Undefined when
 * it has not the form of one, or its path does not fit its place.
 */
export function openBatch(signature: Buffer, base: Uint8Array): { es256: Buffer; signed: Buffer } | undefined {
  const pathBytes = signature.length - headBytes;
  if (pathBytes < 32 || pathBytes % 32 !== 0 || pathBytes > 32 * 8) return undefined;
  const size = signature.readUInt32BE(es256Bytes);
  const index = signature.readUInt32BE(es256Bytes + 4);
  if (size < 2 || size > batchSizeMax) return undefined;
  const path: Buffer[] = [];
  for (let at = headBytes; at < signature.length; at += 32) path.push(signature.subarray(at, at + 32));
  const head = headFromPath(hashLeaf(base), index, size, path);
  return head && { es256: signature.subarray(0, es256Bytes), signed: signedText(size, head) };
}

/** No signature base of RFC 9421 begins like this, so that neither kind of signature can pass for the other. */
function signedText(size: number, head: Uint8Array): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(size, 0);
  return Buffer.concat([prefix, count, head]);
}
