import { type Tx, tablesOf } from '#kernel/database';
import type { ServiceFiles } from './services.ts';

type Tables = {
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
