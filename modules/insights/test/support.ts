import type { Database } from '#kernel/database';
import { createJobs } from '#kernel/jobs';
import { silentLog } from '#kernel/log';

/** A node of which nothing was observed and nothing decided: its queue exists and never starts. */
export const unobserved = (database: Database) => ({
  log: silentLog,
  jobs: createJobs(database, { log: silentLog }),
  listServices: () => [],
  listAsked: async () => [],
  measureDecided: async () => [],
});
