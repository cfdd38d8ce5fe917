import { fromKysely, fromPglite, PgBoss } from 'pg-boss';
import { type Database, sql, type Tx } from './database.ts';
import { newId } from './ids.ts';
import type { Log } from './log.ts';
import { createLoop } from './loop.ts';

/** `jobId` is the same at every try of one job. */
export type Hear = (data: Record<string, unknown>, jobId: string) => Promise<void>;

export type DeadJob = { jobId: string; queue: string; reason: string; tries: number; failedAt: Date };

export type Jobs = {
  /** Declares a queue; before `start`. */
  queue(name: string): void;
  /** Puts a job into the caller's transaction: it exists exactly when the transaction commits. */
  send(tx: Tx, name: string, data: object, options?: { startAfter?: Date; key?: string }): Promise<void>;
  /** Hears a queue, at least once per job: what it does must be harmless when done twice. */
  work(name: string, hear: Hear): void;
  /**
   * Hears a fact beside whoever works on its queue: `by` names a queue of its own, so that neither fails or waits with the other.
   * The fact is whatever is sent under its name; one that nobody sends yet is heard as soon as somebody does. Before `start`.
   */
  hear(fact: string, by: string, hear: Hear): void;
  /** Each queue as it was within the last minute. `dead` jobs failed at every try: they wait for a person, and are kept a week. */
  status(): Promise<Array<{ queue: string; waiting: number; active: number; dead: number }>>;
  /** The dead jobs, oldest first, two hundred at most: of each its queue, why it failed (a code or a kind of error), and when. Nothing of what it was about. */
  listDead(): Promise<DeadJob[]>;
  /** Gives a dead job one more try, at once. False when there is none of that id. */
  retryDead(jobId: string): Promise<boolean>;
  /** Gives a dead job up in the caller's transaction; returns its queue, or undefined when there is none of that id. */
  dropDead(tx: Tx, jobId: string): Promise<string | undefined>;
  /** Jobs that somebody here hears and that are done now, or could be: those for a later moment, and tries that wait, are not among them. */
  countDue(): Promise<number>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** A job whose process has not been heard of for so long is given to another; it is looked for once a minute. */
const heartbeatSeconds = 15;

/** How often is looked for jobs whose time has come, or of which no notification told: in all queues at once. */
const lookEveryMs = 2_000;
/** pg-boss would ask each of dozens of queues on its own; it is woken for those that have something, so this is for what both missed. */
const askSeconds = 3_600;

/** What pg-boss takes of PGlite: one statement with values, or several without. */
const embeddedDoors = ({ execute, pglite }: Database) => ({
  query: execute,
  exec: (text: string) => pglite!.exec(text),
});

type DeadRow = { id: string; name: string; reason: string; tries: number; failed_at: Date };

/** pg-boss on either engine; its tables live in the schema `jobs`. */
export function createJobs(database: Database, needs: { log: Log; connectionsMax?: number }): Jobs {
  const boss = new PgBoss({
    schema: 'jobs',
    ...(database.pglite
      ? { db: fromPglite(embeddedDoors(database) as never), backend: 'pglite' }
      : { connectionString: database.url! }),
    application_name: 'jisr-jobs',
    max: needs.connectionsMax ?? 3,
    useListenNotify: true,
  } as ConstructorParameters<typeof PgBoss>[0]);
  boss.on('error', (error: Error) => needs.log.error({ err: error }, 'job queue failed'));
  const queues = new Set<string>();
  const hearers = new Map<string, Hear>();
  const besides = new Map<string, string[]>();
  const workers = new Map<string, string>();
  const wake = (name: string) => boss.notifyWorker(workers.get(name)!);
  const look = createLoop({
    work: async () => {
      const { rows } = await sql<{ name: string }>`
        select name from unnest(${[...workers.keys()]}::text[]) as queue(name) where exists (
          select from jobs.job as j where j.name = queue.name and j.state < 'active' and not j.blocked and j.start_after <= jobs.job_now()
        )`.execute(database.db);
      for (const { name } of rows) wake(name);
      return false;
    },
    ...{ everyMs: lookEveryMs, log: needs.log, failed: 'jobs that are due could not be looked for' },
  });
  return {
    queue: (name) => void queues.add(name),
    send: async (tx, name, data, options = {}) => {
      if (!queues.has(name)) throw new Error(`queue ${name} was not declared`);
      for (const queue of [name, ...(besides.get(name) ?? [])])
        await boss.send(queue, data, {
          db: fromKysely(tx as never),
          ...(options.startAfter ? { startAfter: options.startAfter } : {}),
          ...(options.key ? { singletonKey: options.key } : {}),
        } as never);
    },
    work: (name, hear) => {
      queues.add(name);
      hearers.set(name, hear);
    },
    hear: (fact, by, hear) => {
      const queue = `${fact}.${by}`;
      queues.add(queue);
      hearers.set(queue, hear);
      besides.set(fact, [...(besides.get(fact) ?? []), queue]);
    },
    status: () =>
      Promise.all(
        [...queues].map(async (queue) => {
          const [now] = await boss.getQueueStats(queue, { force: true });
          return { queue, waiting: now!.queuedCount, active: now!.activeCount, dead: now!.failedCount };
        }),
      ),
    listDead: async () => {
      const { rows } = await sql<DeadRow>`
        select id, name, coalesce(output ->> 'code', output ->> 'name', '') as reason, retry_count + 1 as tries,
          coalesce(completed_on, created_on) as failed_at
        from jobs.job where name = any(${[...queues]}::text[]) and state = 'failed' order by 5, id limit 200`.execute(
        database.db,
      );
      return rows.map(({ id, name, failed_at, ...row }) => ({ jobId: id, queue: name, failedAt: failed_at, ...row }));
    },
    retryDead: async (jobId) => {
      const { rows } = await sql<{ name: string }>`
        select name from jobs.job where id = ${jobId}::uuid and state = 'failed'`.execute(database.db);
      const [found] = rows;
      if (!found) return false;
      await boss.retry(found.name, jobId);
      if (workers.has(found.name)) wake(found.name);
      return true;
    },
    dropDead: async (tx, jobId) => {
      const { rows } = await sql<{ name: string }>`
        delete from jobs.job where id = ${jobId}::uuid and state = 'failed' returning name`.execute(tx);
      return rows[0]?.name;
    },
    countDue: async () => {
      const { rows } = await sql<{ due: number }>`
        select count(*)::int as due from jobs.job where name = any(${[...hearers.keys()]}::text[])
        and (state = 'active' or (state in ('created', 'retry') and start_after <= now()))`.execute(database.db);
      return rows[0]!.due;
    },
    start: async () => {
      await boss.start();
      const options = { notify: true, retryLimit: 8, retryDelay: 2, retryBackoff: true, heartbeatSeconds };
      // Of dozens of queues most are there from an earlier start, as they should be: each step less saves a node's start a round trip.
      const kept = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
      for (const name of queues) {
        const found = kept.get(name);
        if (found === undefined) await boss.createQueue(name, options as never);
        else if (found.heartbeatSeconds !== heartbeatSeconds) await boss.updateQueue(name, { heartbeatSeconds });
        // Looking up any job fills pg-boss's cache of that queue, outside a transaction: on PGlite the first look-up inside one
        // would wait for ever. getQueue does not fill it.
        await boss.findJobs(name, { id: newId() });
      }
      const asking = { pollingIntervalSeconds: askSeconds, notifyPollingIntervalSeconds: askSeconds };
      for (const [name, hear] of hearers) {
        const worker = await boss.work(name, asking, async (jobs: Array<{ id: string; data: unknown }>) => {
          // One job is fetched at a time, and who had one looks for the next without a pause.
          wake(name);
          for (const job of jobs) {
            try {
              await hear(job.data as Record<string, unknown>, job.id);
            } catch (error) {
              needs.log.error({ err: error, queue: name, jobId: job.id }, 'job failed; it will be tried again');
              throw error;
            }
          }
        });
        workers.set(name, worker);
      }
      look.start();
    },
    stop: async () => {
      await look.stop();
      await boss.stop({ graceful: true, timeout: 5_000 } as never);
    },
  };
}
