import { hash } from 'node:crypto';

// The Merkle tree of RFC 6962 section 2.1 with SHA-256, for trees that fit in memory.

export function hashLeaf(entry: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + entry.length);
  bytes[0] = 0;
  bytes.set(entry, 1);
  return sha256(bytes);
}

export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

/** Writes the nodes over a row of `pairs` times two hashes that begins at `from` in `rows`; they go to `to`, one behind the other. */
export function hashPairs(rows: Buffer, { from, pairs, to }: { from: number; pairs: number; to: number }): void {
  const bytes = Buffer.allocUnsafe(65);
  bytes[0] = 1;
  for (let at = 0; at < pairs; at += 1) {
    rows.copy(bytes, 1, from + at * 64, from + at * 64 + 64);
    rows.write(hash('sha256', bytes, 'binary'), to + at * 32, 'latin1');
  }
}

/** Less than half the time of asking for a buffer: the hash comes as text, and memory is made here. */
function sha256(bytes: Buffer): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}

/** The hash over a row of subtrees, of which all but the last are whole and equally high. */
export function hashRow(row: readonly Buffer[]): Buffer {
  if (row.length === 1) return row[0]!;
  const middle = splitPoint(row.length);
  return hashNode(hashRow(row.slice(0, middle)), hashRow(row.slice(middle)));
}

/** The inclusion path of each leaf, from the leaf up (RFC 6962 section 2.1.1), and the head of the tree. */
export function buildTree(leaves: readonly Buffer[]): { head: Buffer; paths: Buffer[][] } {
  if (leaves.length === 1) return { head: leaves[0]!, paths: [[]] };
  const middle = splitPoint(leaves.length);
  const left = buildTree(leaves.slice(0, middle));
  const right = buildTree(leaves.slice(middle));
  for (const path of left.paths) path.push(right.head);
  for (const path of right.paths) path.push(left.head);
  return { head: hashNode(left.head, right.head), paths: [...left.paths, ...right.paths] };
}

/** The largest power of two below `count`, which is at least two. */
export function splitPoint(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}
