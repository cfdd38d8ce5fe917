import { argon2, argon2Sync, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { percentile } from '../figures.ts';

const derive = promisify(argon2);
const rounds = 30;

/** The choices of OWASP's Password Storage Cheat Sheet, RFC 9106's second recommended option, and what is between. */
const choices = [
  { name: 'owasp-7', memory: 7_168, passes: 5, parallelism: 1 },
  { name: 'owasp-12', memory: 12_288, passes: 3, parallelism: 1 },
  { name: 'owasp-19 (in use)', memory: 19_456, passes: 2, parallelism: 1 },
  { name: 'owasp-46', memory: 47_104, passes: 1, parallelism: 1 },
  { name: '64 MiB, 3 passes', memory: 65_536, passes: 3, parallelism: 1 },
  { name: 'rfc9106-second', memory: 65_536, passes: 3, parallelism: 4 },
];

/**
 * What checking a password costs by the parameters of argon2id: milliseconds of one check alone, and checks a second while
 * eight wait, as a ratio to those in use. `cpuMs` is what counts on a shared machine.
 */
export async function measure(): Promise<Record<string, unknown>> {
  const message = Buffer.from('three camels cross the bridge');
  const figures: Array<{ name: string; memoryMiB: number; cpuMs: number; medianMs: number; perSecond: number }> = [];
  for (const { name, ...cost } of choices) {
    const given = () => ({ message, nonce: randomBytes(16), ...cost, tagLength: 32 });
    argon2Sync('argon2id', given());
    const alone: number[] = [];
    const cpuBefore = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) {
      const from = performance.now();
      argon2Sync('argon2id', given());
      alone.push(performance.now() - from);
    }
    const cpu = process.cpuUsage(cpuBefore);
    const from = performance.now();
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let round = 0; round < rounds / 5; round += 1) await derive('argon2id', given());
      }),
    );
    const seconds = (performance.now() - from) / 1_000;
    figures.push({
      name,
      memoryMiB: Math.round(cost.memory / 1_024),
      cpuMs: round1((cpu.user + cpu.system) / 1_000 / rounds),
      medianMs: round1(percentile(alone, 0.5)),
      perSecond: round1((8 * (rounds / 5)) / seconds),
    });
  }
  const inUse = figures.find(({ name }) => name.includes('in use'))!;
  console.table(figures.map((one) => ({ ...one, costRatio: round1(one.cpuMs / inUse.cpuMs) })));
  return { cpuMs: inUse.cpuMs, perSecond: inUse.perSecond, memoryMiB: inUse.memoryMiB };
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
