import { type Tx, tablesOf } from '#kernel/database';

export type KeptRow = {
  /** SHA-256 over what the browser holds. */
  handle: Uint8Array;
  person_id: string;
  case_id: string;
  page_id: string;
  sealed: Uint8Array;
  kept_until: Date;
};
const on = (db: Tx) => tablesOf<{ kept_forms: KeptRow }>(db, 'cases');

/** One for each person: the latest counts. */
export async function putKept(tx: Tx, row: KeptRow): Promise<void> {
  await on(tx).deleteFrom('kept_forms').where('person_id', '=', row.person_id).execute();
  await on(tx).insertInto('kept_forms').values(row).execute();
}

export function findKept(db: Tx, handle: Buffer, now: Date): Promise<KeptRow | undefined> {
  return on(db)
    .selectFrom('kept_forms')
    .selectAll()
    .where('handle', '=', handle)
    .where('kept_until', '>', now)
    .executeTakeFirst();
}

export async function deleteKept(db: Tx, handle: Buffer): Promise<void> {
  await on(db).deleteFrom('kept_forms').where('handle', '=', handle).execute();
}

export async function forgetKept(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('kept_forms').where('kept_until', '<=', now).execute();
}
