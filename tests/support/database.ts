import { readFileSync } from 'node:fs';
import { type Database, type ModuleMigrations, migrateDatabase, openDatabase } from '#kernel/database';
import { newId } from '#kernel/ids';
import { createFromTemplate, dropDatabases, ensureTemplateFolder, urlOf } from './template.ts';

/** A fresh, migrated database: PGlite in memory, or one of its own on the server that DATABASE_URL names. */
export async function openTestDatabase(...modules: ModuleMigrations[]): Promise<Database> {
  const server = process.env['DATABASE_URL'];
  const database = server === undefined ? await openInMemory() : await openOnServer(server);
  // What is in the template is found to be there; a test of the kernel brings tables of its own.
  await migrateDatabase(database, modules);
  return database;
}

async function openInMemory(): Promise<Database> {
  const { archive } = await ensureTemplateFolder();
  return openDatabase({ snapshot: new Blob([readFileSync(archive)]) });
}

async function openOnServer(server: string): Promise<Database> {
  const name = `test_${newId().replaceAll('-', '')}`;
  await createFromTemplate(server, [name]);
  const database = await openDatabase({ url: urlOf(server, name), connectionsMax: 5 });
  return {
    ...database,
    close: async () => {
      await database.close();
      await dropDatabases(server, name);
    },
  };
}
