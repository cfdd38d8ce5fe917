import { sql, type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';
import type { ServiceFiles } from './services.ts';

type Tables = {
  publications: {
    publication_id: string;
    service_id: string;
    version: string;
    in_force_from: Date;
    decided_at: Date;
  };
  pauses: { service_id: string; reason: Text | string; paused_at: Date; starts_at: Date; ends_at: Date | null };
  search_misses: { words_hash: Buffer; words: string | null; times: number; counted_at: Date };
  versions: { service_id: string; version: string; label: string; files: ServiceFiles | string; published_at: Date };
};

const tables = (db: Tx) => tablesOf<Tables>(db, 'catalogue');

/** Keeps a version as it is now; one that is already kept stays untouched. True when it was new. */
export async function keepVersion(
  tx: Tx,
  version: { serviceId: string; version: string; label: string; files: ServiceFiles; publishedAt: Date },
): Promise<boolean> {
  const result = await tables(tx)
    .insertInto('versions')
    .values({
      service_id: version.serviceId,
      version: version.version,
      label: version.label,
      files: JSON.stringify(version.files),
      published_at: version.publishedAt,
    })
    .onConflict((conflict) => conflict.columns(['service_id', 'version']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function findVersionFiles(db: Tx, serviceId: string, version: string): Promise<ServiceFiles | undefined> {
  const row = await tables(db)
    .selectFrom('versions')
    .select('files')
    .where('service_id', '=', serviceId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.files as ServiceFiles | undefined;
}

/** The newest first. */
export async function listVersions(
  db: Tx,
  serviceId: string,
): Promise<Array<{ version: string; label: string; publishedAt: Date }>> {
  const rows = await tables(db)
    .selectFrom('versions')
    .select(['version', 'label', 'published_at as publishedAt'])
    .where('service_id', '=', serviceId)
    .orderBy('published_at', 'desc')
    .orderBy('version')
    .limit(500)
    .execute();
  return rows;
}

export type Publication = { id: string; serviceId: string; version: string; inForceFrom: Date; decidedAt: Date };

export async function insertPublication(tx: Tx, one: Publication): Promise<void> {
  await tables(tx)
    .insertInto('publications')
    .values({
      publication_id: one.id,
      service_id: one.serviceId,
      version: one.version,
      in_force_from: one.inForceFrom,
      decided_at: one.decidedAt,
    })
    .execute();
}

/** In the order in which they come into force; of one moment the later decision counts. */
export async function listPublications(db: Tx): Promise<Publication[]> {
  return tables(db)
    .selectFrom('publications')
    .select([
      'publication_id as id',
      'service_id as serviceId',
      'version',
      'in_force_from as inForceFrom',
      'decided_at as decidedAt',
    ])
    .orderBy('in_force_from')
    .orderBy('decided_at')
    .execute();
}

/** What people looked for in vain, in normalised spelling, and how often. */
export type Miss = { words: string; times: number; lastAt: Date };

export async function countMiss(
  db: Tx,
  miss: { hash: Buffer; words: string; namedFrom: number; now: Date; countedBefore: Date },
): Promise<void> {
  await tables(db)
    .insertInto('search_misses')
    .values({ words_hash: miss.hash, words: null, times: 1, counted_at: miss.now })
    .onConflict((conflict) =>
      conflict
        .column('words_hash')
        .doUpdateSet({
          times: sql<number>`search_misses.times + 1`,
          words: sql<
            string | null
          >`case when search_misses.times + 1 >= ${miss.namedFrom} then ${miss.words}::text end`,
          counted_at: miss.now,
        })
        .where('search_misses.counted_at', '<=', miss.countedBefore),
    )
    .execute();
}

export async function listNamedMisses(db: Tx): Promise<Miss[]> {
  const rows = await tables(db)
    .selectFrom('search_misses')
    .select(['words', 'times', 'counted_at'])
    .where('words', 'is not', null)
    .orderBy('times', 'desc')
    .orderBy('words')
    .limit(500)
    .execute();
  return rows.map(({ words, times, counted_at: lastAt }) => ({ words: words!, times, lastAt }));
}

export async function forgetMisses(db: Tx, before: Date): Promise<void> {
  await tables(db).deleteFrom('search_misses').where('counted_at', '<', before).execute();
}

/** `pausedAt`: when somebody said so. */
export type SavedPause = { serviceId: string; reason: Text; pausedAt: Date; startsAt: Date; endsAt?: Date };

/** Those of the past too, until the next one of their service is said. */
export async function listPauses(db: Tx): Promise<SavedPause[]> {
  const rows = await tables(db).selectFrom('pauses').selectAll().execute();
  return rows.map((row) => ({
    serviceId: row.service_id,
    reason: row.reason as Text,
    pausedAt: row.paused_at,
    startsAt: row.starts_at,
    ...(row.ends_at ? { endsAt: row.ends_at } : {}),
  }));
}

export async function savePause(tx: Tx, pause: SavedPause): Promise<void> {
  const { serviceId, reason, pausedAt, startsAt, endsAt } = pause;
  await tables(tx).deleteFrom('pauses').where('service_id', '=', serviceId).where('ends_at', '<', pausedAt).execute();
  const values = { reason: JSON.stringify(reason), paused_at: pausedAt, ends_at: endsAt ?? null };
  await tables(tx)
    .insertInto('pauses')
    .values({ service_id: serviceId, starts_at: startsAt, ...values })
    .onConflict((conflict) => conflict.columns(['service_id', 'starts_at']).doUpdateSet(values))
    .execute();
}

/** False where there was none. */
export async function deletePause(tx: Tx, serviceId: string, startsAt: Date): Promise<boolean> {
  const { numDeletedRows } = await tables(tx)
    .deleteFrom('pauses')
    .where('service_id', '=', serviceId)
    .where('starts_at', '=', startsAt)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
