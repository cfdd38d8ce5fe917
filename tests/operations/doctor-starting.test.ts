import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '#kernel/database';
import { doctor } from '../../apps/cli/doctor/doctor.ts';
import type { SampleNode } from '../../apps/federation/launcher.ts';
import { prepareTestFederation } from '../support/federation.ts';

let prepared: Awaited<ReturnType<typeof prepareTestFederation>>;
let node: SampleNode;
let text: string;
const lines: string[] = [];
beforeAll(async () => {
  prepared = await prepareTestFederation(['bh']);
  node = prepared.nodes.find(({ role }) => role === 'state')!;
  text = readFileSync(node.configFile, 'utf8');
  for (const kind of ['log', 'error'] as const)
    vi.spyOn(console, kind).mockImplementation((line: string) => void lines.push(line));
});
afterAll(async () => {
  vi.restoreAllMocks();
  await prepared?.clear();
});
beforeEach(() => writeFileSync(node.configFile, text));

const look = async (named = 'bh', language: 'ar' | 'en' = 'en') => {
  lines.length = 0;
  const { dataFolder } = prepared.config;
  const code = await doctor(
    { root: '', dataFolder, nodeUrl: undefined, language },
    { node: named, all: false, json: false },
  );
  return { code, said: lines.join('\n') };
};
const change = (changes: object) => writeFileSync(node.configFile, JSON.stringify({ ...JSON.parse(text), ...changes }));

describe('jisr doctor where no node runs', () => {
  test('says that it only has to be started, when everything that a start needs is there', async () => {
    const { code, said } = await look();
    expect(code).toBe(1);
    for (const named of ['configuration', 'disk', 'database', `ports ${node.port}`])
      expect(said).toContain(`ok       ${named}:`);
    expect(said).toContain(
      `BROKEN   node: No node answers at ${node.publicUrl}, and everything that a start needs is there.`,
    );
    expect(said).not.toContain('firewall');
    expect((await look(node.publicUrl)).said).toContain('everything that a start needs is there');
    expect((await look(node.configFile, 'ar')).said).toContain('وكل ما يلزم لتشغيلها موجود');
  });

  test('names the setting that nobody knows, the value that is none, and the file that is no JSON', async () => {
    change({ operater: { listen: { host: '127.0.0.1', port: 1 } } });
    expect(await look()).toMatchObject({
      code: 1,
      said: expect.stringContaining('operater is no setting; operator is'),
    });
    change({ witnessQuorum: 'two' });
    expect((await look()).said).toMatch(/BROKEN {3}configuration: .*witnessQuorum must be integer\.\n.*Correct that/);
    writeFileSync(node.configFile, '{ "publicUrl": ');
    expect(await look()).toMatchObject({ code: 1, said: expect.stringContaining('cannot be read as JSON') });
    change({ stateFolder: '/nowhere/at/all' });
    expect((await look()).said).toContain('/nowhere/at/all/state.json');
  });

  test('names the database before the silence that it causes', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    change({ databaseUrl: `postgres://jisr@127.0.0.1:${port}/jisr` });
    expect((await look()).said).toMatch(
      /BROKEN {3}database: The database does not answer \(nothing listens there: ECONNREFUSED\)\.\n.*Start PostgreSQL/,
    );
    if (process.env['DATABASE_URL'] === undefined) return;
    const url = new URL(process.env['DATABASE_URL']);
    url.pathname = '/no_such_database';
    change({ databaseUrl: url.href });
    expect((await look()).said).toContain('has no database of the name in databaseUrl');

    writeFileSync(node.configFile, text);
    const database = await openDatabase({ url: JSON.parse(text).databaseUrl });
    await database.execute("insert into kernel.migrations (module, name) values ('ledger', '9999-of-next-year')");
    expect((await look()).said).toMatch(
      /database: .*upgraded by a newer version .*ledger\/9999-of-next-year.*\n.*Start the newer/,
    );
    await database.execute("delete from kernel.migrations where name = '9999-of-next-year'");
    await database.close();
  });

  test('names the program that has its port, the process that has its folder, and the folder that cannot be', async () => {
    const other = createServer().listen(node.port, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { said } = await look();
    other.close();
    expect(said).toMatch(new RegExp(`BROKEN {3}ports ${node.port}: Another program has port ${node.port} of 127`));
    change({ listen: { host: '192.0.2.1', port: node.port } });
    expect((await look()).said).toContain('that is no address of this machine: EADDRNOTAVAIL');

    const dataFolder = join(prepared.config.dataFolder, 'held');
    mkdirSync(dataFolder);
    writeFileSync(join(dataFolder, 'in-use-by'), `${process.pid} 1`);
    const { databaseUrl: _server, ...embedded } = JSON.parse(text);
    writeFileSync(node.configFile, JSON.stringify({ ...embedded, dataFolder }));
    expect((await look()).said).toContain(`The process ${process.pid} has the data folder of this node`);
    change({ dataFolder: join(node.configFile, 'below', 'a-file') });
    expect((await look()).said).toContain('disk: The data folder cannot be written (no folder');
  });

  test('knows what there is, when somebody names what there is not', async () => {
    for (const name of ['nowhere', 'gcc'])
      expect(await look(name)).toEqual({ code: 2, said: expect.stringContaining(`is called ${name}. There are: bh.`) });
  });
});
