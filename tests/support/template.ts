import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '#kernel/database';

const root = join(import.meta.dirname, '..', '..');

/**
 * One migrated database that every test's own is copied from, in place of hundreds of times the same seconds of work.
 * It is kept between runs and named after all that went into it: whoever changes a migration gets another one.
 */
let named: string | undefined;
function nameOfTemplate(): string {
  if (named) return named;
  const hash = createHash('sha256');
  const files = [
    ...globSync('modules/*/migrations/*.ts', { cwd: root }),
    'kernel/database.ts',
    'kernel/jobs.ts',
    'apps/federation/template.ts',
  ];
  for (const file of files.sort()) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  for (const name of ['@electric-sql/pglite', 'pg-boss'])
    hash.update(readFileSync(join(root, 'node_modules', name, 'package.json')));
  named = hash.digest('hex').slice(0, 16);
  return named;
}

/** A folder with a PGlite that has every table, and the same as an archive for those that live in memory. */
export async function ensureTemplateFolder(): Promise<{ folder: string; archive: string }> {
  const folder = join(root, '.data', 'templates', nameOfTemplate());
  const found = { folder, archive: join(folder, 'pglite.tar') };
  if (existsSync(folder)) return found;
  const half = `${folder}.${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  const { initialiseTemplate } = await import('../../apps/federation/template.ts');
  await initialiseTemplate(half);
  const database = await openDatabase({ dataDir: half });
  const archive = await database.pglite!.dumpDataDir('none');
  await database.close();
  writeFileSync(join(half, 'pglite.tar'), Buffer.from(await archive.arrayBuffer()));
  keepOne(half, folder);
  return found;
}

/** Two processes may have made one at the same time: the first is kept. */
function keepOne(made: string, kept: string): void {
  try {
    renameSync(made, kept);
  } catch (error) {
    if (!existsSync(kept)) throw error;
    rmSync(made, { recursive: true, force: true });
  }
}

/** Makes databases on a server as copies of one that has every table; `server` is an address that may make databases. */
export async function createFromTemplate(server: string, names: string[]): Promise<void> {
  const template = `jisr_template_${nameOfTemplate()}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    // Only one at a time makes it, and nobody copies it before it is whole.
    await client.query('select pg_advisory_lock($1)', [templateLock]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (!rowCount) {
      await client.query(`drop database if exists ${template}_half with (force)`);
      await client.query(`create database ${template}_half`);
      const { migrateTemplate } = await import('../../apps/federation/template.ts');
      const database = await openDatabase({ url: urlOf(server, `${template}_half`), connectionsMax: 2 });
      await migrateTemplate(database);
      await database.close();
      await client.query(`alter database ${template}_half rename to ${template}`);
    }
    await client.query('select pg_advisory_unlock($1)', [templateLock]);
    for (const name of names) await client.query(`create database ${name} template ${template}`);
  } finally {
    await client.end();
  }
}

/** Any number that nothing else on the server uses as a lock. */
const templateLock = 7_145_900;

export function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Drops the databases whose names begin so. */
export async function dropDatabases(server: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  } finally {
    await client.end();
  }
}
