import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { readOperatorFolder } from '#kernel/operator';
import type { LauncherConfig } from '../../apps/federation/config.ts';
import { type SampleNode, spawnNodes, waitForHealth } from '../../apps/federation/launcher.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import type { Figures, Order } from '../exchange/load.ts';
import { widenRecords } from '../exchange/main.ts';
import { prepareNodes } from '../federation.ts';
import { percentile } from '../figures.ts';
import { cpuSecondsOf, type Program, residentMb, startProgram } from '../processes.ts';

const inFlight = 128;
const rounds = 3;
const warmUpAnswers = 3_000;
const here = import.meta.dirname;

/**
 * Answers a second of one node as one process and as two, in turns in one run, to questions that were signed ahead: each a full
 * answer under a law, with trust chain, rules of access, registry, ledger entry and signature. (Answers on one consent wait for each
 * other.) The load and PostgreSQL use the same cores.
 */
export async function measure(options: string[]): Promise<Record<string, unknown>> {
  const seconds = Number(options.find((option) => /^\d+$/.test(option)) ?? 6);
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-workers-'));
  const http = createHttpClient();
  const closers: Array<() => Promise<void> | void> = [];
  try {
    const { nodes, config } = await prepareNodes(folder, server.url, widenRecords);
    const find = (id: string) => nodes.find((node) => node.id === id)!;
    const [anchor, bh, sa] = [nodes.find(({ role }) => role === 'anchor')!, find('bh'), find('sa')];
    const running = spawnNodes([anchor, sa], config, report, report);
    closers.push(() => running.stop());
    for (const node of [anchor, sa])
      if (!(await waitForHealth(node, http, 60_000))) throw new Error(`${node.id} does not start`);
    const people = samplePeople(config.statesFolder).filter(({ state }) => state === 'bh');
    const questioner = await startProgram(join(here, 'questioner.ts'), [
      join(config.dataFolder, 'sa', 'keys'),
      sa.publicUrl,
      bh.publicUrl,
      people.map(({ nationalId }) => nationalId).join(),
    ]);
    closers.push(() => questioner.stop());

    const measured: Record<number, Round[]> = { 1: [], 2: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const workers of [1, 2]) {
        const node = await startNode(bh, workers, config, http);
        try {
          const figures = await run(questioner, node.pids(), workers, seconds);
          console.log(`${workers} process(es): ${Math.round(figures.perSecond)}/s, p99 ${figures.p99Ms.toFixed(0)} ms`);
          measured[workers]!.push(figures);
        } finally {
          await node.stop();
        }
      }
    const middle = (workers: number, figureOf: (round: Round) => number) =>
      percentile(measured[workers]!.map(figureOf), 0.5);
    const [one, two] = [1, 2].map((workers) => middle(workers, ({ perSecond }) => perSecond)) as [number, number];
    return {
      ratio: Math.round((two / one) * 1_000) / 1_000,
      onePerSecond: Math.round(one),
      twoPerSecond: Math.round(two),
      oneP50Ms: Math.round(middle(1, ({ p50Ms }) => p50Ms)),
      twoP50Ms: Math.round(middle(2, ({ p50Ms }) => p50Ms)),
      oneP99Ms: Math.round(middle(1, ({ p99Ms }) => p99Ms)),
      twoP99Ms: Math.round(middle(2, ({ p99Ms }) => p99Ms)),
      oneCpuMicroseconds: Math.round(middle(1, ({ cpuSeconds }) => cpuSeconds) * 1e6),
      twoCpuMicroseconds: Math.round(middle(2, ({ cpuSeconds }) => cpuSeconds) * 1e6),
      processMb: middle(2, ({ memoryMb }) => memoryMb),
      database: server.version,
    };
  } finally {
    for (const close of closers.reverse()) await close();
    await http.close();
    rmSync(folder, { recursive: true, force: true });
    server.stop();
  }
}

type Round = { perSecond: number; p50Ms: number; p99Ms: number; cpuSeconds: number; memoryMb: number };

async function run(questioner: Program, pids: number[], workers: number, seconds: number): Promise<Round> {
  const load = async (ms: number) => {
    const { figures } = await questioner.order<{ figures: Figures }>({ inFlight, ms } satisfies Order);
    if (figures.failed > 0) throw new Error(`${figures.failed} questions failed`);
    return figures;
  };
  // Each process is as warm, however busy the machine is: code is compiled by how often it ran.
  let warm: Figures | undefined;
  for (let answers = 0; answers < warmUpAnswers * workers; answers += warm.done) {
    await questioner.order({ sign: 4_000 });
    warm = await load(1_000);
  }
  const rate = warm!.done / warm!.ms;
  // Twice what the warm-up says, so that they do not run out.
  await questioner.order({ sign: Math.round(rate * seconds * 2_000) + 1_000 });
  const before = cpuSecondsOf(pids);
  const figures = await load(seconds * 1_000);
  return {
    perSecond: figures.done / (figures.ms / 1_000),
    p50Ms: percentile(figures.durationsMs, 0.5),
    p99Ms: percentile(figures.durationsMs, 0.99),
    cpuSeconds: (cpuSecondsOf(pids) - before) / figures.done,
    memoryMb: Math.max(...pids.map(residentMb)),
  };
}

/** The node as so many processes, all of them ready. */
async function startNode(node: SampleNode, workers: number, config: LauncherConfig, http: HttpClient) {
  const content = JSON.parse(readFileSync(node.configFile, 'utf8'));
  writeFileSync(node.configFile, JSON.stringify({ ...content, workers }));
  // As an operator starts it, without what makes the sample federation small.
  const child = spawn(process.execPath, [node.main, node.configFile, '--ends-with-parent'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (!(await waitForHealth(node, http, 60_000))) throw new Error('the node does not start');
  while (workers > 1 && !(await hasReady(workers))) await new Promise((resolve) => setTimeout(resolve, 200));
  const { pid } = child;
  return {
    pids: () => [
      pid!,
      ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    ],
    stop: () => {
      child.kill('SIGTERM');
      return end;
    },
  };

  async function hasReady(wanted: number): Promise<boolean> {
    const operator = readOperatorFolder(join(config.dataFolder, node.id));
    if (!operator) return false;
    const headers = { authorization: `Bearer ${operator.secret}` };
    const answer = await http.request({ method: 'GET', url: `${operator.url}/metrics`, headers });
    return answer.body.toString('utf8').includes(`jisr_workers{is="ready",state="BH"} ${wanted}`);
  }
}

const report = (id: string, what: unknown) => console.error(`${id}: ${what}`);
