import cluster from 'node:cluster';
import { flushCompileCache } from 'node:module';
import { followTime } from '#kernel/moved-time';
import { Problem } from '#kernel/problem';
import { ConfigInvalid, type NodeConfig, readNodeConfig } from './config.ts';
import { joinSiblings, type Siblings, startWorkers } from './workers.ts';

type Started = { stop(): Promise<void> };

/** A state's node as its configuration says: one process, or several behind one address; and each of these. */
export async function startProcesses(
  configFile: string,
  start: (config: NodeConfig, siblings?: Siblings) => Promise<Started>,
  patience: { silentMsMax?: number } = {},
): Promise<Started> {
  const config = readNodeConfig(configFile);
  if (config.movedTime) followTime(config.movedTime.file);
  if (cluster.isPrimary) return (config.workers ?? 1) > 1 ? startWorkers(config, configFile, patience) : start(config);
  const place = process.argv.find((argument) => argument.startsWith('--worker='))!.split('=')[1];
  const siblings = joinSiblings(Number(place));
  const running = await start(config, siblings);
  siblings.announceReady();
  return running;
}

/**
 * Runs one node as a process: config file as the first argument, a clean stop on SIGTERM and Ctrl-C, and one sentence
 * instead of a stack for what an operator can mend.
 */
export async function runUntilStopped(usage: string, start: (configFile: string) => Promise<Started>): Promise<void> {
  const file = process.argv[2];
  if (!file) {
    console.error(`Name the config file: ${usage}`);
    process.exit(2);
  }
  const [major] = process.versions.node.split('.').map(Number);
  if (major !== 24) {
    console.error(`A node runs on Node 24; this is ${process.version}. Start it with npm, or install Node 24.`);
    process.exit(2);
  }
  // Listening from the beginning: a signal that comes while the node starts is heard, and heeded once it has started.
  let wantsStop!: () => void;
  const asked = new Promise<void>((resolve) => {
    wantsStop = resolve;
  });
  process.once('SIGTERM', wantsStop);
  if (cluster.isPrimary) process.once('SIGINT', wantsStop);
  // Ctrl-C reaches all processes of a node: the first one heeds it, and tells the others when to stop.
  else process.on('SIGINT', () => undefined);
  process.on('message', (asked: { is?: string }) => asked.is === 'stop' && wantsStop());
  if (process.argv.includes('--ends-with-parent'))
    process.stdin.once('end', wantsStop).once('error', wantsStop).resume();
  // Node keeps what its compile cache holds until somebody writes it, some 19 MB. Let go of before the start, and not only
  // after it, the place is taken by what the start needs.
  flushCompileCache();
  try {
    const running = await start(file);
    // Not before the first page, which somebody may wait for.
    setTimeout(flushCompileCache, 1_000).unref();
    await asked;
    await running.stop();
    process.exit(0);
  } catch (error) {
    console.error(sentenceOf(error));
    process.exit(1);
  }
}

const sentences: Record<string, (error: NodeJS.ErrnoException) => string> = {
  ENOSPC: () => 'The disk is full. Free some space and start again; what was acknowledged is kept.',
  EACCES: (error) => `This account may not use ${error.path ?? 'the port'}. Give it the right, or choose another.`,
  EADDRINUSE: (error) =>
    `Port ${(error as { port?: number }).port} is in use by another program. Stop that program or choose other ports.`,
  EADDRNOTAVAIL: (error) =>
    `${(error as { address?: string }).address} is no address of this machine. Correct listen in node.json.`,
  ENOTDIR: (error) => `${error.path} lies below a file. Correct dataFolder in node.json.`,
  ECONNREFUSED: () => 'The database does not answer. Start PostgreSQL, and check databaseUrl in node.json.',
  ENOTFOUND: (error) =>
    `The name ${(error as { hostname?: string }).hostname} cannot be looked up. Correct databaseUrl in node.json, or the names of this machine.`,
  '57P03': () => 'The database is starting up. Start the node again in a moment.',
  '3D000': () =>
    'The database server has no database of that name. Correct databaseUrl in node.json, or create it for a first start.',
  '28P01': () => 'The database server refuses the account. Correct user and password in databaseUrl of node.json.',
  '28000': () =>
    'The database server refuses the account. Correct databaseUrl of node.json, or allow it in pg_hba.conf.',
  '53300': () =>
    'The database server takes no further connections. Raise max_connections, or lower databaseConnectionsMax or workers in node.json.',
};

function sentenceOf(error: unknown): string {
  if (error instanceof ConfigInvalid) return error.message.replaceAll('\n', ' ');
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const known = sentences[code]?.(error as NodeJS.ErrnoException);
  if (known) return known;
  if (error instanceof Problem) return `${error.messages.en} (${error.code})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
