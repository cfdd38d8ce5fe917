import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newId } from '#kernel/ids';
import { parseTilePath, type TileStore } from './tiles.ts';

const attemptsMax = 5;

/** Tiles as files under `folder`, in the layout that C2SP tlog-tiles serves, so that any web server can serve them as they are. */
export function openTileFolder(folder: string): TileStore {
  const at = (path: string) => {
    if (!parseTilePath(path)) throw new TypeError(`not a tile path: ${path}`);
    return join(folder, path);
  };
  return {
    put: async (path, bytes) => {
      const file = at(path);
      for (let attempt = 1; ; attempt += 1)
        try {
          return await write(file, bytes);
        } catch (error) {
          // An integrator that was overtaken: another process has removed the folder of partial tiles under its hands.
          if ((error as { code?: string }).code !== 'ENOENT' || attempt === attemptsMax) throw error;
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
    // Tried again where another process puts something in meanwhile. What is left over then is true and is never read.
    removePartials: (path) => rm(`${at(path)}.p`, { recursive: true, force: true, maxRetries: attemptsMax }),
  };
}

/** Under a name of its own until it is on the disk: whoever reads meanwhile finds the whole tile or none. */
async function write(file: string, bytes: Uint8Array): Promise<void> {
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
}
