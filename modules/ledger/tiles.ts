import { sha256 } from '#kernel/ids';
import { hashLeaf, hashNode, hashPairs, hashRow } from '#protocol/merkle-tree';
import { commitmentPrefix } from './commitment.ts';
import { type LeafRange, splitPoint } from './merkle.ts';

/**
 * Where tiles are kept: files here, object storage elsewhere. All processes of a node share one. It needs no order and no lock:
 * whatever is put under a path is always the same bytes, and a checkpoint that names a tile is saved after it.
 */
export type TileStore = {
  /** Durable when it resolves. A reader sees the whole content or none, whoever else puts the same path. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** Sees what any process has put. */
  find(path: string): Promise<Buffer | undefined>;
  /** Forgets everything under `<path>.p/`, once the full tile at `path` is published; another process may be putting there. */
  removePartials?(path: string): Promise<void>;
};

/** Where tiles are read from: the own store, or another log over the network. */
export type TileSource = Pick<TileStore, 'find'>;

export type TileName = { level: number | 'entries'; index: number; width: number };

export const tileWidth = 256;
const entryBytes = 32;
/** An entry in a bundle: uint16 length and 32 bytes of commitment. */
const bundledBytes = 2 + entryBytes;

/** As `commitmentMessage` says, with Node's own hash: `text` is the RFC 8785 text of the record. */
export function commitNow(salt: Uint8Array, text: string): Buffer {
  const bytes = Buffer.allocUnsafe(commitmentPrefix.length + salt.length + Buffer.byteLength(text));
  bytes.write(commitmentPrefix, 0, 'latin1');
  bytes.set(salt, commitmentPrefix.length);
  bytes.write(text, commitmentPrefix.length + salt.length, 'utf8');
  return sha256(bytes);
}

/** C2SP tlog-tiles: `<L>/<N>[.p/<W>]` and `entries/<N>[.p/<W>]`, N in groups of three digits, all but the last behind an `x`. */
export function formatTilePath({ level, index, width }: TileName): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g)!;
  const number = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `${level}/${number}${width < tileWidth ? `.p/${width}` : ''}`;
}

/** Reads a tile path in its one canonical form; undefined for anything else. */
export function parseTilePath(path: string): TileName | undefined {
  const parts = /^(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(
    path,
  );
  if (!parts) return undefined;
  const name: TileName = {
    level: parts[1] === 'entries' ? 'entries' : Number(parts[1]),
    index: Number(parts[2]!.replace(/[x/]/g, '')),
    width: parts[3] === undefined ? tileWidth : Number(parts[3]),
  };
  return Number.isSafeInteger(name.index) && formatTilePath(name) === path ? name : undefined;
}

/** How many hashes the tile has in a tree of `treeSize` leaves: 0 (none) to 256. */
export function widthOfTile(level: number | 'entries', index: number, treeSize: number): number {
  const hashes = Math.floor(treeSize / tileWidth ** (level === 'entries' ? 0 : level));
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth));
}

/** Cuts a tile or bundle down to its first `width` items: a partial tile is the beginning of every later one. */
export function cutTile(bytes: Buffer, { level, width }: TileName): Buffer {
  return bytes.subarray(0, width * itemBytes(level));
}

function itemBytes(level: TileName['level']): number {
  return level === 'entries' ? bundledBytes : 32;
}

/**
 * A tile as it stands in a tree of `treeSize`. Its partial file may be gone since the tree grew to `publishedSize`, and then
 * it is the beginning of the later one. Throws TileLost when the store has neither.
 */
export async function readTile(
  tiles: TileSource,
  name: Omit<TileName, 'width'>,
  treeSize: number,
  publishedSize = treeSize,
): Promise<Buffer> {
  const wanted = { ...name, width: widthOfTile(name.level, name.index, treeSize) };
  for (const width of new Set([wanted.width, widthOfTile(name.level, name.index, publishedSize), tileWidth])) {
    const bytes = await tiles.find(formatTilePath({ ...name, width }));
    const cut = bytes && cutTile(bytes, wanted);
    if (cut?.length === wanted.width * itemBytes(name.level)) return cut;
  }
  throw new TileLost(formatTilePath(wanted));
}

export class TileLost extends Error {
  constructor(path: string) {
    super(`tile ${path} is missing or cut short`);
    this.name = 'TileLost';
  }
}

/** The right edge of a tree: at each tile level the hashes that fill no whole tile yet (at most 255). All that growing needs. */
export type Edge = { size: number; levels: Buffer[][]; entries: Buffer[] };

export const emptyEdge: Edge = { size: 0, levels: [], entries: [] };

export async function readEdge(tiles: TileStore, size: number): Promise<Edge> {
  const levels: Buffer[][] = [];
  for (let level = 0; Math.floor(size / tileWidth ** level) > 0; level += 1) {
    const full = Math.floor(size / tileWidth ** (level + 1));
    const isEmpty = widthOfTile(level, full, size) === 0;
    levels.push(isEmpty ? [] : splitEvery(await readTile(tiles, { level, index: full }, size), 32));
  }
  const last = Math.floor(size / tileWidth);
  const bundle =
    size % tileWidth === 0 ? Buffer.alloc(0) : await readTile(tiles, { level: 'entries', index: last }, size);
  return { size, levels, entries: splitEvery(bundle, bundledBytes).map((item) => item.subarray(2)) };
}

/** Adds leaves and names every tile that came to be or changed, each with its content. The same leaves give the same tiles. */
export function extendEdge(edge: Edge, commitments: Uint8Array[]): { edge: Edge; written: Map<string, Buffer> } {
  const levels = edge.levels.map((hashes) => [...hashes]);
  let entries = [...edge.entries];
  const written = new Map<string, Buffer>();
  const changed = new Set<number>();
  let size = edge.size;

  const push = (level: number, hash: Buffer) => {
    levels[level] ??= [];
    const hashes = levels[level];
    hashes.push(hash);
    changed.add(level);
    if (hashes.length < tileWidth) return;
    const index = Math.floor(size / tileWidth ** (level + 1)) - 1;
    written.set(formatTilePath({ level, index, width: tileWidth }), Buffer.concat(hashes));
    levels[level] = [];
    push(level + 1, hashRow(hashes));
  };
  for (const commitment of commitments) {
    entries.push(Buffer.from(commitment));
    size += 1;
    if (entries.length === tileWidth) {
      const index = size / tileWidth - 1;
      written.set(formatTilePath({ level: 'entries', index, width: tileWidth }), bundleEntries(entries));
      entries = [];
    }
    push(0, hashLeaf(commitment));
  }

  if (entries.length > 0 && commitments.length > 0) {
    const name: TileName = { level: 'entries', index: Math.floor(size / tileWidth), width: entries.length };
    written.set(formatTilePath(name), bundleEntries(entries));
  }
  for (const level of changed) {
    const hashes = levels[level]!;
    const index = Math.floor(size / tileWidth ** (level + 1));
    if (hashes.length > 0) written.set(formatTilePath({ level, index, width: hashes.length }), Buffer.concat(hashes));
  }
  return { edge: { size, levels, entries }, written };
}

/** RFC 6962 section 2.1; SHA-256 of nothing for the empty tree. */
export function rootOfEdge(edge: Edge): Buffer {
  let root: Buffer | undefined;
  for (const hashes of edge.levels) {
    const row = root ? [...hashes, root] : hashes;
    if (row.length > 0) root = hashRow(row);
  }
  return root ?? sha256('');
}

/**
 * Reads hashes of subtrees out of tiles, for proofs. Keeps the tiles that it unfolded, `tilesMax` of 16 KB each: hashing a tile
 * anew costs a hundred times a look-up. An unfolded tile is one piece of memory, row above row, so that the collector of
 * garbage has nothing to do with its hashes.
 */
export function createHashReader(tiles: TileSource, tilesMax = 1_024) {
  const unfolded = new Map<string, Promise<Buffer>>();

  /** Proofs that need the same tile at the same time share one reading. */
  const unfold = (level: number, index: number, treeSize: number, publishedSize: number): Promise<Buffer> => {
    const path = formatTilePath({ level, index, width: widthOfTile(level, index, treeSize) });
    const known = unfolded.get(path);
    const rows = known ?? readTile(tiles, { level, index }, treeSize, publishedSize).then(unfoldTile);
    unfolded.delete(path);
    unfolded.set(path, rows);
    if (known) return rows;
    if (unfolded.size > tilesMax) unfolded.delete(unfolded.keys().next().value!);
    // A tile that is away now may be there for the next proof.
    rows.catch(() => {
      if (unfolded.get(path) === rows) unfolded.delete(path);
    });
    return rows;
  };

  /** The Merkle tree hash of a range that RFC 6962 makes a subtree of a tree of `treeSize` leaves. */
  const readHash = async ({ start, end }: LeafRange, treeSize: number, publishedSize: number): Promise<Buffer> => {
    const width = end - start;
    const height = Math.log2(width);
    if (Number.isInteger(height)) {
      const level = Math.floor(height / 8);
      const first = start / tileWidth ** level;
      const index = Math.floor(first / tileWidth);
      const rows = await unfold(level, index, treeSize, publishedSize);
      const hash = hashIn(
        rows,
        widthOfTile(level, index, treeSize),
        height % 8,
        (first % tileWidth) / 2 ** (height % 8),
      );
      if (!hash) throw new Error('range is no subtree of the tree');
      return hash;
    }
    const middle = start + splitPoint(width);
    const [left, right] = await Promise.all([
      readHash({ start, end: middle }, treeSize, publishedSize),
      readHash({ start: middle, end }, treeSize, publishedSize),
    ]);
    return hashNode(left, right);
  };
  return {
    readHashes: (ranges: LeafRange[], treeSize: number, publishedSize = treeSize): Promise<Buffer[]> =>
      Promise.all(ranges.map((range) => readHash(range, treeSize, publishedSize))),
  };
}

/** The hashes of a tile, then those of the whole pairs of the row before, and so on up: 511 hashes for a full tile. */
function unfoldTile(row: Buffer): Buffer {
  const widths = [row.length / 32];
  while (widths.at(-1)! > 1) widths.push(Math.floor(widths.at(-1)! / 2));
  const rows = Buffer.allocUnsafeSlow(widths.reduce((sum, width) => sum + width * 32, 0));
  row.copy(rows);
  let from = 0;
  for (const [height, width] of widths.entries()) {
    const to = from + width * 32;
    hashPairs(rows, { from, pairs: widths[height + 1] ?? 0, to });
    from = to;
  }
  return rows;
}

/** A hash of an unfolded tile of `width` hashes, as bytes of its own; undefined where it has none. */
function hashIn(rows: Buffer, width: number, height: number, place: number): Buffer | undefined {
  let start = 0;
  let count = width;
  for (let row = 0; row < height; row += 1) {
    start += count;
    count = Math.floor(count / 2);
  }
  if (!Number.isInteger(place) || place >= count) return undefined;
  return Buffer.from(rows.subarray((start + place) * 32, (start + place + 1) * 32));
}
export type HashReader = ReturnType<typeof createHashReader>;

function bundleEntries(entries: Buffer[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [Buffer.of(0, entryBytes), entry]));
}

function splitEvery(bytes: Buffer, length: number): Buffer[] {
  const items: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += length) items.push(bytes.subarray(at, at + length));
  return items;
}
