import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Type } from 'typebox';
import {
  readChecked,
  readStateFolder,
  refuseWorkersEmbedded,
  StateDescription,
  type StateFolder,
} from '#apps/state-node';
import { systemClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { openKeyFolder } from '#kernel/keys';
import { prepareTimeStamping } from '#modules/signatures';
import type { LauncherConfig } from './config.ts';
import { keepPlayAccount, playProvider } from './payments.ts';

export type SampleNode = {
  id: string;
  role: 'anchor' | 'state';
  names: { ar: string; en: string };
  publicUrl: string;
  port: number;
  main: string;
  configFile: string;
};

/**
 * Writes one config file per node from `states/`, with keys made at first start and public keys handed over as files would be.
 * Throws `workers-need-server` for several processes per node without a server.
 */
export async function prepareFederation(config: LauncherConfig): Promise<SampleNode[]> {
  refuseWorkersEmbedded(config);
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });
  const ids = readdirSync(config.statesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(config.statesFolder, entry.name, 'state.json')))
    .map((entry) => entry.name);
  const anchorId = ids.find((id) => !existsSync(join(config.statesFolder, id, 'offices.json')));
  if (!anchorId) throw new Error('states/ has no folder for the anchor (one without offices.json)');
  const anchorState = readChecked(join(config.statesFolder, anchorId, 'state.json'), AnchorDescription);
  const states = ids
    .filter((id) => id !== anchorId && (config.only?.includes(id) ?? true))
    .map((id) => readStateFolder(join(config.statesFolder, id)))
    .sort((a, b) => a.state.port - b.state.port);
  const urlOf = (state: { domainLabel: string; port: number }) =>
    `http://${state.domainLabel}.localhost:${state.port + config.portOffset}`;
  const publicKeyOf = async (id: string) =>
    (await openKeyFolder(join(config.dataFolder, id, 'keys')).signer('federation')).publicJwk;

  const anchor = { entityId: urlOf(anchorState), keys: [await publicKeyOf(anchorId)] };
  const timeStamping = await keepTimeStamping(join(config.dataFolder, anchorId), anchorState.names);
  const authority = { name: 'development', certificates: [timeStamping.ca] };
  const nodes: SampleNode[] = [];
  const add = async (node: Omit<SampleNode, 'configFile'>, content: object) => {
    const configFile = join(config.dataFolder, node.id, 'node.json');
    const databaseUrl = await ensureDatabase(config.databaseUrl, config.databasePrefix + node.id);
    const movedTime = config.movedTimeFile ? { movedTime: { file: config.movedTimeFile } } : {};
    const body = { ...content, ...(databaseUrl ? { databaseUrl } : {}), ...movedTime, logLevel: config.logLevel };
    writeFileSync(configFile, JSON.stringify(body, null, 2), { mode: 0o600 });
    nodes.push({ ...node, configFile });
  };
  await add(
    {
      id: anchorId,
      role: 'anchor',
      names: anchorState.names,
      publicUrl: anchor.entityId,
      port: anchorState.port + config.portOffset,
      main: join(import.meta.dirname, 'anchor-main.ts'),
    },
    {
      names: anchorState.names,
      publicUrl: anchor.entityId,
      listen: { host: config.host, port: anchorState.port + config.portOffset },
      dataFolder: join(config.dataFolder, anchorId),
      timeStamping,
      timeStampAuthorities: [authority],
      states: await Promise.all(
        states.map(async ({ state }) => ({
          entityId: urlOf(state),
          code: state.code,
          keys: [await publicKeyOf(state.id)],
        })),
      ),
    },
  );
  /** Offices with a counter ask the phones of people of every state of the sample. */
  const counters = states.flatMap(({ state, officers }) =>
    [...new Set(officers.filter(({ roles }) => roles.includes('counter')).map(({ officeId }) => officeId))].map(
      (officeId) => `${urlOf(state)}/offices/${officeId}`,
    ),
  );
  for (const { folder, state, eid } of states) {
    keepPlayAccount(join(config.dataFolder, state.id));
    await add(
      {
        id: state.id,
        role: 'state',
        names: state.shortNames,
        publicUrl: urlOf(state),
        port: state.port + config.portOffset,
        main: join(import.meta.dirname, '..', 'state-node', 'main.ts'),
      },
      {
        stateFolder: folder,
        servicesFolder: config.servicesFolder,
        publicUrl: urlOf(state),
        listen: { host: config.host, port: state.port + config.portOffset },
        dataFolder: join(config.dataFolder, state.id),
        anchor,
        witnessQuorum: Math.min(2, states.length - 1),
        timeStampAuthorities: [{ ...authority, url: `${anchor.entityId}/time-stamps` }],
        loadSamples: true,
        paymentProviders: [playProvider(anchorState.port + config.portOffset)],
        operator: { listen: { host: '127.0.0.1', port: config.operatorPortOf(state.port + config.portOffset) } },
        decoupledClients: counters,
        ...(config.connectSimulators ? { eidUpstreams: await simulatorsOf(eid, config.portOffset) } : {}),
        // Six nodes of several processes would otherwise want more connections than a server gives by default.
        ...(config.workers > 1 ? { workers: config.workers, databaseConnectionsMax: 3 } : {}),
      },
    );
  }
  return nodes;
}

/** The simulators of a state's own eIDs, with the clients that they know from their start. */
async function simulatorsOf({ upstreams = [] }: Pick<StateFolder['eid'], 'upstreams'>, portOffset: number) {
  // A start without them does not load them.
  const { ownDescriptions } = await import('#apps/eid-simulators');
  return ownDescriptions().flatMap(({ id, port, clients }) =>
    upstreams.some((upstream) => upstream.id === id)
      ? [
          {
            id,
            issuer: `http://${id}.localhost:${port + portOffset}`,
            clientId: clients[0]!.id,
            clientSecret: clients[0]!.secret,
          },
        ]
      : [],
  );
}

/** The development authority's certificates, made at first start and kept beside its keys. */
async function keepTimeStamping(anchorFolder: string, names: { ar: string; en: string }) {
  const file = join(anchorFolder, 'time-stamping.json');
  if (existsSync(file)) return readChecked(file, Type.Object({ ca: Type.String(), certificate: Type.String() }));
  const keys = openKeyFolder(join(anchorFolder, 'keys'));
  // XX is no state (ISO 3166-1 leaves it to users): these stamps are nobody's.
  const made = await prepareTimeStamping({ keys, clock: systemClock, state: 'XX', names });
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  return made;
}

const AnchorDescription = {
  type: 'object',
  required: ['id', 'names', 'port', 'domainLabel'],
  properties: StateDescription.properties,
} as unknown as typeof StateDescription;

/** Each node has a database of its own; on a server it is made at first start. */
async function ensureDatabase(server: string | undefined, name: string): Promise<string | undefined> {
  if (!server) return undefined;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rows.length === 0) await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** An empty PGlite takes seconds to initialise, copying one a fraction: make it once and start every node from the copy. */
export async function prepareEmbeddedDatabases(
  nodes: SampleNode[],
  dataFolder: string,
  initialise: (folder: string) => Promise<void>,
): Promise<void> {
  const missing = nodes.filter((node) => !existsSync(join(dataFolder, node.id, 'pglite')));
  if (missing.length === 0) return;
  const template = join(dataFolder, 'template');
  if (!existsSync(template)) {
    const half = `${template}.new`;
    rmSync(half, { recursive: true, force: true });
    await initialise(half);
    renameSync(half, template);
  }
  copyEmbeddedDatabase(missing, dataFolder, template);
}

/** Gives nodes a copy each of the database in a folder. A copy that was interrupted is made again. */
export function copyEmbeddedDatabase(nodes: SampleNode[], dataFolder: string, template: string): void {
  for (const node of nodes) {
    const target = join(dataFolder, node.id, 'pglite');
    rmSync(`${target}.new`, { recursive: true, force: true });
    cpSync(join(template, 'pglite'), `${target}.new`, { recursive: true });
    renameSync(`${target}.new`, target);
  }
}

/** The ports that somebody else listens on already. */
export async function findBusyPorts(nodes: SampleNode[], host: string): Promise<SampleNode[]> {
  const busy: SampleNode[] = [];
  for (const node of nodes) {
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(node.port, host, () => probe.close(() => resolve(true)));
    });
    if (!isFree) busy.push(node);
  }
  return busy;
}

export type RunningFederation = {
  children: Map<string, ChildProcess>;
  /** Asks every node to stop and waits; what does not stop within 15 s is ended. */
  stop(): Promise<void>;
};

/** One process per node. `onExit` hears a node that ends by itself. */
export function spawnNodes(
  nodes: SampleNode[],
  config: LauncherConfig,
  onLine: (id: string, line: string) => void,
  onExit: (id: string, code: number | null) => void,
): RunningFederation {
  const children = new Map<string, ChildProcess>();
  let isStopping = false;
  for (const node of nodes) {
    // Small rather than fast: seven nodes share this machine. A young generation of 2 MB, and code kept compact.
    const child = spawn(
      process.execPath,
      ['--max-semi-space-size=2', '--optimize-for-size', node.main, node.configFile, '--ends-with-parent'],
      {
        // glibc otherwise keeps an arena for each of Node's threads, some 25 MB that nobody uses, and does not give back
        // what a start or a large page took, another 10 to 20 MB.
        env: {
          MALLOC_ARENA_MAX: '1',
          MALLOC_TRIM_THRESHOLD_: '65536',
          MALLOC_MMAP_THRESHOLD_: '32768',
          ...config.childEnvironment,
          // React's build for production: the other one is larger and checks itself on every page.
          NODE_ENV: 'production',
        },
        // A node stops when this pipe closes, so that none is left behind when the launcher is killed.
        stdio: ['pipe', 'pipe', 'pipe'],
        // Its own process group: Ctrl-C reaches the launcher alone, which then stops the nodes in order.
        detached: process.platform !== 'win32',
      },
    );
    for (const stream of [child.stdout!, child.stderr!]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (part: string) => {
        const lines = (rest + part).split('\n');
        rest = lines.pop()!;
        for (const line of lines) onLine(node.id, line);
      });
    }
    child.once('exit', (code) => {
      children.delete(node.id);
      if (!isStopping) onExit(node.id, code);
    });
    children.set(node.id, child);
  }
  return {
    children,
    stop: async () => {
      isStopping = true;
      const ended = [...children.values()].map((child) => {
        const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
        return exit.finally(() => clearTimeout(timer));
      });
      await Promise.all(ended);
    },
  };
}

/**
 * Starts nodes a few at a time, in their order, so that the first page is there while the others still start; on a
 * machine with two cores, seven at once would all be late. Answers which of them are healthy.
 */
export async function startInTurn(
  nodes: SampleNode[],
  start: (node: SampleNode) => void,
  http: HttpClient,
  hear: (node: SampleNode, isHealthy: boolean) => void = () => undefined,
): Promise<Array<{ node: SampleNode; isHealthy: boolean }>> {
  const waiting = [...nodes];
  const health = new Map<SampleNode, boolean>();
  const lanes = Array.from({ length: Math.max(2, availableParallelism()) }, async () => {
    for (let node = waiting.shift(); node; node = waiting.shift()) {
      start(node);
      const isHealthy = await waitForHealth(node, http, 120_000);
      health.set(node, isHealthy);
      hear(node, isHealthy);
    }
  });
  await Promise.all(lanes);
  return nodes.map((node) => ({ node, isHealthy: health.get(node) ?? false }));
}

/** Resolves when the node answers its health endpoint; false when `timeoutMs` passes first. */
export async function waitForHealth(node: SampleNode, http: HttpClient, timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  const path = node.role === 'anchor' ? '/.well-known/openid-federation' : '/api/health';
  while (performance.now() < until) {
    try {
      const answer = await http.request({ method: 'GET', url: node.publicUrl + path, timeoutMs: 2_000 });
      if (answer.status === 200) return true;
    } catch {
      // Not listening yet: ask again until the deadline.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/**
 * Resolves when every state knows every other one: a node that started first has met closed doors, and rests a few seconds
 * before it knocks again. False when `timeoutMs` passes first.
 */
export async function waitUntilAcquainted(nodes: SampleNode[], http: HttpClient, timeoutMs: number): Promise<boolean> {
  const states = nodes.filter((node) => node.role === 'state');
  const knowsAll = async (node: SampleNode): Promise<boolean> => {
    const answer = await http.request({ method: 'GET', url: `${node.publicUrl}/api/federation/logs` });
    const { logs } = JSON.parse(answer.body.toString('utf8')) as { logs?: unknown[] };
    return logs?.length === states.length;
  };
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    const known = await Promise.all(states.map((node) => knowsAll(node).catch(() => false)));
    if (known.every(Boolean)) return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

/** Requests are in each node's log at level `info`; the launcher's window shows what somebody should look at. */
export function isWorthShowing(line: string, level = 40): boolean {
  if (!line.startsWith('{')) return line.trim() !== '';
  try {
    return (JSON.parse(line) as { level: number }).level >= level;
  } catch {
    return true;
  }
}
