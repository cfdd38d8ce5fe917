import { join } from 'node:path';
import pg from 'pg';
import { readNodeConfig } from '#apps/state-node';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { readOperatorFolder } from '#kernel/operator';
import { type SampleNode, spawnNodes, waitForHealth, waitUntilAcquainted } from '../../apps/federation/launcher.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { prepareTestFederation } from '../support/federation.ts';

/** A client that opens a connection for each request, so that the processes of a node answer in turn. */
export function createRestlessClient(): HttpClient {
  const http = createHttpClient({ timeoutMs: 30_000 });
  return {
    ...http,
    request: async (request) => {
      const once = createHttpClient({ timeoutMs: 30_000 });
      try {
        return await once.request(request);
      } finally {
        await once.close();
      }
    },
  };
}

/** The anchor and the named states on the server of DATABASE_URL, each state's node as two processes. */
export async function startSeveral(only: string[], onLine: (id: string, line: string) => void) {
  const { config, nodes, clear } = await prepareTestFederation(only, { workers: 2 });
  const http = createRestlessClient();
  const main = join(import.meta.dirname, 'impatient-node.ts');
  const running = spawnNodes(
    nodes.map((node) => (node.role === 'state' ? { ...node, main } : node)),
    config,
    onLine,
    (id, code) => onLine(id, `ended by itself with ${code}`),
  );
  const find = (id: string): SampleNode => nodes.find((node) => node.id === id)!;
  const query = async <Row extends object>(id: string, text: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: readNodeConfig(find(id).configFile).databaseUrl! });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  /** Every sample of the node's metrics, by its name with its labels. */
  const readMetrics = async (id: string): Promise<Map<string, number>> => {
    const { url, secret } = readOperatorFolder(join(config.dataFolder, id))!;
    const headers = { authorization: `Bearer ${secret}` };
    const text = (await http.request({ method: 'GET', url: `${url}/metrics`, headers })).body.toString('utf8');
    const samples = text.split('\n').filter((line) => line && !line.startsWith('#'));
    const metrics = new Map(samples.map((line) => line.match(/^(.*) (\S+)$/)!.slice(1) as [string, string]));
    if (metrics.size !== samples.length) throw new Error('a sample is there twice');
    return new Map([...metrics].map(([name, value]) => [name, Number(value)]));
  };
  const waitUntilReady = async (id: string, restartsMin = 0): Promise<void> => {
    const state = id.toUpperCase();
    for (let attempt = 0; attempt < 300; attempt += 1) {
      const metrics = await readMetrics(id).catch(() => new Map<string, number>());
      const restarts = metrics.get(`jisr_worker_restarts_total{state="${state}"}`) ?? 0;
      if (metrics.get(`jisr_workers{is="ready",state="${state}"}`) === 2 && restarts >= restartsMin) return;
      await pause(200);
    }
    throw new Error(`${id} does not come to two processes`);
  };

  for (const node of nodes)
    if (!(await waitForHealth(node, http, 60_000))) throw new Error(`${node.id} does not answer within a minute`);
  await waitUntilAcquainted(nodes, http, 60_000);
  for (const id of only) await waitUntilReady(id);
  const people = samplePeople(config.statesFolder);
  return {
    config,
    nodes,
    http,
    running,
    query,
    readMetrics,
    waitUntilReady,
    url: (id: string) => find(id).publicUrl,
    person: (key: string) => people.find((person) => person.key === key)!,
    /** The process that grows the node's log now. */
    findIntegrator: async (id: string): Promise<number | undefined> => {
      const rows = await query<{ pid: string }>(
        id,
        `select split_part(application_name, ' ', 2) as pid from pg_stat_activity join pg_locks using (pid)
        where locktype = 'advisory' and granted and application_name like 'jisr-turns %'
          and database = (select oid from pg_database where datname = current_database())
          and (classid::bigint << 32) | objid::bigint = hashtextextended('ledger.integrator', 0)`,
      );
      return rows[0] && Number(rows[0].pid);
    },
    stop: async () => {
      await running.stop();
      await http.close();
      await clear();
    },
  };
}
export type Several = Awaited<ReturnType<typeof startSeveral>>;

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
