import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newId } from '#kernel/ids';
import { parseTilePath, type TileStore } from './tiles.ts';

/** Tiles as files under `folder`, in the layout that C2SP tlog-tiles serves, so that any web server can serve them as they are. */
export function openTileFolder(folder: string): TileStore {
  const at = (path: string) => {
    if (!parseTilePath(path)) throw new TypeError(`not a tile path: ${path}`);
    return join(folder, path);
  };
  return {
    put: async (path, bytes) => {
      const file = at(path);
      await mkdir(dirname(file), { recursive: true });
      const half = `${file}.${newId()}.new`;
      try {
        const handle = await open(half, 'wx', 0o644);
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(half, file);
      } catch (error) {
        await rm(half, { force: true });
        throw error;
      }
    },
    find: async (path) => {
      try {
        return await readFile(at(path));
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    removePartials: (path) => rm(`${at(path)}.p`, { recursive: true, force: true }),
  };
}
