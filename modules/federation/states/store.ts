import type { Tx } from '#kernel/database';
import { tables } from '../store.ts';

export async function saveListing(db: Tx, url: string, entityIds: string[], now: Date): Promise<void> {
  const row = { entity_ids: JSON.stringify(entityIds), fetched_at: now };
  await tables(db)
    .insertInto('listings')
    .values({ url, ...row })
    .onConflict((conflict) => conflict.column('url').doUpdateSet(row))
    .execute();
}

export async function findListing(db: Tx, url: string): Promise<{ entityIds: string[]; fetchedAt: Date } | undefined> {
  const row = await tables(db).selectFrom('listings').selectAll().where('url', '=', url).executeTakeFirst();
  return row && { entityIds: row.entity_ids as string[], fetchedAt: row.fetched_at };
}
