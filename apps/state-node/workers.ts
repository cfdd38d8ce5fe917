import cluster, { type Worker } from 'node:cluster';
import { basename } from 'node:path';
import { createLog } from '#kernel/log';
import type { NodeConfig } from './config.ts';
import { nodeProblem } from './contract.ts';

/** The other processes of a node on this machine, as one of them knows them. */
export type Siblings = {
  /** 1 and up; a process that takes the place of a dead one has its number. */
  place: number;
  /** What the others hear when one of them gathers. */
  answerWith(read: () => Promise<string>): void;
  /** What every process answers, this one too; one that does not within two seconds is left out. */
  gather(): Promise<Gathered>;
};

export type Gathered = { texts: string[]; wanted: number; ready: number; restarts: number };

type Told =
  | { is: 'ready' }
  | { is: 'alive' }
  | { is: 'gather'; order: number }
  | { is: 'answer'; order: number; text: string };
type Asked =
  | { is: 'stop' }
  | { is: 'ping' }
  | { is: 'read'; order: number }
  | ({ is: 'gathered'; order: number } & Gathered);

const gatherMsMax = 2_000;
/** Less than whoever stops the node waits for its end. */
const stopMsMax = 12_000;
const livedLongMs = 60_000;

/** How long the place of a process stays empty that died for the n-th time without having lived a minute. */
export function restartDelayMs(deathsInARow: number): number {
  return Math.min(30_000, 250 * 2 ** (deathsInARow - 1));
}

type Kept = { worker: Worker; isReady: boolean; heardAtMs: number };

/**
 * Runs a node as `config.workers` processes behind its one address. This process holds the port, from which the others take their
 * connections, and replaces who dies; it opens no database and answers nothing. The first process starts alone, so that migrations, keys and samples are made
 * once; if it cannot start, the node does not (`worker-not-started`). `silentMsMax`: who says nothing for so long is ended.
 */
export async function startWorkers(
  config: NodeConfig,
  configFile: string,
  { silentMsMax = 30_000 } = {},
): Promise<{ stop(): Promise<void> }> {
  const wanted = config.workers ?? 1;
  const log = createLog({ name: basename(config.stateFolder), level: config.logLevel });
  const kept = new Map<number, Kept>();
  const waiting = new Map<number, (text: string) => void>();
  let orders = 0;
  let restarts = 0;
  let isStopping = false;
  // Handed out by this process, the connection that is on its way to one that dies would be lost, and its client wait for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;

  const gather = async (): Promise<Gathered> => {
    const ready = [...kept.values()].filter(({ isReady }) => isReady);
    const texts = await Promise.all(
      ready.map(({ worker }) => {
        const order = ++orders;
        return new Promise<string | undefined>((resolve) => {
          const late = setTimeout(() => resolve(undefined), gatherMsMax);
          waiting.set(order, (text) => {
            clearTimeout(late);
            resolve(text);
          });
          send(worker, { is: 'read', order });
        }).finally(() => waiting.delete(order));
      }),
    );
    return { texts: texts.filter((text) => text !== undefined), wanted, ready: ready.length, restarts };
  };

  /** Resolves when the process is ready, with false when it ends before. */
  const start = (place: number, deathsInARow = 0): Promise<boolean> => {
    cluster.setupPrimary({
      args: [configFile, `--worker=${place}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const startedAtMs = performance.now();
    const worker = cluster.fork();
    const mine: Kept = { worker, isReady: false, heardAtMs: startedAtMs };
    kept.set(place, mine);
    return new Promise((resolve) => {
      worker.on('message', (told: Told) => {
        mine.heardAtMs = performance.now();
        if (told.is === 'answer') waiting.get(told.order)?.(told.text);
        if (told.is === 'gather')
          void gather().then((gathered) => send(worker, { is: 'gathered', order: told.order, ...gathered }));
        if (told.is !== 'ready') return;
        mine.isReady = true;
        resolve(true);
      });
      worker.once('exit', (code, signal) => {
        kept.delete(place);
        resolve(false);
        if (isStopping || !isStarted) return;
        const deaths = performance.now() - startedAtMs > livedLongMs ? 1 : deathsInARow + 1;
        const delayMs = restartDelayMs(deaths);
        log.error(
          { worker: place, workerPid: worker.process.pid, code, signal, delayMs },
          'a process of the node ended',
        );
        restarts += 1;
        setTimeout(() => isStopping || void start(place, deaths), delayMs);
      });
    });
  };

  const checkEveryMs = silentMsMax / 6;
  let checkedAtMs = performance.now();
  const checking = setInterval(() => {
    const nowMs = performance.now();
    // This process itself stood still: what the others said meanwhile is not read yet.
    const wasAway = nowMs - checkedAtMs > 2 * checkEveryMs;
    checkedAtMs = nowMs;
    for (const [place, { worker, isReady, heardAtMs }] of kept) {
      send(worker, { is: 'ping' });
      if (!isReady || wasAway || nowMs - heardAtMs < silentMsMax) continue;
      log.error({ worker: place, workerPid: worker.process.pid }, 'a process of the node stands still and is ended');
      worker.process.kill('SIGKILL');
    }
  }, checkEveryMs);

  let isStarted = false;
  if (!(await start(1))) {
    clearInterval(checking);
    throw nodeProblem('worker-not-started');
  }
  isStarted = true;
  for (let place = 2; place <= wanted; place += 1) void start(place);

  return {
    stop: async () => {
      isStopping = true;
      clearInterval(checking);
      await Promise.all(
        [...kept.values()].map(async ({ worker, isReady }) => {
          const end = new Promise((resolve) => worker.once('exit', resolve));
          // One that has not begun to answer has nothing to end in order.
          if (isReady) send(worker, { is: 'stop' });
          else worker.process.kill('SIGKILL');
          const late = setTimeout(() => worker.process.kill('SIGKILL'), stopMsMax);
          await end;
          clearTimeout(late);
        }),
      );
    },
  };
}

/** To one that has just died nothing can be said, and its end is heard of elsewhere. */
function send(worker: Worker, asked: Asked): void {
  if (worker.isConnected()) worker.send(asked, () => undefined);
}

/** The other side of `startWorkers`, in one of its processes. */
export function joinSiblings(place: number): Siblings & { announceReady(): void } {
  const tell = (told: Told) => void process.send?.(told);
  const waiting = new Map<number, (gathered: Gathered) => void>();
  let orders = 0;
  let read = async () => '';
  process.on('message', (asked: Asked) => {
    if (asked.is === 'ping') tell({ is: 'alive' });
    if (asked.is === 'read') void read().then((text) => tell({ is: 'answer', order: asked.order, text }));
    if (asked.is === 'gathered') waiting.get(asked.order)?.(asked);
  });
  return {
    place,
    answerWith: (next) => {
      read = next;
    },
    gather: () => {
      const order = ++orders;
      return new Promise<Gathered>((resolve) => {
        waiting.set(order, resolve);
        tell({ is: 'gather', order });
      }).finally(() => waiting.delete(order));
    },
    announceReady: () => tell({ is: 'ready' }),
  };
}
