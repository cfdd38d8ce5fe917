import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBatcher } from '#kernel/batching';
import { systemClock } from '#kernel/clock';
import { type Database, migrateDatabase, openDatabase } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { createLedger, type Ledger, ledgerMigrations, openTileFolder, type PreparedEntry } from '#modules/ledger';
import { startPostgres } from '../../tests/support/postgres.ts';
import { percentile } from '../figures.ts';

const leavesMax = 1_000_000;
const inFlight = 2_048;

/**
 * The ledger by itself on PostgreSQL: durable appends by group commit while the tree grows beside them, what an append costs
 * in a small log and in one of a million leaves, and what a proof costs there.
 */
export async function measure(options: string[]): Promise<Record<string, unknown>> {
  const target = Number(options[0] ?? leavesMax);
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-ledger-'));
  const database = await openDatabase({ url: await makeDatabase(server.url) });
  const http = createHttpClient();
  try {
    await migrateDatabase(database, [ledgerMigrations]);
    const keys = memoryKeys();
    const ledger = createLedger({
      database,
      clock: systemClock,
      http,
      log: silentLog,
      logSigner: await keys.signer('log', 'Ed25519'),
      witnessSigner: await keys.signer('witness', 'Ed25519'),
      origin: 'bench.example/ledger',
      witnessName: 'bench.example/witness',
      tiles: openTileFolder(folder),
      neighbours: async () => [],
      quorum: 0,
    });
    ledger.start();
    await append(database, ledger, 1_000);
    const small = await append(database, ledger, 20_000);
    console.log(`at 1,000 leaves: ${describe(small)}`);
    const memoryBefore = process.memoryUsage().rss;
    const filled = await append(database, ledger, Math.max(0, target - 41_000));
    console.log(`filling up: ${describe(filled)}`);
    const large = await append(database, ledger, 20_000);
    console.log(`at ${(target - 20_000).toLocaleString('en')} leaves: ${describe(large)}`);
    await ledger.integrate();
    const memoryGrownMb = (process.memoryUsage().rss - memoryBefore) / 1_048_576;
    const { proofs, roundTrips, proofCpuMicros } = await measureProofs(database, ledger, 500);
    await ledger.stop();
    const { size } = await ledger.statusOf();
    return {
      appendsPerSecond: Math.round(filled.perSecond),
      appendsPerSecondAtStart: Math.round(small.perSecond),
      costRatioLargeToSmall: round(large.cpuMicros / small.cpuMicros),
      timeRatioLargeToSmall: round(small.perSecond / large.perSecond),
      proofP50Ms: round(percentile(proofs, 0.5)),
      proofP99Ms: round(percentile(proofs, 0.99)),
      roundTripP50Ms: round(percentile(roundTrips, 0.5)),
      roundTripP99Ms: round(percentile(roundTrips, 0.99)),
      proofCpuMicros: Math.round(proofCpuMicros),
      memoryGrownMb: Math.round(memoryGrownMb),
      leaves: size,
      postgres: server.version,
    };
  } finally {
    await database.close();
    await http.close();
    rmSync(folder, { recursive: true, force: true });
    server.stop();
  }
}

type Figures = { perSecond: number; cpuMicros: number };

/** As the exchange does it: prepared by each caller, written together, acknowledged when the commit is durable. */
async function append(database: Database, ledger: Ledger, count: number): Promise<Figures> {
  const commit = createBatcher<PreparedEntry, undefined>(
    async (entries) => {
      await database.transaction((tx) => ledger.appendPrepared(tx, entries));
      return entries.map(() => undefined);
    },
    { itemsMax: 512 },
  );
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  let left = count;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await commit(ledger.prepare({ kind: 'evidence-answered', record: makeRecord(), personId: newId() }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, work));
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: count / ((performance.now() - startedAt) / 1_000),
    cpuMicros: (user + system) / count,
  };
}

/** What an answered question leaves in the ledger. */
function makeRecord() {
  return {
    questionId: newId(),
    requester: 'https://sa.example/offices/moe',
    provider: 'https://bh.example/offices/moe',
    evidenceType: 'degree-record',
    version: '1.0',
    fields: ['degree_level', 'university_en', 'graduation_year'],
    purpose: 'degree-recognition',
    caseId: 'SA-2026-000123',
    consentId: newId(),
    questionDigest: '34896fe71746a682a7ce413c0cf7141c8c300d3f9afbdb55e8ce8c947dac6330',
    valuesCommitment: 'ySGtryO2MQAJiDVSHYZpIUOYo4PL2RxPuY1PXqFsgTc=',
    answeredAt: new Date().toISOString(),
  };
}

/**
 * Proofs of leaves from all over the log, each with its opening, read as a page would. Before each the database is asked for
 * nothing: what this one round trip takes on the same machine at the same time, no proof can do without.
 */
async function measureProofs(
  database: Database,
  ledger: Ledger,
  count: number,
): Promise<{ proofs: number[]; roundTrips: number[]; proofCpuMicros: number }> {
  const { rows } = await database.execute(
    `select entry_id from ledger.entries tablesample bernoulli (1) order by random() limit ${count}`,
  );
  const proofs: number[] = [];
  const roundTrips: number[] = [];
  let cpuMicros = 0;
  for (const { entry_id: entryId } of rows as Array<{ entry_id: string }>) {
    const askedAt = performance.now();
    await database.execute('select 1');
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    if (!(await ledger.findProof(entryId))) throw new Error('a leaf has no proof');
    const { user, system } = process.cpuUsage(cpu);
    cpuMicros += user + system;
    roundTrips.push(startedAt - askedAt);
    proofs.push(performance.now() - startedAt);
  }
  return { proofs, roundTrips, proofCpuMicros: cpuMicros / proofs.length };
}

async function makeDatabase(serverUrl: string): Promise<string> {
  const name = `bench_${newId().replaceAll('-', '')}`;
  const server = await openDatabase({ url: serverUrl });
  await server.execute(`create database ${name}`);
  await server.close();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const describe = ({ perSecond, cpuMicros }: Figures) =>
  `${Math.round(perSecond).toLocaleString('en')} durable appends a second, ${cpuMicros.toFixed(1)} µs of this process each`;
const round = (value: number) => Math.round(value * 1_000) / 1_000;
