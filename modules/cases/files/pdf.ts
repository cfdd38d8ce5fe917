import { Worker } from 'node:worker_threads';
import { problem } from '../problems.ts';

const deadlineMs = 10_000;
const atOnce = 2;

/**
 * Says whether a PDF is one that an office may open: readable, without a password, without scripts, actions that start programs, and
 * files within it. A stranger's file is read in a thread of its own, with a deadline and little memory: at worst that thread ends.
 */
export function createPdfJudge(): (bytes: Buffer) => Promise<void> {
  let running = 0;
  const waiting: Array<() => void> = [];
  return async (bytes) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      const verdict = await judgeApart(bytes);
      if (verdict !== 'sound') throw problem(verdict);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

type Verdict = 'sound' | 'file-damaged' | 'file-protected' | 'file-active';

function judgeApart(bytes: Buffer): Promise<Verdict> {
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
    workerData: new Uint8Array(bytes),
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
    // What it writes about a broken file is of no use to anybody.
    stdout: true,
    stderr: true,
    execArgv: [],
    env: {},
  });
  let timer: NodeJS.Timeout | undefined;
  return new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve('file-damaged'), deadlineMs);
    worker.once('message', resolve);
    worker.once('error', () => resolve('file-damaged'));
    worker.once('exit', () => resolve('file-damaged'));
  }).finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
}
