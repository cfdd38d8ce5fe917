import { sha256 } from './digest.ts';
import { type Bytes, isSameBytes, joinBytes } from './encoding.ts';

/** Half-open range of leaves `[start, end)`. */
export type LeafRange = { start: number; end: number };

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** RFC 6962 section 2.1: SHA-256(0x00 || entry). */
export function hashLeaf(entry: Uint8Array): Promise<Bytes> {
  return sha256(joinBytes(leafPrefix, entry));
}

/** RFC 6962 section 2.1: SHA-256(0x01 || left || right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(joinBytes(nodePrefix, left, right));
}

/** Largest power of two strictly smaller than `size` (size > 1): where RFC 6962 splits a tree. */
export function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** A subtree is valid when its start is a multiple of the power of two that its width needs (Merkle Tree Certificates, section 4.1). */
export function isSubtree({ start, end }: LeafRange): boolean {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start > end) return false;
  if (start === end) return true;
  let width = 1;
  while (width < end - start) width *= 2;
  return start % width === 0;
}

/** The subtrees whose hashes prove a leaf, from its sibling up to the root's child (RFC 6962 section 2.1.1). */
export function listInclusionRanges(leafIndex: number, treeSize: number): LeafRange[] {
  if (!(Number.isSafeInteger(leafIndex) && Number.isSafeInteger(treeSize) && leafIndex >= 0 && leafIndex < treeSize))
    throw new RangeError('leaf is not in the tree');
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = treeSize;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (leafIndex < middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  return ranges;
}

/** The subtrees whose hashes prove that the tree of `oldSize` leaves is a prefix (RFC 6962 section 2.1.2); oldSize > 0. */
export function listConsistencyRanges(oldSize: number, treeSize: number): LeafRange[] {
  if (!(Number.isSafeInteger(oldSize) && Number.isSafeInteger(treeSize) && oldSize > 0 && oldSize <= treeSize))
    throw new RangeError('old size is not between one and the tree size');
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = treeSize;
  let isWholeOldTree = true;
  while (end !== oldSize) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
      isWholeOldTree = false;
    }
  }
  if (!isWholeOldTree) ranges.unshift({ start, end });
  return ranges;
}

const half = (value: number) => Math.floor(value / 2);
const isOdd = (value: number) => value % 2 === 1;

/** RFC 9162 section 2.1.3.2. */
export async function verifyInclusion(claim: {
  leafIndex: number;
  treeSize: number;
  leafHash: Uint8Array;
  hashes: Uint8Array[];
  root: Uint8Array;
}): Promise<boolean> {
  return verifySubtreeInclusion({ ...claim, start: 0, end: claim.treeSize });
}

/** Inclusion of a leaf in the subtree `[start, end)`: inclusion at its offset in a tree of that width. */
export async function verifySubtreeInclusion(claim: {
  leafIndex: number;
  start: number;
  end: number;
  leafHash: Uint8Array;
  hashes: Uint8Array[];
  root: Uint8Array;
}): Promise<boolean> {
  const { leafIndex, start, end } = claim;
  if (claim.leafHash.length !== 32) return false;
  if (!isSubtree(claim) || !Number.isSafeInteger(leafIndex) || leafIndex < start || leafIndex >= end) return false;
  let leaf = leafIndex - start;
  let last = end - start - 1;
  let hash = claim.leafHash;
  for (const sibling of claim.hashes) {
    if (last === 0) return false;
    if (isOdd(leaf) || leaf === last) {
      hash = await hashNode(sibling, hash);
      while (!isOdd(leaf) && leaf !== 0) {
        leaf = half(leaf);
        last = half(last);
      }
    } else {
      hash = await hashNode(hash, sibling);
    }
    leaf = half(leaf);
    last = half(last);
  }
  return last === 0 && isSameBytes(hash, claim.root);
}

/** RFC 9162 section 2.1.4.2. Nothing is proved about an empty old tree: `oldSize` must be above zero. */
export async function verifyConsistency(claim: {
  oldSize: number;
  treeSize: number;
  oldRoot: Uint8Array;
  root: Uint8Array;
  hashes: Uint8Array[];
}): Promise<boolean> {
  if (claim.oldSize === 0) return false;
  const { oldSize, treeSize, oldRoot, root, hashes } = claim;
  return verifySubtreeConsistency({ start: 0, end: oldSize, treeSize, subtreeRoot: oldRoot, root, hashes });
}

/**
 * What a consistency proof says the old root is, when the proof holds for `root`; undefined when it does not hold, or when the
 * old tree is one whole subtree (a size that is a power of two), for then the proof leaves its hash out.
 */
export async function deriveOldRoot(claim: {
  oldSize: number;
  treeSize: number;
  root: Uint8Array;
  hashes: Uint8Array[];
}): Promise<Uint8Array | undefined> {
  const { oldSize, treeSize, root, hashes } = claim;
  if (oldSize === 0 || oldSize >= treeSize) return undefined;
  const folded = await foldConsistency({ start: 0, end: oldSize, treeSize, hashes });
  return folded && isSameBytes(folded.treeHash, root) ? folded.subtreeHash : undefined;
}

/** Consistency of the subtree `[start, end)` with a tree (Merkle Tree Certificates, section 4.4). An empty subtree has the empty hash. */
export async function verifySubtreeConsistency(claim: {
  start: number;
  end: number;
  treeSize: number;
  subtreeRoot: Uint8Array;
  root: Uint8Array;
  hashes: Uint8Array[];
}): Promise<boolean> {
  const { start, end, treeSize, subtreeRoot, root } = claim;
  if (!isSubtree(claim) || !Number.isSafeInteger(treeSize) || end > treeSize) return false;
  if (start === end) return claim.hashes.length === 0 && isSameBytes(subtreeRoot, await sha256(new Uint8Array()));
  const folded = await foldConsistency(claim);
  return folded !== undefined && isSameBytes(folded.subtreeHash, subtreeRoot) && isSameBytes(folded.treeHash, root);
}

/** Computes both roots from a proof. Without `subtreeRoot`, a proof that needs it to begin with gives undefined. */
async function foldConsistency(claim: {
  start: number;
  end: number;
  treeSize: number;
  subtreeRoot?: Uint8Array;
  hashes: Uint8Array[];
}): Promise<{ subtreeHash: Uint8Array; treeHash: Uint8Array } | undefined> {
  const { start, end, treeSize, subtreeRoot } = claim;
  let first = start;
  let last = end - 1;
  let treeLast = treeSize - 1;
  const climb = () => {
    first = half(first);
    last = half(last);
    treeLast = half(treeLast);
  };
  if (last === treeLast) while (first !== last) climb();
  else while (first !== last && isOdd(last)) climb();

  const hashes = [...claim.hashes];
  const seed = first === last ? subtreeRoot : hashes.shift();
  if (seed === undefined) return undefined;
  let subtreeHash = seed;
  let treeHash = seed;
  for (const hash of hashes) {
    if (treeLast === 0) return undefined;
    if (isOdd(last) || last === treeLast) {
      if (first < last) subtreeHash = await hashNode(hash, subtreeHash);
      treeHash = await hashNode(hash, treeHash);
      while (!isOdd(last) && last !== 0) climb();
    } else {
      treeHash = await hashNode(treeHash, hash);
    }
    climb();
  }
  return treeLast === 0 ? { subtreeHash, treeHash } : undefined;
}
