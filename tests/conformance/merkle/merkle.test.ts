import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
// The pure Merkle functions are judged directly, below the door, because the vectors speak of trees and not of entries.
import {
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from '../../../modules/ledger/merkle.ts';

type Vector = Record<'leafIdx' | 'treeSize' | 'start' | 'end' | 'size' | 'size1' | 'size2', number> & {
  root: string;
  root1: string;
  root2: string;
  leafHash: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
};

const folder = join(import.meta.dirname, 'vectors/testdata');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const hashesOf = (vector: Vector) => (vector.proof ?? []).map(bytes);

const judges: Record<string, { count: number; verify: (vector: Vector) => Promise<boolean> }> = {
  inclusion: {
    count: 98,
    verify: (v) =>
      verifyInclusion({
        leafIndex: v.leafIdx,
        treeSize: v.treeSize,
        leafHash: bytes(v.leafHash),
        hashes: hashesOf(v),
        root: bytes(v.root),
      }),
  },
  consistency: {
    count: 98,
    verify: (v) =>
      verifyConsistency({
        oldSize: v.size1,
        treeSize: v.size2,
        oldRoot: bytes(v.root1),
        root: bytes(v.root2),
        hashes: hashesOf(v),
      }),
  },
  subtreeinclusion: {
    count: 204,
    verify: (v) =>
      verifySubtreeInclusion({
        leafIndex: v.leafIdx,
        start: v.start,
        end: v.end,
        leafHash: bytes(v.leafHash),
        hashes: hashesOf(v),
        root: bytes(v.root),
      }),
  },
  subtreeconsistency: {
    count: 118,
    verify: (v) =>
      verifySubtreeConsistency({
        start: v.start,
        end: v.end,
        treeSize: v.size,
        subtreeRoot: bytes(v.root1),
        root: bytes(v.root2),
        hashes: hashesOf(v),
      }),
  },
};

describe('the public Merkle vectors', () => {
  for (const [family, judge] of Object.entries(judges)) {
    test(`all ${judge.count} ${family} vectors are judged as their authors judge them`, async () => {
      const files = readdirSync(join(folder, family), { recursive: true, encoding: 'utf8' }).filter((f) =>
        f.endsWith('.json'),
      );
      const wrong: string[] = [];
      let accepted = 0;
      for (const file of files) {
        const vector = JSON.parse(readFileSync(join(folder, family, file), 'utf8')) as Vector;
        const isValid = await judge.verify(vector);
        if (isValid) accepted += 1;
        if (isValid === vector.wantErr) wrong.push(`${file}: ${vector.desc}`);
      }
      expect(wrong).toEqual([]);
      expect(files).toHaveLength(judge.count);
      expect(accepted).toBeGreaterThan(0);
      expect(accepted).toBeLessThan(files.length);
    });
  }
});
