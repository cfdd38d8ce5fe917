import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import {
  allMigrations,
  BrokenLink,
  type Check,
  ConfigInvalid,
  checkDatabase,
  checkDisk,
  type NodeConfig,
  readNodeConfig,
  readStateFolder,
  whyOf,
} from '#apps/state-node';
import { findNewerMigration, openDatabase } from '#kernel/database';
import { Problem } from '#kernel/problem';

/** Whether the node could be started with its configuration, and with the state's folder that it names. */
export function configCheck(file: string): Check {
  return {
    link: 'config',
    run: async () => {
      try {
        readStateFolder(readNodeConfig(file).stateFolder);
      } catch (error) {
        if (error instanceof Problem) throw new BrokenLink('config-invalid', { reason: bare(error.messages) });
        if (!(error instanceof ConfigInvalid)) throw error;
        throw new BrokenLink('config-invalid', { reason: error.message.replaceAll('\n', ' ') });
      }
      return { en: file, ar: file };
    },
  };
}

const bare = ({ ar, en }: { ar: string; en: string }) => ({ ar: ar.replace(/\.$/, ''), en: en.replace(/\.$/, '') });

/** The anchor's file, which has no state. */
export function isAnchor(file: string): boolean {
  try {
    const node = JSON.parse(readFileSync(file, 'utf8')) as { stateFolder?: string; states?: unknown };
    return node.stateFolder === undefined && node.states !== undefined;
  } catch {
    return false;
  }
}

/** What a node needs to start, tried from here: for one that nobody finds running. Ends with the finding that it is not. */
export function startChecks(config: NodeConfig, { file, stopped }: { file: string; stopped: string }): Check[] {
  const { dataFolder, databaseUrl, listen, operator } = config;
  const ports = [listen, ...(operator ? [operator.listen] : [])];
  return [
    configCheck(file),
    {
      link: 'disk',
      run: async () => {
        // A first start makes the folder; what it is made in has to be there.
        if (existsSync(dataFolder)) return checkDisk({ dataFolder });
        const above = dirname(dataFolder);
        if (!existsSync(above) || !statSync(above).isDirectory())
          throw new BrokenLink('disk-unwritable', { reason: { en: `no folder ${above}`, ar: `لا مجلد ${above}` } });
        return { en: `${dataFolder} is made at the first start`, ar: `يُنشأ ${dataFolder} عند أول تشغيل` };
      },
    },
    { link: 'database', after: ['disk'], run: () => tryDatabase(databaseUrl, dataFolder) },
    ...ports.map(
      (one): Check => ({ link: 'port', subject: String(one.port), after: ['database'], run: () => tryPort(one) }),
    ),
    {
      link: 'node',
      after: ['disk', 'database', 'port'],
      run: async () => {
        throw new BrokenLink('node-stopped', { url: stopped, file });
      },
    },
  ];
}

async function tryDatabase(url: string | undefined, dataFolder: string) {
  if (url === undefined) {
    const pid = readHolder(join(dataFolder, 'in-use-by'));
    if (pid !== undefined) throw new BrokenLink('node-hung', { pid });
    return { en: 'embedded', ar: 'مضمّنة' };
  }
  const database = await openDatabase({ url, connectionsMax: 2 });
  try {
    const found = await checkDatabase(database);
    const change = await findNewerMigration(database, await allMigrations());
    if (change) throw new BrokenLink('database-newer', { change });
    return found;
  } finally {
    await database.close();
  }
}

/** The process that has an embedded database open, if it lives. */
function readHolder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split(' ')[0]);
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    if ((error as { code?: string }).code === 'EPERM') return Number(readFileSync(file, 'utf8').split(' ')[0]);
    return undefined;
  }
}

/** Listens there for a moment, as the node would. */
async function tryPort({ host, port }: { host: string; port: number }) {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    const isTaken = (error as { code?: string }).code === 'EADDRINUSE';
    throw new BrokenLink(isTaken ? 'port-taken' : 'port-unusable', { host, port, reason: whyOf(error) });
  }
  await new Promise((resolve) => server.close(resolve));
  return { en: `${host}:${port} is free`, ar: `${host}:${port} غير مشغول` };
}
