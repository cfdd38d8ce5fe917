import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedger, openTileFolder } from '../index.ts';
import { createHashReader, formatTilePath } from '../tiles.ts';
import { openTestState } from './states.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-tiles-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('two who put the same tiles at once, and take partial ones away meanwhile, leave each tile whole', async () => {
  const [one, other] = [openTileFolder(folder), openTileFolder(folder)];
  const contentOf = (index: number, width: number) => Buffer.alloc(width * 32, index * 7 + width);
  const grow = async (tiles: typeof one) => {
    for (let index = 0; index < 12; index += 1) {
      for (const width of [3, 90, 200])
        await tiles.put(formatTilePath({ level: 0, index, width }), contentOf(index, width));
      const full = formatTilePath({ level: 0, index, width: 256 });
      await tiles.put(full, contentOf(index, 256));
      await tiles.removePartials!(full);
    }
  };
  let isOver = false;
  const torn: string[] = [];
  const reading = (async () => {
    while (!isOver)
      for (let index = 0; index < 12; index += 1)
        for (const width of [3, 90, 200, 256]) {
          const path = formatTilePath({ level: 0, index, width });
          const bytes = await one.find(path);
          if (bytes && !bytes.equals(contentOf(index, width))) torn.push(path);
        }
  })();
  await Promise.all([grow(one), grow(other), grow(one), grow(other)]);
  isOver = true;
  await reading;
  expect(torn).toEqual([]);
  for (let index = 0; index < 12; index += 1)
    expect(await other.find(formatTilePath({ level: 0, index, width: 256 }))).toEqual(contentOf(index, 256));
  expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.new'))).toEqual([]);
});

test('three integrators at once grow one tree: no entry is lost or double, and nothing is signed in two ways', async () => {
  const state = await openTestState('ae');
  const notes: string[] = [];
  try {
    const twins = [1, 2].map(() => createLedger({ ...state.needs, tiles: openTileFolder(state.tileFolder) }));
    const integrators = [state.ledger, ...twins];
    for (let wave = 0; wave < 8; wave += 1) {
      const appended = Array.from({ length: 40 }, (_, at) => state.append({ at: `${wave} ${at}` }));
      await Promise.all(integrators.map((ledger) => ledger.integrate()));
      for (const ledger of integrators) notes.push((await ledger.readCheckpointText())!);
      await Promise.all(appended);
    }
    await state.ledger.integrate();
    const last = (await state.ledger.readCheckpointText())!.split('\n');
    expect(Number(last[1])).toBe(320);
    const reader = createHashReader(openTileFolder(state.tileFolder));
    const sizes = new Map(notes.map((note) => [Number(note.split('\n')[1]), note.split('\n')[2]]));
    expect(sizes.size).toBeGreaterThan(3);
    for (const [size, root] of sizes) {
      const [then] = await reader.readHashes([{ start: 0, end: size }], size, 320);
      expect(then!.toString('base64'), `the root at ${size}`).toBe(root);
    }
    // One note for each size, whoever signed it.
    expect(new Set(notes).size).toBe(sizes.size);
  } finally {
    await state.close();
  }
});
