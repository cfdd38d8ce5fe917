import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient } from '#kernel/http-client';
import { spawnNodes, waitForHealth } from '../../apps/federation/launcher.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import { graduatesOf, type Source } from '../consents.ts';
import { prepareNodes } from '../federation.ts';
import { percentile } from '../figures.ts';
import { cpuSecondsOf, type Program, startProgram } from '../processes.ts';
import type { Figures, Order } from './load.ts';

const inFlight = 32;
const consentsEach = 4;
const states = ['ae', 'bh', 'kw', 'om', 'qa', 'sa'];
const here = import.meta.dirname;

/**
 * Six nodes on one PostgreSQL that all ask one another, thirty pairs, beside one of them asking another one, in turns in one run
 * on the same processes. `ratio`: exchanges a second of all six to those of the two, on the same processors.
 */
export async function measureSix(options: string[]): Promise<Record<string, unknown>> {
  const seconds = Number(options.find((option) => /^\d+$/.test(option)) ?? 6);
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-six-'));
  const http = createHttpClient();
  const closers: Array<() => Promise<void> | void> = [];
  try {
    const { nodes, config } = await prepareNodes(folder, server.url, () => undefined, states);
    const find = (id: string) => nodes.find((node) => node.id === id)!;
    const anchor = nodes.find(({ role }) => role === 'anchor')!;
    const running = spawnNodes([anchor], config, (id, what) => console.error(`${id}: ${what}`), console.error);
    closers.push(() => running.stop());
    if (!(await waitForHealth(anchor, http, 60_000))) throw new Error('the anchor does not start');
    // A person has one code in half a minute, so each asker has people of its own.
    const sourcesOf = (asking: string): Source[] =>
      states
        .filter((home) => home !== asking)
        .map((home) => ({
          homeState: home.toUpperCase(),
          homeUrl: find(home).publicUrl,
          nationalId: graduatesOf(config.statesFolder, home)[states.indexOf(asking)]!,
        }));
    const askers = await Promise.all(
      states.map(async (id) => {
        const places = [config.statesFolder, String(consentsEach), JSON.stringify(sourcesOf(id))];
        const asker = await startProgram(join(here, 'asker.ts'), [find(id).configFile, ...places]);
        closers.push(() => asker.stop());
        return asker;
      }),
    );
    const pids = askers.map(({ child }) => child.pid!);
    const ms = seconds * 1_000;
    const six = () => load(askers, pids, { inFlight: Math.ceil(inFlight / askers.length), ms });
    const two = () => load([askers[states.indexOf('sa')]!], pids, { inFlight, ms, from: 'BH' });
    await six();
    await two();
    const rounds: Array<{ six: Load; two: Load }> = [];
    for (let round = 0; round < 3; round += 1) {
      const figures = { two: await two(), six: await six() };
      console.log(`two ${Math.round(figures.two.perSecond)}/s, six ${Math.round(figures.six.perSecond)}/s`);
      rounds.push(figures);
    }
    const middle = (figureOf: (round: (typeof rounds)[number]) => number) => percentile(rounds.map(figureOf), 0.5);
    return {
      ratio: Math.round(middle((round) => round.six.perSecond / round.two.perSecond) * 1_000) / 1_000,
      sixPerSecond: Math.round(middle((round) => round.six.perSecond)),
      twoPerSecond: Math.round(middle((round) => round.two.perSecond)),
      sixCpuMicroseconds: Math.round(middle((round) => round.six.cpuSeconds * 1e6)),
      twoCpuMicroseconds: Math.round(middle((round) => round.two.cpuSeconds * 1e6)),
      database: server.version,
    };
  } finally {
    for (const close of closers.reverse()) await close();
    await http.close();
    rmSync(folder, { recursive: true, force: true });
    server.stop();
  }
}

type Load = { perSecond: number; cpuSeconds: number };

/** Exchanges a second of several askers together, and what each cost all nodes. */
async function load(askers: Program[], pids: number[], order: Order & { from?: string }): Promise<Load> {
  const before = cpuSecondsOf(pids);
  const all = await Promise.all(askers.map((asker) => asker.order<{ figures: Figures }>(order)));
  const done = all.reduce((sum, { figures }) => sum + figures.done, 0);
  const failed = all.reduce((sum, { figures }) => sum + figures.failed, 0);
  if (failed > 0) throw new Error(`${failed} exchanges failed`);
  return { perSecond: done / (order.ms / 1_000), cpuSeconds: (cpuSecondsOf(pids) - before) / done };
}
