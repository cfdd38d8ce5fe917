import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, type ModuleMigrations, migrateDatabase, openDatabase } from '#kernel/database';
import { newId } from '#kernel/ids';

/**
 * A fresh, migrated database: PGlite in memory, or a database of its own on the server that DATABASE_URL names.
 * An empty PGlite takes seconds to make, so an initialised one is kept as a snapshot between runs.
 */
export async function openTestDatabase(...modules: ModuleMigrations[]): Promise<Database> {
  const server = process.env['DATABASE_URL'];
  if (server !== undefined) {
    const database = await openOnServer(server);
    await migrateDatabase(database, modules);
    return database;
  }
  const database = await openDatabase({ snapshot: await emptySnapshot() });
  await migrateDatabase(database, modules);
  return database;
}

async function openOnServer(server: string): Promise<Database> {
  const name = `test_${newId().replaceAll('-', '')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href, connectionsMax: 5 });
  return {
    ...database,
    close: async () => {
      await database.close();
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function emptySnapshot(): Promise<Blob> {
  const version = createHash('sha256')
    .update(readFileSync(new URL(import.meta.resolve('@electric-sql/pglite'))))
    .digest('hex')
    .slice(0, 16);
  const folder = join(import.meta.dirname, '..', '..', '.data', 'snapshots');
  const file = join(folder, `empty-${version}.tar`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const fresh = await openDatabase({});
    await fresh.db.executeQuery((await import('kysely')).sql`select 1`.compile(fresh.db));
    const dump = await fresh.pglite!.dumpDataDir('none');
    await fresh.close();
    const half = `${file}.${process.pid}`;
    writeFileSync(half, Buffer.from(await dump.arrayBuffer()));
    renameSync(half, file);
  }
  return new Blob([readFileSync(file)]);
}
