import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { spawnNodes, waitForHealth } from '../../apps/federation/launcher.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import type { Figures, Order } from '../exchange/load.ts';
import { prepareNodes } from '../federation.ts';
import { percentile } from '../figures.ts';
import { cpuSecondsOf, type Program, residentMb, startProgram } from '../processes.ts';

const inFlight = 16;
const here = import.meta.dirname;

/**
 * Sign-ins of people who are signed in already, pushed request to token, at a node on PostgreSQL beside a bare oidc-provider on its
 * memory, in turns in one run. `soak N` does N sign-ins at the node and says what it holds then, in memory and in rows.
 */
export async function measure(options: string[]): Promise<Record<string, unknown>> {
  const soak = options[0] === 'soak' ? Number(options[1] ?? 50_000) : undefined;
  const secondsEach = soak === undefined ? Number(options.find((option) => /^\d+$/.test(option)) ?? 6) : 0;
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-sign-in-'));
  const http = createHttpClient();
  const closers: Array<() => Promise<void> | void> = [];
  const start = async (...of: Parameters<typeof startProgram>) => {
    const program = await startProgram(...of);
    closers.push(() => program.stop());
    return program;
  };
  try {
    const { nodes, config } = await prepareNodes(folder, server.url, () => undefined);
    const home = nodes.find(({ id }) => id === 'bh')!;
    const anchor = nodes.find(({ role }) => role === 'anchor')!;
    const running = spawnNodes([anchor], config, report, report);
    closers.push(() => running.stop());
    if (!(await waitForHealth(anchor, http, 60_000))) throw new Error('the anchor does not start');
    const node = await start(join(here, 'ours.ts'), [home.configFile]);
    const keyFile = join(config.dataFolder, 'bh', 'keys', 'portal.es256.pem');
    const { port, host } = new URL(home.publicUrl);
    const relyingParty = join(here, 'relying-party.ts');
    const clients = [`${home.publicUrl}/portal`, `${home.publicUrl}/signin/callback`];
    const way = [`http://127.0.0.1:${port}`, host, '/eid', ...clients, keyFile];
    const ours = await start(relyingParty, [...way, JSON.stringify(peopleOf(config.statesFolder))]);
    const warmUp = { inFlight, ms: 4_000 };
    await run(ours, warmUp);
    if (soak !== undefined) return await soakNode(ours, node, soak, server.url, config.databasePrefix);

    const yardstick = await start(join(here, 'bare.ts'), [keyFile]);
    const bareHost = new URL(yardstick.ready).host;
    const bareClients = [`${yardstick.ready}/portal`, `${yardstick.ready}/back`];
    const nobody = JSON.stringify(Array.from({ length: inFlight }, () => ({})));
    const bare = await start(relyingParty, [yardstick.ready, bareHost, '', ...bareClients, keyFile, nobody]);
    await run(bare, warmUp);
    const rounds: Array<{ ours: Figures; bare: Figures; cpu: number; bareCpu: number }> = [];
    for (let round = 0; round < 3; round += 1) {
      const order = { inFlight, ms: secondsEach * 1_000 };
      const [bareFigures, bareCpu] = await costed(bare, yardstick, order);
      const [oursFigures, cpu] = await costed(ours, node, order);
      console.log(
        `bare ${rate(bareFigures)}/s, ours ${rate(oursFigures)}/s, ${micros(bareCpu)} and ${micros(cpu)} µs each`,
      );
      if (oursFigures.failed + bareFigures.failed > 0) throw new Error('sign-ins failed');
      rounds.push({ ours: oursFigures, bare: bareFigures, cpu, bareCpu });
    }
    const middle = (figureOf: (round: (typeof rounds)[number]) => number) => percentile(rounds.map(figureOf), 0.5);
    return {
      ratio: Math.round(middle((round) => perSecond(round.ours) / perSecond(round.bare)) * 1_000) / 1_000,
      signInsPerSecond: Math.round(middle((round) => perSecond(round.ours))),
      barePerSecond: Math.round(middle((round) => perSecond(round.bare))),
      cpuMicroseconds: micros(middle((round) => round.cpu)),
      bareCpuMicroseconds: micros(middle((round) => round.bareCpu)),
      p50Ms: Math.round(middle((round) => percentile(round.ours.durationsMs, 0.5)) * 10) / 10,
      p99Ms: Math.round(middle((round) => percentile(round.ours.durationsMs, 0.99)) * 10) / 10,
      database: server.version,
    };
  } finally {
    for (const close of closers.reverse()) await close();
    await http.close();
    rmSync(folder, { recursive: true, force: true });
    server.stop();
  }
}

/** As many sample people of Bahrain as there are places. */
function peopleOf(statesFolder: string): Array<{ nationalId: string; password: string }> {
  const { people } = JSON.parse(readFileSync(join(statesFolder, 'bh', 'people.json'), 'utf8')) as {
    people: Array<{ nationalId: string; password: string }>;
  };
  return people.slice(0, inFlight).map(({ nationalId, password }) => ({ nationalId, password }));
}

/** Ten parts of a soak: what the node holds after each, and what its tables hold that will never be removed. */
async function soakNode(client: Program, node: Program, count: number, databaseUrl: string, prefix: string) {
  const residentMbs: number[] = [];
  let failed = 0;
  for (let tenth = 0; tenth < 10; tenth += 1) {
    failed += (await client.order<{ failed: number }>({ soak: Math.ceil(count / 10) })).failed;
    residentMbs.push(residentMb(node.child.pid!));
    console.log(`${(tenth + 1) * Math.ceil(count / 10)} sign-ins: ${residentMbs.at(-1)} MB`);
  }
  const database = await openDatabase({ url: `${databaseUrl.replace(/\/[^/]*$/, '')}/${prefix}bh` });
  const { rows } = await sql<{ model: string; rows: string; endless: string }>`
    select model, count(*) as rows, count(*) filter (where expires_at is null) as endless
    from identity.oidc_payloads group by model order by model`.execute(database.db);
  await database.close();
  return {
    signIns: count,
    failed,
    residentMbs,
    rows: Object.fromEntries(rows.map((row) => [row.model, Number(row.rows)])),
    rowsWithoutEnd: rows.reduce((sum, { endless }) => sum + Number(endless), 0),
  };
}

async function costed(client: Program, provider: Program, order: Order): Promise<[Figures, number]> {
  const before = cpuSecondsOf([provider.child.pid!]);
  const figures = await run(client, order);
  return [figures, (cpuSecondsOf([provider.child.pid!]) - before) / figures.done];
}

const report = (id: string, what: unknown) => console.error(`${id}: ${what}`);
const run = async (program: Program, order: Order) => (await program.order<{ figures: Figures }>(order)).figures;
const perSecond = (figures: Figures) => figures.done / (figures.ms / 1_000);
const rate = (figures: Figures) => Math.round(perSecond(figures)).toLocaleString('en');
const micros = (seconds: number) => Math.round(seconds * 1e6);
