import { AsyncLocalStorage } from 'node:async_hooks';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { PGlite } from '@electric-sql/pglite';
import {
  Kysely,
  type KyselyPlugin,
  PGliteDialect,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { defineProblems, noteUnavailable } from './problem.ts';
import { createTogether, runInTurn, sendTogether, type Together } from './together.ts';
import { createTurns, type Turn } from './turns.ts';

export { sql };

// biome-ignore lint/suspicious/noExplicitAny: each module names its own tables with tablesOf
export type Tx = Kysely<any>;

export type Database = Together & {
  engine: 'pglite' | 'postgres';
  /** For reads and single statements. Inside `transaction` it throws: on PGlite it would wait for ever. */
  db: Tx;
  /** One write, one transaction. Everything inside uses `tx`; no network inside. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Reads only, for at most `timeoutMs`: for queries that come from data. */
  readOnly<T>(timeoutMs: number, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The driver's own handle, for the job queue, which brings its own SQL. */
  execute(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  /** The turn at work that of all processes on this database one does at a time; the same name is the same turn. */
  turn(name: string): Turn;
  pglite?: PGlite;
  url?: string;
  /** Connections to the server now, and callers that wait for one; the embedded database has no pool. */
  connections?(): { open: number; idle: number; waiting: number };
  close(): Promise<void>;
};

export type ModuleMigrations = {
  module: string;
  migrations: Record<string, { up(db: Tx): Promise<void> }>;
};

export const databaseProblem = defineProblems({
  'data-folder-in-use': {
    status: 503,
    en: 'The data folder {folder} is in use by process {pid}. Stop that process, or choose another folder.',
    ar: 'مجلد البيانات {folder} تستخدمه العملية {pid}. أوقف تلك العملية أو اختر مجلدًا آخر.',
  },
  'database-newer': {
    status: 503,
    en: 'The database was upgraded by a newer version of this software ({change}), and this one would misread it. Start the newer version, or put the backup from before the upgrade back.',
    ar: 'رُقّيت قاعدة البيانات بإصدار أحدث من هذا البرنامج ({change})، وهذا الإصدار يسيء قراءتها. شغّل الإصدار الأحدث، أو أعد النسخة الاحتياطية السابقة للترقية.',
  },
});

/** Notes of an error that the server is not there, or has no connection left: here, where no other server's errors pass. */
function noteAway(error: unknown): never {
  const { code = '', message = '' } = error as { code?: unknown; message?: string };
  const isLost = /^(Connection terminated|Client (was closed|has encountered)|timeout exceeded when trying)/.test(
    message,
  );
  // Classes 08 (connection) and 57P (shutting down, starting up), and all connections taken: PostgreSQL, appendix A.
  if (isLost || /^(08|57P|53300$|E[A-Z_]+$)/.test(String(code))) noteUnavailable(error as object);
  throw error;
}

const inTransaction = new AsyncLocalStorage<object>();

/** PGlite has one connection: a query beside its open transaction never returns. Refuse it where the mistake is made. */
function refuseInsideTransaction(owner: object): KyselyPlugin {
  return {
    transformQuery: ({ node }) => {
      if (inTransaction.getStore() === owner)
        throw new Error('a query on database.db inside database.transaction: pass tx instead');
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}

/**
 * Opens PostgreSQL (`url`), or an embedded PGlite in `dataDir` (in memory when the folder is not named).
 * PGlite never calls fsync: it survives kill -9 and not a power cut, so it is for trying out.
 */
export async function openDatabase(
  options: { url: string; connectionsMax?: number } | { dataDir?: string; snapshot?: Blob },
): Promise<Database> {
  return 'url' in options ? openPostgres(options) : openPglite(options);
}

function openPostgres(options: { url: string; connectionsMax?: number }): Database {
  const connecting = { connectionString: options.url, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 10_000 };
  const max = options.connectionsMax ?? 10;
  const pool = new pg.Pool({ ...connecting, max });
  // Rounds of many callers go on connections of their own: pages that wait for something do not hold them up.
  const rounds = new pg.Pool({
    ...connecting,
    max: Math.min(roundsMax, Math.ceil(max / 3)),
    pipeline: true,
  } as pg.PoolConfig);
  rounds.on('connect', (client) => {
    client.query(roundsSettings).catch(() => {
      // The connection broke, which the round on it reports; or a pooler forbids it, and planning goes on as it did.
    });
  });
  // Without listeners, a server that goes away ends the process; the query under way or the next one reports it anyway.
  for (const one of [pool, rounds])
    one.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  const nameOf = createNaming();
  const raw: Tx = new Kysely({ dialect: new PostgresDialect({ pool: preparing(pool, nameOf) }) });
  const { refuseNested, ...wrapped } = wrap(raw);
  const turns = createTurns(options.url);
  return {
    engine: 'postgres',
    ...wrapped,
    ...createTogether(async (statements, transaction) => {
      refuseNested();
      return sendTogether(rounds, nameOf, statements, transaction).catch(noteAway);
    }),
    execute: (text, values) => pool.query(text, values as never[]).catch(noteAway),
    turn: turns.of,
    url: options.url,
    connections: () => ({
      open: pool.totalCount + rounds.totalCount,
      idle: pool.idleCount + rounds.idleCount,
      waiting: pool.waitingCount + rounds.waitingCount,
    }),
    close: async () => {
      await turns.close();
      await Promise.all([raw.destroy(), rounds.end()]);
    },
  };
}

const statementsMax = 500;
const roundsMax = 4;

/**
 * Statements of rounds take lists of any length, which PostgreSQL would plan anew each time for longer than it runs them. One plan
 * for all is made when the tables may still be empty, and reading all of an empty table looks cheapest: by the time somebody counts
 * its rows again it is read whole, thousands of times a minute. A round finds each row by its key, whatever the size.
 */
const roundsSettings = [
  'plan_cache_mode = force_generic_plan',
  ...['seqscan', 'hashjoin', 'mergejoin'].map((way) => `enable_${way} = off`),
  'jit = off',
]
  .map((setting) => `set ${setting}`)
  .join('; ');

function createNaming(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= statementsMax) return known;
    if (!/^\s*(select|insert|update|delete|with)\b/i.test(text)) return undefined;
    const name = `jisr_${hash('sha256', text, 'hex').slice(0, 32)}`;
    names.set(text, name);
    return name;
  };
}

/**
 * The pool, with every recurring statement prepared under a name: PostgreSQL parses and plans it once per connection, which
 * halves the cost of a short one. A server behind a pooler needs one that keeps prepared statements (PgBouncer 1.21).
 * Trap: from its sixth use on PostgreSQL may keep one plan for all values. What a plan must know to be possible at all, such as
 * the condition of a partial index in ON CONFLICT, has to be a literal (`sql.lit`).
 */
function preparing(pool: pg.Pool, nameOf: ReturnType<typeof createNaming>): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const wrapClient = (client: pg.PoolClient): PostgresPoolClient => {
    const known = clients.get(client);
    if (known) return known;
    const query = (text: unknown, values?: readonly unknown[]) => {
      const name = typeof text === 'string' ? nameOf(text) : undefined;
      const asked = name === undefined ? (text as string) : { name, text: text as string };
      return client.query(asked as pg.QueryConfig, values as unknown[]).catch(noteAway);
    };
    const wrapped = { query, release: () => client.release() } as unknown as PostgresPoolClient;
    clients.set(client, wrapped);
    return wrapped;
  };
  return {
    connect: async () => wrapClient(await pool.connect().catch(noteAway)),
    end: () => pool.end(),
  } as PostgresPool;
}

async function openPglite(options: { dataDir?: string; snapshot?: Blob }): Promise<Database> {
  const release = options.dataDir ? lockFolder(options.dataDir) : () => undefined;
  // PGlite holds a few enormous functions: optimising them takes V8 half a gigabyte at once, for a fifth of the query time.
  for (const flag of ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up']) setFlagsFromString(flag);
  try {
    // Only here: a node on PostgreSQL need not load it.
    const [{ PGlite: Engine, types }, { bytes, keepPrepared }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('./embedded.ts'),
    ]);
    const pglite = await Engine.create({
      // PostgreSQL's own 128 MB are taken whole here; a node's working set is a fraction of it.
      startParams: [...Engine.defaultStartParams, '-c', 'shared_buffers=16MB'],
      // Its write-ahead log in pieces of 1 MB, not of 16: a third less to copy and to keep, and old ones go sooner.
      initDbStartParams: ['--wal-segsize=1'],
      ...(options.dataDir ? { dataDir: join(options.dataDir, 'pglite') } : {}),
      ...(options.snapshot ? { loadDataDir: options.snapshot } : {}),
      // Same JavaScript types on both engines: dates as text, as `pg` is told below.
      parsers: { ...bytes.parsers, [types.DATE]: (value: string) => value, [types.INT8]: (value: string) => value },
      serializers: bytes.serializers,
    });
    const embedded = keepPrepared(pglite);
    const raw: Tx = new Kysely({ dialect: new PGliteDialect({ pglite: embedded as never }) });
    const { refuseNested, ...wrapped } = wrap(raw);
    return {
      engine: 'pglite',
      ...wrapped,
      ...createTogether(async (statements, transaction) => {
        refuseNested();
        return runInTurn(wrapped, statements, transaction);
      }),
      execute: (text, values) => embedded.query(text, values),
      // The folder belongs to this process alone.
      turn: () => ({ take: async () => true, isHeld: () => true, release: async () => undefined }),
      pglite,
      close: async () => {
        await raw.destroy();
        if (!pglite.closed) await pglite.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

// A calendar date has no time zone: hand it over as it is written.
pg.types.setTypeParser(1082, (value) => value);

function wrap(raw: Tx): Pick<Database, 'db' | 'transaction' | 'readOnly'> & { refuseNested(): void } {
  const owner = {};
  const run = <T>(start: ReturnType<Tx['transaction']>, work: (tx: Tx) => Promise<T>) =>
    start.execute((tx: Transaction<unknown>) => inTransaction.run(owner, () => work(tx as unknown as Tx)));
  const refuseNested = () => {
    if (inTransaction.getStore() === owner) throw new Error('a transaction inside a transaction: pass tx instead');
  };
  return {
    refuseNested,
    db: raw.withPlugin(refuseInsideTransaction(owner)),
    transaction: async (work) => {
      refuseNested();
      return run(raw.transaction(), work);
    },
    readOnly: async (timeoutMs, work) => {
      refuseNested();
      return run(raw.transaction(), async (tx) => {
        // As a statement: Kysely's PGlite driver ignores setAccessMode.
        await sql`set transaction read only`.execute(tx);
        await sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`.execute(tx);
        return work(tx);
      });
    },
  };
}

/** The tables of one module, typed by that module. SQL names only its own module's schema. */
export function tablesOf<Tables>(db: Tx, schema: string): Kysely<Tables> {
  return db.withSchema(schema) as unknown as Kysely<Tables>;
}

/**
 * Brings every module's schema up to date: what has not run yet runs in its order, all of it or nothing. One read when
 * there is nothing to do; Kysely's own migrator reads the whole catalogue for each list, a second and a half per start.
 * Throws `database-newer` and changes nothing where a module of these has been brought further than this code knows.
 */
export async function migrateDatabase(database: Database, modules: ModuleMigrations[]): Promise<void> {
  const wanted = modules.flatMap(({ module, migrations }) =>
    Object.keys(migrations)
      .sort()
      .map((name) => ({ module, name, up: migrations[name]!.up })),
  );
  const found = await sql<{ table: string | null }>`select to_regclass('kernel.migrations')::text as table`.execute(
    database.db,
  );
  if (found.rows[0]?.table) {
    const done = await listDone(database.db);
    const newer = findNewer(done, modules);
    if (newer) throw databaseProblem('database-newer', { change: newer });
    if (missingOf(wanted, done).length === 0) return;
  }
  await database.transaction(async (tx) => {
    // Two processes that start at once on one server take turns; the second finds nothing left to do.
    await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(tx);
    await sql`create schema if not exists kernel`.execute(tx);
    await sql`create table if not exists kernel.migrations (
      module text not null,
      name text not null,
      run_at timestamptz not null default now(),
      primary key (module, name)
    )`.execute(tx);
    for (const { module, name, up } of missingOf(wanted, await listDone(tx))) {
      await sql`create schema if not exists ${sql.id(module)}`.execute(tx);
      await up(tx);
      await sql`insert into kernel.migrations (module, name) values (${module}, ${name})`.execute(tx);
    }
  });
}

/** Any number that no other lock of this project uses. */
const migrationLock = 7_145_001;

type Migration = { module: string; name: string };

async function listDone(db: Tx): Promise<Migration[]> {
  return (await sql<Migration>`select module, name from kernel.migrations order by run_at desc`.execute(db)).rows;
}

function missingOf<Wanted extends Migration>(wanted: Wanted[], done: Migration[]): Wanted[] {
  const names = new Set(done.map(({ module, name }) => `${module}/${name}`));
  return wanted.filter(({ module, name }) => !names.has(`${module}/${name}`));
}

/** The newest change to a module of these that this code does not know. Modules that it does not know at all are no concern of it. */
function findNewer(done: Migration[], modules: ModuleMigrations[]): string | undefined {
  const known = new Map(modules.map(({ module, migrations }) => [module, migrations]));
  const newer = done.find(({ module, name }) => known.has(module) && !known.get(module)![name]);
  return newer && `${newer.module}/${newer.name}`;
}

/** The same for whoever looks without changing anything: undefined where this code can be started on the database. */
export async function findNewerMigration(database: Database, modules: ModuleMigrations[]): Promise<string | undefined> {
  const { rows } = await database.execute("select to_regclass('kernel.migrations')::text as table");
  const isThere = (rows[0] as { table: string | null } | undefined)?.table;
  return isThere ? findNewer(await listDone(database.db), modules) : undefined;
}

/** Two processes on one PGlite folder would destroy it, and PGlite does not stop them. */
function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'in-use-by');
  if (existsSync(file)) {
    const [owner = '', startedAt = ''] = readFileSync(file, 'utf8').split(' ');
    const pid = Number(owner);
    // A number is given again after a reboot or a while: it is the same process only if it also began at the same time.
    const isSame = startedAt === '' || startedAt === startOf(pid);
    if (pid !== process.pid && isRunning(pid) && isSame) throw databaseProblem('data-folder-in-use', { folder, pid });
    rmSync(file, { force: true });
  }
  writeFileSync(file, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx', mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** When a process began, in ticks since boot (proc(5), field 22 of stat); empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
