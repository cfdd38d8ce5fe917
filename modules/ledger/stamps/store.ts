import { type Tx, tablesOf } from '#kernel/database';

type Tables = {
  stamps: { size: string; authority: string; token: Uint8Array; stamped_at: Date; saved_at: Date };
  entries: { append_order: string; leaf_index: string | null; appended_at: Date };
};

/** `size`: the checkpoint that was stamped; with it every entry below that size. `token`: DER, a CMS ContentInfo. */
export type SavedStamp = { size: number; authority: string; token: Buffer; stampedAt: Date; savedAt: Date };

const at = (db: Tx) => tablesOf<Tables>(db, 'ledger');

export async function insertStamp(db: Tx, stamp: SavedStamp): Promise<void> {
  await at(db)
    .insertInto('stamps')
    .values({
      size: String(stamp.size),
      authority: stamp.authority,
      token: stamp.token,
      stamped_at: stamp.stampedAt,
      saved_at: stamp.savedAt,
    })
    .onConflict((conflict) => conflict.columns(['size', 'authority']).doNothing())
    .execute();
}

export async function findLatestStamp(db: Tx): Promise<SavedStamp | undefined> {
  const row = await at(db).selectFrom('stamps').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  return row && toStamp(row);
}

/** The first stamp over a leaf: the earliest time that is proved for it. */
export async function findStampOver(db: Tx, leafIndex: number): Promise<SavedStamp | undefined> {
  const row = await at(db)
    .selectFrom('stamps')
    .selectAll()
    .where('size', '>', String(leafIndex))
    .orderBy('size')
    .orderBy('stamped_at')
    .limit(1)
    .executeTakeFirst();
  return row && toStamp(row);
}

/** When the oldest entry at or after `stampedSize` was appended; undefined when every entry is stamped. */
export async function findOldestUnstampedAt(db: Tx, stampedSize: number): Promise<Date | undefined> {
  const numbered = await at(db)
    .selectFrom('entries')
    .select('appended_at')
    .where('leaf_index', '>=', String(stampedSize))
    .orderBy('leaf_index')
    .limit(1)
    .executeTakeFirst();
  if (numbered) return numbered.appended_at;
  const pending = await at(db)
    .selectFrom('entries')
    .select('appended_at')
    .where('leaf_index', 'is', null)
    .orderBy('append_order')
    .limit(1)
    .executeTakeFirst();
  return pending?.appended_at;
}

function toStamp(row: Tables['stamps']): SavedStamp {
  return {
    size: Number(row.size),
    authority: row.authority,
    token: Buffer.from(row.token),
    stampedAt: row.stamped_at,
    savedAt: row.saved_at,
  };
}
