import { allMigrations } from '#apps/state-node';
import { migrateDatabase, openDatabase } from '#kernel/database';
import { createJobs } from '#kernel/jobs';
import { silentLog } from '#kernel/log';

/** An empty, migrated database folder that every node's own is copied from. */
export async function initialiseTemplate(folder: string): Promise<void> {
  const database = await openDatabase({ dataDir: folder });
  await migrateDatabase(database, await allMigrations());
  const jobs = createJobs(database, { log: silentLog });
  await jobs.start();
  await jobs.stop();
  await database.close();
}
