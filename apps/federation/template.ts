import { allMigrations } from '#apps/state-node';
import { type Database, migrateDatabase, openDatabase } from '#kernel/database';
import { createJobs } from '#kernel/jobs';
import { silentLog } from '#kernel/log';

/** An empty, migrated database folder that every node's own is copied from. */
export async function initialiseTemplate(folder: string): Promise<void> {
  const database = await openDatabase({ dataDir: folder });
  await migrateTemplate(database);
  await dropOwnTemplates(database);
  await database.close();
}

/** What PostgreSQL makes new databases from: two thirds of the files, and a node never makes a database. */
async function dropOwnTemplates({ execute }: Database): Promise<void> {
  await execute("update pg_database set datistemplate = false where datname in ('template0', 'template1')", []);
  for (const name of ['template0', 'template1']) await execute(`drop database ${name}`, []);
  await execute('checkpoint', []);
}

/** Every table of a node, those of its queues too. */
export async function migrateTemplate(database: Database): Promise<void> {
  await migrateDatabase(database, await allMigrations());
  const jobs = createJobs(database, { log: silentLog });
  await jobs.start();
  await jobs.stop();
}
