import { sql, type Tx, tablesOf } from '#kernel/database';
import type { AccessRules } from './contract.ts';

export type VersionRow = {
  version: number;
  digest: string;
  rules: AccessRules;
  changed_by: 'state-folder' | 'operator';
  reason: string | null;
  changed_at: Date;
  leaf_hash: string;
};
export type ListedVersion = Omit<VersionRow, 'rules'> & { rules_count: number };

const versions = (db: Tx) => tablesOf<{ access_versions: VersionRow }>(db, 'exchange');

/** Held to the end of the transaction: processes that start or publish at once number the versions one after another. */
export async function lockVersions(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('exchange.access_versions', 0))`.execute(tx);
}

export function findLatestVersion(db: Tx): Promise<VersionRow | undefined> {
  return versions(db).selectFrom('access_versions').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
}

export async function findLatestNumber(db: Tx): Promise<number | undefined> {
  const latest = versions(db).selectFrom('access_versions').select('version').orderBy('version', 'desc').limit(1);
  return (await latest.executeTakeFirst())?.version;
}

export function findVersion(db: Tx, version: number): Promise<VersionRow | undefined> {
  return versions(db).selectFrom('access_versions').selectAll().where('version', '=', version).executeTakeFirst();
}

/** Latest first, without the rules themselves. */
export function listVersions(db: Tx, limit: number): Promise<ListedVersion[]> {
  return versions(db)
    .selectFrom('access_versions')
    .select(['version', 'digest', 'changed_by', 'reason', 'changed_at', 'leaf_hash'])
    .select(sql<number>`jsonb_array_length(rules -> 'rules')`.as('rules_count'))
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
}

export async function insertVersion(tx: Tx, row: VersionRow): Promise<void> {
  await versions(tx)
    .insertInto('access_versions')
    .values({ ...row, rules: JSON.stringify(row.rules) as never })
    .execute();
}
