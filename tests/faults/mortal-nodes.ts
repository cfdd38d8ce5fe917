import { join } from 'node:path';
import type { HttpClient } from '#kernel/http-client';
import type { LauncherConfig } from '../../apps/federation/config.ts';
import { type RunningFederation, type SampleNode, spawnNodes, waitForHealth } from '../../apps/federation/launcher.ts';
import type { Command } from '../support/asking-node.ts';

type WithoutLine<C> = C extends unknown ? Omit<C, 'line'> : never;
export type Order = WithoutLine<Command>;
export type Reply<Result> = { result: Result } | { refusal: string };

/** A node as a process that can be killed and started again on the same folder. */
export type MortalNode = {
  node: SampleNode;
  start(): Promise<void>;
  /** kill -9, and the end of the process awaited. */
  kill(): Promise<void>;
  /** Resolves when the process has ended, by whatever. */
  ended(): Promise<void>;
  /** False when no process runs. */
  signal(signal: NodeJS.Signals): boolean;
  pid(): number | undefined;
  /** SIGTERM, and the end awaited. */
  stop(): Promise<void>;
};

export function createMortalNode(
  node: SampleNode,
  config: LauncherConfig,
  http: HttpClient,
  onLine: (line: string) => void,
): MortalNode & { write(line: string): void } {
  let running: RunningFederation | undefined;
  const child = () => running?.children.get(node.id);
  return {
    node,
    start: async () => {
      running = spawnNodes(
        [node],
        config,
        (_id, line) => onLine(line),
        () => undefined,
      );
      const mine = child()!;
      // Writing to a process that was killed fails; whoever waits for a reply hears of its end.
      mine.stdin!.on('error', () => undefined);
      const end = new Promise<never>((_resolve, reject) =>
        mine.once('exit', (code, signal) => reject(new Ended(node.id, code, signal))),
      );
      if (!(await Promise.race([waitForHealth(node, http, 180_000), end])))
        throw new Error(`${node.id} does not answer within three minutes`);
    },
    kill: async () => {
      const mine = child();
      if (!mine) return;
      const end = new Promise((resolve) => mine.once('exit', resolve));
      mine.kill('SIGKILL');
      await end;
    },
    ended: async () => {
      const mine = child();
      if (mine) await new Promise((resolve) => mine.once('exit', resolve));
    },
    signal: (signal) => child()?.kill(signal) ?? false,
    pid: () => child()?.pid,
    stop: async () => running?.stop(),
    write: (line) => void child()?.stdin?.write(line),
  };
}

export class Ended extends Error {
  readonly signal: string | null;
  constructor(id: string, code: number | null, signal: string | null) {
    super(`${id} ended with ${signal ?? code}`);
    this.signal = signal;
  }
}

/** The asking side: a state's node that takes orders on standard input. What was ordered before a kill ends with it. */
export function createAskingNode(node: SampleNode, config: LauncherConfig, http: HttpClient) {
  const waiting = new Map<number, (reply: Reply<never>) => void>();
  let lines = 0;
  const program = join(import.meta.dirname, '..', 'support', 'asking-node.ts');
  const mortal = createMortalNode({ ...node, main: program }, config, http, (text) => {
    if (!text.startsWith('{"line":')) {
      if (text.trim()) console.error(`[asking node] ${text}`);
      return;
    }
    const { line, ...reply } = JSON.parse(text) as { line: number } & Reply<never>;
    waiting.get(line)?.(reply);
    waiting.delete(line);
  });
  const endOrders = () => {
    for (const end of waiting.values()) end({ refusal: 'asker-killed' });
    waiting.clear();
  };
  return {
    ...mortal,
    kill: async () => {
      await mortal.kill();
      endOrders();
    },
    ended: async () => {
      await mortal.ended();
      endOrders();
    },
    order: <Result>(order: Order): Promise<Reply<Result>> =>
      new Promise((resolve) => {
        lines += 1;
        waiting.set(lines, resolve as (reply: Reply<never>) => void);
        mortal.write(`${JSON.stringify({ line: lines, ...order })}\n`);
      }),
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
