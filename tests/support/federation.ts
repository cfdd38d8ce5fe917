import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Description, type RunningSimulator, startSimulator } from '#apps/eid-simulators';
import { type NodeConfig, type RunningNode, readChecked, readNodeConfig, startNode } from '#apps/state-node';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { silentLog } from '#kernel/log';
import { AnchorConfig, startAnchor } from '../../apps/federation/anchor.ts';
import type { LauncherConfig } from '../../apps/federation/config.ts';
import {
  copyEmbeddedDatabase,
  prepareFederation,
  type SampleNode,
  waitUntilAcquainted,
} from '../../apps/federation/launcher.ts';
import { type SamplePerson, samplePeople } from '../../apps/federation/phone.ts';
import { makeNodesFolder } from './folders.ts';
import { findPortOffset } from './ports.ts';
import { createFromTemplate, dropDatabases, ensureTemplateFolder } from './template.ts';

const root = join(import.meta.dirname, '..', '..');

export type TestFederation = {
  config: LauncherConfig;
  nodes: SampleNode[];
  running: Map<string, RunningNode>;
  people: SamplePerson[];
  url(id: string): string;
  person(key: string): SamplePerson;
  simulator(id: string): RunningSimulator;
  stop(): Promise<void>;
};

/** A config for nodes of its own: own folder, own ports, own databases. */
export async function prepareTestFederation(
  only: string[],
  {
    workers = 1,
    databaseUrl = process.env['DATABASE_URL'],
    simulators = [],
  }: { workers?: number; databaseUrl?: string | undefined; simulators?: readonly Description[] } = {},
): Promise<{ config: LauncherConfig; nodes: SampleNode[]; clear(): Promise<void> }> {
  const folder = makeNodesFolder('federation');
  const config: LauncherConfig = {
    dataFolder: folder,
    statesFolder: join(root, 'states'),
    servicesFolder: join(root, 'services'),
    databaseUrl,
    databasePrefix: `test_${newId().replaceAll('-', '')}_`,
    workers,
    only,
    host: '127.0.0.1',
    portOffset: 0,
    operatorPortOf: () => 0,
    connectSimulators: simulators.length > 0,
    logLevel: 'silent',
    childEnvironment: { ...process.env },
  };
  config.portOffset = await findPortOffset(
    config.host,
    simulators.map(({ port }) => port),
  );
  if (config.databaseUrl)
    await createFromTemplate(
      config.databaseUrl,
      only.map((id) => config.databasePrefix + id),
    );
  const nodes = await prepareFederation(config);
  if (!config.databaseUrl) copyEmbeddedDatabase(nodes, folder, (await ensureTemplateFolder()).folder);
  return {
    config,
    nodes,
    clear: async () => {
      if (config.databaseUrl) await dropDatabases(config.databaseUrl, config.databasePrefix);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The anchor and the named states in this process, over real HTTP; `changes` go into each state's configuration, or into one's own.
 * `simulators` of eIDs are started beside it, on their ports, and connected as `JISR_EID_SIMULATORS=1 npm start` does.
 */
export async function startTestFederation(
  only: string[],
  changes: Partial<NodeConfig> | ((stateId: string) => Partial<NodeConfig>) = {},
  { simulators = [] }: { simulators?: readonly Description[] } = {},
): Promise<TestFederation> {
  const changesOf = typeof changes === 'function' ? changes : () => changes;
  const { config, nodes, clear } = await prepareTestFederation(only, { simulators });
  const played = await Promise.all(
    simulators.map((description) =>
      startSimulator(description, {
        statesFolder: config.statesFolder,
        host: config.host,
        portOf: ({ port }) => port + config.portOffset,
        clock: systemClock,
        log: silentLog,
        allowedReturns: [],
      }),
    ),
  );
  const running = new Map<string, RunningNode>();
  const anchorNode = nodes.find((node) => node.role === 'anchor')!;
  const anchor = await startAnchor(readChecked(anchorNode.configFile, AnchorConfig));
  for (const node of nodes)
    if (node.role === 'state')
      running.set(node.id, await startNode({ ...readNodeConfig(node.configFile), ...changesOf(node.id) }));
  const http = createHttpClient();
  await waitUntilAcquainted(nodes, http, 120_000);
  await http.close();
  const people = samplePeople(config.statesFolder);
  return {
    config,
    nodes,
    running,
    people,
    url: (id) => nodes.find((node) => node.id === id)!.publicUrl,
    person: (key) => people.find((person) => person.key === key)!,
    simulator: (id) => played.find((one) => one.id === id)!,
    stop: async () => {
      for (const node of running.values()) await node.stop();
      await anchor.stop();
      for (const one of played) await one.stop();
      await clear();
    },
  };
}
