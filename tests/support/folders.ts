import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const roomBytesMin = 4 * 2 ** 30;

/**
 * A new folder for nodes that a test starts and throws away: in memory where the machine has a disk of memory with plenty of room (making and
 * removing a thousand database files per node takes the kernel several times as long on a disk), else among the temporary files. A node
 * that is killed finds its files again in either; whoever tests what a machine without power leaves needs a disk of its own.
 */
export function makeNodesFolder(name: string): string {
  if (!hasRoom()) return mkdtempSync(join(tmpdir(), `${name}-`));
  dropLeftBehind();
  return mkdtempSync(join(memory, `${mark}-${process.pid}-${name}-`));
}

const mark = 'jisr-test';

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= roomBytesMin && process.availableMemory() >= roomBytesMin;
  } catch {
    return false;
  }
}

/** A run that was killed cleared nothing, and memory comes back with no restart of a program. */
function dropLeftBehind(): void {
  for (const name of readdirSync(memory)) {
    const [, pid] = new RegExp(`^${mark}-(\\d+)-`).exec(name) ?? [];
    if (!pid || isRunning(Number(pid))) continue;
    try {
      rmSync(join(memory, name), { recursive: true, force: true });
    } catch {
      // A disk that it had mounted there, or another worker at the same: no fault of the test that comes now.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
