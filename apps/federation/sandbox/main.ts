import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createHttpClient } from '#kernel/http-client';
import { readSandboxConfig } from '../config.ts';
import { findBusyPorts, prepareFederation } from '../launcher.ts';
import { playPort } from '../payments.ts';
import { printTable } from '../table.ts';
import { sandboxPort, startSandbox } from './sandbox.ts';

// jisr sandbox [--states sa,bh]: started by apps/cli/sandbox.ts, and stopped by Ctrl-C or SIGTERM.
const { values } = parseArgs({ args: process.argv.slice(3), options: { states: { type: 'string' } } });
const only = values.states?.split(',').map((id) => id.trim().toLowerCase());
const config = readSandboxConfig(join(import.meta.dirname, '..', '..', '..'), only);
const startedAt = performance.now();
const nodes = await prepareFederation(config);
const anchor = nodes[0]!;
const ports = [sandboxPort(anchor.port), playPort(anchor.port), Math.max(...nodes.map(({ port }) => port)) + 1];
const busy = await findBusyPorts([...nodes, ...ports.map((port) => ({ ...anchor, port }))], config.host);
const unknown = (only ?? []).filter((id) => !nodes.some((node) => node.id === id));
if (unknown.length > 0 || busy.length > 0) {
  if (unknown.length > 0) console.error(`There is no sample state called ${unknown.join(', ')}.`);
  else
    console.error(
      `Port ${busy.map(({ port }) => port).join(', ')} is in use: stop npm start or the other sandbox, or set JISR_PORT_OFFSET=100.`,
    );
  process.exit(1);
}
const http = createHttpClient();
const sandbox = await startSandbox(config, http, (line) => console.log(line));
let isStopping = false;
const stop = async () => {
  if (isStopping) return;
  isStopping = true;
  await sandbox.stop();
  await http.close();
  process.exit(0);
};
process.on('SIGINT', () => void stop());
process.on('SIGTERM', () => void stop());
printTable({
  health: sandbox.nodes.map((node) => ({ node, isHealthy: true })),
  people: sandbox.people,
  phoneUrl: sandbox.phoneUrl,
  paymentsUrl: sandbox.paymentsUrl,
  embedded: true,
  workers: 1,
  seconds: (performance.now() - startedAt) / 1_000,
});
console.log(`  The time of all of it is moved at ${sandbox.url}, or with: npm run jisr -- sandbox travel 30d`);
