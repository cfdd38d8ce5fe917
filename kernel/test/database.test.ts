import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Database,
  findNewerMigration,
  type ModuleMigrations,
  migrateDatabase,
  openDatabase,
  sql,
  tablesOf,
} from '#kernel/database';
import { inPowers, reading, valuesText, writing } from '#kernel/statements';
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

describe('what is sent together', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase(migrations);
  });
  afterAll(() => database.close());

  const planting = (names: readonly string[]) =>
    writing(
      ...inPowers(names.map((name) => [name, '3'])).map((rows) => ({
        text: `insert into garden.trees (name, rings) ${valuesText(rows, 1)}`,
        values: rows.flat(),
      })),
    );
  const names = reading('select name from garden.trees order by name', [], (rows) => rows.map(({ name }) => name));
  const failing = writing({ text: 'select 1 / $1::int', values: [0] });

  test('is one transaction: parts see what earlier ones wrote, and each reads its own rows', async () => {
    const { results, isDone } = await database.writeTogether([
      planting(['sidr', 'ghaf', 'nakhl']),
      names,
      reading('select count(*)::int as count from garden.trees where rings = $1', [3], ([row]) => row.count as number),
    ]);
    expect({ results, isDone }).toEqual({ results: [undefined, ['ghaf', 'nakhl', 'sidr'], 3], isDone: true });
    expect(await database.readTogether([names, names])).toEqual([
      ['ghaf', 'nakhl', 'sidr'],
      ['ghaf', 'nakhl', 'sidr'],
    ]);
  });

  test('leaves nothing when one statement fails, or when what was read forbids it', async () => {
    await expect(database.writeTogether([planting(['lawz']), failing, planting(['rumman'])])).rejects.toMatchObject({
      code: '22012',
    });
    await expect(database.writeTogether([planting(['lawz']), failing], () => true)).rejects.toMatchObject({
      code: '22012',
    });
    const { results, isDone } = await database.writeTogether([planting(['lawz']), names], ([, found]) =>
      found.includes('oak'),
    );
    expect({ found: results[1], isDone }).toEqual({ found: ['ghaf', 'lawz', 'nakhl', 'sidr'], isDone: false });
    const judging = database.writeTogether([planting(['lawz'])], () => {
      throw new Error('cannot judge');
    });
    await expect(judging).rejects.toThrow('cannot judge');
    expect(await database.readTogether([names])).toEqual([['ghaf', 'nakhl', 'sidr']]);
  });

  test('waits for no transaction that it is inside of', async () => {
    await expect(database.transaction(() => database.readTogether([names]))).rejects.toThrow('pass tx instead');
    await expect(database.transaction(() => database.writeTogether([names]))).rejects.toThrow('pass tx instead');
  });

  test('fails whole when the connection is lost, and goes on with another', async () => {
    if (database.engine === 'pglite') return;
    const dying = writing({ text: 'select pg_terminate_backend(pg_backend_pid())', values: [] });
    await expect(database.writeTogether([planting(['lawz']), dying, planting(['rumman'])])).rejects.toThrow();
    expect(await database.readTogether([names])).toEqual([['ghaf', 'nakhl', 'sidr']]);
  });

  test('goes to each row by its key, also with a plan that was made while the table was empty', async () => {
    if (database.engine === 'pglite') return;
    await sql`create table garden.shrubs (name text primary key, planted_on date)`.execute(database.db);
    await sql`analyze garden.shrubs`.execute(database.db);
    const finding = reading(
      `select shrub.name from (${valuesText([['sidr'], ['none']], 1, ['text'])}) as sought (name)
        join garden.shrubs shrub on shrub.name = sought.name`,
      ['sidr', 'none'],
      (rows) => rows.length,
    );
    const counting = reading(
      `select seq_scan::int from pg_stat_xact_user_tables where relid = 'garden.shrubs'::regclass`,
      [],
      ([row]) => row.seq_scan as number,
    );
    expect((await database.writeTogether([finding, counting])).results).toEqual([0, 0]);
    await sql`insert into garden.shrubs (name) select 'shrub ' || n from generate_series(1, 5000) n`.execute(
      database.db,
    );
    expect((await database.writeTogether([finding, counting])).results).toEqual([0, 0]);
  });

  test('takes any number of rows', async () => {
    expect(inPowers(Array.from({ length: 203 }, (_, place) => place)).map(({ length }) => length)).toEqual([
      64, 64, 64, 8, 2, 1,
    ]);
    const many = Array.from({ length: 203 }, (_, place) => `tree ${String(place).padStart(3, '0')}`);
    await database.writeTogether([planting(many)]);
    expect((await database.readTogether([names]))[0]).toEqual(['ghaf', 'nakhl', 'sidr', ...many]);
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

test('an older version neither starts on a database that a newer one has upgraded, nor changes it', async () => {
  const planted: string[] = [];
  const step = (name: string) => ({ up: async () => void planted.push(name) });
  const module = (...names: string[]) => ({
    module: 'garden',
    migrations: Object.fromEntries(names.map((name) => [name, step(name)])),
  });
  const database = await openTestDatabase(module('0001-beds', '0002-trees'));
  expect(planted).toEqual(['0001-beds', '0002-trees']);
  const older = [module('0001-beds', '0001-paths')];
  await expect(migrateDatabase(database, older)).rejects.toMatchObject({
    code: 'database-newer',
    params: { change: 'garden/0002-trees' },
  });
  expect(planted).toHaveLength(2);
  expect(await findNewerMigration(database, older)).toBe('garden/0002-trees');
  // Other modules on the same database are no concern of whoever does not have them.
  await migrateDatabase(database, [{ module: 'shed', migrations: { '0001-shelves': step('0001-shelves') } }]);
  expect(planted).toContain('0001-shelves');
  expect(await findNewerMigration(database, [module('0001-beds', '0002-trees', '0003-bees')])).toBeUndefined();
  await database.close();
});

describe.runIf(process.env['DATABASE_URL'])('a turn', () => {
  test('is of one process at a time, and passes when that releases it, ends, or loses its connection', async () => {
    const database = await openTestDatabase();
    const [one, other] = await Promise.all([1, 2].map(() => openDatabase({ url: database.url! })));
    const [mine, yours] = [one!.turn('garden.watering'), other!.turn('garden.watering')];
    expect(await Promise.all([mine.take(), mine.take()])).toEqual([true, true]);
    expect(await yours.take()).toBe(false);
    expect(await other!.turn('garden.weeding').take()).toBe(true);

    await mine.release();
    expect([mine.isHeld(), await yours.take(), await mine.take()]).toEqual([false, true, false]);

    await database.execute(
      `select pg_terminate_backend(pid) from pg_stat_activity join pg_locks using (pid)
      where locktype = 'advisory' and datname = current_database() and granted`,
    );
    await expect.poll(() => yours.isHeld()).toBe(false);
    expect([await mine.take(), await yours.take()]).toEqual([true, false]);

    await one!.close();
    await expect.poll(() => yours.take()).toBe(true);
    await other!.close();
    await database.close();
  });
});
