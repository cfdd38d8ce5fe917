import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, sql, type Tx } from '#kernel/database';
import { openTestDatabase } from '#tests/support/database';

// What PostgreSQL does for the pool of a server, this project does for the embedded database: a statement that comes again is kept prepared.
describe.skipIf(process.env['DATABASE_URL'])('a statement that comes again, in the embedded database', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute('create schema garden');
    await database.execute(
      `create table garden.trees (id int primary key, name text, rings bigint, heights numeric[], planted_on date, seen_at timestamptz,
        bark bytea, about jsonb, is_old boolean)`,
    );
  });
  afterAll(() => database.close());

  const insert = (db: Tx, tree: { [column: string]: unknown }) =>
    sql`insert into garden.trees values (${tree['id']}, ${tree['name']}, ${tree['rings']}, ${tree['heights']}, ${tree['planted_on']},
      ${tree['seen_at']}, ${tree['bark']}, ${tree['about']}, ${tree['is_old']})`.execute(db);
  const find = async (db: Tx, id: number) =>
    (await sql<{ name: string }>`select * from garden.trees where id = ${id}`.execute(db)).rows[0];

  test('says the same each time, whatever its values are, and of nothing', async () => {
    for (let id = 1; id <= 12; id += 1) {
      const isKnown = id % 3 !== 0;
      const tree = {
        id,
        name: isKnown ? `سدر ${id} 'x' \\ "` : null,
        rings: isKnown ? '9007199254740993' : null,
        heights: isKnown ? ['1.50', '2.25'] : null,
        planted_on: isKnown ? '2020-02-29' : null,
        seen_at: isKnown ? new Date('2026-11-30T23:59:59.123Z') : null,
        bark: isKnown ? new Uint8Array([0, 255, id]) : null,
        about: isKnown ? { words: ['a'], n: id } : null,
        is_old: isKnown ? id % 2 === 0 : null,
      };
      const { numAffectedRows } = await insert(database.db, tree);
      expect(numAffectedRows).toBe(1n);
      expect(await find(database.db, id)).toEqual(tree);
      expect(await find(database.db, 1_000 + id)).toBeUndefined();
    }
    const { numAffectedRows, rows } = await sql`update garden.trees set is_old = true where id > ${4}`.execute(
      database.db,
    );
    expect([numAffectedRows, rows]).toEqual([8n, []]);
  });

  test('that failed undoes its transaction, and does right the next time', async () => {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const failing = database.transaction(async (tx) => {
        await insert(tx, { id: 100 + attempt });
        await insert(tx, { id: 1 });
      });
      await expect(failing).rejects.toMatchObject({ code: '23505', constraint: 'trees_pkey' });
      await expect(insert(database.db, { id: 'no number' })).rejects.toMatchObject({ code: '22P02' });
      expect(await find(database.db, 100 + attempt)).toBeUndefined();
      await expect(sql`select * from garden.nowhere where id = ${1}`.execute(database.db)).rejects.toMatchObject({
        code: '42P01',
      });
      await expect(insert(database.db, { id: 500, bark: 'no bytes' as never, seen_at: {} })).rejects.toThrow();
      expect(await find(database.db, 1)).toMatchObject({ name: `سدر 1 'x' \\ "` });
    }
  });

  test('shows the columns that its table has now, whoever changed them, outside of a transaction and in the next one', async () => {
    const columns = async (db: Tx = database.db) => Object.keys((await find(db, 1))!);
    const before = await columns();
    await columns();
    await database.execute('alter table garden.trees add column owner text');
    expect(await columns()).toEqual([...before, 'owner']);
    await columns();
    await database.pglite!.exec('alter table garden.trees add column street text');
    expect(await columns()).toEqual([...before, 'owner', 'street']);
    await columns();
    await database.pglite!.exec('alter table garden.trees drop column street');
    await expect(database.transaction(columns)).rejects.toMatchObject({ code: '0A000' });
    expect(await database.transaction(columns)).toEqual([...before, 'owner']);
  });

  test('is told from its name when there are more of them than are kept, and planned anew after many uses', async () => {
    for (let round = 0; round < 3; round += 1)
      for (let other = 0; other < 400; other += 1) {
        const { rows } = await sql`select ${sql.lit(other)}::int + ${round}::int as sum`.execute(database.db);
        expect(rows).toEqual([{ sum: other + round }]);
      }
    for (let use = 0; use < 2_100; use += 1) {
      const { rows } = await sql`select ${use}::int as use`.execute(database.db);
      expect(rows).toEqual([{ use }]);
    }
    const { rows } = await sql<{ kept: number }>`select count(*)::int as kept from pg_prepared_statements`.execute(
      database.db,
    );
    expect(rows[0]!.kept).toBeGreaterThan(50);
    expect(rows[0]!.kept).toBeLessThanOrEqual(150);
  });

  test('takes a fraction of what it takes to read it anew', async () => {
    const text =
      'select t.*, o.name as other from garden.trees t left join garden.trees o on o.id = t.id + 1 where t.id = any($1::int[])';
    const timeOf = async (run: () => Promise<unknown>) => {
      const began = performance.now();
      for (let at = 0; at < 200; at += 1) await run();
      return performance.now() - began;
    };
    const kept = () => timeOf(() => database.execute(text, [[1, 2]]));
    const anew = () => timeOf(() => database.pglite!.query(text, [[1, 2]]));
    const ratios: number[] = [];
    for (let round = 0; round < 5; round += 1) ratios.push((await kept()) / (await anew()));
    console.log(`kept prepared: ${Math.min(...ratios).toFixed(2)} of the time`);
    expect(Math.min(...ratios)).toBeLessThan(0.7);
  });
});
