import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Server = { url: string; version: string; stop(): void };

/** A server that a test may do anything to. */
export type OwnServer = Server & {
  /** Every process of it ends at once, without a word to anybody, and nothing is flushed. */
  crash(): void;
  start(): void;
  /** Hands a folder over to the account of the server. */
  own(folder: string): void;
};

/**
 * The PostgreSQL that DATABASE_URL names, or one of this machine's own programs started for the measurement, durable as
 * in production (`fsync` on). Throws a sentence when there is neither.
 */
export async function startPostgres(): Promise<Server> {
  const named = process.env['DATABASE_URL'];
  if (named) return { url: named, version: 'as DATABASE_URL names it', stop: () => undefined };
  if (!findPrograms())
    throw new Error('PostgreSQL is needed: install it (Debian: apt-get install postgresql), or set DATABASE_URL.');
  return startOwnPostgres();
}

export const hasPostgresPrograms = (): boolean => findPrograms() !== undefined;

/** A new server of this machine's own programs, on a port of its own. */
export async function startOwnPostgres(): Promise<OwnServer> {
  const bin = findPrograms()!;
  const folder = mkdtempSync(join(tmpdir(), 'jisr-postgres-'));
  const account = ownerOf(folder);
  const run = (program: string, args: string[]) => {
    const [command, ...rest] = [...account, join(bin, program), ...args];
    return execFileSync(command!, rest, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  };
  const data = join(folder, 'data');
  const port = await findFreePort();
  run('initdb', ['-D', data, '-U', 'jisr', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8']);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c max_connections=300`;
  // Its output must not keep this process's pipes open.
  const start = () => {
    run('pg_ctl', ['-D', data, '-w', '-t', '60', '-l', join(folder, 'log'), '-o', options, 'start']);
  };
  start();
  return {
    url: `postgres://jisr@127.0.0.1:${port}/postgres`,
    version: run('postgres', ['--version']).trim(),
    crash: () => void run('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']),
    start,
    own: (other) => void ownerOf(other),
    stop: () => {
      run('pg_ctl', ['-D', data, '-m', 'fast', '-w', 'stop']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: the folder then belongs to its own account. */
function ownerOf(folder: string): string[] {
  if (process.getuid?.() !== 0) return [];
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  chownSync(folder, id('-u'), id('-g'));
  chmodSync(folder, 0o755);
  return ['runuser', '-u', 'postgres', '--'];
}

function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')));
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
