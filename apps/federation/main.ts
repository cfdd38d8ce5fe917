import { rmSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { createLog } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { readLauncherConfig } from './config.ts';
import {
  findBusyPorts,
  isWorthShowing,
  prepareEmbeddedDatabases,
  prepareFederation,
  type RunningFederation,
  spawnNodes,
  startInTurn,
  waitUntilAcquainted,
} from './launcher.ts';
import { playPort, readPlayAccounts } from './payments.ts';
import { samplePeople, startPhone } from './phone.ts';
import { printTable } from './table.ts';
import { initialiseTemplate } from './template.ts';

const usage = `npm start [-- --workers <processes of each state's node, 1 to 16>]
npm run reset

  --workers 2   each state's node as two processes behind its address; needs PostgreSQL (DATABASE_URL)

Variables: docs/operations.md`;

const root = join(import.meta.dirname, '..', '..');
const { order, workers } = readCommand();
const config = { ...readLauncherConfig(root), workers };
const [major] = process.versions.node.split('.').map(Number);
if (major !== 24) stopWith(`The federation runs on Node 24; this is ${process.version}. Start it with: npm start`);

if (order === 'reset') {
  const nodes = await prepareFederation(config);
  const busy = await findBusyPorts(nodes, config.host);
  if (busy.length > 0) stopWith('The federation is still running. Stop it (Ctrl-C where it runs), then reset.');
  rmSync(config.dataFolder, { recursive: true, force: true });
  console.log(`Cleared ${config.dataFolder}: data, keys and logs are gone. The next start makes new ones.`);
  process.exit(0);
}

// The nodes load most of what the launcher has loaded: at the very first start too, it is compiled once.
flushCompileCache();
const startedAt = performance.now();
const http = createHttpClient();
const nodes = await prepareFederation(config).catch((error: unknown) => {
  if (!(error instanceof Problem)) throw error;
  return stopWith(`${error.messages.en} (${error.code})`);
});
const phonePort = Math.max(...nodes.map((node) => node.port)) + 1;
const operatorPorts = nodes.flatMap((node) =>
  node.role === 'state' ? [{ ...node, port: config.operatorPortOf(node.port) }] : [],
);
const busy = [
  ...(await findBusyPorts(
    [
      ...nodes,
      { ...nodes[0]!, id: 'phone', port: phonePort },
      { ...nodes[0]!, id: 'payments', port: playPort(nodes[0]!.port) },
    ],
    config.host,
  )),
  ...(await findBusyPorts(operatorPorts, '127.0.0.1')),
];
if (busy.length > 0)
  stopWith(
    `Port ${busy.map((node) => node.port).join(', ')} is in use by another program. Stop it, or start with other ports: JISR_PORT_OFFSET=100 npm start`,
  );
if (!config.databaseUrl) await prepareEmbeddedDatabases(nodes, config.dataFolder, initialiseTemplate);

const people = samplePeople(config.statesFolder);
const phone = await startPhone({ people, host: config.host, port: phonePort });
const payments = await (await import('#apps/payment-simulator')).startPaymentSimulator({
  accounts: readPlayAccounts(nodes, config.dataFolder),
  ...{ host: config.host, port: playPort(nodes[0]!.port), clock: systemClock },
  log: createLog({ name: 'payment-simulator', level: 'warn' }),
});
const running: RunningFederation[] = [];
let isStarting = true;
let isStopping = false;
const stop = async (code: number) => {
  if (isStopping) return;
  isStopping = true;
  console.log('\nStopping the federation …');
  await Promise.all(running.map((one) => one.stop()));
  await phone.stop();
  await payments.stop();
  await http.close();
  process.exit(code);
};
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

console.log('Starting the sample federation …');
const health = await startInTurn(
  nodes,
  (node) => {
    if (isStopping) return;
    const one = spawnNodes(
      [node],
      config,
      (id, line) => {
        // While they start, nodes miss each other; only errors are news then.
        if (isWorthShowing(line, isStarting ? 50 : 40)) console.log(`[${id}] ${line}`);
      },
      (id, code) => {
        console.error(`The node ${id} ended by itself (exit ${code}). Its last words are above.`);
        void stop(1);
      },
    );
    running.push(one);
  },
  http,
  (node, isHealthy) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`  ${node.id.padEnd(4)} ${isHealthy ? 'ready' : 'NO ANSWER'} after ${seconds} s: ${node.publicUrl}`);
  },
);
// The table is not held up by it; what fails until then is told as it is.
waitUntilAcquainted(nodes, http, 60_000).finally(() => {
  isStarting = false;
});
if (!isStopping) {
  printTable({
    health,
    people,
    phoneUrl: phone.url,
    paymentsUrl: payments.url,
    embedded: !config.databaseUrl,
    workers,
    seconds: (performance.now() - startedAt) / 1000,
  });
  if (health.some((line) => !line.isHealthy)) await stop(1);
}

function readCommand(): { order: string | undefined; workers: number } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { workers: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const count = Number(values.workers ?? 1);
    if ([undefined, 'reset'].includes(positionals[0]) && Number.isInteger(count) && count >= 1 && count <= 16)
      return { order: positionals[0], workers: count };
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) throw error;
  }
  console.error(usage);
  process.exit(2);
}

function stopWith(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
