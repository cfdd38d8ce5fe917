// The form of a batch signature, as bytes: nothing here needs Node, so that browsers can check messages too.

/**
 * One ES256 signature over many messages that leave together, as an algorithm of RFC 9421: each message has its own signature
 * base and its own `Signature`, which carries its path to what was signed, so that each can be verified alone and kept as
 * proof alone. Used only towards an office that lists it among its `signature_algorithms`; a lone message is signed plainly.
 */
export const batchAlgorithm = 'jisr-es256-batch';
export const plainAlgorithm = 'ecdsa-p256-sha256';
export const batchSizeMax = 256;

export const es256Bytes = 64;
const headBytes = es256Bytes + 8;
const prefix = 'jisr/batch-signature/v1\n';

export type BatchForm = {
  es256: Uint8Array;
  /** How many messages share the signature. */
  size: number;
  /** The hashes that lead from the message's leaf to the head, from the leaf up, each with its side. */
  path: Array<{ hash: Uint8Array; isLeft: boolean }>;
};

/** Takes a batch signature apart; undefined when it has not the form of one, or its path does not fit its place. */
export function readBatchForm(signature: Uint8Array): BatchForm | undefined {
  const pathBytes = signature.length - headBytes;
  if (pathBytes < 32 || pathBytes % 32 !== 0 || pathBytes > 32 * 8) return undefined;
  const view = new DataView(signature.buffer, signature.byteOffset, signature.byteLength);
  const size = view.getUint32(es256Bytes);
  const index = view.getUint32(es256Bytes + 4);
  if (size < 2 || size > batchSizeMax || index >= size) return undefined;
  const path: BatchForm['path'] = [];
  // RFC 9162 section 2.1.3.2.
  let [place, last] = [index, size - 1];
  for (let at = headBytes; at < signature.length; at += 32) {
    if (last === 0) return undefined;
    const isLeft = place % 2 === 1 || place === last;
    path.push({ hash: signature.subarray(at, at + 32), isLeft });
    while (isLeft && place % 2 === 0 && place !== 0) [place, last] = [place >> 1, last >> 1];
    [place, last] = [place >> 1, last >> 1];
  }
  return last === 0 ? { es256: signature.subarray(0, es256Bytes), size, path } : undefined;
}

/** What is signed for the whole batch. No signature base of RFC 9421 begins like this: neither kind can pass for the other. */
export function batchText(size: number, head: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new Uint8Array(prefix.length + 4 + head.length);
  text.set(new TextEncoder().encode(prefix));
  new DataView(text.buffer).setUint32(prefix.length, size);
  text.set(head, prefix.length + 4);
  return text;
}
