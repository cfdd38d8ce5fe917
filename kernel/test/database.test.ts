import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, type ModuleMigrations, openDatabase, sql, tablesOf } from '#kernel/database';
import { openTestDatabase } from '#tests/support/database';

const migrations: ModuleMigrations = {
  module: 'garden',
  migrations: {
    '0001-trees': {
      up: async (db) => {
        await sql`create table garden.trees (name text primary key, planted_on date, rings bigint)`.execute(db);
      },
    },
  },
};
type Tables = { trees: { name: string; planted_on: string; rings: string } };

describe('the database', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase(migrations);
  });
  afterAll(() => database.close());

  test('keeps what a transaction wrote, and nothing of one that failed', async () => {
    await database.transaction(async (tx) => {
      await tablesOf<Tables>(tx, 'garden')
        .insertInto('trees')
        .values({ name: 'sidr', planted_on: '2020-02-29', rings: '7' })
        .execute();
    });
    const failed = database.transaction(async (tx) => {
      await tablesOf<Tables>(tx, 'garden')
        .insertInto('trees')
        .values({ name: 'ghaf', planted_on: '2021-01-01', rings: '1' })
        .execute();
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    const rows = await tablesOf<Tables>(database.db, 'garden').selectFrom('trees').selectAll().execute();
    expect(rows).toEqual([{ name: 'sidr', planted_on: '2020-02-29', rings: '7' }]);
  });

  test('refuses a query beside an open transaction instead of waiting for ever', async () => {
    const mistake = database.transaction(async () => {
      await tablesOf<Tables>(database.db, 'garden').selectFrom('trees').selectAll().execute();
    });
    await expect(mistake).rejects.toThrow('pass tx instead');
    await expect(database.transaction(() => database.transaction(async () => 1))).rejects.toThrow('pass tx instead');
  });

  test('lets other requests wait their turn while a transaction is open', async () => {
    let open!: () => void;
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = database.transaction(async (tx) => {
      await tablesOf<Tables>(tx, 'garden')
        .insertInto('trees')
        .values({ name: 'nakhl', planted_on: '2019-05-05', rings: '3' })
        .execute();
      await held;
      throw new Error('rolled back');
    });
    const second = tablesOf<Tables>(database.db, 'garden')
      .insertInto('trees')
      .values({ name: 'lawz', planted_on: '2018-05-05', rings: '4' })
      .execute();
    setTimeout(open, 50);
    await expect(first).rejects.toThrow('rolled back');
    await second;
    const names = await tablesOf<Tables>(database.db, 'garden')
      .selectFrom('trees')
      .select('name')
      .orderBy('name')
      .execute();
    expect(names.map((row) => row.name)).toEqual(['lawz', 'sidr']);
  });

  test('does not write where only reading is allowed', async () => {
    const write = database.readOnly(1_000, (tx) => sql`delete from garden.trees`.execute(tx));
    await expect(write).rejects.toMatchObject({ code: '25006' });
  });
});

const server = process.env['DATABASE_URL'];
test.skipIf(server === undefined)(
  'a server that ends a connection inside a transaction fails that transaction, and ends no process',
  async () => {
    const database = await openDatabase({ url: server!, connectionsMax: 2 });
    const broken = database.transaction(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await database.execute('select pg_terminate_backend($1)', [rows[0]!.pid]);
      // Nothing is asked of the connection while it breaks: the error has no statement to fail.
      await new Promise((resolve) => setTimeout(resolve, 200));
      await sql`select 1`.execute(tx);
    });
    await expect(broken).rejects.toThrow();
    expect((await database.execute('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await database.close();
  },
);

test('an embedded folder that another process holds is refused with its number', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-database-'));
  try {
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(folder, 'in-use-by'), String(process.ppid));
    await expect(openDatabase({ dataDir: folder })).rejects.toMatchObject({ code: 'data-folder-in-use' });
    // Another process that was given the same number later does not hold the folder.
    writeFileSync(join(folder, 'in-use-by'), `${process.ppid} 1`);
    await (await openDatabase({ dataDir: folder })).close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
