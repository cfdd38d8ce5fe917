import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '#kernel/ids';
import {
  isSubtree,
  listConsistencyRanges,
  listInclusionRanges,
  splitPoint,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
} from '../merkle.ts';
import {
  createHashReader,
  emptyEdge,
  extendEdge,
  formatTilePath,
  parseTilePath,
  readEdge,
  rootOfEdge,
  type TileStore,
} from '../tiles.ts';

const entry = (index: number) => sha256(`entry ${index}`);
const bytes = (buffer: Buffer) => new Uint8Array(buffer);

/** The definition of RFC 6962 section 2.1, written down a second time and as slowly as it reads. */
function rootByDefinition(start: number, end: number): Buffer {
  if (start === end) return sha256('');
  if (end - start === 1) return sha256(Buffer.concat([Buffer.of(0), entry(start)]));
  const middle = start + splitPoint(end - start);
  return sha256(Buffer.concat([Buffer.of(1), rootByDefinition(start, middle), rootByDefinition(middle, end)]));
}

function keepTiles(): TileStore & { paths: Map<string, Buffer> } {
  const paths = new Map<string, Buffer>();
  return {
    paths,
    put: async (path, content) => void paths.set(path, Buffer.from(content)),
    find: async (path) => paths.get(path),
    removePartials: async (path) => {
      for (const known of paths.keys()) if (known.startsWith(`${path}.p/`)) paths.delete(known);
    },
  };
}

async function growTo(tiles: TileStore, from: number, to: number): Promise<void> {
  const edge = from === 0 ? emptyEdge : await readEdge(tiles, from);
  const grown = extendEdge(
    edge,
    Array.from({ length: to - from }, (_, at) => entry(from + at)),
  );
  for (const [path, content] of grown.written) await tiles.put(path, content);
  expect(rootOfEdge(grown.edge).equals(rootByDefinition(0, to))).toBe(true);
}

describe('a tree kept in tiles', () => {
  test('grown in any steps it has the root of the definition, and every proof read from its tiles verifies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        async (steps, seed) => {
          const tiles = keepTiles();
          const sizes: number[] = [];
          let size = 0;
          for (const step of steps) {
            await growTo(tiles, size, size + step);
            size += step;
            sizes.push(size);
          }
          const reader = createHashReader(tiles);
          const root = bytes(rootByDefinition(0, size));
          const leafIndex = seed % size;
          const path = (await reader.readHashes(listInclusionRanges(leafIndex, size), size)).map(bytes);
          const leafHash = bytes(rootByDefinition(leafIndex, leafIndex + 1));
          expect(await verifyInclusion({ leafIndex, treeSize: size, leafHash, hashes: path, root })).toBe(true);
          expect(
            await verifyInclusion({ leafIndex: (leafIndex + 1) % size, treeSize: size, leafHash, hashes: path, root }),
          ).toBe(size === 1);

          const oldSize = sizes[seed % sizes.length]!;
          const oldRoot = bytes(rootByDefinition(0, oldSize));
          const hashes = (await reader.readHashes(listConsistencyRanges(oldSize, size), size)).map(bytes);
          expect(await verifyConsistency({ oldSize, treeSize: size, oldRoot, root, hashes })).toBe(true);
          const otherRoot = bytes(sha256(oldRoot));
          expect(await verifyConsistency({ oldSize, treeSize: size, oldRoot: otherRoot, root, hashes })).toBe(false);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('every valid subtree that ends where the tree ends, or is perfect, is consistent by its inclusion path', async () => {
    const tiles = keepTiles();
    const size = 70;
    await growTo(tiles, 0, size);
    const reader = createHashReader(tiles);
    const root = bytes(rootByDefinition(0, size));
    for (let start = 0; start < size; start += 8) {
      const end = start + 8;
      if (end > size || !isSubtree({ start, end })) continue;
      const path = listInclusionRanges(start, size).filter((range) => range.start < start || range.end > end);
      const hashes = (await reader.readHashes(path, size)).map(bytes);
      const subtreeRoot = bytes(rootByDefinition(start, end));
      expect(await verifySubtreeConsistency({ start, end, treeSize: size, subtreeRoot, root, hashes })).toBe(true);
    }
  });

  test('a tree over two tile levels is read back from its tiles alone, after the partial files are gone', async () => {
    const tiles = keepTiles();
    await growTo(tiles, 0, 1_000);
    await growTo(tiles, 1_000, 1_100);
    await tiles.removePartials!('0/003');
    await tiles.removePartials!('entries/003');
    const reader = createHashReader(tiles);
    // Size 1,000 stood on the partial tile 0/003.p/232, which has become a whole one.
    const hashes = (await reader.readHashes(listInclusionRanges(990, 1_000), 1_000, 1_100)).map(bytes);
    const leafHash = bytes(rootByDefinition(990, 991));
    const root = bytes(rootByDefinition(0, 1_000));
    expect(await verifyInclusion({ leafIndex: 990, treeSize: 1_000, leafHash, hashes, root })).toBe(true);
    expect(tiles.paths.get('0/000')).toHaveLength(8_192);
    expect(tiles.paths.get('entries/000')).toHaveLength(256 * 34);
    expect(tiles.paths.get('1/000.p/4')).toHaveLength(4 * 32);
  });
});

describe('tile paths', () => {
  test('a path and its name are two forms of one thing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
        fc.oneof(fc.nat({ max: 2_000 }), fc.nat({ max: 2_000_000_000 })),
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          const name = { level, index, width };
          expect(parseTilePath(formatTilePath(name))).toEqual(name);
        },
      ),
    );
    expect(formatTilePath({ level: 2, index: 1_234_067, width: 256 })).toBe('2/x001/x234/067');
    expect(formatTilePath({ level: 'entries', index: 0, width: 7 })).toBe('entries/000.p/7');
  });

  test.each([
    '0/0',
    '00/000',
    '64/000',
    '0/000.p/0',
    '0/000.p/256',
    '0/x000/001',
    '0/../../x',
    '0/000/',
    '-1/000',
    '0/001/x002',
  ])('%s is no tile path', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });
});
