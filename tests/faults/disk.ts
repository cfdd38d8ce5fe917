import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of so many KB of its own, in memory. Needs the right to mount, which few accounts have. */
export function mountSmall(folder: string, kb: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kb}k`, 'tmpfs', folder], { stdio: 'ignore' });
}

/** Takes all the room that is left on a disk, with one file. */
export function fill(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (let bytes = 1_048_576; bytes >= 1_024; bytes /= 2)
      try {
        for (;;) if (writeSync(handle, Buffer.alloc(bytes)) < bytes) break;
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error;
      }
  } finally {
    closeSync(handle);
  }
}

export function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
}

export const canMount: boolean = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-mount-'));
  try {
    mountSmall(folder, 16);
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
})();
