import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { type SampleNode, waitForHealth } from '../../apps/federation/launcher.ts';
import { prepareTestFederation } from '../support/federation.ts';

const main = join(import.meta.dirname, '..', '..', 'apps', 'state-node', 'main.ts');
const http = createHttpClient();
let prepared: Awaited<ReturnType<typeof prepareTestFederation>>;
let node: SampleNode;
let config: Record<string, unknown>;

beforeAll(async () => {
  prepared = await prepareTestFederation(['bh']);
  node = prepared.nodes.find(({ role }) => role === 'state')!;
  config = JSON.parse(readFileSync(node.configFile, 'utf8'));
});

afterAll(async () => {
  await prepared?.clear();
  await http.close();
});

describe('a node that cannot start says why in one sentence and ends with an error', () => {
  test('when no config file is named', async () => {
    expectSentence(await run([]), /config file/);
  });

  test('when the config file is not there', async () => {
    expectSentence(await run([join(prepared.config.dataFolder, 'nowhere.json')]), /nowhere\.json/);
  });

  test('when the config is not JSON', async () => {
    expectSentence(await run([write('broken.json', '{"publicUrl": ')]), /broken\.json .*JSON/);
  });

  test('when the config lacks something', async () => {
    const { anchor: _anchor, ...rest } = config;
    expectSentence(await run([write('lacking.json', JSON.stringify(rest))]), /lacking\.json .*anchor/);
  });

  test('when the config names a setting that is none, or a value that is none', async () => {
    const slip = write('slip.json', JSON.stringify({ ...config, timeStampAuthorites: [], logLevel: 'loud' }));
    const ended = await run([slip]);
    expectSentence(ended, /timeStampAuthorites is no setting; timeStampAuthorities is/);
    expectSentence(ended, /logLevel must be one of fatal, error, warn/);
  });

  test('when its address is none of this machine', async () => {
    const listen = { host: '192.0.2.1', port: node.port };
    expectSentence(
      await run([write('elsewhere.json', JSON.stringify({ ...config, listen }))]),
      /192\.0\.2\.1 is no address/,
    );
  });

  test.skipIf(process.env['DATABASE_URL'] === undefined)(
    'when the database server has no such database, or does not know the account',
    async () => {
      const other = (change: (url: URL) => void) => {
        const url = new URL(process.env['DATABASE_URL']!);
        change(url);
        return write('other.json', JSON.stringify({ ...config, databaseUrl: url.href }));
      };
      const nowhere = other((url) => {
        url.pathname = '/no_such_database';
      });
      expectSentence(await run([nowhere]), /no database of that name/);
      const stranger = other((url) => {
        url.username = 'no_such_account';
      });
      expectSentence(await run([stranger]), /refuses the account/);
    },
  );

  test('when the folder of its state is not there', async () => {
    const file = write('stateless.json', JSON.stringify({ ...config, stateFolder: '/nowhere/at/all' }));
    expectSentence(await run([file]), /\/nowhere\/at\/all\/state\.json/);
  });

  test('when the database does not answer', async () => {
    const databaseUrl = `postgres://nobody@127.0.0.1:${await findFreePort()}/nothing`;
    const file = write('unanswered.json', JSON.stringify({ ...config, databaseUrl }));
    expectSentence(await run([file]), /database does not answer/);
  });

  test('when another program holds the port; and it starts once the port is free', async () => {
    const other = createServer().listen(node.port, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const ended = await run([node.configFile]);
    await new Promise((resolve) => other.close(resolve));
    expectSentence(ended, new RegExp(`Port ${node.port} is in use`));

    const child = spawn(process.execPath, [main, node.configFile], { stdio: 'ignore' });
    const end = new Promise<number | null>((resolve) => child.once('exit', resolve));
    expect(await waitForHealth(node, http, 60_000)).toBe(true);
    child.kill('SIGTERM');
    expect(await end).toBe(0);
  });

  test.skipIf(process.env['DATABASE_URL'] !== undefined)(
    'when another process that lives uses the data folder',
    async () => {
      const dataFolder = join(prepared.config.dataFolder, 'held');
      mkdirSync(dataFolder);
      writeFileSync(join(dataFolder, 'in-use-by'), String(process.pid));
      const ended = await run([write('held.json', JSON.stringify({ ...config, dataFolder }))]);
      expectSentence(ended, new RegExp(`held is in use by process ${process.pid}`));
    },
  );
});

type Ended = { code: number | null; said: string };

async function run(args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 90_000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { code, said };
}

function expectSentence({ code, said }: Ended, about: RegExp): void {
  expect(said).toMatch(about);
  expect(said.trim().split('\n'), 'one line, no stack').toHaveLength(1);
  expect(code).toBeGreaterThan(0);
}

function write(name: string, text: string): string {
  const file = join(prepared.config.dataFolder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
