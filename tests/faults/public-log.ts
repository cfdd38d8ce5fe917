import { createHash } from 'node:crypto';
import type { HttpClient } from '#kernel/http-client';
import { describeCheckpoint } from '#modules/ledger';

export type PublishedLog = { size: number; root: string; leaves: Buffer[]; cosignedBy: string[] };

/** Reads a whole log as anybody can: its checkpoint and the bundles of leaves under it (C2SP tlog-tiles). */
export async function readPublishedLog(http: HttpClient, nodeUrl: string, witnesses: string[]): Promise<PublishedLog> {
  const read = async (path: string) => {
    const { status, body } = await http.request({ method: 'GET', url: `${nodeUrl}/ledger/${path}` });
    if (status !== 200) throw new Error(`${path} was answered with ${status}`);
    return body;
  };
  const checkpoint = (await describeCheckpoint((await read('checkpoint')).toString('utf8'), witnesses))!;
  const leaves: Buffer[] = [];
  for (let start = 0; start < checkpoint.size; start += 256) {
    const width = Math.min(256, checkpoint.size - start);
    const number = String(start / 256).padStart(3, '0');
    const bundle = await read(`tile/entries/${number}${width < 256 ? `.p/${width}` : ''}`);
    for (let at = 0; at < bundle.length; ) {
      const end = at + 2 + bundle.readUInt16BE(at);
      leaves.push(bundle.subarray(at + 2, end));
      at = end;
    }
  }
  const { size, rootHash, cosignatures } = checkpoint;
  return { size, root: rootHash, leaves, cosignedBy: cosignatures.map(({ name }) => name) };
}

/** The root over the first `size` leaves, written down a second time from RFC 9162 section 2.1.1. */
export function rootOver(leaves: Buffer[], size: number): string {
  const digest = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  const over = (start: number, end: number): Buffer => {
    if (end - start === 0) return digest();
    if (end - start === 1) return digest(Buffer.of(0), leaves[start]!);
    let left = 1;
    while (left * 2 < end - start) left *= 2;
    return digest(Buffer.of(1), over(start, start + left), over(start + left, end));
  };
  return over(0, size).toString('base64');
}

export function leafHashOf(leaf: Buffer): string {
  return createHash('sha256')
    .update(Buffer.concat([Buffer.of(0), leaf]))
    .digest('hex');
}
