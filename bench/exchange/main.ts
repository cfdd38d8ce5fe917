import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { spawnNodes, waitForHealth } from '../../apps/federation/launcher.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import { numberOf, type Source } from '../consents.ts';
import { prepareNodes } from '../federation.ts';
import { percentile } from '../figures.ts';
import { cpuSecondsOf, type Program, residentMb, startProgram } from '../processes.ts';
import type { Figures, Order } from './load.ts';
import { measureSix } from './six.ts';

const inFlight = 32;
const here = import.meta.dirname;

/** Two kilobytes of evidence, in the widest values that the evidence type takes. */
const record = {
  degree_level: 'bachelor',
  field_of_study: 'Software engineering and distributed systems '.repeat(4).trim(),
  field_code: '0613',
  university_ar: 'جامعة البحرين للعلوم والتقنية '.repeat(6).trim(),
  university_en: 'University of Bahrain for Science and Technology '.repeat(4).trim(),
  university_id: 'uob.edu.bh',
  graduation_year: 2021,
  gpa: 3.61,
  gpa_scale: 4,
  study_mode: 'full-time',
};

/**
 * Full exchanges between two nodes, with all that an exchange is, beside a bare pipeline that carries the same bodies and beside
 * one that signs and checks them, in turns in one run; then the same with a signature of its own on every message. The pipeline
 * that signs is the limit of what a plain exchange can reach where this runs. `pglite` as an option: both nodes on embedded
 * databases. `six`: six nodes that all ask one another, beside two of them.
 */
export async function measure(options: string[]): Promise<Record<string, unknown>> {
  if (options.includes('six')) return measureSix(options);
  const isEmbedded = options.includes('pglite');
  const seconds = Number(options.find((option) => /^\d+$/.test(option)) ?? 6);
  const server = isEmbedded ? undefined : await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-exchange-'));
  const http = createHttpClient();
  const closers: Array<() => Promise<void> | void> = [];
  try {
    const bare = await startPipeline(closers);
    const signed = await startPipeline(closers, newKey());
    const { nodes, config } = await prepareNodes(folder, server?.url, widenRecords);
    const find = (id: string) => nodes.find((node) => node.id === id)!;
    const anchor = nodes.find(({ role }) => role === 'anchor')!;
    const running = spawnNodes([anchor], config, report, report);
    closers.push(() => running.stop());
    if (!(await waitForHealth(anchor, http, 60_000))) throw new Error('the anchor does not start');
    const startPair = async (earlierAsks: string[]): Promise<Pair> => {
      const provider = await startProgram(join(here, 'provider.ts'), [find('bh').configFile]);
      closers.push(() => provider.stop());
      const nationalId = numberOf(config.statesFolder, 'BH', 'fatima');
      const sources: Source[] = [{ homeState: 'BH', homeUrl: find('bh').publicUrl, nationalId }];
      const places = [config.statesFolder, String(inFlight), JSON.stringify(sources)];
      const asker = await startProgram(join(here, 'asker.ts'), [find('sa').configFile, ...places, ...earlierAsks]);
      closers.push(() => asker.stop());
      return { asker, provider };
    };

    const pair = await startPair([]);
    const stored = () => storedBytes(config.dataFolder, server?.url);
    const before = await stored();
    const shared = await compare(bare, signed, pair, seconds);
    const after = await stored();
    const halfLoad = { inFlight, ms: seconds * 1_000, perSecond: shared.perSecond / 2 };
    const bareHalf = await run(bare.consumer, halfLoad);
    const fullHalf = await run(pair.asker, halfLoad);
    const added = (share: number) =>
      round2(percentile(fullHalf.durationsMs, share) - percentile(bareHalf.durationsMs, share));
    const askerMb = residentMb(pair.asker.child.pid!);
    const providerMb = residentMb(pair.provider.child.pid!);
    await pair.asker.stop();
    await pair.provider.stop();

    for (const id of ['sa', 'bh']) {
      const file = find(id).configFile;
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), batchSignatures: false }));
    }
    const plain = await compare(bare, signed, await startPair([pair.asker.ready]), seconds);
    return {
      ratio: round3(shared.ratio),
      ratioPlain: round3(plain.ratio),
      ratioOfSignedPipeline: round3(plain.ratioSigned),
      exchangesPerSecond: Math.round(shared.perSecond),
      plainPerSecond: Math.round(plain.perSecond),
      barePerSecond: Math.round(shared.barePerSecond),
      signedPipelinePerSecond: Math.round(plain.signedPerSecond),
      cpuMicroseconds: Math.round(shared.cpuSeconds * 1e6),
      cpuOfSignedPipeline: round2(plain.cpuSeconds / plain.signedCpuSeconds),
      p50Ms: round2(shared.p50Ms),
      p99Ms: round2(shared.p99Ms),
      addedP50MsAtHalfLoad: added(0.5),
      addedP99MsAtHalfLoad: added(0.99),
      databaseBytes: Math.round((after.database - before.database) / shared.done),
      tileBytes: Math.round((after.tiles - before.tiles) / shared.done),
      askerMb,
      providerMb,
      database: server?.version ?? 'PGlite',
    };
  } finally {
    for (const close of closers.reverse()) await close();
    await http.close();
    rmSync(folder, { recursive: true, force: true });
    server?.stop();
  }
}

/** What both nodes hold on disk: in all databases, and in the published tiles. */
async function storedBytes(dataFolder: string, databaseUrl: string | undefined) {
  const filesIn = (folder: string, isCounted: (path: string) => boolean) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && isCounted(entry.parentPath))
      .reduce(
        (bytes, { parentPath, name }) =>
          bytes + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
  // Partial tiles come and go while nodes work off what they were asked last.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const tiles = filesIn(dataFolder, (path) => path.includes('/tiles'));
  if (!databaseUrl) return { tiles, database: filesIn(dataFolder, (path) => path.includes('/pglite')) };
  const database = await openDatabase({ url: databaseUrl });
  const { rows } = await sql<{ bytes: string }>`select sum(pg_database_size(oid)) as bytes from pg_database`.execute(
    database.db,
  );
  await database.close();
  return { tiles, database: Number(rows[0]!.bytes) };
}

/** Every record of the holding state as wide as can be. */
export function widenRecords(statesFolder: string): void {
  const file = join(statesFolder, 'bh', 'registries', 'education.rows.json');
  const rows = JSON.parse(readFileSync(file, 'utf8'));
  for (const row of rows.tables.degrees) Object.assign(row, record);
  writeFileSync(file, JSON.stringify(rows));
}

type Pair = { asker: Program; provider: Program };

/** Three rounds of each in turns; the middle one of every figure. */
async function compare(bare: Pipeline, signed: Pipeline, { asker, provider }: Pair, seconds: number) {
  const order = { inFlight, ms: seconds * 1_000 };
  const rounds: Array<{ bare: Turn; signed: Turn; full: Turn }> = [];
  const warmUp = await run(asker, { inFlight, ms: 3_000 });
  for (const { consumer } of [bare, signed]) await run(consumer, { inFlight, ms: 1_000 });
  for (let round = 0; round < 3; round += 1) {
    const one = {
      bare: await turn(bare.consumer, bare.programs, order),
      signed: await turn(signed.consumer, signed.programs, order),
      full: await turn(asker, [asker, provider], order),
    };
    console.log(
      `bare ${rate(one.bare)}/s, signed ${rate(one.signed)}/s, full ${rate(one.full)}/s, ${Math.round(one.full.cpuSeconds * 1e6)} µs of both nodes each`,
    );
    if (one.full.failed > 0) throw new Error(`${one.full.failed} exchanges failed`);
    rounds.push(one);
  }
  type Round = (typeof rounds)[number];
  const middle = (figureOf: (round: Round) => number) => percentile(rounds.map(figureOf), 0.5);
  return {
    done: rounds.reduce((done, { full }) => done + full.done, warmUp.done),
    ratio: middle((round) => perSecond(round.full) / perSecond(round.bare)),
    ratioSigned: middle((round) => perSecond(round.signed) / perSecond(round.bare)),
    perSecond: middle((round) => perSecond(round.full)),
    barePerSecond: middle((round) => perSecond(round.bare)),
    signedPerSecond: middle((round) => perSecond(round.signed)),
    cpuSeconds: middle((round) => round.full.cpuSeconds),
    signedCpuSeconds: middle((round) => round.signed.cpuSeconds),
    p50Ms: middle((round) => percentile(round.full.durationsMs, 0.5)),
    p99Ms: middle((round) => percentile(round.full.durationsMs, 0.99)),
  };
}

/** One order, with the processor seconds that the programs spent on each of what was done. */
type Turn = Figures & { cpuSeconds: number };
async function turn(driver: Program, programs: readonly Program[], order: Order): Promise<Turn> {
  const pids = programs.map(({ child }) => child.pid!);
  const before = cpuSecondsOf(pids);
  const figures = await run(driver, order);
  return { ...figures, cpuSeconds: (cpuSecondsOf(pids) - before) / figures.done };
}

type Pipeline = { consumer: Program; programs: Program[] };

async function startPipeline(
  closers: Array<() => Promise<void> | void>,
  env: Record<string, string> = {},
): Promise<Pipeline> {
  const file = join(here, 'bare.ts');
  const registry = await startProgram(file, ['registry'], { ...env, BENCH_RECORD: JSON.stringify(record) });
  const provider = await startProgram(file, ['provider', registry.ready], env);
  const consumer = await startProgram(file, ['consumer', provider.ready], env);
  const programs = [registry, provider, consumer];
  for (const program of programs) closers.push(() => program.stop());
  return { consumer, programs };
}

/** The key of a pipeline that signs: both of its sides sign with it, which costs what two keys cost. */
function newKey(): Record<string, string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { BENCH_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

const report = (id: string, what: unknown) => console.error(`${id}: ${what}`);
const run = async (program: Program, order: Order) => (await program.order<{ figures: Figures }>(order)).figures;
const perSecond = (figures: Figures) => figures.done / (figures.ms / 1_000);
const rate = (figures: Figures) => Math.round(perSecond(figures)).toLocaleString('en');
const round3 = (value: number) => Math.round(value * 1_000) / 1_000;
const round2 = (value: number) => Math.round(value * 100) / 100;
