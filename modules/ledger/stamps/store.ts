import { sql, type Tx, tablesOf } from '#kernel/database';

type Tables = {
  stamps: { size: string; authority: string; token: Uint8Array; stamped_at: Date; saved_at: Date };
  stamp_pauses: { authority: string; failures: number; retry_at: Date };
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
  const { rows: numbered } = await sql<{ appended_at: Date }>`
    select appended_at from ledger.entries join ledger.appends using (append_id)
    where first_leaf >= coalesce((select max(first_leaf) from ledger.appends where first_leaf <= ${stampedSize}::bigint), 0)
      and first_leaf + place >= ${stampedSize}::bigint
    order by first_leaf, place limit 1`.execute(db);
  if (numbered[0]) return numbered[0].appended_at;
  const { rows: pending } = await sql<{ appended_at: Date }>`
    select appended_at from ledger.entries join ledger.appends using (append_id)
    where first_leaf is null order by append_id, place limit 1`.execute(db);
  return pending[0]?.appended_at;
}

/** An authority that failed last, and from when on it is asked again. */
export type StampPause = { authority: string; failures: number; retryAt: Date };

export async function listPauses(db: Tx, authorities: readonly string[]): Promise<StampPause[]> {
  if (authorities.length === 0) return [];
  const rows = await at(db)
    .selectFrom('stamp_pauses')
    .selectAll()
    .where('authority', 'in', [...authorities])
    .execute();
  return rows.map((row) => ({ authority: row.authority, failures: row.failures, retryAt: row.retry_at }));
}

export async function savePause(db: Tx, { authority, failures, retryAt }: StampPause): Promise<void> {
  const row = { failures, retry_at: retryAt };
  await at(db)
    .insertInto('stamp_pauses')
    .values({ authority, ...row })
    .onConflict((conflict) => conflict.column('authority').doUpdateSet(row))
    .execute();
}

export async function endPause(db: Tx, authority: string): Promise<void> {
  await at(db).deleteFrom('stamp_pauses').where('authority', '=', authority).execute();
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
