import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';

export type Program = {
  child: ChildProcess;
  /** What the program said when it was ready. */
  ready: string;
  /** Sends an order and resolves with the answer to it. */
  order<Answer>(order: object): Promise<Answer>;
  stop(): Promise<void>;
};

/** Starts a program that says `{ ready }` over its channel, then answers one message to each. It ends with this process. */
export async function startProgram(file: string, args: string[], env: Record<string, string> = {}): Promise<Program> {
  const child = fork(file, args, {
    env: { ...process.env, ...env },
    execArgv: process.env['BENCH_PROF'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['BENCH_PROF']}`] : [],
  });
  const next = <Answer>() =>
    new Promise<Answer>((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`${file} ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(message as Answer);
      });
    });
  const { ready } = await next<{ ready: string }>();
  return {
    child,
    ready,
    order: <Answer>(order: object) => {
      const answer = next<Answer>();
      child.send(order);
      return answer;
    },
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        if (child.connected) child.disconnect();
        setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
      }),
  };
}

const ticksPerSecond = 100;

/** CPU seconds that processes have used so far (proc(5), fields 14 and 15 of stat). */
export function cpuSecondsOf(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const fields = statOf(pid);
    if (fields) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / ticksPerSecond;
}

/** What a process holds of the machine's memory, in MB, with pages it shares (proc(5), VmRSS). */
export function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1024);
}

function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    // Ended meanwhile.
    return undefined;
  }
}
