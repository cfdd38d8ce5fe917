import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient } from '#kernel/http-client';
import { spawnNodes, waitForHealth } from '../../apps/federation/launcher.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import { prepareNodes } from '../federation.ts';
import { percentile } from '../figures.ts';
import { cpuSecondsOf, type Program, residentMb, startProgram } from '../processes.ts';
import { type Figures, makeDocument, type Order, type SizeName, sizes } from './load.ts';

const here = import.meta.dirname;
const atOnce = 10;

/**
 * Documents of 1 MB and 20 MB through two nodes, beside a bare pipe of the same bytes through as many hops: bytes a second, and
 * CPU time per megabyte. Then ten large ones at a time, to fast readers and to slow ones: what each node holds of memory above
 * its rest, and of files. `pglite` as an option: both nodes on embedded databases.
 */
export async function measure(options: string[]): Promise<Record<string, unknown>> {
  const server = options.includes('pglite') ? undefined : await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-documents-'));
  const http = createHttpClient();
  const closers: Array<() => Promise<void> | void> = [];
  const start = async (...of: Parameters<typeof startProgram>) => {
    const program = await startProgram(...of);
    closers.push(() => program.stop());
    return program;
  };
  try {
    const registry = await start(join(here, 'bare.ts'), ['registry']);
    const bareProvider = await start(join(here, 'bare.ts'), ['provider', registry.ready]);
    const bareConsumer = await start(join(here, 'bare.ts'), ['consumer', bareProvider.ready]);
    const { nodes, config } = await prepareNodes(folder, server?.url, (states) => useScans(states, registry.ready));
    const find = (id: string) => nodes.find((node) => node.id === id)!;
    const anchor = nodes.find(({ role }) => role === 'anchor')!;
    const running = spawnNodes([anchor], config, report, report);
    closers.push(() => running.stop());
    if (!(await waitForHealth(anchor, http, 60_000))) throw new Error('the anchor does not start');
    const provider = await start(join(here, '..', 'exchange', 'provider.ts'), [find('bh').configFile]);
    const places = [config.statesFolder, find('bh').publicUrl];
    const asker = await start(join(here, 'asker.ts'), [find('sa').configFile, ...places]);
    const bare = { reader: bareConsumer, pids: [bareConsumer, bareProvider].map(pidOf) };
    const full = { reader: asker, pids: [asker, provider].map(pidOf) };

    // Before anything else, so that what a node takes for its first documents counts.
    const filesBefore = bytesIn(config.dataFolder, server !== undefined);
    const fast = await watchMemory(full, { size: 'large', inFlight: atOnce, count: atOnce * 3 });
    const slow = await watchMemory(full, {
      size: 'large',
      inFlight: atOnce,
      count: atOnce,
      bytesPerSecond: 4_000_000,
    });
    const filesGrew = bytesIn(config.dataFolder, server !== undefined) - filesBefore;
    const small = await compare(bare, full, { size: 'small', inFlight: 4, count: 120 });
    const large = await compare(bare, full, { size: 'large', inFlight: 4, count: 12 });
    const [askerMb, providerMb] = [0, 1].map((place) => Math.max(fast[place]!, slow[place]!));
    return {
      ratioSmall: round2(small.ratio),
      ratioLarge: round2(large.ratio),
      smallMbPerSecond: Math.round(small.mbPerSecond),
      largeMbPerSecond: Math.round(large.mbPerSecond),
      bareLargeMbPerSecond: Math.round(large.bareMbPerSecond),
      cpuMsPerMbSmall: round2(small.cpuMsPerMb),
      cpuMsPerMbLarge: round2(large.cpuMsPerMb),
      cpuRatioSmall: round2(small.cpuRatio),
      cpuRatioLarge: round2(large.cpuRatio),
      memoryAboveIdleMb: { asker: askerMb, provider: providerMb, concurrent: atOnce },
      isMemoryBounded: Math.max(askerMb!, providerMb!) <= 64,
      dataFolderGrewBytes: filesGrew,
      database: server?.version ?? 'PGlite',
    };
  } finally {
    for (const close of closers.reverse()) await close();
    await http.close();
    rmSync(folder, { recursive: true, force: true });
    server?.stop();
  }
}

type Side = { reader: Program; pids: number[] };
const pidOf = (program: Program) => program.child.pid!;

/** Puts the measured documents into the records of two people of Bahrain. */
function useScans(statesFolder: string, url: string): void {
  const folder = join(statesFolder, 'bh', 'registries');
  const change = (name: string, alter: (content: Json) => void) => {
    const content = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    alter(content);
    writeFileSync(join(folder, name), JSON.stringify(content));
  };
  change('education.json', (description) => {
    description['documents'] = { server: `${url}/` };
  });
  const people = JSON.parse(readFileSync(join(statesFolder, 'bh', 'people.json'), 'utf8')).people as Json[];
  const personOf: Record<SizeName, string> = { small: 'yousif', large: 'fatima' };
  change('education.rows.json', ({ tables }) => {
    const { degrees, scans } = tables as Record<string, Json[]>;
    for (const size of ['small', 'large'] as const) {
      const { nationalId } = people.find(({ key }) => key === personOf[size])!;
      const sha256 = createHash('sha256').update(makeDocument(size)).digest('hex');
      for (const degree of degrees!.filter((one) => one['national_id'] === nationalId))
        Object.assign(scans!.find((scan) => scan['record_id'] === degree['record_id'])!, {
          file: size,
          bytes: sizes[size],
          sha256,
        });
    }
  });
}
type Json = Record<string, unknown>;

const run = async (side: Side, order: Order) => {
  const before = cpuSecondsOf(side.pids);
  const { figures } = await side.reader.order<{ figures: Figures }>(order);
  const mb = figures.bytes / 1e6;
  return { mbPerSecond: mb / (figures.ms / 1_000), cpuMsPerMb: ((cpuSecondsOf(side.pids) - before) * 1_000) / mb };
};

/** Five rounds of each in turns; the middle one of every figure. */
async function compare(bare: Side, full: Side, order: Order) {
  await run(full, order);
  await run(bare, order);
  type Run = Awaited<ReturnType<typeof run>>;
  const rounds: Array<{ bare: Run; full: Run }> = [];
  for (let round = 0; round < 5; round += 1) {
    const one = await run(bare, order);
    const other = await run(full, order);
    console.log(
      `${order.size}: bare ${one.mbPerSecond.toFixed(0)} MB/s ${one.cpuMsPerMb.toFixed(2)} ms/MB, full ${other.mbPerSecond.toFixed(0)} MB/s ${other.cpuMsPerMb.toFixed(2)} ms/MB`,
    );
    rounds.push({ bare: one, full: other });
  }
  const middle = (figureOf: (round: (typeof rounds)[number]) => number) => percentile(rounds.map(figureOf), 0.5);
  return {
    ratio: middle((round) => round.full.mbPerSecond / round.bare.mbPerSecond),
    mbPerSecond: middle((round) => round.full.mbPerSecond),
    bareMbPerSecond: middle((round) => round.bare.mbPerSecond),
    cpuMsPerMb: middle((round) => round.full.cpuMsPerMb),
    cpuRatio: middle((round) => round.full.cpuMsPerMb / round.bare.cpuMsPerMb),
  };
}

/** The most that each process held while it carried documents, above what it held at rest just before, in MB. */
async function watchMemory(side: Side, order: Order): Promise<number[]> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const rest = side.pids.map(residentMb);
  const most = [...rest];
  const timer = setInterval(() => {
    for (const [place, pid] of side.pids.entries()) most[place] = Math.max(most[place]!, residentMb(pid));
  }, 10);
  await run(side, order);
  clearInterval(timer);
  const above = most.map((mb, place) => mb - rest[place]!);
  console.log(
    `${order.inFlight} at a time${order.bytesPerSecond ? ', slow readers' : ''}: ${rest} MB at rest, +${above}`,
  );
  return above;
}

/** What stands in files of the nodes, databases apart: a spooled document would be here. */
function bytesIn(folder: string, isAll: boolean): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && (isAll || !entry.parentPath.includes('/pglite')))
    .reduce((bytes, { parentPath, name }) => bytes + statSync(join(parentPath, name)).size, 0);
}

const report = (id: string, what: unknown) => console.error(`${id}: ${what}`);
const round2 = (value: number) => Math.round(value * 100) / 100;
