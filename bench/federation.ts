import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { LauncherConfig } from '../apps/federation/config.ts';
import {
  findBusyPorts,
  prepareEmbeddedDatabases,
  prepareFederation,
  type SampleNode,
} from '../apps/federation/launcher.ts';
import { initialiseTemplate } from '../apps/federation/template.ts';

const root = join(import.meta.dirname, '..');

/** The anchor and two sample states (or those of `only`) on ports of their own; `change` may alter the copied folder of states first. */
export async function prepareNodes(
  folder: string,
  databaseUrl: string | undefined,
  change: (statesFolder: string) => void,
  only: string[] = ['bh', 'sa'],
): Promise<{ nodes: SampleNode[]; config: LauncherConfig }> {
  const statesFolder = join(folder, 'states');
  cpSync(join(root, 'states'), statesFolder, { recursive: true });
  change(statesFolder);
  const config: LauncherConfig = {
    dataFolder: join(folder, 'data'),
    statesFolder,
    servicesFolder: join(root, 'services'),
    databaseUrl,
    databasePrefix: `bench_${process.pid}_`,
    workers: 1,
    only,
    host: '127.0.0.1',
    portOffset: 0,
    operatorPortOf: () => 0,
    connectSimulators: false,
    logLevel: 'error',
    childEnvironment: { ...process.env },
  };
  for (let attempt = 0; attempt < 20; attempt += 1) {
    config.portOffset = 10_000 + Math.floor(Math.random() * 1_000) * 10;
    const wanted = [4000, 4001, 4002, 4003, 4004, 4005, 4006].map((port) => ({ port: port + config.portOffset }));
    if ((await findBusyPorts(wanted as SampleNode[], config.host)).length === 0) break;
  }
  const nodes = await prepareFederation(config);
  if (!databaseUrl) await prepareEmbeddedDatabases(nodes, config.dataFolder, initialiseTemplate);
  return { nodes, config };
}
