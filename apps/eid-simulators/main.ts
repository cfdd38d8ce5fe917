import { join } from 'node:path';
import { systemClock } from '#kernel/clock';
import { createLog } from '#kernel/log';
import { readSimulatorsConfig } from './config.ts';
import { ownDescriptions, type RunningSimulator, startSimulator } from './index.ts';

const usage = `npm run eid-simulators [-- <id> …]

Starts the simulators of the six eIDs, or those that are named. Stop with Ctrl-C; nothing is kept.
Variables: apps/eid-simulators/README.md`;

const named = process.argv.slice(2);
const descriptions = ownDescriptions();
if (named.includes('--help') || !named.every((id) => descriptions.some((one) => one.id === id))) {
  console.log(`${usage}\n\nids: ${descriptions.map(({ id }) => id).join(', ')}`);
  process.exit(named.includes('--help') ? 0 : 2);
}

const config = readSimulatorsConfig(join(import.meta.dirname, '..', '..'));
const log = createLog({ name: 'eid-simulators', level: config.logLevel });
const running: RunningSimulator[] = [];
const stop = async (code: number) => {
  await Promise.all(running.map((one) => one.stop()));
  process.exit(code);
};
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

try {
  for (const description of descriptions.filter(({ id }) => named.length === 0 || named.includes(id))) {
    const portOf = ({ port }: { port: number }) => port + config.portOffset;
    const one = await startSimulator(description, { ...config, portOf, clock: systemClock, log });
    running.push(one);
    console.log(`${one.url.padEnd(36)} ${description.names.en} · ${description.names.ar}`);
  }
} catch (error) {
  if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
  console.error(`Port ${(error as { port?: number }).port} is in use. Start with other ports: JISR_PORT_OFFSET=100`);
  await stop(1);
}
