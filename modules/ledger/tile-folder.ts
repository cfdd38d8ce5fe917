import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newId } from '#kernel/ids';
import { parseTilePath, type TileStore } from './tiles.ts';

const attemptsMax = 5;
/** The largest that there is: a bundle of 256 commitments, each behind its length. */
const fileBytesMax = 256 * 34;

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
      let handle: FileHandle;
      try {
        handle = await open(at(path), 'r');
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(fileBytesMax), 0, fileBytesMax, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        // A proof waits for the bytes, and for nothing else that a thread has to be found for.
        handle.close().catch(() => {
          // It was only read from: there is nothing that could be lost.
        });
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
