import { sql, type Tx, tablesOf } from '#kernel/database';
import type { AccessRules } from './contract.ts';

export type VersionRow = {
  version: number;
  digest: string;
  rules: AccessRules;
  changed_by: string;
  changed_at: Date;
  leaf_hash: string;
};

const versions = (db: Tx) => tablesOf<{ access_versions: VersionRow }>(db, 'exchange');

/** Held to the end of the transaction: processes that start at once number the versions one after another. */
export async function lockVersions(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('exchange.access_versions', 0))`.execute(tx);
}

export function findLatestVersion(db: Tx): Promise<VersionRow | undefined> {
  return versions(db).selectFrom('access_versions').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
}

export async function insertVersion(tx: Tx, row: VersionRow): Promise<void> {
  await versions(tx)
    .insertInto('access_versions')
    .values({ ...row, rules: JSON.stringify(row.rules) as never })
    .execute();
}
